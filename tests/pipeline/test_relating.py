"""Relating as a whole: what is written for articles as they come, change, go, in any order, by two programs."""

from __future__ import annotations

import threading
from itertools import permutations
from pathlib import Path

import pytest

from pipeline.article import Attribution
from pipeline.relate import relating
from pipeline.store import care, traits
from pipeline.store.connection import Store, open_store
from tests.pipeline.wire import Wire, text

ORIGINAL = text(1)
#: what each outlet made of it: host, text, minutes after noon, title
FAMILY = {
    "original": ("first.example", ORIGINAL, 0.0, "The headline everybody saw first"),
    "same": ("second.example", ORIGINAL, 30.0, "The headline everybody saw first"),
    "cut": ("third.example", ORIGINAL[:4], 45.0, "Another headline for it"),
    "update": ("first.example", (*text(2, 4), *ORIGINAL), 60.0, "What is known by the evening"),
}
EXPECTED = {
    ("same", "same-as", "original"),
    ("cut", "syndicated-copy-of", "original"),
    ("cut", "syndicated-copy-of", "same"),
    ("update", "version-of", "original"),
    ("update", "syndicated-copy-of", "cut"),
    ("update", "syndicated-copy-of", "same"),
}


@pytest.fixture
def wire(store: Store) -> Wire:
    return Wire(store)


def put(wire: Wire, name: str) -> int:
    host, paragraphs, minutes, title = FAMILY[name]
    return wire.put(host, paragraphs, minutes, name=name, title=title)


def test_a_family_is_the_same_in_whatever_order_it_comes(tmp_path: Path) -> None:
    for number, order in enumerate(permutations(FAMILY)):
        with open_store(tmp_path / f"{number}.db") as store:
            wire = Wire(store)
            for name in order:
                put(wire, name)
                wire.relate()
            assert wire.said() == EXPECTED, order
            assert care.check(store) == []


def test_related_one_by_one_or_all_at_once_is_the_same(wire: Wire) -> None:
    for name in FAMILY:
        put(wire, name)
    put_apart = wire.put("first.example", text(9), 10, name="apart")
    assert wire.relate() == 5
    assert wire.said() == EXPECTED
    assert traits.load(wire.store, [put_apart])[put_apart].words > 100


def test_the_evidence_says_how_much_is_shared_and_how_much_later_it_came(wire: Wire) -> None:
    for name in ("original", "cut"):
        put(wire, name)
    wire.relate()
    row = wire.store.one("SELECT * FROM lineage")
    assert row is not None
    assert row["direction_known"] == 1
    assert "words" in row["evidence"]
    assert "published 45 min later" in row["evidence"]
    assert 0.5 < row["confidence"] <= 1


def test_without_dates_it_is_said_that_the_direction_is_not_known(wire: Wire) -> None:
    wire.put("first.example", ORIGINAL, None, name="one")
    wire.put("second.example", ORIGINAL, None, name="other")
    wire.relate()
    assert [row["direction_known"] for row in wire.store.all("SELECT * FROM lineage")] == [0]


def test_a_crash_between_an_article_and_its_relations_leaves_work_to_do(tmp_path: Path) -> None:
    path = tmp_path / "press.db"
    with open_store(path) as store:
        for name in FAMILY:
            put(Wire(store), name)
    with open_store(path) as store:
        assert traits.count_due(store) == len(FAMILY)
        assert care.check(store) == []
        assert Wire(store).relate() == len(FAMILY)
        assert Wire(store).said() == EXPECTED
        assert Wire(store).relate() == 0


