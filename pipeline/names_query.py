"""A search widened by the spellings of its names, and where a text has them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from pipeline.text import fold_with_offsets, words

#: how many ways to write a word or a phrase are asked for
MOST_WAYS = 64
# Of each word of a phrase of one, two, three, more words.
_MOST_CHOICES = (MOST_WAYS, 24, 8, 3)

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<after>\*?)|(?P<word>[^\s"]+))')
_TYPED = str.maketrans(dict.fromkeys("“”„‟«»״＂", '"') | dict.fromkeys("–−", "-"))
#: the Arabic article as Latin and Cyrillic write it, apart; in Arabic it is a part of the word
_ARTICLES = frozenset(words("al el ul as an ar ash at ad az аль эль ель ас ар эр ер аш эш еш"))

Spellings = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Widened:
    """``query`` asks for every spelling; ``terms`` are what is found by it, folded, as asked first."""

    query: str
    terms: tuple[str, ...]
    #: those of ``terms`` that were not asked for
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A term at characters ``start`` to ``end`` (without it) of the original text."""

    term: str
    start: int
    end: int


def widened(query: str, spellings: Spellings) -> Widened:
    """The query with every word, also those of phrases, as itself or any of its spellings.

    Left as they are: words to leave out (``-a``, ``NOT a``) and beginnings (``econ*``); and, where any word of
    the query has a capital, those without. ``spellings`` gives the spellings of a folded word, the best first, and
    of several words that are one name together.
    """
    typed = query.translate(_TYPED)
    named = any(char.isupper() for match in _TERM.finditer(typed) for char in _text(match)[:1])
    parts, terms, added = list[str](), list[str](), list[str]()
    negated = False
    for match in _TERM.finditer(typed):
        text = _text(match)
        if _is_operator(match):
            negated = text == "NOT"
            parts.append(text)
            continue
        asked = " ".join(words(text))
        if match["minus"] or negated or not asked:
            parts.append(match[0])
        else:
            plain = match["after"] or text.endswith("*") or (named and text == text.lower() != text.upper())
            ways = () if plain else _ways(asked.split(" "), spellings)
            parts.append(" OR ".join((match[0], *(f'"{way}"' for way in ways))))
            terms.append(asked)
            added.extend(ways)
        negated = False
    return Widened(" ".join(parts), tuple(dict.fromkeys((*terms, *added))), tuple(dict.fromkeys(added)))


def _text(match: re.Match[str]) -> str:
    return match["phrase"] if match["phrase"] is not None else match["word"]


def _is_operator(match: re.Match[str]) -> bool:
    return match["word"] in ("AND", "OR", "NOT") and not match["minus"]


def _ways(asked: Sequence[str], spellings: Spellings) -> tuple[str, ...]:
    """Other ways to write a word or a phrase."""
    whole = " ".join(asked)
    # What a place is called elsewhere may be of several words where it was one, or the other way round.
    placed = spellings(whole) if len(asked) > 1 else ()
    found = [*placed, *_spelled(asked, spellings)]
    for name in placed if len(asked) > 1 else tuple(found):
        parts = name.split(" ")
        if len(parts) > 1 and max(map(len, parts)) > 1:
            found += _spelled(parts, spellings)
    return tuple(way for way in dict.fromkeys(found) if way != whole)[:MOST_WAYS]


def _spelled(asked: Sequence[str], spellings: Spellings) -> Iterator[str]:
    """The phrases that the spellings of each word make, the likeliest first. All words of one are in one script."""
    names = [word for word in asked if word not in _ARTICLES] or list(asked)
    most = _MOST_CHOICES[min(len(names), len(_MOST_CHOICES)) - 1]
    choices = [list(enumerate((word, *spellings(word)[:most]))) for word in names]
    ways = [way for way in product(*choices) if len({script_of(word) for _, word in way}) == 1]
    ways.sort(key=lambda way: sum(rank for rank, _ in way))
    for way in ways[:MOST_WAYS]:
        yield " ".join(words(" ".join(word for _, word in way)))


def script_of(word: str) -> int:
    """A number that is the same for letters of one script: blocks of 256 are near enough."""
    code = ord(word[0])
    return 0 if code < 0x250 else code >> 8


def matches(terms: Iterable[str], text: str) -> tuple[Match, ...]:
    """Where the folded terms stand in a text, in order: as words, or in scripts without spaces anywhere."""
    wanted = sorted(terms, key=len, reverse=True)
    if not wanted:
        return ()
    folded, offsets = fold_with_offsets(text)
    ends = (*offsets, len(text))
    return tuple(_found(wanted, text, folded, ends))


def _found(wanted: Sequence[str], text: str, folded: str, ends: Sequence[int]) -> Iterator[Match]:
    groups = "|".join(f"({_pattern(term)})" for term in wanted)
    for match in re.finditer(groups, folded):
        start, end = ends[match.start()], ends[match.end()]
        yield Match(wanted[(match.lastindex or 1) - 1], start, start + len(text[start:end].rstrip()))


def _pattern(term: str) -> str:
    single = term.split(" ")
    if all(len(word) == 1 and word >= "\u0e00" for word in single):
        return r"\W*".join(map(re.escape, single))
    inner = r"\W+".join(map(re.escape, single))
    return rf"(?<!\w){inner}(?!\w)"
