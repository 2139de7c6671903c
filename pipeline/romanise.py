"""Words of any script in the sounds they stand for: ``romanised`` to read, ``skeleton`` to look up.

Not a transliteration that could be undone: what the spellings of one name have in common across scripts is
kept, the rest is let go. ``readings`` is the whole of it: a word read in every plausible way, each as the
classes of its consonants (the key) and what stands between them. All functions are pure and total.

The idea of a key from classes of consonants is Soundex's (Russell 1918) and that of several keys for one word
Double Metaphone's (Philips 2000); the classes here are those that survive Arabic spelling and back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from pipeline import names_letters as tables
from pipeline.names_letters import Letters, Readings

#: how many readings of one word are followed; more than that are guesses
MOST_READINGS = 8
#: longer words are no names, and cost
MOST_LETTERS = 32

_VOWELS = "aeiouy*AIO"
#: sounds that are written for one another from script to script; vowels are in no class
_CLASSES = {
    sound: name
    for name, sounds in {
        "B": "bpB",
        "F": "fvFw",
        "M": "m",
        "N": "n",
        "T": "t",
        "D": "d",
        "S": "szSZCcJX",
        "K": "kgGqQKhx",
        "L": "l",
        "R": "r",
    }.items()
    for sound in sounds
}
_LATIN_OF = {"B": "b", "F": "f", "K": "k", "X": "s", "S": "sh", "Z": "zh", "C": "ch", "c": "ts", "J": "j"} | {
    "G": "g",
    "Q": "gh",
    "x": "kh",
    "*": "a",
    "A": "a",
    "I": "i",
    "O": "o",
}
_BLOCKS = (
    ("\u0370", "\u03ff", tables.GREEK),
    ("\u0400", "\u052f", tables.CYRILLIC),
    ("\u0530", "\u058f", tables.ARMENIAN),
    ("\u0590", "\u05ff", tables.HEBREW),
    ("\u0600", "\u08ff", tables.ARABIC),
    ("\u0900", "\u097f", tables.DEVANAGARI),
    ("\u10a0", "\u10ff", tables.GEORGIAN),
    ("\u3041", "\u30ff", tables.KANA),
)
_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}

# A stop before a hiss is part of it; n before a lip is m; the g of
# ng is heard before a vowel only (Washington is واشنطن); a consonant written twice is one.
_INTO_HISS = re.compile("[td](?=[szSZCcJX])")
_BEFORE_LIP = re.compile("n(?=[bpB])")
_AFTER_N = re.compile(f"(?<=n)[gGQ](?![{re.escape(_VOWELS)}])")
# Letters that Arabic has for its own words and seldom spells foreign names with.
_NATIVE = re.compile("[عضظذثحص]")
_SPLIT = re.compile(f"[^{re.escape(_VOWELS)}]|[{re.escape(_VOWELS)}]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a word.

    ``key`` has one letter for each consonant, its class; ``consonants`` the sounds themselves (as many), and
    ``gaps`` the vowels before, between and behind them (one more). ``abjad``: missing vowels mean nothing.
    ``native`` counts the letters that Arabic seldom spells foreign names with.
    """

    key: str
    consonants: str
    gaps: tuple[str, ...]
    abjad: bool
    native: int = 0


def romanised(word: str) -> str:
    """A folded word as it is roughly said, in a-z; "" for Han, Thai and signs.

    >>> romanised("зеленський"), romanised("زيلينسكي"), romanised("ნავალნი")
    ('zelenskiy', 'zilinski', 'navalni')
    """
    sounds = "".join(options[0] for options in _sounds(word)[0])
    return "".join(_LATIN_OF.get(sound, sound) for sound in sounds)


def skeleton(word: str) -> str:
    """The classes of a folded word's consonants in its usual reading; "" for fewer than two.

    >>> skeleton("zelenskyy"), skeleton("зеленский"), skeleton("زيلينسكي")
    ('SLNSK', 'SLNSK', 'SLNSK')
    """
    found = readings(word)
    return found[0].key if found and len(found[0].key) > 1 else ""


