"""When news comes: learned by the hour of the week, for a feed or a whole outlet. Pure.

What counts is an *event*: entries that came within ``BATCH`` of one another, for editors publish in batches. The
rate of events in an hour of the week is estimated from that hour's own past, drawn to its hour of the day and that
one to the whole where the past is short (shrinkage), and smoothed over the neighbouring hours, so that a change to
summer time does no harm. The past fades with a time constant of ``MEMORY``. Times are UTC.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
WEEK: Final = timedelta(days=7)
BINS: Final = 168
#: entries closer to one another are one event
BATCH: Final = timedelta(minutes=10)
#: weeks after which the past counts for a third
MEMORY: Final = 6.0
#: hours after which a burst, or the flow of the last poll, counts for a third
RECENT: Final = 3.0
#: how far back the dates of a first snapshot are believed
_HISTORY: Final = timedelta(days=14)
#: hours of an hour of the day, and of an hour of the week, by which they are drawn to what is more general
_DAY_PRIOR, _WEEK_PRIOR = 3.0, 2.0
#: what is supposed of a feed of which nothing is known: so many events an hour, worth so many hours
_USUAL, _USUAL_HOURS = 0.1, 6.0
#: share of a window whose time of arrival is its roll-over time
_WINDOW_PART: Final = 0.7
#: a list this short is held to be all there is, until something drops out of it
_SHORT: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The gaps between events, each measured by how many events its hours led to expect (time rescaling).

    ``count`` of them, their ``mean`` and ``square`` (mean of squares), fading; and the ``longest``.
    """

    count: float = 0.0
    mean: float = 1.0
    square: float = 2.0
    longest: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What was learned until ``at`` of a past that begins at ``since``.

    ``counts`` are events by hour of the week (0 is Monday, midnight UTC), faded. ``burst`` counts the events of the
    last hours, ``flow`` is entries an hour at the last poll that brought any. ``size`` is entries an event.
    ``visible`` entries are in the latest snapshot; ``full`` says that some have dropped out of it, ``rollover``
    (hours) how fast the better part of a window was ever replaced.
    """

    since: datetime
    at: datetime
    counts: tuple[float, ...]
    last: datetime | None = None
    burst: float = 0.0
    flow: float = 0.0
    size: float = 1.0
    visible: int = 0
    full: bool = False
    rollover: float | None = None
    quiet: Quiet = Quiet()

    @property
    def window(self) -> int:
        """How many entries the feed shows before the oldest drops out, as far as is known."""
        return self.visible if self.full else max(self.visible, _SHORT)


def begin(at: datetime, arrivals: Sequence[datetime], *, visible: int) -> Rhythm:
    """The rhythm after a first snapshot, whose entries' dates are a past for what they are worth.

    Dates that are all of the moment, or of the future, teach nothing.
    """
    dated = sorted(moment for moment in arrivals if at - _HISTORY <= moment <= at)
    dated = dated[len(dated) // 10 :]  # an entry pinned long ago is no beginning of a past
    blank = Rhythm(since=at, at=at, counts=(0.0,) * BINS, visible=visible)
    if len(set(dated)) > 2:
        # A window of minutes has no past to learn from, but a flow.
        blank = replace(blank, flow=len(dated) / ((at - dated[0]) / HOUR))
    if not dated or at - dated[0] < HOUR:
        return blank
    past = replace(blank, since=dated[0], at=dated[0])
    return replace(_heard(past, at, dated), visible=visible, flow=blank.flow)


def observed(
    rhythm: Rhythm, at: datetime, arrivals: Sequence[datetime], *, visible: int, known: int
) -> Rhythm:
    """The rhythm after a further snapshot: ``arrivals`` are its new entries', ``known`` of the ``visible`` are old.

    A date from before the last poll, or from the future, is taken for the moment of this poll.
    """
    before = rhythm.at
    came = sorted(moment if before - BATCH <= moment <= at else at for moment in arrivals)
    heard = _heard(rhythm, at, came)
    flow = len(came) / max((at - before) / HOUR, BATCH / HOUR) if came else heard.flow
    dropped = rhythm.visible > 0 and known < rhythm.visible and visible > 0
    return replace(
        heard, flow=flow, visible=visible, full=(rhythm.full and visible >= rhythm.visible // 2) or dropped
    )


def passed(rhythm: Rhythm, at: datetime) -> Rhythm:
    """The rhythm at a later moment, nothing having come since."""
    if at <= rhythm.at:
        return rhythm
    fade = _faded(at - rhythm.at, MEMORY * WEEK)
    return replace(
        rhythm,
        at=at,
        counts=tuple([count * fade for count in rhythm.counts]),
        burst=rhythm.burst * _faded(at - rhythm.at, RECENT * HOUR),
        flow=rhythm.flow * _faded(at - rhythm.at, RECENT * HOUR),
    )


def _heard(rhythm: Rhythm, at: datetime, came: Sequence[datetime]) -> Rhythm:
    """Let time pass until ``at``, with the entries that came in it, in order."""
    later = passed(rhythm, at)
    if not came:
        return later
    events = _events(came, rhythm.last)
    counts = list(later.counts)
    for moment in events:
        counts[hour_of_week(moment)] += 1.0
    return replace(
        later,
        counts=tuple(counts),
        last=max(came[-1], rhythm.last) if rhythm.last else came[-1],
        burst=later.burst + sum(_faded(at - moment, RECENT * HOUR) for moment in events),
        size=_mean(rhythm.size, len(came) / len(events), 0.1) if events else rhythm.size,
        rollover=_rollover(rhythm, came),
        quiet=_quiet(rhythm, events),
    )


def _events(came: Sequence[datetime], last: datetime | None) -> list[datetime]:
    """The first moments of batches; what follows the last event closely belongs to it."""
    events: list[datetime] = []
    for moment in came:
        if last is None or moment - last > BATCH:
            events.append(moment)
        last = moment if last is None else max(last, moment)
    return events


def _rollover(rhythm: Rhythm, came: Sequence[datetime]) -> float | None:
    """The shortest time in which most of a window came; within one batch no polling would have helped."""
    part = max(2, math.ceil(_WINDOW_PART * rhythm.window))
    spans = [(later - first) / HOUR for first, later in zip(came, came[part - 1 :], strict=False)]
    spans = [span for span in spans if span > BATCH / HOUR]
    known = [] if rhythm.rollover is None else [rhythm.rollover * 1.002]  # forgotten slowly, with every batch
    return min((*spans, *known), default=None)


def _quiet(rhythm: Rhythm, events: Sequence[datetime]) -> Quiet:
    if rhythm.last is None or not events or rhythm.at - rhythm.since < timedelta(days=1):
        return rhythm.quiet
    rates, quiet, last = hourly(rhythm), rhythm.quiet, rhythm.last
    for moment in events:
        gap = _integral(rates, last, moment)
        if quiet.count > 20:  # a real outage must not make the next one go unseen
            gap = min(gap, 1.3 * max(quiet.longest, 2 * quiet.mean))
        weight = 1 / min(quiet.count + 1, 300)
        quiet = Quiet(
            count=quiet.count + 1,
            mean=_mean(quiet.mean, gap, weight),
            square=_mean(quiet.square, gap * gap, weight),
            longest=max(gap, quiet.longest * 0.999),
        )
        last = max(last, moment)
    return quiet


# --- reading it -----------------------------------------------------------------------------------------


def hour_of_week(moment: datetime) -> int:
    """0 for Monday's first hour, 167 for Sunday's last; UTC."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.weekday() * 24 + utc.hour


