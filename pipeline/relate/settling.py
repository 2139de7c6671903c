"""Writing down what grouping a neighbourhood of articles made of its stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from pipeline.relate.shelf import Shelf
from pipeline.relate.stories import Report, common_terms, fit, written_terms
from pipeline.relate.story_groups import Group, grouped, settle
from pipeline.store import story_places, traits
from pipeline.store.connection import Store
from pipeline.store.story_places import Place

#: terms that the evidence names
_NAMED: Final = 5
#: the confidence that a copy belongs where its original is; that of other articles by how well they fit
_OF_KIN: Final = 0.95
_LEAST, _BY_FIT, _MOST = 0.4, 1.2, 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Articles that may be on one event.

    ``before`` has the stories of those that have one, ``kin`` the pairs that are copies or translations of each
    other with whether that is sure, ``partly`` the stories that have articles beside these.
    """

    reports: Mapping[int, Report]
    before: Mapping[int, int]
    kin: Sequence[tuple[int, int, bool]]
    partly: frozenset[int]

    def bound(self) -> Iterator[set[int]]:
        """The articles that are not to be parted: sure kin, and the known part of a story not known whole."""
        yield from ({one, other} for one, other, sure in self.kin if sure)
        for story in sorted(self.partly):
            yield {one for one, its in self.before.items() if its == story}

    def originals(self) -> dict[int, int]:
        """For each article that is kin to an earlier one the earliest that it is tied to."""
        found: dict[int, int] = {}
        for one, other, _ in self.kin:
            first, later = sorted((one, other), key=self.order)
            found[later] = min(found.get(later, first), first, key=self.order)
        return found

    def order(self, one: int) -> tuple[int, int]:
        """The articles' order in time."""
        return self.reports[one].at, one


def settle_stories(store: Store, shelf: Shelf, around: Neighbourhood, now: datetime) -> None:
    """Group the articles of a neighbourhood and write down what has changed: places, merges, splits."""
    _Settling(store, shelf, around, now).settle()


@dataclass(frozen=True, slots=True)
class _Settling:
    store: Store
    shelf: Shelf
    around: Neighbourhood
    now: datetime

    def settle(self) -> None:
        groups = grouped(self.around.reports.values(), self.around.bound())
        settled = settle(groups, self.around.before)
        now_in: dict[int, int] = {}
        for gone, into in settled.merged.items():
            story_places.merge(self.store, gone, into, self.now)
        for story, group in settled.stories:
            number = story_places.begin(self.store, self.now) if story is None else story
            now_in |= dict.fromkeys(group, number)
            self._place(number, group, settled.merged)
        before = {one: settled.merged.get(story, story) for one, story in self.around.before.items()}
        self._note_leavers(before, now_in)
        originals = self.around.originals()
        story_places.mark_own(self.store, [one for one in now_in if one in originals], own=False)
        story_places.mark_own(self.store, [one for one in now_in if one not in originals], own=True)
        changed = {story for one, story in now_in.items() if self.around.before.get(one) != story}
        for story in sorted(changed | {before[one] for one in before if now_in.get(one) != before[one]}):
            story_places.touch(self.store, story, self.now)

    def _place(self, story: int, group: Group, merged: Mapping[int, int]) -> None:
        originals = self.around.originals()
        for one in group:
            was = self.around.before.get(one)
            if was is None or merged.get(was, was) != story:
                original = originals.get(one)
                place = (
                    self._beside(story, one, original)
                    if original is not None and original in group
                    else self._fitting(story, one, group)
                )
                story_places.put(self.store, place, self.now)

    def _beside(self, story: int, one: int, original: int) -> Place:
        line = f"a copy or translation of {self._url(original)}"
        return Place(article_id=one, story_id=story, own=False, confidence=_OF_KIN, evidence=(line,))

    def _fitting(self, story: int, one: int, group: Group) -> Place:
        report = self.around.reports[one]
        fits = {other: fit(report, self.around.reports[other]) for other in group if other != one}
        best = max(fits, key=lambda other: (fits[other], -other))
        average = sum(fits.values()) / len(fits)
        shared = self._shared(report, self.around.reports[best])
        line = f"shares {', '.join(shared)} with {self._url(best)}" if shared else f"fits {self._url(best)}"
        confidence = max(_LEAST, min(_MOST, _LEAST + _BY_FIT * average))
        return Place(article_id=one, story_id=story, own=True, confidence=confidence, evidence=(line,))

    def _shared(self, one: Report, other: Report) -> list[str]:
        """The weightiest terms that two articles share, as the first writes them."""
        known = traits.load(self.store, [one.id]).get(one.id)
        text = self.shelf.text(known) if known else None
        if text is None:
            return []
        piece = text[0]
        written = written_terms(piece.title, piece.lead, piece.paragraphs, piece.language)
        weights = one.words if one.language == other.language else one.clues
        terms = sorted(common_terms(one, other), key=lambda term: (-weights[term], term))
        words = dict.fromkeys(written[term] for term in terms if term in written)
        return list(words)[:_NAMED]

    def _url(self, article_id: int) -> str:
        return story_places.address(self.store, article_id)

    def _note_leavers(self, before: Mapping[int, int], now_in: Mapping[int, int]) -> None:
        left = sorted(
            (story, now_in.get(one, 0), one)
            for one, story in before.items()
            if one in now_in or self.around.before[one] not in self.around.partly
        )
        for (story, joined), rows in groupby(left, key=lambda row: row[:2]):
            if story == joined:
                continue
            articles = [row[2] for row in rows]
            if not joined:
                story_places.leave(self.store, articles)
            story_places.split(self.store, story, joined or None, articles, self.now)
