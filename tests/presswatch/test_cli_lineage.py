"""``lineage``: the tree, its limits, its JSON; relations in ``show`` and in exports."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store.connection import open_store
from pipeline.store.lineage import Edge, Head
from presswatch.cli.lineage_tree import after, grow, walk
from tests.presswatch.kinfolk import DAY, article, put, tie, url

Presswatch = Any


def family_of(presswatch: Presswatch, size: int) -> None:
    """Article 1 and its copies, one every ten minutes, each related to all before it."""
    put(
        presswatch.db,
        (article(number, number * 10) for number in range(1, size + 1)),
        (tie(later, earlier) for earlier, later in combinations(range(1, size + 1), 2)),
    )


def ids_in(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"\[(\d+)\]", text)]


def test_the_original_is_the_root_whichever_article_is_asked_for(presswatch: Presswatch) -> None:
    family_of(presswatch, 4)
    for asked in (1, 3, 4):
        lines = presswatch.good("lineage", asked).splitlines()
        assert lines[0].startswith("[1] paper1, en, ")
        assert sorted(ids_in("\n".join(lines))) == [1, 2, 3, 4]
        (marked,) = [line for line in lines if line.endswith("◄")]
        assert ids_in(marked) == [asked]
    assert any(
        line.startswith("├─ ← syndicated-copy-of (0.90) [2] paper2, en, ") and "(+10 min)" in line
        for line in lines
    )
    assert "│     2 shares its words with 1" in lines


def test_an_article_without_relations_says_so(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1)])
    lines = presswatch.good("lineage", url(1)).splitlines()
    assert lines[1:] == ["no copies, translations or originals of it are known"]
    assert "◄" not in lines[0]


def test_a_copy_of_a_translation_hangs_below_the_translation(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1), article(2, 60, language="uk"), article(3, 90, language="uk"), article(4, 95)],
        [
            tie(2, 1, "translation-of", confidence=0.8),
            tie(3, 1, "translation-of", confidence=0.95),
            tie(3, 2, confidence=0.9),
            tie(4, 1),
            tie(4, 2, "translation-of", confidence=0.99),
        ],
    )
    tree = presswatch.json("lineage", 3)["tree"]
    assert [(child["id"], child["type"]) for child in tree["children"]] == [
        (2, "translation-of"),
        (4, "syndicated-copy-of"),
    ]
    assert [child["id"] for child in tree["children"][0]["children"]] == [3]


def test_a_copy_hangs_below_the_copy_it_is_much_closer_to(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1), article(2, 10), article(3, 20), article(4, 30)],
        [
            tie(2, 1, confidence=0.7),
            tie(3, 1, confidence=0.7),
            tie(3, 2, confidence=0.99),
            tie(4, 1, confidence=0.96),
            tie(4, 3, confidence=0.98),
        ],
    )
    tree = presswatch.json("lineage", 1)["tree"]
    assert [child["id"] for child in tree["children"]] == [2, 4]
    assert [child["id"] for child in tree["children"][0]["children"]] == [3]


def test_two_relations_of_one_pair_are_one_branch_with_the_evidence_of_both(presswatch: Presswatch) -> None:
    line = {"text": "Read the original on Paper", "outlet": "Paper One", "url": url(1)}
    put(
        presswatch.db,
        [article(1), article(2, 41, language="ar", title="العبارة تبحر", attribution=line)],
        [tie(2, 1, "translation-of", confidence=0.8)],
    )
    lines = presswatch.good("lineage", 2).splitlines()
    assert lines[1].startswith("└─ ← translation-of, syndicated-copy-of (0.95) [2] paper2, ar, ")
    assert "(+41 min): العبارة تبحر ◄" in lines[1]
    assert any("names Paper One" in line for line in lines)
    assert any("shares its words" in line for line in lines)
    assert len(presswatch.json("lineage", 2)["relations"]) == 2


def test_editions_that_name_each_other_have_no_direction(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1, 5), article(2, language="uk")],
        [
            tie(1, 2, "translation-of", direction_known=0, origin="declared", dst_id=None),
            tie(2, 1, "translation-of", direction_known=0, origin="declared", dst_id=None),
        ],
    )
    lines = presswatch.good("lineage", 1).splitlines()
    assert lines[0].startswith("[2]")
    assert lines[1].startswith("└─ ↔ translation-of")


def test_a_circle_of_sources_shows_every_article_once(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(1), article(2, 5), article(3, 9), article(4, 20)],
        [tie(1, 2), tie(2, 3), tie(3, 1), tie(4, 3)],
    )
    for asked in (1, 2, 3, 4):
        assert sorted(ids_in(presswatch.good("lineage", asked))) == [1, 2, 3, 4]


def test_an_original_that_is_not_in_the_database_is_named(presswatch: Presswatch) -> None:
    line = {"text": "Source", "outlet": "The Wire", "url": "https://wire.example/a"}
    put(presswatch.db, [article(1, attribution=line), article(2, 30)], [tie(2, 1)])
    shown = presswatch.good("lineage", 2)
    assert "│  → syndicated-copy-of (0.95) https://wire.example/a (not in the database)" in shown
    (outside,) = presswatch.json("lineage", 2)["tree"]["not_in_database"]
    assert outside["url"] == "https://wire.example/a"


def test_a_large_family_is_shown_in_part_with_the_article_asked_for(presswatch: Presswatch) -> None:
    family_of(presswatch, 120)
    shown = presswatch.good("lineage", 119, "--limit", "10")
    assert sorted(ids_in(shown)) == [*range(1, 11), 119]
    assert "and 109 more of 120 articles in all" in shown
    document = presswatch.json("lineage", 1)
    assert document["family"] == {"original": 1, "articles": 120, "shown": 50, "complete": True}
    assert len(document["relations"]) == 50 * 49 / 2


def test_the_original_is_found_among_very_many_sources(presswatch: Presswatch) -> None:
    size = 220
    put(
        presswatch.db,
        (article(number, -number) for number in range(1, size + 1)),  # the original's clock is wrong
        [*(tie(number, 1) for number in range(2, size)), *(tie(size, number) for number in range(1, size))],
    )
    assert presswatch.json("lineage", size)["family"]["original"] == 1


def test_quotes_stand_apart(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        (article(number, number) for number in range(1, 5)),
        [tie(2, 1), tie(3, 2, "quotes"), tie(2, 4, "quotes")],
    )
    family, _, quotes = presswatch.good("lineage", 2).partition("\nquotes\n")
    assert ids_in(family) == [1, 2]
    assert [line[:1] for line in quotes.splitlines() if ids_in(line)] == ["→", "←"]
    types = {relation["type"] for relation in presswatch.json("lineage", 2)["relations"]}
    assert types == {"syndicated-copy-of", "quotes"}


def test_the_document_keeps_its_keys_and_adds_the_tree(presswatch: Presswatch) -> None:
    family_of(presswatch, 3)
    document = presswatch.json("lineage", 2)
    assert document["id"] == 2
    assert {"id", "outlet", "title", "url", "published", "first_seen"} <= set(document["articles"][0])
    assert {
        "src_id",
        "dst_id",
        "src_url",
        "dst_url",
        "type",
        "confidence",
        "direction_known",
        "evidence",
    } <= set(document["relations"][0])
    child = document["tree"]["children"][0]
    assert (child["id"], child["asked"], child["is"], child["delay_seconds"]) == (2, True, "copy", 600)


def test_an_unknown_article_is_a_fault(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1)])
    assert presswatch("lineage", 7).exit_code == 1


@pytest.mark.parametrize(
    ("waited", "said"),
    [(0, "+0 min"), (41, "+41 min"), (-5, "-5 min"), (150, "+2 h"), (60 * 60, "+2 d"), (-0.2, "+0 min")],
)
def test_delays(waited: float, said: str) -> None:
    assert after(timedelta(minutes=waited)) == said


def _head(one: int) -> Head:
    at = DAY + timedelta(minutes=one * 7 % 5)
    return Head(
        id=one,
        outlet="o",
        title="t",
        url=url(one),
        language="en" if one % 2 else "uk",
        direction="ltr",
        published=at.isoformat(),
        first_seen=at.isoformat(),
    )


def _edge(src: int, dst: int, kind: str, known: bool) -> Edge:
    return Edge(
        src_id=src,
        dst_id=dst,
        src_url=url(src),
        dst_url=url(dst),
        type=kind,
        confidence=0.5 + src % 5 / 10,
        direction_known=known,
        evidence=("line",),
        origin="text",
    )


ENDS = st.integers(1, 8)
KINDS = st.sampled_from(("syndicated-copy-of", "translation-of", "same-as"))


@settings(max_examples=60)
@given(st.lists(st.tuples(ENDS, ENDS, KINDS, st.booleans()), max_size=25))
def test_a_tree_has_all_that_hangs_together_and_each_once(ties: list[tuple[int, int, str, bool]]) -> None:
    edges = [_edge(src, dst, kind, known) for src, dst, kind, known in ties if src != dst]
    together, waiting = {1}, [1]
    while waiting:
        here = waiting.pop()
        near = {
            end
            for edge in edges
            for end in (edge.src_id, edge.dst_id or 0)
            if here in (edge.src_id, edge.dst_id)
        }
        waiting.extend(near - together)
        together |= near
    nodes = [node.head.id for node in walk(grow(1, edges, {one: _head(one) for one in range(1, 9)}))]
    assert sorted(nodes) == sorted(together)


def test_a_long_chain_does_not_break_the_tree(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        (article(number, number) for number in range(1, 151)),
        (tie(number + 1, number) for number in range(1, 150)),
    )
    shown = presswatch.good("lineage", 150, "--limit", "1000")
    assert sorted(ids_in(shown)) == list(range(1, 151))
    presswatch.good("lineage", 150, "--limit", "1000", "--svg", "-")
    json.dumps(presswatch.json("lineage", 150, "--limit", "1000"))


def test_the_queries_of_the_documentation_run(presswatch: Presswatch) -> None:
    family_of(presswatch, 4)
    text = (Path(__file__).resolve().parents[2] / "docs" / "lineage.md").read_text("utf-8")
    queries = [
        query for block in re.findall(r"```sql\n(.*?)```", text, flags=re.S) for query in block.split(";")
    ]
    with open_store(presswatch.db) as store:
        rows = [store.all(query) for query in queries if query.strip()]
    assert [len(found) for found in rows] == [3, 3, 6, 0]


# --- show and exports -------------------------------------------------------------------------------------


def test_show_names_the_original_and_counts_the_copies(presswatch: Presswatch) -> None:
    family_of(presswatch, 5)
    lines = [
        line
        for line in presswatch.good("show", 4).splitlines()
        if "presswatch lineage" in line or "→" in line
    ]
    assert lines == [
        f"→ syndicated-copy-of article 1 {url(1)} (0.90: 4 shares its words with 1)",
        "related to 2 others (presswatch lineage 4)",
        "copies: 1 (presswatch lineage 4)",
    ]
    assert "copies: 4 (presswatch lineage 1)" in presswatch.good("show", 1)
    document = presswatch.json("show", 4)
    assert [relation["id"] for relation in document["relations"]] == [1, 2, 3]
    assert {"type", "id", "url", "confidence", "evidence", "origin"} <= set(document["relations"][0])
    assert document["syndicated_from"]["url"] == url(1)


def test_an_export_carries_the_lineage_into_another_database(presswatch: Presswatch) -> None:
    family_of(presswatch, 3)
    exported = [json.loads(line) for line in presswatch.good("export", "-").splitlines()]
    other = type(presswatch)(presswatch.folder / "other")
    other.folder.mkdir()
    put(other.db, exported)
    before, after_ = (one.json("lineage", 3) for one in (presswatch, other))
    assert before["tree"] == after_["tree"]


def test_part_of_an_export_still_names_the_original(presswatch: Presswatch) -> None:
    family_of(presswatch, 2)
    exported = [
        json.loads(line) for line in presswatch.good("export", "-", "--outlet", "paper2").splitlines()
    ]
    other = type(presswatch)(presswatch.folder / "other")
    other.folder.mkdir()
    put(other.db, exported)
    assert f"{url(1)} (not in the database)" in other.good("lineage", 1)
