"""The phrase files' little language (``phrases/README.md``) as regular expressions, and what gates them.

A gate is what a line must hold for a phrase to be found in it at all. Asking a set for a line's words is a
hundred times cheaper than searching for all phrases, and settles nearly every line of prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from pipeline.text import fold

# Punctuation and ornaments that never tell phrases apart. Combining marks of Indic scripts are no part of it.
_ORNAMENT_SIGNS = '.,!?…"()[]{}<>„;|/*_•·“”،؛؟。、！，।⟨⟩「」『』【】《》〈〉〔〕‹›#~^=+\\\u3030\ufe0f'
_ORNAMENTS = re.compile(f"[{re.escape(_ORNAMENT_SIGNS)}\u2190-\u2bff]")
_EMOJI = re.compile("[\U0001f000-\U0001faff]")
_ASCII_KEY = bytes(
    0x20 if chr(code) in _ORNAMENT_SIGNS else ord("'") if chr(code) == "`" else ord(chr(code).lower())
    for code in range(128)
).ljust(256)
_ITEM = re.compile(r"\.\.\.|\{\}|\[[^\]]*\]|(?:[^\s()\[\]{}]|\([^)]*\))+")
_PIECE = re.compile(r"\([^)]*\)|[^()]+")
_FEW_STEMS = 8
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_STAR, _GAP = "zqstarqz", "zqgapqz"
_PREFIX = 4
T = TypeVar("T")


def line_key(text: str) -> str:
    """A line as phrases are compared with it: folded, no ornaments, `` : `` around every colon."""
    return keyed(text)[0]


def keyed(text: str) -> tuple[str, list[str]]:
    """``(line_key(text), its words)``; of words joined by an apostrophe or a hyphen also the parts."""
    key = text if text.isascii() else _plainer(text)
    if not (key.isascii() and key.isprintable()):
        key = fold(text)
    if key.isascii():  # by far the cheapest way to replace single signs
        key = key.encode().translate(_ASCII_KEY).decode()
    else:
        key = _ORNAMENTS.sub(" ", key)
        if not key.isascii() and _EMOJI.search(key):
            key = _EMOJI.sub(" ", key)
    if ":" in key:
        key = key.replace(":", " : ")
    words = key.split()
    key = " ".join(words)
    if "'" not in key and "-" not in key:
        return key, words
    key = key.strip(" -'")
    return key, words_of(key)


def _plainer(text: str) -> str:
    """The text with the press's own signs as a typewriter has them: most of English is ASCII then."""
    text = text.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"').replace("\u2014", "-")
    return text.replace("\u2013", "-").replace("\u2018", "'").replace("\u2026", " ").replace("\xa0", " ")


def words_of(key: str) -> list[str]:
    """The words of a line key, those joined by an apostrophe or a hyphen also singly."""
    words = key.split(" ")
    if "'" in key or "-" in key:
        words += key.replace("'", " ").replace("-", " ").split()
    return words


def title_key(text: str) -> str:
    """A title as its repetition is recognised, also where it is nothing but signs."""
    return line_key(text) or fold(text)


def is_unspaced(text: str) -> bool:
    """Is it written in a script that puts no spaces between words?"""
    return _UNSPACED.search(text) is not None


# --- regular expressions --------------------------------------------------------------------------------


def any_of(phrases: Sequence[str], *, tail: str = "") -> re.Pattern[str] | None:
    """One pattern for all phrases: whole words only, but in scripts without spaces."""
    spaced = [pattern(phrase) for phrase in phrases if not is_unspaced(phrase)]
    unspaced = [pattern(phrase) for phrase in phrases if is_unspaced(phrase)]
    either = []
    if spaced:
        either.append(rf"(?<![^\s'-])(?:{'|'.join(spaced)})(?![^\s:'-])")
    if unspaced:
        either.append(f"(?:{'|'.join(unspaced)})")
    return re.compile(f"(?:{'|'.join(either)}){tail}") if either else None


def pattern(phrase: str) -> str:
    """The regular expression of one phrase, to be matched against a ``line_key``."""
    unspaced = is_unspaced(phrase)
    gap, found = "" if unspaced else " ", ""
    for match in _ITEM.finditer(phrase):
        item = match[0]
        apart = phrase[match.start() - 1 : match.start()] == " "
        before = gap if found and apart and not _all_optional(found) else ""
        if item == "...":
            found += r"(?: [^\s:]+){0,4}"
        elif item == "{}":
            found += rf"{before}(?P<name>.{{2,60}}?)"
        elif item[0] == "[" and not before and not (found and unspaced):
            found += f"(?:{_choices(item[1:-1])}{gap})?"
        elif item[0] == "[":
            found += f"(?:{gap}{_choices(item[1:-1])})?"
        else:
            found += before + "".join(_piece(piece) for piece in _PIECE.findall(item))
    return found


