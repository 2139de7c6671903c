"""An article about to be related: all that follows from its text alone, made before the write lock is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.names import names_in
from pipeline.relate.clues import Clues, clues_of
from pipeline.relate.fingerprint import prints_of, text_words
from pipeline.relate.stories import Terms, terms_of
from pipeline.relate.types import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """One version of an article with its words, prints, clues, names and telling terms."""

    version_id: int
    piece: Piece
    words: list[str] = field(repr=False)
    prints: tuple[int, ...]
    clues: Clues
    names: tuple[str, ...]
    terms: Terms = ()

    @property
    def at(self) -> int:
        """Seconds since 1970: when it was published, or else when it was first seen."""
        return seconds(self.piece.published or self.piece.first_seen)

    @property
    def language(self) -> str | None:
        """The language without its region."""
        return primary(self.piece.language)


def primary(language: str | None) -> str | None:
    """The language without its region or script: ``en`` of ``en-GB``."""
    return language.replace("_", "-").partition("-")[0].lower() if language else None


def seconds(moment: datetime) -> int:
    """Seconds since 1970 of an aware datetime."""
    return int(moment.astimezone(UTC).timestamp())


def fresh(version_id: int, piece: Piece) -> Fresh:
    """All that follows from an article's text."""
    words = text_words(piece.title, piece.paragraphs)
    clues = clues_of(piece.title, piece.paragraphs, piece.language)
    return Fresh(
        version_id=version_id,
        piece=piece,
        words=words,
        prints=prints_of(words),
        clues=clues,
        names=names_in(piece.title, piece.paragraphs, piece.language),
        terms=terms_of(piece.title, piece.lead, piece.paragraphs, piece.language, clues=clues),
    )
