"""Reading stored pages again with today's rules. What changes is our doing and is never the outlet's edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline import decide
from pipeline.article import CleanArticle
from pipeline.errors import StoreDamagedError
from pipeline.extract.site.lookup import RuleFolders
from pipeline.memory import Memory
from pipeline.read import read_page
from pipeline.relate.declared import declared_relations
from pipeline.revise import changed_parts
from pipeline.store import articles, memory
from pipeline.store.archive import Archive, RawPage
from pipeline.store.archive_sources import source_of, version_count
from pipeline.store.articles import Provenance
from pipeline.store.browse import StoredArticle, load
from pipeline.store.connection import Store, iso
from pipeline.types import Rejected

#: ``no-page``: none was kept. ``damaged``: it cannot be read any more. ``refused``: today's rules find no
#: article on the page; the stored one stays. ``overtaken``: another program stored a version meanwhile
Outcome = Literal["same", "changed", "refused", "no-page", "damaged", "overtaken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading one article's page again.

    ``parts`` names what differs between ``old``, the latest version, and ``new``, today's reading; ``why`` is
    one line for a page that was refused or is damaged.
    """

    outcome: Outcome
    old: StoredArticle
    new: CleanArticle | None = None
    parts: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessor:
    """Reads stored pages again: a store, its raw pages, the outlets' memories and the user's rules."""

    store: Store
    archive: Archive
    recalled: dict[int, Memory] = field(default_factory=dict)
    folders: RuleFolders | None = None

    def look(self, article_id: int) -> Reading:
        """Today's reading of an article's latest page, compared with its latest version. Writes nothing."""
        old = load(self.store, article_id)
        try:
            new = self.reread(article_id)
        except StoreDamagedError as error:
            return Reading(outcome="damaged", old=old, why=str(error))
        if new is None:
            return Reading(outcome="no-page", old=old)
        verdict = decide.judge(new, ())
        if isinstance(verdict, Rejected):
            return Reading(outcome="refused", old=old, why=verdict.failure.message)
        parts = differing(old.article, new)
        return Reading(outcome="changed" if parts else "same", old=old, new=new, parts=parts)

    def reread(self, article_id: int) -> CleanArticle | None:
        """The page of an article's latest version by today's rules; None where it was not kept.

        :raises StoreDamagedError: it was, but cannot be read any more
        """
        source = source_of(self.store, article_id)
        page = self.archive.load(source.version_id, source.seen_at) if source else None
        return self._read(page) if page else None

    def says_the_same(self, article_id: int, article: CleanArticle) -> bool:
        """Whether an article's kept page, read today, has this title, lead and body.

        Then what differs from the stored version is our reading: the outlet changed nothing.
        """
        then = self.reread(article_id)
        if then is None:
            return False
        ours = (then.title, then.meta.lead, then.paragraphs)
        return not changed_parts(*ours, article.title, article.meta.lead, article.paragraphs)

    def _read(self, page: RawPage) -> CleanArticle:
        """The page as a crawl would read it today: the one place in which stored pages are read."""
        known = memory.recall(self.store, page.outlet_id, self.recalled).without(page.article_id)
        return read_page(
            page.body,
            page.final_url,
            content_type=page.content_type,
            hints=page.hints,
            memory=known,
            folders=self.folders,
        )

    def write(self, reading: Reading, now: datetime) -> Reading:
        """Store a changed reading as a version whose cause is ``rules``, in one transaction.

        Where another program stored a version since the article was looked at, nothing is written and the
        outcome is ``overtaken``: that version was read with today's rules.
        """
        new, old = reading.new, reading.old
        assert new is not None
        with self.store.write():
            if version_count(self.store, old.id) != old.versions:
                return Reading(outcome="overtaken", old=old)
            origin = Provenance(seen_at=now, cause="rules")
            articles.insert_version(self.store, old.id, new, origin, reading.parts)
            articles.relate(self.store, old.id, declared_relations(new))
            canonical = new.meta.canonical_url
            if canonical and decide.same_site(canonical, new.url):
                articles.link_addresses(self.store, old.id, (canonical,))
        return reading


# --- what differs ---------------------------------------------------------------------------------------


def differing(old: CleanArticle, new: CleanArticle) -> tuple[str, ...]:
    """The parts of an article in which two readings say something else, in the order people care about.

    Where a text stood and which rule cut it is no difference; nor is white space.
    """
    said = changed_parts(old.title, old.meta.lead, old.paragraphs, new.title, new.meta.lead, new.paragraphs)
    ours, theirs = _fields(old), _fields(new)
    return (*said, *(name for name, value in ours.items() if value != theirs[name]))


def _fields(article: CleanArticle) -> dict[str, object]:
    meta = article.meta
    return {
        "authors": meta.authors,
        # As the store spells them: a fraction of a second is not kept.
        "published": iso(meta.published),
        "modified": iso(meta.modified),
        "language": meta.language,
        "section": meta.section,
        "tags": meta.tags,
        "image": meta.image,
        "kind": article.kind,
        "attribution": article.attribution,
        "links": article.links,
        "removals": [
            (cut.kind, cut.label, cut.title, " ".join(cut.text.split()), cut.links)
            for cut in article.removals
        ],
    }
