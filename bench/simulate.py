"""Virtual weeks of polling, decided by the pure policy alone: what it misses, costs, and notices.

python -m bench.simulate [--feeds 200] [--weeks 4] [--seed 1]

Missed counts only what polling every ten minutes would have seen. What passed between the last answer before a
failure (the server's, or our network's) and the first one after it is counted apart: it takes luck, or polling
every ten minutes always, to see what comes just before an outage and is gone after it. Where two snapshots touch
but do not overlap, nothing was lost, but nobody can know: such a gap is counted apart, too.

An outage of an outlet counts when it is longer
than three times the usual gap (the 95th percentile of the gaps around that hour of the day, had there been none).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from random import Random

from bench.simulate_feeds import Feed, Span, make_feeds, moment, within
from pipeline import coverage
from pipeline.decide import Polling
from pipeline.pace import FeedAnswered, FeedTroubled
from pipeline.rhythm import Rhythm, begin, from_json, observed, to_json
from pipeline.types import Failure, FailureClass
from scheduler.cadence import Cadence

MINUTE = 1 / 60
_FAILURE = Failure(kind=FailureClass.HTTP, message="502", status=502)


@dataclass(slots=True)
class Tally:
    """What a simulation counts; delays in minutes."""

    requests: int = 0
    fixed: float = 0.0
    missed: list[str] = field(default_factory=list)
    around_failures: int = 0
    beyond: int = 0
    seen: int = 0
    gaps: int = 0
    gaps_found: int = 0
    gaps_false: int = 0
    touching: int = 0
    outages: int = 0
    outages_found: int = 0
    false_alarms: int = 0
    outlet_months: float = 0.0
    judged: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another part, too."""
        for counted in fields(self):
            both = getattr(self, counted.name) + getattr(other, counted.name)
            setattr(self, counted.name, both)


@dataclass(slots=True)
class Watch:
    """What is remembered of one feed between polls."""

    shown: range = range(0)
    at: float = 0.0
    rhythm: Rhythm | None = None
    outlet: Rhythm | None = None
    last_news: datetime | None = None
    silent_after: datetime | None = None
    alarmed: bool = False
    failures: int = 0
    trouble: float = 0.0
    seen: set[int] = field(default_factory=set)
    alarms: list[float] = field(default_factory=list)
    failing_since: float | None = None
    troubles: list[Span] = field(default_factory=list)


def simulate(feed: Feed, end: float, offline: tuple[Span, ...], cadence: Cadence, tally: Tally) -> Watch:
    """Poll one feed through all its time."""
    watch, at = Watch(), (feed.feed_id % 30) * MINUTE
    while at < end:
        tally.requests += 1
        if within(offline, at):
            watch.failing_since = watch.at if watch.failing_since is None else watch.failing_since
            following = at + 10 * MINUTE
        elif not feed.answers(at):
            following = _troubled(feed, watch, at, cadence)
        else:
            following = _answered(feed, watch, at, cadence, tally)
        at = max(math.ceil(following / MINUTE - 1e-6) * MINUTE, at + MINUTE)
    return watch


def _troubled(feed: Feed, watch: Watch, at: float, cadence: Cadence) -> float:
    watch.failures += 1
    watch.failing_since = watch.at if watch.failing_since is None else watch.failing_since
    watch.trouble += cadence.weight(_FAILURE)
    troubled = FeedTroubled(
        feed_id=feed.feed_id, at=moment(at), failure=_FAILURE, failures=watch.failures, trouble=watch.trouble
    )
    return at + (cadence.after_failure(troubled) - moment(at)).total_seconds() / 3600


def _answered(feed: Feed, watch: Watch, at: float, cadence: Cadence, tally: Tally) -> float:
    if watch.failing_since is not None:
        watch.troubles.append((watch.failing_since, at))
    watch.failures, watch.trouble, watch.failing_since = 0, 0.0, None
    now, shown = moment(at), feed.shown(at)
    if watch.rhythm is None:
        watch.rhythm = begin(now, _dates(feed, shown, at, known_only=True), visible=len(shown))
    elif shown != watch.shown:
        _news(feed, watch, shown, at, tally)
        _hear(feed, watch, at, cadence)
    elif watch.silent_after and now >= watch.silent_after and not watch.alarmed:
        watch.alarmed = True
        watch.alarms.append(at)
    watch.shown, watch.at = shown, at
    watch.seen.update(shown)
    answered = FeedAnswered(feed_id=feed.feed_id, at=now, rhythm=watch.rhythm, validators=feed.validators)
    return at + (cadence.after_answer(answered) - now).total_seconds() / 3600


def _dates(feed: Feed, numbers: Sequence[int], at: float, *, known_only: bool = False) -> list[datetime]:
    if feed.dates == "own":
        return [moment(feed.published[number]) for number in numbers]
    return [] if feed.dates == "none" and known_only else [moment(at)] * len(numbers)


def _news(feed: Feed, watch: Watch, shown: range, at: float, tally: Tally) -> None:
    assert watch.rhythm is not None
    new = range(max(watch.shown.stop, shown.start), shown.stop)
    tally.delays.extend((at - feed.published[number]) * 60 for number in new)
    known = len(shown) - len(new)
    arrivals = _dates(feed, new, at)
    rhythm = observed(watch.rhythm, moment(at), arrivals, visible=len(shown), known=known)
    watch.rhythm = from_json(to_json(rhythm))
    real = shown.start > watch.shown.stop
    gap = coverage.compare(
        _listed(feed, watch.shown, watch.at),
        _listed(feed, shown, at)[::-1],
        previous_at=moment(watch.at),
        at=moment(at),
        longest=feed.window,
    )
    tally.gaps += real
    tally.gaps_found += real and gap is not None
    touching = shown.start == watch.shown.stop
    tally.touching += touching and gap is not None
    tally.gaps_false += not real and not touching and gap is not None


