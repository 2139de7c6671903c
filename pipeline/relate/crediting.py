"""Does a text credit another's outlet in passing: "as Ukrinform reports", «пише NV», «بحسب رويترز»? Pure.

Most of the press names its source so, in the first paragraphs, and without a link. A name counts only beside a word
that credits (``wording.toml``): an article about a broadcaster is no copy of the broadcaster's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from pipeline.catalogue.agencies import names_of
from pipeline.catalogue.names import name_key, readings, stem, wording
from pipeline.relate.types import Piece
from pipeline.text import words

#: paragraphs looked at from the beginning, and characters of each
_PARAGRAPHS, _CLIP = 3, 400
#: words before and after a name among which one must credit
_BEFORE, _AFTER = 5, 2
_SENTENCE_ENDS = (".", "!", "?", "…", "؟", "。", ":")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text cut into words: folded, as stems on one line, and as written."""

    words: tuple[str, ...]
    #: stems with a space before, between and after
    line: str
    #: where in the line a word starts (at the space before it) -> which one it is
    starts: dict[int, int]
    #: of each word, the token it is in, and whether that is written as a name of one word would be
    tokens: tuple[str, ...]
    token: tuple[int, ...]
    capital: tuple[bool, ...]


def credit(piece: Piece, other: Piece) -> str | None:
    """The words, as written, by which the piece's text credits the other's outlet; None where it does not."""
    keys = _keys(other.host, other.outlet)
    found = (passage for text in _texts(piece) for key in keys if (passage := _credited(_read(text), key)))
    return next(found, None)


def _texts(piece: Piece) -> Iterator[str]:
    yield from (text[:_CLIP] for text in (piece.lead or "", *piece.paragraphs[:_PARAGRAPHS]) if text)
    if len(piece.paragraphs) > _PARAGRAPHS:
        yield piece.paragraphs[-1][-_CLIP:]


# --- names ----------------------------------------------------------------------------------------------

_ARABIC = re.compile("[\u0620-\u06ff]")
_HEBREW = re.compile("[\u05d0-\u05ea]")


@lru_cache(maxsize=512)
def _keys(host: str, outlet: str) -> tuple[str, ...]:
    """The outlet's names as stems with single spaces around, as they are looked for in a line of stems."""
    named = (name_key(name).split() for name in (outlet, *names_of(host)))
    stems = {tuple(map(stem, parts)) for parts in named if len("".join(parts)) > 1}
    return tuple(
        sorted(f" {' '.join((first, *key[1:]))} " for key in stems for first in _with_particles(key[0]))
    )


def _with_particles(word: str) -> Iterator[str]:
    """The first word of a name as it stands in a sentence, with what Arabic and Hebrew write on its front."""
    yield word
    if _ARABIC.match(word):
        yield from (particle + word for particle in ("و", "ف", "ب", "ل", "ك", "ول", "وب"))
        if word.startswith("ال"):
            yield "لل" + word[2:]
    elif _HEBREW.match(word):
        yield from (particle + word for particle in "ובלמשה")


# --- texts ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _read(text: str) -> _Text:
    tokens = tuple(text.split())
    parts = [(word, index) for index, token in enumerate(tokens) for word in words(token)]
    stems = [stem(word) for word, _ in parts]
    offsets = accumulate((len(one) + 1 for one in stems), initial=0)
    return _Text(
        words=tuple(word for word, _ in parts),
        line=f" {' '.join(stems)} ",
        starts=dict(zip(offsets, range(len(parts)), strict=False)),
        tokens=tokens,
        token=tuple(index for _, index in parts),
        capital=tuple(_could_name(tokens, index) for _, index in parts),
    )


def _could_name(tokens: Sequence[str], index: int) -> bool:
    """Is it quoted, or has a capital that no sentence begins with, or a script without capitals?"""
    token = tokens[index]
    bare = token.lstrip("«“\"'„")
    if bare != token:
        return True
    opening = index == 0 or tokens[index - 1].endswith(_SENTENCE_ENDS)
    first, second = bare[:1], bare[1:2]
    return first.lower() == first.upper() or (first.isupper() and (not opening or second.isupper()))


def _credited(text: _Text, key: str) -> str | None:
    at = text.line.find(key)
    while at >= 0:
        start = text.starts[at]
        end = start + key.count(" ") - 1
        if (end - start > 1 or _stands_alone(text, start)) and _credits(text.words, start, end):
            first, last = max(0, start - 3), min(end, len(text.words) - 1)
            return " ".join(text.tokens[text.token[first] : text.token[last] + 1])
        at = text.line.find(key, at + 1)
    return None


def _stands_alone(text: _Text, index: int) -> bool:
    """Is one word written as a name, and no part of a longer one ("National Health Service")?"""
    here = text.token[index]
    before = text.tokens[here - 1] if here and text.words[index - 1] not in wording().framing else ""
    after = text.tokens[here + 1] if here + 1 < len(text.tokens) and text.tokens[here][-1:].isalnum() else ""
    longer = (before[:1].isupper() and before[-1:].isalnum()) or after[:1].isupper()
    return text.capital[index] and not longer


def _credits(parts: Sequence[str], start: int, end: int) -> bool:
    cues = wording().crediting
    near = (*parts[max(0, start - _BEFORE) : start], *parts[end : end + _AFTER])
    return any(reading.startswith(cues) for word in near for reading in readings(word))