def _all_optional(found: str) -> bool:
    """Is there nothing yet but optional words, each with its own space behind it?"""
    return re.fullmatch(r"(?:\(\?:\(\?:[^()]*\) \)\?)+", found) is not None


def _piece(piece: str) -> str:
    return _choices(piece[1:-1]) if piece[0] == "(" else _words(piece)


def _choices(text: str) -> str:
    return f"(?:{'|'.join(_words(choice) for choice in text.split('|'))})"


def _signed(text: str) -> str:
    """A piece of a phrase as a line key; its signs ``*`` and ``…`` survive folding as letters."""
    return line_key(text.replace("*", _STAR).replace("…", _GAP))


def _words(text: str) -> str:
    escaped = re.escape(_signed(text)).replace(r"\ ", " ").replace(r"\-", "-")
    return escaped.replace(_STAR, r"[^\s:]*").replace(_GAP, ".{0,12}?")


# --- gates ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words, some of them beginnings, some parts of a text without spaces."""

    whole: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    #: the first letters of the stems that have as many
    prefixes: frozenset[str] = frozenset()
    short: tuple[str, ...] = ()
    parts: re.Pattern[str] | None = None

    def begin(self, key: str, word: str) -> bool:
        """May ``key``, whose first word is ``word``, begin with one of these? Never no where it does."""
        if (
            word in self.whole
            or word[:_PREFIX] in self.prefixes
            or (self.short and word.startswith(self.short))
        ):
            return True
        return self.parts is not None and not key.isascii() and self.parts.search(key) is not None

    def has(self, word: str) -> bool:
        """Is ``word`` one of these?"""
        return word in self.whole or word.startswith(self.stems)

    def found(self, key: str, words: Sequence[str]) -> set[str]:
        """Those of ``words``, or the pieces of an unspaced ``key``, that are among these."""
        hits = set(self.whole.intersection(words))
        if self.stems:
            hits.update([word for word in words if word.startswith(self.stems)])
        return hits | set(self.parts.findall(key)) if self.parts else hits


def vocabulary(entries: Iterable[str]) -> Words:
    """Words from how a phrase file writes them: ``word``, ``beginn*``, in unspaced scripts any piece."""
    return _gathered(_signed(entry) for entry in entries)


def _gathered(tokens: Iterable[str]) -> Words:
    every = {token for token in tokens if token}
    parts = {_plain(token) for token in every if is_unspaced(token)}
    stems = {token.partition(_STAR)[0] for token in every if _STAR in token and not is_unspaced(token)}
    whole = {token for token in every if _STAR not in token and not is_unspaced(token)}
    return Words(
        whole=frozenset(whole),
        stems=tuple(sorted(stems)),
        prefixes=frozenset(stem[:_PREFIX] for stem in stems if len(stem) >= _PREFIX),
        short=tuple(stem for stem in stems if len(stem) < _PREFIX),
        parts=re.compile("|".join(map(re.escape, sorted(parts, key=len, reverse=True)))) if parts else None,
    )


def _plain(token: str) -> str:
    """The longest piece of an unspaced token without signs."""
    return max(re.split(f"{_STAR}|{_GAP}", token), key=len)


def joined(sets: Iterable[Words]) -> Words:
    """All words of all sets."""
    every = list(sets)
    parts = [one.parts.pattern for one in every if one.parts]
    return Words(
        whole=frozenset().union(*(one.whole for one in every)),
        stems=tuple({stem for one in every for stem in one.stems}),
        prefixes=frozenset().union(*(one.prefixes for one in every)),
        short=tuple({stem for one in every for stem in one.short}),
        parts=re.compile("|".join(parts)) if parts else None,
    )


def heads(phrases: Iterable[str]) -> Words:
    """The words that a line beginning with one of the phrases can begin with."""
    return _gathered(token for phrase in phrases for token in _heads(phrase))


def _heads(phrase: str) -> Iterator[str]:
    for item in _ITEM.findall(phrase):
        for choice in _alternatives(item):
            yield choice.split(" ", 1)[0]
        if item[0] != "[":
            return


def gate(phrases: Iterable[str]) -> Words:
    """For every phrase the words of which a line must hold one: the longest that it cannot do without."""
    return _gathered(token for phrase in phrases for token in _required(phrase))


