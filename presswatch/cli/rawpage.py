"""The page of an article as it was fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.errors import NotFoundError
from presswatch.cli.terminal import safe

if TYPE_CHECKING:
    from pipeline.store.archive import RawPage
    from pipeline.store.browse import StoredArticle
    from pipeline.store.connection import Store


def kept_page(db: Path, store: Store, stored: StoredArticle) -> RawPage:
    """The page that a version was read from.

    :raises NotFoundError: it was not kept, or not for so long
    """
    from pipeline.store.archive import existing_archive
    from pipeline.store.archive_sources import source_of

    source = source_of(store, stored.id, stored.version)
    with existing_archive(db) as archive:
        page = archive.load(source.version_id, source.seen_at) if source else None
    if page is None:
        message = (
            f"the page of article {stored.id}, version {stored.version}, was not kept, or not for so long"
        )
        raise NotFoundError(message)
    return page


def page_json(stored: StoredArticle, page: RawPage) -> dict[str, object]:
    """A kept page as JSON, its bytes decoded as the reader decodes them."""
    return {
        "id": stored.id,
        "version": stored.version,
        "url": page.url,
        "final_url": page.final_url,
        "fetched_at": page.fetched_at,
        "content_type": page.content_type,
        "html": _decoded(page),
    }


def write_page(page: RawPage) -> None:
    """The page on standard output: its very bytes, but on a terminal as text that cannot command it."""
    if sys.stdout.isatty():
        for line in _decoded(page).splitlines():
            click.echo(safe(line))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(page.body)


def _decoded(page: RawPage) -> str:
    from pipeline.extract.decode import decode  # one view of an article needs it

    return decode(page.body, page.content_type)
