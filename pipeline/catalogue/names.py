"""Written names of outlets compared: whatever their case, accents, articles, clitics and endings. Pure.

A name in a sentence is seldom written as on the masthead: «Нового голосу України», «لصوت أوكرانيا الجديد»,
"des Spiegels", "Anadolu Ajansı'nın". A written name is looked for as it stands; then without what may stand
before and behind a name (articles, "news agency", «видання», proclitics); then by the stems of its words, from
which only endings of declension are cut.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Generic, TypeVar

from pipeline.text import fold, words

#: a longer text is a sentence, not a name
MAX_WORDS = 10

_SUFFIX = re.compile(r"(?<=\w{3})'\w{1,6}\b")


def _ending(least: int, endings: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=\w{{{least}}})(?:{'|'.join(sorted(endings.split(), key=len, reverse=True))})$")


_CYRILLIC = _ending(
    3,
    "а я у ю о е є и і ы ї й ь ъ ом ем єм ам ям ах ях ой ей ою ею єю ів їв ев ов ий ій ый ая яя ое ее ые ие ія ию ії ии"
    " ого его ому ему им ім їм ым их іх їх ых ами ями ими ыми ої єї ую юю ією ией ием иям иях иями ени ені енем",
)
_LATIN_ONE = _ending(5, "s es ej ego nin nun in un")
_LATIN_MANY = _ending(
    5, "s es a e i y u ej ego emu ie om ow em ia ii nin nun in un inin ini ina ine inda inde indan inden"
)
_IS_CYRILLIC = re.compile("[\u0400-\u052f]")
_IS_ARABIC = re.compile("[\u0620-\u06ff]")
_IS_HEBREW = re.compile("[\u05d0-\u05ea]")
_ARABIC_CLITICS = re.compile("^(?:[وف]?(?:[بك]|ل(?!ل))?)(?=\\w{3})")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words around names, folded: ``wording.toml``."""

    articles: frozenset[str]
    #: what may stand before or behind a name, articles and prepositions included
    framing: frozenset[str]
    #: words that point to an original and name nobody
    pointing: frozenset[str]
    #: hosts that carry anybody's words
    anybodys_hosts: frozenset[str]
    #: beginnings of words that credit a report to somebody
    crediting: tuple[str, ...]


@cache
def wording() -> Wording:
    """The packaged words."""
    text = (resources.files("pipeline.catalogue") / "wording.toml").read_bytes().decode()
    held = {name: frozenset(map(fold, listed)) for name, listed in tomllib.loads(text).items()}
    return Wording(
        articles=held["articles"],
        framing=held["articles"] | held["before"] | held["generic"],
        pointing=held["pointing"],
        anybodys_hosts=held["anybodys_hosts"],
        crediting=tuple(sorted(held["crediting"])),
    )


def name_key(written: str) -> str:
    """The name's folded words, without a leading "The" and without what follows an apostrophe."""
    return " ".join(_words(written))


def _words(written: str) -> list[str]:
    found = words(_SUFFIX.sub("", fold(written)))
    return found[1:] if found[:1] == ["the"] and len(found) > 1 else found


def stem_key(written: str) -> str:
    """The name's words without endings of declension: one key for «Новий час» and «Нового часу»."""
    return _stemmed(_words(written))


def _stemmed(parts: Sequence[str]) -> str:
    return " ".join(_stem(part, len(parts)) for part in parts)


def index_key(name: str) -> str:
    """The key a name is kept by, so that the last step of :func:`keys` leads to it."""
    return _indexed(_words(name))


def _indexed(parts: Sequence[str]) -> str:
    # One Latin word is kept whole: "Spiegels" is the Spiegel's, but a leader is not the Leaders.
    return parts[0] if len(parts) == 1 and parts[0].isascii() else _stemmed(parts)


def stem(word: str) -> str:
    """A folded word of a text, without the ending that it may have as a part of a name."""
    return _stem(word, 2)