@lru_cache(maxsize=8192)  # the words of the news repeat
def readings(word: str) -> tuple[Reading, ...]:
    """Every plausible reading of a folded word, the usual one first, at most ``MOST_READINGS``."""
    options, abjad = _sounds(word[:MOST_LETTERS])
    native = len(_NATIVE.findall(word)) if abjad else 0
    found: dict[tuple[str, str], Reading] = {}
    for sounds in _ways(options):
        reading = _reading(_settled(sounds, abjad=abjad), abjad, native)
        found.setdefault((reading.key, reading.consonants), reading)
        if len(found) >= MOST_READINGS:
            break
    return tuple(found.values())[:MOST_READINGS]


def _ways(options: Sequence[Readings]) -> Iterator[str]:
    """The sounds of a word: as usual, then with one letter read differently, then with two."""
    usual = [reading[0] for reading in options]
    open_at = [(at, other) for at, reading in enumerate(options) for other in reading[1:]]
    yield "".join(usual)
    for many in (1, 2):
        for changes in combinations(open_at, many):
            changed = usual.copy()
            for at, other in changes:
                changed[at] = other
            yield "".join(changed)


def _settled(sounds: str, *, abjad: bool) -> str:
    """The sounds with what melts together melted. Without written vowels a stop and a hiss may stand apart."""
    if not abjad:
        sounds = _INTO_HISS.sub("", sounds)
    return _AFTER_N.sub("", _BEFORE_LIP.sub("m", sounds))


def _reading(sounds: str, abjad: bool, native: int) -> Reading:
    key, consonants, gaps = "", "", [""]
    for piece in _SPLIT.findall(sounds):
        if piece[0] in _VOWELS:
            gaps[-1] += piece
            continue
        kind = _CLASSES[piece]
        if key and kind == key[-1] and not gaps[-1] and not abjad:
            continue
        key, consonants = key + kind, consonants + piece
        gaps.append("")
    return Reading(key, consonants, tuple(gaps), abjad, native)


# --- letters --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scanner:
    pattern: re.Pattern[str]
    ways: tuple[Readings, ...]
    letters: Letters


def _scanner(letters: Letters) -> _Scanner:
    groups = [f"({pattern})" for pattern, _ in letters.rules]
    return _Scanner(
        re.compile("|".join([*groups, "."]), re.DOTALL), tuple(w for _, w in letters.rules), letters
    )


_LATIN = _scanner(tables.LATIN)
_SCANNERS = tuple((first, last, _scanner(letters)) for first, last, letters in _BLOCKS)


def _sounds(word: str) -> tuple[list[Readings], bool]:
    """How each letter or group of letters may be read, and whether the script leaves vowels out."""
    head = word[:1]
    if _HANGUL_FIRST <= ord(head or "\0") <= _HANGUL_LAST:
        return _hangul(word), True
    scanner = next((found for first, last, found in _SCANNERS if first <= head <= last), _LATIN)
    if scanner.letters is tables.KANA:
        word = word.translate(_HIRAGANA)
    return [ways for match in scanner.pattern.finditer(word) if (ways := _ways_of(scanner, match))], (
        scanner.letters.abjad
    )


def _ways_of(scanner: _Scanner, match: re.Match[str]) -> Readings:
    """The readings of one match; nothing for a letter of another script."""
    if match.lastindex:
        return scanner.ways[match.lastindex - 1]
    return scanner.letters.letters.get(match[0], ())


def _hangul(word: str) -> list[Readings]:
    found: list[Readings] = []
    for char in word:
        index = ord(char) - _HANGUL_FIRST
        if 0 <= index <= _HANGUL_LAST - _HANGUL_FIRST:
            found.append(tables.HANGUL_LEADS[index // 588])
            found.append((tables.HANGUL_VOWELS[index % 588 // 28],))
            found.append((tables.HANGUL_TAILS[index % 28],))
    for at in range(2, len(found) - 1, 3):
        if found[at] == ("l",) and "l" in found[at + 1]:  # one l between two syllables is written twice
            found[at] = ("",)
            found[at + 1] = ("l",)
    return found
