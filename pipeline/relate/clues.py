"""What of a text survives translation: names by their consonants, numbers, dates, places, common notions.

Each is a clue (``clue_ids``) with its place in the text. Clues are found word by word; what a word means is
remembered, as the words of the press repeat.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from pipeline.relate import clue_ids
from pipeline.relate.clue_ids import CLASS_OF
from pipeline.relate.clue_words import STOP, TOKEN, Reading, readings
from pipeline.relate.lexicon import IGNORED, UNSPACED, Lexicon, lexicon

#: words (as English counts them) to one place
STEP: Final = 8
#: places beyond are not looked at: the clues of the first two thousand words are enough
_LAST: Final = 255
#: of one clue, so many occurrences
_OCCURRENCES: Final = 3
#: words that other languages need to say what English says in one
_WORDINESS: Final = {
    "ar": 0.88, "he": 0.8, "uk": 0.85, "ru": 0.88, "be": 0.85, "pl": 0.87, "cs": 0.87, "sk": 0.87, "bg": 0.95,
    "tr": 0.75, "fi": 0.72, "hu": 0.82, "et": 0.75, "ko": 0.75, "ka": 0.75, "az": 0.75, "kk": 0.75, "fr": 1.12,
    "es": 1.08, "it": 1.03, "pt": 1.05, "fa": 1.08, "hi": 1.15, "ur": 1.2, "vi": 1.3, "zh": 1.7, "ja": 2.1,
    "th": 4.5,
}  # fmt: skip


@dataclass(frozen=True)
class Clues:
    """A text's clues in the order of the text, each with its place, in steps of eight English words.

    ``sure`` says whether names are told from other words (by capitals); in Arabic or Hebrew any word may be
    one. ``keys`` is what the inverted index holds of it, at most 32 unsigned 32-bit numbers: eight of single clues,
    the most telling first, the others of two clues near each other. Of those that tell as much, all texts choose by
    the same hash, so that two that share some choose the same. ``asked`` is what the index is asked for, at most 80,
    ``keys`` among them: a part of a text, or its translation, chose its keys among others than the whole did.
    """

    ids: array[int]
    places: bytes
    length: int
    sure: bool
    keys: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()

    @cached_property
    def distinct(self) -> frozenset[int]:
        """Each clue once."""
        return frozenset(self.ids)

    def to_bytes(self) -> bytes:
        """Three bytes a clue, five for all. The keys are not among them: they are the index's."""
        head = struct.pack("<HHB", len(self.ids), min(self.length, 0xFFFF), self.sure)
        return head + self.ids.tobytes() + self.places

    @classmethod
    def from_bytes(cls, data: bytes) -> Clues:
        """What ``to_bytes`` wrote, without the keys; no clues from no bytes.

        Raises ``struct.error`` or ``ValueError`` on anything else.
        """
        if not data:
            return cls(array("H"), b"", 0, True)
        count, length, sure = struct.unpack_from("<HHB", data)
        ids = array("H")
        ids.frombytes(data[5 : 5 + 2 * count])
        return cls(ids, data[5 + 2 * count : 5 + 3 * count], length, bool(sure))


class Sighting(NamedTuple):
    """One clue in the text: its place, its key for the index (0 where it has none), the word as written."""

    place: int
    clue: int
    key: int
    written: str


_LATIN = re.compile("[A-Za-z]")
#: Latin words in a row, in a text of another script
_FOREIGN_RUN: Final = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[\s.,:;!?()\"“”/|–-]+){3,}[A-Za-z][A-Za-z'’-]*")
#: words within names; a row is no name if it has so many others without a capital, or is long and has an article
_JOINING: Final = frozenset({"of", "the", "and", "de", "la", "du", "del", "for", "in"})
_ARTICLES: Final = frozenset({"the", "this", "our", "a", "an"})
_UNNAMED, _LONG = 2, 5

# --- sightings ------------------------------------------------------------------------------------------


def primary(language: str | None) -> str:
    """The primary subtag of a BCP 47 tag: ``pt`` of ``pt-BR``; "" for none."""
    return (language or "").lower().replace("_", "-").partition("-")[0]


def _language(language: str | None, text: str) -> str:
    """The primary subtag; guessed from the script where none is given."""
    if language:
        return primary(language)
    sample = text[:400]
    for script, guess in (("\u0600-\u06ff", "ar"), ("\u0590-\u05ff", "he"), ("\u4e00-\u9fff", "zh")):
        if len(re.findall(f"[{script}]", sample)) > len(sample) // 3:
            return guess
    if len(re.findall("[\u0400-\u04ff]", sample)) > len(sample) // 3:
        return "uk" if re.search("[іїєґ]", sample) else "ru"
    return "en"


def sightings(title: str, paragraphs: Sequence[str], language: str | None) -> list[Sighting]:
    """Every clue of the text as written, in its order: what evidence is told with."""
    text = _text(title, paragraphs)
    return [Sighting(*one) for one in _sighted(text, _language(language, text))]


def _text(title: str, paragraphs: Sequence[str]) -> str:
    return "\n".join(paragraphs if not title or title in paragraphs[:1] else (title, *paragraphs))


def _sighted(text: str, language: str) -> list[tuple[int, int, int, str]]:
    found = _unspaced(text, language) if language in UNSPACED else _spaced(text, language)
    found.sort(key=itemgetter(0))
    return found


