"""Which blocks of a page are the article's body.

A model fitted on annotated pages says of each block how much of it is body, from its words, its place and its
box; the line is drawn by the page's own best blocks. What stands in one row with chosen text is decided in
:mod:`pipeline.extract.complete`. An outlet's rules go before it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from pipeline.extract import complete, model, zones
from pipeline.extract.blocks import RawBlock, Segments
from pipeline.extract.complete import Scored
from pipeline.extract.container import ancestors
from pipeline.extract.features import Told, candidates, rows
from pipeline.extract.page import size_of
from pipeline.lesson import signature

#: what a block in the readers' comments, in a footer or in a box that is not shown loses: body only where the
#: page has no better
_LOSSES = ((zones.COMMENTS, 0.25), (zones.FOOTER, 0.15), (zones.HIDDEN, 0.12))
#: a zone that holds this share of what could be body, and all but so many characters, loses nothing
_MOST, _FEW = 0.8, 200
#: what a block in the element that held the outlet's other articles gains
_AT_HOME = 0.1
#: the line is this share of the level of the page's best blocks, within these bounds
_SHARE = 0.62
_BOUNDS = (0.08, 0.47)
#: how much lower the line is for what stands in a row with chosen blocks
_LENIENCE = 0.2
#: characters of the page's best blocks that give its level
_BEST = 400
#: boxes, a block's own the first, in one of which a block under the upper bound must meet the best ones
_NEAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen blocks' indices, and how sure the chooser is of its best ones, about 0 to 1."""

    indices: frozenset[int]
    level: float


_NOTHING = Choice(indices=frozenset(), level=0.0)


def choose(segments: Segments, told: Told, *, home: str | None = None) -> Choice:
    """Decide. ``home`` is the signature of the element that held the body of the outlet's other articles."""
    if segments.ruled:
        return Choice(indices=frozenset(_ruled(segments.blocks)), level=1.0)
    asked = [block for block in candidates(segments.blocks) if not block.box.zone & zones.CUT]
    if not asked:
        return _NOTHING
    shares = model.load().predict(rows(segments, asked, told))
    scored = [(share + _gain(block, home), block) for share, block in zip(shares, asked, strict=True)]
    for bit, loss in _LOSSES:
        scored = _without(scored, bit, loss)
    best = _best(scored)
    level = _level(best)
    line = min(_BOUNDS[1], max(_BOUNDS[0], _SHARE * level))
    chosen = frozenset(block.index for share, block in scored if share >= line)
    if line < _BOUNDS[1]:
        chosen = _near(scored, chosen, [block for _, block in best])
    chosen |= complete.between(scored, chosen, line - _LENIENCE)
    chosen = complete.column(scored, complete.tables(scored, chosen))
    return Choice(indices=chosen, level=level)


def _near(scored: Sequence[Scored], chosen: frozenset[int], best: Sequence[RawBlock]) -> frozenset[int]:
    """Of the chosen blocks those under the upper bound only where they stand near the best: where the level is
    low, the line is also low for what is elsewhere on the page."""
    around = {place for block in best for place in _boxes(block)}
    return frozenset(
        block.index
        for share, block in scored
        if block.index in chosen and (share >= _BOUNDS[1] or not around.isdisjoint(_boxes(block)))
    )


def _boxes(block: RawBlock) -> list[int]:
    """The places of the block's box and of those next around it."""
    return [box.index for box in islice(ancestors(block.box), _NEAR)]


def _ruled(blocks: Sequence[RawBlock]) -> list[int]:
    """What an outlet's rule calls the body, without what another one cuts."""
    return [
        block.index for block in blocks if block.box.zone & zones.RULED and not block.box.zone & zones.CUT
    ]


def _without(scored: list[Scored], bit: int, loss: float) -> list[Scored]:
    """Blocks in a zone lose, unless all that could be body is in it: then the name says something else."""
    if not any(block.box.zone & bit for _, block in scored):
        return scored
    best = [block for share, block in scored if share >= _BOUNDS[1]]
    whole = sum([len(block.text) for block in best])
    inside = sum([len(block.text) for block in best if block.box.zone & bit])
    if inside > _MOST * whole and whole - inside < _FEW:
        return scored
    return [(share - loss if block.box.zone & bit else share, block) for share, block in scored]


def _gain(block: RawBlock, home: str | None) -> float:
    parent = block.box.parent
    return _AT_HOME if home and parent is not None and signature(parent.path) == home else 0.0


def _best(scored: Sequence[Scored]) -> list[Scored]:
    """The blocks with the highest shares, about ``_BEST`` characters of them."""
    best: list[Scored] = []
    passed = 0.0
    for one in sorted(scored, key=itemgetter(0), reverse=True):
        best.append(one)
        passed += size_of(one[1].text)
        if passed >= _BEST:
            break
    return best


def _level(best: Sequence[Scored]) -> float:
    """The mean of their characters' shares."""
    sizes = [size_of(block.text) for _, block in best]
    return sum(share * size for (share, _), size in zip(best, sizes, strict=True)) / sum(sizes)
