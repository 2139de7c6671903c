"""Articles that others are compared with, loaded once and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from pipeline.relate.fingerprint import text_words
from pipeline.relate.types import Piece
from pipeline.store import clocks, pieces, traits
from pipeline.store.connection import Store

#: texts held in memory: those of one family come again and again
_HELD: Final = 128


@dataclass(slots=True)
class Shelf:
    """Stored articles as pieces and as words, by article and version. One for a pass over the queue."""

    store: Store
    _clocks: dict[int, timedelta] = field(default_factory=dict)
    _texts: OrderedDict[tuple[int, int], tuple[Piece, list[str]]] = field(default_factory=OrderedDict)

    def piece(self, article_id: int) -> tuple[int, Piece] | None:
        """The latest version of an article and that version's id, its time corrected by its outlet's clock."""
        outlet = pieces.outlet_of(self.store, article_id)
        return None if outlet is None else pieces.piece(self.store, article_id, self._clock(outlet))

    def _clock(self, outlet_id: int) -> timedelta:
        if outlet_id not in self._clocks:
            self._clocks[outlet_id] = clocks.clock_error(self.store, outlet_id)
        return self._clocks[outlet_id]

    def text(self, known: traits.Traits) -> tuple[Piece, list[str]] | None:
        """A related article with its words; None where it has changed since, and waits in the queue itself."""
        key = (known.article_id, known.version_id)
        if key not in self._texts:
            found = self.piece(known.article_id)
            if found is None or found[0] != known.version_id:
                return None
            self.keep(*found)
        self._texts.move_to_end(key)
        return self._texts[key]

    def keep(self, version_id: int, piece: Piece, words: list[str] | None = None) -> None:
        """Hold an article's text ready for those that will be compared with it."""
        words = text_words(piece.title, piece.paragraphs) if words is None else words
        self._texts[piece.id, version_id] = (piece, words)
        if len(self._texts) > _HELD:
            self._texts.popitem(last=False)
