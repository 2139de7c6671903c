"""When an outlet's silence is unlike it. Pure.

The time since the last news is measured by how many events its hours led to expect (time rescaling): so a night
counts for little. The outlet's own past gaps, measured alike, say how uneven its news comes; under the tail that
fits them, a silence is reported which would come about once in a year or so by chance.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from pipeline.rhythm import BINS, HOUR, Rhythm, expected_events, hour_of_week, hourly

#: less of a past, in time or gaps, is too little to tell
_LEAST: Final = timedelta(days=4)
_LEAST_GAPS: Final = 20
#: a chance silence in so many months, e to this power
_RARE: Final = 2.5
#: and longer than the longest ever seen, by this factor
_BEYOND: Final = 1.15
_MONTH: Final = 30 / 7
#: how far ahead one looks
_FARTHEST: Final = timedelta(days=60)


def tolerance(rhythm: Rhythm) -> float:
    """How many expected events may stay away before it is a silence.

    Gaps with the mean m and the mean square q have an exponential tail of scale q / 2m (m, for a Poisson process);
    the longest of n is about scale times ln n.
    """
    quiet = rhythm.quiet
    scale = max(quiet.square / (2 * quiet.mean), quiet.mean) if quiet.mean > 0 else 1.0
    monthly = max(2.0, sum(hourly(rhythm)) * _MONTH)
    return max(scale * (math.log(monthly) + _RARE), quiet.longest * _BEYOND)


def silent_after(rhythm: Rhythm, last_news: datetime) -> datetime | None:
    """From when on having heard nothing since ``last_news`` is unlike the outlet; None where one cannot tell."""
    if rhythm.at - rhythm.since < _LEAST or rhythm.quiet.count < _LEAST_GAPS:
        return None
    rates, left = hourly(rhythm), tolerance(rhythm)
    moment = last_news
    while moment < last_news + _FARTHEST:
        rate = rates[hour_of_week(moment)]
        if rate >= left:
            return moment + left / rate * HOUR
        left -= rate
        moment += HOUR
    return None


def evidence(rhythm: Rhythm, last_news: datetime, now: datetime) -> dict[str, float | str]:
    """What a person needs to judge a silence: events expected since the last news, and what was usual before."""
    rates = hourly(rhythm)
    here = rates[hour_of_week(now)]
    return {
        "last_news": last_news.isoformat(timespec="seconds"),
        "expected_since": round(expected_events(rhythm, last_news, now), 1),
        "longest_seen": round(rhythm.quiet.longest, 1),
        "tolerance": round(tolerance(rhythm), 1),
        "usual_this_hour": round(here, 2),
        "usual_a_day": round(sum(rates) * 24 / BINS, 1),
    }
