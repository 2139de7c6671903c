"""Snippets: the original's words around a hit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presswatch.cli.snippet import make_snippet, wanted_words

LONG = "Before it there is much to say. " * 20 + "The bridge opened. " + "After it there is more. " * 20


def test_the_hit_is_in_the_middle_of_whole_words() -> None:
    snippet = make_snippet("bridge", [LONG], 80)
    assert snippet.hit == "bridge"
    assert len(snippet.text) <= 82
    assert snippet.before.startswith("…")
    assert snippet.after.endswith("…")
    assert snippet.text.strip("…") in LONG


def test_the_paragraph_with_most_of_the_words_is_chosen() -> None:
    assert make_snippet("old bridge", ["A bridge.", "The old stone bridge.", "Old."], 80).text.startswith(
        "The old"
    )


@pytest.mark.parametrize(
    ("query", "text", "hit"),
    [
        ("cafe", "Le CAFÉ est ouvert.", "CAFÉ"),
        ("محادثات", "في مُحَادَثَاتٍ جديدة", "مُحَادَثَاتٍ"),
        ("econ*", "An economist says", "econ"),
        ('"south wall"', "the south, wall and the south wall", "south, wall"),
        ("日本", "今日は日本の話", "日本"),
        ("art", "The cart of art", "art"),
    ],
)
def test_the_hit_is_the_original_spelling(query: str, text: str, hit: str) -> None:
    assert make_snippet(query, [text], 80).hit == hit


def test_what_is_asked_to_be_left_out_is_no_hit() -> None:
    assert wanted_words('one -two NOT three OR "four five" -"six seven"') == (
        "four five",
        "one",
        "four",
        "five",
    )


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20), st.lists(st.text(max_size=200), max_size=3), st.integers(10, 100))
def test_a_snippet_is_a_piece_of_the_text(query: str, paragraphs: list[str], width: int) -> None:
    snippet = make_snippet(query, paragraphs, width)
    piece = snippet.text.removeprefix("…").removesuffix("…")
    assert any(piece in paragraph or snippet.text in paragraph for paragraph in [*paragraphs, ""])
