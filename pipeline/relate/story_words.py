"""The telling words of one language: stems of names and of other words, without those that say nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pipeline.relate.lexicon import UNSPACED, lexicon
from pipeline.text import fold

#: letters of a stem, and the letters a word must have to be telling
_STEM: Final = 6
_LEAST: Final = 4
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’ʼ\-][^\W\d_]+)*|[.!?…:\"“”„«»؟۔\n]")
_RUN: Final = re.compile(r"[^\W\d_]+")

#: a word's stem, how many words are before it, whether it is a name, and the word as written
StoryWord = tuple[str, int, bool, str]


def story_words(text: str, language: str) -> list[StoryWord]:
    """The telling words of a text in their order.

    Words that the lexicon knows are left out: notions, places and words that say nothing are found by
    ``clues``. A capital tells a name only where no sentence begins, or where the word occurs with one inside a
    sentence elsewhere in the text. Scripts without spaces give pairs of characters.
    """
    if language in UNSPACED:
        return list(_pairs(text))
    found, inside = _spaced(text, language)
    return [
        (stem, at, name and (not begins or stem in inside), written)
        for stem, at, name, begins, written in found
    ]


def _spaced(text: str, language: str) -> tuple[list[tuple[str, int, bool, bool, str]], set[str]]:
    """The words with whether each has a capital and begins a sentence; the stems of names inside sentences."""
    found: list[tuple[str, int, bool, bool, str]] = []
    inside: set[str] = set()
    begins, at = True, 0
    for token in _TOKEN.findall(text):
        if not token[0].isalpha():
            begins = True
            continue
        stem = stem_of(token, language)
        if stem:
            name = token[0].isupper()
            found.append((stem, at, name, begins, token))
            if name and not begins:
                inside.add(stem)
        at += 1
        begins = False
    return found, inside


def _pairs(text: str) -> Iterator[StoryWord]:
    at = 0
    for run in _RUN.findall(text):
        for start in range(len(run) - 1):
            pair = run[start : start + 2]
            yield pair, (at + start) // 2, False, pair
        at += len(run)


@lru_cache(maxsize=32768)  # the words of the press repeat
def stem_of(word: str, language: str) -> str:
    """The stem of a word, "" for one that is too short or that the lexicon of ``language`` knows."""
    folded = fold(word).replace("'", "").replace("-", "")
    known = lexicon(language)
    if len(folded) < _LEAST or known.find(folded) is not None:
        return ""
    for prefix in known.prefixes:
        if len(prefix) > 1 and folded.startswith(prefix) and len(folded) >= len(prefix) + _LEAST - 1:
            return folded[len(prefix) :][:_STEM]
    return folded[:_STEM] if len(folded) > _STEM else folded[: max(_LEAST, len(folded) - 1)]
