"""A store with one feed, and articles read from it: what the tests of retention and of pages begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.article import CleanArticle, Link, Removal, RemovalKind
from pipeline.decide import PlannedEntry, plan_entries
from pipeline.store import articles, outlets, pages, retention
from pipeline.store.articles import Provenance
from pipeline.store.connection import Store, iso
from pipeline.types import FeedEntry, FeedSnapshot, FetchedPage, OutletFeed, OutletSpec

Make = Callable[..., CleanArticle]
RSS = "http://gazette.example/rss"
SPEC = OutletSpec(slug="gazette", name="Gazette", home="http://gazette.example", feeds=(OutletFeed(url=RSS),))
YEAR = timedelta(days=365)
LONG = " ".join(f"word{number}" for number in range(80))


def url(name: object) -> str:
    return f"http://gazette.example/{name}"


def planned(*names: object, **words: object) -> tuple[PlannedEntry, ...]:
    found = tuple(FeedEntry(**{"id": url(n), "url": url(n), "title": f"T {n}", **words}) for n in names)  # type: ignore[arg-type]
    return plan_entries(FeedSnapshot(url=RSS, format="rss20", title="Gazette", entries=found))


class Newsroom:
    """A store with one feed, and articles read from it."""

    def __init__(self, store: Store, make: Make, now: datetime) -> None:
        self.store, self.make, self.now = store, make, now
        outlets.add_outlet(store, SPEC, now - 3 * YEAR)
        self.run = self._start_run()

    def _start_run(self) -> int:
        return int(
            self.store.value(
                "INSERT INTO crawls (started_at, pid, process_token) VALUES (?, 1, '') RETURNING id",
                (iso(self.now),),
            )
        )

    def poll(self, at: datetime, *names: object, **words: object) -> tuple[int, ...]:
        """The feed shows entries of these names: the pages to fetch."""
        with self.store.write():
            wanted = pages.record_entries(self.store, 1, 1, planned(*names, **words), at)
            self.store.execute("UPDATE feeds SET last_changed = ? WHERE id = 1", (iso(at),))
        return wanted

    def read(self, page_id: int, at: datetime, *, name: object, body: str | None = None) -> int:
        """The page is fetched and becomes an article."""
        made = self.make(
            url=url(name),
            title=f"T {name}",
            paragraphs=(body or f"{LONG} {name}",),
            removals=(
                Removal(kind=RemovalKind.OTHER, rule="r", text="cut", position=(1, 0, 3), after_paragraph=1),
            ),
        )
        made = replace(made, links=(Link(url=url("elsewhere"), text="x"),))
        article_id = articles.insert_article(self.store, made, 1, Provenance(seen_at=at, run=self.run))
        articles.link_addresses(self.store, article_id, (url(name), url(f"{name}/canonical")))
        pages.record_stored(
            self.store, fetched(page_id, name, at), article_id=article_id, state="stored", next_attempt=None
        )
        return article_id

    def publish(self, at: datetime, name: object) -> int:
        """The feed shows one entry, and its article is read."""
        (page_id,) = self.poll(at, name)
        return self.read(page_id, at, name=name)

    def newest(self) -> None:
        """One more article, for the newest always stays."""
        made = self.make(url=url("newest"), title="newest", paragraphs=("Today.",))
        articles.insert_article(self.store, made, 1, Provenance(seen_at=self.now))

    def prune(self, **given: int) -> dict[str, int]:
        self.newest()
        return retention.prune_articles(self.store, self.now - YEAR, self.now, **given)

    def left(self) -> list[str]:
        rows = self.store.all("SELECT title FROM articles WHERE title <> 'newest' ORDER BY id")
        return [row["title"] for row in rows]


def fetched(page_id: int, name: object, at: datetime) -> FetchedPage:
    return FetchedPage(
        page_id=page_id, url=url(name), final_url=url(name), status=200, body=b"", content_type=None, at=at
    )
