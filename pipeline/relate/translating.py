"""Finding an article's translations in the store: candidates by shared clues, then the mutual best match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import log
from operator import itemgetter
from typing import Final

from pipeline.relate.clues import Clues
from pipeline.relate.fresh import Fresh
from pipeline.relate.fresh import fresh as made_fresh
from pipeline.relate.kinship import KnownAs, directed
from pipeline.relate.naming import names_each_other
from pipeline.relate.shelf import Shelf
from pipeline.relate.translation import (
    Score,
    bar_of,
    in_common,
    judge_translation,
    similarity,
    threshold,
    worth_reading,
)
from pipeline.relate.types import Kind, Piece, Relation
from pipeline.store import inverted, relations, traits
from pipeline.store.connection import Store
from pipeline.store.inverted import CLUES, Hits
from pipeline.store.traits import Traits

#: a translation is looked for among what was published so much before or after
WINDOW: Final = timedelta(days=10)
#: what a key counts for that is asked for, but not among those by which the article itself is found
_ASKED_WORTH: Final = 0.5
#: articles that share most keys, of which it is read when and in which language they were published; those of them in
#: other languages that are looked at, the first of each language before the second of any; and the likeliest of each
#: language that are compared
_READ: Final = 160
_LOOKED_AT: Final = 40
_COMPARED: Final = 6
#: that the next best is far behind tells something where so many were compared
_TELLING: Final = 3
#: relations read to find the copies of a match
_KIN_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class Rival:
    """A candidate with its score."""

    traits: Traits
    score: Score


@dataclass(frozen=True, slots=True)
class Near:
    """What may translate an article or be translated by it, compared; and its keys that too many articles share."""

    rivals: tuple[Rival, ...]
    crowded: frozenset[int]


def near(store: Store, article: Fresh, copies: frozenset[int]) -> Near:
    """The articles in other languages of the same days that share the most telling clues with this one.

    And those that it declares or that declare it. Its ``copies`` are no translations, whatever language they are
    said to be in.
    """
    hits = inverted.look_up(store, CLUES, article.clues.asked)
    hits.shared.pop(article.piece.id, None)
    kin = relations.declared_kin(store, article.piece.id) - copies
    known = traits.load(store, dict.fromkeys((*_looked_at(store, article, hits, copies), *sorted(kin))))
    foreign = [one for one in known.values() if one.language != article.language]
    return Near(_rivals(article, foreign, kin), hits.crowded)


def _looked_at(store: Store, fresh: Fresh, hits: Hits, copies: frozenset[int]) -> list[int]:
    worth = _worth(fresh, hits)
    likely = {one: sum([worth[key] for key in keys]) for one, keys in hits.shared.items()}
    ranked = sorted(likely, key=lambda one: (-likely[one], one))[:_READ]
    published = traits.published(store, ranked)
    taken: Counter[str | None] = Counter()
    found: list[tuple[int, int]] = []
    for one in ranked:
        at, language = published.get(one, (None, None))
        if at is None or language == fresh.language or one in copies:
            continue
        if abs(at - fresh.at) <= WINDOW.total_seconds():
            taken[language] += 1
            found.append((taken[language], one))
    found.sort(key=itemgetter(0))
    return [one for _, one in found[:_LOOKED_AT]]


def _worth(fresh: Fresh, hits: Hits) -> dict[int, float]:
    """How much each key says that is shared: the fewer articles have it, the more; less where it was but asked for."""
    own = frozenset(fresh.clues.keys)
    return {
        key: log(1 + CLUES.most / count) * (1.0 if key in own else _ASKED_WORTH)
        for key, count in hits.holders.items()
    }


def _rivals(fresh: Fresh, candidates: Iterable[Traits], kin: set[int]) -> tuple[Rival, ...]:
    """The candidates of each language that have most in common with the article, and its ``kin``, with their scores."""
    looked_at = [(known, Clues.from_bytes(known.clues)) for known in candidates]
    common = {known.article_id: in_common(fresh.clues, clues) for known, clues in looked_at}
    looked_at.sort(
        key=lambda one: (one[0].article_id not in kin, -common[one[0].article_id], one[0].article_id)
    )
    taken: Counter[str | None] = Counter()
    found: list[Rival] = []
    for known, clues in looked_at:
        taken[known.language] += 1
        if taken[known.language] <= _COMPARED or known.article_id in kin:
            found.append(Rival(known, similarity(fresh.clues, clues)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Translator:
    """Chooses translations among the near; ``shelf`` has their texts, ``known_as`` the names of outlets."""

    store: Store
    shelf: Shelf
    known_as: KnownAs

    def translations(
        self, fresh: Fresh, rivals: tuple[Rival, ...], copies: frozenset[int]
    ) -> tuple[Relation, ...]:
        """The article's translations: in each language the best match, if the article is the best match for it.

        Copies count as one: what translates an article translates its copies (``copies``), and an original's
        copies have the translation, too. A weaker match that an article had before is withdrawn, and its other
        end looked at again.
        """
        found: list[Relation] = []
        for best, others in _by_language(rivals):
            if not worth_reading(fresh.language, best.traits.language, best.score):
                continue
            found += self._family(fresh, best, others, copies)
        return tuple(found)

    def _family(
        self, fresh: Fresh, best: Rival, others: list[Rival], copies: frozenset[int]
    ) -> Iterator[Relation]:
        """The tie to the best match, and to those of the others that are its copies."""
        kin = relations.copies_of(self.store, [best.traits.article_id], _KIN_ROWS).get(
            best.traits.article_id, ()
        )
        further = [other for other in others if other.traits.article_id in kin]
        next_best = _next_best(other for other in others if other not in further)
        relation = self._tied(fresh, best, copies, next_best)
        if relation is not None:
            yield relation
            ties = (self._tied(fresh, other, copies, next_best) for other in further)
            yield from (tie for tie in ties if tie)

    def _tied(self, fresh: Fresh, rival: Rival, copies: frozenset[int], next_best: float) -> Relation | None:
        other = self.shelf.text(rival.traits)
        if other is None or not worth_reading(fresh.language, rival.traits.language, rival.score):
            return None
        names = names_each_other(fresh.piece, other[0], self.known_as)
        named = bool(names.first_names_second or names.second_names_first)
        languages = fresh.language, rival.traits.language
        if bar_of(*languages, rival.score, next_best) <= rival.score.value < threshold(*languages):
            # Enough only because others are far behind: so they must be from the other end, too.
            next_best = max(next_best, self._seen_from(rival, other[0], fresh, copies))
        # In the order of their addresses, so that the evidence does not tell which of them came first to us.
        one, two = sorted((fresh.piece, other[0]), key=lambda piece: piece.url)
        tie = judge_translation(one, two, rival.score, named=named, next_best=next_best)
        if tie is None or not self._wins(fresh, rival, copies):
            return None
        return directed(fresh.piece, other[0], tie, names)

    def _seen_from(self, rival: Rival, piece: Piece, fresh: Fresh, copies: frozenset[int]) -> float:
        """What matches the rival best in the article's language, the article and its copies left out."""
        close = near(self.store, made_fresh(rival.traits.version_id, piece), frozenset())
        out = copies | {fresh.piece.id}
        return _next_best(
            one
            for one in close.rivals
            if one.traits.language == fresh.language and one.traits.article_id not in out
        )

    def _wins(self, fresh: Fresh, rival: Rival, copies: frozenset[int]) -> bool:
        """Whether nothing in this article's language matches the other one better; those that match less lose it."""
        one = rival.traits.article_id
        partners = traits.load(
            self.store, relations.translations_of(self.store, one) - copies - {fresh.piece.id}
        )
        rivals = [known for known in partners.values() if known.language == fresh.language]
        theirs = Clues.from_bytes(rival.traits.clues)
        better = [
            # One whose clues are forgotten was the better one when it was found.
            not known.clues or similarity(Clues.from_bytes(known.clues), theirs).value > rival.score.value
            for known in rivals
        ]
        if any(better):
            return False
        for known in rivals:
            relations.withdraw_pair(self.store, one, known.article_id, Kind.TRANSLATION_OF)
        traits.enqueue(self.store, [known.article_id for known in rivals])
        return True


def _next_best(others: Iterable[Rival]) -> float:
    """The value of the best of them; 1 where they are too few to tell anything."""
    values = [other.score.value for other in others]
    return max(values) if len(values) >= _TELLING else 1.0


def _by_language(rivals: tuple[Rival, ...]) -> list[tuple[Rival, list[Rival]]]:
    """For each language the best candidate and the others, best first."""
    ranked = sorted(rivals, key=lambda one: (-one.score.value, one.traits.article_id))
    by_language: dict[str | None, list[Rival]] = {}
    for one in ranked:
        by_language.setdefault(one.traits.language, []).append(one)
    return [(found[0], found[1:]) for found in by_language.values()]
