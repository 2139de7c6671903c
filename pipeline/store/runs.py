"""Runs of the crawl: who is running, who died, what each did."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pipeline.store.connection import Row, Store, iso, moment
from pipeline.types import RunReport

Counter = Literal[
    "feeds_polled",
    "feeds_not_modified",
    "feeds_failed",
    "new",
    "revised",
    "unchanged",
    "duplicate",
    "gone",
    "failed",
]


#: when a feed is due again that a run had taken which broke down
AFTER_BREAKDOWN = timedelta(minutes=10)


def start_run(store: Store, now: datetime, *, started_by: str = "hand") -> int:
    """Open a run for this process, closing those whose process is gone and freeing what they held."""
    with store.write():
        bury_the_dead(store, now)
        run: int = store.value(
            "INSERT INTO crawls (started_at, pid, process_token, started_by, heartbeat_at) VALUES (?, ?, ?, ?, ?)"
            " RETURNING id",
            (iso(now), os.getpid(), process_token(os.getpid()), started_by, iso(now)),
        )
    return run


def bury_the_dead(store: Store, now: datetime, why: str = "died: its process is gone") -> list[int]:
    """Close the runs whose process is gone and free what they held; returns their numbers."""
    with store.write():
        dead = [int(row["id"]) for row in living_runs(store) if not _is_alive(row)]
        for run in dead:
            close_run(store, run, now, why)
    return dead


def beat(store: Store, run: int, now: datetime) -> None:
    """Note that a run is still at work."""
    store.execute("UPDATE crawls SET heartbeat_at = ? WHERE id = ?", (iso(now), run))


def living_runs(store: Store) -> list[Row]:
    """Runs that have not been closed, whether or not their process still lives."""
    return store.all("SELECT * FROM crawls WHERE ended_at IS NULL ORDER BY id")


def holders(store: Store, but: int) -> list[Row]:
    """The other runs that are alive now."""
    return [row for row in living_runs(store) if row["id"] != but and _is_alive(row)]


def _is_alive(row: Row) -> bool:
    return process_token(row["pid"]) == str(row["process_token"])


def process_token(pid: int) -> str:
    """What tells a process from a later one with the same number; empty when there is no such process.

    On Linux the start time in clock ticks since boot and the boot's id (proc(5)); elsewhere only whether the
    process exists.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            ticks = stat.read_text().rpartition(")")[2].split()[19]
        except OSError:
            return ""
        return f"{_boot_id()}:{ticks}"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return ""


def close_run(store: Store, run: int, now: datetime, why: str) -> None:
    """End a run and free every feed and page it held.

    A feed that it had taken and not asked is due at once where the run was stopped; after one that broke down, in a
    while, for it may be that feed's doing, or it may have been asked after all.
    """
    broken = not why.startswith(("done", "stopped"))
    with store.write():
        store.execute("UPDATE crawls SET ended_at = ?, ended_why = ? WHERE id = ?", (iso(now), why, run))
        store.execute(
            "UPDATE feeds SET lease_run = NULL, next_check = min(next_check, ?) WHERE lease_run = ?",
            (iso(now + AFTER_BREAKDOWN if broken else now), run),
        )
        store.execute("UPDATE pages SET lease_run = NULL WHERE lease_run = ?", (run,))


def count(store: Store, run: int, what: Counter, by: int = 1) -> None:
    """Add to one of a run's counters; called in the transaction that writes the counted fact."""
    store.execute(f'UPDATE crawls SET "{what}" = "{what}" + ? WHERE id = ?', (by, run))


def set_outlets(store: Store, run: int, outlets: int) -> None:
    """Note how many outlets a run is about."""
    store.execute("UPDATE crawls SET outlets = ? WHERE id = ?", (outlets, run))


def report(store: Store, run: int) -> RunReport:
    """What a run did, from its row."""
    row = store.one("SELECT * FROM crawls WHERE id = ?", (run,))
    assert row is not None
    return RunReport(
        run=run,
        outlets=row["outlets"],
        feeds_polled=row["feeds_polled"],
        feeds_not_modified=row["feeds_not_modified"],
        feeds_failed=row["feeds_failed"],
        new=row["new"],
        revised=row["revised"],
        unchanged=row["unchanged"],
        duplicate=row["duplicate"],
        gone=row["gone"],
        failed=row["failed"],
        seconds=_seconds(row),
        failures=failures_of(store, run),
        outlets_failed=_outlets_failed(store, run),
        offline=_offline(store),
    )


def _offline(store: Store) -> bool:
    lasting = store.one("SELECT 1 FROM incident_log WHERE kind = 'network' AND closed_at IS NULL LIMIT 1")
    return lasting is not None


def _seconds(row: Row) -> float:
    started, ended = moment(row["started_at"]), moment(row["ended_at"])
    return (ended - started).total_seconds() if started and ended else 0.0


def failures_of(store: Store, run: int) -> tuple[tuple[str, str, str], ...]:
    """A run's failures as (url, class, message), in the order they happened."""
    rows: Sequence[Row] = store.all(
        "SELECT url, class, message FROM fetch_failures WHERE run_id = ? ORDER BY id", (run,)
    )
    return tuple((row["url"], row["class"], row["message"]) for row in rows)


def _outlets_failed(store: Store, run: int) -> int:
    """Outlets of which a run polled feeds and none answered."""
    return int(
        store.value(
            "SELECT count(*) FROM (SELECT f.outlet_id FROM feed_checks c JOIN feeds f ON f.id = c.feed_id"
            " WHERE c.run_id = ? GROUP BY f.outlet_id HAVING min(c.outcome = 'failed') = 1)",
            (run,),
        )
    )