def hourly(rhythm: Rhythm) -> list[float]:
    """Events expected in each of the 168 hours of the week."""
    hours, counts = _exposure(rhythm), rhythm.counts
    whole = (sum(counts) + _USUAL * _USUAL_HOURS) / (sum(hours) + _USUAL_HOURS)
    by_day = [
        (sum(counts[hour::24]) + _DAY_PRIOR * whole) / (sum(hours[hour::24]) + _DAY_PRIOR)
        for hour in range(24)
    ]
    prior = [_WEEK_PRIOR * rate for rate in _smoothed(by_day)] * 7
    return [
        (count + more) / (spent + _WEEK_PRIOR)
        for count, more, spent in zip(_smoothed(counts), prior, _smoothed(hours), strict=True)
    ]


def _smoothed(circle: Sequence[float]) -> list[float]:
    """Each value with half of its neighbours; the last one's neighbour is the first."""
    before, after = [circle[-1], *circle], [*circle[1:], circle[0]]
    return [(a + 2 * b + c) / 4 for a, b, c in zip(before, circle, after, strict=False)]


def _exposure(rhythm: Rhythm) -> list[float]:
    """How many hours each hour of the week was listened to, faded as the counts are."""
    heard = max(0.0, (rhythm.at - rhythm.since) / HOUR)
    weeks, rest = divmod(int(heard), BINS)
    full, more = (MEMORY * (1 - math.exp(-number / MEMORY)) for number in (weeks, weeks + 1))
    hours = [full] * BINS
    first = hour_of_week(rhythm.since)
    for step in range(rest):
        hours[(first + step) % BINS] = more
    return hours


