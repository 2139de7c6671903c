"""What counts as a leap of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.clock import NOTABLE, ClockWatch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TICK = timedelta(seconds=5)
SECOND = timedelta(seconds=1)


def looked(wall: timedelta, steady: float, usual: timedelta = TICK) -> timedelta | None:
    """What a second look finds, after so much of either clock."""
    watch = ClockWatch(usual)
    assert watch.look(NOON, 100.0) is None
    jump = watch.look(NOON + wall, 100.0 + steady)
    assert jump is None or jump.at == NOON + wall
    return jump and jump.by


@settings(max_examples=80)
@given(late=st.floats(0, 240), steered=st.floats(-40, 40))
def test_being_late_and_a_steered_clock_are_no_leap(late: float, steered: float) -> None:
    assert looked(TICK + SECOND * (late + steered), 5 + late) is None


@settings(max_examples=80)
@given(seconds=st.one_of(st.integers(310, 10**9), st.integers(-(10**9), -310)))
def test_a_clock_that_is_set_is_a_leap_by_so_much(seconds: int) -> None:
    assert looked(TICK + SECOND * seconds, 5.0) == SECOND * seconds


def test_a_machine_that_slept_or_was_stopped_has_leapt() -> None:
    hour = timedelta(hours=1)
    assert looked(hour + TICK, 5.0) == hour  # asleep: only the wall clock goes on
    assert looked(hour + TICK, 3605.0) == hour  # stopped: both do, but nobody looked


def test_a_daemon_that_looks_seldom_has_not_leapt() -> None:
    hour = timedelta(hours=1)
    assert looked(hour, 3600.0, usual=hour) is None


def test_a_leap_is_told_once() -> None:
    watch = ClockWatch(TICK)
    watch.look(NOON, 0.0)
    later = NOON - timedelta(days=1)
    jump = watch.look(later, 5.0)
    assert jump is not None
    assert jump.words() == "the clock went back by 1440 min"
    assert watch.look(later + TICK, 10.0) is None
    forward = watch.look(later + 2 * NOTABLE, 15.0)
    assert forward is not None
    assert forward.words().startswith("the clock went forward, or the machine slept, for 10 min")
