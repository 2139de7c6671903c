"""Are two articles the same, word for word and by their title, but for lines that outlets put in?"""

from __future__ import annotations

from pipeline.relate.copy_layout import Side, sides
from pipeline.relate.copy_lines import is_put_in, language_of
from pipeline.relate.overlap import Overlap
from pipeline.relate.types import Piece
from pipeline.text import words

#: words of a paragraph, and of all such paragraphs, that another outlet may have put in though no phrase tells
_STRANGE_LINE, _STRANGE = 20, 40


def is_same(first: Piece, second: Piece, common: Overlap) -> bool:
    """Have both the same title and the same words, in the same order, but for paragraphs put in?

    An outlet's own short additions are changes; in another outlet's copy a few short lines that no phrase
    explains are taken for its boilerplate.
    """
    if words(first.title) != words(second.title):
        return False
    if _are_one_run(common):
        return True
    language = language_of(first, second)
    strangers = _STRANGE if first.outlet_id != second.outlet_id else 0
    one, other = (_kept(side, language, strangers) for side in sides(first, second, common))
    return one == other


def _are_one_run(common: Overlap) -> bool:
    runs = [run.words for passage in common.passages for run in passage.runs]
    return runs == [common.first] == [common.second]


def _kept(side: Side, language: str | None, strangers: int) -> list[str]:
    """The words of the text without the paragraphs put in."""
    kept: list[str] = []
    for paragraph in side.paragraphs:
        if paragraph.alone and is_put_in(paragraph, language):
            continue
        if paragraph.alone and paragraph.span.words <= min(_STRANGE_LINE, strangers):
            strangers -= paragraph.span.words
            continue
        kept += paragraph.words
    return kept
