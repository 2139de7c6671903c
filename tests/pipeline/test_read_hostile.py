"""Pages that are made to be read for ever: limits bite, and the article among the rubble still comes out."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import walk
from pipeline.extract.blocks import Segments
from pipeline.extract.walk import segment
from pipeline.read import read_page

URL = "https://news.example/world/a-story-12345.html"
STORY = (
    "The council met on Monday to discuss the plan for the new bridge over the river.",
    "It agreed that building begins in May, if the region pays its share of the costs.",
    "Two members voted against it, because the old bridge could be repaired for much less.",
)


def page(rubble: str) -> bytes:
    story = "".join(f"<p>{line}</p>" for line in STORY)
    return f"<html lang=en><body><article><h1>Bridge</h1>{story}{rubble}</article></body></html>".encode()


def segmented(markup: str) -> Segments:
    return segment(LexborHTMLParser(markup))


@pytest.mark.parametrize(
    "rubble",
    [
        pytest.param("<b><i>" * 25_000, id="inline"),
        pytest.param("<span>" * 50_000, id="spans"),
        pytest.param("<x-box>" * 50_000, id="own elements"),
        pytest.param("<div>" * 8_000, id="blocks"),
        pytest.param("<div><span><em>" * 4_000, id="mixed"),
        pytest.param("<table><tr><td>" * 8_000, id="tables"),
        pytest.param("<br>" * 100_000, id="line breaks"),
        pytest.param("<a href='/news/other'>other</a> " * 50_000, id="links"),
        pytest.param("<a href='" + "/x" * 500_000 + "'>other</a>", id="one long address"),
        pytest.param("<div class='" + "a-" * 200_000 + "'></div>", id="one long class"),
        pytest.param("<div " + " ".join(f"a{i}=x" for i in range(5_000)) + "></div>", id="attributes"),
    ],
)
def test_the_story_is_read_among_rubble(rubble: str) -> None:
    article = read_page(page(rubble), URL)
    assert list(article.paragraphs[-3:]) == list(STORY)


def test_text_below_the_deepest_level_is_kept() -> None:
    blocks = segmented("<div>" * 1_000 + "deep " + "<i>" * 1_000 + "deeper").blocks
    assert " ".join(block.text for block in blocks) == "deep deeper"
    assert blocks[0].box.depth == walk.MAX_DEPTH + 1


def test_text_before_and_behind_deep_inline_elements_is_kept() -> None:
    markup = "<p>first " + "<i>" * 1_000 + "deep" + "</i>" * 1_000 + " last</p>"
    assert segmented(markup).blocks[0].text == "first deep last"


def test_blocks_end_at_the_limit() -> None:
    assert len(segmented("<p>A paragraph.</p>" * (walk.MAX_BLOCKS + 5)).blocks) == walk.MAX_BLOCKS


def test_elements_end_at_the_limit() -> None:
    found = segmented("<p>first</p>" + "<hr>" * (walk.MAX_NODES + 5) + "<p>last</p>")
    assert [block.text for block in found.blocks] == ["first"]
    assert len(found.boxes) <= walk.MAX_NODES + 3


def test_links_of_a_block_end_at_the_limit_and_their_text_still_counts() -> None:
    count = walk.MAX_LINKS + 50
    (block,) = segmented("<p>" + "<a href='/x'>link</a> " * count + "</p>").blocks
    assert len(block.hrefs) == walk.MAX_LINKS
    assert block.linked == 4 * count


def test_one_long_text_is_one_block() -> None:
    (block,) = segmented("<p>" + "word " * 1_000_000 + "</p>").blocks
    assert len(block.text) == 4_999_999


def test_many_short_runs_of_text_are_one_block() -> None:
    (block,) = segmented("<p>" + "<b>a</b>" * 100_000 + "</p>").blocks
    assert block.text == "a" * 100_000


def test_a_link_around_blocks_is_a_link_of_each() -> None:
    blocks = segmented("<a href='/x'><div>one</div> <div>two</div></a><p>three</p>").blocks
    assert [(block.text, list(block.hrefs)) for block in blocks] == [
        ("one", [("/x", "one")]),
        ("two", [("/x", "two")]),
        ("three", []),
    ]


def test_boxes_know_what_is_in_them() -> None:
    boxes = segmented("<div><p>a</p><section><p>b</p></section></div><p>c</p>").boxes
    inside = {(outer.index, inner.index) for outer in boxes for inner in boxes if outer.holds(inner)}
    for outer in boxes:
        for inner in boxes:
            node: walk.Box | None = inner
            while node is not None and node is not outer:
                node = node.parent
            assert ((outer.index, inner.index) in inside) == (node is outer)
