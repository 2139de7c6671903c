"""Did we miss anything? Two snapshots of a feed, one after the other, compared. Pure: no clock, no I/O.

A feed shows a window: its last so many entries, or those of the last so many hours. Snapshots that overlap
prove that nothing passed between them unseen. What an overlap proves, and what it does not:

* An entry that stays for ever (pinned, evergreen) is in every window and proves nothing; it is known by the
  newer ones that went while it stayed. An entry whose date was changed moved, and proves nothing either.
* The newest entries may have been deleted by the outlet: a few that are gone above as many that stayed.
* Where all keys change at once, the same title at the same time is the same entry (addresses churn).
* A list that is no window (most read, editor's choice) has no gaps: it is known by its disorder.
* Dates from the future are a mistake; where half have no date, the document's order has to do, newest first.

Of two readings the one with a gap is taken: one that is none only costs a look elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from pipeline.types import FeedEntry

#: a date further ahead of the clock than any mistaken time zone is no date
_AHEAD: Final = timedelta(hours=26)
#: a document with a greater share of neighbours in the wrong order is no chronological list
_MOST_DISORDER: Final = 0.3
#: fewer neighbours than these say nothing of an order
_FEWEST_NEIGHBOURS: Final = 4
#: of all entries that are new, the share that may be older than what was known, in a list that rolls
_MOST_LATE: Final = 1 / 3
#: a snapshot smaller than this share of the longest one was cut off by nothing
_FULL: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry as a snapshot showed it.

    ``key`` is ``PlannedEntry.key``. ``pinned`` says that history has shown it to outlive newer entries.
    """

    key: str
    published: datetime | None = None
    title: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What was published between these two moments may have been missed; ``after`` is before ``before``.

    ``after`` is the newest entry of the earlier snapshot (or the time of that poll), ``before`` the oldest
    new one of the later. ``older`` is the document that the later snapshot names as the one before it.
    """

    after: datetime
    before: datetime
    older: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGap:
    """A gap that is to be healed, with what is known of where the missing entries may be.

    ``home`` is the outlet's. ``before_it`` and ``after_it`` are the keys of the entries on either side;
    ``urls`` and ``guids`` are samples of what the feed lists. ``feeds`` are the outlet's other feeds,
    sitemaps first; ``robots`` holds (origin, body) of the robots.txt files that are known.
    """

    gap_id: int
    feed_id: int
    outlet_id: int
    feed_url: str
    home: str
    gap: Gap
    attempts: int
    before_it: frozenset[str] = frozenset()
    after_it: frozenset[str] = frozenset()
    urls: tuple[str, ...] = ()
    guids: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    robots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """What looking for missing entries brought.

    ``covered`` only where one document, or a contiguous chain, named by ``source``, spans the whole gap:
    then nothing is missing any more. Otherwise ``entries`` may still hold some. ``message`` is one line.
    """

    entries: tuple[FeedEntry, ...]
    covered: bool
    source: str | None
    message: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two snapshots, without what proves nothing, and what they have in common."""

    previous: tuple[Seen, ...]
    current: tuple[Seen, ...]
    #: entries of ``current`` known from ``previous``, by key or by title and date
    common: frozenset[str]
    #: keys of ``previous`` that are still there
    stayed: frozenset[str]
    previous_at: datetime
    at: datetime
    #: of the later snapshot, with the pinned
    size: int

    def new(self) -> list[Seen]:
        return [entry for entry in self.current if entry.key not in self.common]

    def dated(self) -> bool:
        """Do dates say more than positions? They must be there, and stay what they were."""
        usable = [_sane(e, self.previous_at) for e in self.previous] + [
            _sane(e, self.at) for e in self.current
        ]
        return sum(usable) * 2 >= len(usable) and not self._redated()

    def _redated(self) -> bool:
        before = {entry.key: entry.published for entry in self.previous}
        again = [entry for entry in self.current if entry.key in before]
        moved = sum(not _same_time(entry.published, before[entry.key]) for entry in again)
        return len(again) > 1 and moved * 2 > len(again)


def compare(
    previous: Sequence[Seen],
    current: Sequence[Seen],
    *,
    previous_at: datetime,
    at: datetime,
    ordered: bool = True,
    longest: int = 0,
) -> Gap | None:
    """The gap between two snapshots taken at ``previous_at`` and ``at``; None where nothing can be missing.

    ``current`` is in the order of the document, ``previous`` in any. ``ordered`` is false for sitemaps, whose
    order means nothing; ``longest`` is the size of the longest snapshot ever seen of this feed, if known.
    """
    if not previous or not current or sum(entry.pinned for entry in previous) * 2 > len(previous):
        return None
    pair = _pair(previous, current, previous_at, at)
    if not pair.previous or not pair.new() or (ordered and _is_disordered(pair.current)):
        return None
    proven = _proven_by_dates(pair) if pair.dated() else _proven_by_positions(pair)
    if proven or _window_was_not_full(pair, max(longest, len(previous), len(current))):
        return None
    return _gap(pair)


