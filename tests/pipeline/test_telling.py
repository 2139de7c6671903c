"""Stories in the store: they grow, split and go into each other, and keep their numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.relate import telling
from pipeline.store import story_places, story_reports, traits
from pipeline.store.connection import open_store
from pipeline.store.retention import prune_articles
from pipeline.store.stories import Story, recent_stories, story, story_of
from pipeline.store.story_places import Place
from tests.pipeline.test_relate_stories import QUAKE, QUAKE_AGAIN, QUAKE_UK, STRIKE
from tests.pipeline.wire import NOON, Wire

HOUR = 60


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    with open_store(tmp_path / "press.db") as store:
        yield Wire(store)


def put(wire: Wire, name: str, text: tuple[str, ...], minutes: float = 0, language: str = "en") -> int:
    return wire.put(f"{name}.example", text[1:], minutes, name=name, title=text[0], language=language)


def only(wire: Wire) -> Story:
    (found,) = recent_stories(wire.store)
    return found


def members(wire: Wire) -> list[set[int]]:
    return [{member.article_id for member in one.members} for one in recent_stories(wire.store)]


def test_reports_of_one_event_in_two_languages_are_a_story(wire: Wire) -> None:
    later = put(wire, "later", QUAKE_UK, 90, "uk")
    put(wire, "strike", STRIKE)
    first = put(wire, "first", QUAKE)
    wire.relate()
    told = only(wire)
    assert [member.article_id for member in told.members] == [first, later]
    assert (told.title, told.languages, told.outlets) == (
        QUAKE[0],
        ("en", "uk"),
        ("first.example", "later.example"),
    )
    assert 0.4 <= told.confidence <= 1
    assert story_of(wire.store, later) == told.id
    said = " ".join(line for member in told.members for line in member.evidence)
    assert "AFAD" in said


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    texts = {
        "a": (QUAKE, 0, "en"),
        "b": (QUAKE_UK, 60, "uk"),
        "c": (QUAKE_AGAIN, 300, "en"),
        "d": (STRIKE, 9, "en"),
    }
    found = []
    for order in ("abcd", "dcba", "cadb"):
        with open_store(tmp_path / f"{order}.db") as store:
            wire = Wire(store)
            for name in order:
                put(wire, name, *texts[name])
                wire.relate()
            found.append([[member.url for member in one.members] for one in recent_stories(store)])
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 1
    assert len(found[0][0]) == 3


def test_a_story_grows_and_keeps_its_number(wire: Wire) -> None:
    put(wire, "a", QUAKE)
    put(wire, "b", QUAKE_UK, 30, "uk")
    wire.relate()
    number = only(wire).id
    put(wire, "c", QUAKE_AGAIN, 5 * HOUR)
    wire.relate()
    assert (only(wire).id, only(wire).articles) == (number, 3)
    assert only(wire).changes == ()


def test_a_copy_is_no_report_of_its_own(wire: Wire) -> None:
    long = (
        *QUAKE,
        *(f"Rescuers searched house number {number} of the old town until dark." for number in range(9)),
    )
    first, copied = put(wire, "first", long), put(wire, "copied", long, 10)
    again = put(wire, "again", QUAKE_AGAIN, 60)
    wire.relate()
    assert {member.article_id: member.own for member in only(wire).members} == {
        first: True,
        copied: False,
        again: True,
    }
    rows = wire.store.all("SELECT src_id, dst_id FROM lineage WHERE type = 'same-story' ORDER BY 1, 2")
    assert [tuple(row) for row in rows] == [(again, first)]
    (line,) = next(member.evidence for member in only(wire).members if member.article_id == copied)
    assert line == "a copy or translation of https://first.example/first"


def test_an_article_whose_text_changes_leaves_its_story(wire: Wire) -> None:
    put(wire, "a", QUAKE)
    put(wire, "b", QUAKE_AGAIN, 60)
    moved = put(wire, "c", QUAKE_UK, 90, "uk")
    wire.relate()
    number = only(wire).id
    put(wire, "c", STRIKE, 90)
    wire.relate()
    assert story_of(wire.store, moved) is None
    (change,) = only(wire).changes
    assert (change.what, change.story_id, change.other_id, change.articles) == ("split", number, 0, (moved,))


def test_two_stories_that_turn_out_to_be_one_go_into_the_older(wire: Wire) -> None:
    first, second = put(wire, "a", QUAKE), put(wire, "b", QUAKE_AGAIN, 60)
    wire.relate()
    older = only(wire).id
    with wire.store.write():
        newer = story_places.begin(wire.store, wire.now)
        place = Place(article_id=second, story_id=newer, own=True, confidence=0.5, evidence=())
        story_places.put(wire.store, place, wire.now)
    third = put(wire, "c", QUAKE_UK, 80, "uk")
    wire.relate()
    assert members(wire) == [{first, second, third}]
    went = story(wire.store, newer)
    assert went is not None
    assert went.id == older
    (change,) = went.changes
    assert (change.what, change.story_id, change.other_id, change.articles) == (
        "merged",
        older,
        newer,
        (second,),
    )


def test_telling_all_anew_keeps_the_numbers(wire: Wire) -> None:
    for name, text, language in (("a", QUAKE, "en"), ("b", QUAKE_UK, "uk"), ("c", STRIKE, "en")):
        put(wire, name, text, 0, language)
    wire.relate()
    before = recent_stories(wire.store)
    with wire.store.write():
        traits.forget_all(wire.store)
        story_reports.forget_all(wire.store)
    wire.relate()
    assert recent_stories(wire.store) == before


def test_a_story_too_large_to_be_looked_at_whole_is_not_torn(wire: Wire) -> None:
    for number in range(telling.MOST_OF_A_STORY + 6):
        put(wire, f"n{number}", (f"{QUAKE[0]}, report {number}", *QUAKE[1:], f"Report {number}."), number)
    wire.relate()
    assert only(wire).articles == telling.MOST_OF_A_STORY + 6
    assert only(wire).changes == ()


def test_old_reports_are_found_no_more_and_stay_in_their_stories(wire: Wire) -> None:
    put(wire, "a", QUAKE)
    put(wire, "b", QUAKE_AGAIN, 60)
    wire.relate()
    wire.now += timedelta(days=100)
    put(wire, "c", STRIKE, 60)
    put(wire, "d", STRIKE, 60)
    wire.relate()
    assert wire.store.value("SELECT count(*) FROM story_keys WHERE article_id <= 2") == 0
    assert {1, 2} in members(wire)


def test_pruning_takes_an_article_out_of_its_story(wire: Wire) -> None:
    put(wire, "a", QUAKE, -60 * 24 * 40)
    put(wire, "b", QUAKE_AGAIN, -60 * 24 * 40)
    wire.relate()
    newest = put(wire, "c", STRIKE)
    wire.relate()
    prune_articles(wire.store, NOON + timedelta(days=300), wire.now)
    left = wire.store.all("SELECT DISTINCT article_id FROM story_keys")
    assert [row["article_id"] for row in left] == [newest]
    assert recent_stories(wire.store) == []


def test_changes_are_written_as_the_schema_says(wire: Wire) -> None:
    put(wire, "a", QUAKE)
    put(wire, "b", QUAKE_AGAIN, 60)
    wire.relate()
    put(wire, "b", STRIKE, 60)
    wire.relate()
    rows = wire.store.all("SELECT what, articles FROM story_changes ORDER BY id")
    assert {row["what"] for row in rows} == {"split"}
    assert sorted(one for row in rows for one in json.loads(row["articles"])) == [1, 2]
