"""Sums over a whole page that its blocks are compared with: where its prose is, its headline, its lists.

A page is arrays here: one number a block, or one a box. Boxes are in the page's order, so that those below a
box are the ones from its own place to its ``end``, and a sum over them is the difference of two running sums.
"""

from __future__ import annotations

import re
from math import log1p

import numpy as np
from numpy.typing import NDArray

from pipeline.extract import zones
from pipeline.extract.blocks import Box, Segments
from pipeline.text import fold

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

# Scripts that need fewer signs for as many words: Han, kana, Hangul, Thai.
_DENSE = re.compile("[\u0e01-\u0e5b\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_DENSITY = 2.0
# Their first letter; and the punctuation and symbols among them.
_THAI = 0x0E01
_MARKS = (0x2000, 0x303F)
_DIGITS = re.compile(r"\d")
#: a shorter block is no prose, in characters
_PROSE = 60
#: what a block of prose gives to the scores of its box's ancestors, the parent first
_SHARES = (1.0, 0.5, 0.25, 0.12)
#: how much prose counts in a side bar, a footer, the comments; and in a box named as noise
_OUTSIDE = 0.1
_NOISE = 0.5
_FAR = 40.0
_NOT_REPEATED = frozenset(("p", "h2", "h3", "blockquote"))
_UNSCORED = frozenset(("p", "blockquote", "li"))
#: ancestors that are looked at for being one of many, and the most that are counted
_REPEATS = 7
_MANY = 20
#: stands for no box
_NONE = -1


def size_of(text: str) -> float:
    """The text's length in characters of a script with spaces."""
    if text.isascii():
        return float(len(text))
    return len(text) + (_DENSITY - 1) * len(_DENSE.findall(text))


def _sizes(texts: list[str], lengths: Places) -> Numbers:
    """``size_of`` each, faster on pages without such scripts."""
    written = "".join([text for text in texts if not text.isascii()])
    codes = np.frombuffer(written.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    # From Thai on there are other scripts, too; but not the quotes and dashes of all of them.
    if ((codes >= _THAI) & ((codes < _MARKS[0]) | (codes > _MARKS[1]))).any():
        return np.array([size_of(text) for text in texts])
    return lengths.astype(np.float64)


class Page:
    """What is worked out once for a page: ``blocks`` and ``boxes`` in arrays, and the sums over them."""

    def __init__(self, segments: Segments, titles: frozenset[str]) -> None:
        self.blocks, self.boxes, self.titles = segments.blocks, segments.boxes, titles
        self._read_boxes()
        self._read_blocks()
        self.weights = self._weights()
        run = np.cumsum(self.weights)
        self.total = float(run[-1]) or 1.0
        #: the share of the page's prose before each block
        self.passed: Numbers = np.concatenate(((0.0,), run[:-1])) / self.total
        self._sum_up()
        self.score = self._scores()
        self.home = int(self.score.argmax())
        self.top = float(self.score[self.home]) or 1.0
        self._find_title()
        steps, back = self._ways(self.home)
        self.gap: Numbers = np.minimum(_FAR, steps + 3.0 * back)
        self.most = self._count_repeats()
        self.first, self.last = self._prose()
        self.names, self.sums = self._names()

    def _read_boxes(self) -> None:
        boxes = self.boxes
        #: of each box the place of the box around it; the outermost is its own
        self.parent: Places = np.array([0, *[box.parent.index for box in boxes if box.parent]], dtype=np.intp)
        self.end: Places = np.array([box.end for box in boxes], dtype=np.intp)
        self.depth: Places = np.array([box.depth for box in boxes], dtype=np.intp)

    def _read_blocks(self) -> None:
        blocks = self.blocks
        #: of each block the place of its box
        self.at: Places = np.array([block.box.index for block in blocks], dtype=np.intp)
        self.lengths: Places = np.array([len(block.text) for block in blocks], dtype=np.intp)
        self.sizes: Numbers = _sizes([block.text for block in blocks], self.lengths)
        self.linked: Places = np.array([block.linked for block in blocks], dtype=np.intp)
        self.link_share: Numbers = np.minimum(1.0, self.linked / self.lengths)

    def _weights(self) -> Numbers:
        """The prose of each block, in characters; 0 for headings, captions, lists of links, short lines."""
        zone = np.array([block.box.zone for block in self.blocks])
        share = np.where(zone & zones.NOISE, _NOISE, 1.0)
        share[(zone & zones.OUTSIDE) != 0] = _OUTSIDE
        prose = (self.sizes >= _PROSE) & (2 * self.linked <= self.lengths)
        prose &= np.array([block.kind not in ("heading", "caption") for block in self.blocks])
        weights: Numbers = self.sizes * (1 - self.link_share) * share * prose
        return weights

    def _sum_up(self) -> None:
        """Prose that stands in each box itself; characters, linked ones, blocks and prose below each."""
        self.own = self._of_boxes(self.weights)
        self.chars = self._below(self._of_boxes(self.lengths))
        self.linked_chars = self._below(self._of_boxes(self.linked))
        self.count = self._below(self._of_boxes(None))
        self.prose = self._below(self.own)

    def _of_boxes(self, values: NDArray[np.generic] | None) -> Numbers:
        """Sums of a number of the blocks (None: their count) over those that stand in a box."""
        return np.bincount(self.at, values, len(self.boxes)).astype(np.float64)

    def _below(self, values: Numbers) -> Numbers:
        """Sums of a number of the boxes over a box and all that is in it."""
        run = np.concatenate(((0.0,), np.cumsum(values)))
        below: Numbers = run[self.end] - run[:-1]
        return below

    def _scores(self) -> Numbers:
        """Prose near above the blocks: the boxes they stand in and those around these get a share of it."""
        score = np.zeros(len(self.boxes))
        near = np.flatnonzero(self.own)
        own = self.own[near]
        scored = np.array([self.boxes[i].tag not in _UNSCORED for i in near.tolist()], dtype=np.float64)
        score[near] = own * scored
        for share in _SHARES:
            inner = near > 0
            near, own = self.parent[near[inner]], own[inner]
            score += np.bincount(near, own * share, len(score))
        return score

    def _way_up(self, place: int) -> list[int]:
        """A box and its ancestors."""
        way = []
        box: Box | None = self.boxes[place]
        while box is not None:
            way.append(box.index)
            box = box.parent
        return way

    def _ways(self, place: int) -> tuple[Numbers, Numbers]:
        """For every box the steps up to the first ancestor it shares with ``place``, and on down to it."""
        way = self._way_up(place)
        shared = np.zeros(len(self.boxes) + 1)
        shared[way] = 1.0
        np.subtract.at(shared, self.end[way], 1.0)
        depth = np.cumsum(shared[:-1]) - 1.0
        return self.depth - depth, float(self.depth[place]) - depth

    def _find_title(self) -> None:
        """The headline: the first heading that says the title, else the first ``<h1>``."""
        heads = [block for block in self.blocks if block.box.tag in ("h1", "h2")]
        told = next((block for block in heads if fold(block.text) in self.titles), None)
        title = told or next((block for block in heads if block.box.tag == "h1"), None)
        #: the headline's index, or None
        self.title = title.index if title else None
        far = np.full(len(self.boxes), _FAR)
        self.to_title = self._ways(title.box.index) if title else (far, far)

    def _count_repeats(self) -> int:
        """Boxes with prose learn how many siblings of their name hold prose as well; returns the most."""
        groups: dict[tuple[int, str, str], list[int]] = {}
        for place in np.flatnonzero(self.prose).tolist():
            box = self.boxes[place]
            if box.parent is not None and box.tag not in _NOT_REPEATED:
                names = _DIGITS.sub("", box.names) if box.names else ""
                groups.setdefault((box.parent.index, box.tag, names), []).append(place)
        repeats = [0] * len(self.boxes)
        for group in groups.values():
            count = min(_MANY, len(group)) * (_MANY + 1)
            for at, place in enumerate(group):
                repeats[place] = count + (at if at < _MANY else _MANY)
        #: how many there are and the box's place among them, as one number
        self.repeats: Places = np.array(repeats, dtype=np.intp)
        return min(_MANY, max(map(len, groups.values()), default=0))

    def _prose(self) -> tuple[int, int]:
        """First and last block of prose near the home."""
        near = np.flatnonzero((self.weights != 0) & (self.gap[self.at] <= 2))
        return (int(near[0]), int(near[-1])) if len(near) else (0, max(0, len(self.blocks) - 1))

    def _names(self) -> tuple[Places, tuple[Numbers, Numbers, Numbers]]:
        """A number for each block's name, and for each such name its blocks, their sizes, their links."""
        known: dict[tuple[str, str, str], int] = {}
        names = np.array([known.setdefault(_name(block.box), len(known)) for block in self.blocks])
        sums = np.bincount(names), np.bincount(names, self.sizes), np.bincount(names, self.linked)
        count, size, linked = (np.asarray(each, dtype=np.float64) for each in sums)
        return names, (count, size, linked)

    def places(self, parent: Places) -> list[Numbers]:
        """What the boxes ``parent`` say of the blocks in them, their share of the best score last."""
        grand = self.parent[parent]
        chars, above = np.maximum(1.0, self.chars[parent]), np.maximum(1.0, self.chars[grand])
        count, at = self._repeated(parent)
        return [
            *(steps[parent] for steps in self.to_title),
            count,
            at,
            self.depth[parent].astype(np.float64),
            self.gap[parent],
            self.prose[parent] / self.total,
            self.prose[grand] / self.total,
            self.prose[self.parent[grand]] / self.total,
            self.prose[parent] / chars,
            self.prose[grand] / above,
            self.linked_chars[parent] / chars,
            self.linked_chars[grand] / above,
            np.log1p(self.count[parent]),
            self.score[parent] / self.top,
        ]

    def _repeated(self, boxes: Places) -> tuple[Numbers, Numbers]:
        best = self.repeats[boxes]
        for _ in range(_REPEATS - 1):
            boxes = self.parent[boxes]
            best = np.maximum(best, self.repeats[boxes])
        count, at = np.divmod(best, _MANY + 1)
        return count.astype(np.float64), at.astype(np.float64)

    def positions(self, i: Places) -> list[Numbers]:
        """Where the blocks ``i`` stand against the headline and the prose."""
        passed = self.passed[i]
        title = np.full(len(i), -60.0) if self.title is None else np.clip(i - self.title, -30.0, 60.0)
        return [
            title,
            passed - self.passed[self.title or 0],
            passed,
            i / len(self.blocks),
            np.clip(i - self.first, -20.0, 20.0),
            np.clip(i - self.last, -20.0, 20.0),
        ]

    def alike(self, i: Places) -> list[Numbers]:
        """Blocks of the name of each: how many, how long on average, how much of them is link."""
        names = self.names[i]
        count, size, linked = (sums[names] for sums in self.sums)
        return [np.log1p(count), np.log1p(size / count), linked / np.maximum(1.0, size)]

    def headed(self, i: Places) -> Numbers:
        """The link share of the heading that each block stands under; -1 where that is far away."""
        heading = np.array([block.kind == "heading" for block in self.blocks])
        last = np.maximum.accumulate(np.where(heading, np.arange(len(heading)), _NONE))
        head = np.concatenate(((_NONE,), last[:-1]))[i]
        around = self.parent.copy()
        around[0] = _NONE
        around = np.append(around, _NONE)  # of no box there is none
        under = around[around[self.at[head]]]
        near = np.zeros(len(i), dtype=bool)
        node = self.at[i]
        for _ in range(3):
            node = around[node]
            near |= (node == under) & (node != _NONE)
        return np.where(near & (head != _NONE), self.link_share[head], -1.0)

    @property
    def whole(self) -> tuple[float, float, float, float]:
        """What is the same for all blocks: how many there are, how much prose, the home's share, repeats."""
        home = float(self.prose[self.home]) / self.total
        return log1p(len(self.blocks)), log1p(self.total), home, float(self.most)


def _name(box: Box) -> tuple[str, str, str]:
    """What blocks of one kind share: their element's name and its parent's."""
    return box.tag, box.names, box.parent.names if box.parent else ""
