"""Articles on one event: what an article tells of it (terms), and how well two articles fit together. Pure.

An article's terms are weighted words of its title and first paragraphs, in two vocabularies: clues, which are the
same in every language (places, notions, numbers, names by their consonants), and stems of its own language. Two
articles of one language are compared by stems, places, notions and numbers; two of different languages by clues.
The measure is the cosine of the weights (Salton, Wong and Yang 1975), as in topic detection and tracking (Allan 2002).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import log, sqrt
from typing import Final
from zlib import crc32

import numpy as np

from pipeline.relate import clue_ids
from pipeline.relate.clue_ids import CLASS_OF
from pipeline.relate.clues import CASELESS, STEP, Clues, clues_of, primary, sightings
from pipeline.relate.story_words import story_words

Terms = tuple[tuple[int, float], ...]

#: terms kept of each vocabulary, and words of the body that are looked at
_CLUES: Final = 18
_STEMS: Final = 20
_HEAD: Final = 130
#: terms with this bit are stems of the article's own language, the others clues; of the stems, those of names
_OWN: Final = 0x8000_0000
_NAMED: Final = 0x4000_0000
#: what a clue of a class is worth: place, date, notion, name of 3 and 4 consonants, small number, year, number,
#: foreign word, longer name
_WORTH: Final = (0.5, 0.0, 0.45, 0.4, 0.8, 0.2, 0.2, 0.9, 0.9, 1.0)
_NAMES: Final = frozenset({clue_ids.NAME3, clue_ids.NAME4, clue_ids.NAME5})
_TELLING: Final = _NAMES | {clue_ids.PLACE, clue_ids.NUMBER, clue_ids.EXACT}
#: a hundred and a thousand, which most articles say in a word: no more telling than a notion
_ROUND: Final = frozenset(map(clue_ids.number_clue, ("100", "1000")))
_ROUND_WORTH: Final = 0.45
_NAME_WORTH: Final = 1.0
_WORD_WORTH: Final = 0.5
_DAY_WORTH: Final = 0.1
#: the clues of the days of the week, and so many of them kept, the first that are named
DAYS: Final = frozenset(clue_ids.hashed(clue_ids.DATE, f"day {day}") for day in range(7))
_DAYS: Final = 2
#: the first words count more: how much, word by word; from there on once
_EARLY: Final = (2.0,) * 12 + (1.4,) * 28
_SCALE: Final = 40
#: of the heaviest clues and words so many lead to other articles; clues that are worth less than that do not
_CLUE_KEYS: Final = 5
_WORD_KEYS: Final = 4
_LEADS: Final = 0.4
#: seconds; articles further apart tell of one event only through others between them
WINDOW: Final = 3 * 86400


# --- terms ------------------------------------------------------------------------------------------------


def terms_of(
    title: str,
    lead: str | None,
    paragraphs: Sequence[str],
    language: str | None,
    *,
    clues: Clues | None = None,
) -> Terms:
    """The article's telling terms with their weights, clues first, the heaviest first: at most 40.

    A term is a clue's id (``clue_ids``), or with the highest bit set the hash of a stem. ``clues`` are the
    article's own where the caller has them already.
    """
    head = _head(lead, paragraphs)
    language = primary(language)
    known = clues or clues_of(title, head, language)
    squares: dict[int, float] = {}
    days: dict[int, float] = {}
    for clue, place in zip(known.ids, known.places, strict=True):
        if place * STEP > _HEAD:
            break
        if clue in DAYS:
            days.setdefault(clue, _DAY_WORTH)
        else:
            squares[clue] = squares.get(clue, 0.0) + (_worth(clue) * _early(place * STEP)) ** 2
    stems: dict[int, float] = {}
    for stem, at, name, _ in story_words("\n".join((title, *head)), language):
        term = own_term(stem, name=name)
        stems[term] = stems.get(term, 0.0) + ((_NAME_WORTH if name else _WORD_WORTH) * _early(at)) ** 2
    return (*_heaviest(squares, _CLUES), *tuple(days.items())[:_DAYS], *_heaviest(stems, _STEMS))


def _worth(clue: int) -> float:
    return _ROUND_WORTH if clue in _ROUND else _WORTH[CLASS_OF[clue]]


def own_term(stem: str, *, name: bool) -> int:
    """The term of a stem of an article's own language."""
    return _OWN | (_NAMED if name else 0) | (crc32(stem.encode()) & 0x3FFF_FFFF)


