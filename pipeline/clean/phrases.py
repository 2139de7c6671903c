"""The phrase files, compiled: does a line begin with, consist of, or contain what only noise says?

Lines are compared folded (``pipeline.text.fold``) and without punctuation but for colons, so one spelling in
the file covers all. The files and their little pattern language: ``phrases/README.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from pipeline.article import RemovalKind
from pipeline.clean import patterns
from pipeline.clean.patterns import Gate, Words, any_of, line_key, vocabulary, words_of

K = RemovalKind
#: a language's file and one kind in it
Source = tuple[str, RemovalKind]
#: the same with one of its phrases, "" for its appeals, ``{}`` for its labels with a name in them
Hint = tuple[str, RemovalKind, str]
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
    "sk": ("cs",),
    "cs": ("sk",),
    "nb": ("no", "da"),
    "nn": ("no", "da"),
    "no": ("da",),
    "da": ("no",),
    "bs": ("hr", "sr"),
    "hr": ("sr",),
    "sr": ("hr",),
    "sl": ("hr",),
}
#: kinds whose labels a line may begin with
_LABELLED = (K.ATTRIBUTION, K.READ_ALSO, K.TAGS, K.CAPTION, K.SHARE)
#: kinds of which a line may consist
_LINES = (K.ADVERTISEMENT, K.EMBED, K.COMMENTS, K.SHARE)
_FIELDS = ("labels", "weak", "lines", "phrases", "telling", "filler", "ask", "topic", "after")
_NAMED = "{}"
_MAX_LABEL_WORDS = 8
_SPLIT = re.compile(r"[\s'-]+")
_CLAUSE = re.compile(r"[.!?…。！？؟:：;,،、—–|&]+")


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
class Rules:
    """What one language's file says of one kind."""

    labels: tuple[re.Pattern[str], ...]
    weak: re.Pattern[str] | None
    lines: frozenset[str]
    phrases: tuple[str, ...]
    #: words of which a label may consist, and those of which it needs one
    filler: Words
    telling: Words
    #: what an appeal asks for and what it is about: a line with both is one
    ask: Words
    topic: Words
    #: asking words that count only where a clause begins with them
    first: Words
    #: what a line goes on with behind an outlet's name
    after: Words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The rules of all languages that a page is compared with, and the gates before them."""

    files: tuple[tuple[str, Mapping[RemovalKind, Rules]], ...]
    lines: Mapping[str, tuple[RemovalKind, str]]
    #: first words of labels
    heads: Gate[Source]
    #: first words of composed labels
    composed: Words
    #: words without which no phrase, appeal, or label with a name is in a line, with what they may be of
    inside: Gate[Hint]


# --- reading the files ----------------------------------------------------------------------------------


@cache
def languages() -> tuple[str, ...]:
    """The languages there are phrases for."""
    files = resources.files("pipeline.clean").joinpath("phrases").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def relevant(language: str | None) -> tuple[str, ...]:
    """The files to ask: the language's own, its neighbours', English; all where the language is unknown."""
    known = languages()
    if language is None:
        return known
    wanted = dict.fromkeys((language, *_NEIGHBOURS.get(language, ()), "en"))
    return tuple(name for name in wanted if name in known)


def lexicon(language: str | None) -> Lexicon:
    """The phrases for a page in ``language`` (a primary BCP 47 tag, None where unknown)."""
    return _lexicon(relevant(language))


@cache
def _lexicon(names: tuple[str, ...]) -> Lexicon:
    files = tuple((name, _load(name)) for name in names)
    raw = [_fields(name) for name in names]
    lines = {
        line: (kind, name)
        for kind in reversed(_LINES)
        for name, rules in reversed(files)
        if kind in rules
        for line in rules[kind].lines
    }
    every = [one for _, rules in files for one in rules.values()]
    heads = [((name, kind), patterns.heads(found)) for name, kind, found in _found(raw, names, named=False)]
    named = [
        ((name, kind, _NAMED), patterns.gate(found)) for name, kind, found in _found(raw, names, named=True)
    ]
    return Lexicon(
        files=files,
        lines=lines,
        heads=patterns.gates(heads),
        composed=patterns.joined(words for one in every for words in (one.telling, one.filler)),
        inside=patterns.gates([*named, *_hints(files)]),
    )


def _found(
    raw: Sequence[_File], names: Sequence[str], *, named: bool
) -> Iterator[tuple[str, RemovalKind, list[str]]]:
    """The labels of every file and kind that have, or have not, a ``{}``."""
    for name, file in zip(names, raw, strict=True):
        for section, fields in file.items():
            labels = [*fields.get("labels", ()), *fields.get("weak", ())]
            yield name, RemovalKind(section), [label for label in labels if (_NAMED in label) is named]


def _hints(files: Iterable[tuple[str, Mapping[RemovalKind, Rules]]]) -> Iterator[tuple[Hint, Words]]:
    for name, file in files:
        for kind, rules in file.items():
            for phrase in rules.phrases:
                yield (name, kind, phrase), patterns.gate((phrase,))
            yield (name, kind, ""), rules.topic


_File = Mapping[str, Mapping[str, Sequence[str]]]


@cache
def _fields(language: str) -> _File:
    file = resources.files("pipeline.clean").joinpath("phrases", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _load(language: str) -> Mapping[RemovalKind, Rules]:
    return _compiled(_fields(language))


def parse(text: str) -> Mapping[RemovalKind, Rules]:
    """A phrase file's rules by kind. Raises ``ValueError`` naming what is wrong with the file."""
    return _compiled(tomllib.loads(text))