def expected(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """How many entries are expected between two moments, by the hours of the week alone."""
    return _integral(hourly(rhythm), start, end) * rhythm.size


def expected_events(rhythm: Rhythm, start: datetime, end: datetime) -> float:
    """How many events are expected between two moments, by the hours of the week alone."""
    return _integral(hourly(rhythm), start, end)


def reach(rhythm: Rhythm, start: datetime, events: float, longest: timedelta) -> timedelta:
    """How long after ``start`` so many events are to be expected; ``longest`` where that is later.

    A burst that is going on adds what it has more than its hours, fading.
    """
    return Outlook.at(rhythm, start).reach(events, longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is expected from ``start`` on: ``rates`` by hour of the week, and a burst's ``excess`` (events an hour)."""

    start: datetime
    rates: list[float]
    excess: float

    @classmethod
    def at(cls, rhythm: Rhythm, start: datetime) -> Outlook:
        """The outlook of a rhythm, nothing having come since it was last heard."""
        now = passed(rhythm, start)
        rates = hourly(now)
        return cls(start=start, rates=rates, excess=max(0.0, now.burst / RECENT - rates[hour_of_week(start)]))

    @property
    def average(self) -> float:
        """Events an hour, over the whole week; never zero."""
        return sum(self.rates) / BINS

    def reach(self, events: float, longest: timedelta) -> timedelta:
        """How long it takes until so many events are to be expected; ``longest`` where that is longer."""
        start, total = self.start, 0.0
        for moment, hours in _steps(start, start + longest):
            rate = self.rates[hour_of_week(moment)]
            if self.excess > 0:
                rate += self.excess * _faded(moment - start, RECENT * HOUR)
            if total + rate * hours >= events:
                return moment - start + (events - total) / rate * HOUR
            total += rate * hours
        return longest


def _integral(rates: Sequence[float], start: datetime, end: datetime) -> float:
    span = (end - start) / HOUR
    weeks, _ = divmod(span, BINS)
    whole = sum(rates) * weeks if weeks >= 1 else 0.0
    rest = start + timedelta(hours=weeks * BINS) if weeks >= 1 else start
    return whole + sum(rates[hour_of_week(moment)] * hours for moment, hours in _steps(rest, end))


def _steps(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """The time between two moments, cut at full hours: each piece's beginning and its length in hours."""
    moment = start
    while moment < end:
        following = min(end, moment.replace(minute=0, second=0, microsecond=0) + HOUR)
        yield moment, (following - moment) / HOUR
        moment = following


def _faded(passed: timedelta, constant: timedelta) -> float:
    return math.exp(-max(0.0, passed / constant))


def _mean(old: float, new: float, weight: float) -> float:
    return old + (new - old) * weight


# --- keeping it -----------------------------------------------------------------------------------------


def to_json(rhythm: Rhythm) -> str:
    """A rhythm as about 700 bytes of JSON; counts to the hundredth."""
    quiet = rhythm.quiet
    state = {
        "since": rhythm.since.astimezone(UTC).isoformat(timespec="seconds"),
        "at": rhythm.at.astimezone(UTC).isoformat(timespec="seconds"),
        "last": rhythm.last.astimezone(UTC).isoformat(timespec="seconds") if rhythm.last else None,
        "counts": [round(count * 100) for count in rhythm.counts],
        "rest": [round(x, 4) for x in (rhythm.burst, rhythm.flow, rhythm.size)],
        "window": [rhythm.visible, int(rhythm.full), rhythm.rollover and round(rhythm.rollover, 4)],
        "quiet": [round(x, 4) for x in (quiet.count, quiet.mean, quiet.square, quiet.longest)],
    }
    return json.dumps(state, separators=(",", ":"))


def from_json(text: str) -> Rhythm:
    """The rhythm that ``to_json`` wrote."""
    state = json.loads(text)
    burst, flow, size = state["rest"]
    visible, full, rollover = state["window"]
    count, mean, square, longest = state["quiet"]
    return Rhythm(
        since=datetime.fromisoformat(state["since"]),
        at=datetime.fromisoformat(state["at"]),
        last=datetime.fromisoformat(state["last"]) if state["last"] else None,
        counts=tuple(hundredths / 100 for hundredths in state["counts"]),
        burst=burst,
        flow=flow,
        size=size,
        visible=visible,
        full=bool(full),
        rollover=rollover,
        quiet=Quiet(count=count, mean=mean, square=square, longest=longest),
    )
