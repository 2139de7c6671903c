"""One article as memory keeps it: a key for each of its lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from pipeline.article import CleanArticle, RemovalKind

#: keys remembered of one article
MAX_KEYS = 300
#: what a removal's rule begins with when it was memory that cut
RULE = "memory:"
#: the name under which ``PageMeta.sources`` gives the signature of the element that held the body
HOME_SOURCE = "body"

#: widths of a line: shorter ones are remembered only where they are links
_SHORT = 20
_LEAST = 3
#: from this width on a line is told by nobody but its article, or by the outlet's form
_LONG = 80
#: from this width on a line is prose
PROSE = 160

# "12 March 2026", "12 de marzo de 2026", "March 12, 2026"
_DATE = re.compile(
    r"\d{1,2}\S{0,2} (?:[^\W\d]+\.? ){1,3}(?:19|20)\d\d|[^\W\d]+\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d[\d\s.,:/'’%-]*")
_DIGITS = re.compile(r"\d+")
# Of the scripts whose figures the press uses; much faster than every decimal of Unicode.
_DIGIT = re.compile("[0-9٠-٩۰-۹०-९]")
_WIDE = re.compile("[\u2e80-\U0010ffff]")


# --- keys -----------------------------------------------------------------------------------------------


def normalised(line: str) -> str:
    """The line as it is compared: prose as it is, of shorter ones one case and every number and date ``0``.

    White space is the extractor's to fold.
    """
    line = line.strip()
    if len(line) >= PROSE:
        return line
    folded = line.lower()
    if not _DIGIT.search(folded):
        return folded
    dated = _DATE.sub("0", folded) if _YEAR.search(folded) else folded
    return _NUMBER.sub("0", dated)


def key_of(line: str) -> int:
    """64 bits of BLAKE2b (RFC 7693) of the normalised line: the same on every machine and in every run."""
    return _measured(line)[0]


@lru_cache(maxsize=2048)
def _measured(line: str) -> tuple[int, int]:
    """Key and width of a line. Asked for when it is read, when it is remembered, and for the next article."""
    normal = normalised(line)
    digest = blake2b(normal.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little"), width(normal)


def width(text: str) -> int:
    """Characters, those of scripts that write a word in one or two counted three times."""
    return len(text) if text.isascii() or not _WIDE.search(text) else 3 * len(text)


def signature(path: str) -> str:
    """An element path as it is the same on every page of a template: numbers in ids and classes are ``0``."""
    return _DIGITS.sub("0", path)


# --- one article ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is remembered of one article.

    ``keys`` are those of the body's long lines (the first ``longs``), of its other lines, and of what was cut
    from it, whose ``kinds`` belong to the last of the keys. No key is there twice. ``home`` is the signature
    of the element that held the body, where the page had one.
    """

    keys: tuple[int, ...]
    longs: int = 0
    kinds: tuple[RemovalKind, ...] = ()
    home: str | None = None


def lesson(article: CleanArticle) -> Lesson:
    """What one article teaches. What memory itself cut from it is counted as its body, but proves no kind."""
    anchors = {link.text for link in article.links}
    longs: dict[int, None] = {}
    others: dict[int, None] = {}
    removed: dict[int, RemovalKind] = {}
    for line in islice(_lines(article.paragraphs), MAX_KEYS):
        key, size = _measured(line)
        if size >= _LONG:
            longs[key] = None
        elif size >= _SHORT or (size >= _LEAST and line in anchors):
            others[key] = None
    for removal in article.removals[:MAX_KEYS]:
        least = _LEAST if removal.links else _SHORT
        ours = removal.rule.startswith(RULE)
        for key, size in map(_measured, islice(_lines((removal.text,)), MAX_KEYS - len(removed))):
            if size >= least and ours:
                others[key] = None
            elif size >= least:
                removed.setdefault(key, removal.kind)
    return _lesson(longs, others, removed, article.meta.sources.get(HOME_SOURCE))


def _lesson(
    longs: Mapping[int, None],
    others: Mapping[int, None],
    removed: Mapping[int, RemovalKind],
    home: str | None,
) -> Lesson:
    own = [*longs, *(key for key in others if key not in longs)][:MAX_KEYS]
    cut = [(key, kind) for key, kind in removed.items() if key not in longs and key not in others]
    cut = cut[: MAX_KEYS - len(own)]
    return Lesson(
        keys=(*own, *(key for key, _ in cut)),
        longs=min(len(longs), MAX_KEYS),
        kinds=tuple(kind for _, kind in cut),
        home=home,
    )


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if "\n" not in text:
            yield text
        else:
            yield from (line for line in text.split("\n") if line.strip())


def said(article: CleanArticle) -> tuple[str, ...]:
    """The body as the outlet wrote it: what memory cut is in its place again.

    By this two versions are compared, and by this a body is known again: memory grows from article to
    article, and what it learned meanwhile is no edit of the outlet's. Joined, the texts have the words of the
    body before memory looked at it; they may be cut into paragraphs otherwise.
    """
    cuts = [(cut.position, cut.text) for cut in article.removals if cut.rule.startswith(RULE)]
    return rejoined(article.paragraphs, article.positions, cuts) if cuts else article.paragraphs


Place = tuple[int, int, int]


def rejoined(
    paragraphs: Sequence[str], positions: Sequence[Place], cuts: Iterable[tuple[Place, str]]
) -> tuple[str, ...]:
    """Paragraphs and cuts in the order of their places; the paragraphs alone where these are not known."""
    if len(paragraphs) != len(positions):
        return tuple(paragraphs)
    pieces = [*zip(positions, paragraphs, strict=True), *cuts]
    return tuple(text.strip() for _, text in sorted(pieces, key=lambda piece: piece[0]))
