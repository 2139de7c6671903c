"""The shell: takes articles from the queue, relates them to what is stored, and writes what was found.

The queue row of an article is written with its version and deleted with its relations, each in one transaction:
a crash between the two leaves work to do, and two programs that relate at once do it one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from pipeline.relate.fresh import Fresh, fresh, seconds
from pipeline.relate.kinship import Found, KnownAs, find_copies
from pipeline.relate.shelf import Shelf
from pipeline.relate.telling import Teller
from pipeline.relate.translating import Translator, near
from pipeline.relate.types import Relation
from pipeline.store import aliases, inverted, relations, spellings, story_reports, traits
from pipeline.store.connection import Store
from pipeline.store.inverted import CLUES, PRINTS
from pipeline.store.traits import Traits

#: articles related in one transaction, and seconds after which one ends all the same
BATCH: Final = 20
_PATIENCE: Final = 0.25
#: for so long an article can be found by its clues; copies are found for ever
REMEMBERED: Final = timedelta(days=60)
#: articles taken out of the index of clues for each one that comes in
_EXPIRED: Final = 2


def catch_up(
    store: Store, now: datetime, *, most: int | None = None, told: Callable[[int], None] | None = None
) -> int:
    """Relate the articles that wait in the queue, ``most`` or all of them; returns how many.

    ``told`` hears after each transaction how many have been related. May be stopped at any moment.

    :raises StoreError: the database cannot be used; what was related before stays
    """
    relater = Relater(store=store, now=now)
    count = 0
    while (most is None or count < most) and (ids := traits.due(store, BATCH)):
        count += relater.relate(ids)
        if told:
            told(count)
    return count


@dataclass(slots=True, kw_only=True)
class Relater:
    """Relates articles, some in a transaction. One for a pass over the queue."""

    store: Store
    now: datetime
    #: articles read before the lock was taken, that there was no time for yet
    ready: dict[int, Fresh | None] = field(default_factory=dict)
    shelf: Shelf = field(init=False)
    known_as: KnownAs = field(init=False)
    teller: Teller = field(init=False)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.store)
        self.known_as = partial(aliases.hosts_named, self.store)
        self.teller = Teller(store=self.store, shelf=self.shelf, now=self.now)

    def relate(self, ids: list[int]) -> int:
        """Relate these articles and take them out of the queue; returns how many it was time for."""
        for article_id in ids:
            if article_id not in self.ready:
                found = self.shelf.piece(article_id)
                self.ready[article_id] = fresh(*found) if found else None
        done: list[int] = []
        deadline = time.monotonic() + _PATIENCE
        with self.store.write():
            for article_id in sorted(traits.still_due(self.store, ids)):
                article = self.ready.pop(article_id)
                if article is None or self._one(article):
                    done.append(article_id)
                if time.monotonic() > deadline:
                    break
            traits.done(self.store, done)
        return len(done)

    def _one(self, article: Fresh) -> bool:
        """Relate one article; False where it has changed since it was read."""
        if traits.version_of(self.store, article.piece.id) != article.version_id:
            return False
        known = traits.load(self.store, [article.piece.id]).get(article.piece.id)
        changed = known is not None and known.version_id != article.version_id
        before = self._withdrawn(known)
        if article.piece.attribution and (known is None or changed):
            aliases.learn(self.store, article.piece.attribution)
        spellings.learn(self.store, article.names)
        self.shelf.keep(article.version_id, article.piece, article.words)
        found = find_copies(self.store, self.shelf, article, self.known_as)
        self._write(found.relations)
        close = near(self.store, article, found.copies)
        translator = Translator(self.store, self.shelf, self.known_as)
        translations = translator.translations(article, close.rivals, found.copies)
        self._write(translations)
        # Kin leave it to this article to hold the prints they share: where its text has changed, they look again.
        traits.enqueue(self.store, before if changed else before - _ends((*found.relations, *translations)))
        self._remember(article, found, close.crowded)
        self.teller.tell(article, (found.copies | _ends(translations)) - {article.piece.id})
        return True

    def _withdrawn(self, known: Traits | None) -> set[int]:
        """Forget what an article was related by; returns to whom."""
        if known is None:
            return set()
        traits.leave_indexes(self.store, known)
        return relations.withdraw(self.store, known.article_id)

    def _write(self, found: tuple[Relation, ...]) -> None:
        for one in found:
            relations.write(self.store, one)

    def _remember(self, article: Fresh, found: Found, crowded: frozenset[int]) -> None:
        prints = set(article.prints) - found.held
        clues = set(article.clues.keys) - crowded
        inverted.add(self.store, PRINTS, article.piece.id, prints)
        inverted.add(self.store, CLUES, article.piece.id, clues)
        traits.save(
            self.store,
            Traits(
                article_id=article.piece.id,
                version_id=article.version_id,
                at=article.at,
                related_at=seconds(self.now),
                language=article.language,
                words=len(article.words),
                prints=len(article.prints),
                clues=article.clues.to_bytes(),
                print_keys=inverted.packed(prints),
                clue_keys=inverted.packed(clues),
            ),
        )
        self._expire()

    def _expire(self) -> None:
        for old in traits.expired(self.store, seconds(self.now - REMEMBERED), _EXPIRED):
            inverted.remove(self.store, CLUES, old.article_id, inverted.unpacked(old.clue_keys))
            traits.clues_left(self.store, old.article_id)
        story_reports.forget_old(self.store, seconds(self.now - REMEMBERED), _EXPIRED)


def _ends(found: tuple[Relation, ...]) -> set[int]:
    return {end for one in found for end in (one.src, one.dst)}
