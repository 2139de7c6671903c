"""The phrase files are sound, and their little language does what their README says."""

from __future__ import annotations

import pytest

from pipeline.article import RemovalKind
from pipeline.clean import phrases

K = RemovalKind


@pytest.mark.parametrize("language", phrases.languages())
def test_every_file_compiles_and_covers_the_common_kinds(language: str) -> None:
    assert phrases.relevant(language)[0] == language
    for kind in (K.READ_ALSO, K.DONATION, K.NEWSLETTER, K.ATTRIBUTION):
        key = phrases.line_key("no such words")
        assert phrases.starts(key, kind, language) is None


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
    rules = phrases.parse(f'[donation]\nphrases = ["{written}"]')[K.DONATION]
    assert rules.phrases is not None
    assert bool(rules.phrases.search(phrases.line_key(line))) is hit


def test_a_label_that_ends_in_a_colon_demands_it() -> None:
    assert phrases.starts(phrases.line_key("Source: Reuters"), K.ATTRIBUTION, "en") is not None
    assert phrases.starts(phrases.line_key("Source close to Reuters"), K.ATTRIBUTION, "en") is None


def test_the_outlet_may_come_first() -> None:
    match = phrases.starts(phrases.line_key("Anadolu Ajansı sitesinden alınmıştır"), K.ATTRIBUTION, "tr")
    assert match is not None
    assert match.rest == "anadolu ajansi"
