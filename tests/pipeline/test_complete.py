"""A choice of blocks completed: rows of like blocks, and tables of data whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.extract import complete
from pipeline.extract.blocks import RawBlock
from pipeline.extract.choose import choose
from pipeline.extract.features import Told
from pipeline.extract.walk import segment

LONG = "The council voted on the bridge after a debate of six hours, and nobody was quite content with it."
SURE, UNSURE, UNLIKELY = 0.9, 0.35, 0.1


def blocks_of(body: str) -> list[RawBlock]:
    return segment(LexborHTMLParser(f"<html><body>{body}</body></html>")).blocks


def scored(blocks: Sequence[RawBlock], sure: str = LONG, other: float = UNSURE) -> list[complete.Scored]:
    return [(SURE if sure in block.text else other, block) for block in blocks]


def completed(body: str, other: float = UNSURE) -> list[str]:
    blocks = blocks_of(body)
    known = scored(blocks, other=other)
    chosen = frozenset(block.index for share, block in known if share >= 0.5)
    added = complete.between(known, chosen, 0.3)
    assert not added & chosen
    return [blocks[index].text for index in sorted(added)]


def test_a_short_paragraph_between_chosen_ones_is_body() -> None:
    assert completed(f"<div><p>{LONG}</p><p>Not so fast.</p><p>{LONG}</p></div>") == ["Not so fast."]


def test_what_stands_before_or_after_the_row_is_not() -> None:
    assert completed(f"<div><p>Print</p><p>{LONG}</p><p>{LONG}</p><p>Tags</p></div>") == []


def test_a_row_may_have_a_box_for_each_of_its_paragraphs() -> None:
    row = "".join(
        f'<div class="card" id="c{n}"><p>{text}</p></div>' for n, text in enumerate((LONG, "So.", LONG))
    )
    assert completed(f"<section>{row}</section>") == ["So."]


def test_an_item_stands_in_the_row_of_its_list() -> None:
    items = "<ul><li>eggs</li><li>milk</li></ul>"
    assert completed(f"<div><p>{LONG}</p>{items}<p>{LONG}</p></div>") == ["eggs", "milk"]


@pytest.mark.parametrize(
    "line",
    [
        '<p><a href="/other">Another article of ours</a></p>',
        "<figure><figcaption>The bridge in spring</figcaption></figure>",
    ],
)
def test_links_and_captions_are_not_taken_for_their_place(line: str) -> None:
    assert completed(f"<div><p>{LONG}</p>{line}<p>{LONG}</p></div>") == []


def test_what_is_hardly_body_is_not_taken_for_its_place() -> None:
    assert completed(f"<div><p>{LONG}</p><p>Advertisement</p><p>{LONG}</p></div>", other=UNLIKELY) == []


def rows_of(count: int) -> str:
    return "<table>" + "".join(f"<tr><td>Team {n}</td><td>{n}</td></tr>" for n in range(count)) + "</table>"


def tabled(body: str, other: float, chosen: Sequence[str]) -> set[str]:
    blocks = blocks_of(body)
    indices = frozenset(block.index for block in blocks if block.text in chosen)
    return {blocks[index].text for index in complete.tables(scored(blocks, other=other), indices)}


def test_a_table_of_data_in_the_text_is_taken_whole() -> None:
    taken = tabled(f"<div><p>{LONG}</p>{rows_of(4)}</div>", 0.33, [LONG, "Team 1"])
    assert taken == {LONG} | {f"Team {n}" for n in range(4)} | {str(n) for n in range(4)}


def test_a_table_elsewhere_is_not_taken() -> None:
    page = f"<main><div><p>{LONG}</p></div></main><aside><div>{rows_of(4)}</div></aside>"
    assert tabled(page, 0.33, [LONG]) == {LONG}


def test_a_table_that_is_hardly_body_is_left_whole() -> None:
    assert tabled(f"<div><p>{LONG}</p>{rows_of(4)}</div>", UNLIKELY, [LONG, "Team 1"]) == {LONG}


def test_a_table_that_lays_out_the_page_is_no_data() -> None:
    layout = f"<table><tr><td>Menu</td><td><p>{LONG}</p><p>{LONG} Still.</p></td></tr></table>"
    assert tabled(layout, UNLIKELY, [LONG]) == {LONG}


def in_column(body: str, chosen: str = LONG) -> list[str]:
    blocks = blocks_of(body)
    indices = frozenset(block.index for block in blocks if chosen in block.text)
    kept = complete.column(scored(blocks), indices)
    assert kept <= indices
    return [blocks[index].text for index in sorted(kept)]


def test_in_a_page_laid_out_by_tables_the_text_is_in_one_column() -> None:
    text = f"<p>{LONG}</p>" * 4
    page = f"<table><tr><td>Menu</td><td>{text}</td><td>Also in the news: {LONG}</td></tr></table>"
    assert in_column(page) == [LONG] * 4


def test_rows_of_one_column_belong_together() -> None:
    rows = "".join(f"<tr><td>{LONG}</td></tr>" for _ in range(4))
    assert in_column(f"<table>{rows}</table>") == [LONG] * 4


def test_columns_of_like_length_are_all_text() -> None:
    row = f"<tr><td>{LONG}</td><td>{LONG}</td></tr>"
    assert in_column(f"<table>{row}</table>") == [LONG] * 2


def test_a_heading_between_sections_stands_in_their_row() -> None:
    page = f"<main><div><p>{LONG}</p></div><h2>Then</h2><div><p>{LONG}</p></div><h2>More</h2></main>"
    assert completed(page) == ["Then"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["p", "li", "td", "h2"]), st.floats(0, 1)), max_size=20))
def test_completing_never_loses_a_chosen_block_outside_of_tables(rows: list[tuple[str, float]]) -> None:
    wrapped = {"td": "<table><tr><td>{}</td></tr></table>", "li": "<ul><li>{}</li></ul>"}
    body = "".join(
        wrapped.get(tag, f"<{tag}>{{}}</{tag}>").format(f"line {n}") for n, (tag, _) in enumerate(rows)
    )
    known = [(share, block) for (_, share), block in zip(rows, blocks_of(body), strict=True)]
    chosen = frozenset(block.index for share, block in known if share >= 0.5)
    whole = complete.tables(known, chosen | complete.between(known, chosen, 0.3))
    assert {block.index for share, block in known if share >= 0.5 and block.box.tag != "td"} <= whole


PARAGRAPHS = "".join(f"<p>{LONG} That was the {n}th time.</p>" for n in range(3))
COMMENTS = "".join(
    f'<li class="comment"><div class="comment-body"><p>Reader {n}: {LONG} {LONG}</p></div></li>'
    for n in range(9)
)


def chosen_text(body: str, title: str) -> str:
    segments = segment(LexborHTMLParser(f"<html><body>{body}</body></html>"))
    indices = choose(segments, Told(titles=(title,))).indices
    return "\n".join(segments.blocks[index].text for index in sorted(indices))


def test_a_long_thread_of_comments_is_not_the_body_of_a_short_article() -> None:
    text = chosen_text(
        f"<main><article><h1>The bridge</h1><div class='entry-content'>{PARAGRAPHS}</div></article>"
        f"<div id='comments'><ol class='comment-list'>{COMMENTS}</ol></div></main>",
        "The bridge",
    )
    assert "2th time" in text
    assert "Reader" not in text


def test_an_article_of_one_sentence_does_not_take_the_footer_with_it() -> None:
    columns = "".join(
        f"<div class='footer-item'><a href='/{n}'>Our service number {n}</a></div>" for n in range(30)
    )
    text = chosen_text(
        f"<main><div class='flash'><h1>The bridge is shut</h1><div>{LONG}</div></div></main>"
        f"<div class='page-end'><div class='footer-wrap'>{columns}<div>Copyright of the paper.</div></div></div>",
        "The bridge is shut",
    )
    assert "six hours" in text
    assert "service" not in text
