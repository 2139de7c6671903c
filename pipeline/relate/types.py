"""The frozen types of relating articles. No logic, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.article import Attribution


class Kind(StrEnum):
    """What one article is to another, from the copy to the original."""

    SAME_AS = "same-as"
    VERSION_OF = "version-of"
    SYNDICATED_COPY_OF = "syndicated-copy-of"
    TRANSLATION_OF = "translation-of"
    QUOTES = "quotes"
    SAME_STORY = "same-story"


#: the kinds that make two articles one text: what is folded away when only originals are asked for
COPIES = frozenset({Kind.SAME_AS, Kind.VERSION_OF, Kind.SYNDICATED_COPY_OF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stored article as it is compared with others.

    ``published`` is corrected by the outlet's known clock error; None where the article has no date.
    ``paragraphs`` is the clean body, without the title. ``links`` are the addresses its text and its removals
    lead to, ``alternates`` those it declares as editions in other languages, ``based_on`` those it declares as
    its original (canonical links to other sites, ``isBasedOn``, ``translationOfWork``).
    """

    id: int
    outlet_id: int
    outlet: str
    #: the outlet's slug, and the host of its home page without "www."
    slug: str
    host: str
    url: str
    title: str
    paragraphs: tuple[str, ...]
    language: str | None = None
    published: datetime | None = None
    first_seen: datetime
    lead: str | None = None
    authors: tuple[str, ...] = ()
    attribution: Attribution | None = None
    links: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What two articles have in common, before it is said which came first.

    ``quoted_from_first`` matters for ``quotes`` alone: True where the first of the two is the quoted one,
    False where the second is, None where the texts do not tell. ``evidence`` is lines for a person.
    """

    kind: Kind
    confidence: float
    evidence: tuple[str, ...]
    quoted_from_first: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which of two articles came first: ``first`` is its id.

    ``known`` is False where nothing but the order of crawling speaks; then ``first`` is only a way to write
    the relation down. ``evidence`` is lines for a person ("published 41 min later").
    """

    first: int
    known: bool
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One article to another, from the copy to the original; ``evidence`` is lines for a person."""

    src: int
    dst: int
    kind: Kind
    confidence: float
    direction_known: bool
    evidence: tuple[str, ...]
