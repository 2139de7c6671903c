"""The phrase files, compiled: does a line begin with, consist of, or contain what only noise says?

Lines are compared folded (``pipeline.text.fold``) and without punctuation but for colons, so one spelling in
the file covers all. The files and their little pattern language: ``phrases/README.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.article import RemovalKind
from pipeline.text import fold

#: languages whose press also uses the phrases of another
_NEIGHBOURS = {
    "uk": ("ru",),
    "ru": ("uk",),
    "be": ("ru", "uk"),
    "kk": ("ru",),
    "ky": ("ru",),
    "ps": ("fa", "ar"),
    "ur": ("fa", "ar", "hi"),
    "ckb": ("ar", "fa"),
    "ca": ("es",),
    "gl": ("es", "pt"),
    "yue": ("zh",),
    "mk": ("bg",),
}
# Punctuation and ornaments that never tell phrases apart. Combining marks of Indic scripts are no part of it.
_ORNAMENTS = re.compile(
    r"""[.,!?…"()\[\]{}<>„;|/*_•·“”،؛؟。、！？，।⟨⟩「」『』【】《》〈〉〔〕‹›#~^=+\\]|[\u2190-\u2bff\u3030\ufe0f\U0001f000-\U0001faff]"""
)
_COLON = re.compile(r"\s*[:：]\s*")
_SPACE = re.compile(r"\s+")
_ITEM = re.compile(r"\.\.\.|\{\}|\[[^\]]*\]|(?:[^\s()\[\]]|\([^)]*\))+")
_PIECE = re.compile(r"\([^)]*\)|[^()]+")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_FIELDS = ("labels", "weak", "lines", "phrases")


@dataclass(frozen=True, slots=True)
class Match:
    """A hit: the folded words that follow the label (or stand for ``{}``), the language of its file."""

    kind: RemovalKind
    language: str
    #: where the label ends in the folded line; 0 for phrases and lines
    end: int
    #: a colon or a dash follows the label
    marked: bool
    rest: str
    weak: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Rules:
    labels: tuple[re.Pattern[str], ...]
    weak: re.Pattern[str] | None
    lines: frozenset[str]
    phrases: re.Pattern[str] | None


def line_key(text: str) -> str:
    """A line as phrases are compared with it: folded, no ornaments, `` : `` around every colon."""
    folded = _COLON.sub(" : ", _ORNAMENTS.sub(" ", fold(text)))
    return _SPACE.sub(" ", folded).strip(" -'")


@cache
def languages() -> tuple[str, ...]:
    """The languages there are phrases for."""
    files = resources.files("pipeline.clean").joinpath("phrases").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def relevant(language: str | None) -> tuple[str, ...]:
    """The files to ask: the language's own, its neighbours', English; all where the language is unknown."""
    known = languages()
    if language is None:
        return known
    wanted = dict.fromkeys((language, *_NEIGHBOURS.get(language, ()), "en"))
    return tuple(name for name in wanted if name in known)


def starts(key: str, kind: RemovalKind, language: str | None) -> Match | None:
    """Does the line begin with a label of ``kind``? ``key`` is its ``line_key``."""
    for name in relevant(language):
        rules = _load(name).get(kind)
        if rules is None:
            continue
        for pattern in rules.labels:
            if found := pattern.match(key):
                return _label(found, kind, name, key, weak=False)
        if rules.weak and (found := rules.weak.match(key)):
            return _label(found, kind, name, key, weak=True)
    return None


def _label(found: re.Match[str], kind: RemovalKind, language: str, key: str, *, weak: bool) -> Match:
    groups = found.groupdict()
    if groups.get("name") is not None:
        return Match(kind, language, found.end(), marked=True, rest=groups["name"].strip(" :-"), whole=True)
    rest = key[found.end() :]
    stripped = rest.lstrip(" :-")
    marked = bool(found["colon"]) or rest.lstrip().startswith((":", "-"))
    return Match(kind, language, found.end(), marked=marked, rest=stripped, weak=weak)


def is_line(key: str, kind: RemovalKind, language: str | None) -> str | None:
    """The language in whose file the whole line stands, or None."""
    bare = key.rstrip(" :")
    hits = (name for name in relevant(language) if (rules := _load(name).get(kind)) and bare in rules.lines)
    return next(hits, None)


def may_contain(key: str, language: str | None) -> bool:
    """Is there any phrase of any kind in the line? One search where most lines end."""
    return any(pattern.search(key) for name in relevant(language) if (pattern := _all_phrases(name)))


@cache
def _all_phrases(language: str) -> re.Pattern[str] | None:
    found = [rules.phrases.pattern for rules in _load(language).values() if rules.phrases]
    return re.compile("|".join(found)) if found else None


