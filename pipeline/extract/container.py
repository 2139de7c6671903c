"""The blocks around the chosen ones: the article's container, whose other text goes into the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.extract import zones
from pipeline.extract.blocks import Box, RawBlock

#: share of the chosen text that the container must hold; the rest may be a stray hit elsewhere on the page
_ENOUGH = 0.9
_CLIMB = 6
#: an article element that holds more other blocks than this holds more than the article
_EXTRA = 60


def members(blocks: Sequence[RawBlock], chosen: frozenset[int]) -> list[RawBlock]:
    """The container's blocks in document order, plus what was chosen or cut by a rule outside of it."""
    if not chosen:
        return []
    box = _article(_container([blocks[index] for index in sorted(chosen)]), blocks, len(chosen))
    first, end, cut = box.index, box.end, zones.CUT
    return [
        block
        for block in blocks
        if first <= block.box.index < end or block.index in chosen or block.box.zone & cut
    ]


def ancestors(box: Box) -> Iterator[Box]:
    """The box and those around it, the page's body last."""
    node: Box | None = box
    while node is not None:
        yield node
        node = node.parent


def _container(picked: Sequence[RawBlock]) -> Box:
    """The smallest box that holds nearly all of the chosen text."""
    enough = _ENOUGH * sum(len(block.text) for block in picked)
    # More than half of the text is in it: so it is around the block in the middle of the text.
    passed = 0.0
    for block in picked:
        passed += len(block.text)
        if passed >= enough / _ENOUGH / 2:
            break
    return next(box for box in ancestors(block.box) if _mass(box, picked) >= enough)


def _mass(box: Box, picked: Sequence[RawBlock]) -> int:
    """Characters of the picked blocks that stand in the box."""
    first, end = box.index, box.end
    return sum([len(block.text) for block in picked if first <= block.box.index < end])


def _article(container: Box, blocks: Sequence[RawBlock], picked: int) -> Box:
    """The ``<article>`` around the container where there is one that holds little else."""
    for box in islice(ancestors(container), _CLIMB):
        if box.own & (zones.ARTICLE | zones.MAIN) or box.tag in ("article", "main"):
            inside = sum([box.holds(block.box) for block in blocks])
            return box if inside - picked <= _EXTRA else container
    return container
