"""The phrase files are sound, and their little language does what their README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import RemovalKind
from pipeline.clean import phrases
from pipeline.clean.patterns import any_of

K = RemovalKind


@pytest.mark.parametrize("language", phrases.languages())
def test_every_file_compiles_and_covers_the_common_kinds(language: str) -> None:
    assert phrases.relevant(language)[0] == language
    for kind in (K.READ_ALSO, K.DONATION, K.NEWSLETTER, K.ATTRIBUTION):
        key = phrases.line_key("no such words")
        assert phrases.starts(key, kind, phrases.lexicon(language)) is None


def test_the_languages_that_must_be_there() -> None:
    assert {"en", "uk", "ru", "ar", "de", "fr", "es", "it", "pt", "pl", "tr", "fa", "he"} <= set(
        phrases.languages()
    )


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown fields: label;"):
        phrases.parse('[read-also]\nlabel = ["x"]')


@pytest.mark.parametrize(
    ("written", "line", "hit"),
    [
        ("support us", "Please support us today", True),
        ("support us", "They support usage limits", False),
        ("(support|fund) [all] our work", "Fund our work", True),
        ("(support|fund) [all] our work", "Fund all our work!", True),
        ("sign up ... newsletter", "Sign up for the daily newsletter", True),
        ("sign up ... newsletter", "Sign up: newsletter", False),
        ("подпис*", "Подписывайтесь", True),
        ("订阅…简报", "输入邮箱订阅每周简报", True),
        ("إقرأ أيضاً", "اقرأ أيضا", True),
    ],
)
def test_the_pattern_language(written: str, line: str, *, hit: bool) -> None:
    assert phrases.contains_phrase(phrases.line_key(line), written) is hit


@pytest.mark.parametrize("language", phrases.languages())
def test_looking_for_a_phrase_s_letters_first_misses_no_line_that_its_pattern_finds(language: str) -> None:
    for rules in phrases.parse(_file(language)).values():
        for phrase in rules.phrases:
            key, found = phrases.line_key(_spelled(phrase)), any_of((phrase,))
            assert found is not None
            assert phrases.contains_phrase(key, phrase) is (found.search(key) is not None), phrase


def test_a_phrase_of_two_languages_is_credited_to_that_of_the_page() -> None:
    key = phrases.line_key("Станьте нашим патроном!")
    for language in ("uk", "ru"):
        lexicon = phrases.lexicon(language)
        among = phrases.signs(key, phrases.words_of(key), lexicon)[1]
        assert phrases.contains(key, K.DONATION, lexicon, among) == (language, 2)


@given(st.text(st.sampled_from("abé’‘“”–—… \xa0'\"-.:!"), max_size=30))
@settings(max_examples=150)
def test_a_line_s_key_does_not_depend_on_the_press_s_own_signs(text: str) -> None:
    typed = text.translate(str.maketrans("’‘“”–—\xa0", "''\"\"-- ")).replace("…", "...")
    assert phrases.line_key(text) == phrases.line_key(typed)


@pytest.mark.parametrize("language", phrases.languages())
def test_the_gate_lets_every_line_through_that_holds_a_phrase(language: str) -> None:
    """The gate is only for speed: whatever it stops could not have matched."""
    lexicon = phrases.lexicon(language)
    for kind, rules in phrases.parse(_file(language)).items():
        for phrase in rules.phrases:
            plain = _spelled(phrase)
            if phrases.contains_phrase(phrases.line_key(plain), phrase):
                key = phrases.line_key(f"So {plain} and more")
                assert (language, kind, phrase) in phrases.signs(key, phrases.words_of(key), lexicon)[1]


@pytest.mark.parametrize("language", phrases.languages())
def test_no_choice_stands_within_another(language: str) -> None:
    for rules in phrases.parse(_file(language)).values():
        for phrase in rules.phrases:
            assert not re.search(r"\([^)]*\(|\[[^\]]*\[|^[^(]*\)", phrase), phrase


def _file(language: str) -> str:
    return (Path(phrases.__file__).parent / "phrases" / f"{language}.toml").read_text(encoding="utf-8")


def _spelled(phrase: str) -> str:
    """One line that the phrase stands for: first choices, nothing optional."""
    text = re.sub(r"\[[^\]]*\]|\.\.\.", " ", phrase)
    text = re.sub(r"\(([^)|]*)[^)]*\)", r"\1", text)
    return " ".join(text.replace("*", "").replace("…", "").split())


def test_a_label_that_ends_in_a_colon_demands_it() -> None:
    assert (
        phrases.starts(phrases.line_key("Source: Reuters"), K.ATTRIBUTION, phrases.lexicon("en")) is not None
    )
    assert (
        phrases.starts(phrases.line_key("Source close to Reuters"), K.ATTRIBUTION, phrases.lexicon("en"))
        is None
    )


def test_the_outlet_may_come_first() -> None:
    match = phrases.starts(
        phrases.line_key("Anadolu Ajansı sitesinden alınmıştır"), K.ATTRIBUTION, phrases.lexicon("tr")
    )
    assert match is not None
    assert match.rest == "anadolu ajansi"
