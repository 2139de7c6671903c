"""Is one text the translation of another? Told by the clues they share, and by their order.

Clues (``pipeline.relate.clues``) that both texts have are laid over each other: in a translation they keep
their distance, whatever part of the text was cut away, while in another text on the same matter they meet by
chance. What counts is the weight of those that meet at the best offset, against the weight of all clues in the
part of both texts that lies over the other there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Final

from pipeline.relate.clue_ids import CLASS_OF, EXACT, NAME3, NAME4, NAME5, NUMBER, PLACE, SMALL, YEAR
from pipeline.relate.clues import CASELESS, Clues, primary, sightings
from pipeline.relate.types import Kind, Piece, Tie

#: bits that a clue tells, by its class (``clue_ids``); set by hand, near -log2 of how often texts share one
BITS: Final = (3.0, 2.5, 2.5, 2.5, 4.0, 1.0, 3.0, 6.0, 6.0, 6.0)
_WEIGHT: Final = tuple(BITS[kind] for kind in CLASS_OF)
#: below this weight of common clues no text is compared further
_LEAST: Final = 14.0
#: how far apart the places of one clue may be at the best offset
_SLACK: Final = 2
#: texts with few clues are asked for less: by this power of the weight of the poorer one's
_SIZE: Final = 0.2
_SCALE: Final = 40.0
#: a short text says one thing again and again: so many times the weight of what is common, counted once, can meet
_REPEATED: Final = 1.4
#: in short texts clues meet by chance: what is expected to, times this, does not count
_BY_CHANCE: Final = 1.5
#: two texts that are both shorter than so many places tell too little of their order: two reports of one event share
#: names and numbers, too. In a translation nearly all of these meet; where less of the weight does, half is left
_BRIEF: Final = 10
_MEETING: Final = 0.9


@dataclass(frozen=True, slots=True)
class Score:
    """How much two texts have in common: ``value`` from 0 to 1.

    ``met`` is the weight (bits) of the clues that meet at the best offset, ``common`` of all common ones, each
    counted once; ``shared`` are those.
    """

    value: float
    met: float = 0.0
    common: float = 0.0
    shared: tuple[int, ...] = ()


_NAMES: Final = frozenset({NAME3, NAME4, NAME5, EXACT, PLACE})
_NUMBERS: Final = frozenset({SMALL, YEAR, NUMBER})
NOTHING: Final = Score(0.0)


def in_common(first: Clues, second: Clues) -> float:
    """The weight (bits) of the clues that two texts share, each counted once: a first look at their likeness."""
    return sum([_WEIGHT[clue] for clue in first.distinct.intersection(second.ids)])


def similarity(first: Clues, second: Clues) -> Score:
    """How far one of two texts in different languages is the translation of the other, or of a part of it."""
    both = set(first.distinct.intersection(second.ids))
    common = sum([_WEIGHT[clue] for clue in both])
    if common < _LEAST:
        return NOTHING
    return _laid_over(first, second, both, common)


def _laid_over(first: Clues, second: Clues, both: set[int], common: float) -> Score:
    one = _places(first, both)
    two = _places(second, both)
    size = first.length + second.length + 2 * _SLACK + 2
    zero = first.length + _SLACK
    heights = [0.0] * size
    for clue, places in one.items():
        weight = _WEIGHT[clue]
        offsets = {there - here for there in two[clue] for here in places}
        for offset in offsets:
            heights[zero + offset] += weight
    highest, at = _highest(heights)
    chance = common * (2 * _SLACK + 1) / (first.length + second.length + 1)
    met, offset = max(0.0, min(highest, _REPEATED * common) - _BY_CHANCE * chance), at - zero
    low, high = max(0, -offset), min(first.length, second.length - offset)
    over = min(_weight(first, low, high), _weight(second, low + offset, high + offset))
    poorer = min(_weight(first), _weight(second))
    evident = met * sqrt(min(1.0, met / max(1.0, over))) / (poorer + _LEAST) ** _SIZE
    value = 1.0 - exp(-evident / _SCALE)
    if max(first.length, second.length) < _BRIEF and met < _MEETING * common:
        value /= 2
    return Score(value, met, common, tuple(both))


def _places(clues: Clues, wanted: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {clue: [] for clue in wanted}
    for clue, place in zip(clues.ids, clues.places, strict=True):
        if clue in wanted:
            found[clue].append(place)
    return found


def _highest(heights: Sequence[float]) -> tuple[float, int]:
    """The offset with most weight within ``_SLACK`` of it, and that weight."""
    width = 2 * _SLACK + 1
    running = sum(heights[:width])
    best, at = running, _SLACK
    for index in range(width, len(heights)):
        running += heights[index] - heights[index - width]
        if running > best:
            best, at = running, index - _SLACK
    return best, at


def _weight(clues: Clues, low: int = 0, high: int = 0xFFFF) -> float:
    """The weight of all clues in these places."""
    return sum(
        [_WEIGHT[clue] for clue, place in zip(clues.ids, clues.places, strict=True) if low <= place <= high]
    )


# --- judging --------------------------------------------------------------------------------------------

#: the least value where both languages have capitals, one, none; set on one half of labelled translations
#: (``bench/translations.py``)
_THRESHOLDS: Final = {"cased": 0.185, "mixed": 0.155, "caseless": 0.185}
#: where an attribution names the other's outlet, this much of the threshold is enough
_NAMED: Final = 0.6
#: or this much, in a script without capitals, where the next best candidate is far behind: it has less than such a
#: part of the value, and so much weight is common
_CLEAR: Final = 0.75
_BEHIND: Final = 0.5
_WEIGHTY: Final = 30.0
_SHOWN: Final = 8


def threshold(first_language: str | None, second_language: str | None) -> float:
    """The least ``Score.value`` of a translation between these languages (BCP 47 tags)."""
    caseless = sum(primary(language) in CASELESS for language in (first_language, second_language))
    return _THRESHOLDS[("cased", "mixed", "caseless")[caseless]]


def bar_of(first_language: str | None, second_language: str | None, score: Score, next_best: float) -> float:
    """The least value at which a pair counts, seen how far the ``next_best`` candidate's value is behind."""
    bar = threshold(first_language, second_language)
    caseless = {primary(language) for language in (first_language, second_language)} & CASELESS
    clear = bool(caseless) and next_best < _BEHIND * score.value and score.common >= _WEIGHTY
    return bar * (_CLEAR if clear else 1.0)


