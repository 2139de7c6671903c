"""What a page declares of its origin, from its markup to the relation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import Attribution, CleanArticle, PageHints
from pipeline.extract.fields.read import read_fields
from pipeline.relate.declared import declared_relations, one_house

Make = Callable[..., CleanArticle]
URL = "https://gazette.example/bridge"
ORIGINAL = "https://herald.example/2026/bridge"


def based_on(head: str) -> tuple[tuple[str, str], ...]:
    page = f"<html><head>{head}</head><body><h1>Bridge opens</h1></body></html>"
    return read_fields(LexborHTMLParser(page), URL, PageHints()).based_on


def article(**declared: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Bridge opens", "url": URL, **declared}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (article(isBasedOn=ORIGINAL), (("isBasedOn", ORIGINAL),)),
        (article(isBasedOnUrl=ORIGINAL), (("isBasedOn", ORIGINAL),)),
        (
            article(isBasedOn={"@type": "NewsArticle", "@id": "#x", "url": ORIGINAL}),
            (("isBasedOn", ORIGINAL),),
        ),
        (article(isBasedOn=[{"@id": ORIGINAL}, "#video", 7, None]), (("isBasedOn", ORIGINAL),)),
        (article(translationOfWork={"@id": ORIGINAL}), (("translationOfWork", ORIGINAL),)),
        (article(translationOfWork={"name": "Міст відкрито"}), ()),
        (f'<meta name="syndication-source" content="{ORIGINAL}">', (("syndication-source", ORIGINAL),)),
        (article(isBasedOn="javascript:alert(1)"), ()),
        (article(), ()),
    ],
)
def test_the_page_says_what_it_was_made_from(head: str, found: tuple[tuple[str, str], ...]) -> None:
    assert based_on(head) == found


def test_a_declared_original_is_not_taken_for_the_article() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Another headline",
        "url": ORIGINAL,
        "datePublished": "2020-01-01",
    }
    page = f"<html><head>{article(isBasedOn=other, datePublished='2026-03-02T09:00:00Z')}</head><body></body></html>"
    fields = read_fields(LexborHTMLParser(page), URL, PageHints())
    assert fields.title == "Bridge opens"
    assert fields.published == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"canonical_url": ORIGINAL}, "syndicated-copy-of"),
        ({"based_on": (("isBasedOn", ORIGINAL),)}, "syndicated-copy-of"),
        ({"based_on": (("syndication-source", ORIGINAL),)}, "syndicated-copy-of"),
        ({"based_on": (("translationOfWork", ORIGINAL),)}, "translation-of"),
    ],
)
def test_a_declared_original_becomes_a_relation(
    make_article: Make, fields: dict[str, object], kind: str
) -> None:
    (found,) = declared_relations(make_article(url=URL, **fields))
    assert (found.url, found.type, found.direction_known) == (ORIGINAL, kind, True)
    assert len(found.evidence) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"canonical_url": URL},
        {"canonical_url": "https://www.gazette.example/other"},
        {"canonical_url": "https://m.gazette.example/bridge"},
        {"canonical_url": "https://herald.example/"},
        {"canonical_url": "android-app://herald/bridge"},
        {"canonical_url": "https://bbc.co.uk/news/1", "url": "https://www.bbc.com/news/1"},
        {"based_on": (("isBasedOn", "https://gazette.example/video"),)},
    ],
)
def test_what_stays_in_the_house_is_no_origin(make_article: Make, fields: dict[str, object]) -> None:
    assert declared_relations(make_article(**({"url": URL} | fields))) == ()


def test_a_translation_within_the_house_is_one(make_article: Make) -> None:
    fields = {"based_on": (("translationOfWork", "https://gazette.example/uk/mist"),)}
    (found,) = declared_relations(make_article(url=URL, **fields))
    assert found.type == "translation-of"


def test_two_declarations_of_one_original_are_one_relation(make_article: Make) -> None:
    line = Attribution(
        text="From the Herald",
        label="From",
        outlet_as_written="the Herald",
        outlet="Herald",
        outlet_home=None,
        url=ORIGINAL,
    )
    (found,) = declared_relations(
        make_article(url=URL, canonical_url=ORIGINAL + "?utm_source=a", attribution=line)
    )
    assert (found.url, found.confidence) == (ORIGINAL, 0.95)
    assert len(found.evidence) == 3


def test_shared_hosts_are_many_houses() -> None:
    assert not one_house("https://ann.blogspot.com/1", "https://bob.blogspot.com/1")
    assert not one_house("https://herald.co.uk/1", "https://gazette.co.uk/1")
    assert one_house("https://news.herald.co.uk/1", "https://sport.herald.co.uk/1")
