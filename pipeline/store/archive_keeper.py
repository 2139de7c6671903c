"""Keeping raw pages while a crawl runs: whatever befalls their file, the crawl goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.article import PageHints
from pipeline.errors import StoreError
from pipeline.store import archive_care
from pipeline.store.archive import Archive, RawPage, archive_path, open_archive
from pipeline.store.archive_care import Retention
from pipeline.store.connection import Row, Store, iso
from pipeline.types import FetchedPage

#: ``class`` of the row in ``failures`` that says why a run kept no more pages
TROUBLE = "archive"


@dataclass(slots=True, kw_only=True)
class PageKeeper:
    """Keeps the pages of one run (None: of an import). ``trouble`` says in one line why it stopped doing so.

    The file is opened with the first page. When it cannot be used, the rest of the run does without.
    """

    db: Path
    run: int | None = None
    retention: Retention = field(default_factory=Retention)
    trouble: str | None = field(default=None, init=False)
    _archive: Archive | None = field(default=None, init=False)

    def keep(
        self, store: Store, page: FetchedPage, hints: PageHints, *, article_id: int | None = None
    ) -> None:
        """Keep the page from which an article's latest version was just read and stored.

        The article is that of the page in the store, where ``article_id`` does not name it.

        :raises StoreError: only where the database itself, ``store``, cannot be used
        """
        version = None if self.trouble or not self.retention.keep else _latest(store, page, article_id)
        if version is None:
            return
        raw = RawPage(
            version_id=version["id"],
            article_id=version["article_id"],
            outlet_id=version["outlet_id"],
            seen_at=version["seen_at"],
            url=page.url,
            final_url=page.final_url,
            fetched_at=page.at,
            content_type=page.content_type,
            hints=hints,
            body=page.body,
        )
        with self._contained(store, page.at):
            self._opened().keep(raw)

    def ask(self, store: Store, now: datetime, question: Callable[[Archive], bool]) -> bool:
        """The answer to a question about the kept pages; False where there are none or they cannot be read."""
        if not self.trouble and archive_path(self.db).exists():
            with self._contained(store, now):
                return question(self._opened())
        return False

    def finish(self, store: Store, now: datetime) -> None:
        """Forget what is too old, too much or nobody's, and close the file."""
        if not self.trouble and archive_path(self.db).exists():
            with self._contained(store, now):
                archive_care.prune(self._opened(), store, self.retention, now)
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _opened(self) -> Archive:
        if self._archive is None:
            self._archive = open_archive(self.db)
        return self._archive

    @contextmanager
    def _contained(self, store: Store, now: datetime) -> Iterator[None]:
        """A fault of the file ends the keeping, is noted in ``failures``, and goes no further."""
        try:
            yield
        except StoreError as error:
            self.close()
            self.trouble = f"raw pages are not kept any more in this run: {error}"
            store.execute(
                "INSERT INTO fetch_failures (run_id, at, url, class, message, final) VALUES (?, ?, ?, ?, ?, 0)",
                (self.run, iso(now), str(archive_path(self.db)), TROUBLE, self.trouble),
            )


def _latest(store: Store, page: FetchedPage, article_id: int | None) -> Row | None:
    return store.one(
        "SELECT v.id, v.article_id, v.seen_at, a.outlet_id FROM articles a JOIN versions v ON v.id = a.version_id"
        " WHERE a.id = coalesce(?, (SELECT article_id FROM pages WHERE id = ?)) AND v.url = ? AND v.cause <> 'rules'",
        (article_id, page.page_id, page.final_url),
    )
