"""The shell around what a page is: one answer from the network, one transaction.

Reading a page is done before the write lock is taken; inside it there are only look-ups and writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import decide
from pipeline.article import CleanArticle, PageHints
from pipeline.clean.recall import settle
from pipeline.decide import Known, Polling
from pipeline.extract.site.lookup import RuleFolders
from pipeline.lesson import said
from pipeline.memory import Memory
from pipeline.read import read_page
from pipeline.relate import relating
from pipeline.relate.declared import declared_relations
from pipeline.reprocess import Reprocessor
from pipeline.store import articles, feeds, memory, pages, runs, tombstones, traits
from pipeline.store.archive import Archive
from pipeline.store.archive_keeper import PageKeeper
from pipeline.store.articles import Provenance
from pipeline.store.connection import Row, Store, moment
from pipeline.store.feeds import Attempt
from pipeline.text import body_hash
from pipeline.types import (
    DuePage,
    Duplicate,
    Failure,
    FailureClass,
    FetchedPage,
    New,
    Pruned,
    Rejected,
    Revision,
    Unchanged,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where pages are received: a store, the run they belong to, and the rules of looking again."""

    store: Store
    run: int
    polling: Polling = field(default_factory=Polling)
    #: keeps the pages of new articles and versions as they came; None keeps none
    keeper: PageKeeper | None = None
    #: the outlets' memories as they were last read
    recalled: dict[int, Memory] = field(default_factory=dict, repr=False, compare=False)
    #: the user's own rules for pages
    folders: RuleFolders | None = None

    def page_answered(self, due: DuePage, page: FetchedPage) -> Verdict:
        """Read a page and store what it is."""
        if page.status == 304 and due.article_id is not None:
            return self._not_modified(due, page)
        if decide.leads_home(due.url, page.final_url):
            return self._leads_home(due, page)
        hints = _hints(pages.entry_of(self.store, due.page_id), page)
        # Read before the write lock is taken: inside it there are only look-ups and writes.
        article = read_page(
            page.body,
            page.final_url,
            content_type=page.content_type,
            hints=hints,
            memory=memory.recall(self.store, due.outlet_id, self.recalled).without(due.article_id),
            folders=self.folders,
        )
        with self.store.write():
            verdict = decide.judge(article, self._known(due, page, article))
            if isinstance(verdict, Revision) and self._is_ours(verdict, page, article):
                verdict = self._read_anew(due, page, article, verdict)
            elif isinstance(verdict, New) and self._was_pruned(due, page, article):
                verdict = Pruned()
            self._store(due, page, article, verdict)
        if isinstance(verdict, New | Revision):
            if self.keeper:
                self.keeper.keep(self.store, page, hints)
            if traits.count_due(self.store) >= relating.BATCH:
                relating.catch_up(self.store, page.at, most=1)
        return verdict

    def _leads_home(self, due: DuePage, page: FetchedPage) -> Rejected:
        message = "the address now leads to the outlet's front page"
        failure = Failure(kind=FailureClass.NOT_NEWS, message=message, permanent=True)
        with self.store.write():
            if due.article_id is not None:
                self._page_gone(due, failure, page.at)
            else:
                self._page_failed(due, page.final_url, failure, page.at)
        return Rejected(failure=failure)

    def _not_modified(self, due: DuePage, page: FetchedPage) -> Unchanged:
        assert due.article_id is not None
        verdict = Unchanged(article_id=due.article_id)
        with self.store.write():
            runs.count(self.store, self.run, "unchanged")
            self._settle(due, page, due.article_id)
        return verdict

    def _known(self, due: DuePage, page: FetchedPage, article: CleanArticle) -> Iterator[Known]:
        """What the page may be, in the order of trust that :func:`pipeline.decide.judge` expects.

        Looked up one by one, as far as the judge asks: a recheck is settled by the first.
        """
        for article_id, by in self._candidates(due, page, article):
            known = (
                articles.known_by_article(self.store, article_id, by, due.outlet_id) if article_id else None
            )
            if known is not None:
                yield known

    def _candidates(
        self, due: DuePage, page: FetchedPage, article: CleanArticle
    ) -> Iterator[tuple[int | None, str]]:
        yield due.article_id, "page"
        for url in addresses(due, page, article):
            yield articles.article_at(self.store, url), "address"
        yield pages.page_row(self.store, due.page_id)["same_guid_article"], "guid"
        for article_id in articles.articles_with_body(self.store, said(article), due.outlet_id):
            yield article_id, "body"

    def _store(self, due: DuePage, page: FetchedPage, article: CleanArticle, verdict: Verdict) -> None:
        origin = Provenance(seen_at=page.at, run=self.run)
        match verdict:
            case New():
                runs.count(self.store, self.run, "new")
                article_id = articles.insert_article(self.store, article, due.outlet_id, origin)
                articles.link_addresses(self.store, article_id, (due.url, *addresses(due, page, article)))
                articles.relate(self.store, article_id, declared_relations(article))
                memory.learn(self.store, due.outlet_id, article_id, article, self.recalled)
                self._settle(due, page, article_id)
            case Revision(article_id=article_id, changed=changed):
                article = self._as_decided(due, article_id, article)
                memory.learn(self.store, due.outlet_id, article_id, article, self.recalled)
                runs.count(self.store, self.run, "revised")
                articles.insert_version(self.store, article_id, article, origin, changed)
                articles.link_addresses(self.store, article_id, (due.url, *addresses(due, page, article)))
                articles.relate(self.store, article_id, declared_relations(article))
                self._settle(due, page, article_id)
            case Unchanged(article_id=article_id):
                runs.count(self.store, self.run, "unchanged")
                self._settle(due, page, article_id)
            case Duplicate(article_id=article_id):
                runs.count(self.store, self.run, "duplicate")
                articles.link_addresses(self.store, article_id, (due.url, page.final_url))
                pages.record_stored(
                    self.store, page, article_id=article_id, state="duplicate", next_attempt=None
                )
            case Pruned():
                runs.count(self.store, self.run, "duplicate")
                pages.record_pruned(self.store, page)
            case Rejected(failure=failure):
                self._page_failed(due, page.final_url, failure, page.at)

    def _was_pruned(self, due: DuePage, page: FetchedPage, article: CleanArticle) -> bool:
        known_as = addresses(due, page, article)
        return tombstones.is_buried(self.store, due.outlet_id, body_hash(said(article)), known_as)

    def _as_decided(self, due: DuePage, article_id: int, article: CleanArticle) -> CleanArticle:
        """A further version of an article; what memory learned since the last one changes nothing in it."""
        known = memory.recall(self.store, due.outlet_id, self.recalled).without(article_id)
        return settle(article, known, memory.decided(self.store, article_id))

    def _is_ours(self, verdict: Revision, page: FetchedPage, article: CleanArticle) -> bool:
        """Whether the article's kept page, read now, says the same as this one: then our rules changed."""

        def unchanged(archive: Archive) -> bool:
            reprocessor = Reprocessor(
                store=self.store, archive=archive, recalled=self.recalled, folders=self.folders
            )
            return reprocessor.says_the_same(verdict.article_id, article)

        return self.keeper is not None and self.keeper.ask(self.store, page.at, unchanged)

    def _read_anew(
        self, due: DuePage, page: FetchedPage, article: CleanArticle, verdict: Revision
    ) -> Unchanged:
        origin = Provenance(seen_at=page.at, run=self.run, cause="rules")
        settled = self._as_decided(due, verdict.article_id, article)
        articles.insert_version(self.store, verdict.article_id, settled, origin, verdict.changed)
        return Unchanged(article_id=verdict.article_id)

    def _settle(self, due: DuePage, page: FetchedPage, article_id: int) -> None:
        articles.touch(self.store, article_id, page.at)
        again = self._next_recheck(article_id, page.at)
        pages.record_stored(self.store, page, article_id=article_id, state="stored", next_attempt=again)

    def _next_recheck(self, article_id: int, now: datetime) -> datetime | None:
        row = articles.first_seen(self.store, article_id)
        seen = moment(row["first_seen"])
        assert seen is not None
        return decide.next_recheck(seen, moment(row["published"]), now, self.polling.recheck_ages)

    def page_failed(self, due: DuePage, url: str, failure: Failure, at: datetime) -> None:
        """Store that a page did not arrive; a stored article that answers 404 or 410 is gone."""
        with self.store.write():
            if due.article_id is not None and failure.status in (404, 410):
                self._page_gone(due, failure, at)
            else:
                self._page_failed(due, url, failure, at)

    def _page_gone(self, due: DuePage, failure: Failure, at: datetime) -> None:
        assert due.article_id is not None
        if articles.mark_gone(self.store, due.article_id, at):
            runs.count(self.store, self.run, "gone")
        again = self._next_recheck(due.article_id, at)
        pages.record_gone(self.store, due.page_id, failure.status, at, again)

    def _page_failed(self, due: DuePage, url: str, failure: Failure, at: datetime) -> None:
        if failure.kind is FailureClass.OWN_NETWORK:
            pages.release(self.store, due.page_id, at + decide.OWN_FAULT)
            return
        runs.count(self.store, self.run, "failed")
        attempts = 1 + pages.page_row(self.store, due.page_id)["attempts"]
        again = decide.retry_at(failure, attempts, at, self.polling)
        pages.record_failed(self.store, due.page_id, failure, at, again)
        attempt = Attempt(url=url, at=at, final=again is None, page_id=due.page_id)
        feeds.log_failure(self.store, self.run, attempt, failure)


def addresses(due: DuePage, page: FetchedPage, article: CleanArticle) -> tuple[str, ...]:
    """The addresses under which a fetched page is known: where it was found, where it ended, what it claims.

    The canonical link is believed only within the site.
    """
    canonical = article.meta.canonical_url
    claimed = (canonical,) if canonical and decide.same_site(canonical, page.final_url) else ()
    return tuple(dict.fromkeys((due.url, page.final_url, *claimed)))


def _hints(entry: Row | None, page: FetchedPage) -> PageHints:
    """What feed, outlet and answer tell of a page: the clock and the zone of its printed dates, and so on."""
    if entry is None:
        return PageHints(reference=page.server_date or page.at)
    published = moment(entry["published"])
    return PageHints(
        reference=published or page.server_date or page.at,
        timezone=entry["timezone"],
        language=entry["feed_language"] or entry["outlet_language"],
        title=entry["title"],
        published=published,
    )
