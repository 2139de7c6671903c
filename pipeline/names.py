"""Names across scripts: the keys they are kept under, how alike two spellings are, which words are names.

A name is found in three steps: ``variants_key`` of the asked word and of the words in the texts share a key
(cheap, an index can do it), then ``alike`` compares the sounds letter by letter. ``names_in`` picks the words of a
text that are worth keeping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.names_stems import stems
from pipeline.names_words import names_in
from pipeline.romanise import Reading, readings

__all__ = ("ALIKE", "MOST_KEYS", "alike", "names_in", "variants_key")

#: from here on two spellings are taken for one name
ALIKE = 0.8
#: how many keys one word is kept under
MOST_KEYS = 8

# What it costs to take one sound for another, of 1 for a whole consonant. Sounds of one class that are not
# listed cost _OTHER.
_OTHER = 0.5
_NEAR = {
    0.0: "Bb Bp Ff Fv Kk Gg Gh kq Qg QG cX CX gK qK xX",
    0.05: "vw Fw XJ Qq QK JZ Xs XS hx Gx KG cJ CS",
    0.15: "fv cC cs SZ zC zZ Cs Xz Kq KQ Kx kx Jz cz ZC ZX JC xQ hQ",
    0.3: "fw bp kg sS sz gh gq Qh kQ SJ Qk kG Kh",
}
_COST = {pair: cost for cost, pairs in _NEAR.items() for two in pairs.split() for pair in (two, two[::-1])}

_VOWEL_NEAR = {
    0.0: "Aa Ii Ie Iy Oo Ou",
    0.05: "iy Ae",
    0.1: "ei ey ou Ao AI",
    0.2: "ae ao eo uy Au Oa Iu",
    0.3: "au eu io ay iu oy Ia Oe AO",
}
_VOWEL_OTHER = 0.5
_VOWEL_COST = {
    pair: cost for cost, pairs in _VOWEL_NEAR.items() for two in pairs.split() for pair in (two, two[::-1])
}
#: a vowel on one side, none on the other, though it would be written: at the start, inside, at the end
_MISSING = (0.5, 0.35, 0.3)
#: a vowel that an abjad left unwritten, by its sound: a long one is usually written in a foreign name
_UNWRITTEN = {
    "a": 0.05,
    "e": 0.05,
    "y": 0.05,
    "A": 0.05,
    "I": 0.05,
    "*": 0.0,
    "O": 0.12,
    "i": 0.08,
    "o": 0.12,
    "u": 0.12,
}
#: a vowel on one side that an ending may have taken the place of
_LOOSE_END = 0.05
# A glide before a vowel says nothing (я, ю); behind one it is the second half of a diphthong (Байден).
_GLIDE = re.compile("y(?=.)")
#: a diphthong on one side; a letter that Arabic seldom spells foreign names with
_LONGER, _NATIVE = 0.1, 0.08


def variants_key(word: str) -> tuple[str, ...]:
    """The keys a folded word is kept and asked for under, the likeliest first; none for too short words.

    Those of its readings as it stands, then without prefixed particles (Arabic, Hebrew) and endings.

    >>> variants_key("зеленского"), variants_key("وزيلينسكي")
    (('SLNSKK', 'SLNSK'), ('FSLNSK', 'SLNSK'))
    """
    keys = dict.fromkeys(reading.key for reading, _ in _all_readings(word))
    return tuple(keys)[:MOST_KEYS]


def alike(asked: str, word: str) -> float:
    """From 0 to 1: are these two folded words spellings of one name, endings and particles aside?

    Words without a common key have 0. From ``ALIKE`` on the answer is yes. The shorter a name, the less may
    differ.
    """
    mine = _by_key(asked)
    best = 0.0
    for other, cost in _all_readings(word):
        for one, own_cost in mine.get(other.key, ()):
            cut = max(cost, own_cost)
            best = max(best, 1.0 - (cut + _difference(one, other, cut > 0.0)) / (0.75 * len(one.key) - 0.5))
    return best


@lru_cache(maxsize=64)  # one word is compared with thousands
def _by_key(word: str) -> dict[str, list[tuple[Reading, float]]]:
    found: dict[str, list[tuple[Reading, float]]] = {}
    for reading, cost in _all_readings(word):
        found.setdefault(reading.key, []).append((reading, cost))
    return found


def _all_readings(word: str) -> Iterator[tuple[Reading, float]]:
    """The readings of a word, and of what is left when something is cut off, with what the cut costs."""
    for stem, cost in stems(word):
        for reading in readings(stem):
            if len(reading.key) > 1:
                yield reading, cost


# --- comparing ------------------------------------------------------------------------------------------


def _difference(one: Reading, other: Reading, cut: bool) -> float:
    """What it costs to take one reading for the other; both have the same key. ``cut``: one is a stem."""
    cost = sum(
        _COST.get(a + b, _OTHER) for a, b in zip(one.consonants, other.consonants, strict=True) if a != b
    )
    cost += _NATIVE * abs(one.native - other.native)
    if one.gaps == other.gaps:
        return cost
    last = len(one.gaps) - 1
    for at, (a, b) in enumerate(zip(one.gaps, other.gaps, strict=True)):
        if a == b:
            continue
        if a and b:
            cost += _vowels(a, b)
        elif at == last and cut:
            cost += _LOOSE_END
        else:
            cost += _missing(a or b, 0 if at == 0 else 2 if at == last else 1, (one if b else other).abjad)
    return cost


@lru_cache(maxsize=4096)  # there are few pairs, and each query compares thousands
def _vowels(a: str, b: str) -> float:
    """The cost of two different vowels or groups of vowels in one place."""
    if "*" in a or "*" in b:
        return 0.0
    a, b = _GLIDE.sub("", a), _GLIDE.sub("", b)
    if len(a) == len(b):
        return sum(0.0 if x == y else _VOWEL_COST.get(x + y, _VOWEL_OTHER) for x, y in zip(a, b, strict=True))
    if len(a) < len(b):
        a, b = b, a
    return _LONGER + min(_vowels(a[:at] + a[at + 1 :], b) for at in range(len(a)))


def _missing(vowels: str, place: int, unwritten: bool) -> float:
    """The cost of vowels with none on the other side, whose script leaves them out or would show them."""
    if not unwritten or place == 0:
        return _MISSING[place]
    return _UNWRITTEN[vowels[0]] if place == 1 else 0.15
