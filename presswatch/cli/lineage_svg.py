"""A family of articles as a picture for a report: time from left to right, a lane for every outlet.

Scalable Vector Graphics 1.1 in one file: no scripts, no styles or fonts from elsewhere, black on white, so that
it prints. What pages wrote stands in text elements only, escaped. The same family gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import pairwise
from math import sqrt

from rich.cells import cell_len, set_cell_size

from pipeline.store.lineage import Head
from presswatch.cli.lineage_tree import Bond, Node, delay, time_of, walk
from presswatch.cli.terminal import safe, shorten

#: pixels: an article's box, what is between boxes, the column of lanes' names, the margin
BOX, TALL, GAP, LANE_NAME, MARGIN = 200, 56, 12, 130, 16
#: the least and the most room for the time axis, how much every moment asks for, and a mark with its words
NARROW, WIDE, A_MOMENT, A_MARK = 240, 1400, 110, 130
#: terminal cells of a line: at most 7 pixels each at 12 pixels of height
TITLE_CELLS, LANE_CELLS = 26, 17
#: beyond so many outlets the lanes are languages
MOST_LANES = 14
#: top of the first lane, and the legend's height
TOP, LEGEND = 98, 84

_FONT = "font-family=\"Helvetica, Arial, 'DejaVu Sans', 'Noto Sans', sans-serif\""
#: lines by what they say
_DASHES = {"translation-of": "7 4", "quotes": "1.5 4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation to draw; ``heads`` are the articles by id."""

    bond: Bond
    heads: Mapping[int, Head]


@dataclass(frozen=True, slots=True)
class _Box:
    """An article's place: left edge (its time) and top."""

    head: Head
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.y + TALL / 2


def picture(tree: Node, *, asked: int, quotes: Sequence[Quote] = (), note: str = "") -> str:
    """The family as an SVG document. ``asked`` is the article that is marked, ``note`` a line below the title."""
    nodes = list(walk(tree))
    boxes, lanes, bottom = _laid_out(_everyone(nodes, quotes))
    width = max(box.x for box in boxes.values()) + BOX + MARGIN
    parts = [
        *_lane_lines(lanes, width),
        *_axis(boxes, tree.head, bottom),
        *_arrows(nodes, quotes, boxes),
        *(line for box in boxes.values() for line in _box_lines(box, tree.head, asked)),
        *_legend(bottom + 30),
    ]
    return "\n".join([*_opening(tree.head, width, bottom + 30 + LEGEND, note), *parts, "</svg>\n"])


def _everyone(nodes: Sequence[Node], quotes: Iterable[Quote]) -> list[Head]:
    """The articles to draw, each once, by time."""
    found = {node.head.id: node.head for node in nodes}
    for quote in quotes:
        ends = (quote.bond.copy, quote.bond.original or 0)
        found.update({end: quote.heads[end] for end in ends if end in quote.heads})
    return sorted(found.values(), key=lambda head: (time_of(head), head.id))


# --- where things stand -----------------------------------------------------------------------------------


def _laid_out(heads: Sequence[Head]) -> tuple[dict[int, _Box], list[tuple[str, float, float]], float]:
    """Every article's box by its id; the lanes as name, top and bottom; the bottom of all."""
    places = _places([time_of(head) for head in heads])
    by_lane: dict[str, list[Head]] = {}
    named_by_outlet = len({head.outlet for head in heads}) <= MOST_LANES
    for head in heads:
        by_lane.setdefault(head.outlet if named_by_outlet else head.language or "-", []).append(head)
    boxes: dict[int, _Box] = {}
    lanes: list[tuple[str, float, float]] = []
    top = float(TOP)
    for name, members in by_lane.items():
        rows = _rows([places[time_of(head)] for head in members])
        for head, row in zip(members, rows, strict=True):
            boxes[head.id] = _Box(head, places[time_of(head)], top + GAP + row * (TALL + GAP))
        bottom = top + GAP + (max(rows) + 1) * (TALL + GAP)
        lanes.append((name, top, bottom))
        top = bottom
    return boxes, lanes, top


