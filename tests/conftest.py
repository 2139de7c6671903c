"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.article import CleanArticle, PageMeta
from pipeline.store.connection import Store, open_store

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture
def now() -> datetime:
    """A fixed present."""
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh database in a file of its own."""
    with open_store(tmp_path / "presswatch.db") as opened:
        yield opened


@pytest.fixture
def shared() -> Path:
    """The measuring data beside the project; tests that ask for it are skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("the measuring data is not beside the project")
    return SHARED


@pytest.fixture
def make_article() -> Callable[..., CleanArticle]:
    """A small article; any field of its meta, or ``paragraphs`` and ``kind``, may be given."""

    def make(**fields: Any) -> CleanArticle:
        paragraphs = fields.pop("paragraphs", ("The bridge opened on Monday.", "Crowds came to see it."))
        kind = fields.pop("kind", "article")
        removals = fields.pop("removals", ())
        attribution = fields.pop("attribution", None)
        meta = {"url": "http://gazette.example/bridge", "title": "Bridge opens", "language": "en"} | fields
        return CleanArticle(
            meta=PageMeta(**meta),
            paragraphs=tuple(paragraphs),
            positions=tuple((i, 0, len(p)) for i, p in enumerate(paragraphs)),
            removals=removals,
            attribution=attribution,
            kind=kind,
        )

    return make
