"""What decides when a feed is asked next: the question, and who may answer it. Pure.

The answer is given in ``scheduler.cadence``; it is asked for here because the next check belongs into the same
transaction as the answer of the feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pipeline.decide import Polling
from pipeline.rhythm import Rhythm
from pipeline.types import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a feed's own document asks of those who poll it; it holds until the next document.

    ``skip_hours`` are 0 to 23 in UTC, ``skip_days`` 0 (Monday) to 6.
    """

    ttl_minutes: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswered:
    """A feed that answered at ``at``.

    ``max_age`` is in seconds (Cache-Control, Expires). ``validators`` says whether it can be asked conditionally
    next time. ``rhythm`` has learned from this answer already.
    """

    feed_id: int
    at: datetime
    rhythm: Rhythm
    validators: bool
    wishes: Wishes = Wishes()
    max_age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTroubled:
    """A feed that did not answer at ``at``.

    ``failures`` in a row with this one; ``trouble`` is the sum of their weights, this one's included.
    """

    feed_id: int
    at: datetime
    failure: Failure
    failures: int
    trouble: float


class Pace(Protocol):
    """Who decides when feeds are asked."""

    def weight(self, failure: Failure) -> float:
        """How much a failure says against a feed: 1 hard, 1/2 soft, 1/4 passing."""

    def after_answer(self, answered: FeedAnswered) -> datetime:
        """When a feed that answered is asked next."""

    def after_failure(self, troubled: FeedTroubled) -> datetime:
        """When a feed that failed is asked next."""

    def silent_after(self, rhythm: Rhythm, last_news: datetime) -> datetime | None:
        """From when on having heard nothing since ``last_news`` is unlike an outlet of this rhythm.

        None where too little of it is known.
        """


class PlainPace:
    """The pace of a bare ``scrapy crawl``, which is somebody else's to schedule: it learns nothing and asks again
    after the usual interval, or later where the server wishes it.
    """

    def __init__(self, polling: Polling) -> None:
        self._polling = polling

    def weight(self, failure: Failure) -> float:
        """Every failure weighs the same."""
        return 1.0

    def after_answer(self, answered: FeedAnswered) -> datetime:
        """After the usual interval; the server may ask for later, never for sooner than the floor."""
        ttl = answered.wishes.ttl_minutes or 0.0
        asked = max(timedelta(seconds=answered.max_age or 0.0), timedelta(minutes=ttl))
        return answered.at + self._bounded(asked or self._polling.default_interval)

    def after_failure(self, troubled: FeedTroubled) -> datetime:
        """Linear back-off that never stops, ``Retry-After`` on top; a week for what is gone."""
        if troubled.failure.permanent:
            return troubled.at + timedelta(days=7)
        delay = self._bounded(self._polling.default_interval * max(1, troubled.failures))
        return troubled.at + max(delay, timedelta(seconds=troubled.failure.retry_after or 0))

    def silent_after(self, rhythm: Rhythm, last_news: datetime) -> datetime | None:
        """Nobody watches for silence."""
        return None

    def _bounded(self, delay: timedelta) -> timedelta:
        return min(max(delay, self._polling.min_interval), self._polling.max_interval)
