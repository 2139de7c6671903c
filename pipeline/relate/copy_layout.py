"""Two articles side by side: which of their paragraphs hold what they share, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.relate.fingerprint import text_words
from pipeline.relate.overlap import Overlap
from pipeline.relate.types import Piece

#: words of a paragraph that may be a line put in: a plea, a teaser, a byline, a copyright line
LINE = 45
#: words by which a passage may miss or overrun what it is compared with
_SLACK = 2
#: a paragraph with a smaller part of its words shared is not in the other text
_BY_CHANCE = 0.15
_MARK = re.compile(r"[\"“”„‟«»‹›「」『』＂]|(?<!\w)['‘]")


class Span(NamedTuple):
    """Neighbouring words of one text, the end excluded."""

    start: int
    end: int

    @property
    def words(self) -> int:
        return self.end - self.start

    def common(self, other: Span) -> int:
        """How many words are in both."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Paragraph(NamedTuple):
    """A paragraph, its words, where they stand, and how many of its words the other text has too."""

    text: str
    words: tuple[str, ...]
    span: Span
    shared: int

    @property
    def alone(self) -> bool:
        """Is it in this text only?"""
        return self.shared <= _BY_CHANCE * self.span.words


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts that are compared.

    ``paragraphs`` may leave some of the text out, ``spans`` are all passages the two texts share: the same
    index is the same passage on both sides.
    """

    paragraphs: tuple[Paragraph, ...]
    spans: tuple[Span, ...]

    @property
    def words(self) -> int:
        return sum(paragraph.span.words for paragraph in self.paragraphs)

    @property
    def shared(self) -> int:
        """How many of its words the other text has too."""
        return sum(paragraph.shared for paragraph in self.paragraphs)

    @property
    def contained(self) -> float:
        """The share of its words that the other text has too, 0 to 1."""
        return self.shared / self.words if self.words else 0.0

    def without(self, unwanted: Callable[[Paragraph], bool]) -> Side:
        """The same text without some of its paragraphs."""
        return replace(self, paragraphs=tuple(p for p in self.paragraphs if not unwanted(p)))

    def among(self, span: Span) -> tuple[Paragraph, ...]:
        """The paragraphs that hold words of ``span``."""
        return tuple(paragraph for paragraph in self.paragraphs if paragraph.span.common(span))

    def holds(self, span: Span) -> int:
        """How many words of ``span`` are in its paragraphs."""
        return sum(paragraph.span.common(span) for paragraph in self.paragraphs)


Sides = tuple[Side, Side]


def sides(first: Piece, second: Piece, common: Overlap) -> Sides:
    """Both articles with the passages they share."""
    passages = common.passages
    return (
        _side(
            first,
            [Span(passage.first_start, passage.first_end) for passage in passages],
            [Span(run.first, run.first + run.words) for passage in passages for run in passage.runs],
        ),
        _side(
            second,
            [Span(passage.second_start, passage.second_end) for passage in passages],
            [Span(run.second, run.second + run.words) for passage in passages for run in passage.runs],
        ),
    )


def _side(piece: Piece, passages: Iterable[Span], runs: Iterable[Span]) -> Side:
    return Side(tuple(_paragraphs(piece, _marked(runs))), tuple(passages))


def _marked(runs: Iterable[Span]) -> bytearray:
    """A one for each word that a run holds."""
    spans = tuple(runs)
    shared = bytearray(max((span.end for span in spans), default=0))
    for span in spans:
        shared[span.start : span.end] = b"\1" * span.words
    return shared


def _paragraphs(piece: Piece, shared: bytearray) -> Iterator[Paragraph]:
    start = 0
    for text in piece.paragraphs or (piece.title,):
        words = tuple(text_words("", (text,)))
        span = Span(start, start + len(words))
        start = span.end
        yield Paragraph(text, words, span, shared.count(1, span.start, span.end))


def begins_alike(layout: Sides, within: int) -> bool:
    """Do both texts begin with words they share, so many words of a dateline or so left aside?"""
    starts = zip(*([span.start for span in side.spans] for side in layout), strict=True)
    return any(max(pair) <= within for pair in starts)


def is_loose(side: Side, span: Span) -> bool:
    """Is the passage whole short paragraphs without a quotation mark, as a line of boilerplate would be?"""
    touched = side.among(span)
    whole = span.words >= sum(paragraph.span.words for paragraph in touched) - _SLACK
    return whole and span.words <= LINE and not any(_MARK.search(paragraph.text) for paragraph in touched)


def quoter(layout: Sides, index: int) -> int | None:
    """On which of the two sides, 0 or 1, the passage stands as a quotation; None where the texts do not tell.

    It begins behind a quotation mark there, and not on the other side; or there other words of the paragraph
    stand before the mark (he said: "...") and not on the other side.
    """
    for test in (_is_marked, _is_introduced):
        found = [test(side, side.spans[index].start) for side in layout]
        if found[0] != found[1]:
            return found.index(True)
    return None


def _is_marked(side: Side, at: int) -> bool:
    """Stands a quotation mark right before this word, give or take one?"""
    return any(abs(before - at) <= 1 for before in _marks(side, at))


def _is_introduced(side: Side, at: int) -> bool:
    return _is_marked(side, at) and at not in {paragraph.span.start for paragraph in side.paragraphs}


def _marks(side: Side, at: int) -> Iterator[int]:
    """Before which words stand the quotation marks of the paragraph that holds this word?"""
    for paragraph in side.among(Span(at, at + 1)):
        for mark in _MARK.finditer(paragraph.text):
            yield paragraph.span.start + len(text_words("", (paragraph.text[: mark.start()],)))
