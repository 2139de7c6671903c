"""The seed pages: an original, its translated copy, its syndicated copy, its other-language edition."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.article import PageHints, RemovalKind
from pipeline.present import article_dict
from pipeline.read import read_page, rebuild

PAGES = Path(__file__).parent / "pages"
SEEDS = ("ar-republisher", "en-syndicated", "nv-en-original", "nv-uk-variant")
NOTES = {"must_not_contain", "source_text", "counts", "published_note"}
KYIV = PageHints(reference=datetime(2024, 1, 28, 9, tzinfo=UTC), timezone="Europe/Kyiv")


def read_seed(name: str) -> tuple[dict[str, object], dict[str, object]]:
    expected = json.loads((PAGES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    hints = KYIV if name == "nv-uk-variant" else PageHints()
    article = read_page((PAGES / f"{name}.html").read_bytes(), expected["url"], hints=hints)
    return expected, article_dict(article)


def agrees(want: object, got: object) -> bool:
    """Everything that is expected is there; what is not mentioned is free. Times are compared as instants."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(agrees(v, got.get(k)) for k, v in want.items() if k != "note")
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(agrees, want, got))
    return want == got


@pytest.mark.parametrize("name", SEEDS)
def test_every_expected_key(name: str) -> None:
    expected, got = read_seed(name)
    assert datetime.fromisoformat(str(got["published"])) == datetime.fromisoformat(str(expected["published"]))
    for key in set(expected) - NOTES - {"published"}:
        assert agrees(expected[key], got[key]), (key, got[key])


@pytest.mark.parametrize("name", SEEDS)
def test_noise_is_gone_from_the_text(name: str) -> None:
    expected, got = read_seed(name)
    paragraphs = got["paragraphs"]
    assert isinstance(paragraphs, list)
    for noise in expected["must_not_contain"]:  # type: ignore[attr-defined]
        assert not any(f" {noise} " in f" {paragraph} " for paragraph in paragraphs)


def test_a_date_without_a_year_needs_a_reference() -> None:
    page = (PAGES / "nv-uk-variant.html").read_bytes()
    article = read_page(page, "https://nv.ua/ukr/world/a-50387991.html")
    assert article.published is None
    assert article.meta.published_raw == "28 січня, 08:05"


def test_the_outlets_own_clock_is_kept() -> None:
    _, got = read_seed("ar-republisher")
    assert got["published_local"] == "2024-01-28T09:14:09+03:00"
    assert got["published"] == "2024-01-28T06:14:09+00:00"


@pytest.mark.parametrize("layout", "ABC")
def test_three_layouts_of_one_article(layout: str) -> None:
    body = (PAGES / f"seed_{layout}.html").read_bytes()
    article = read_page(body, "https://www.akhbar.example/news/0.html")
    assert len(article.paragraphs) == 9
    kinds = [removal.kind for removal in article.removals]
    assert kinds.count(RemovalKind.READ_ALSO) == 3
    assert RemovalKind.DONATION in kinds
    assert article.attribution is not None
    assert article.attribution.outlet == "The New Voice of Ukraine"
    assert article.attribution.outlet_home == "https://english.nv.ua"
    assert (article.attribution.url is None) == (layout == "A")
    extracted = rebuild(article)
    assert all(paragraph in extracted for paragraph in article.paragraphs)


@pytest.mark.parametrize("name", ["stub-nv-0", "stub-afcon-senegal"])
def test_a_stub_of_one_paragraph(name: str) -> None:
    article = read_page((PAGES / f"{name}.html").read_bytes(), "https://news.example/2024/1")
    assert len(article.paragraphs) == 1
    assert article.kind == "article"
    assert article.title not in article.text
