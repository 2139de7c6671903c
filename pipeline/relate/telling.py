"""The shell of stories: finds the articles that tell of the same event as a new one, and who stands where.

An article's neighbourhood is what shares its telling terms in the days around it, its copies and translations, and
the stories of all these. It is grouped anew with every article that comes in, so that a story grows, splits or
goes into another one as more is known; what lies outside is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pipeline.relate.fresh import Fresh, seconds
from pipeline.relate.settling import Neighbourhood, settle_stories
from pipeline.relate.shelf import Shelf
from pipeline.relate.stories import (
    Rarity,
    Report,
    fit,
    keys_near,
    rarity_of,
    report_of,
    story_keys,
    terms_from_bytes,
    terms_to_bytes,
)
from pipeline.relate.story_groups import JOIN
from pipeline.store import inverted, story_places, story_reports
from pipeline.store.connection import Store
from pipeline.store.story_reports import Kept

#: articles whose terms are compared with a new one's, those of them that are grouped with it, and of each story
_COMPARED: Final = 16
_NEAREST: Final = 12
MOST_OF_A_STORY: Final = 24
#: copies and translations that come along
_KIN: Final = 12
#: the articles that came in last tell how common a term is; asked again after so many, sooner at first
_SAMPLE: Final = 400
_ASKED_AGAIN: Final = (20, 200)


@dataclass(slots=True, kw_only=True)
class Teller:
    """Tells stories. One for a pass over the queue; works inside the caller's write transaction."""

    store: Store
    shelf: Shelf
    now: datetime
    _told: int = 0
    _ask_at: int = 0
    _rarity: Rarity = field(default_factory=dict)
    #: articles ready to be compared, each with the terms as the store has them
    _reports: dict[int, tuple[bytes, Report]] = field(default_factory=dict)

    def tell(self, fresh: Fresh, kin: Iterable[int]) -> None:
        """Find the article's place among the stories. ``kin`` are its copies and translations."""
        self._ask_again()
        self._keep(fresh)
        ids = self._near(fresh) | set(sorted(kin)[:_KIN])
        stories = set(story_places.stories_of(self.store, ids).values())
        if len(ids) == 1 and not stories:
            return
        partly: set[int] = set()
        for story in sorted(stories):
            members = story_places.members_near(self.store, story, fresh.at, MOST_OF_A_STORY)
            ids.update(members)
            if story_places.count_members(self.store, story) > len(members):
                partly.add(story)
        reports = self._load(ids)
        around = Neighbourhood(
            reports=reports,
            before=story_places.stories_of(self.store, reports),
            kin=story_places.kin_among(self.store, reports),
            partly=frozenset(partly),
        )
        settle_stories(self.store, self.shelf, around, self.now)

    def _ask_again(self) -> None:
        if self._told == self._ask_at:
            soonest, latest = _ASKED_AGAIN
            self._ask_at += max(soonest, min(latest, self._told))
            self._rarity = rarity_of(story_reports.latest(self.store, _SAMPLE))
            self._reports.clear()
        self._told += 1

    def _keep(self, fresh: Fresh) -> None:
        kept = Kept(
            article_id=fresh.piece.id,
            at=fresh.at,
            related_at=seconds(self.now),
            language=fresh.language,
            terms=terms_to_bytes(fresh.terms),
            keys=inverted.packed(story_keys(fresh.terms, fresh.at)),
        )
        story_reports.save(self.store, kept)

    def _near(self, fresh: Fresh) -> set[int]:
        """The article itself and those that fit it best, if any do."""
        found = story_reports.near(self.store, keys_near(fresh.terms, fresh.at), _COMPARED)
        reports = self._load([fresh.piece.id, *found])
        one = reports.pop(fresh.piece.id)
        fits = {other.id: fit(one, other) for other in reports.values()}
        near = sorted(
            (other for other in fits if fits[other] >= JOIN), key=lambda other: (-fits[other], other)
        )
        return {one.id, *near[:_NEAREST]}

    def _load(self, ids: Iterable[int]) -> dict[int, Report]:
        found: dict[int, Report] = {}
        for kept in story_reports.load(self.store, ids).values():
            terms, report = self._reports.get(kept.article_id, (b"", None))
            if report is None or terms != kept.terms or report.at != kept.at:
                report = report_of(
                    kept.article_id, kept.at, kept.language, terms_from_bytes(kept.terms), self._rarity
                )
                self._reports[kept.article_id] = (kept.terms, report)
            found[kept.article_id] = report
        return found
