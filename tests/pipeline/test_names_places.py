"""What places are called in other languages: other names, not other spellings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names_places import also_called
from pipeline.store import spellings
from pipeline.store.connection import Store
from pipeline.text import words


def folded(text: str) -> str:
    return " ".join(words(text))


@pytest.mark.parametrize(
    ("asked", "language", "name"),
    [
        ("Lebanon", "uk", "Ліван"),
        ("Ліван", "en", "Lebanon"),
        ("Лівану", "ar", "لبنان"),  # with an ending
        ("Brussels", "ar", "بروكسل"),  # a city, and English as the zones have it
        ("بروكسل", "en", "Brussels"),
        ("Germany", "zh", "德国"),
        ("Saudi Arabia", "ru", "Саудовская Аравия"),
        ("Turkey", "uk", "Туреччина"),  # not the English name that CLDR prefers
    ],
)
def test_a_place_is_found_by_what_another_language_calls_it(asked: str, language: str, name: str) -> None:
    assert folded(name) in also_called(folded(asked), [language])


@pytest.mark.parametrize("asked", ["Zelenskyy", "harbour", "Man", ""])
def test_what_is_no_place_has_no_other_names(asked: str) -> None:
    assert also_called(folded(asked), ["uk", "ru", "ar", "xx"]) == ()


@given(st.text(max_size=12), st.lists(st.sampled_from(["uk", "ar", "ja", "xx", "", "not a tag"]), max_size=3))
@settings(max_examples=60)
def test_any_text_may_be_asked_for_in_any_language(text: str, languages: list[str]) -> None:
    asked = folded(text)
    assert asked not in also_called(asked, languages)


def test_the_words_of_the_texts_that_bend_a_places_name_are_found_too(store: Store) -> None:
    with store.write():
        spellings.learn(store, [folded(name) for name in ("Лівану", "Лівані", "Лондон", "Ліверпуль")])
    found = spellings.spellings_of(store, "lebanon", ["uk"])
    assert found[0] == folded("Ліван")
    assert set(found[1:]) == {folded("Лівану"), folded("Лівані")}