def _places(times: Sequence[datetime]) -> dict[datetime, float]:
    """The horizontal place of each moment: later ones further right, long waits shortened (by their root)."""
    moments = sorted(set(times))
    steps = [sqrt((after - before).total_seconds()) for before, after in pairwise(moments)]
    room = min(max(A_MOMENT * len(steps), NARROW), WIDE)
    places, at = {moments[0]: float(LANE_NAME)}, 0.0
    for moment, step in zip(moments[1:], steps, strict=True):
        at += step
        places[moment] = round(LANE_NAME + room * at / sum(steps), 1)
    return places


def _rows(lefts: Sequence[float]) -> list[int]:
    """The row of each box within its lane, so that no two overlap; ``lefts`` never go back."""
    ends: list[float] = []
    rows = []
    for left in lefts:
        row = next((number for number, end in enumerate(ends) if end + GAP <= left), len(ends))
        ends[row : row + 1] = [left + BOX]
        rows.append(row)
    return rows


# --- what is drawn ----------------------------------------------------------------------------------------


def _opening(root: Head, width: float, height: float, note: str) -> Iterator[str]:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} {_FONT} font-size="12" fill="#111">'
    yield f"<title>{_text(f'Lineage of: {root.title}')}</title>"
    yield (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0.5 L8 4 L0 7.5 z" fill="#222"/></marker></defs>'
    )
    yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
    cells = max(20, int((width - 2 * MARGIN) / 9))
    yield _title_line(
        root,
        MARGIN,
        width - MARGIN,
        28,
        shorten(_plain(root.title), cells),
        'font-size="16" font-weight="bold"',
    )
    yield _label(MARGIN, 46, f"Times in UTC; long waits are drawn shorter than they were. {note}".strip())


def _lane_lines(lanes: Sequence[tuple[str, float, float]], width: float) -> Iterator[str]:
    for number, (name, top, bottom) in enumerate(lanes):
        shade = "#f4f4f4" if number % 2 == 0 else "#fff"
        yield f'<rect x="0" y="{top:g}" width="{width:.0f}" height="{bottom - top:g}" fill="{shade}"/>'
        yield _label(MARGIN, top + 28, shorten(_plain(name), LANE_CELLS), 'font-weight="bold" fill="#111"')


def _axis(boxes: Mapping[int, _Box], root: Head, bottom: float) -> Iterator[str]:
    """A mark with time and delay at as many moments as there is room for."""
    last = float("-inf")
    for box in sorted(boxes.values(), key=lambda box: (box.x, box.head.id)):
        if box.x - last < A_MARK:
            continue
        last = box.x
        yield f'<path d="M{box.x:g} {TOP - 4} V{bottom:g}" stroke="#bbb" stroke-width="0.6" fill="none"/>'
        yield _label(box.x, TOP - 24, f"{time_of(box.head).astimezone(UTC):%Y-%m-%d %H:%M}")
        yield _label(box.x, TOP - 9, "" if box.head.id == root.id else delay(box.head, root))


def _arrows(nodes: Sequence[Node], quotes: Iterable[Quote], boxes: Mapping[int, _Box]) -> Iterator[str]:
    for node in nodes:
        for child in node.children:
            assert child.bond is not None
            # The bond may be with another than the node above, where a chain became too long to hang further.
            yield _arrow(child.bond, boxes)
    for quote in quotes:
        if quote.bond.original in boxes:
            yield _arrow(quote.bond, boxes)


