"""An outlet's silence: told from its nights and week-ends, and not before enough of it is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random

from pipeline.rhythm import Rhythm, begin, observed
from scheduler.silence import evidence, silent_after

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def outlet(days: int) -> tuple[Rhythm, datetime]:
    """One or two pieces an hour by day, none from 21 to 6; and when the last one came."""
    rng, at = Random(3), MONDAY
    rhythm, last = begin(at, [], visible=0), at
    for _ in range(days * 24):
        at += HOUR
        if 6 <= (at - HOUR).hour < 21:
            news = sorted(at - HOUR * rng.uniform(0.05, 1) for _ in range(rng.choice((1, 2))))
            rhythm, last = observed(rhythm, at, news, visible=len(news), known=0), news[-1]
    return rhythm, last


def test_nothing_is_said_of_an_outlet_hardly_known() -> None:
    rhythm, last = outlet(2)
    assert silent_after(rhythm, last) is None


def test_a_night_is_no_silence_but_the_day_after_is() -> None:
    rhythm, last = outlet(21)
    silent = silent_after(rhythm, last)
    assert silent is not None
    assert MONDAY + timedelta(days=21, hours=6) < silent < MONDAY + timedelta(days=22)


def test_a_silence_by_day_is_noticed_the_same_day() -> None:
    rhythm, _ = outlet(21)
    noon = MONDAY + timedelta(days=21, hours=9)
    silent = silent_after(rhythm, noon)
    assert silent is not None
    assert noon + HOUR < silent < noon + 14 * HOUR


def test_the_evidence_can_be_kept_and_grows_with_the_silence() -> None:
    rhythm, last = outlet(14)
    shown = evidence(rhythm, last, last + 20 * HOUR)
    assert json.loads(json.dumps(shown)) == shown
    assert float(str(shown["expected_since"])) > float(
        str(evidence(rhythm, last, last + HOUR)["expected_since"])
    )