def test_two_programs_that_relate_at_once_find_what_one_would(tmp_path: Path) -> None:
    path = tmp_path / "press.db"
    with open_store(path) as store:
        wire = Wire(store)
        for name in FAMILY:
            put(wire, name)
        for seed in range(100, 160):
            wire.put("many.example", text(seed, 6), seed, name=f"s{seed}")
            wire.put("other.example", text(seed, 6), seed + 5, name=f"c{seed}")
    start, related = threading.Barrier(2), list[int]()

    def program() -> None:
        with open_store(path) as own:
            start.wait()
            related.append(relating.catch_up(own, wire.now))

    threads = [threading.Thread(target=program) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_store(path) as store:
        assert sum(related) == 124
        assert Wire(store).said() == EXPECTED | {(f"c{n}", "same-as", f"s{n}") for n in range(100, 160)}


def test_an_article_that_changes_is_related_anew(wire: Wire) -> None:
    for name in ("original", "same"):
        put(wire, name)
    wire.relate()
    wire.put("second.example", text(77), 30, name="same", title="Something else")
    wire.relate()
    assert wire.said() == set()
    wire.put("third.example", text(77), 90, name="third", title="Something else")
    wire.relate()
    assert wire.said() == {("third", "same-as", "same")}


def test_copies_find_each_other_when_what_held_their_prints_has_changed(wire: Wire) -> None:
    for name in ("original", "same"):
        put(wire, name)
    wire.relate()
    wire.put("first.example", text(78), 0, name="original", title="The first one became another")
    put(wire, "cut")
    wire.relate()
    assert wire.said() == {("cut", "syndicated-copy-of", "same")}


def test_copies_find_each_other_when_their_original_has_been_pruned(wire: Wire) -> None:
    original, *_ = [put(wire, name) for name in ("original", "same")]
    wire.relate()
    wire.store.execute("DELETE FROM pages WHERE article_id = ?", (original,))
    wire.store.execute("DELETE FROM articles WHERE id = ?", (original,))
    put(wire, "cut")
    wire.relate()
    assert wire.said() == {("cut", "syndicated-copy-of", "same")}


def test_a_line_that_everybody_prints_makes_nobody_a_copy(wire: Wire) -> None:
    plea = " ".join(text(500, 3))
    for seed in range(200, 270):
        wire.put(f"paper{seed % 7}.example", (*text(seed, 10), plea), seed, name=f"n{seed}")
    wire.relate()
    assert {one for one in wire.said() if one[1] != "quotes"} == set()
    held = wire.store.value("SELECT max(n) FROM (SELECT count(*) AS n FROM prints GROUP BY print)")
    assert held < 60


def test_a_story_with_very_many_copies_stays_one_family_and_bounded(wire: Wire) -> None:
    put(wire, "original")
    for number in range(120):
        wire.put(
            f"paper{number}.example", ORIGINAL, 10 + number, name=f"copy{number}", title=FAMILY["original"][3]
        )
    wire.relate()
    said = wire.said()
    assert {src for src, _, dst in said if dst == "original"} == {f"copy{number}" for number in range(120)}
    assert len(said) < 120 * 30
    assert wire.store.value("SELECT count(DISTINCT article_id) FROM prints") == 1


def test_what_a_page_declares_goes_into_the_evidence_of_what_its_text_says(wire: Wire) -> None:
    put(wire, "original")
    line = Attribution(
        text="Read the original on First",
        label="Read the original on",
        outlet_as_written="First",
        outlet="First",
        outlet_home="https://first.example/",
        url="https://first.example/original",
    )
    wire.put(
        "third.example",
        ORIGINAL[:6],
        -30,
        name="copy",
        title="A copy with a clock that is slow",
        attribution=line,
    )
    wire.relate()
    rows = wire.store.all("SELECT * FROM lineage")
    assert [(row["type"], row["direction_known"], row["origin"]) for row in rows] == [
        ("syndicated-copy-of", 1, "text")
    ]
    assert rows[0]["src_url"].endswith("/copy")
    assert "Read the original on First" in rows[0]["evidence"]
    assert "words" in rows[0]["evidence"]


def test_finding_all_relations_anew_finds_the_same(wire: Wire) -> None:
    for name in FAMILY:
        put(wire, name)
    wire.relate()
    with wire.store.write():
        traits.forget_all(wire.store)
    # Stories stand until they are told anew, so that they keep their numbers.
    assert {kind for _, kind, _ in wire.said()} == {"same-story"}
    assert wire.relate() == len(FAMILY)
    assert wire.said() == EXPECTED
