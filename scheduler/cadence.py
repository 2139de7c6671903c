"""When a feed is asked next: as often as it has news, as seldom as its server likes. Pure.

The order of what counts:

1. what the server demands (``Retry-After``, ``Cache-Control``, ``Expires``) and the user's bounds, always;
2. the window: a feed is asked before its oldest entry can drop out unseen;
3. what the feed asks for (``ttl``, ``syn:updatePeriod``, ``skipHours``, ``skipDays``);
4. expectation: about when the next event is due by the hours of its week (``pipeline.rhythm``).

An hour is the least between two polls of a feed from which nothing is expected sooner; that, and a day for one
that cannot be asked conditionally, are the manners of rachelbythebay.com/fs/help.html.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pipeline.decide import Polling
from pipeline.pace import FeedAnswered, FeedTroubled, Wishes
from pipeline.rhythm import HOUR, Outlook, Rhythm
from pipeline.types import Failure, FailureClass
from scheduler import silence

DAY: Final = timedelta(days=1)
#: the least between two conditional polls while nothing is expected
CALM: Final = HOUR
#: the most, for a feed that is alive: with jitter and a pass every half an hour, news waits two hours at most
ALIVE: Final = timedelta(minutes=105)
#: a feed silent for long is asked when its silence has grown by this part
_DORMANT: Final = 1 / 48
#: a check may be carried out so much later, by passes that come now and then
_LATE: Final = timedelta(minutes=30)
#: events that are worth a poll which has to fetch the whole document
_WORTH_IT: Final = 2.0
#: the part of a window that may fill before it is looked at, and how far news may outrun what was expected
_SAFE, _SURPRISE = 0.6, 2.5
#: breaking news may come at so many times the week's average rate, at any hour
_SURGE: Final = 40.0
#: the share of the fastest roll-over seen that may pass between two polls
_HALF: Final = 0.5
#: entries an hour, below which the flow of the last poll says nothing
_TRICKLE: Final = 1.0
_JITTER: Final = 0.08
#: the pulse of a feed that said it is gone: after the first time, and later
_GONE: Final = (timedelta(days=7), timedelta(days=30))
#: back-off for each unit of trouble
_BACK_OFF: Final = HOUR
#: what is overdue is spread: nothing for so few, and so long for each one
_FEW: Final = 20
_PER_FEED: Final = timedelta(seconds=2)

_SOFT: Final = frozenset({FailureClass.CONNECT, FailureClass.TIMEOUT, FailureClass.TOO_LARGE})


class Cadence:
    """The daemon's pace. ``polling`` holds the user's bounds; it implements ``pipeline.pace.Pace``."""

    def __init__(self, polling: Polling) -> None:
        self._polling = polling

    def weight(self, failure: Failure) -> float:
        """Hard failures weigh 1, soft ones 1/2, passing ones 1/4."""
        if failure.retry_after or failure.status in (429, 503):
            return 0.25
        if failure.kind in _SOFT or (failure.status or 0) >= 500:
            return 0.5
        return 1.0

    def after_answer(self, answered: FeedAnswered) -> datetime:
        """When a feed that answered is asked next."""
        longest = self._polling.max_interval
        outlook = Outlook.at(answered.rhythm, answered.at)
        window = max(self._window(answered.rhythm, outlook), self._polling.min_interval)
        wanted = jittered(self._wanted(answered, outlook), answered.feed_id, answered.at)
        wanted = max(min(wanted, window), self._polling.min_interval)
        asked = timedelta(minutes=answered.wishes.ttl_minutes or 0)
        wanted = max(wanted, min(asked, longest, max(window, CALM)))
        demanded = timedelta(seconds=min(answered.max_age or 0, longest.total_seconds()))
        wanted = max(min(wanted, longest), demanded)
        latest = answered.at + max(window, CALM, demanded)
        return allowed(answered.at + wanted, answered.wishes, latest)

    def _wanted(self, answered: FeedAnswered, outlook: Outlook) -> timedelta:
        """The interval by expectation alone."""
        rhythm, at = answered.rhythm, answered.at
        if not answered.validators:
            # Longer than a day by as much as jitter may take off again.
            return max(CALM, outlook.reach(_WORTH_IT, DAY)) * (1 + 2 * _JITTER)
        soon = outlook.reach(1.0, ALIVE)
        if soon < CALM:
            return soon
        silent = (at - (rhythm.last or rhythm.since)) * _DORMANT
        return max(soon, silent, CALM * (1 + 2 * _JITTER))

    def _window(self, rhythm: Rhythm, outlook: Outlook) -> timedelta:
        """How long the feed may be left alone without an entry dropping out unseen."""
        longest, entries = self._polling.max_interval, rhythm.window * _SAFE
        fills = outlook.reach(entries / (rhythm.size * _SURPRISE), longest)
        flows = entries / rhythm.flow * HOUR if rhythm.flow > _TRICKLE else longest
        rolled = rhythm.rollover * HOUR * _HALF if rhythm.rollover else longest
        surge = outlook.average * rhythm.size * _SURGE
        surges = rhythm.window / surge * HOUR if rhythm.full else longest
        return min(fills, flows, rolled, surges, longest)

    def after_failure(self, troubled: FeedTroubled) -> datetime:
        """When a feed that failed is asked next: back-off that grows linearly and never stops."""
        if troubled.failure.status == 410:
            return troubled.at + _GONE[min(troubled.failures, len(_GONE)) - 1]
        delay = jittered(_BACK_OFF * troubled.trouble, troubled.feed_id, troubled.at)
        delay = min(max(delay, self._polling.min_interval), self._polling.max_interval)
        return troubled.at + max(delay, timedelta(seconds=troubled.failure.retry_after or 0))

    def silent_after(self, rhythm: Rhythm, last_news: datetime) -> datetime | None:
        """From when on silence is unlike an outlet of this rhythm; see :mod:`scheduler.silence`."""
        return silence.silent_after(rhythm, last_news)


def jittered(interval: timedelta, feed_id: int, at: datetime) -> timedelta:
    """The interval, moved by up to 8 % either way, so that feeds added together do not stay together.

    The same for the same feed and moment.
    """
    digest = hashlib.blake2b(f"{feed_id} {at.timestamp():.0f}".encode(), digest_size=4).digest()
    share = int.from_bytes(digest, "little") / 2**32
    return interval * (1 + _JITTER * (2 * share - 1))


def allowed(moment: datetime, wishes: Wishes, latest: datetime) -> datetime:
    """The moment, or the first after it that is in none of the hours and days a feed asks to be spared.

    Not after ``latest``, when the window may have rolled over; and a wish to be spared always is none.
    """
    hours, days = frozenset(wishes.skip_hours), frozenset(wishes.skip_days)
    if len(hours) == 24 or len(days) == 7:
        return moment
    spared = moment
    while any(when.hour in hours or when.weekday() in days for when in (spared, spared + _LATE)):
        spared = spared.replace(minute=0, second=0, microsecond=0) + HOUR
    return spared if spared <= latest else max(moment, latest)


def spread(overdue: Mapping[int, datetime], now: datetime, window: timedelta) -> dict[int, datetime]:
    """New checks for feeds that are overdue after a pause, over at most ``window``, so that there is no burst.

    The longest overdue come first. A few dozens are not worth waiting for.
    """
    if len(overdue) <= _FEW:
        return {}
    step = min(window / len(overdue), _PER_FEED)
    order = sorted(overdue, key=lambda feed_id: (overdue[feed_id], feed_id))
    return {feed_id: now + step * place for place, feed_id in enumerate(order)}


def rebased(last_checked: datetime, next_check: datetime, now: datetime, polling: Polling) -> datetime:
    """The next check of a feed that was last asked in what is now the future, by a clock that ran ahead.

    It keeps its interval, counted from now.
    """
    return now + min(max(next_check - last_checked, polling.min_interval), polling.max_interval)
