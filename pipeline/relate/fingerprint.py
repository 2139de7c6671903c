"""The fingerprint of a text: which of its word shingles the inverted index holds.

Winnowing (Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003):
of each window of neighbouring shingles the one with the smallest hash. A passage that two texts share and that
is as long as both windows leaves the same prints in both. Windows grow with the text, so that an article takes
some 28 prints whether it is short or of the usual length; what a long window chooses a shorter one inside it
chooses too, so a short cut shares with its long original all that the original's windows chose there.

Hashes are the same in every process and on every machine.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.text import words

#: words of a shingle: enough that two texts seldom have one in common by chance
SHINGLE = 5
_PRINTS = 28
_USUAL_WORDS = 350
_MOST_PRINTS = 120
_SHORTEST_WINDOW = 4

_Hashes = NDArray[np.uint64]
# An odd factor has an inverse modulo 2**64: hashes of spans are differences of prefix sums (Rabin and Karp).
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_MASK = (1 << 64) - 1


def _scrambled(value: int) -> int:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


#: a random number for each byte, so that likeness of letters is no likeness of hashes
_BYTES: _Hashes = np.array([_scrambled(_FACTOR * (byte + 1) & _MASK) for byte in range(256)], dtype=np.uint64)

#: signs of no word in English text, those that come most often first
_SIGNS = "’“”–—‘…\u00a0"
# Thai and Lao, Myanmar, Khmer, kana and Han.
_UNSPACED = re.compile(
    "[\u0e01-\u0edf\u1000-\u109f\u1780-\u17d3\u3005-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

# --- words ----------------------------------------------------------------------------------------------


def text_words(title: str, paragraphs: Sequence[str]) -> list[str]:
    """The folded words by which a text is compared: those of its body, of its title where there is no body.

    A copy's title is the first thing to be changed, and titles of other articles stand in "Read also" lines.
    Scripts written without spaces (Han, kana, Thai) give pieces of about the length of a word, cut where two
    neighbouring characters say so: the same sentence is cut alike wherever it stands. The words of a text are
    those of its paragraphs, one after the other.
    """
    text = _plain(" ".join(paragraphs) or title)
    found = words(text)
    if text.isascii() or not _UNSPACED.search("".join(found)):
        return found
    return [piece for paragraph in paragraphs or (title,) for piece in _pieces(words(paragraph))]


def _plain(text: str) -> str:
    """The text in ASCII where only the press's own signs are not: its words are the same, found much faster."""
    plain = text
    for sign in _SIGNS:
        plain = plain.replace(sign, " ")
    return plain if plain.isascii() else text


def _pieces(found: Sequence[str]) -> Iterator[str]:
    """``words`` gives the characters of such scripts one by one."""
    for unspaced, run in groupby(found, key=_is_unspaced):
        if unspaced:
            yield from _cut("".join(run))
        else:
            yield from run


def _is_unspaced(word: str) -> bool:
    return _UNSPACED.match(word) is not None


def _cut(run: str) -> Iterator[str]:
    start = 0
    for index in range(1, len(run)):
        if _is_border(run[index - 1], run[index]):
            yield run[start:index]
            start = index
    yield run[start:]


def _is_border(before: str, after: str) -> bool:
    """Han words are of two characters mostly, words of the other scripts of four."""
    length = 2 if before >= "\u3400" else 4
    return zlib.crc32((before + after).encode()) % length == 0


# --- prints ---------------------------------------------------------------------------------------------


def prints_of(words: Sequence[str]) -> tuple[int, ...]:
    """The text's prints: 32-bit unsigned numbers, ascending, each once; none for less than five words.

    About 28 for an article of up to 350 words, then growing with the square root of its length, at most some
    120. ``words`` are those of ``text_words``.
    """
    if len(words) < SHINGLE:
        return ()
    hashes = _shingle_hashes(words)
    chosen = _minima(hashes, min(window(len(words)), len(hashes)))
    changes = np.flatnonzero(chosen[1:] != chosen[:-1]) + 1  # neighbouring windows mostly choose the same
    return tuple(sorted({int(chosen[0]), *chosen[changes].tolist()}))


def window(length: int) -> int:
    """How many neighbouring shingles of a text of ``length`` words yield one print at least.

    A window of w chooses two of w + 1 shingles on average.
    """
    wanted = _PRINTS * math.sqrt(max(1.0, length / _USUAL_WORDS))
    return max(_SHORTEST_WINDOW, round(2 * length / min(wanted, _MOST_PRINTS)) - 1)


def _shingle_hashes(words: Sequence[str]) -> NDArray[np.uint32]:
    """One 32-bit hash for each five neighbouring words."""
    data = np.frombuffer(f" {' '.join(words)} ".encode("utf-8", "surrogatepass"), dtype=np.uint8)
    spaces = np.flatnonzero(data == 0x20)
    sums = np.cumsum(_BYTES.take(data) * _powers(_FACTOR, len(data)))[spaces]
    spans = sums[SHINGLE:] - sums[:-SHINGLE]
    return _mixed(spans * _powers(_INVERSE, len(data))[spaces[:-SHINGLE]])


def _powers(base: int, count: int) -> _Hashes:
    powers = np.full(count, base, dtype=np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _mixed(hashes: _Hashes) -> NDArray[np.uint32]:
    hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _minima(hashes: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """The smallest of each ``size`` neighbours; the span doubles until it is reached."""
    span = 1
    while span < size:
        step = min(span, size - span)
        hashes = np.minimum(hashes[:-step], hashes[step:])
        span += step
    return hashes
