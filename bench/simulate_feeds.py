"""Feeds whose whole future is known, for ``bench.simulate``: when they publish, what they show, when they fail."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

#: a Monday; Europe's clocks go forward on the twentieth day after it
START = datetime(2026, 3, 9, tzinfo=UTC)
_SUMMER_TIME = 20 * 24 + 1.0
#: days of past before the first poll
PAST = 21

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of outlet: arrivals an hour by day, of a night hour and a weekend one (shares of it), batch size."""

    name: str
    share: float
    rate: Span
    window: tuple[int, int]
    night: float
    weekend: float
    batch: float = 1.0


SORTS = (
    Sort(name="agency", share=0.10, rate=(6, 14), window=(40, 100), night=0.3, weekend=0.7, batch=1.3),
    Sort(name="daily", share=0.25, rate=(1.5, 5), window=(15, 50), night=0.1, weekend=0.6, batch=1.5),
    Sort(name="local", share=0.25, rate=(0.3, 1.2), window=(10, 30), night=0.02, weekend=0.4, batch=1.3),
    Sort(name="short window", share=0.20, rate=(0.3, 1.5), window=(5, 10), night=0.1, weekend=0.6, batch=1.2),
    Sort(name="magazine", share=0.12, rate=(0.05, 0.2), window=(10, 20), night=0.05, weekend=0.3),
    Sort(name="weekly", share=0.08, rate=(0.005, 0.03), window=(5, 20), night=0.3, weekend=0.2, batch=2.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed (and its outlet): hours since START. ``usual`` are publications had there been no outage."""

    feed_id: int
    sort: Sort
    window: int
    published: tuple[float, ...]
    usual: tuple[float, ...]
    outages: tuple[Span, ...]
    down: tuple[Span, ...]
    dates: str
    validators: bool

    def shown(self, at: float) -> range:
        """The entries in the document, by number."""
        count = bisect_right(self.published, at)
        return range(max(0, count - self.window), count)

    def answers(self, at: float) -> bool:
        """Whether the server is up."""
        return not within(self.down, at)

    def usual_gap(self, at: float) -> float:
        """The 95th percentile of the gaps around this hour of the day (±2 h), were there no outages; hours."""
        return _percentile(self._gaps_at(at), 0.95)

    def _gaps_at(self, at: float) -> list[float]:
        free = self.usual
        gaps = []
        for day in range(-PAST, int(free[-1] // 24) if free else 0):
            for shift in (-2, 0, 2):
                place = bisect_right(free, day * 24 + at % 24 + shift)
                if 0 < place < len(free):
                    gaps.append(free[place] - free[place - 1])
        return gaps


def moment(at: float) -> datetime:
    """Hours since START as a moment."""
    return START + timedelta(hours=at)


def within(spans: tuple[Span, ...], at: float) -> bool:
    """Whether a moment lies in one of these spans."""
    return any(start <= at < end for start, end in spans)


def make_feeds(number: int, weeks: int, rng: Random) -> Iterator[Feed]:
    """So many feeds of all sorts, for so many weeks."""
    for feed_id in range(1, number + 1):
        yield _feed(feed_id, _sort(rng), weeks * 168.0, rng)


def _sort(rng: Random) -> Sort:
    return rng.choices(SORTS, [sort.share for sort in SORTS])[0]


def _feed(feed_id: int, sort: Sort, end: float, rng: Random) -> Feed:
    window = rng.randint(*sort.window)
    usual = tuple(sorted(_publications(sort, end, rng)))
    outages = tuple(_outages(end, rng))
    return Feed(
        feed_id=feed_id,
        sort=sort,
        window=window,
        usual=usual,
        published=tuple(moment for moment in usual if not within(outages, moment)),
        outages=outages,
        down=tuple(_spans(rng, end, rng.choice((0, 0, 1)), 0.3, 20)),
        dates=rng.choices(("own", "none", "now"), (0.87, 0.09, 0.04))[0],
        validators=window < 12 or rng.random() > 0.08,
    )


def _publications(sort: Sort, end: float, rng: Random) -> Iterator[float]:
    rate, zone, summer = rng.uniform(*sort.rate), rng.randint(-8, 9), rng.random() < 0.6
    bursts = list(_spans(rng, end, rng.randint(0, 5), 1, 6))
    for hour in range(-PAST * 24, int(end)):
        local = hour + zone + (1 if summer and hour >= _SUMMER_TIME else 0)
        level = rate * _level(sort, local)
        if any(start <= hour < stop for start, stop in bursts):
            level = max(level, rate * 0.3) * rng.uniform(2, 6)
        for _ in range(_poisson(level / sort.batch, rng)):
            yield from _batch(hour + rng.random(), sort.batch, rng)


def _level(sort: Sort, local: int) -> float:
    hour, day = local % 24, local // 24 % 7
    by_day = 0.5 + 0.5 * math.sin(math.pi * (hour - 5) / 18) if 6 <= hour < 23 else sort.night
    return by_day * (sort.weekend if day > 4 else 1.0)


def _batch(at: float, size: float, rng: Random) -> Iterator[float]:
    yield at
    while rng.random() < 1 - 1 / size:
        at += rng.uniform(0.01, 0.1)
        yield at


def _outages(end: float, rng: Random) -> Iterator[Span]:
    """Of the outlet: it publishes nothing. None in the first week, which is there to learn."""
    for start, stop in _spans(rng, end - 200, rng.choice((0, 1, 1, 2)), 4, 60):
        yield start + 180, stop + 180


def _spans(rng: Random, end: float, number: int, shortest: float, longest: float) -> Iterator[Span]:
    for _ in range(number):
        start = rng.uniform(0, max(end, 1.0))
        yield start, start + math.exp(rng.uniform(math.log(shortest), math.log(longest)))


def _poisson(mean: float, rng: Random) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else math.inf
