"""Names in several scripts: their spellings have a key in common, and are alike; other words are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import ALIKE, alike, variants_key
from pipeline.store import spellings
from pipeline.store.connection import Store
from pipeline.text import words

LINES = (Path(__file__).parent / "data" / "spellings.txt").read_text(encoding="utf-8").splitlines()
NAMES = [
    [found for word in line.split() for found in words(word)] for line in LINES if line and line[0] != "#"
]


def test_most_spellings_of_a_name_are_found_from_its_first_one(store: Store) -> None:
    with store.write():
        for name in NAMES:
            spellings.learn(store, name)
    wanted = found = 0
    for name in NAMES:
        said = set(spellings.spellings_of(store, name[0]))
        others = set(name) - {name[0]}
        wanted += len(others)
        found += len(others & said)
    assert found / wanted > 0.92


@pytest.mark.parametrize("other", ["harbour", "Путин", "نتنياهو", "Trump"])
def test_other_names_are_not_alike(other: str) -> None:
    assert all(alike("zelenskyy", word) < ALIKE for word in words(other))


@given(st.text(max_size=20))
@settings(max_examples=60)
def test_any_word_has_keys_or_none(word: str) -> None:
    for folded in words(word):
        assert all(variants_key(folded))
        assert 0.0 <= alike(folded, folded) <= 1.0
