"""What is learned of when news comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rhythm import Rhythm, begin, expected, from_json, observed, to_json

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def by_day(days: int) -> Rhythm:
    """Two pieces an hour from 8 to 18 UTC."""
    rng, rhythm, at = Random(5), begin(MONDAY, [], visible=20), MONDAY
    for _ in range(days * 24):
        at += HOUR
        if 8 <= (at - HOUR).hour < 18:
            news = sorted(at - HOUR * rng.uniform(0.05, 1) for _ in range(2))
            rhythm = observed(rhythm, at, news, visible=20, known=18)
    return observed(rhythm, at, [], visible=20, known=20)


@pytest.mark.parametrize("days", [3, 21])
def test_day_and_night_are_told_apart(days: int) -> None:
    rhythm, midnight = by_day(days), MONDAY + timedelta(days=days)
    day = expected(rhythm, midnight + 9 * HOUR, midnight + 17 * HOUR)
    night = expected(rhythm, midnight, midnight + 6 * HOUR)
    assert day / 8 > 3 * night / 6
    if days > 7:
        assert 20 * 0.6 < expected(rhythm, midnight, midnight + 24 * HOUR) < 20 * 1.4


def test_the_dates_of_a_first_snapshot_are_a_past() -> None:
    busy = begin(MONDAY, [MONDAY - i * timedelta(minutes=20) for i in range(1, 40)], visible=39)
    calm = begin(MONDAY, [MONDAY - i * timedelta(hours=20) for i in range(1, 10)], visible=9)
    later = MONDAY + 3 * HOUR
    assert expected(busy, MONDAY, later) > 5 * expected(calm, MONDAY, later)


def test_dates_of_the_moment_or_none_teach_no_flood() -> None:
    for dates in ([], [MONDAY] * 50):
        assert expected(begin(MONDAY, dates, visible=50), MONDAY, MONDAY + HOUR) < 1.0


def test_it_is_kept_in_few_bytes_and_read_back_the_same() -> None:
    rhythm = by_day(30)
    text = to_json(rhythm)
    assert len(text) < 1200
    again, start = from_json(text), MONDAY + timedelta(days=30)
    assert to_json(again) == text
    assert expected(again, start, start + 24 * HOUR) == pytest.approx(
        expected(rhythm, start, start + 24 * HOUR), rel=0.01
    )


@settings(max_examples=50)
@given(
    wait=st.floats(-48, 24 * 40),
    dates=st.lists(st.floats(-24 * 400, 24 * 400), max_size=30),
    visible=st.integers(0, 60),
    known=st.integers(0, 60),
)
def test_no_date_and_no_clock_breaks_it(wait: float, dates: list[float], visible: int, known: int) -> None:
    first = begin(MONDAY, [MONDAY + HOUR * date for date in dates], visible=visible)
    at = MONDAY + HOUR * wait
    later = observed(first, at, [at + HOUR * date for date in dates], visible=visible, known=known)
    amount = expected(from_json(to_json(later)), at, at + 24 * HOUR)
    assert 0 <= amount < 24 * 400


def test_a_window_of_minutes_is_a_flow() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    dates = [at - timedelta(seconds=20 * number) for number in range(1, 6)]
    assert begin(at, dates, visible=5).flow == pytest.approx(180, rel=0.01)
    assert begin(at, [at] * 5, visible=5).flow == 0.0
