"""``db prune`` and ``db backup``: what is forgotten, what is counted only, what a copy has."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.article import PageHints
from pipeline.store.archive import RawPage, archive_path, open_archive
from tests.presswatch.conftest import Presswatch

Row = Callable[..., dict[str, Any]]


@pytest.fixture
def aged(presswatch: Presswatch, row: Row) -> Presswatch:
    """Four articles, each with its raw page; the first two were last heard of in 2020."""
    presswatch.rows(*(row(number) for number in range(1, 5)))
    then = "2020-01-01T00:00:00+00:00"
    with closing(sqlite3.connect(presswatch.db, isolation_level=None)) as db:
        db.execute("UPDATE articles SET first_seen = ?, published = ? WHERE id <= 2", (then, then))
        db.execute("UPDATE versions SET seen_at = ? WHERE article_id <= 2", (then,))
        db.execute("UPDATE pages SET first_seen = ? WHERE article_id <= 2", (then,))
        versions = db.execute("SELECT id, article_id, seen_at FROM versions").fetchall()
    with open_archive(presswatch.db) as archive:
        for version, article, seen_at in versions:
            archive.keep(raw_page(version, article, seen_at))
    return presswatch


def raw_page(version: int, article: int, seen_at: str) -> RawPage:
    return RawPage(
        version_id=version,
        article_id=article,
        outlet_id=1,
        seen_at=seen_at,
        url="u",
        final_url="u",
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        content_type="text/html",
        hints=PageHints(),
        body=f"<p>{version}</p>".encode(),
    )


def kept(file: Path) -> list[int]:
    with closing(sqlite3.connect(archive_path(file))) as db:
        return [found[0] for found in db.execute("SELECT article_id FROM raw_pages ORDER BY 1")]


def ids(presswatch: Presswatch) -> list[int]:
    return sorted(found["id"] for found in presswatch.json("articles"))


def test_articles_stay_unless_they_are_named(aged: Presswatch) -> None:
    assert aged.json("db", "prune")["articles"] == 0
    assert ids(aged) == [1, 2, 3, 4]


def test_articles_of_which_nothing_was_heard_are_forgotten(aged: Presswatch) -> None:
    document = aged.json("db", "prune", "--articles-before", "365d")
    assert document == {
        "feed_checks": 0,
        "failures": 0,
        "incidents": 0,
        "gaps": 0,
        "articles": 2,
        "versions": 2,
        "pages": 2,
        "entries": 0,
        "raw_pages": 2,
        "dry_run": False,
    }
    assert ids(aged) == kept(aged.db) == [3, 4]
    aged.good("db", "check")


def test_a_dry_run_counts_and_forgets_nothing(aged: Presswatch) -> None:
    document = aged.json("db", "prune", "--articles-before", "2021-01-01", "--dry-run")
    assert (document["articles"], document["versions"], document["dry_run"]) == (2, 2, True)
    text = aged.good("db", "prune", "--articles-before", "2021-01-01", "--dry-run")
    assert text == "would forget 0 polls, 0 failures, 2 articles (2 versions)\n"
    assert ids(aged) == kept(aged.db) == [1, 2, 3, 4]


def test_a_date_to_come_is_a_mistake(aged: Presswatch) -> None:
    assert aged("db", "prune", "--articles-before", "2099-01-01").exit_code == 2
    assert ids(aged) == [1, 2, 3, 4]


def test_what_was_forgotten_is_imported_again(aged: Presswatch, row: Row) -> None:
    aged.good("db", "prune", "--articles-before", "365d")
    aged.rows(row(1))
    assert ids(aged) == [3, 4, 5]
    aged.good("db", "check")
    assert aged.json("db", "prune", "--articles-before", "365d")["articles"] == 0


def test_a_damaged_file_of_raw_pages_stops_nothing(aged: Presswatch) -> None:
    archive_path(aged.db).write_bytes(b"no database" * 1000)
    result = aged("db", "prune", "--articles-before", "365d")
    assert (result.exit_code, "raw pages stay" in result.stderr) == (0, True)
    assert ids(aged) == [3, 4]


def test_pruning_goes_on_while_another_program_reads(aged: Presswatch) -> None:
    with closing(sqlite3.connect(aged.db, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        assert aged.json("db", "prune", "--articles-before", "365d")["articles"] == 2
        reader.execute("ROLLBACK")


def test_a_backup_has_the_raw_pages_beside_it(aged: Presswatch) -> None:
    aged.good("db", "backup", aged.folder / "copy.db")
    assert kept(aged.folder / "copy.db") == [1, 2, 3, 4]
    assert aged("db", "backup", aged.folder / "copy.db").exit_code == 2
    (aged.folder / "copy.db").unlink()
    assert aged("db", "backup", aged.folder / "copy.db").exit_code == 2, "raw pages are not replaced unasked"
    aged.good("db", "backup", aged.folder / "copy.db", "--overwrite")
    assert [file.name for file in aged.folder.iterdir() if "part" in file.name] == []


def test_a_backup_may_leave_the_raw_pages_out(aged: Presswatch) -> None:
    aged.good("db", "backup", aged.folder / "copy.db", "--no-pages")
    assert not (aged.folder / "copy.pages.db").exists()


def test_a_backup_never_replaces_the_raw_pages_themselves(aged: Presswatch) -> None:
    assert aged("db", "backup", archive_path(aged.db), "--overwrite").exit_code == 2
    assert kept(aged.db) == [1, 2, 3, 4]
