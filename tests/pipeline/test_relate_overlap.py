"""What two texts have word for word in common: how much, in which order, in how many passages."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.relate.overlap import Overlap, overlap

WORDS = st.lists(st.sampled_from("abcde"), max_size=40)


def text(length: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [f"w{rng.getrandbits(40):x}" for _ in range(length)]


def test_a_text_is_contained_in_itself() -> None:
    common = overlap(text(100, 1), text(100, 1))
    assert (common.shared, common.in_order, len(common.passages)) == (100, 100, 1)
    assert common.contained_first == common.contained_second == 1.0


def test_texts_of_other_words_share_nothing() -> None:
    assert overlap(text(100, 1), text(90, 2)) == Overlap(shared=0, first=100, second=90, in_order=0)
    assert overlap([], []).contained_first == 0.0


def test_a_passage_is_found_with_its_place_in_either_text() -> None:
    passage = text(30, 3)
    common = overlap(text(50, 1) + passage, text(10, 2) + passage + text(70, 4))
    (found,) = common.passages
    assert (found.first_start, found.first_end, found.second_start, found.second_end) == (50, 80, 10, 40)
    assert (common.shared, common.contained_first) == (30, 30 / 80)


def test_five_common_words_are_chance() -> None:
    chance = ["told", "reporters", "on", "tuesday", "that"]
    assert overlap(text(30, 1) + chance, chance + text(30, 2)).shared == 0


def test_dropped_and_replaced_words_do_not_break_a_passage() -> None:
    original = text(60, 5)
    edited = original[:20] + original[21:40] + ["other"] + original[41:]
    (found,) = overlap(original, edited).passages
    assert (found.words, found.replaced) == (58, 1)


def test_turned_paragraphs_are_shared_but_not_in_order() -> None:
    one, two, three = text(40, 6), text(30, 7), text(20, 8)
    common = overlap(one + two + three, three + one + two)
    assert (common.shared, common.in_order) == (90, 70)


def test_a_refrain_counts_as_often_as_both_texts_have_it() -> None:
    refrain = text(12, 9)
    once = text(20, 1) + refrain + text(20, 2)
    thrice = refrain + text(20, 3) + refrain + text(20, 4) + refrain
    assert overlap(once, thrice).shared == 12


def test_other_figures_in_the_same_sentence_are_counted() -> None:
    today = "the river stood at 412 centimetres on monday and 17 streets in 3 villages were closed"
    later = "the river stood at 388 centimetres on friday and 11 streets in 3 villages were closed"
    (found,) = overlap(today.split(), later.split()).passages
    assert (found.figures, found.other_figures, found.replaced) == (1, 2, 4)


@settings(max_examples=150)
@given(WORDS, WORDS)
def test_it_is_the_same_from_either_side_and_never_more_than_a_text(one: list[str], other: list[str]) -> None:
    common, turned = overlap(one, other), overlap(other, one)
    assert (common.shared, common.in_order) == (turned.shared, turned.in_order)
    assert common.in_order <= common.shared <= min(len(one), len(other))
    assert [p.runs for p in overlap(tuple(one), other).passages] == [p.runs for p in common.passages]
    for passage in common.passages:
        for run in passage.runs:
            assert one[run.first : run.first + run.words] == other[run.second : run.second + run.words]


def test_a_long_text_of_one_word_is_no_burden() -> None:
    assert overlap(["a"] * 20_000, ["a"] * 15_000).shared == 15_000
