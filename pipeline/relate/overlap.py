"""What two texts have word for word in common: passages of runs, found greedily (Heckel 1978; Wise 1993).

A run is neighbouring words that stand so in both texts. It begins with four words that both have; after its end
another may follow within a few words on either side: that bridges what an editor replaced, dropped or put in.
Such runs make one passage. No word counts twice on either side, so a refrain is shared as often as both have it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

_ANCHOR = 4
#: how many words must be the same after a gap
_RESUMED = 2
#: how many words may differ between two runs of one passage, on either side
_GAP = 5
_GAPS = sorted(product(range(_GAP + 1), repeat=2), key=lambda gap: (sum(gap), max(gap), gap))
#: a passage of fewer shared words is taken for chance: "told reporters on Tuesday"
_SHORTEST_PASSAGE = 6
#: how many places of one anchor are looked at
_PLACES = 8


class Run(NamedTuple):
    """``words`` neighbouring words that stand from ``first`` on in one text and from ``second`` on in the other."""

    first: int
    second: int
    words: int


class Passage(NamedTuple):
    """Runs that follow one another in both texts with small gaps between them.

    ``replaced`` counts words that stand in the place of others, ``figures`` the shared words with a digit,
    ``other_figures`` those in whose place another figure stands.
    """

    runs: tuple[Run, ...]
    replaced: int = 0
    figures: int = 0
    other_figures: int = 0

    @property
    def words(self) -> int:
        """How many words it shares."""
        return sum(run.words for run in self.runs)

    @property
    def first_start(self) -> int:
        """Its first word in the first text."""
        return self.runs[0].first

    @property
    def first_end(self) -> int:
        """The word behind its last one in the first text."""
        return self.runs[-1].first + self.runs[-1].words

    @property
    def second_start(self) -> int:
        return self.runs[0].second

    @property
    def second_end(self) -> int:
        return self.runs[-1].second + self.runs[-1].words


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What two texts share. ``first`` and ``second`` are their lengths in words.

    ``shared`` counts the words of all passages, each once in either text, ``in_order`` those of the longest
    series of passages that has the same order in both. Passages are in the order of the first text.
    """

    shared: int
    first: int
    second: int
    in_order: int
    passages: tuple[Passage, ...] = ()

    @property
    def contained_first(self) -> float:
        """The share of the first text that is in the second too, 0 to 1."""
        return self.shared / self.first if self.first else 0.0

    @property
    def contained_second(self) -> float:
        """The share of the second text that is in the first too, 0 to 1."""
        return self.shared / self.second if self.second else 0.0


def overlap(first: Sequence[str], second: Sequence[str]) -> Overlap:
    """What two texts, given by their ``text_words``, have in common; the same whichever is named first.

    Time grows with the sum of their lengths.
    """
    if (len(first), tuple(first)) > (len(second), tuple(second)):
        return _turned(_overlap(second, first))
    return _overlap(first, second)


def _turned(common: Overlap) -> Overlap:
    passages = sorted(
        passage._replace(runs=tuple(Run(run.second, run.first, run.words) for run in passage.runs))
        for passage in common.passages
    )
    return replace(common, first=common.second, second=common.first, passages=tuple(passages))


def _overlap(first: Sequence[str], second: Sequence[str]) -> Overlap:
    found = tuple(
        passage for passage in _Comparison(first, second).passages() if passage.words >= _SHORTEST_PASSAGE
    )
    return Overlap(
        shared=sum(passage.words for passage in found),
        first=len(first),
        second=len(second),
        in_order=_in_order(found),
        passages=found,
    )


def _in_order(passages: Sequence[Passage]) -> int:
    """The most words in passages that follow one another in both texts; they come in the order of the first."""
    ends, words = [0], [0]  # both ascending: so many words can end there in the second text, and no more
    for passage in passages:
        reached = words[bisect_right(ends, passage.second_start) - 1] + passage.words
        at = bisect_right(ends, passage.second_end)
        if words[at - 1] >= reached:
            continue
        beaten = bisect_right(words, reached, lo=at)
        ends[at:beaten], words[at:beaten] = [passage.second_end], [reached]
    return words[-1]


class _Comparison:
    """Two texts while their passages are looked for; remembers which words of the second are taken."""

    __slots__ = ("_first", "_places", "_second", "_taken")

    def __init__(self, first: Sequence[str], second: Sequence[str]) -> None:
        self._first = first
        self._second = second
        self._taken = bytearray(len(second))
        self._places: dict[tuple[str, ...], list[int]] = {}
        for place, anchor in enumerate(_anchors(second)):
            self._places.setdefault(anchor, []).append(place)

    def passages(self) -> Iterator[Passage]:
        """In the order of the first text."""
        end = 0
        for at, anchor in enumerate(_anchors(self._first)):
            if at < end or anchor not in self._places:
                continue
            length, place = self._longest(at, self._places[anchor])
            if length >= _ANCHOR:
                passage = self._passage(at, place, length)
                end = passage.first_end
                yield passage

    def _longest(self, at: int, places: Sequence[int]) -> tuple[int, int]:
        """The longest run that begins at ``at``, and where it begins in the second text: early rather than late."""
        length, place = max((self._run(at, place), -place) for place in places[:_PLACES])
        return length, -place

    def _run(self, at: int, place: int) -> int:
        """How many words are the same from these two places on."""
        first, second, taken = self._first, self._second, self._taken
        most = min(len(first) - at, len(second) - place)
        length = 0
        while length < most and first[at + length] == second[place + length] and not taken[place + length]:
            length += 1
        return length

    def _passage(self, at: int, place: int, length: int) -> Passage:
        """The passage that begins with this run; its words are taken."""
        runs: list[Run] = []
        replaced = other_figures = 0
        while length:
            runs.append(Run(at, place, length))
            self._taken[place : place + length] = b"\1" * length
            at, place = at + length, place + length
            skipped, put_in, length = self._resumed(at, place)
            if skipped and put_in:
                replaced += min(skipped, put_in)
                gap, other_gap = self._first[at : at + skipped], self._second[place : place + put_in]
                other_figures += min(_figures(gap), _figures(other_gap))
            at, place = at + skipped, place + put_in
        figures = sum(_figures(self._first[run.first : run.first + run.words]) for run in runs)
        return Passage(tuple(runs), replaced, figures, other_figures)

    def _resumed(self, at: int, place: int) -> tuple[int, int, int]:
        """After how many words on either side the texts agree again, and for how many; zeros where they do not."""
        for skipped, put_in in _GAPS:
            length = self._run(at + skipped, place + put_in)
            if length >= _RESUMED:
                return skipped, put_in, length
        return 0, 0, 0


def _anchors(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[offset:] for offset in range(_ANCHOR)), strict=False)


def _figures(words: Sequence[str]) -> int:
    return sum(word[0].isdigit() or word[-1].isdigit() for word in words)
