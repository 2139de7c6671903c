"""Fingerprints: what is copied shares prints with its original, whatever surrounds it; the index stays small."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.relate.fingerprint import SHINGLE, prints_of, text_words, window
from pipeline.text import words

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def text(length: int, seed: int) -> list[str]:
    """Words of no language, none twice but by chance."""
    rng = random.Random(seed)
    return ["".join(rng.choices(LETTERS, k=rng.randint(2, 9))) for _ in range(length)]


def han(length: int, seed: int) -> str:
    rng = random.Random(seed)
    return "".join(chr(rng.randint(0x4E00, 0x5E00)) for _ in range(length))


# --- words ----------------------------------------------------------------------------------------------


def test_the_words_are_those_of_the_body_not_of_the_title() -> None:
    assert text_words("A bridge", ("The Bridge opened.", "Crowds came!")) == [
        "the",
        "bridge",
        "opened",
        "crowds",
        "came",
    ]


def test_an_article_without_a_body_is_known_by_its_title() -> None:
    assert text_words("Explosions heard in Kyiv", ()) == ["explosions", "heard", "in", "kyiv"]


def test_typographic_signs_do_not_change_the_words() -> None:
    assert text_words("", ("“It’s—well…\u00a0over,” he said",)) == text_words(
        "", ('"It\'s - well... over," he said',)
    )
    assert text_words("", ("Він сказав “п’ять”",)) == ["він", "сказав", "пять"]


def test_scripts_without_spaces_give_pieces_of_a_words_length() -> None:
    found = text_words("", (han(600, 1),))
    assert "".join(found) == han(600, 1)
    assert 1.5 < 600 / len(found) < 3


def test_a_sentence_without_spaces_is_cut_alike_wherever_it_stands() -> None:
    sentence, other = han(60, 2), han(60, 3)
    alone = text_words("", (sentence,))
    inside = text_words("", (other + "，" + sentence + "，" + other,))
    assert " ".join(alone[1:-1]) in " ".join(inside)


@settings(max_examples=80)
@given(st.lists(st.text(st.sampled_from("abÉé’'—… 12京都ｶคนп'ь\u0301\u00a0"), max_size=20), max_size=5))
def test_the_words_of_a_text_are_those_of_its_paragraphs(paragraphs: list[str]) -> None:
    apart = [word for paragraph in paragraphs for word in text_words("", (paragraph,))]
    assert text_words("", paragraphs) == apart


@settings(max_examples=80)
@given(st.text(st.sampled_from("abzÉé’‘“”–—…\u00a0.,'\"-12 пьґ"), max_size=40))
def test_text_with_spaces_has_the_words_that_searching_knows(paragraph: str) -> None:
    assert text_words("", (paragraph,)) == words(paragraph)


# --- prints ---------------------------------------------------------------------------------------------


def test_prints_are_the_same_in_another_process() -> None:
    code = "from pipeline.relate.fingerprint import prints_of; print(prints_of('one two three four five six'.split()))"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == str(prints_of(["one", "two", "three", "four", "five", "six"]))


def test_prints_stay_what_they_are() -> None:
    """A store keeps them for years: another hash would part every new copy from its stored original."""
    assert prints_of(["one", "two", "three", "four", "five"]) == (1792640359,)


def test_prints_are_ascending_unsigned_numbers_of_32_bits() -> None:
    found = prints_of(text(500, 4))
    assert list(found) == sorted(set(found))
    assert all(0 <= value < 1 << 32 for value in found)


@pytest.mark.parametrize("length", range(SHINGLE))
def test_less_than_a_shingle_has_no_prints(length: int) -> None:
    assert prints_of(text(length, 5)) == ()


@pytest.mark.parametrize(("length", "most"), [(60, 28), (350, 34), (1_000, 60), (6_000, 135), (30_000, 140)])
def test_the_number_of_prints_is_bounded(length: int, most: int) -> None:
    assert len(prints_of(text(length, 6))) <= most


def test_usual_articles_take_28_prints_on_average() -> None:
    assert sum(len(prints_of(text(350, seed))) for seed in range(40)) / 40 <= 28.5


@settings(max_examples=40)
@given(st.integers(5, 800), st.integers(0, 300), st.integers(0, 300), st.integers(0, 999))
def test_a_passage_as_long_as_both_windows_leaves_a_common_print(
    length: int, before: int, after: int, seed: int
) -> None:
    """The promise of winnowing, over texts of different lengths and therefore different windows."""
    passage = text(length, seed)
    one = text(before, seed + 1) + passage
    other = passage + text(after, seed + 2)
    if length >= max(window(len(one)), window(len(other))) + SHINGLE - 1:
        assert set(prints_of(one)) & set(prints_of(other))


def test_a_short_cut_shares_the_prints_its_long_original_chose_there() -> None:
    original = text(1_000, 7)
    assert len(set(prints_of(original)) & set(prints_of(original[:250]))) >= 8


def test_texts_that_differ_share_no_print() -> None:
    assert not set(prints_of(text(2_000, 9))) & set(prints_of(text(2_000, 10)))


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=6).map(lambda word: word.replace(" ", "x")), max_size=30))
def test_any_words_have_prints(found: list[str]) -> None:
    assert bool(prints_of(found)) == (len(found) >= SHINGLE)
