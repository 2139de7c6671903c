"""The store: opening, leases, transactions, and what survives."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.article import CleanArticle, Link, Removal, RemovalKind
from pipeline.decide import plan_entries
from pipeline.errors import (
    NewerDatabaseError,
    NotADatabaseError,
    NotFoundError,
    StoreDamagedError,
    StoreError,
)
from pipeline.store import articles, browse, care, feeds, outlets, pages, runs
from pipeline.store.articles import Provenance
from pipeline.store.browse import Filters
from pipeline.store.connection import Store, open_readonly, open_store
from pipeline.store.feeds import Setback
from pipeline.types import (
    Failure,
    FailureClass,
    FeedChecked,
    FeedEntry,
    FeedSnapshot,
    FetchedPage,
    OutletFeed,
    OutletSpec,
)

Make = Callable[..., CleanArticle]
RSS = "http://g.example/rss"
SPEC = OutletSpec(slug="gazette", name="Gazette", home="http://g.example", feeds=(OutletFeed(url=RSS),))


@pytest.fixture
def watched(store: Store, now: datetime) -> Store:
    outlets.add_outlet(store, SPEC, now)
    return store


def entries(*urls: str, title: str = "T") -> FeedSnapshot:
    return FeedSnapshot(
        url=RSS,
        format="rss20",
        title="Gazette",
        entries=tuple(FeedEntry(id=url, url=url, title=title) for url in urls),
    )


def checked(now: datetime, **fields: object) -> FeedChecked:
    values: dict[str, object] = {
        "feed_id": 1,
        "at": now,
        "status": 200,
        "final_url": RSS,
        "moved_to": None,
        "etag": '"v1"',
        "last_modified": None,
        "body_hash": "h",
        "snapshot": None,
    }
    return FeedChecked(**(values | fields))  # type: ignore[arg-type]


def record(store: Store, now: datetime, snapshot: FeedSnapshot) -> tuple[int, ...]:
    return pages.record_entries(store, 1, 1, plan_entries(snapshot), now)


def test_a_database_opens_twice_and_is_sound(tmp_path: Path) -> None:
    for _ in range(2):
        with open_store(tmp_path / "p.db") as store:
            assert care.check(store) == []
            assert store.value("PRAGMA journal_mode") == "wal"
            assert store.value("PRAGMA foreign_keys") == 1


def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("this is not a database\n" * 100)
    with pytest.raises(NotADatabaseError, match=r"notes\.db"):
        open_store(text)
    assert text.read_text().startswith("this is not")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(NotADatabaseError, match="another program"):
        open_store(other)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with open_store(path) as store:
        store.execute("PRAGMA user_version = 999")
    with pytest.raises(NewerDatabaseError, match="newer presswatch"):
        open_store(path)


def test_a_current_database_is_opened_without_loading_what_migrates(tmp_path: Path) -> None:
    with open_store(tmp_path / "p.db"):
        pass
    program = "import sys, pathlib; from pipeline.store.connection import open_store\n"
    program += "open_store(pathlib.Path(sys.argv[1])).close(); print('sqlite_utils' in sys.modules)"
    command = [sys.executable, "-c", program, str(tmp_path / "p.db")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_damaged_database_is_named_damaged(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with open_store(path) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    body[4096 : len(body)] = b"\xff" * (len(body) - 4096)
    path.write_bytes(bytes(body))
    with pytest.raises(StoreDamagedError, match="damaged"), open_store(path) as store:
        outlets.list_outlets(store)


@pytest.mark.parametrize("name", ["missing/p.db", "."])
def test_a_place_that_cannot_hold_a_database_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="folder"):
        open_store(tmp_path / name)


def test_reading_does_not_make_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        open_readonly(tmp_path / "p.db")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(tmp_path: Path, now: datetime) -> None:
    with open_store(tmp_path / "p.db"):
        pass
    with open_readonly(tmp_path / "p.db") as store, pytest.raises(StoreError, match="read-only"):
        outlets.add_outlet(store, SPEC, now)


def test_a_failed_transaction_leaves_nothing(watched: Store, now: datetime) -> None:
    def crash() -> None:
        with watched.write():
            record(watched, now, entries("http://g.example/a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert care.totals(watched)["entries"] == 0


def test_a_feed_is_leased_to_one_run_only(watched: Store, now: datetime) -> None:
    first, second = runs.start_run(watched, now), runs.start_run(watched, now)
    assert [feed.url for feed in feeds.lease_due(watched, first, now)] == [RSS]
    assert feeds.lease_due(watched, second, now, everything=True) == ()
    assert [row["url"] for row in feeds.held_by_others(watched, second, now, everything=True)] == [RSS]
    assert feeds.held_by_others(watched, first, now, everything=True) == []


def test_a_host_is_one_runs_only(watched: Store, now: datetime) -> None:
    """Another outlet of the same host waits until the run that is there has ended: politeness is per host."""
    home = "https://www.g.example/other"
    twin = OutletSpec(slug="twin", name="Twin", home=home, feeds=(OutletFeed(url=RSS + "2"),))
    first, second = runs.start_run(watched, now), runs.start_run(watched, now)
    assert len(feeds.lease_due(watched, first, now)) == 1
    outlets.add_outlet(watched, twin, now)
    assert feeds.lease_due(watched, second, now) == ()
    runs.close_run(watched, first, now, "done")
    assert RSS + "2" in {feed.url for feed in feeds.lease_due(watched, second, now)}


def test_the_next_check_is_written_before_anything_is_fetched(watched: Store, now: datetime) -> None:
    run = runs.start_run(watched, now)
    feeds.lease_due(watched, run, now)
    runs.close_run(watched, run, now, "died")
    assert feeds.lease_due(watched, runs.start_run(watched, now), now) == ()


def test_a_dead_runs_leases_are_freed(watched: Store, now: datetime) -> None:
    dead = runs.start_run(watched, now)
    feeds.lease_due(watched, dead, now)
    watched.execute("UPDATE crawls SET process_token = 'a process long gone' WHERE id = ?", (dead,))
    alive = runs.start_run(watched, now)
    assert len(feeds.lease_due(watched, alive, now, everything=True)) == 1
    why = watched.value("SELECT ended_why FROM runs WHERE run = ?", (dead,))
    assert why.startswith("died")


def test_a_paused_outlet_is_polled_only_by_name(watched: Store, now: datetime) -> None:
    outlets.set_paused(watched, "gazette", True)
    run = runs.start_run(watched, now)
    assert feeds.lease_due(watched, run, now, everything=True) == ()
    assert len(feeds.lease_due(watched, run, now, slugs=["gazette"])) == 1


def test_validators_are_kept_exactly(watched: Store, now: datetime) -> None:
    etag, date = 'W/"a b\\"c"', "Mon, 01 Jan 0001 00:00:00 GMT"
    feeds.record_answer(watched, checked(now, etag=etag, last_modified=date), now)
    feed = feeds.lease_due(watched, runs.start_run(watched, now), now)[0]
    assert (feed.etag, feed.last_modified, feed.body_hash) == (etag, date, "h")


def test_a_moved_feed_keeps_its_old_address_as_an_alternative(watched: Store, now: datetime) -> None:
    feeds.adopt_address(watched, 1, "http://g.example/new")
    feed = feeds.lease_due(watched, runs.start_run(watched, now), now)[0]
    assert (feed.url, feed.alternatives) == ("http://g.example/new", (RSS,))


def test_a_feed_that_moved_onto_another_one_is_retired(watched: Store, now: datetime) -> None:
    outlets.add_outlet(
        watched, SPEC.__class__(slug="gazette", name="G", home="h", feeds=(OutletFeed(url=RSS + "2"),)), now
    )
    feeds.adopt_address(watched, 1, RSS + "2")
    leased = feeds.lease_due(watched, runs.start_run(watched, now), now, everything=True)
    assert [feed.url for feed in leased] == [RSS + "2"]


def test_a_feed_that_is_gone_is_asked_again_at_its_own_hour_only(watched: Store, now: datetime) -> None:
    gone = Failure(kind=FailureClass.GONE, message="410", status=410, permanent=True)
    week = now + timedelta(days=7)
    feeds.record_failure(watched, 1, Setback(failure=gone, at=now, weight=1, next_check=week))
    run = runs.start_run(watched, now)
    assert feeds.lease_due(watched, run, now, everything=True) == ()
    assert outlets.feed_health(watched)[0]["state"] == "gone"
    assert len(feeds.lease_due(watched, run, week)) == 1
    feeds.record_answer(watched, checked(week), week)
    assert outlets.feed_health(watched)[0]["state"] == "ok"


def test_a_failing_feed_says_since_when_and_recovers(watched: Store, now: datetime) -> None:
    down = Failure(kind=FailureClass.DNS, message="no such host")
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        feeds.record_failure(watched, 1, Setback(failure=down, at=at, weight=0.5, next_check=now))
    assert feeds.failures_so_far(watched, 1) == (2, 1.0)
    health = outlets.feed_health(watched)[0]
    assert (health["state"], health["since"], health["failures"]) == ("failing", now.isoformat(), 2)
    feeds.record_answer(watched, checked(now), now)
    assert outlets.feed_health(watched)[0]["state"] == "ok"


def test_entries_become_pages_once(watched: Store, now: datetime) -> None:
    snapshot = entries("http://g.example/a", "http://g.example/b")
    assert len(record(watched, now, snapshot)) == 2
    run = runs.start_run(watched, now)
    assert len(pages.lease_due(watched, run, now)) == 2
    assert record(watched, now, snapshot) == ()
    assert pages.lease_due(watched, run, now) == ()


def test_the_same_article_in_two_feeds_is_one_page(watched: Store, now: datetime) -> None:
    outlets.add_outlet(
        watched, OutletSpec(slug="g2", name="2", home="h", feeds=(OutletFeed(url=RSS + "2"),)), now
    )
    assert len(record(watched, now, entries("http://g.example/a"))) == 1
    again = pages.record_entries(
        watched, 2, 2, plan_entries(entries("https://www.g.example/a?utm_source=x")), now
    )
    assert care.totals(watched)["pages"] == 1
    assert again == (1,)
    assert len(pages.lease_pages(watched, runs.start_run(watched, now), (1, 1))) == 1


def test_a_failed_page_waits_and_then_fails_for_good_with_its_reason(watched: Store, now: datetime) -> None:
    record(watched, now, entries("http://g.example/a"))
    run = runs.start_run(watched, now)
    failure = Failure(kind=FailureClass.HTTP, message="500 from the server", status=500)
    pages.record_failed(watched, 1, failure, now, now + timedelta(minutes=15))
    assert pages.lease_due(watched, run, now) == ()
    assert len(pages.lease_due(watched, run, now + timedelta(minutes=16))) == 1
    pages.record_failed(watched, 1, failure, now, None)
    row = pages.page_row(watched, 1)
    assert (row["state"], row["failure_message"], row["attempts"]) == ("failed", "500 from the server", 2)


def test_an_entry_whose_words_changed_makes_its_article_due(
    watched: Store, now: datetime, make_article: Make
) -> None:
    record(watched, now, entries("http://g.example/a"))
    article_id = articles.insert_article(watched, make_article(), 1, Provenance(seen_at=now))
    page = FetchedPage(page_id=1, url="u", final_url="u", status=200, body=b"", content_type=None, at=now)
    pages.record_stored(watched, page, article_id=article_id, state="stored", next_attempt=None)
    assert record(watched, now, entries("http://g.example/a")) == ()
    assert record(watched, now, entries("http://g.example/a", title="Edited")) == (1,)
    due = pages.lease_pages(watched, runs.start_run(watched, now), (1,))
    assert due[0].article_id == article_id


def test_an_article_comes_back_as_it_went_in(watched: Store, now: datetime, make_article: Make) -> None:
    removal = Removal(
        kind=RemovalKind.READ_ALSO,
        rule="phrase:en",
        text="Read also: X",
        position=(1, 0, 12),
        after_paragraph=1,
        label="Read also",
        title="X",
        links=(Link(url="http://g.example/x", text="X"),),
    )
    article = make_article(
        published=datetime.fromisoformat("2024-01-28T08:14:00+02:00"),
        authors=("A", "Б"),
        tags=("t",),
        alternates=(("uk", "http://g.example/uk"),),
        sources={"title": "json-ld"},
        removals=(removal,),
    )
    article_id = articles.insert_article(watched, article, 1, Provenance(seen_at=now))
    stored = browse.load(watched, article_id).article
    assert stored.meta.published is not None
    assert stored.meta.published.isoformat() == "2024-01-28T08:14:00+02:00"
    assert (stored.paragraphs, stored.removals, stored.meta.tags) == (article.paragraphs, (removal,), ("t",))
    assert (stored.meta.alternates, dict(stored.meta.sources)) == (
        article.meta.alternates,
        {"title": "json-ld"},
    )


def test_every_version_is_kept_and_the_latest_is_found(
    watched: Store, now: datetime, make_article: Make
) -> None:
    article_id = articles.insert_article(watched, make_article(), 1, Provenance(seen_at=now))
    articles.insert_version(
        watched, article_id, make_article(title="Tunnel closes"), Provenance(seen_at=now), ("title",)
    )
    assert browse.load(watched, article_id).article.title == "Tunnel closes"
    assert browse.load(watched, article_id, 1).article.title == "Bridge opens"
    assert [found.id for found in browse.search(watched, "tunnel", Filters())] == [article_id]
    assert browse.search(watched, "title:bridge OR opens", Filters()) == []
    assert browse.load(watched, article_id).status == "revised"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("قال زيلينسكي إنّ أوكرانيا انتصرت", "اوكرانيا"),
        ("وزارة الدفاع", "الدِّفَاعِ"),
        ("Всё ещё идёт снег", "все еще"),
        ("Об’єднані сили", "об'єднані"),
        ("Café in Zürich", "cafe zurich"),
        ("東京で地震が発生", "地震"),
    ],
)
def test_search_finds_any_spelling(
    watched: Store, now: datetime, make_article: Make, text: str, query: str
) -> None:
    articles.insert_article(watched, make_article(title="x", paragraphs=(text,)), 1, Provenance(seen_at=now))
    assert len(browse.search(watched, query, Filters())) == 1


def test_a_date_in_the_future_does_not_stand_on_top(
    watched: Store, now: datetime, make_article: Make
) -> None:
    for title, published in (("today", now), ("2099", now.replace(year=2099)), ("undated", None)):
        seen = now + timedelta(hours=1) if title == "today" else now - timedelta(hours=1)
        article = make_article(title=title, url=f"http://g.example/{title}", published=published)
        articles.insert_article(watched, article, 1, Provenance(seen_at=seen))
    assert browse.list_articles(watched, Filters())[0].title == "today"


def test_an_article_is_found_by_any_of_its_addresses(
    watched: Store, now: datetime, make_article: Make
) -> None:
    article_id = articles.insert_article(watched, make_article(), 1, Provenance(seen_at=now))
    articles.link_addresses(watched, article_id, ("http://g.example/a", "http://g.example/b"))
    assert browse.resolve(watched, "https://www.g.example/b?utm_medium=x") == article_id
    assert browse.resolve(watched, str(article_id)) == article_id
    for unknown in ("99", "http://g.example/none", "nonsense", "9" * 40):
        with pytest.raises(NotFoundError, match="no article"):
            browse.resolve(watched, unknown)


def test_removing_an_outlet_keeps_its_articles(watched: Store, now: datetime, make_article: Make) -> None:
    article_id = articles.insert_article(watched, make_article(), 1, Provenance(seen_at=now))
    outlets.remove_outlet(watched, "gazette", now)
    assert outlets.list_outlets(watched) == ()
    assert browse.load(watched, article_id).outlet == "gazette"
    outlets.add_outlet(watched, SPEC, now)
    assert [outlet.slug for outlet in outlets.list_outlets(watched)] == ["gazette"]