def _head(lead: str | None, paragraphs: Sequence[str]) -> list[str]:
    head: list[str] = [lead] if lead and lead not in paragraphs else []
    words = 0
    for paragraph in paragraphs:
        if words >= _HEAD:
            break
        head.append(paragraph)
        words += paragraph.count(" ") + 1
    return head


def _early(at: int) -> float:
    return _EARLY[at] if at < len(_EARLY) else 1.0


def _heaviest(squares: Mapping[int, float], most: int) -> Terms:
    """The root of the summed squares: said twice is not twice as telling. Equal weights in the terms' order."""
    ranked = sorted(((sqrt(min(weight, 36.0)), term) for term, weight in squares.items()), key=_by_weight)
    return tuple((term, round(weight * _SCALE) / _SCALE) for weight, term in ranked[:most])


def _by_weight(one: tuple[float, int]) -> tuple[float, int]:
    return -one[0], one[1]


def terms_to_bytes(terms: Terms) -> bytes:
    """Five bytes a term."""
    return array("I", [term for term, _ in terms]).tobytes() + bytes(
        min(255, round(weight * _SCALE)) for _, weight in terms
    )


def terms_from_bytes(data: bytes) -> Terms:
    """What :func:`terms_to_bytes` wrote. Raises ``ValueError`` on anything else."""
    count, rest = divmod(len(data), 5)
    if rest:
        raise ValueError(f"terms are five bytes each, not {len(data)} in all")
    ids = array("I")
    ids.frombytes(data[: 4 * count])
    return tuple((term, weight / _SCALE) for term, weight in zip(ids, data[4 * count :], strict=True))


