"""The outlet's memory in the database and at the desk: learned from new articles, no reason for a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.article import CleanArticle
from pipeline.decide import plan_entries
from pipeline.ingest import Desk
from pipeline.memory import REMEMBERED, Memory
from pipeline.store import articles, memory, outlets, pages, runs
from pipeline.store.articles import Provenance
from pipeline.store.browse import load
from pipeline.store.connection import Store, open_store
from pipeline.types import (
    DuePage,
    Duplicate,
    FeedEntry,
    FeedSnapshot,
    FetchedPage,
    New,
    OutletFeed,
    OutletSpec,
    Revision,
    Unchanged,
    Verdict,
)

Make = Callable[..., CleanArticle]
RSS = "http://gazette.example/rss"
PLEA = "Would you like to know what else the town is talking about today?"
LATER = "The gazette is printed on paper from the woods around the town."


def story(number: int, *more: str) -> tuple[str, ...]:
    """Paragraphs that no other article has."""
    names = ("mayor", "baker", "pilot", "singer", "doctor", "farmer", "sailor", "painter", "teacher", "judge")
    who, where = names[number % 10], names[number // 10 % 10]
    return (
        f"The {who} of {where} street told the council that the bridge to the island must be repaired.",
        f"Many who came to listen to the {who} said the {where} had promised as much in every past year.",
        f"A vote on the money which the {who} asked for was put off until the {where} can come to the hall.",
        *more,
    )


@pytest.fixture
def outlet(store: Store, now: datetime) -> int:
    feeds = (OutletFeed(url=RSS),)
    spec = OutletSpec(slug="gazette", name="Gazette", home="http://gazette.example", feeds=feeds)
    return outlets.add_outlet(store, spec, now)[0].id


def stored(store: Store, outlet: int, article: CleanArticle, now: datetime, read: dict[int, Memory]) -> int:
    with store.write():
        article_id = articles.insert_article(store, article, outlet, Provenance(seen_at=now))
        memory.learn(store, outlet, article_id, article, read)
    return article_id


# --- the table ------------------------------------------------------------------------------------------


def test_memory_is_counted_from_the_rows_and_bounded(
    store: Store, outlet: int, make_article: Make, now: datetime
) -> None:
    read: dict[int, Memory] = {}
    for number in range(REMEMBERED + 8):
        stored(store, outlet, make_article(paragraphs=story(number, PLEA), title=story(number)[0]), now, read)
    assert store.value("SELECT count(*) FROM outlet_memory") == REMEMBERED
    anew = memory.recall(store, outlet, {})
    kept = read[outlet]
    assert (anew.of, anew.articles, anew.seen) == (REMEMBERED, kept.articles, kept.seen)
    assert max(anew.seen.values()) == REMEMBERED


def test_a_new_version_takes_the_place_of_the_old_one(
    store: Store, outlet: int, make_article: Make, now: datetime
) -> None:
    read: dict[int, Memory] = {}
    number = stored(store, outlet, make_article(paragraphs=story(1, PLEA)), now, read)
    with store.write():
        memory.learn(store, outlet, number, make_article(paragraphs=story(2)), read)
    for known in (read[outlet], memory.recall(store, outlet, {})):
        assert (known.of, set(known.seen.values()), len(known.seen)) == (1, {1}, 3)


def test_what_another_process_learns_is_counted(
    store: Store, outlet: int, make_article: Make, now: datetime, tmp_path: Path
) -> None:
    ours: dict[int, Memory] = {}
    theirs: dict[int, Memory] = {}
    with open_store(tmp_path / "presswatch.db") as other:
        for number in range(0, 12, 2):
            for desk, read, at in ((store, ours, number), (other, theirs, number + 1)):
                stored(desk, outlet, make_article(paragraphs=story(at, PLEA), title=story(at)[0]), now, read)
        assert memory.recall(other, outlet, theirs).of == memory.recall(store, outlet, ours).of == 12
    assert max(memory.recall(store, outlet, ours).seen.values()) == 12


def test_what_was_rolled_back_is_not_remembered(
    store: Store, outlet: int, make_article: Make, now: datetime
) -> None:
    read: dict[int, Memory] = {}
    stored(store, outlet, make_article(paragraphs=story(1)), now, read)
    with pytest.raises(ZeroDivisionError), store.write():
        stored(store, outlet, make_article(paragraphs=story(2)), now, read), 1 / 0
    assert memory.recall(store, outlet, read).of == 1
    stored(store, outlet, make_article(paragraphs=story(3), title="Other"), now, read)
    assert read[outlet].seen == memory.recall(store, outlet, {}).seen


def test_outlets_do_not_share_their_memories(
    store: Store, outlet: int, make_article: Make, now: datetime
) -> None:
    spec = OutletSpec(slug="herald", name="Herald", home="http://herald.example")
    herald = outlets.add_outlet(store, spec, now)[0].id
    read: dict[int, Memory] = {}
    stored(store, outlet, make_article(paragraphs=story(1)), now, read)
    assert memory.recall(store, herald, read).of == 0


# --- the desk -------------------------------------------------------------------------------------------


class Newsroom:
    """A desk and the pages of one outlet, fetched when a test says so."""

    def __init__(self, store: Store, outlet: int, now: datetime) -> None:
        self.store, self.outlet, self.now = store, outlet, now
        self.desk = Desk(store=store, run=runs.start_run(store, now))

    def due(self, name: str) -> DuePage:
        url = f"http://gazette.example/{name}"
        entry = FeedEntry(id=url, url=url, title="T")
        snapshot = FeedSnapshot(url=RSS, format="rss20", title="Gazette", entries=(entry,))
        pages.record_entries(self.store, 1, self.outlet, plan_entries(snapshot), self.now)
        row = self.store.one("SELECT id, article_id FROM pages WHERE url = ?", (url,))
        assert row is not None
        return DuePage(
            page_id=row["id"], outlet_id=self.outlet, outlet="gazette", url=url, article_id=row["article_id"]
        )

    def fetch(self, name: str, *paragraphs: str, title: str = "") -> Verdict:
        due = self.due(name)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        title = title or f"What {name} said to the council"
        head = f"<html lang=en><head><title>{title}</title></head>"
        body = f"{head}<body><article><h1>{title}</h1>{text}</article>"
        page = FetchedPage(
            page_id=due.page_id,
            url=due.url,
            final_url=due.url,
            status=200,
            body=body.encode(),
            content_type="text/html; charset=utf-8",
            at=self.now,
        )
        return self.desk.page_answered(due, page)

    def article(self, name: str) -> CleanArticle:
        article_id = self.store.value("SELECT article_id FROM pages WHERE url LIKE ?", ("%/" + name,))
        return load(self.store, article_id).article


NAMES = ("ann", "bob", "cyd", "dan", "eve", "flo", "gus", "hal", "ivy", "jon")


@pytest.fixture
def newsroom(store: Store, outlet: int, now: datetime) -> Newsroom:
    return Newsroom(store, outlet, now)


def test_the_desk_learns_and_forgets(newsroom: Newsroom) -> None:
    for number, name in enumerate(NAMES):
        assert newsroom.fetch(name, *story(number, PLEA)) == New()
    first, last = newsroom.article("ann"), newsroom.article("jon")
    assert first.paragraphs[-1] == PLEA
    assert last.paragraphs == story(9)
    assert [(cut.text, cut.rule) for cut in last.removals if "memory" in cut.rule] == [(PLEA, "memory:9/9")]


def test_what_memory_learns_is_no_edit(newsroom: Newsroom) -> None:
    """Read again, an article says what it said, whether memory knew the line then, now or both times."""
    for number, name in enumerate(NAMES):
        newsroom.fetch(name, *story(number, PLEA))
    for number, name in enumerate(NAMES):
        assert isinstance(newsroom.fetch(name, *story(number, PLEA)), Unchanged)
    newsroom.store.execute("DELETE FROM outlet_memory")
    assert isinstance(newsroom.fetch("jon", *story(9, PLEA)), Unchanged)


def test_an_edit_shows_only_what_the_outlet_edited(newsroom: Newsroom) -> None:
    for number, name in enumerate(NAMES):
        newsroom.fetch(name, *story(number, PLEA))
    added = "The council has meanwhile agreed to pay for the bridge after all."
    for number, name in ((0, "ann"), (9, "jon")):
        before = newsroom.article(name).paragraphs
        verdict = newsroom.fetch(name, *story(number), added, PLEA)
        assert isinstance(verdict, Revision)
        assert verdict.changed == ("body",)
        after = newsroom.article(name)
        assert [paragraph for paragraph in after.paragraphs if paragraph not in before] == [added]
        assert [paragraph for paragraph in before if paragraph not in after.paragraphs] == []
    newsroom.store.execute("DELETE FROM outlet_memory")
    assert isinstance(newsroom.fetch("jon", *story(9), added, added + " At last.", PLEA), Revision)
    assert PLEA not in newsroom.article("jon").paragraphs


def test_versions_do_not_teach(newsroom: Newsroom) -> None:
    """One article, edited again and again, stays one; its lines are not the outlet's."""
    for number, name in enumerate(NAMES[:5]):
        newsroom.fetch(name, *story(number))
    for number in range(8):
        newsroom.fetch("kim", *story(30, f"It was said {'again and ' * number}again."))
    newsroom.fetch("lea", *story(40), story(30)[0])
    assert story(30)[0] in newsroom.article("lea").paragraphs
    assert newsroom.store.value("SELECT count(*) FROM outlet_memory") == 7


def test_the_same_body_at_another_address_is_known_whatever_memory_cut(newsroom: Newsroom) -> None:
    for number, name in enumerate(NAMES):
        newsroom.fetch(name, *story(number, PLEA), title=f"What {name} said")
    assert isinstance(newsroom.fetch("ann-again", *story(0, PLEA), title="What ann said"), Duplicate)
    newsroom.store.execute("DELETE FROM outlet_memory")
    assert isinstance(newsroom.fetch("jon-again", *story(9, PLEA), title="What jon said"), Duplicate)
