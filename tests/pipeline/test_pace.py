"""The plain pace: the server's wishes, within the user's bounds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.decide import Polling
from pipeline.pace import FeedAnswered, FeedTroubled, PlainPace, Wishes
from pipeline.rhythm import begin
from pipeline.types import Failure, FailureClass

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RHYTHM = begin(NOW, (), visible=0)


def troubled(failures: int, retry_after: float | None = None) -> FeedTroubled:
    failure = Failure(kind=FailureClass.HTTP, message="500", status=500, retry_after=retry_after)
    return FeedTroubled(feed_id=1, at=NOW, failure=failure, failures=failures, trouble=float(failures))


@given(max_age=st.none() | st.floats(0, 1e7), ttl=st.none() | st.floats(0, 1e5))
def test_a_feed_is_polled_within_the_bounds(max_age: float | None, ttl: float | None) -> None:
    polling = Polling()
    answered = FeedAnswered(
        feed_id=1, at=NOW, rhythm=RHYTHM, validators=True, wishes=Wishes(ttl_minutes=ttl), max_age=max_age
    )
    wait = PlainPace(polling).after_answer(answered) - NOW
    assert polling.min_interval <= wait <= polling.max_interval


def test_a_failing_feed_is_never_given_up() -> None:
    wait = PlainPace(Polling()).after_failure(troubled(10_000)) - NOW
    assert wait == Polling().max_interval


def test_retry_after_is_obeyed() -> None:
    assert PlainPace(Polling()).after_failure(troubled(1, 7200.0)) == NOW + timedelta(hours=2)