def story_keys(terms: Terms, at: int) -> tuple[int, ...]:
    """At most nine keys for the inverted index: the heaviest telling clues and words, each with its days.

    ``at`` is when the article was published, in seconds since 1970: a name that is in the news every day leads
    to the articles of a few days only.
    """
    return tuple(sorted({_key(term, at // WINDOW) for term in _leading(terms)}))


def keys_near(terms: Terms, at: int) -> tuple[int, ...]:
    """The keys under which articles on the same event are found: of the same days, those before and those after."""
    days = at // WINDOW
    return tuple(sorted({_key(term, days + step) for term in _leading(terms) for step in (-1, 0, 1)}))


def _leading(terms: Terms) -> list[int]:
    clues = [term for term, _ in terms if term < _OWN and _worth(term) >= _LEADS]
    return clues[:_CLUE_KEYS] + [term & ~_NAMED for term, _ in terms if term >= _OWN][:_WORD_KEYS]


def _key(term: int, days: int) -> int:
    return crc32(b"%d %d" % (term, days))


# --- how common terms are ---------------------------------------------------------------------------------

#: what a term counts for, by how common it is; a term that is missing is rare
Rarity = Mapping[int, float]

#: fewer articles than these tell little of how common a term is
_PRIOR: Final = 200
_RAREST: Final = 0.15


def rarity_of(sample: Sequence[bytes]) -> dict[int, float]:
    """What each term of these articles counts for, from 0.15 to 1: its inverse document frequency.

    ``sample`` are terms as :func:`terms_to_bytes` writes them. Spärck Jones 1972, as a share of the frequency of
    a term that no article has. A name that all write about these days makes no event of two articles.
    """
    terms = [np.frombuffer(data, np.uint32, len(data) // 5) for data in sample]
    joined = np.concatenate([np.empty(0, np.uint32), *terms])
    ids, counts = np.unique(np.where(joined >= _OWN, joined & ~np.uint32(_NAMED), joined), return_counts=True)
    worth = np.maximum(_RAREST, 1 - np.log(counts + 1) / log(max(len(sample), _PRIOR) + 1))
    return dict(zip(ids.tolist(), worth.tolist(), strict=True))


# --- fit --------------------------------------------------------------------------------------------------

#: hours by which one event is told later without being less likely the same; what every further hour costs
_SOON: Final = 8 * 3600
_LATER: Final = 0.003 / 3600
#: what it costs to name other days of the week, and to name other places
_OTHER_DAY: Final = 0.08
_OTHER_PLACE: Final = 0.06
#: what a likeness is worth without a name, a place or a large number in common
_UNTOLD: Final = 0.6
#: with fewer words than these a few common ones weigh too much
_ENOUGH: Final = 28
#: how much of the weightiest common term counts: one famous name is not an event
_BEST_COUNTS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One article as it is compared: ``at`` in seconds since 1970, terms by vocabulary with their lengths."""

    id: int
    at: int
    language: str
    clues: Mapping[int, float]
    words: Mapping[int, float]
    clues_length: float
    words_length: float
    days: frozenset[int]
    places: frozenset[int]
    #: names, places and large numbers
    telling: frozenset[int]


def report_of(article_id: int, at: int, language: str | None, terms: Terms, rarity: Rarity) -> Report:
    """An article's terms, ready to be compared."""
    clues: dict[int, float] = {}
    words: dict[int, float] = {}
    for term, weight in terms:
        if term >= _OWN:
            stem = term & ~_NAMED
            words[stem] = weight * rarity.get(stem, 1.0)
        elif term not in DAYS:
            clues[term] = weight * rarity.get(term, 1.0)
            if CLASS_OF[term] not in _NAMES:
                words[term] = clues[term]
    return Report(
        id=article_id,
        at=at,
        language=primary(language),
        clues=clues,
        words=words,
        clues_length=sqrt(sum(weight * weight for weight in clues.values())),
        words_length=sqrt(sum(weight * weight for weight in words.values())),
        days=frozenset(term for term, _ in terms if term in DAYS),
        places=frozenset(term for term in clues if CLASS_OF[term] == clue_ids.PLACE),
        telling=_told(terms, language),
    )


def _told(terms: Terms, language: str | None) -> frozenset[int]:
    """The names, places and large numbers; of names only those that a capital tells."""
    kinds = _TELLING - _NAMES if primary(language) in CASELESS else _TELLING
    told = [
        term & ~_NAMED for term, _ in terms if (term & _NAMED if term >= _OWN else CLASS_OF[term] in kinds)
    ]
    return frozenset(told) - _ROUND


def fit(one: Report, other: Report) -> float:
    """How well two articles fit together, from below 0 to 1: the cosine of their terms, less what speaks against.

    Against speak the time between them, and that they name different days of the week or different places.
    """
    if one.language == other.language:
        found, length = _products(one.words, other.words), one.words_length * other.words_length
    else:
        found, length = _products(one.clues, other.clues), one.clues_length * other.clues_length
    if not found:
        return 0.0
    fewer = min(len(one.words), len(other.words))
    cosine = (sum(found) - (1 - _BEST_COUNTS) * max(found)) / length * min(1.0, fewer / _ENOUGH)
    if one.telling.isdisjoint(other.telling):
        cosine *= _UNTOLD
    against = _OTHER_DAY * _apart(one.days, other.days) + _OTHER_PLACE * _apart(one.places, other.places)
    return cosine - against - _LATER * max(0, abs(one.at - other.at) - _SOON)


def _apart(one: AbstractSet[int], other: AbstractSet[int]) -> bool:
    """Whether both name some and none of them is the same."""
    return bool(one and other and one.isdisjoint(other))


def _products(one: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    return [one[term] * other[term] for term in one.keys() & other.keys()]


def common_terms(one: Report, other: Report) -> set[int]:
    """The terms by which two articles fit together; stems without the mark of names."""
    if one.language == other.language:
        return set(one.words.keys() & other.words.keys())
    return set(one.clues.keys() & other.clues.keys())


def written_terms(
    title: str, lead: str | None, paragraphs: Sequence[str], language: str | None
) -> dict[int, str]:
    """How an article's terms are written in it, names and numbers before other words: for evidence."""
    head = _head(lead, paragraphs)
    found: dict[int, str] = {}
    words = story_words("\n".join((title, *head)), primary(language))
    for stem, _, _name, written in sorted(words, key=lambda word: not word[2]):
        found.setdefault(own_term(stem, name=False), written)
    for sight in sightings(title, head, language):
        found.setdefault(sight.clue, sight.written)
    return found
