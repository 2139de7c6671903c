"""Lines that outlets put into texts: pleas, teasers, bylines, copyright lines. They make no text another text."""

from __future__ import annotations

import re

from pipeline.clean import phrases, wording
from pipeline.clean.lines import Line, Page
from pipeline.relate.copy_layout import LINE, Paragraph
from pipeline.relate.types import Piece

_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）)[\s.]*")


def is_put_in(paragraph: Paragraph, language: str | None) -> bool:
    """Is it such a line, by its words alone? What stands in brackets is a byline or a note.

    The phrases are those the cleaner cuts a page's lines by, in the text's language and in English.
    """
    if paragraph.span.words > LINE:
        return False
    if _BRACKETED.fullmatch(paragraph.text):
        return True
    text = paragraph.text
    line = Line(block=1, start=0, end=len(text), text=text, kind="paragraph", path="", chosen=True)
    return bool(line.words) and wording.by_phrase(line, _page(language)) is not None


def language_of(first: Piece, second: Piece) -> str | None:
    """The language whose phrases are looked for in both articles; the same whichever is named first."""
    return min((piece.language for piece in (first, second) if piece.language), default=None)


def _page(language: str | None) -> Page:
    """A page of which nothing is known but its language."""
    return Page(
        url="",
        host="",
        lexicon=phrases.lexicon(language),
        titles=frozenset(),
        lead="",
        first=0,
        last=2,
        home="",
        lines=(),
        size=0,
        mass={},
    )
