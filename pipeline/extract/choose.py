"""Which blocks of a page are the article's body.

A model fitted on annotated pages says of each block how much of it is body, from its words, its place and its
box; the line is drawn by the page's own best blocks. An outlet's rules go before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from pipeline.extract import model, zones
from pipeline.extract.blocks import RawBlock, Segments
from pipeline.extract.features import Told, candidates, rows
from pipeline.extract.page import size_of
from pipeline.lesson import signature

#: what a block in the readers' comments or in a footer loses: body only where the page has no better
_LOSSES = ((zones.COMMENTS, 0.25), (zones.FOOTER, 0.15))
_MOST = 0.8
#: what a block in the element that held the outlet's other articles gains
_AT_HOME = 0.1
#: the line is this share of the level of the page's best blocks, within these bounds
_SHARE = 0.62
_BOUNDS = (0.08, 0.47)
#: how much lower the line is for a plain paragraph among chosen ones
_LENIENCE = 0.2
#: an element is a home of the body when it holds this share of the chosen text
_HOME = 0.1
#: characters of the page's best blocks that give its level
_BEST = 400


Scored = tuple[float, RawBlock]


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
    level = _level(scored)
    line = min(_BOUNDS[1], max(_BOUNDS[0], _SHARE * level))
    chosen = frozenset(block.index for share, block in scored if share >= line)
    return Choice(indices=chosen | _among(scored, chosen, line - _LENIENCE), level=level)


def _among(scored: Sequence[Scored], chosen: frozenset[int], line: float) -> frozenset[int]:
    """Plain paragraphs between chosen ones of the same element, for which a lower line is enough."""
    spans: dict[int, tuple[int, int, int]] = {}
    for _, block in scored:
        if (index := block.index) in chosen:
            key = _around(block)
            first, _, mass = spans.get(key, (index, index, 0))
            spans[key] = first, index, mass + len(block.text)
    enough = _HOME * sum(mass for _, _, mass in spans.values())
    inner = {key: (first, last) for key, (first, last, mass) in spans.items() if mass >= enough}
    return frozenset(
        block.index
        for share, block in scored
        if share >= line
        and not block.linked
        and block.kind != "caption"
        and (span := inner.get(_around(block)))
        and span[0] < block.index < span[1]
    )


def _around(block: RawBlock) -> int:
    """The place of the box around the block's own; -1 where there is none."""
    return block.box.parent.index if block.box.parent else -1


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
    inside = sum([len(block.text) for block in best if block.box.zone & bit])
    if inside > _MOST * sum([len(block.text) for block in best]):
        return scored
    return [(share - loss if block.box.zone & bit else share, block) for share, block in scored]


def _gain(block: RawBlock, home: str | None) -> float:
    parent = block.box.parent
    return _AT_HOME if home and parent is not None and signature(parent.path) == home else 0.0


def _level(scored: Sequence[Scored]) -> float:
    """The mean of the best ``_BEST`` characters' shares."""
    passed = total = 0.0
    for share, block in sorted(scored, key=itemgetter(0), reverse=True):
        size = size_of(block.text)
        total += share * size
        passed += size
        if passed >= _BEST:
            break
    return total / passed