def worth_reading(first_language: str | None, second_language: str | None, score: Score) -> bool:
    """Whether the texts behind a score may be translations, whatever else speaks for it."""
    return score.value >= threshold(first_language, second_language) * min(_NAMED, _CLEAR)


def judge_translation(
    first: Piece, second: Piece, score: Score, *, named: bool, next_best: float = 1.0
) -> Tie | None:
    """The tie of two texts in different languages, None where they have too little in common.

    ``named``: an attribution of one names the other's outlet, so that less is asked of the texts. ``next_best``
    is the value of the candidate that comes second and is no copy of the first; 1 where that is not known.
    """
    bar = bar_of(first.language, second.language, score, next_best)
    if named:
        bar = min(bar, threshold(first.language, second.language) * _NAMED)
    if score.value < bar:
        return None
    confidence = min(0.99, 0.6 + 0.4 * (score.value - bar) / (1.0 - bar))
    return Tie(
        kind=Kind.TRANSLATION_OF, confidence=round(confidence, 2), evidence=_evidence(first, second, score)
    )


def _evidence(first: Piece, second: Piece, score: Score) -> tuple[str, ...]:
    one, two = _seen(first, score), _seen(second, score)
    told = sorted((clue for clue in one if clue in two), key=lambda clue: -_WEIGHT[clue])
    counts = [sum(CLASS_OF[clue] in kinds for clue in told) for kinds in (_NAMES, _NUMBERS)]
    best = [clue for clue in told if CLASS_OF[clue] in _NAMES | _NUMBERS][:_SHOWN]
    listed = ", ".join(dict.fromkeys(_pair(one[clue], two[clue]) for clue in best))
    order = round(100 * min(1.0, score.met / score.common)) if score.common else 0
    return (
        f"{counts[0]} names, {counts[1]} numbers and {len(told) - sum(counts)} other notions in common: {listed}",
        f"{order}% of them at the same place of both texts",
    )


def _seen(piece: Piece, score: Score) -> dict[int, str]:
    shared = set(score.shared)
    found = sightings(piece.title, piece.paragraphs, piece.language)
    return {one.clue: one.written for one in reversed(found) if one.clue in shared}


def _pair(one: str, two: str) -> str:
    return one if one == two else f"{one} = {two}"
