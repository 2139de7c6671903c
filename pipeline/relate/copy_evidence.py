"""What two articles share, said to a person, and how sure it makes that they are one text or quote one another."""

from __future__ import annotations

from pipeline.relate.overlap import Overlap
from pipeline.relate.types import Piece
from pipeline.text import words

#: the part of the shared words that stand in the same order for the whole to be in order
_IN_ORDER = 0.95


def lines(first: Piece, second: Piece, common: Overlap, quoting: int | None = None) -> tuple[str, ...]:
    """Short lines for a person. ``quoting`` says which of the two, 0 or 1, has quotation marks around it."""
    shorter, longer = sorted((common.first, common.second))
    order = " in order" if common.in_order >= _IN_ORDER * common.shared else ""
    found = [f"shares {common.shared} of {shorter} words{order} with a text of {longer}", _passages(common)]
    if words(first.title) == words(second.title):
        found.append("same title")
    if quoting is not None:
        found.append(f"in quotation marks in “{(first, second)[quoting].title}” only")
    return tuple(found)


def _passages(common: Overlap) -> str:
    lengths = sorted(passage.words for passage in common.passages)
    if len(lengths) == 1:
        return f"one passage of {lengths[0]} words in common"
    return f"{len(lengths)} passages of {lengths[0]} to {lengths[-1]} words in common"


def of_one_text(common: Overlap, contained: float) -> float:
    """The confidence that they are one text, 0 to 1, by the share of the shorter text and the words shared.

    Rough: all pairs with a third of the shorter text in common were copies where it was measured; the less they
    share, the more it is left open that other texts are different.
    """
    return round((0.55 + 0.45 * min(1.0, contained)) * common.shared / (common.shared + 2), 2)


def of_quotation(common: Overlap, *, marked: bool) -> float:
    """The confidence that one quotes the other: by the longest passage and whether it stands in quotation marks."""
    longest = max(passage.words for passage in common.passages)
    return round(min(0.95, (0.75 if marked else 0.55) + longest / 400), 2)