def _compiled(file: _File) -> Mapping[RemovalKind, Rules]:
    rules: dict[RemovalKind, Rules] = {}
    for section, fields in file.items():
        if unknown := set(fields) - set(_FIELDS):
            known = ", ".join(_FIELDS)
            message = f"[{section}] has unknown fields: {', '.join(sorted(unknown))}; known are {known}"
            raise ValueError(message)
        rules[RemovalKind(section)] = _section(fields)
    return rules


def _section(fields: Mapping[str, Sequence[str]]) -> Rules:
    ask = fields.get("ask", ())
    return Rules(
        labels=_labels(fields.get("labels", ())),
        weak=any_of(fields.get("weak", ()), tail=_TAIL),
        lines=frozenset(line_key(line) for line in fields.get("lines", ())),
        phrases=tuple(fields.get("phrases", ())),
        telling=vocabulary(fields.get("telling", ())),
        filler=vocabulary(fields.get("filler", ())),
        ask=vocabulary(word for word in ask if word[0] != "^"),
        first=vocabulary(word[1:] for word in ask if word[0] == "^"),
        topic=vocabulary(fields.get("topic", ())),
        after=vocabulary(fields.get("after", ())),
    )


_TAIL = r"(?P<colon>)"


def _labels(labels: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """One pattern for plain labels, one for those that demand a colon, one for each with a ``{}``."""
    with_name = [label for label in labels if _NAMED in label]
    coloned = [
        label.rstrip(": ") for label in labels if label not in with_name and label.rstrip().endswith(":")
    ]
    plain = [label for label in labels if label not in with_name and not label.rstrip().endswith(":")]
    found = [
        any_of(_longest(plain), tail=_TAIL),
        any_of(_longest(coloned), tail=r"(?P<colon> ?:)"),
        *(re.compile(patterns.pattern(label.rstrip("$")) + r"(?P<colon>)$") for label in with_name),
    ]
    return tuple(one for one in found if one is not None)


def _longest(labels: Iterable[str]) -> list[str]:
    return sorted(labels, key=len, reverse=True)


# --- asking ---------------------------------------------------------------------------------------------


def signs(key: str, words: Sequence[str], lexicon: Lexicon) -> tuple[Set[Source], Set[Hint]]:
    """What the line may begin with, and what may be in it: for nearly every line of prose nothing.

    ``key`` is its ``line_key``, ``words`` its ``words_of``.
    """
    first = words[0]
    begun = lexicon.heads.begun(key, first)
    if "-" in first or "'" in first:
        for part in _SPLIT.split(first):
            begun = begun | lexicon.heads.begun(key, part)
    among = lexicon.inside.touched(key, words)
    named = {hint for hint in among if hint[2] == _NAMED} if among else None
    return (begun | {(name, kind) for name, kind, _ in named}, among - named) if named else (begun, among)


def starts(key: str, kind: RemovalKind, lexicon: Lexicon) -> Match | None:
    """Does the line begin with a label of ``kind``? ``key`` is its ``line_key``."""
    return begins(key, kind, lexicon, signs(key, words_of(key), lexicon)[0])


def begins(key: str, kind: RemovalKind, lexicon: Lexicon, among: Set[Source]) -> Match | None:
    """The same, of a line whose ``signs`` are known."""
    for name, rules in _among(kind, lexicon, among):
        for one in rules.labels:
            if found := one.match(key):
                return _label(found, kind, name, key, weak=False)
        if rules.weak and (found := rules.weak.match(key)):
            return _label(found, kind, name, key, weak=True)
    return None


def _having(kind: RemovalKind, lexicon: Lexicon) -> Iterator[tuple[str, Rules]]:
    for name, file in lexicon.files:
        if kind in file:
            yield name, file[kind]


def _label(found: re.Match[str], kind: RemovalKind, language: str, key: str, *, weak: bool) -> Match:
    groups = found.groupdict()
    if groups.get("name") is not None:
        return Match(kind, language, found.end(), marked=True, rest=groups["name"].strip(" :-"), whole=True)
    rest = key[found.end() :]
    stripped = rest.lstrip(" :-")
    marked = bool(found["colon"]) or rest.lstrip().startswith((":", "-"))
    return Match(kind, language, found.end(), marked=marked, rest=stripped, weak=weak)


def goes_on(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Is one of these words, of what stands behind an outlet's name, about how its article came here?"""
    return any(rules.after.has(word) for _, rules in _having(K.ATTRIBUTION, lexicon) for word in words)


def composes(label: str, kind: RemovalKind, lexicon: Lexicon) -> str | None:
    """The language in which ``label`` (a line key) is put together of the words of such labels, or None."""
    words = label.replace("'", " ").split()
    if not words or len(words) > _MAX_LABEL_WORDS or not lexicon.composed.begin(label, words[0]):
        return None
    for name, rules in _having(kind, lexicon):
        if _consists(label, words, rules):
            return name
    return None


def _consists(label: str, words: Sequence[str], rules: Rules) -> bool:
    if rules.telling.parts is not None and patterns.is_unspaced(label):
        rest = rules.telling.parts.sub("", label)
        rest = rules.filler.parts.sub("", rest) if rules.filler.parts else rest
        return not rest.strip() and rules.telling.parts.search(label) is not None
    if not all(rules.telling.has(word) or rules.filler.has(word) for word in words):
        return False
    return any(rules.telling.has(word) for word in words)


def prefix(words: Sequence[str], kind: RemovalKind, lexicon: Lexicon) -> tuple[int, int, str] | None:
    """``(words, telling ones among them, language)`` of the longest composed beginning of a line."""
    for name, rules in _having(kind, lexicon):
        count = telling = 0
        for word in words[:_MAX_LABEL_WORDS]:
            tells = rules.telling.has(word)
            if not tells and not rules.filler.has(word):
                break
            count, telling = count + 1, telling + tells
        if telling:
            return count, telling, name
    return None


def contains(key: str, kind: RemovalKind, lexicon: Lexicon, among: Set[Hint]) -> tuple[str, int] | None:
    """``(language, number of different phrases)`` of ``kind`` in the line, the page's own language first."""
    found = [
        language
        for language, its_kind, phrase in among
        if its_kind is kind and phrase and contains_phrase(key, phrase)
    ]
    return next(((name, len(found)) for name, _ in lexicon.files if name in found), None)


def contains_phrase(key: str, phrase: str) -> bool:
    """Is the phrase, in the files' little language, in the line of this ``line_key``?"""
    needs, found = _phrase(phrase)
    for pieces in needs:
        for piece in pieces:
            if piece in key:
                break
        else:
            return False
    return found is not None and found.search(key) is not None


@lru_cache(maxsize=8192)
def _phrase(phrase: str) -> tuple[tuple[tuple[str, ...], ...], re.Pattern[str] | None]:
    """Of each of its parts the letters of which a line must hold some, and its pattern."""
    return patterns.pieces(phrase), any_of((phrase,))


def _among(kind: RemovalKind, lexicon: Lexicon, among: Set[Source]) -> Iterator[tuple[str, Rules]]:
    if among:
        for name, file in lexicon.files:
            if (name, kind) in among:
                yield name, file[kind]


def appeals(
    line: tuple[str, Sequence[str], str], kind: RemovalKind, lexicon: Lexicon, among: Set[Hint]
) -> tuple[str, int] | None:
    """``(language, number of asking and topic words)`` where the line has both, or None.

    ``line`` is its key, its words, and its text, whose clauses some asking words must begin.
    """
    key, words, text = line
    for name, rules in _having(kind, lexicon):
        if (name, kind, "") not in among:
            continue
        asks = rules.ask.found(key, words)
        if rules.first.found("", words):
            asks |= rules.first.found("", _openings(text))
        if asks and (topics := rules.topic.found(key, words)) and len(asks | topics) > 1:
            return name, len(asks | topics)
    return None


def _openings(text: str) -> list[str]:
    """The first words of the text's clauses."""
    return [line_key(clause).partition(" ")[0] for clause in _CLAUSE.split(text)]
