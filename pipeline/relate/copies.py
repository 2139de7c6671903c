"""Is one of two articles a copy of the other, another version of it, or does it only quote it?

Two texts are one when most of the shorter stands in the longer: containment (Broder, On the Resemblance and
Containment of Documents, 1997), not resemblance, since copies are cut, enlarged, wrapped in pleas and teasers.
Lines that outlets put into texts count on neither side. A copy begins as its original does; a quotation stands in
quotation marks, or leaves most of both texts alone. Reports written by one template share their words and differ
in their figures: they are neither.
"""

from __future__ import annotations

from datetime import timedelta

from pipeline.relate import copy_evidence as evidence
from pipeline.relate.copy_layout import Sides, begins_alike, is_loose, quoter, sides
from pipeline.relate.copy_lines import is_put_in, language_of
from pipeline.relate.copy_same import is_same
from pipeline.relate.overlap import Overlap
from pipeline.relate.types import Kind, Piece, Tie

#: containment of the shorter text from which two texts are one, and the words in common that takes
_ONE, _ONE_WORDS = 0.5, 15
#: the same where both begin with the same words
_ONE_BY_LEAD, _LEAD_WORDS = 0.3, 25
#: the same for a few words, and where they stand in quotation marks in one of the texts
_SURELY_ONE = 0.8
#: a text embeds a shorter one among others (a digest, a live blog) if it shares less, all of it in one place
_DIGEST, _ONE_PLACE = 0.2, 1.5
#: words before the first shared ones where two texts begin alike: a dateline
_DATELINE = 12
#: words in common below which nothing is said, and below which the paragraphs are always looked at
_FEWEST, _FEW = 8, 60
#: words of a passage that is taken for a quotation: behind quotation marks, and without
_MARKED, _UNMARKED = 12, 20
#: a flash of so few words says the same of another event so much later ("air alert in Kyiv")
_FLASH, _ANOTHER_EVENT = 40, timedelta(days=2)


def worth_reading(shared_prints: int, first_prints: int, second_prints: int) -> bool:
    """Do two texts with so many prints in common deserve to be compared word for word?

    A single print of many is mostly chance, or a line that outlets put into texts.
    """
    fewer = min(first_prints, second_prints)
    return shared_prints >= (1 if fewer <= 10 else max(2, fewer // 30))


def judge(first: Piece, second: Piece, common: Overlap) -> Tie | None:
    """What two articles have word for word in common: one text, a quotation, or (None) nothing that tells.

    ``common`` is the overlap of their ``text_words``, in this order. Symmetric but for ``quoted_from_first``.
    """
    if common.shared < _FEWEST or _by_template(common):
        return None
    contained = max(common.contained_first, common.contained_second)
    if contained >= _SURELY_ONE and common.shared >= _FEW and not _is_digest(common):
        return _one_text(first, second, common, contained)
    return _looked_at(first, second, common)


def _by_template(common: Overlap) -> bool:
    """Are the same sentences filled with other figures?"""
    figures = sum(passage.figures for passage in common.passages)
    others = sum(passage.other_figures for passage in common.passages)
    replaced = sum(passage.replaced for passage in common.passages)
    return others >= 3 and others >= figures and replaced >= 0.05 * common.shared


def _is_digest(common: Overlap) -> bool:
    if min(common.contained_first, common.contained_second) >= _DIGEST:
        return False
    ends = [
        (p.first_start, p.first_end) if common.first > common.second else (p.second_start, p.second_end)
        for p in common.passages
    ]
    return max(end for _, end in ends) - min(start for start, _ in ends) <= _ONE_PLACE * common.shared


def _looked_at(first: Piece, second: Piece, common: Overlap) -> Tie | None:
    """The same for articles whose paragraphs have to be looked at."""
    language = language_of(first, second)
    layout = _told(sides(first, second, common), language)
    by = quoter(layout, _longest(common))
    needed = _needed(layout, by, common)
    contained = _contained(layout, needed, language)
    if contained >= needed and not _is_repeated_flash(first, second, common):
        return _one_text(first, second, common, contained)
    if not _quotes(layout, by):
        return None
    return Tie(
        kind=Kind.QUOTES,
        confidence=evidence.of_quotation(common, marked=by is not None),
        evidence=evidence.lines(first, second, common, by),
        quoted_from_first=None if by is None else by == 1,
    )


def _longest(common: Overlap) -> int:
    """The index of the longest passage; of two, the one that stands nearer to the beginnings."""
    passages = common.passages
    return max(
        range(len(passages)),
        key=lambda index: (
            passages[index].words,
            -passages[index].first_start - passages[index].second_start,
        ),
    )


def _told(layout: Sides, language: str | None) -> Sides:
    """Both texts without the lines put in that they share."""
    first, second = (
        side.without(lambda paragraph: not paragraph.alone and is_put_in(paragraph, language))
        for side in layout
    )
    return first, second


def _contained(layout: Sides, needed: float, language: str | None) -> float:
    """The greater containment; the lines put in on one side only are looked for if that may decide."""
    contained = max(side.contained for side in layout)
    at_most = max(side.without(lambda paragraph: paragraph.alone).contained for side in layout)
    if contained >= needed or at_most < needed:
        return contained
    return max(
        side.without(lambda paragraph: paragraph.alone and is_put_in(paragraph, language)).contained
        for side in layout
    )


def _needed(layout: Sides, by: int | None, common: Overlap) -> float:
    """How much of one text the other must have for both to be one; more than 1 where they are not."""
    shared = min(side.shared for side in layout)
    if shared < _FEWEST:
        return 2.0
    if by is None and shared >= _LEAD_WORDS and begins_alike(layout, _DATELINE):
        return _ONE_BY_LEAD
    if _is_digest(common):
        return 2.0
    return _ONE if by is None and shared >= _ONE_WORDS else _SURELY_ONE


def _is_repeated_flash(first: Piece, second: Piece, common: Overlap) -> bool:
    if min(common.first, common.second) >= _FLASH or first.published is None or second.published is None:
        return False
    return abs(first.published - second.published) > _ANOTHER_EVENT


def _quotes(layout: Sides, by: int | None) -> bool:
    """Is there a passage in the text proper, long enough for a quotation, and more than whole lines?"""
    needed = _UNMARKED if by is None else _MARKED
    pairs = zip(layout[0].spans, layout[1].spans, strict=True)
    return any(
        all(side.holds(span) >= needed for side, span in zip(layout, pair, strict=True))
        and not all(is_loose(side, span) for side, span in zip(layout, pair, strict=True))
        for pair in pairs
    )


def _one_text(first: Piece, second: Piece, common: Overlap, contained: float) -> Tie:
    if is_same(first, second, common):
        kind = Kind.SAME_AS
    elif first.outlet_id == second.outlet_id:
        kind = Kind.VERSION_OF
    else:
        kind = Kind.SYNDICATED_COPY_OF
    return Tie(
        kind=kind,
        confidence=evidence.of_one_text(common, contained),
        evidence=evidence.lines(first, second, common),
    )
