"""When feeds are asked: etiquette, windows and back-off, replayed in virtual time by the policy alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decide import Polling
from pipeline.pace import FeedAnswered, FeedTroubled, Wishes
from pipeline.rhythm import Rhythm, begin, observed
from pipeline.types import Failure, FailureClass
from scheduler.cadence import Cadence, rebased, spread

NOW = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
PASS = timedelta(minutes=30)
CADENCE = Cadence(Polling())


def old_news(entries: int = 3) -> Rhythm:
    """A feed whose few entries are of yesterday."""
    dates = [NOW - timedelta(days=1) + timedelta(minutes=i) for i in range(1, entries + 1)]
    return begin(NOW, dates, visible=entries)


def asked(next_check: Callable[[datetime, int], datetime], hours: float = 48) -> list[datetime]:
    """When a feed is asked that is looked at every half an hour; the policy is given the time and the number."""
    moments: list[datetime] = []
    due = now = NOW
    while now < NOW + hours * HOUR:
        if due <= now:
            moments.append(now)
            due = next_check(now + timedelta(seconds=3), len(moments))
        now += PASS
    return moments


def unchanged(
    *, validators: bool = True, wishes: Wishes | None = None, max_age: float | None = None, feed_id: int = 1
) -> list[datetime]:
    rhythm = old_news()

    def following(at: datetime, _: int) -> datetime:
        return CADENCE.after_answer(
            FeedAnswered(
                feed_id=feed_id,
                at=at,
                rhythm=rhythm,
                validators=validators,
                wishes=wishes or Wishes(),
                max_age=max_age,
            )
        )

    return asked(following)


def failing(status: int, hours: float) -> list[datetime]:
    failure = Failure(kind=FailureClass.HTTP, message=str(status), status=status)
    weight = CADENCE.weight(failure)

    def following(at: datetime, number: int) -> datetime:
        return CADENCE.after_failure(
            FeedTroubled(feed_id=1, at=at, failure=failure, failures=number, trouble=weight * number)
        )

    return asked(following, hours)


def steps(moments: list[datetime]) -> list[timedelta]:
    return [later - earlier for earlier, later in pairwise(moments)]


@pytest.mark.parametrize("feed_id", range(1, 12))
def test_a_calm_feed_is_asked_no_more_than_hourly_and_its_news_waits_two_hours_at_most(feed_id: int) -> None:
    gaps = steps(unchanged(feed_id=feed_id))
    assert min(gaps) >= HOUR
    assert max(gaps) <= 2 * HOUR


@pytest.mark.parametrize("feed_id", range(1, 6))
def test_a_feed_that_cannot_be_asked_conditionally_and_brings_nothing_is_asked_daily(feed_id: int) -> None:
    gaps = steps(unchanged(validators=False, feed_id=feed_id))
    assert gaps
    assert min(gaps) >= 24 * HOUR - timedelta(minutes=1)


@pytest.mark.parametrize("feed_id", range(1, 6))
def test_a_feed_that_allows_itself_six_hours_is_left_alone_for_six_hours(feed_id: int) -> None:
    assert min(steps(unchanged(max_age=6 * 3600, feed_id=feed_id))) >= 6 * HOUR - timedelta(minutes=1)
    wishes = Wishes(ttl_minutes=360)
    assert min(steps(unchanged(wishes=wishes, feed_id=feed_id))) >= 6 * HOUR - timedelta(minutes=1)


def test_hours_a_feed_wants_to_be_spared_are_spared() -> None:
    moments = unchanged(wishes=Wishes(skip_hours=tuple(range(6))))
    assert len(moments) > 10
    assert all(moment.hour >= 6 for moment in moments[1:])


def test_a_wish_to_be_spared_always_is_none() -> None:
    assert len(unchanged(wishes=Wishes(skip_hours=tuple(range(24)), skip_days=tuple(range(7))))) > 20


def test_what_is_not_found_or_broken_costs_few_requests_but_is_never_given_up() -> None:
    assert 2 < len(failing(404, 48)) <= 16
    assert 2 < len(failing(500, 24)) <= 12
    assert max(steps(failing(404, 24 * 60))) <= 24 * HOUR + PASS


def test_a_feed_that_is_gone_is_asked_after_a_week_and_then_monthly() -> None:
    gaps = steps(failing(410, 24 * 45))
    assert gaps[0] >= timedelta(days=7)
    assert gaps[1] >= timedelta(days=30)


@pytest.mark.parametrize("seconds", [14400.0, 86400.0, 3 * 86400.0])
def test_retry_after_is_honoured(seconds: float) -> None:
    failure = Failure(kind=FailureClass.HTTP, message="429", status=429, retry_after=seconds)
    check = CADENCE.after_failure(
        FeedTroubled(feed_id=1, at=NOW, failure=failure, failures=1, trouble=CADENCE.weight(failure))
    )
    assert timedelta(seconds=seconds) <= check - NOW <= timedelta(seconds=seconds) * 1.2


def test_a_busy_feed_with_a_short_window_is_asked_before_it_rolls_over() -> None:
    rhythm, at = begin(NOW, [NOW - i * timedelta(minutes=9) for i in range(1, 6)], visible=5), NOW
    for _ in range(60):
        at += timedelta(minutes=20)
        fresh = [at - timedelta(minutes=15), at - timedelta(minutes=5)]
        rhythm = observed(rhythm, at, fresh, visible=5, known=3)
    check = CADENCE.after_answer(FeedAnswered(feed_id=1, at=at, rhythm=rhythm, validators=True))
    assert timedelta(minutes=10) <= check - at <= timedelta(minutes=40)


@settings(max_examples=60)
@given(
    age=st.floats(0, 60 * 24 * 30),
    visible=st.integers(0, 100),
    max_age=st.none() | st.floats(0, 1e8),
    ttl=st.none() | st.floats(0, 1e7),
    skip=st.sets(st.integers(0, 23)),
    validators=st.booleans(),
)
def test_a_check_is_never_in_the_past_nor_further_than_the_longest_interval(
    age: float, visible: int, max_age: float | None, ttl: float | None, skip: set[int], validators: bool
) -> None:
    rhythm = begin(NOW, [NOW - timedelta(minutes=age)], visible=visible)
    answered = FeedAnswered(
        feed_id=7,
        at=NOW,
        rhythm=rhythm,
        validators=validators,
        wishes=Wishes(ttl_minutes=ttl, skip_hours=tuple(sorted(skip))),
        max_age=max_age,
    )
    wait = CADENCE.after_answer(answered) - NOW
    assert Polling().min_interval <= wait
    assert wait <= Polling().max_interval + 24 * HOUR * bool(skip)
    assert CADENCE.after_answer(answered) - NOW == wait


def test_many_overdue_checks_are_a_trickle_and_a_few_are_hardly_put_off() -> None:
    window = timedelta(minutes=15)
    many = spread({i: NOW - i * HOUR for i in range(600)}, NOW, window)
    assert len(many) == 600
    assert all(NOW <= moment <= NOW + window for moment in many.values())
    assert max(many.values()) - min(many.values()) > window / 2
    assert all(
        moment - NOW < timedelta(minutes=1) for moment in spread({1: NOW, 2: NOW}, NOW, window).values()
    )


def test_a_check_by_a_clock_that_ran_a_day_ahead_does_not_starve_the_feed() -> None:
    ahead = NOW + timedelta(days=1)
    check = rebased(ahead, ahead + HOUR, NOW, Polling())
    assert NOW < check <= NOW + HOUR