def _arrow(bond: Bond, boxes: Mapping[int, _Box]) -> str:
    """From the original down or up its own time, then across to the copy; boxes are drawn over it."""
    start, end = boxes[bond.original or 0], boxes[bond.copy]
    side = end.x if end.x > start.x else end.x + BOX
    x = start.x + 8
    dashes = _DASHES.get(bond.kind)
    style = f' stroke-dasharray="{dashes}"' if dashes else ""
    head = ' marker-end="url(#head)"' if bond.known else ""
    return (
        f'<path d="M{x:g} {start.middle:g} V{end.middle:g} H{side:g}" fill="none" stroke="#222" '
        f'stroke-width="1.3"{style}{head}/>'
    )


def _box_lines(box: _Box, root: Head, asked: int) -> Iterator[str]:
    """An article's box. What is in it stands in an ``svg`` of its own, whose edges cut what is too long."""
    head = box.head
    fill, stroke = ("#ffe9a8" if head.id == asked else "#fff"), (2.4 if head.id == root.id else 1)
    place = f'x="{box.x:g}" y="{box.y:g}" width="{BOX}" height="{TALL}"'
    yield f'<rect {place} rx="4" fill="{fill}" stroke="#222" stroke-width="{stroke}"/>'
    yield f"<svg {place}><title>{_text(f'[{head.id}] {head.outlet}: {head.title} {head.url}')}</title>"
    for number, line in enumerate(_two_lines(_plain(head.title))):
        yield _title_line(head, 7, BOX - 7, 17 + 15 * number, line)
    later = "original" if head.id == root.id else delay(head, root)
    facts = " · ".join(filter(None, (f"[{head.id}]", head.language, later, head.outlet)))
    yield _label(7, TALL - 8, shorten(_plain(facts), TITLE_CELLS + 5), 'font-size="10.5"')
    yield "</svg>"


def _two_lines(title: str) -> list[str]:
    """A title in two lines, broken between words where it has any, the second cut where it is longer."""
    words, first = title.split(), ""
    while words and cell_len(f"{first} {words[0]}".strip()) <= TITLE_CELLS:
        first = f"{first} {words.pop(0)}".strip()
    if not first and words:
        first = set_cell_size(words[0], TITLE_CELLS).rstrip()
        words[0] = words[0][len(first) :]
    return [first, shorten(" ".join(words), TITLE_CELLS)] if words else [first]


def _title_line(head: Head, left: float, right: float, y: float, line: str, style: str = "") -> str:
    """A line of an article's title in its own direction: right-to-left ones begin at the right edge."""
    rtl = head.direction == "rtl"
    side = 'direction="rtl" unicode-bidi="embed" ' if rtl else ""
    language = f'xml:lang="{_text(head.language)}" ' if head.language else ""
    return f'<text x="{right if rtl else left:g}" y="{y:g}" {side}{language}{style}>{_text(line)}</text>'


def _label(x: float, y: float, text: str, style: str = 'fill="#444"') -> str:
    return f'<text x="{x:g}" y="{y:g}" {style}>{_text(text)}</text>'


def _legend(top: float) -> Iterator[str]:
    """What the lines and boxes mean."""
    lines = (("copy or version", ""), ("translation", "7 4"), ("quotes", "1.5 4"))
    for number, (name, dashes) in enumerate(lines):
        x = MARGIN + 150 * number
        style = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield (
            f'<path d="M{x} {top:g} h40" fill="none" stroke="#222" stroke-width="1.3"{style} '
            'marker-end="url(#head)"/>'
        )
        yield _label(x + 48, top + 4, name)
    yield _label(MARGIN, top + 24, "Arrows lead from the original to what was made of it;")
    yield _label(MARGIN, top + 40, "a line without a head: not known which came first.")
    yield _label(MARGIN, top + 56, "Thick frame: the original. Shaded: the article asked for.")


def _plain(text: str) -> str:
    return " ".join(safe(text).split())


def _text(text: str) -> str:
    """Escaped, and without the two noncharacters that XML forbids and terminals do not mind."""
    return escape(_plain(text).replace("\ufffe", "").replace("\uffff", ""))
