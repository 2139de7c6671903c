"""Completing a choice by how the page is built: rows of like blocks, tables of data, columns of a page.

The model judges each block by itself. A short paragraph or a list's item that stands in a row with chosen ones is
body at a lower share; a table of data is taken whole or left whole; and where tables lay out the page, as they
did before style sheets, the text is in one column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pipeline.extract.blocks import Box, RawBlock
from pipeline.extract.container import ancestors

#: how much of a block is body, about 0 to 1, and the block
Scored = tuple[float, RawBlock]
#: of a row: first and last index, characters
Row = tuple[int, int, int]
#: what a row's blocks share: the box they stand in or the one around that, by its place; or their names
Key = tuple[Literal["in", "around"], int] | tuple[str, str, str]
#: the places of a table's row and of a cell in it
Cell = tuple[int, int]
#: stands for no box
_NONE = -1

_CELL_TAGS = ("td", "th")
#: a row counts when it holds this share of the chosen text
_ROW = 0.1
_LINKED = 0.5
#: cells that make a table one of data, and the most characters they have in the mean; and the shares, in the
#: mean over its characters, from which on it is taken with the text around it, and below which none of it is
_CELLS, _CELL_LENGTH = 6, 80
_TAKEN, _LEFT = 0.25, 0.2
#: a cell with this share of the chosen text is the page's column; a cell beside it with less than this share of
#: its text is another
_COLUMN, _BESIDE = 0.6, 0.5


def between(scored: Sequence[Scored], chosen: frozenset[int], line: float) -> frozenset[int]:
    """The blocks inside a row of chosen ones for which ``line`` is enough: no captions, no rows of links."""
    rows = _rows(scored, chosen)
    return frozenset(
        block.index
        for share, block in scored
        if share >= line
        and block.index not in chosen
        and block.link_share <= _LINKED
        and block.kind != "caption"
        and any(row[0] < block.index < row[1] for key in _places(block) if (row := rows.get(key)))
    )


def _rows(scored: Sequence[Scored], chosen: frozenset[int]) -> dict[Key, Row]:
    """Where chosen blocks of one parent, or of the same names, begin and end."""
    rows: dict[Key, Row] = {}
    whole = 0
    for _, block in scored:
        if (index := block.index) in chosen:
            whole += len(block.text)
            for key in (("in", _parent(block)), _names(block), ("around", _outer(block))):
                first, _, size = rows.get(key, (index, index, 0))
                rows[key] = first, index, size + len(block.text)
    return {key: row for key, row in rows.items() if row[2] >= _ROW * whole}


def _places(block: RawBlock) -> Iterator[Key]:
    """The rows that the block may stand in: an item also in that of its list, a heading in one of sections."""
    yield "in", _parent(block)
    yield _names(block)
    if block.box.tag == "li":
        yield "in", _outer(block)
    elif block.kind == "heading":
        yield "around", _parent(block)


def _parent(block: RawBlock) -> int:
    """The place of the box around the block's own."""
    return block.box.parent.index if block.box.parent else _NONE


def _outer(block: RawBlock) -> int:
    """The place of the box around that one."""
    parent = block.box.parent
    return parent.parent.index if parent and parent.parent else _NONE


def _names(block: RawBlock) -> tuple[str, str, str]:
    """Element, classes and the parent's classes, without ids: a row's boxes have one each."""
    box = block.box
    return box.tag, _classes(box.names), _classes(box.parent.names) if box.parent else ""


def _classes(names: str) -> str:
    return names.partition("#")[0].strip()


def tables(scored: Sequence[Scored], chosen: frozenset[int]) -> frozenset[int]:
    """``chosen``, with the tables of data that stand in its text whole, and without those that say nothing."""
    for table, cells in _cells(scored):
        sizes = [len(block.text) for _, block in cells]
        if len(cells) < _CELLS or sum(sizes) > _CELL_LENGTH * len(cells):
            continue
        share = sum(share * size for (share, _), size in zip(cells, sizes, strict=True)) / sum(sizes)
        held = frozenset(block.index for _, block in cells)
        if share < _LEFT:
            chosen -= held
        elif share >= _TAKEN and _stands_in(table.parent, scored, chosen - held):
            chosen |= held
    return chosen


def _cells(scored: Sequence[Scored]) -> Iterable[tuple[Box, list[Scored]]]:
    """Each table with its blocks, those of the tables in it apart: the outer one lays out the page."""
    found: dict[int, tuple[Box, list[Scored]]] = {}
    for one in scored:
        if one[1].kind == "table" or one[1].box.tag in _CELL_TAGS:
            table = next((box for box in ancestors(one[1].box) if box.tag == "table"), None)
            if table is not None:
                found.setdefault(table.index, (table, []))[1].append(one)
    return found.values()


def _stands_in(around: Box | None, scored: Sequence[Scored], rest: frozenset[int]) -> bool:
    """Is other chosen text in the box around a table?"""
    return around is not None and any(block.index in rest and around.holds(block.box) for _, block in scored)


def column(scored: Sequence[Scored], chosen: frozenset[int]) -> frozenset[int]:
    """``chosen`` without what stands in cells beside the one, in the same row, that holds the text."""
    places = {block.index: _around_cells(block) for _, block in scored if block.index in chosen}
    if not any(places.values()):
        return chosen
    sizes: dict[Cell, int] = {}
    for _, block in scored:
        for cell in places.get(block.index, ()):
            sizes[cell] = sizes.get(cell, 0) + len(block.text)
    enough = _COLUMN * sum(len(block.text) for _, block in scored if block.index in chosen)
    main = {row: (cell, size) for (row, cell), size in sizes.items() if size >= enough}
    beside = {
        (row, cell)
        for (row, cell), size in sizes.items()
        if row in main and main[row][0] != cell and size < _BESIDE * main[row][1]
    }
    return frozenset(index for index, cells in places.items() if beside.isdisjoint(cells))


def _around_cells(block: RawBlock) -> list[Cell]:
    """The cells around the block."""
    return [
        (box.parent.index, box.index)
        for box in ancestors(block.box)
        if box.tag in _CELL_TAGS and box.parent is not None
    ]
