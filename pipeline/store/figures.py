"""The store in figures, for those who watch the daemon: cheap enough to be asked every few seconds.

No table of articles, pages or entries is read. The feeds are, each once; the runs too, but each only the first
time after it has ended (:func:`run_totals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, get_args

from pipeline.store.connection import Store, iso, moment
from pipeline.store.runs import Counter

#: columns of ``crawls`` that count what a run did
COUNTERS: Final[tuple[str, ...]] = get_args(Counter)
FEED_STATES: Final = ("ok", "failing", "gone", "paused", "new")
RUN_OUTCOMES: Final = ("done", "stopped", "died", "failed", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """What all runs did together.

    ``counters`` by column, ``outcomes`` of those that have ended. ``through`` is the last run of an unbroken row
    of ended ones: ``settled`` and ``settled_outcomes`` are their part, which cannot change any more.
    """

    counters: Mapping[str, int]
    outcomes: Mapping[str, int]
    through: int = 0
    settled: Mapping[str, int] = field(default_factory=dict)
    settled_outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The store at one moment. ``failing`` is by failure class, ``file_bytes`` by kind of file.

    ``overdue`` are feeds whose time has come and that no run holds, ``overdue_seconds`` for how long the first of
    them has been waiting. ``last_run`` is when the last run ended.
    """

    feeds: Mapping[str, int]
    failing: Mapping[str, int]
    overdue: int
    overdue_seconds: float
    open_gaps: int
    open_silences: int
    runs: RunTotals
    last_run: datetime | None
    file_bytes: Mapping[str, int]


def figures(store: Store, now: datetime, before: RunTotals | None = None) -> Figures:
    """The figures of this moment; ``before`` are the totals of an earlier call, so that only what is new is added."""
    feeds, failing = _feeds(store)
    overdue, oldest = _overdue(store, now)
    return Figures(
        feeds=feeds,
        failing=failing,
        overdue=overdue,
        overdue_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        open_gaps=_open_gaps(store),
        open_silences=_open_silences(store),
        runs=run_totals(store, before),
        last_run=_last_run(store),
        file_bytes=_file_bytes(store.path),
    )


def _feeds(store: Store) -> tuple[dict[str, int], dict[str, int]]:
    """Watched feeds by state, and the failing ones by class; the view says what the states are."""
    states = dict.fromkeys(FEED_STATES, 0)
    failing: dict[str, int] = {}
    for row in store.all(
        "SELECT state, CASE WHEN state = 'failing' THEN coalesce(failure_class, 'unknown') END AS class,"
        " count(*) AS feeds FROM feed_health GROUP BY 1, 2"
    ):
        states[row["state"]] = states.get(row["state"], 0) + row["feeds"]
        if row["class"] is not None:
            failing[row["class"]] = row["feeds"]
    return states, failing


def _overdue(store: Store, now: datetime) -> tuple[int, datetime | None]:
    """How many feeds wait, and since when the first of them; those with the nearest past come by the index."""
    row = store.one(
        "SELECT count(*) AS feeds, min(f.next_check) AS oldest FROM feeds f JOIN outlets o ON o.id = f.outlet_id"
        " WHERE f.state <> 'merged' AND f.next_check <= ? AND f.lease_run IS NULL AND o.paused = 0"
        " AND o.removed_at IS NULL",
        (iso(now),),
    )
    return (int(row["feeds"]), moment(row["oldest"])) if row else (0, None)


def _open_gaps(store: Store) -> int:
    return int(
        store.value(
            "SELECT count(*) FROM feed_gaps g JOIN feeds f ON f.id = g.feed_id JOIN outlets o ON o.id = f.outlet_id"
            " WHERE g.state = 'open' AND o.removed_at IS NULL"
        )
    )


def _open_silences(store: Store) -> int:
    return int(
        store.value(
            "SELECT count(*) FROM incident_log i JOIN outlets o ON o.id = i.outlet_id"
            " WHERE i.kind = 'silence' AND i.closed_at IS NULL AND o.removed_at IS NULL"
        )
    )


def _last_run(store: Store) -> datetime | None:
    """The end of the last run that has one; runs that end later with lower numbers are few and near."""
    return moment(
        store.value("SELECT ended_at FROM crawls WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1")
    )


def run_totals(store: Store, before: RunTotals | None = None) -> RunTotals:
    """The totals of all runs; with ``before`` only the runs after its unbroken row of ended ones are read.

    So a total never falls while the totals before are handed on, though old runs be pruned meanwhile.
    """
    known = before or RunTotals(counters={}, outcomes={})
    open_run = store.value("SELECT min(id) FROM crawls WHERE ended_at IS NULL AND id > ?", (known.through,))
    newest = int(store.value("SELECT max(id) FROM crawls") or 0)
    through = max(known.through, (open_run - 1) if open_run is not None else newest)
    settled, settled_outcomes = _sum(store, known.through, through)
    settled, settled_outcomes = (
        _added(known.settled, settled),
        _added(known.settled_outcomes, settled_outcomes),
    )
    rest, rest_outcomes = _sum(store, through, newest)
    return RunTotals(
        counters=_added(settled, rest),
        outcomes=_added(settled_outcomes, rest_outcomes),
        through=through,
        settled=settled,
        settled_outcomes=settled_outcomes,
    )


def _sum(store: Store, after: int, through: int) -> tuple[dict[str, int], dict[str, int]]:
    """Counters and outcomes of the runs with numbers above ``after``, up to ``through``."""
    counters = dict.fromkeys(COUNTERS, 0)
    outcomes = dict.fromkeys(RUN_OUTCOMES, 0)
    if after == through:
        return counters, outcomes
    sums = ", ".join(f'sum("{name}") AS "{name}"' for name in COUNTERS)
    for row in store.all(
        # 'died: its process is gone' is the outcome 'died'
        "SELECT CASE WHEN ended_at IS NULL THEN NULL WHEN instr(ended_why, ':') > 0"
        " THEN substr(ended_why, 1, instr(ended_why, ':') - 1) ELSE coalesce(ended_why, '') END AS outcome,"
        " count(*) AS runs,"
        f" {sums} FROM crawls WHERE id > ? AND id <= ? GROUP BY 1",
        (after, through),
    ):
        for name in COUNTERS:
            counters[name] += row[name]
        if row["outcome"] is not None:
            known = row["outcome"] if row["outcome"] in outcomes else "other"
            outcomes[known] += row["runs"]
    return counters, outcomes


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _file_bytes(path: Path) -> dict[str, int]:
    """What the database's files take on disk now; a log that is not there takes nothing."""
    files = {"database": path, "log": path.with_name(f"{path.name}-wal")}
    return {kind: _size(file) for kind, file in files.items()}


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