@dataclass(frozen=True, slots=True)
class Gate(Generic[T]):
    """Words, each with what it may be a sign of."""

    known: frozenset[str]
    whole: Mapping[str, frozenset[T]]
    prefixes: Mapping[str, frozenset[T]]
    short: tuple[tuple[str, frozenset[T]], ...]
    parts: tuple[tuple[re.Pattern[str], T], ...]

    def touched(self, key: str, words: Sequence[str]) -> Set[T]:
        """What the words of ``key`` may be signs of. Sometimes more, never less."""
        found: set[T] = set()
        if not self.known.isdisjoint(words):
            found.update(*[self.whole[word] for word in self.known.intersection(words)])
        if self._stems_in(key):
            for prefix in self.prefixes.keys() & [word[:_PREFIX] for word in words]:
                found |= self.prefixes[prefix]
        for stem, what in self.short:
            if stem in key and any(word.startswith(stem) for word in words):
                found |= what
        if self.parts and not key.isascii():
            found.update([what for part, what in self.parts if part.search(key)])
        return found

    def begun(self, key: str, word: str) -> Set[T]:
        """The same of a line that begins with ``word``."""
        found = self.whole.get(word, frozenset()) | self.prefixes.get(word[:_PREFIX], frozenset())
        for stem, what in self.short:
            if word.startswith(stem):
                found |= what
        if self.parts and not key.isascii():
            found |= {what for part, what in self.parts if part.search(key)}
        return found

    def _stems_in(self, key: str) -> bool:
        """Where the stems are few, looking for them is cheaper than looking at every word."""
        return len(self.prefixes) > _FEW_STEMS or any(stem in key for stem in self.prefixes)


def gates(sets: Iterable[tuple[T, Words]]) -> Gate[T]:
    """One gate for all sets of words."""
    whole: dict[str, frozenset[T]] = {}
    prefixes: dict[str, frozenset[T]] = {}
    short: dict[str, frozenset[T]] = {}
    parts: list[tuple[re.Pattern[str], T]] = []
    for what, words in sets:
        for table, entries in ((whole, words.whole), (prefixes, words.prefixes), (short, words.short)):
            for entry in entries:
                table[entry] = table.get(entry, frozenset()) | {what}
        if words.parts:
            parts.append((words.parts, what))
    return Gate(
        known=frozenset(whole), whole=whole, prefixes=prefixes, short=tuple(short.items()), parts=tuple(parts)
    )


#: English is asked on every page: its commonest words would open the gate for prose
# fmt: off
_COMMON = frozenset([
    "a", "an", "and", "already", "as", "at", "be", "by", "can", "every", "find", "first", "for", "from",
    "get", "give", "going", "have", "here", "if", "in", "it", "keep", "like", "make", "means", "more",
    "never", "now", "of", "on", "or", "our", "read", "start", "that", "the", "this", "to", "today", "us",
    "we", "what", "will", "with", "work", "you", "your",
])
# fmt: on


def pieces(phrase: str) -> tuple[tuple[str, ...], ...]:
    """For each item that a line with the phrase cannot do without, letters of which the line holds some."""
    found = (tuple(_plain(spelling) for spelling in _alternatives(item)) for item in _needed(phrase))
    return tuple(spellings for spellings in found if all(spellings))


def _needed(phrase: str) -> Iterator[str]:
    """The phrase's items without the optional ones, gaps, and what follows a name."""
    for match in _ITEM.finditer(phrase):
        item = match[0]
        on_name = phrase[match.start() - 1 : match.start()] == "}" and not is_unspaced(item)
        if item not in ("...", "{}") and item[0] != "[" and not on_name:
            yield item


def _required(phrase: str) -> list[str]:
    best: list[str] = []
    for item in _needed(phrase):
        tokens = [max(choice.split(" "), key=_telling) for choice in _alternatives(item)]
        best = max(best, tokens, key=_weight)
    return best


def _weight(tokens: Sequence[str]) -> tuple[int, int]:
    sizes = [_telling(token) for token in tokens]
    return min(sizes, default=-1), sum(sizes)


def _telling(token: str) -> int:
    return 0 if token in _COMMON else len(_plain(token))


def _alternatives(item: str) -> list[str]:
    """All spellings of one item of a phrase."""
    pieces = (
        [item[1:-1].split("|")] if item[0] == "[" else [_options(piece) for piece in _PIECE.findall(item)]
    )
    return [_signed("".join(choice)) for choice in product(*pieces)]


def _options(piece: str) -> list[str]:
    return piece[1:-1].split("|") if piece[0] == "(" else [piece]
