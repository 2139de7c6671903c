"""The scorer on small cases whose figures can be counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.gold import Cut, GoldPage, NoiseLine, Reading
from quality.grams import Bag, f1, folded, grams, precision_recall, words
from quality.score import score_corpus, score_page, worst

A = "one two three four five"
B = "six seven eight nine ten eleven"
C = "alpha beta gamma delta epsilon"


def page(**fields: object) -> GoldPage:
    return GoldPage(**{"id": "p", "html": b"", "url": "https://x.example/", "paragraphs": (A, B), **fields})  # type: ignore[arg-type]


def figures(gold: GoldPage, reading: Reading) -> dict[str, float]:
    return score_corpus("c", [score_page(gold, reading)]).figures


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert words("老渡口 2026 stop") == ["老", "渡", "口", "2026", "stop"]
    assert words("停航abc") == ["停", "航", "abc"]


def test_precision_and_recall_are_counted_on_runs_of_four_words() -> None:
    gold, got = grams(list("abcdef"), 4), grams(list("bcdexy"), 4)
    # runs of the gold: abcd bcde cdef; of the reading: bcde cdex dexy
    assert precision_recall(gold, got) == (1 / 3, 1 / 3)


def test_a_text_shorter_than_four_words_is_one_run() -> None:
    assert grams(["a", "b"], 4).total() == 1
    assert grams([], 4).total() == 0


def test_empty_against_empty_is_right_and_against_text_undefined() -> None:
    empty, full = grams([], 4), grams(list("abcd"), 4)
    assert precision_recall(empty, empty) == (1.0, 1.0)
    assert precision_recall(full, empty) == (None, 0.0)
    assert precision_recall(empty, full) == (0.0, None)


@given(st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=60)
def test_precision_one_way_is_recall_the_other(left: str, right: str) -> None:
    one, two = grams(words(left), 4), grams(words(right), 4)
    assert precision_recall(one, two) == precision_recall(two, one)[::-1]


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_a_text_holds_itself_whole_and_nothing_beyond_itself(text: str) -> None:
    bag = Bag(text)
    expected = 1.0 if words(folded(text)) else 0.0
    assert bag.share_of(Bag(text)) == expected
    assert bag.share_of(Bag(text), beyond=bag) == 0.0


def test_f1_is_of_the_mean_precision_and_the_mean_recall() -> None:
    right = Reading(text=f"{A}\n\n{B}")
    half = Reading(text=A)
    scores = [score_page(page(), right), score_page(page(id="q"), half)]
    found = score_corpus("c", scores).figures
    # A B has 11 words: 8 runs; A alone has 2 of them
    assert found["precision"] == 1.0
    assert found["recall"] == pytest.approx((1 + 2 / 8) / 2)
    assert found["f1"] == pytest.approx(f1(1.0, found["recall"]))
    assert found["page_f1"] == pytest.approx((1 + f1(1.0, 2 / 8)) / 2)


def test_a_page_that_gave_nothing_has_no_precision_but_no_recall_either() -> None:
    found = figures(page(), Reading(text=""))
    assert "precision" not in found
    assert (found["recall"], found["f1"], found["lost_per_1000"]) == (0.0, 0.0, 1000.0)


def test_optional_pieces_may_stay_or_go() -> None:
    gold = page(paragraphs=(A, B, C), optional=(C,))
    for text in (f"{A}\n{B}", f"{A}\n{B}\n{C}"):
        found = figures(gold, Reading(text=text))
        assert (found["f1"], found["lost_per_1000"]) == (1.0, 0.0)


def test_a_lost_paragraph_is_counted_and_named() -> None:
    scored = score_page(page(), Reading(text=A))
    assert scored.parts["lost_per_1000"] == (1.0, 2.0)
    assert any("six seven" in fault for fault in scored.faults)


def test_noise_in_the_body_is_left_and_not_kept() -> None:
    gold = page(noise=(NoiseLine(kind="read-also", form="plain", text=f"Read also: {C}"),))
    found = figures(gold, Reading(text=f"{A}\n{B}\nRead also: {C}"))
    assert (found["noise_left"], found["noise_kept"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("kind", "kept"), [("read-also", 1.0), ("related-list", 1.0), ("donation", 0.0), ("other", 0.0)]
)
def test_noise_counts_as_kept_only_with_its_kind(kind: str, kept: float) -> None:
    gold = page(noise=(NoiseLine(kind="read-also", form="plain", text=C),))
    reading = Reading(text=f"{A}\n{B}", cuts=(Cut(kind=kind, text=f"Read also {C}"),))
    assert figures(gold, reading)["noise_kept"] == kept


def test_noise_that_repeats_words_of_the_body_is_not_left_by_them() -> None:
    gold = page(noise=(NoiseLine(kind="read-also", form="plain", text=A),))
    assert figures(gold, Reading(text=f"{A}\n{B}"))["noise_left"] == 0.0
    assert figures(gold, Reading(text=f"{A}\n{A}\n{B}"))["noise_left"] == 1.0


def test_traps_and_chrome() -> None:
    gold = page(traps=(B,), chrome=(C,))
    found = figures(gold, Reading(text=f"{A}\n{C}"))
    assert (found["traps_lost"], found["chrome_left"]) == (1.0, 1.0)


def test_titles_are_compared_without_case_and_signs_but_whole() -> None:
    gold = page(title="The “last” orchard")
    assert figures(gold, Reading(title="The last Orchard"))["title"] == 1.0
    assert figures(gold, Reading(title="The last orchard | Site"))["title"] == 0.0


def test_authors_are_scored_by_names_found_and_names_invented() -> None:
    gold = page(authors=("Ada Lind", "Bo Ek"))
    assert figures(gold, Reading(authors=("bo ek", "Ada Lind")))["authors"] == 1.0
    assert figures(gold, Reading(authors=("Ada Lind",)))["authors"] == pytest.approx(2 / 3)
    assert figures(gold, Reading(authors=("Ada Lind", "The Desk")))["authors"] == pytest.approx(1 / 2)
    assert figures(gold, Reading())["authors"] == 0.0


def test_the_day_is_read_on_the_outlets_clock() -> None:
    late = datetime(2026, 3, 4, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    gold = page(published=late)
    assert figures(gold, Reading(published=late.astimezone(UTC)))["day"] == 1.0
    assert figures(gold, Reading(published=late - timedelta(days=1)))["day"] == 0.0
    assert figures(gold, Reading())["day"] == 0.0


def test_a_gold_day_without_a_clock_is_compared_as_printed() -> None:
    gold = page(published=date(2026, 3, 4))
    assert figures(gold, Reading(published=datetime(2026, 3, 4, 23, tzinfo=UTC)))["day"] == 1.0


def test_language_and_kind() -> None:
    gold = page(language="pt", kind="listing", paragraphs=None)
    assert figures(gold, Reading(language="pt-BR", kind="listing")) == {"language": 1.0, "kind": 1.0}
    assert figures(gold, Reading(language="es"))["language"] == 0.0


def test_the_worst_pages_are_those_that_cost_the_metric_most() -> None:
    scores = [
        score_page(page(id="good"), Reading(text=f"{A}\n{B}")),
        score_page(page(id="half"), Reading(text=A)),
        score_page(page(id="none"), Reading(text="")),
    ]
    corpus = score_corpus("c", scores)
    assert [one.id for one in worst(corpus, "f1", 5)] == ["none", "half"]
    assert [one.id for one in worst(corpus, "lost_per_1000", 1)] == ["none"]
