"""What can be said of a block in numbers: its words, its place, its box, and the page around it.

One row per block that may be body. Nothing here depends on a language but the signs that end a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.extract import zones
from pipeline.extract.blocks import RawBlock, Segments
from pipeline.extract.page import Numbers, Page
from pipeline.text import fold

#: the signs that end a sentence, and those that may follow them
_ENDS = frozenset(".!?…。！？؟।۔:")
_CLOSING = "'\"”’»)]"
_TAIL = 6
_RANKS = {
    "p": 0.0,
    "h1": 1.0,
    "h2": 2.0,
    "li": 4.0,
    "dd": 4.0,
    "dt": 4.0,
    "blockquote": 5.0,
    "td": 6.0,
    "th": 6.0,
}
_RANKS |= dict.fromkeys(("h3", "h4", "h5", "h6"), 3.0)
_RANKS |= dict.fromkeys(("div", "section", "article", "body"), 7.0)
_RANKS |= dict.fromkeys(("figcaption", "figure"), 8.0)
_OTHER_RANK = 9.0
_ZONES = np.array(
    (
        zones.ASIDE, zones.HEADER, zones.FORM, zones.ARTICLE, zones.MAIN, zones.BODY, zones.NOISE,
        zones.FIGURE, zones.COMMENTS, zones.LEAD, zones.TEASER, zones.HIDDEN, zones.NAV, zones.FOOTER,
    )
)  # fmt: skip
_NEAR = np.array((zones.NOISE, zones.BODY, zones.TEASER, zones.LEAD))
#: a declared text shorter than this is a summary
_DECLARED = 200
_TITLE_LENGTH = 300
_OPENING = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page declares of its article, for recognising it in the text."""

    titles: Sequence[str] = ()
    description: str = ""
    body: str = ""


def candidates(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """The blocks that may be body: not a few linked words alone, nor linked navigation."""
    return [block for block in blocks if not (block.linked and _is_menu(block))]


def _is_menu(block: RawBlock) -> bool:
    if 2 * block.linked <= len(block.text):
        return False
    return len(block.text) < 15 or bool(block.box.zone & (zones.OUTSIDE & ~zones.ASIDE))


def rows(segments: Segments, chosen: Sequence[RawBlock], told: Told) -> NDArray[np.float32]:
    """One row of numbers for each block of ``chosen`` (at least one), in order; the columns lie together."""
    page = Page(segments, frozenset(fold(title) for title in told.titles if title))
    i = np.array([block.index for block in chosen], dtype=np.intp)
    parent = page.parent[page.at[i]]
    place = page.places(parent)
    columns = [
        *_said(chosen, page, told),
        page.headed(i),
        *page.positions(i),
        *page.alike(i),
        np.maximum(place[-1], page.score[page.at[i]] / page.top),
        *place,
        *(np.full(len(i), value) for value in page.whole),
    ]
    numbers = np.empty((len(columns) + len(_ZONES) + len(_NEAR), len(i)), dtype=np.float32)
    for row, column in zip(numbers, columns, strict=False):
        row[:] = column
    zone = np.array([block.box.zone for block in chosen])
    near = np.array([block.box.own | (block.box.parent.own if block.box.parent else 0) for block in chosen])
    flags = numbers[len(columns) :]
    np.not_equal(zone & _ZONES[:, None], 0, out=flags[: len(_ZONES)])
    np.not_equal(near & _NEAR[:, None], 0, out=flags[len(_ZONES) :])
    return numbers.T


def _said(chosen: Sequence[RawBlock], page: Page, told: Told) -> list[Numbers]:
    """What the blocks' own text says."""
    i = [block.index for block in chosen]
    sayings = _Sayings(page.titles, told)
    return [
        np.log1p(page.sizes[i]),
        page.link_share[i],
        np.array([ends(block.text) for block in chosen], dtype=np.float64),
        np.array([_RANKS.get(block.box.tag, _OTHER_RANK) for block in chosen]),
        np.array([block.strong for block in chosen]) / page.lengths[i],
        np.array([sayings.of(block.text) for block in chosen]),
    ]


def ends(text: str) -> bool:
    """Does the text end like a sentence, quotes and brackets apart?"""
    return text[-_TAIL:].rstrip(_CLOSING)[-1:] in _ENDS


class _Sayings:
    """Recognises the page's own title, description and declared body in a block's text."""

    def __init__(self, titles: frozenset[str], told: Told) -> None:
        self.titles = titles
        self.lengths = {len(title) for title in titles}
        self.opening = told.description[:_OPENING] if len(told.description) >= 30 else ""
        self.body = told.body if len(told.body) > _DECLARED else ""

    def of(self, text: str) -> float:
        """1 the title, 2 the description, 3 in the declared body, -1 not in it, 0 nothing to say."""
        length = len(text)
        near = length <= _TITLE_LENGTH and not self.lengths.isdisjoint((length, length - 1, length + 1))
        if near and fold(text) in self.titles:
            return 1.0
        if self.opening and text.startswith(self.opening):
            return 2.0
        if not self.body:
            return 0.0
        return 3.0 if (text[10:50] if length > 60 else text) in self.body else -1.0
