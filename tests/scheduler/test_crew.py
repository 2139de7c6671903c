"""How many crawls are started, and when none is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.crew import Crew


@settings(max_examples=80)
@given(
    due=st.integers(0, 5000), running=st.integers(0, 12), workers=st.integers(1, 8), clock=st.floats(0, 1e6)
)
def test_never_more_than_there_are_hands_and_none_for_nothing(
    due: int, running: int, workers: int, clock: float
) -> None:
    wanted = Crew(workers).wanted(due, running, clock)
    assert wanted == 0 or wanted + running <= workers
    assert bool(wanted) <= bool(due)
    assert wanted >= 1 if due and not running else True


def test_more_hands_only_where_there_is_enough_to_do() -> None:
    crew = Crew(4)
    assert crew.wanted(1, 0, 0.0) == 1
    assert crew.wanted(1, 1, 0.0) == 0
    assert crew.wanted(450, 1, 0.0) == 2
    assert crew.wanted(100_000, 0, 0.0) == 4


def test_crawls_that_break_down_are_tried_again_ever_later() -> None:
    crew, clock, pauses = Crew(1), 1000.0, []
    for _ in range(7):
        crew.came_back(sound=False, offline=False, clock=clock)
        pause = next(n for n in range(1000) if crew.wanted(1, 0, clock + n))
        pauses.append(pause)
        clock += pause
    assert pauses == [10, 30, 60, 120, 300, 300, 300]
    crew.came_back(sound=True, offline=False, clock=clock)
    assert crew.wanted(1, 0, clock) == 1


def test_while_our_network_is_down_a_minute_is_waited() -> None:
    crew = Crew(1)
    crew.came_back(sound=True, offline=True, clock=50.0)
    assert crew.wanted(1, 0, 109.0) == 0
    assert crew.wanted(1, 0, 110.0) == 1
