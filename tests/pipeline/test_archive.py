"""Raw pages: small on disk, whole when read, forgotten in time, and never in the way of a crawl."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import CleanArticle, PageHints
from pipeline.errors import (
    NewerDatabaseError,
    NotADatabaseError,
    NotFoundError,
    StoreDamagedError,
    StoreError,
)
from pipeline.store import archive_care, articles, outlets, runs
from pipeline.store.archive import Archive, RawPage, archive_path, existing_archive, open_archive
from pipeline.store.archive_care import Retention
from pipeline.store.archive_codec import MAX_SAMPLES, UnreadableError, choose_pattern, pack, unpack
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.articles import Provenance
from pipeline.store.connection import Store, iso
from pipeline.types import FetchedPage, OutletSpec

Make = Callable[..., CleanArticle]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDS = ("harbour", "bridge", "mayor", "winter", "report", "school", "market", "river", "plan", "costs")


def page_of(template: int, number: int) -> bytes:
    """A page of 40 kB: the same menus and scripts on all pages of a template, an article of its own."""
    shared, own = random.Random(template), random.Random(f"{template}/{number}")
    menu = "".join(f'<li id="{shared.getrandbits(64):x}">{shared.choice(WORDS)}</li>' for _ in range(1_000))
    text = " ".join(own.choices(WORDS, k=400))
    return f"<html><ul>{menu}</ul><article><h1>{number}</h1><p>{text}</p></article></html>".encode()


def raw(number: int, body: bytes | None = None, **given: object) -> RawPage:
    values: dict[str, object] = {
        "version_id": number,
        "article_id": number,
        "outlet_id": 1,
        "seen_at": iso(NOW),
        "url": f"http://g.example/{number}?utm=1",
        "final_url": f"http://g.example/{number}",
        "fetched_at": NOW + timedelta(minutes=number),
        "content_type": "text/html; charset=koi8-u",
        "hints": PageHints(),
        "body": page_of(1, number) if body is None else body,
    }
    return RawPage(**values | given)  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "presswatch.db") as opened:
        yield opened


def bodies(archive: Archive) -> list[int]:
    return [row["stored"] for row in archive.store.all("SELECT stored FROM raw_pages ORDER BY version_id")]


# --- packing --------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.binary(max_size=3_000), st.one_of(st.none(), st.binary(max_size=3_000)))
def test_what_was_packed_comes_out(body: bytes, pattern: bytes | None) -> None:
    assert unpack(pack(body, pattern), len(body), pattern) == body


@settings(max_examples=60)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_what_is_no_packed_page_is_refused(noise: bytes, size: int) -> None:
    with pytest.raises(UnreadableError):
        unpack(b"\0" + noise, size, None)


def test_a_packed_page_of_another_length_is_refused() -> None:
    packed = pack(b"news" * 1_000, None)
    for size in (3_999, 4_001):
        with pytest.raises(UnreadableError):
            unpack(packed, size, None)


def test_a_page_of_the_same_template_makes_the_others_small() -> None:
    pages = [page_of(1, number) for number in range(5)]
    pattern = choose_pattern(pages)
    assert pattern is not None
    other = page_of(1, 99)
    assert len(pack(other, pattern.content)) < len(pack(other, None)) / 5


def test_the_template_that_most_pages_share_is_chosen() -> None:
    pages = [page_of(template, template) for template in (2, 3)] + [page_of(1, n) for n in range(4)]
    pattern = choose_pattern(pages)
    assert pattern is not None
    assert pattern.content in pages[2:]


def test_pages_that_share_nothing_get_no_pattern() -> None:
    assert choose_pattern([random.Random(n).randbytes(5_000) for n in range(4)]) is None
    assert choose_pattern([page_of(1, 1)]) is None
    assert choose_pattern([]) is None


# --- keeping and reading --------------------------------------------------------------------------------


def test_everything_that_reading_needs_is_kept(archive: Archive) -> None:
    kyiv = datetime(2026, 11, 23, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    hints = PageHints(reference=kyiv, timezone="Europe/Kyiv", language="uk", title="Мер", published=NOW)
    page = raw(1, hints=hints)
    archive.keep(page)
    found = archive.load(1, page.seen_at)
    assert found == page
    assert found is not None
    assert found.hints.reference is not None
    assert found.hints.reference.utcoffset() == timedelta(hours=2)


def test_pages_before_and_after_a_pattern_are_whole(archive: Archive) -> None:
    kept = [raw(number, page_of(1 + number // 40, number)) for number in range(1, 140)]
    for page in kept:
        archive.keep(page)
    assert [archive.load(page.version_id, page.seen_at) for page in kept] == kept
    assert archive.store.value("SELECT count(*) FROM patterns") >= 2
    sizes = bodies(archive)
    assert sum(sizes[20:40]) / 20 < len(pack(page_of(1, 30), None)) / 5
    assert sizes[-1] < len(pack(page_of(4, 30), None)) / 5


def test_the_same_body_is_stored_once(archive: Archive) -> None:
    archive.keep(raw(1, b"<html>same</html>"))
    archive.keep(raw(2, b"<html>same</html>"))
    assert archive.store.value("SELECT count(*) FROM bodies") == 1
    archive.forget([1])
    second = archive.load(2, iso(NOW) or "")
    assert second is not None
    assert second.body == b"<html>same</html>"


def test_a_version_of_another_database_is_not_taken_for_ours(archive: Archive) -> None:
    archive.keep(raw(1, seen_at="2025-01-01T00:00:00+00:00"))
    assert archive.load(1, iso(NOW) or "") is None
    archive.keep(raw(1))
    assert archive.load(1, iso(NOW) or "") == raw(1)
    assert archive.store.value("SELECT count(*) FROM kept") == 1


def test_an_empty_page_can_be_kept(archive: Archive) -> None:
    archive.keep(raw(1, b""))
    assert archive.load(1, iso(NOW) or "") == raw(1, b"")


def test_numbers_of_patterns_are_never_used_again(archive: Archive) -> None:
    for number in range(1, 5):
        archive.keep(raw(number))
    first = archive.store.value("SELECT max(id) FROM patterns")
    archive.store.execute("UPDATE outlets SET pattern_id = NULL, wait = 3, weighed = 0")
    archive.forget([1, 2, 3, 4])
    for number in range(5, 9):
        archive.keep(raw(number))
    assert archive.store.value("SELECT min(id) FROM patterns") > first


# --- damage ---------------------------------------------------------------------------------------------


def test_a_damaged_page_is_named_and_never_handed_out(archive: Archive) -> None:
    archive.keep(raw(1))
    archive.keep(raw(2, page_of(7, 1)))
    archive.store.execute("UPDATE bodies SET sha256 = zeroblob(32) WHERE id = 1")
    archive.store.execute("UPDATE bodies SET data = substr(data, 1, 50) WHERE id = 2")
    for number in (1, 2):
        with pytest.raises(StoreDamagedError, match="damaged"):
            archive.load(number, iso(NOW) or "")
    assert len(archive_care.check(archive)) == 2


def test_a_sound_file_has_no_problems(archive: Archive) -> None:
    for number in range(1, 6):
        archive.keep(raw(number))
    assert archive_care.check(archive) == []
    assert archive_care.totals(archive)["raw_pages"] == 5


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    other = sqlite3.connect(archive_path(db))
    other.execute("CREATE TABLE diary (entry)")
    other.close()
    with pytest.raises(NotADatabaseError):
        open_archive(db)
    archive_path(db).write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(NotADatabaseError):
        open_archive(db)


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    with open_archive(db) as archive:
        archive.store.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerDatabaseError):
        open_archive(db)


def test_where_nothing_was_kept_this_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"news\.pages\.db"):
        existing_archive(tmp_path / "news.db")
    with pytest.raises(StoreError):
        open_archive(tmp_path / "nowhere" / "news.db")
    assert not list(tmp_path.iterdir())


def test_the_file_lies_beside_the_database() -> None:
    assert archive_path(Path("a/press.db")) == Path("a/press.pages.db")
    assert archive_path(Path("press")) == Path("press.pages")


# --- retention ------------------------------------------------------------------------------------------


@pytest.fixture
def stored(store: Store, make_article: Make) -> Store:
    """A database with 40 articles, seen now."""
    outlet, _ = outlets.add_outlet(
        store, OutletSpec(slug="gazette", name="Gazette", home="http://g.example"), NOW
    )
    for number in range(1, 41):
        made = make_article(url=f"http://g.example/{number}", paragraphs=(f"Report number {number}.",))
        articles.insert_article(store, made, outlet.id, Provenance(seen_at=NOW))
    return store


def versions(archive: Archive) -> list[int]:
    return [row["version_id"] for row in archive.store.all("SELECT version_id FROM kept ORDER BY 1")]


def test_old_pages_are_forgotten(archive: Archive, stored: Store) -> None:
    for number in range(1, 41):
        archive.keep(raw(number, fetched_at=NOW - timedelta(days=number)))
    assert archive_care.prune(archive, stored, Retention(keep_days=10), NOW) == 30
    assert versions(archive) == list(range(1, 11))
    assert archive_care.check(archive) == []


def test_the_oldest_go_when_there_is_too_much(archive: Archive, stored: Store) -> None:
    for number in range(1, 41):
        body = random.Random(number).randbytes(100_000)
        archive.keep(raw(number, body, fetched_at=NOW - timedelta(days=number)))
    archive_care.prune(archive, stored, Retention(max_mb=2), NOW + timedelta(hours=1))
    assert 0 < archive_care.totals(archive)["file_bytes"] <= 2_000_000
    assert versions(archive) == list(range(1, 1 + len(versions(archive))))
    archive.store.all("PRAGMA wal_checkpoint(TRUNCATE)")
    assert archive.path.stat().st_size < 2_200_000


def test_pages_of_versions_that_are_not_there_are_forgotten(archive: Archive, stored: Store) -> None:
    archive.keep(raw(1))
    archive.keep(raw(2, seen_at="2025-01-01T00:00:00+00:00"))
    archive.keep(raw(4_000))
    assert archive_care.prune(archive, stored, Retention(), NOW) == 2
    assert versions(archive) == [1]


def test_a_pattern_goes_with_the_last_page_that_needs_it(archive: Archive, stored: Store) -> None:
    for number in range(1, 21):
        archive.keep(raw(number, page_of(1 if number < 10 else 2, number)))
    assert archive.store.value("SELECT count(*) FROM patterns") == 2
    archive.forget([number for number in range(1, 21) if number < 17])
    assert archive.store.value("SELECT count(*) FROM patterns") == 1
    assert archive_care.check(archive) == []


# --- while a crawl runs ---------------------------------------------------------------------------------


def fetched(number: int) -> FetchedPage:
    url = f"http://g.example/{number}"
    return FetchedPage(
        page_id=0, url=url, final_url=url, status=200, body=page_of(1, number), content_type=None, at=NOW
    )


def test_a_page_is_kept_with_the_version_read_from_it(stored: Store) -> None:
    keeper = PageKeeper(db=stored.path)
    keeper.keep(stored, fetched(3), PageHints(), article_id=3)
    keeper.finish(stored, NOW)
    with existing_archive(stored.path) as archive:
        (row,) = archive.store.all("SELECT * FROM raw_pages")
    assert (row["article_id"], row["seen_at"], row["size"]) == (3, iso(NOW), len(page_of(1, 3)))
    assert keeper.trouble is None


def test_a_page_of_no_version_is_not_kept(stored: Store) -> None:
    keeper = PageKeeper(db=stored.path)
    keeper.keep(stored, fetched(3), PageHints(), article_id=4)
    keeper.keep(stored, fetched(3), PageHints(), article_id=4_000)
    keeper.finish(stored, NOW)
    assert not archive_path(stored.path).exists()


def test_nothing_is_kept_where_that_is_not_wanted(stored: Store) -> None:
    keeper = PageKeeper(db=stored.path, retention=Retention(keep=False))
    keeper.keep(stored, fetched(3), PageHints(), article_id=3)
    keeper.finish(stored, NOW)
    assert not archive_path(stored.path).exists()


def test_a_file_that_cannot_be_used_is_one_row_and_no_more(stored: Store) -> None:
    archive_path(stored.path).write_bytes(b"\xff" * 5_000)
    keeper = PageKeeper(db=stored.path, run=runs.start_run(stored, NOW))
    for number in (1, 2, 3):
        keeper.keep(stored, fetched(number), PageHints(), article_id=number)
    keeper.finish(stored, NOW)
    assert keeper.trouble is not None
    (row,) = stored.all("SELECT * FROM failures")
    assert (row["class"], row["message"], row["url"]) == (
        "archive",
        keeper.trouble,
        str(archive_path(stored.path)),
    )


def test_a_pruning_that_fails_is_contained(stored: Store) -> None:
    archive_path(stored.path).write_bytes(b"\xff" * 5_000)
    keeper = PageKeeper(db=stored.path, run=runs.start_run(stored, NOW))
    keeper.finish(stored, NOW)
    assert stored.value("SELECT count(*) FROM failures WHERE class = 'archive'") == 1


def test_no_more_samples_are_weighed_than_are_paid_for() -> None:
    pages = [page_of(1, number) for number in range(MAX_SAMPLES)]
    assert choose_pattern([*pages, *(page_of(2, number) for number in range(30))]) == choose_pattern(pages)


def test_the_view_is_documented_column_by_column(archive: Archive) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
    section = text.split("\n# The raw pages\n")[1]
    documented = re.findall(r"^\| `(\w+)` \|", section, flags=re.M)
    assert documented == [
        row["name"] for row in archive.store.all("SELECT name FROM pragma_table_info('raw_pages')")
    ]
