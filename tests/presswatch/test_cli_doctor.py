"""``doctor`` and ``db``: is all in order, and looking after the file."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.store import cli_queries
from presswatch.cli import doctor
from presswatch.cli.network import network_trouble
from presswatch.cli.words import away

Presswatch = Any
Row = Callable[..., dict[str, Any]]

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_sound_place_is_well(presswatch: Presswatch, row: Row) -> None:
    assert presswatch("doctor").exit_code == 0
    presswatch.rows(row())
    document = presswatch.json("doctor")
    assert document["ok"]
    assert {check["what"] for check in document["checks"]} >= {
        "Python",
        "SQLite",
        "WAL-reset bug",
        "full-text search",
        "folder",
        "write-ahead log",
        "disk",
        "clock",
        "configuration",
        "database",
    }
    assert "1 articles" in presswatch.good("doctor") or "1 article" in presswatch.good("doctor")


def test_every_fault_has_its_fix(presswatch: Presswatch) -> None:
    presswatch.db.write_text("no database\n" * 100)
    config = presswatch.folder / "bad.toml"
    config.write_text("[fetch]\nprox = 1\n")
    presswatch.options = ["--config", str(config)]
    result = presswatch("doctor")
    assert result.exit_code == 3
    bad = [line for line in result.stdout.splitlines() if line.startswith("✗")]
    assert len(bad) == 2
    assert all(" → " in line for line in bad)


def test_a_folder_that_is_not_there(presswatch: Presswatch) -> None:
    missing = type(presswatch)(presswatch.folder / "missing")
    result = missing("doctor")
    assert result.exit_code == 3
    assert "mkdir" in result.stdout


def test_the_network_is_looked_at_where_feeds_are_watched(presswatch: Presswatch, site: Any) -> None:
    presswatch.options = ["--allow-address", site.address]
    presswatch.good("outlets", "add", site.feed("/rss.xml", ("/a", "Harbour")))
    states = {check["what"]: check["state"] for check in presswatch.json("doctor")["checks"]}
    assert states["network"] == "ok"


def test_a_proxy_that_does_not_answer(site: Any) -> None:
    assert network_trouble("gazette.example", f"http://{site.address}") is None
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert "proxy" in (network_trouble("gazette.example", f"http://127.0.0.1:{port}") or "")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, "-"),
        ("2026-11-23T11:59:30+00:00", "now"),
        ("2026-11-23T11:00:00+00:00", "60 min ago"),
        ("2026-11-23T14:30:00+00:00", "in 2 h"),
        ("2026-11-20T12:00:00+00:00", "3 d ago"),
    ],
)
def test_how_far_away_a_time_is(moment: str | None, text: str) -> None:
    assert away(moment, AT) == text


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (doctor.python_finding((3, 11, 0)), "ok"),
        (doctor.python_finding((3, 10, 9)), "fault"),
        (doctor.sqlite_finding("3.40.1"), "ok"),
        (doctor.sqlite_finding("3.36.0"), "fault"),
        (doctor.wal_reset_finding("3.51.2"), "warning"),
        (doctor.wal_reset_finding("3.51.3"), "ok"),
        (doctor.wal_reset_finding("4.0.0"), "ok"),
        (doctor.disk_finding(10**10), "ok"),
        (doctor.disk_finding(10**8), "warning"),
        (doctor.disk_finding(10**6), "fault"),
        (doctor.clock_finding(AT, None), "ok"),
        (doctor.clock_finding(AT, AT - timedelta(days=1)), "ok"),
        (doctor.clock_finding(AT, AT + timedelta(days=1)), "warning"),
        (doctor.clock_finding(datetime(1999, 1, 1, tzinfo=UTC), None), "fault"),
    ],
)
def test_judgements(finding: doctor.Finding, state: str) -> None:
    assert finding.state == state
    assert bool(finding.fix) == (state != "ok")


# --- db -------------------------------------------------------------------------------------------------


def test_check_counts_and_finds(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    assert "1 articles" in presswatch.good("db", "check")
    with sqlite3.connect(presswatch.db) as db:
        db.execute("DELETE FROM search")
    db.close()
    result = presswatch("db", "check", "--json")
    assert result.exit_code == 3
    assert "search text is missing" in result.stdout


def test_a_backup_is_a_whole_database(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    copy = presswatch.folder / "copy.db"
    presswatch.good("db", "backup", copy)
    other = type(presswatch)(presswatch.folder)
    (presswatch.folder / "news.db").unlink()
    copy.rename(presswatch.folder / "news.db")
    assert [found["id"] for found in other.json("articles")] == [1]
    assert sorted(file.name for file in presswatch.folder.iterdir() if "part" in file.name) == []


def test_a_backup_replaces_nothing_unasked(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    file = presswatch.folder / "thesis.txt"
    file.write_text("years of work")
    assert presswatch("db", "backup", file).exit_code == 2
    assert file.read_text() == "years of work"
    assert presswatch("db", "backup", presswatch.db, "--overwrite").exit_code == 2
    assert presswatch("db", "backup", presswatch.folder / "no" / "x.db").exit_code == 2
    presswatch.good("db", "backup", file, "--overwrite")
    assert cli_queries.schema_number(file) > 0


def test_migrate_and_path(presswatch: Presswatch, row: Row) -> None:
    assert presswatch("db", "migrate").exit_code == 3
    presswatch.rows(row())
    document = presswatch.json("db", "migrate")
    assert document["from"] == document["to"] > 0
    assert presswatch.json("db", "path") == {"path": str(presswatch.db), "exists": True}


def test_prune_forgets_history_and_keeps_articles(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    document = presswatch.json("db", "prune", "--before", "1d")
    assert (document["feed_checks"], document["failures"], document["articles"]) == (0, 0, 0)
    assert len(presswatch.json("articles")) == 1


def test_a_lock_that_another_program_holds_is_waited_for_by_readers(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    other = sqlite3.connect(presswatch.db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert len(presswatch.json("articles")) == 1
    other.execute("ROLLBACK")
    other.close()