def _pair(previous: Sequence[Seen], current: Sequence[Seen], previous_at: datetime, at: datetime) -> _Pair:
    pinned = {entry.key for entry in previous if entry.pinned}
    known = tuple(entry for entry in previous if not entry.pinned)
    shown = tuple(entry for entry in current if entry.key not in pinned)
    keys = {entry.key for entry in known}
    same = {entry.key: entry.key for entry in shown if entry.key in keys} or _churned(known, shown)
    return _Pair(known, shown, frozenset(same), frozenset(same.values()), previous_at, at, len(current))


def _churned(previous: Sequence[Seen], current: Sequence[Seen]) -> dict[str, str]:
    """Current key -> previous key, where no key is left but entries are the same by title and date.

    Without dates most titles have to be the same: "The day in pictures" comes back every day.
    """
    counted = Counter(entry.title for entry in previous)
    known = {entry.title: entry for entry in previous if entry.title and counted[entry.title] == 1}
    found = {entry.key: known[entry.title] for entry in current if entry.title in known}
    exact = {
        entry.key: found[entry.key].key
        for entry in current
        if entry.key in found and entry.published and _same_time(entry.published, found[entry.key].published)
    }
    if len(found) * 2 >= len(current):
        return {key: entry.key for key, entry in found.items()}
    return exact


def _same_time(one: datetime | None, other: datetime | None) -> bool:
    """The same moment, to the second: the store keeps no more."""
    if one is None or other is None:
        return one is other
    return one.replace(microsecond=0) == other.replace(microsecond=0)


def _sane(entry: Seen, at: datetime) -> bool:
    return entry.published is not None and entry.published <= at + _AHEAD


def _is_disordered(current: Sequence[Seen]) -> bool:
    """Is this list in the order of something else than time?"""
    dates = [entry.published for entry in current if entry.published]
    rising = sum(one < other for one, other in pairwise(dates))
    falling = sum(one > other for one, other in pairwise(dates))
    if rising + falling < _FEWEST_NEIGHBOURS:
        return False
    return min(rising, falling) > _MOST_DISORDER * (rising + falling)


# --- proofs ---------------------------------------------------------------------------------------------


def _proven_by_dates(pair: _Pair) -> bool:
    """Did the window stay below the newest that stayed, or does it not roll by date at all?"""
    now = {entry.key: entry.published for entry in pair.current}
    stayed = [
        entry.published
        for entry in pair.previous
        if entry.published
        and _sane(entry, pair.previous_at)
        and entry.key in pair.stayed
        and _same_time(now.get(entry.key, entry.published), entry.published)
    ]
    if stayed:
        newest = max(stayed)
        gone = [e for e in pair.previous if e.key not in pair.stayed and e.published and e.published > newest]
        if len([entry for entry in gone if _sane(entry, pair.previous_at)]) <= len(stayed):
            return True
    return _comes_late(pair)


def _comes_late(pair: _Pair) -> bool:
    """Is too much of what is new older than what was known? Then entries come and go, or a copy is stale."""
    after = _newest(pair)
    new = [entry for entry in pair.new() if entry.published and _sane(entry, pair.at)]
    late = [entry for entry in new if entry.published and entry.published <= after]
    return len(late) > _MOST_LATE * len(new)


def _proven_by_positions(pair: _Pair) -> bool:
    """Without dates: the end of the list is known, or half of it is (whatever its order)."""
    return pair.current[-1].key in pair.common or len(pair.common) * 2 >= len(pair.current)


def _window_was_not_full(pair: _Pair, longest: int) -> bool:
    """Are there so few entries that none was pushed out?

    Then only age takes entries out, and what came since the last poll is younger than the oldest shown then.
    """
    if pair.size >= _FULL * longest:
        return False
    dates = [entry.published for entry in pair.previous if entry.published]
    return not dates or pair.at - pair.previous_at <= pair.previous_at - min(dates)


# --- bounds ---------------------------------------------------------------------------------------------


def _newest(pair: _Pair) -> datetime:
    dates = [entry.published for entry in pair.previous if entry.published and _sane(entry, pair.previous_at)]
    return min(max(dates), pair.previous_at) if dates and pair.dated() else pair.previous_at


def _gap(pair: _Pair) -> Gap:
    after = _newest(pair)
    dates = [entry.published for entry in pair.new() if entry.published and _sane(entry, pair.at)]
    later = [moment for moment in dates if moment > after] if pair.dated() else []
    before = min([*later, pair.at])
    if before <= after:  # a clock that goes wrong on one side
        after, before = min(after, pair.at - timedelta(seconds=1)), pair.at
    return Gap(after=after, before=before)
