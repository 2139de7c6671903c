"""A query widened by the spellings of its names."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.names_query import widened

KNOWN = {
    "zelenskyy": ("зеленський", "زيلينسكي"),
    "volodymyr": ("володимир", "فولوديمير"),
    "saudi arabia": ("саудівська аравія", "沙 特 阿 拉 伯"),
    "саудівська": ("саудівської",),
    "аравія": ("аравії",),
    "britain": ("велика британія",),
    "британія": ("британії",),
    "велика": ("великої",),
}


def spellings(word: str) -> Sequence[str]:
    return KNOWN.get(word, ())


def test_all_words_of_a_way_to_write_a_phrase_are_in_one_script() -> None:
    assert widened('"Volodymyr Zelenskyy"', spellings).added == ("володимир зеленський", "فولوديمير زيلينسكي")


def test_a_place_of_several_words_is_found_with_its_endings() -> None:
    added = widened('"Saudi Arabia"', spellings).added
    assert {"саудівська аравія", "саудівської аравії", "沙 特 阿 拉 伯"} <= set(added)
    assert "великої британії" in widened("Britain", spellings).added


def test_what_is_left_out_or_begun_is_not_widened() -> None:
    for query in ("-Zelenskyy", "NOT Zelenskyy", "Zelensk*", "zelenskyy OR Kyiv"):
        assert widened(query, spellings).added == ()


def test_a_phrase_asks_for_each_of_its_words_once() -> None:
    asked: list[str] = []

    def many(word: str) -> Sequence[str]:
        asked.append(word)
        return () if " " in word else [word + letter for letter in "abcdefghijkl"]

    assert widened('"Volodymyr Zelenskyy"', many).added
    assert sorted(asked) == ["volodymyr", "volodymyr zelenskyy", "zelenskyy"]
