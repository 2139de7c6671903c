"""The first case: an Arabic machine translation of an article, and its original, linked by attribution and by text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.article import CleanArticle, PageHints, RemovalKind
from pipeline.importing import Incoming, import_article, outlet_of_host
from pipeline.read import read_page
from pipeline.relate.relating import catch_up
from pipeline.store.connection import Row, Store
from pipeline.urls import host_of

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 2, 1, tzinfo=UTC)
EVERYBODY = ("ar-republisher", "en-syndicated", "nv-en-original", "nv-uk-variant")


def read(name: str) -> CleanArticle:
    expected = json.loads((PAGES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    hints = PageHints(reference=datetime(2024, 1, 28, 12, tzinfo=UTC), timezone="Europe/Kyiv")
    return read_page((PAGES / f"{name}.html").read_bytes(), expected["url"], hints=hints)


def without_attribution(article: CleanArticle) -> CleanArticle:
    kept = tuple(cut for cut in article.removals if cut.kind is not RemovalKind.ATTRIBUTION)
    return replace(article, attribution=None, removals=kept, links=())


def put(store: Store, article: CleanArticle) -> None:
    host = host_of(article.url)
    import_article(store, Incoming(article=article, outlet=outlet_of_host(article.url, host, host)), NOW)


def link(store: Store, copy: str, original: str, *, origin: str = "text") -> list[Row]:
    return store.all(
        "SELECT type, direction_known, evidence FROM lineage WHERE src_url LIKE ? AND dst_url LIKE ? AND origin = ?",
        (f"%{copy}%", f"%{original}%", origin),
    )


@pytest.mark.parametrize("order", [EVERYBODY, EVERYBODY[::-1]], ids=["copy first", "original first"])
def test_the_arabic_translation_is_linked_with_its_attribution_as_evidence(
    store: Store, order: tuple[str, ...]
) -> None:
    for name in order:
        put(store, read(name))
        catch_up(store, NOW)
    arabic, original = host_of(read("ar-republisher").url), "english.nv.ua"
    (found,) = link(store, arabic, original)
    assert (found["type"], found["direction_known"]) == ("translation-of", 1)
    assert read("ar-republisher").attribution.text in found["evidence"]  # type: ignore[union-attr]
    (copy,) = link(store, host_of(read("en-syndicated").url), original)
    assert copy["type"] == "syndicated-copy-of"


def test_the_arabic_translation_is_linked_without_its_attribution_line(store: Store) -> None:
    for name in EVERYBODY:
        put(store, without_attribution(read(name)))
    catch_up(store, NOW)
    arabic = host_of(read("ar-republisher").url)
    # Their publication times are seconds apart: without the attribution nobody can tell which came first.
    (found,) = (*link(store, arabic, "english.nv.ua"), *link(store, "english.nv.ua", arabic))
    assert (found["type"], found["direction_known"]) == ("translation-of", 0)
    assert "in common" in found["evidence"]
