"""``--originals``: copies folded away, whatever their relations look like, and quickly."""

from __future__ import annotations

import json
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store.browse import Filters, list_articles
from pipeline.store.connection import open_store
from pipeline.store.lineage import FAMILY, IS_ORIGINAL
from tests.presswatch.kinfolk import article, put, tie, url

Presswatch = Any


def originals(presswatch: Presswatch, *words: str) -> dict[int, int]:
    """The originals listed, each with how many copies it has."""
    return {line["id"]: line["copies"] for line in presswatch.json("articles", "--originals", *words)}


def test_copies_versions_and_translations_are_folded_into_their_original(presswatch: Presswatch) -> None:
    kinds = {2: "syndicated-copy-of", 3: "same-as", 4: "version-of", 5: "translation-of"}
    put(
        presswatch.db,
        (article(number, number) for number in range(1, 8)),
        [*(tie(one, 1, kind) for one, kind in kinds.items()), tie(6, 1, "quotes")],
    )
    assert originals(presswatch) == {7: 0, 6: 0, 1: 4}
    lines = presswatch.good("articles", "--originals").splitlines()
    assert lines[0].split() == ["id", "time", "outlet", "lang", "copies", "title"]
    assert "+4" in lines[3]
    assert "+" not in lines[1]


def test_without_the_option_nothing_changes(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2, 5)], [tie(2, 1)])
    listed = presswatch.json("articles")
    assert [line["id"] for line in listed] == [2, 1]
    assert "copies" not in listed[0]
    assert "copies" not in presswatch.good("articles")


def test_a_copy_of_a_copy_counts_for_the_original(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2, 5), article(3, 9)], [tie(3, 2), tie(2, 1)])
    assert originals(presswatch) == {1: 2}


def test_where_the_direction_is_not_known_the_one_written_down_stays(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2)], [tie(1, 2, direction_known=0)])
    assert originals(presswatch) == {2: 1}


def test_of_editions_that_name_each_other_the_earliest_stays(presswatch: Presswatch) -> None:
    pairs = [(one, other) for one in (1, 2, 3) for other in (1, 2, 3) if one != other]
    put(
        presswatch.db,
        [article(1, 20), article(2, 10), article(3, 30)],
        [tie(*pair, "translation-of", direction_known=0, origin="declared", dst_id=None) for pair in pairs],
    )
    assert originals(presswatch) == {2: 2}


def test_a_canonical_that_points_back_does_not_hide_the_original(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1), article(2, 5)],
        [tie(2, 1), tie(1, 2, "same-as", origin="declared", dst_id=None, direction_known=0)],
    )
    assert originals(presswatch) == {1: 1}


def test_a_copy_whose_original_is_not_in_the_database_stays(presswatch: Presswatch) -> None:
    line = {"text": "Source", "outlet": "The Wire", "url": "https://wire.example/a"}
    put(presswatch.db, [article(1, attribution=line)])
    assert originals(presswatch) == {1: 0}


def test_an_outlets_own_reports(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1), article(2, 5, outlet="echo"), article(3, 6, outlet="echo")],
        [tie(2, 1)],
    )
    assert originals(presswatch, "--outlet", "echo") == {3: 0}


def test_exports_and_searches_fold_copies_too(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2, 5)], [tie(2, 1)])
    assert [
        json.loads(line)["url"] for line in presswatch.good("export", "-", "--originals").splitlines()
    ] == [url(1)]
    assert [found["id"] for found in presswatch.json("search", "ferry", "--originals")] == [1]


ENDS = st.integers(1, 7)


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with seven articles; each example writes relations of its own."""
    db = tmp_path_factory.mktemp("seven") / "news.db"
    put(db, (article(number, number * 3 % 7) for number in range(1, 8)))
    return db


@settings(max_examples=60)
@given(st.dictionaries(st.tuples(ENDS, ENDS), st.tuples(st.sampled_from(FAMILY), st.booleans()), max_size=14))
def test_no_family_vanishes_and_what_goes_leads_to_what_stays(
    seven: Path, ties: dict[tuple[int, int], tuple[str, bool]]
) -> None:
    with open_store(seven) as store:
        store.execute("DELETE FROM relations")
    put(seven, (), (tie(*pair, kind, direction_known=int(known)) for pair, (kind, known) in ties.items()))
    with open_store(seven) as store:
        stay = {found.id for found in list_articles(store, Filters(originals=True))}
    above = {one: {dst for src, dst in ties if src == one and dst != one} for one in range(1, 8)}
    assert {one for one in above if not above[one]} <= stay
    for one in above:
        reached, waiting = {one}, [one]
        while waiting:
            new = above[waiting.pop()] - reached
            reached |= new
            waiting.extend(new)
        assert reached & stay


def test_relations_are_found_by_their_indexes() -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        plan = store.all(f"EXPLAIN QUERY PLAN SELECT a.id FROM articles a WHERE {IS_ORIGINAL}")
    steps = [row["detail"] for row in plan]
    assert not [step for step in steps if step.startswith(("SCAN r", "SCAN u ", "SCAN t"))]


def test_a_family_in_which_all_are_related_keeps_one(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        (article(number, number) for number in range(1, 61)),
        (tie(later, earlier) for earlier, later in combinations(range(1, 61), 2)),
    )
    assert originals(presswatch) == {1: 59}
