"""Retention: what leaves, what stays, and that nothing comes back by itself."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.article import PageHints
from pipeline.relate.declared import DeclaredRelation
from pipeline.store import articles, browse, care, pages, retention, tombstones
from pipeline.store.archive import Archive, RawPage, open_archive
from pipeline.store.articles import Provenance
from pipeline.store.browse import Filters
from pipeline.store.connection import Store, iso, open_store
from pipeline.store.retention import Keeping
from pipeline.text import body_hash
from pipeline.urls import url_key
from tests.pipeline.newsroom import LONG, YEAR, Make, Newsroom, fetched, url


@pytest.fixture
def room(store: Store, make_article: Make, now: datetime) -> Newsroom:
    return Newsroom(store, make_article, now)


# --- what leaves ----------------------------------------------------------------------------------------


def test_an_old_article_leaves_with_all_that_hangs_on_it(room: Newsroom) -> None:
    old = room.publish(room.now - 2 * YEAR, "old")
    articles.relate(
        room.store,
        old,
        (
            DeclaredRelation(
                url=url("wire"),
                type="syndicated-copy-of",
                confidence=1.0,
                direction_known=True,
                evidence=("x",),
            ),
        ),
    )
    room.publish(room.now - timedelta(days=5), "young")
    assert room.prune() == {"articles": 1, "versions": 1, "pages": 1, "entries": 1}
    assert room.left() == ["T young"]
    tables = ("versions", "search", "cuts", "anchors", "pages", "entries", "relations")
    counts = [room.store.value(f"SELECT count(*) FROM {table}") for table in tables]
    assert counts == [2, 2, 1, 1, 1, 1, 0]
    assert [found.title for found in browse.search(room.store, "word1", Filters())] == ["T young"]
    assert care.check(room.store) == []


def test_a_copy_of_a_pruned_original_still_names_it(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "original")
    copy = room.publish(room.now, "copy")
    articles.relate(
        room.store,
        copy,
        (
            DeclaredRelation(
                url=url("original"),
                type="syndicated-copy-of",
                confidence=1.0,
                direction_known=True,
                evidence=("x",),
            ),
        ),
    )
    room.prune()
    (row,) = room.store.all("SELECT dst_id, dst_url FROM lineage")
    assert tuple(row) == (None, url("original"))


def test_signs_of_life_keep_an_article(room: Newsroom) -> None:
    then, lately = room.now - 2 * YEAR, room.now - timedelta(days=5)
    names = ("revised", "reread", "published", "to come", "new address", "looked at")
    ids = {name: room.publish(then, name) for name in names}
    for name, cause in (("revised", "outlet"), ("reread", "rules")):
        again = room.make(url=url(name), title=f"T {name}", paragraphs=(f"{LONG} again",))
        articles.insert_version(
            room.store, ids[name], again, Provenance(seen_at=lately, cause=cause), ("body",)
        )
    for name, published in (("published", lately), ("to come", room.now.replace(year=2099))):
        room.store.execute("UPDATE articles SET published = ? WHERE id = ?", (iso(published), ids[name]))
    articles.touch(room.store, ids["looked at"], lately)
    (page,) = room.poll(lately, "amp")
    pages.record_stored(
        room.store,
        fetched(page, "amp", lately),
        article_id=ids["new address"],
        state="duplicate",
        next_attempt=None,
    )
    room.store.execute("UPDATE articles SET last_checked = ? WHERE id = ?", (iso(lately), ids["published"]))
    room.prune()
    assert room.left() == ["T revised", "T published", "T new address"]


def test_a_page_that_a_run_holds_is_left_until_the_next_time(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.store.execute("UPDATE pages SET lease_run = ?", (room.run,))
    assert room.prune()["articles"] == 0
    room.store.execute("UPDATE pages SET lease_run = NULL")
    assert room.prune()["articles"] == 1


def test_a_dry_count_says_what_would_go_and_changes_nothing(room: Newsroom) -> None:
    for number in range(5):
        room.publish(room.now - 2 * YEAR + timedelta(hours=number), number)
    room.newest()
    counted = retention.count_articles(room.store, room.now - YEAR)
    assert len(room.left()) == 5
    assert room.prune() == counted == {"articles": 5, "versions": 5, "pages": 5, "entries": 4}


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_batches_and_bounds_change_nothing_but_the_pace(room: Newsroom, batch: int) -> None:
    for number in range(7):
        room.publish(room.now - 2 * YEAR, number)
    assert room.prune(batch=batch, most=3)["articles"] == 3
    assert room.left() == [f"T {number}" for number in range(3, 7)]
    assert room.prune(batch=batch)["articles"] == 4
    assert room.left() == []
    assert care.check(room.store) == []


def test_others_write_while_articles_leave(room: Newsroom) -> None:
    for number in range(30):
        room.publish(room.now - 2 * YEAR, number)
    began, ended, writes = threading.Event(), threading.Event(), list[int]()

    def crawl() -> None:
        with open_store(room.store.path) as other:
            began.set()
            while not ended.wait(0.002):
                with other.write():
                    other.execute("UPDATE crawls SET unchanged = unchanged + 1")
                    # Between two transactions of the pruning neither none nor all of it is done.
                    writes.append(other.value("SELECT count(*) FROM articles"))

    thread = threading.Thread(target=crawl)
    thread.start()
    assert began.wait(20)
    room.prune(batch=1)
    ended.set()
    thread.join(20)
    assert not thread.is_alive()
    assert any(1 < count < 31 for count in writes)


def test_what_is_kept_for_ever_stays(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.newest()
    assert "articles" not in retention.prune(room.store, Keeping(), room.now)
    assert room.left() == ["T old"]
    assert retention.prune(room.store, Keeping(articles=YEAR), room.now)["articles"] == 1


def test_no_number_is_given_twice(room: Newsroom) -> None:
    for name in ("a", "b", "c"):
        room.publish(room.now - 2 * YEAR, name)
    retention.prune_articles(room.store, room.now - YEAR, room.now)
    assert room.left() == ["T c"]
    assert room.publish(room.now, "d") == 4


# --- and does not come back -----------------------------------------------------------------------------


def test_an_entry_that_is_still_shown_makes_no_new_page(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.prune()
    snapshot = [row["entry_key"] for row in room.store.all("SELECT entry_key FROM entries")]
    assert snapshot == [url_key(url("old"))], "the next snapshot is compared with this one"
    for day in range(3):
        assert room.poll(room.now + timedelta(days=day), "old", title=f"Edited {day}") == ()
    assert room.store.value("SELECT count(*) FROM pages") == 0
    assert care.check(room.store) == []


def test_an_entry_that_returns_makes_no_new_page(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.poll(room.now - YEAR, "other")
    room.prune()
    assert room.store.value("SELECT count(*) FROM entries WHERE title = 'T old'") == 0
    for name in ("old", "old/canonical"):
        assert room.poll(room.now, name) == ()
    assert room.store.value("SELECT count(*) FROM entries WHERE page_id IS NULL") == 2
    assert care.check(room.store) == []
    room.poll(room.now, "other")
    room.poll(room.now + timedelta(days=1), "other")
    assert room.prune()["entries"] == 2, "entries without a page go when their feed has dropped them"


def test_addresses_of_duplicates_are_tombstones_too(room: Newsroom) -> None:
    old = room.publish(room.now - 2 * YEAR, "old")
    (page,) = room.poll(room.now - 2 * YEAR, "old.amp")
    at = room.now - 2 * YEAR
    pages.record_stored(
        room.store, fetched(page, "old.amp", at), article_id=old, state="duplicate", next_attempt=None
    )
    room.prune()
    assert room.poll(room.now, "old.amp") == ()


def test_the_same_body_at_a_new_address_is_known_as_pruned(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.prune()
    body = body_hash((f"{LONG} old",))
    assert tombstones.is_buried(room.store, 1, body)
    assert not tombstones.is_buried(room.store, 2, body), "another outlet's copy is news"
    assert not tombstones.is_buried(room.store, 1, body_hash((f"{LONG} new",)))
    assert tombstones.is_buried(room.store, 1, "", (url("x"), url("old/canonical")))


def test_a_page_found_to_be_pruned_is_not_asked_for_again(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.prune()
    (page,) = room.poll(room.now, "moved")
    pages.record_pruned(room.store, replace(fetched(page, "moved", room.now), final_url=url("ended")))
    later = room.now + YEAR
    assert pages.next_due(room.store, later) is None
    assert room.poll(later, "moved", title="New title") == ()
    assert room.poll(later, "ended") == ()
    assert pages.lease_due(room.store, room.run, later, recheck_all=True) == ()
    assert care.check(room.store) == []


def test_what_all_stubs_say_buries_none_of_the_next(room: Newsroom) -> None:
    (page,) = room.poll(room.now - 2 * YEAR, "paywalled")
    room.read(page, room.now - 2 * YEAR, name="paywalled", body="This article is for subscribers.")
    room.prune()
    assert room.store.value("SELECT count(*) FROM tombstones") > 0
    assert not tombstones.is_buried(room.store, 1, body_hash(("This article is for subscribers.",)))


def test_a_person_may_bring_an_article_back(room: Newsroom) -> None:
    room.publish(room.now - 2 * YEAR, "old")
    room.prune()
    again = articles.insert_article(
        room.store, room.make(url=url("old"), title="T old"), 1, Provenance(seen_at=room.now, cause="import")
    )
    articles.link_addresses(room.store, again, (url("old"),))
    room.store.execute(
        "INSERT INTO pages (outlet_id, url, url_key, state, article_id, first_seen)"
        " VALUES (1, ?, ?, 'stored', ?, ?)",
        (url("old"), url_key(url("old")), again, iso(room.now)),
    )
    tombstones.unbury(room.store, again)
    assert not tombstones.is_tombstone(room.store, url_key(url("old")))
    assert room.poll(room.now, "old", title="Edited") != (), "its entry leads to it again"
    assert care.check(room.store) == []
    assert room.prune()["articles"] == 0


# --- raw pages ------------------------------------------------------------------------------------------


def keep_raw(archive: Archive, store: Store, number: int) -> None:
    version = store.one("SELECT id, seen_at FROM versions WHERE article_id = ?", (number,))
    assert version is not None
    seen = datetime.fromisoformat(version["seen_at"])
    archive.keep(
        RawPage(
            version_id=version["id"],
            article_id=number,
            outlet_id=1,
            seen_at=version["seen_at"],
            url=url(number),
            final_url=url(number),
            fetched_at=seen,
            content_type=None,
            hints=PageHints(),
            body=f"<p>{number}</p>".encode(),
        )
    )


def test_raw_pages_of_what_left_are_forgotten(room: Newsroom) -> None:
    for number in range(1, 7):
        room.publish(room.now - (2 * YEAR if number % 2 else timedelta(days=5)), number)
    with open_archive(room.store.path) as archive:
        for number in range(1, 7):
            keep_raw(archive, room.store, number)
        assert retention.forget_raw_pages(room.store, archive) == 0
        with archive.store.write():
            assert retention.prune(room.store, Keeping(articles=YEAR), room.now)["raw_pages"] == 0
        assert retention.prune(room.store, Keeping(articles=YEAR), room.now)["raw_pages"] == 3
        left = archive.store.all("SELECT article_id FROM kept ORDER BY 1")
        assert [row["article_id"] for row in left] == [2, 4, 6]


# --- history --------------------------------------------------------------------------------------------


def test_history_that_passed_is_forgotten_and_what_lasts_stays(room: Newsroom) -> None:
    old, new = iso(room.now - YEAR), iso(room.now)
    for at in (old, new):
        room.store.execute(
            "INSERT INTO feed_checks (feed_id, run_id, at, outcome) VALUES (1, ?, ?, 'changed')",
            (room.run, at),
        )
        for final in (0, 1):
            room.store.execute(
                "INSERT INTO fetch_failures (at, url, class, message, final) VALUES (?, 'u', 'dns', 'm', ?)",
                (at, final),
            )
    for closed in (None, old, new):
        room.store.execute(
            "INSERT INTO incident_log (kind, opened_at, closed_at, message) VALUES ('silence', ?, ?, 'm')",
            (old, closed),
        )
    for state, healed in (("open", None), ("healed", old), ("healed", new)):
        room.store.execute(
            'INSERT INTO feed_gaps (feed_id, found_at, "after", "before", state, healed_at)'
            " VALUES (1, ?, ?, ?, ?, ?)",
            (old, old, old, state, healed),
        )
    before = room.now - timedelta(days=90)
    expected = {"feed_checks": 1, "failures": 1, "incidents": 1, "gaps": 1}
    assert retention.count_history(room.store, before) == expected
    assert retention.prune(room.store, Keeping(), room.now) == expected
    assert retention.count_history(room.store, before) == dict.fromkeys(expected, 0)
    assert room.store.value("SELECT count(*) FROM fetch_failures WHERE final = 1") == 2
    assert room.store.value("SELECT count(*) FROM crawls") == 1


# --- maintenance ----------------------------------------------------------------------------------------


def test_a_refresh_empties_the_log_and_waits_for_nobody(room: Newsroom, tmp_path: Path) -> None:
    for number in range(30):
        room.publish(room.now, number)
    with open_store(room.store.path) as reader:
        reader.execute("BEGIN")
        reader.value("SELECT count(*) FROM articles")
        room.publish(room.now, "while it reads")
        care.refresh(room.store)
        reader.execute("ROLLBACK")
    care.refresh(room.store)
    assert Path(f"{room.store.path}-wal").stat().st_size == 0
    assert room.store.value("PRAGMA busy_timeout") == 30_000
    assert len(browse.search(room.store, "word1", Filters())) > 0


def test_compacting_gives_space_back(room: Newsroom) -> None:
    for number in range(100):
        room.publish(room.now - 2 * YEAR, number)
    care.compact(room.store)
    full = room.store.path.stat().st_size
    room.prune()
    care.compact(room.store)
    assert room.store.path.stat().st_size < full
    assert care.check(room.store) == []
