"""Comparing texts by runs of words: precision and recall of 4-gram shingles, and whether a line is there.

The shingle measure is that of the article extraction benchmarks (bags of 4-grams of words; scripts written
without spaces count a character as a word); the figure of a corpus is the F1 of the mean precision and the
mean recall.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

#: kana, Han, Thai, Myanmar: one character is one word
_UNSPACED = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u1000-\u109f]"
_WORD = re.compile(rf"{_UNSPACED}|[^\W]+?(?={_UNSPACED})|\w+")

Grams = Counter[tuple[str, ...]]


def words(text: str) -> list[str]:
    """The words of a text, as written."""
    return _WORD.findall(text)


def folded(text: str) -> str:
    """The words in compatibility form and lower case, joined by a space: for comparing titles and names."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def grams(found: Sequence[str], size: int) -> Grams:
    """The bag of runs of ``size`` words; a shorter text is one run, an empty one none."""
    if not found:
        return Counter()
    return Counter(tuple(found[start : start + size]) for start in range(max(1, len(found) - size + 1)))


def precision_recall(gold: Grams, got: Grams) -> tuple[float | None, float | None]:
    """How much of ``got`` is gold and how much of ``gold`` was got, 0 to 1; None where there is nothing."""
    if not gold and not got:
        return 1.0, 1.0
    shared, wanted, given = (gold & got).total(), gold.total(), got.total()
    return (shared / given if given else None), (shared / wanted if wanted else None)


def f1(precision: float, recall: float) -> float:
    """The harmonic mean; 0 where either is."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


class Bag:
    """A text whose folded words can be asked for by run; the runs of each length are counted once."""

    def __init__(self, text: str) -> None:
        self._words = words(unicodedata.normalize("NFKC", text).casefold())
        self._runs: dict[int, Grams] = {}

    def runs(self, size: int) -> Grams:
        """The bag of runs of ``size`` words."""
        if size not in self._runs:
            self._runs[size] = grams(self._words, size)
        return self._runs[size]

    def share_of(self, line: Bag, *, beyond: Bag | None = None) -> float:
        """Which share (0 to 1) of the line's 3-word runs is here, not counting those that ``beyond`` has."""
        size = min(3, len(line._words))
        if not size:
            return 0.0
        wanted, here = line.runs(size), self.runs(size)
        other = beyond.runs(size) if beyond else Counter[tuple[str, ...]]()
        hits = sum(min(count, max(0, here[run] - other[run])) for run, count in wanted.items())
        return hits / wanted.total()
