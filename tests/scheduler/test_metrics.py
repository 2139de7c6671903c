"""The figures of a store that is known, and the page that describes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.store.connection import Store, iso, open_store
from pipeline.store.figures import figures, run_totals
from scheduler.metrics import FRESH, Live, StoreFigures, registry

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def outlet(store: Store, slug: str, *, paused: bool = False, removed: bool = False) -> int:
    return int(
        store.value(
            "INSERT INTO outlets (slug, name, home, added_at, paused, removed_at) VALUES (?, ?, '', ?, ?, ?)"
            " RETURNING id",
            (slug, slug, iso(NOW), int(paused), iso(NOW) if removed else None),
        )
    )


def feed(store: Store, outlet_id: int, due: timedelta = timedelta(hours=1), **columns: object) -> int:
    number = store.value("SELECT count(*) FROM feeds")
    given = {
        "outlet_id": outlet_id,
        "url": f"https://gazette.example/{number}",
        "next_check": iso(NOW + due),
        "last_success": iso(NOW),
        **columns,
    }
    names, places = ", ".join(given), ", ".join("?" * len(given))
    return int(
        store.value(f"INSERT INTO feeds ({names}) VALUES ({places}) RETURNING id", tuple(given.values()))
    )


def run(store: Store, why: str | None = "done", **counters: int) -> int:
    given = {
        "started_at": iso(NOW),
        "ended_at": iso(NOW) if why else None,
        "ended_why": why,
        "pid": 1,
        "process_token": "x",
    } | {f'"{name}"': value for name, value in counters.items()}
    names, places = ", ".join(given), ", ".join("?" * len(given))
    return int(
        store.value(f"INSERT INTO crawls ({names}) VALUES ({places}) RETURNING id", tuple(given.values()))
    )


def a_newsroom(store: Store) -> None:
    """Every state, class, gap and silence once; and an outlet that is not watched any more."""
    gazette, paused = outlet(store, "gazette"), outlet(store, "paused", paused=True)
    removed = outlet(store, "removed", removed=True)
    overdue = feed(store, gazette, timedelta(minutes=-7))
    held = run(store, None, feeds_polled=1)
    feed(store, gazette, timedelta(minutes=-9), lease_run=held)
    feed(store, gazette, failures=2, failure_class="dns")
    feed(store, gazette, timedelta(minutes=-2), failures=1, failure_class="timeout")
    feed(store, gazette, state="gone")
    feed(store, gazette, timedelta(minutes=-30), state="merged")
    feed(store, gazette, last_success=None)
    feed(store, paused, timedelta(minutes=-50))
    left = feed(store, removed, timedelta(minutes=-60), failures=1, failure_class="dns")
    for feed_id, state in ((overdue, "open"), (overdue, "healed"), (left, "open")):
        store.execute(
            'INSERT INTO feed_gaps (feed_id, found_at, "after", "before", state) VALUES (?, ?, ?, ?, ?)',
            (feed_id, iso(NOW), iso(NOW), iso(NOW), state),
        )
    for outlet_id, kind, closed in (
        (gazette, "silence", None),
        (paused, "silence", NOW),
        (gazette, "network", None),
        (removed, "silence", None),
    ):
        store.execute(
            "INSERT INTO incident_log (kind, outlet_id, opened_at, closed_at, message) VALUES (?, ?, ?, ?, '')",
            (kind, outlet_id, iso(NOW), iso(closed)),
        )


def test_feeds_gaps_and_silences_are_counted_as_users_see_them(store: Store) -> None:
    a_newsroom(store)
    found = figures(store, NOW)
    assert found.feeds == {"ok": 2, "failing": 2, "gone": 1, "paused": 1, "new": 1}
    assert found.failing == {"dns": 1, "timeout": 1}
    assert (found.overdue, found.overdue_seconds) == (2, 420.0)
    assert (found.open_gaps, found.open_silences) == (1, 1)
    assert found.file_bytes["database"] > 0


def test_an_empty_store_has_figures(store: Store) -> None:
    found = figures(store, NOW)
    assert sum(found.feeds.values()) == found.overdue == found.overdue_seconds == 0
    assert found.last_run is None
    assert not any(found.runs.counters.values())


def test_totals_are_the_same_read_at_once_or_bit_by_bit(store: Store) -> None:
    known = run_totals(store)
    open_run = run(store, None, new=1)
    for why in ("done", "died: its process is gone", "stopped", None, "failed", "by hand"):
        run(store, why, new=2, feeds_polled=3)
        known = run_totals(store, known)
        assert known.counters == run_totals(store).counters
        assert known.outcomes == run_totals(store).outcomes
    store.execute("UPDATE crawls SET ended_at = ?, ended_why = 'done', \"new\" = 5", (iso(NOW),))
    known = run_totals(store, known)
    assert known.counters == run_totals(store).counters
    assert known.outcomes == {"done": 7, "stopped": 0, "died": 0, "failed": 0, "other": 0}
    assert known.through == open_run + 6


def test_totals_never_fall_when_old_runs_are_pruned(store: Store) -> None:
    for _ in range(5):
        run(store, new=10)
    known = run_totals(store)
    store.execute("DELETE FROM crawls WHERE id <= 3")
    run(store, new=1)
    known = run_totals(store, known)
    assert known.counters["new"] == 51
    assert known.outcomes["done"] == 6


def test_what_is_read_is_fresh_enough_and_not_read_at_every_scrape(tmp_path: Path) -> None:
    db, clock = tmp_path / "press.db", [0.0]
    read = StoreFigures(db, lambda: NOW, clock=lambda: clock[0])
    assert read() is None
    with open_store(db) as store:
        assert read() is None
        clock[0] = FRESH
        first = read()
        assert first is not None
        run(store, new=4)
        assert read() is first
        clock[0] = 2 * FRESH
        second = read()
        assert second is not None
        assert second.runs.counters["new"] == 4


def test_a_store_that_cannot_be_read_leaves_the_daemons_own_metrics(tmp_path: Path) -> None:
    db = tmp_path / "press.db"
    db.write_bytes(b"no database" * 100)
    text = exposed(db)
    assert "presswatch_store_usable 0.0" in text
    assert "presswatch_workers_running 2.0" in text
    assert "presswatch_feeds{" not in text


def exposed(db: Path) -> str:
    live = Live(started_at=NOW, last_tick=NOW, workers_running=2, workers=3)
    return generate_latest(registry(StoreFigures(db, lambda: NOW), lambda: live)).decode()


@pytest.fixture
def exposition(store: Store) -> str:
    a_newsroom(store)
    run(store, feeds_polled=4, feeds_not_modified=2, feeds_failed=1, new=41, revised=2, duplicate=1, failed=1)
    return exposed(store.path)


def test_the_exposition_has_the_figures(exposition: str) -> None:
    for line in (
        'presswatch_feeds{state="failing"} 2.0',
        'presswatch_feeds_failing{class="dns"} 1.0',
        "presswatch_feeds_overdue_oldest_seconds 420.0",
        'presswatch_runs_total{outcome="done"} 1.0',
        "presswatch_polls_total 5.0",
        'presswatch_articles_total{change="new"} 41.0',
        f"presswatch_last_run_timestamp_seconds {NOW.timestamp()!r}".replace("1795435200.0", "1.7954352e+09"),
    ):
        assert line in exposition.splitlines()


def test_docs_list_every_metric_with_its_type_and_labels(exposition: str) -> None:
    told = set(
        re.findall(
            r"^\| `(\w+)(?:\{([\w,]+)\})?` \| (\w+) \|", (ROOT / "docs/daemon.md").read_text("utf-8"), re.M
        )
    )
    real = set()
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.name.startswith("presswatch_"):
                labels = dict.fromkeys(sample.labels, "")
                real.add((sample.name, tuple(sorted(labels)), family.type))
    assert {
        (name, tuple(sorted(filter(None, labels.split(",")))), kind) for name, labels, kind in told
    } == real


def test_names_follow_the_conventions(exposition: str) -> None:
    for family in text_string_to_metric_families(exposition):
        assert family.documentation
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter"), sample.name


def test_no_big_table_is_read(store: Store) -> None:
    """With 60,000 feeds and a million articles a scan of these would cost seconds."""
    a_newsroom(store)
    statements: list[str] = []
    connection = store.execute("SELECT 1").connection
    connection.set_trace_callback(statements.append)
    figures(store, NOW)
    connection.set_trace_callback(None)
    assert len(statements) > 5
    scanned = set()
    for statement in statements:
        for row in store.all(f"EXPLAIN QUERY PLAN {statement}"):
            scanned |= set(re.findall(r"SCAN (\w+)", row["detail"]))
    assert not scanned & {"articles", "versions", "pages", "entries", "feed_checks", "e"}
