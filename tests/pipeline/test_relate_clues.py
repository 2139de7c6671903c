"""What of a text survives translation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.relate.clue_ids import CLASS_OF, CLASSES, DATE, NOTION, NUMBER, PLACE, number_clue
from pipeline.relate.clues import Clues, clues_of, sightings
from pipeline.relate.lexicon import lexicon

LANGUAGES = ["en", "uk", "ru", "ar", "de", "fr", "es", "it", "pl", "pt", "tr", "fa", "he"]


def found(text: str, language: str) -> set[int]:
    return set(clues_of("", [text], language).ids)


@pytest.mark.parametrize(
    ("written", "language"),
    [("2,500 people", "en"), ("2 500 людей", "uk"), ("٢٥٠٠ شخص", "ar"), ("2.500 Menschen", "de")],
)
def test_a_number_is_one_clue_however_its_thousands_are_parted(written: str, language: str) -> None:
    assert number_clue("2500") in found(written, language)


def test_decimals_and_number_words_are_numbers() -> None:
    assert number_clue("3.5") in found("Inflation stieg auf 3,50 Prozent", "de")
    assert number_clue("7") in found("It took seven weeks", "en") & found("Це тривало сім тижнів", "uk")
    assert CLASS_OF[number_clue("48213")] == NUMBER


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_the_tables_knows_notions_places_and_months(language: str) -> None:
    words = lexicon(language)
    kinds = {CLASS_OF[clue] for clue in (*words.exact.values(), *words.stems.values()) if clue >= 0}
    assert {NOTION, PLACE, DATE} <= kinds


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Парламент Німеччини у листопаді голосував за бюджет", "uk"),
        ("صوت البرلمان في ألمانيا على الميزانية في نوفمبر", "ar"),
        ("Das Parlament in Deutschland stimmte im November über den Haushalt ab", "de"),
        ("Meclis kasım ayında Almanya'da bütçe için oy kullandı", "tr"),
        ("德国议会11月就预算投票", "zh"),
    ],
)
def test_countries_months_and_notions_meet_across_languages(text: str, language: str) -> None:
    english = found("The parliament in Germany voted on the budget in November", "en")
    assert len(english & found(text, language)) >= 3


def test_a_line_without_spaces_still_tells_its_notions() -> None:
    assert found("طلابجامعةهارفاردفيمستشفىالمدينة", "ar") & found("University students at the hospital", "en")


def test_a_word_at_a_sentence_begin_is_a_name_only_if_it_is_one_elsewhere() -> None:
    text = "Nonetheless it rained. Later Korchak spoke to Belzoni. Korchak left."
    written = [each.written for each in sightings("", [text], "en")]
    assert written.count("Korchak") == 2
    assert "Belzoni" in written
    assert "Nonetheless" not in written


def test_clues_survive_being_stored() -> None:
    clues = clues_of("Storm", ["In Kharkiv 2,500 homes lost power on Friday, the BBC reported."], "en")
    assert Clues.from_bytes(clues.to_bytes()) == replace(clues, keys=(), asked=())
    assert not Clues.from_bytes(b"").ids


@settings(max_examples=60)
@given(st.text(max_size=200), st.sampled_from([None, "en", "ar", "zh", "xx", "pt-BR"]))
def test_any_text_has_clues_that_can_be_stored(text: str, language: str | None) -> None:
    clues = clues_of("", [text], language)
    assert Clues.from_bytes(clues.to_bytes()) == replace(clues, keys=(), asked=())
    assert len(clues.keys) <= 32
    assert len(clues.asked) <= 80
    assert set(clues.keys) <= set(clues.asked)
    assert all(0 <= key < 2**32 for key in clues.asked)
    assert all(CLASS_OF[clue] < CLASSES for clue in clues.ids)
