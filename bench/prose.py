"""Prose that means nothing: made-up words that come again as words of the press do, with names and numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

LETTERS: Final = {
    "en": "abcdefghiklmnoprstuvwy",
    "uk": "абвгдежзиіклмнопрстуфх",
    "ru": "абвгдежзиыклмнопрстуфх",
    "ar": "ابتثجحدرزسشصطعفقكلمنهوي",
}
_WORDS: Final = 20_000
_NAMES: Final = 0.1
#: how often words come by their rank, summed up (Mandelbrot 1953)
_OFTEN: Final = list(accumulate(1 / (rank + 3.7) for rank in range(_WORDS)))


def lexicon(chance: random.Random, letters: str) -> list[str]:
    """The words of a language written with these letters, the most common first."""
    return ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(_WORDS)]


def sentence(chance: random.Random, words: Sequence[str], length: int) -> str:
    """A sentence of ``length`` words of a :func:`lexicon`; one is a number, some are names."""
    said = chance.choices(words, cum_weights=_OFTEN, k=length)
    # Names are rarer than other words.
    said = [chance.choice(words).capitalize() if chance.random() < _NAMES else word for word in said]
    said[length // 2] = str(chance.randint(1, 5_000))
    return f"{' '.join(said).capitalize()}."
