"""How far an outlet's clock is out: its articles' publication times beside the times they were first seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.store.connection import Store

#: the latest articles of an outlet that are looked at
_LOOKED_AT = 60
#: seconds; a zone error is at most so large, what is further apart is an old article found late
_WIDEST = 15 * 3600
#: seconds by which a clock must be ahead, or behind, to be called wrong
_AHEAD, _BEHIND = 5 * 60, -50 * 60
_FEWEST_AHEAD, _FEWEST_BEHIND = 5, 20
#: seconds; a zone error is the same for all, what is late for other reasons is now more, now less so
_EVEN = 30 * 60
#: seconds from publication to the poll that finds it, as a rule; and what zones are whole multiples of
_USUAL_DELAY, _STEP = 10 * 60, 30 * 60

#: publication minus first sight of an outlet's latest articles, imported ones apart; answered from an index
LATEST = (
    "SELECT unixepoch(a.published) - unixepoch(a.first_seen) AS apart"
    " FROM articles a JOIN versions v ON v.id = a.version_id"
    " WHERE a.outlet_id = ? AND a.published IS NOT NULL AND v.cause <> 'import'"
    " ORDER BY a.first_seen DESC LIMIT ?"
)


def clock_error(store: Store, outlet_id: int) -> timedelta:
    """How far the outlet's publication times run ahead (+) or behind (-): half hours, zero unless known.

    An article cannot be published after it was seen: where most of the latest are, the page gives local time as
    another zone's. Behind is known only where twenty articles or more are all late by the same, which slow
    polling never is. To be taken off a publication time.
    """
    rows = store.all(LATEST, (outlet_id, _LOOKED_AT))
    return error_of([int(row["apart"]) for row in rows if row["apart"] is not None])


def error_of(apart: Sequence[int]) -> timedelta:
    """The clock error that explains these differences, publication minus first sight in seconds. Pure."""
    near = sorted(seconds for seconds in apart if abs(seconds) <= _WIDEST)
    ahead = [seconds for seconds in near if seconds > _AHEAD]
    if len(ahead) >= _FEWEST_AHEAD and 2 * len(ahead) > len(near):
        return _rounded(_quantile(ahead, 0.8))
    if len(near) >= _FEWEST_BEHIND and _all_behind(near):
        return _rounded(_quantile(near, 0.95))
    return timedelta()


def _all_behind(near: Sequence[int]) -> bool:
    low, high = _quantile(near, 0.05), _quantile(near, 0.95)
    return high <= _BEHIND and high - low <= _EVEN


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _rounded(seconds: int) -> timedelta:
    return timedelta(seconds=round((seconds + _USUAL_DELAY) / _STEP) * _STEP)
