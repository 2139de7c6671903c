"""Finding an article's copies, versions and quotations in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.relate.copies import judge, worth_reading
from pipeline.relate.direction import order
from pipeline.relate.fresh import Fresh
from pipeline.relate.naming import Names, names_each_other
from pipeline.relate.overlap import overlap
from pipeline.relate.shelf import Shelf
from pipeline.relate.types import COPIES, Kind, Piece, Relation, Tie
from pipeline.store import inverted, relations, traits
from pipeline.store.connection import Store
from pipeline.store.inverted import PRINTS
from pipeline.store.traits import Traits

#: articles that share prints and are looked at, those compared in the end, and of the family of each so many, the
#: earliest
_NEAREST: Final = 16
_COMPARED: Final = 24
_EARLIEST: Final = 8
#: relations read to find the families of the nearest
_KIN_ROWS: Final = 2_000

KnownAs = Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What comparing texts found of one article.

    ``copies`` are the articles that are the same text, ``held`` its prints that already lead to one of them, or
    to too many articles: the index need not hold them for this one, too.
    """

    relations: tuple[Relation, ...]
    copies: frozenset[int]
    held: frozenset[int]


def find_copies(store: Store, shelf: Shelf, fresh: Fresh, known_as: KnownAs) -> Found:
    """Compare an article with those that share prints with it, their families, and those it declares."""
    hits = inverted.look_up(store, PRINTS, fresh.prints)
    hits.shared.pop(fresh.piece.id, None)
    found: list[Relation] = []
    copies: set[int] = set()
    held = set(hits.crowded)
    for known in _candidates(store, fresh, hits.shared):
        other = shelf.text(known)
        if other is None:
            continue
        tie = judge(fresh.piece, other[0], overlap(fresh.words, other[1]))
        if tie is None:
            continue
        found.append(directed(fresh.piece, other[0], tie, names_each_other(fresh.piece, other[0], known_as)))
        if tie.kind in COPIES:
            copies.add(known.article_id)
            held.update(hits.shared.get(known.article_id, ()))
    return Found(tuple(found), frozenset(copies), frozenset(held))


def _candidates(store: Store, fresh: Fresh, shared: dict[int, list[int]]) -> Iterator[Traits]:
    nearest = sorted(shared, key=lambda one: (-len(shared[one]), one))[: 4 * _NEAREST]
    known = traits.load(store, nearest)
    worthy = [one for one in nearest if one in known and _worthy(fresh, known[one], len(shared[one]))]
    chosen = _with_families(store, fresh.piece.id, worthy)
    chosen |= dict.fromkeys(_declared(store, fresh))
    yield from traits.load(store, chosen).values()


def _with_families(store: Store, own: int, worthy: list[int]) -> dict[int, None]:
    """The nearest articles, each followed by the earliest of its family, until there are enough.

    The family of the nearest comes before the next one: what shares less often shares but a line that outlets put
    into texts.
    """
    families = relations.copies_of(store, worthy, _KIN_ROWS)
    chosen: dict[int, None] = {}
    for one in worthy:
        if len(chosen) >= _COMPARED:
            break
        chosen[one] = None
        family = families.get(one, set()) - chosen.keys() - {own}
        if family:
            chosen |= dict.fromkeys(relations.earliest(store, sorted(family), _EARLIEST))
    return chosen


def _declared(store: Store, fresh: Fresh) -> Iterable[int]:
    return sorted(relations.declared_kin(store, fresh.piece.id))[:_EARLIEST]


def _worthy(fresh: Fresh, known: Traits, shared: int) -> bool:
    return worth_reading(shared, len(fresh.prints), known.prints)


def directed(one: Piece, other: Piece, tie: Tie, names: Names) -> Relation:
    """A tie between two articles as a relation from the copy to the original. ``names``: as they name each other."""
    before = order(one, other, names=names)
    first, known, evidence = before.first, before.known, (*tie.evidence, *before.evidence)
    if tie.kind is Kind.QUOTES and tie.quoted_from_first is not None:
        first, known = (one.id if tie.quoted_from_first else other.id), True
    named = names.second_names_first if first == one.id else names.first_names_second
    return Relation(
        src=other.id if first == one.id else one.id,
        dst=first,
        # Word for word the same, but it says itself whose text it is.
        kind=Kind.SYNDICATED_COPY_OF if tie.kind is Kind.SAME_AS and named else tie.kind,
        confidence=tie.confidence,
        direction_known=known,
        evidence=evidence,
    )