def contains(key: str, kind: RemovalKind, language: str | None) -> tuple[str, int] | None:
    """``(language, number of different phrases)`` of ``kind`` in the line, or None."""
    for name in relevant(language):
        rules = _load(name).get(kind)
        if rules and rules.phrases and (found := {match[0] for match in rules.phrases.finditer(key)}):
            return name, len(found)
    return None


@cache
def _load(language: str) -> Mapping[RemovalKind, _Rules]:
    file = resources.files("pipeline.clean").joinpath("phrases", f"{language}.toml")
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[RemovalKind, _Rules]:
    """A phrase file's rules by kind. Raises ``ValueError`` naming what is wrong with the file."""
    rules: dict[RemovalKind, _Rules] = {}
    for section, fields in tomllib.loads(text).items():
        kind = RemovalKind(section)
        if unknown := set(fields) - set(_FIELDS):
            known = ", ".join(_FIELDS)
            message = f"[{section}] has unknown fields: {', '.join(sorted(unknown))}; known are {known}"
            raise ValueError(message)
        rules[kind] = _Rules(
            labels=_labels(fields.get("labels", ())),
            weak=_any([_pattern(label) for label in fields.get("weak", ())], tail=_TAIL),
            lines=frozenset(line_key(line) for line in fields.get("lines", ())),
            phrases=_any([_pattern(phrase) for phrase in fields.get("phrases", ())]),
        )
    return rules


_TAIL = r"(?P<colon>)"


def _labels(labels: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """One pattern for plain labels, one for those that demand a colon, one for each with a ``{}``."""
    with_name = [label for label in labels if "{}" in label]
    coloned = [
        label.rstrip(": ") for label in labels if label not in with_name and label.rstrip().endswith(":")
    ]
    plain = [label for label in labels if label not in with_name and not label.rstrip().endswith(":")]
    found = [
        _any([_pattern(label) for label in _longest(plain)], tail=_TAIL),
        _any([_pattern(label) for label in _longest(coloned)], tail=r"(?P<colon> ?:)"),
        *(re.compile(_pattern(label.rstrip("$")) + r"(?P<colon>)$") for label in with_name),
    ]
    return tuple(pattern for pattern in found if pattern is not None)


def _longest(labels: Iterable[str]) -> list[str]:
    return sorted(labels, key=len, reverse=True)


def _any(patterns: Sequence[str], *, tail: str = "") -> re.Pattern[str] | None:
    """One pattern for all: whole words only, but in scripts without spaces."""
    spaced = [pattern for pattern in patterns if not _is_unspaced(pattern)]
    unspaced = [pattern for pattern in patterns if _is_unspaced(pattern)]
    either = []
    if spaced:
        either.append(rf"(?<![^\s'-])(?:{'|'.join(spaced)})(?![^\s:'-])")
    if unspaced:
        either.append(f"(?:{'|'.join(unspaced)})")
    return re.compile(f"(?:{'|'.join(either)}){tail}") if either else None


def _is_unspaced(pattern: str) -> bool:
    return _UNSPACED.search(pattern) is not None


def _pattern(phrase: str) -> str:
    """The regular expression of one phrase in the files' little language."""
    unspaced = _is_unspaced(phrase)
    gap, pattern = "" if unspaced else " ", ""
    for item in _ITEM.findall(phrase):
        before = gap if pattern and not _all_optional(pattern) else ""
        if item == "...":
            pattern += r"(?: [^\s:]+){0,4}"
        elif item == "{}":
            pattern += rf"{before}(?P<name>.{{2,60}}?)"
        elif item[0] == "[" and not before and not (pattern and unspaced):
            pattern += f"(?:{_choices(item[1:-1])}{gap})?"
        elif item[0] == "[":
            pattern += f"(?:{gap}{_choices(item[1:-1])})?"
        else:
            pattern += before + "".join(_piece(piece) for piece in _PIECE.findall(item))
    return pattern


def _all_optional(pattern: str) -> bool:
    """Is there nothing yet but optional words, each with its own space behind it?"""
    return re.fullmatch(r"(?:\(\?:\(\?:[^()]*\) \)\?)+", pattern) is not None


def _piece(piece: str) -> str:
    return _choices(piece[1:-1]) if piece[0] == "(" else _words(piece)


def _choices(text: str) -> str:
    return f"(?:{'|'.join(_words(choice) for choice in text.split('|'))})"


def _words(text: str) -> str:
    """Words of a phrase as a pattern; the signs ``*`` and ``…`` survive folding as letters."""
    key = line_key(text.replace("*", _STAR).replace("…", _GAP))
    escaped = re.escape(key).replace(r"\ ", " ").replace(r"\-", "-")
    return escaped.replace(_STAR, r"[^\s:]*").replace(_GAP, ".{0,12}?")


_STAR, _GAP = "zqstarqz", "zqgapqz"
