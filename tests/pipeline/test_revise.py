"""Edits: which parts changed, and how."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.revise import Change, changed_parts, word_diff

BODY = ["Рада ухвалила закон.", "Він набуде чинності у травні."]


@pytest.mark.parametrize(
    ("title", "lead", "paragraphs", "expected"),
    [
        ("Закон", "Коротко", BODY, ()),
        (" Закон\u00a0", "Ко\u00adротко\u200b", [" ".join(BODY)], ()),
        ("Закон", "Коротко", [BODY[0].replace(" ", "\u200f  "), BODY[1]], ()),
        ("Закони", "Коротко", BODY, ("title",)),
        ("Закон", None, BODY, ("lead",)),
        ("Закон", "Коротко", BODY[:1], ("body",)),
        ("закон", "", [*BODY, "Оновлено."], ("title", "lead", "body")),
    ],
)
def test_changed_parts(
    title: str, lead: str | None, paragraphs: list[str], expected: tuple[str, ...]
) -> None:
    assert changed_parts("Закон", "Коротко", BODY, title, lead, paragraphs) == expected


def test_no_lead_and_an_empty_lead_are_the_same() -> None:
    assert changed_parts("a", None, [], "a", "", []) == ()


def test_one_word_is_one_change() -> None:
    assert word_diff("The minister said five people died.", "The minister said seven people died.") == [
        Change("equal", "The minister said"),
        Change("delete", " five"),
        Change("insert", " seven"),
        Change("equal", " people died."),
    ]


def test_a_new_paragraph_leaves_the_others_alone() -> None:
    assert word_diff("One.\n\nTwo.\n\nThree.", "One.\n\nNew.\n\nTwo.\n\nThree!") == [
        Change("equal", "One.\n\n"),
        Change("insert", "New.\n\n"),
        Change("equal", "Two.\n\nThree"),
        Change("delete", "."),
        Change("insert", "!"),
    ]


def test_words_with_marks_and_scripts_without_spaces() -> None:
    assert word_diff("हिन्दी समाचार", "हिन्दी में") == [
        Change("equal", "हिन्दी"),
        Change("delete", " समाचार"),
        Change("insert", " में"),
    ]
    assert [change.text for change in word_diff("قال مُحَمَّد", "قال مُحَمَّدا")] == ["قال", " مُحَمَّد", " مُحَمَّدا"]
    assert [change.text for change in word_diff("日本の新聞", "日本の古聞")] == ["日本の", "新", "古", "聞"]


def test_equal_and_empty_texts() -> None:
    assert word_diff("", "") == []
    assert word_diff("a b", "a b") == [Change("equal", "a b")]
    assert word_diff("", "a") == [Change("insert", "a")]


TEXTS = st.lists(
    st.sampled_from(["a", "b", "c", " ", "\n", "\n\n", ".", "й", "日", "\u093f"]), max_size=30
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text(max_size=30)), st.one_of(TEXTS, st.text(max_size=30)))
def test_both_versions_can_be_rebuilt(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert "".join(change.text for change in changes if change.op != "delete") == new
    assert "".join(change.text for change in changes if change.op != "insert") == old
    assert all(change.text for change in changes)
    assert all(one.op != other.op for one, other in pairwise(changes))


def test_long_texts_take_bounded_time() -> None:
    rng = random.Random(7)
    few, many = ["a", "b"], [f"w{n}" for n in range(2000)]
    started = time.process_time()
    for vocabulary, separator in ((few, " "), (few, "\n"), (many, " "), (many, "\n")):
        old, new = (separator.join(rng.choices(vocabulary, k=20_000)) for _ in range(2))
        word_diff(old, new)
    word_diff("a b " * 350 + "x", "b a a " * 235 + "y")
    assert time.process_time() - started < 15