def readings(word: str) -> tuple[str, ...]:
    """A folded word, then what it is without particles written on its front (Arabic, Hebrew)."""
    return (word, *_unclitic(word))


def _stem(word: str, of: int) -> str:
    if _IS_CYRILLIC.search(word):
        return _CYRILLIC.sub("", word)
    return (_LATIN_MANY if of > 1 else _LATIN_ONE).sub("", word) if word.isascii() else word


def keys(written: str) -> tuple[tuple[str, ...], ...]:
    """Every key to look a written name up by, in steps: as it stands, then bare, then by stems.

    The first step that finds something decides. () for what is too long for a name.
    """
    plain = _words(written)
    if not plain or len(plain) > MAX_WORDS:
        return ()
    bare = list(dict.fromkeys(_variants(plain)))
    stems = dict.fromkeys(_stemmed(parts.split()) for parts in (" ".join(plain), *bare))
    return ((" ".join(plain),), tuple(bare), tuple(stems))


def _variants(parts: list[str]) -> Iterator[str]:
    for shorter in _unframed(parts):
        yield " ".join(shorter)
        for first in _unclitic(shorter[0]):
            yield " ".join((first, *shorter[1:]))


def _unframed(parts: list[str]) -> Iterator[list[str]]:
    """The name without the generic words before it, one after the other, then without those behind it."""
    framing = wording().framing
    start = 0
    yield parts
    while start + 1 < len(parts) and any(
        bare in framing for bare in (parts[start], *_unclitic(parts[start]))
    ):
        start += 1
        yield parts[start:]
    end = len(parts)
    while end - 1 > start and parts[end - 1] in framing:
        end -= 1
        yield parts[start:end]


def _unclitic(word: str) -> Iterator[str]:
    """The word without the particles that Arabic and Hebrew write on its front, one reading after the other."""
    if _IS_ARABIC.match(word):
        yield from _unclitic_arabic(word)
    elif _IS_HEBREW.match(word) and len(word) > 3:
        for length in (1, 2):
            if all(letter in "ובלמשכה" for letter in word[:length]) and len(word) - length > 2:
                yield word[length:]


def _unclitic_arabic(word: str) -> Iterator[str]:
    bare = _ARABIC_CLITICS.sub("", word)
    for reading in dict.fromkeys((word, word[1:] if word[0] in "وف" and len(word) > 3 else word, bare)):
        if reading.startswith("لل") and len(reading) > 4:
            yield "ال" + reading[2:]
            yield reading[2:]
        if reading.startswith("ال") and len(reading) > 4:
            yield reading[2:]
        if reading != word:
            yield reading


class NameIndex(Generic[T]):
    """Who bears a written name. A name that two bear names neither."""

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        exact: dict[str, tuple[T, ...]] = {}
        stems: dict[str, tuple[T, ...]] = {}
        for name, bearer in named:
            parts = _words(name)
            _enter(exact, " ".join(parts), bearer)
            _enter(stems, _indexed(parts), bearer)
            if len(parts) > 1 and parts[0] in wording().articles:
                _enter(stems, _indexed(parts[1:]), bearer)
        self._exact: Mapping[str, tuple[T, ...]] = exact
        self._stems: Mapping[str, tuple[T, ...]] = stems

    def bearers(self, written: str) -> tuple[T, ...]:
        """All that bear the name, in the first way of reading it that anyone bears; () where nobody does."""
        steps = keys(written)
        if not steps:
            return ()
        tables = (self._exact, self._exact, self._stems)
        for table, step in zip(tables, steps, strict=True):
            found = tuple(dict.fromkeys(one for key in step for one in table.get(key, ())))
            if found:
                return found
        return ()

    def find(self, written: str) -> T | None:
        """The one that bears the name, or None."""
        found = self.bearers(written)
        return found[0] if len(found) == 1 else None


def _enter(table: dict[str, tuple[T, ...]], key: str, bearer: T) -> None:
    held = table.get(key, ())
    if key and bearer not in held:
        table[key] = (*held, bearer)