def _spaced(text: str, language: str) -> list[tuple[int, int, int, str]]:
    sample = text[:300]
    latin = 3 * len(_LATIN.findall(sample)) > len(sample)
    known = readings(language, latin)
    text = text if latin else _FOREIGN_RUN.sub(_unless_phrase, text)
    unit = 1 / (STEP * _WORDINESS.get(language, 1.0))
    found: list[tuple[int, int, int, str]] = []
    waiting: list[tuple[int, Reading, str]] = []
    inside: set[str] = set()
    begins, words = True, 0
    for token in TOKEN.findall(text):
        reading = known[token]
        if reading is None:
            words += 1
        elif reading is STOP:
            begins = True
            continue
        else:
            words += reading.words
            place = int(words * unit)
            for clue, key in reading.known:
                found.append((place, clue, key, token))
            if begins and reading.capital:
                waiting.append((place, reading, token))
            elif reading.names:
                inside.add(token)
                for clue, key in reading.names:
                    found.append((place, clue, key, token))
        begins = False
    for place, reading, token in waiting:
        if token in inside:
            found.extend((place, clue, key, token) for clue, key in reading.names)
    return found


def _unless_phrase(run: re.Match[str]) -> str:
    """Latin words in a row where they are a name; "This article is republished with permission" is none."""
    words = run[0].split()
    articles = sum(word.lower() in _ARTICLES for word in words)
    unnamed = sum(word.islower() and word not in _JOINING for word in words)
    return "\n" if unnamed >= _UNNAMED or (articles and len(words) >= _LONG) else run[0]


def _unspaced(text: str, language: str) -> list[tuple[int, int, int, str]]:
    """A text without spaces, looked at from every place for the longest word that is known."""
    words, unit = lexicon(language), 1 / (STEP * _WORDINESS.get(language, 1.7))
    known = readings(language, False)
    found: list[tuple[int, int, int, str]] = []
    at = 0
    for token in TOKEN.findall(text):
        if token.isascii() or token[0].isdigit():
            reading = known[token]
            if reading is not None:
                place = int(at * unit)
                found.extend((place, clue, key, token) for clue, key in (*reading.known, *reading.names))
            at += 1
        else:
            found.extend(_known_inside(token, words, at, unit))
            at += len(token)
    return found


def _known_inside(run: str, words: Lexicon, at: int, unit: float) -> Iterator[tuple[int, int, int, str]]:
    index = 0
    while index < len(run):
        for end in range(min(len(run), index + words.longest), index, -1):
            clue = words.exact.get(run[index:end])
            if clue is not None:
                if clue != IGNORED:
                    yield int((at + index) * unit), clue, 0, run[index:end]
                index = end - 1
                break
        index += 1


# --- a text's clues -------------------------------------------------------------------------------------

CASELESS: Final = frozenset(
    {"ar", "he", "fa", "ur", "ps", "ckb", "arz", "hi", "bn", "ka", "ko", "yi", "th", "ja", "zh"}
)


def clues_of(title: str, paragraphs: Sequence[str], language: str | None) -> Clues:
    """What of this text survives translation. ``language`` is a BCP 47 tag, guessed by script without one."""
    text = _text(title, paragraphs)
    known = _language(language, text)
    found = _sighted(text, known)
    seen: dict[int, int] = {}
    ids, places = array("H"), bytearray()
    for place, clue, _key, _written in found:
        times = seen.get(clue, 0)
        if times < _OCCURRENCES and place <= _LAST:
            seen[clue] = times + 1
            ids.append(clue)
            places.append(place)
    length = found[-1][0] + 1 if found else 0
    sure = known not in CASELESS
    telling, pairs = _telling(found), _near(ids, sure=sure)
    keys = (*telling[:_SINGLE], *pairs[:_PAIRS])
    return Clues(ids, bytes(places), length, sure, keys, (*telling[:_ASKED_SINGLE], *pairs[:_ASKED_PAIRS]))


#: which class leads to fewer other articles
_TELLING: Final = {clue_ids.NUMBER: 0, clue_ids.NAME5: 1, clue_ids.EXACT: 1, clue_ids.NAME4: 2}
#: keys of single clues and of pairs, those held and those asked for
_SINGLE, _PAIRS = 8, 24
_ASKED_SINGLE, _ASKED_PAIRS = 16, 64
_REACH: Final = 8
_PAIRED: Final = (clue_ids.PLACE, clue_ids.NOTION, clue_ids.YEAR, clue_ids.NUMBER, clue_ids.EXACT)
_TOLD_ANYWHERE: Final = np.isin(np.frombuffer(CLASS_OF, np.uint8), _PAIRED)
_TOLD: Final = np.isin(np.frombuffer(CLASS_OF, np.uint8), (*_PAIRED, clue_ids.NAME4, clue_ids.NAME5))


def _telling(found: Iterable[tuple[int, int, int, str]]) -> tuple[int, ...]:
    keys = {key: _TELLING[CLASS_OF[clue]] for _place, clue, key, _written in found if key}
    return tuple(sorted(keys, key=lambda key: (keys[key], key)))


def _near(ids: array[int], *, sure: bool) -> list[int]:
    """Keys of two clues near each other, ascending: rare together, where each by itself is common."""
    clues = np.frombuffer(ids, np.uint16)
    clues = clues[(_TOLD if sure else _TOLD_ANYWHERE)[clues]].astype(np.uint32)
    if len(clues) < 2:
        return []
    pairs = [
        (np.minimum(one, two) * np.uint32(0x9E3779B1)) ^ (np.maximum(one, two) * np.uint32(0x85EBCA6B))
        for one, two in ((clues[:-step], clues[step:]) for step in range(1, min(_REACH, len(clues) - 1) + 1))
    ]
    keys = np.unique(np.concatenate(pairs) * np.uint32(0xC2B2AE35))
    found: list[int] = keys[:_ASKED_PAIRS].tolist()
    return found