def _listed(feed: Feed, numbers: range, at: float) -> list[coverage.Seen]:
    dates: Sequence[datetime | None] = _dates(feed, numbers, at)
    if feed.dates == "none":
        dates = [None] * len(numbers)
    return [
        coverage.Seen(key=str(number), published=date) for number, date in zip(numbers, dates, strict=True)
    ]


def _hear(feed: Feed, watch: Watch, at: float, cadence: Cadence) -> None:
    """What the outlet's rhythm learns; an alarm ends with news."""
    new = range(max(watch.shown.stop, feed.shown(at).start), feed.shown(at).stop)
    news, now = _dates(feed, new, at), moment(at)
    if watch.outlet is None:
        watch.outlet = begin(now, news, visible=len(news))
    else:
        watch.outlet = from_json(to_json(observed(watch.outlet, now, news, visible=len(news), known=0)))
    watch.last_news = max([*news, watch.last_news or news[0]])
    watch.silent_after = cadence.silent_after(watch.outlet, watch.last_news)
    watch.alarmed = False


# --- judging --------------------------------------------------------------------------------------------


def judge(feed: Feed, watch: Watch, end: float, offline: tuple[Span, ...], tally: Tally) -> None:
    """Count what was missed, and whether alarms were right."""
    first = feed.shown((feed.feed_id % 30) * MINUTE).stop
    last = watch.shown.stop
    reachable = _seen_every_ten_minutes(feed, end, offline)
    lost = [number for number in range(first, last) if number not in watch.seen]
    allowed = [number for number in lost if number in reachable]
    failing = [number for number in allowed if within(tuple(watch.troubles), feed.published[number])]
    tally.around_failures += len(failing)
    tally.missed.extend(feed.sort.name for _ in range(len(allowed) - len(failing)))
    tally.beyond += len(lost) - len(allowed)
    tally.seen += last - first - len(lost)
    tally.fixed += end * 6
    tally.outlet_months += end / 24 / 30
    _judge_alarms(feed, watch, end, tally)


def _seen_every_ten_minutes(feed: Feed, end: float, offline: tuple[Span, ...]) -> set[int]:
    seen: set[int] = set()
    for step in range(int(end * 6)):
        at = step / 6
        if not within(offline, at) and feed.answers(at):
            seen.update(feed.shown(at))
    return seen


def _judge_alarms(feed: Feed, watch: Watch, end: float, tally: Tally) -> None:
    silences = [_silence(feed, outage, end) for outage in feed.outages if outage[1] < end]
    for outage, silence in zip(feed.outages, silences, strict=False):
        if outage[1] - outage[0] > 3 * feed.usual_gap(outage[0]):
            tally.outages += 1
            tally.outages_found += any(silence[0] <= alarm < silence[1] for alarm in watch.alarms)
    real = [*silences, *(outage for outage in feed.outages if outage[1] >= end)]
    tally.false_alarms += sum(not any(a <= alarm <= b for a, b in real) for alarm in watch.alarms)


def _silence(feed: Feed, outage: Span, end: float) -> Span:
    """From an outage's beginning to the first publication after it."""
    later = [when for when in feed.published if when >= outage[1]]
    return outage[0], min(later[0] + 2.0 if later else end, end)


# --- the report -----------------------------------------------------------------------------------------


def report(tally: Tally, seconds: float) -> str:
    """The table."""
    delays = sorted(tally.delays)
    middle, late = (delays[int(len(delays) * share)] for share in (0.5, 0.95))
    found = tally.outages_found / max(tally.outages, 1)
    rows = (
        ("articles seen", f"{tally.seen}", ""),
        ("missed though the window allowed", f"{len(tally.missed)}", "0"),
        ("  the same, between two answers with a failure between", f"{tally.around_failures}", ""),
        ("missed beyond any polling (outages, windows)", f"{tally.beyond}", ""),
        ("gaps found", f"{tally.gaps_found} of {tally.gaps}", "all"),
        ("gaps that were none: windows overlapped", f"{tally.gaps_false}", "0"),
        ("  windows touched, which proves nothing", f"{tally.touching}", ""),
        ("requests against every 10 minutes", f"{100 * tally.requests / tally.fixed:.1f} %", "<= 50 %"),
        ("delay, median and 95 %", f"{middle:.0f} and {late:.0f} min", ""),
        ("outages found", f"{tally.outages_found} of {tally.outages} ({100 * found:.1f} %)", ">= 95 %"),
        ("false alarms per outlet-month", f"{tally.false_alarms / tally.outlet_months:.2f}", "< 1"),
        ("seconds", f"{seconds:.0f}", "< 120"),
    )
    return "\n".join(f"{name:54}{value:>24}   {target}" for name, value, target in rows)


def run(feed: Feed, *, end: float, offline: tuple[Span, ...]) -> Tally:
    """All of one feed, counted."""
    tally = Tally()
    judge(feed, simulate(feed, end, offline, Cadence(Polling()), tally), end, offline, tally)
    return tally


def main() -> None:
    """Simulate, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng, end, tally = Random(arguments.seed), arguments.weeks * 168.0, Tally()
    offline = tuple((start, start + rng.uniform(0.2, 8)) for start in (rng.uniform(0, end) for _ in range(4)))
    began = time.monotonic()
    feeds = make_feeds(arguments.feeds, arguments.weeks, rng)
    with ProcessPoolExecutor() as workers:
        for part in workers.map(partial(run, end=end, offline=offline), feeds, chunksize=4):
            tally.add(part)
    print(report(tally, time.monotonic() - began))


if __name__ == "__main__":
    main()
