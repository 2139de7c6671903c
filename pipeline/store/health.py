"""How the watch goes, read for people: outlets, feeds, checks, gaps, the last run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.store.connection import Row, Store, iso

#: what says how an outlet is; the other columns are looked up, or counted, for those that are shown
_LIGHT = "outlet, state, since, failure_class, last_success, next_check, feeds, feeds_failing, feeds_gone"
#: SQLite's own limit on parameters of a statement is 32,766
_MOST_NAMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGaps:
    """Gaps of one outlet that are open; ``missing`` is how many entries, as far as that is known."""

    count: int
    missing: int


def outlets(store: Store, slugs: Sequence[str] = ()) -> list[dict[str, object]]:
    """The rows of the view ``outlet_health``, of all outlets or of those named."""
    return _of(store, "outlet_health", "outlet", slugs)


def outlet_states(store: Store) -> list[dict[str, object]]:
    """Of the same rows the columns that say how an outlet is; of all outlets, in no order."""
    return [dict(row) for row in store.all(f"SELECT {_LIGHT} FROM outlet_health")]


def feeds(store: Store, slugs: Sequence[str] = ()) -> list[dict[str, object]]:
    """The rows of the view ``feed_health``, of all outlets or of those named."""
    return _of(store, "feed_health", "outlet, feed_id", slugs)


def _of(store: Store, view: str, order: str, slugs: Sequence[str]) -> list[dict[str, object]]:
    if not slugs:
        return [dict(row) for row in store.all(f"SELECT * FROM {view} ORDER BY {order}")]
    rows: list[Row] = []
    names = sorted(slugs)
    for start in range(0, len(names), _MOST_NAMES):
        some = tuple(names[start : start + _MOST_NAMES])
        marks = ",".join("?" * len(some))
        rows += store.all(f"SELECT * FROM {view} WHERE outlet IN ({marks}) ORDER BY {order}", some)
    return [dict(row) for row in rows]


def open_gaps(store: Store, since: datetime) -> dict[str, OpenGaps]:
    """Open gaps found since a moment: outlet -> how many."""
    rows = store.all(
        "SELECT outlet, count(*) AS n, coalesce(sum(estimated), 0) AS missing FROM gaps"
        " WHERE state = 'open' AND found_at >= ? GROUP BY outlet",
        (iso(since),),
    )
    return {row["outlet"]: OpenGaps(count=row["n"], missing=row["missing"]) for row in rows}


def gaps_of(store: Store, slug: str, most: int) -> list[dict[str, object]]:
    """An outlet's rows of the view ``gaps``: the open ones first, then the latest found."""
    rows = store.all(
        "SELECT * FROM gaps WHERE outlet = ? ORDER BY state <> 'open', found_at DESC, id DESC LIMIT ?",
        (slug, most),
    )
    return [dict(row) for row in rows]


def checks_of(store: Store, outlet_id: int, most: int) -> list[dict[str, object]]:
    """The last requests for an outlet's feeds, newest first: at, feed, status, outcome, new_entries, message."""
    rows = store.all(
        "SELECT c.at, f.url AS feed, c.status, c.outcome, c.new_entries, c.message"
        " FROM feeds f JOIN feed_checks c ON c.id IN"
        "   (SELECT id FROM feed_checks WHERE feed_id = f.id ORDER BY at DESC LIMIT :most)"
        " WHERE f.outlet_id = :outlet ORDER BY c.at DESC, c.id DESC LIMIT :most",
        {"outlet": outlet_id, "most": most},
    )
    return [dict(row) for row in rows]


def last_run(store: Store) -> dict[str, object] | None:
    """The latest row of the view ``runs``; None where there never was a run."""
    row = store.one("SELECT * FROM runs ORDER BY run DESC LIMIT 1")
    return dict(row) if row else None
