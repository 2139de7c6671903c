"""What else a page says: its kind, tags, section, addresses; and that no page is too much."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract.fields.read import Fields, read_fields

URL = "https://valleynews.example/2024/03/05/bridge"


def read(head: str, body: str = "", *, lang: str = "en", url: str = URL) -> Fields:
    page = f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return read_fields(LexborHTMLParser(page), url, PageHints())


def test_signs_of_the_kind_of_page() -> None:
    nodes = [
        {"@type": "LiveBlogPosting", "headline": "Vote, live", "isAccessibleForFree": "False"},
        {"@type": "BreadcrumbList"},
    ]
    head = (
        f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
        '<meta property="og:type" content="Article"><meta name="robots" content="noindex, follow">'
        '<link rel="amphtml" href="https://valleynews.example/amp/bridge">'
    )
    signs = read(
        head, "<article><h2>One</h2></article><article><p>Two</p></article><h1>Vote, live</h1>"
    ).signs
    assert signs.types == ("LiveBlogPosting", "BreadcrumbList")
    assert (signs.og_type, signs.free, signs.noindex) == ("article", False, True)
    assert (signs.articles, signs.headings) == (1, 1)
    assert signs.amp == "https://valleynews.example/amp/bridge"


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", True),
        ("/en/", True),
        ("/tag/bridges", True),
        ("/category/politics/page/3", True),
        ("/authors/ann-field", True),
        ("/2024/03/05/bridge", False),
        ("/politics/council-votes-for-the-bridge", False),
    ],
)
def test_addresses_of_lists_are_told_from_those_of_articles(path: str, section: bool) -> None:
    assert read("", url=f"https://valleynews.example{path}").signs.section_path is section


def test_visible_tags_win_over_keywords_and_lists_of_other_articles_are_no_tags() -> None:
    head = '<meta name="keywords" content="seo, clicks">'
    body = (
        '<div class="post tag-bridges"><ul class="post-tags"><li><a href="/t/1">#Bridges</a></li>'
        '<li><a href="/t/2">River</a></li></ul><a rel="tag" href="/t/3">Council</a></div>'
        '<aside><a rel="tag" href="/t/4">Football</a></aside><p class="stage"><a href="/x">Stage</a></p>'
    )
    fields = read(head, body)
    assert (fields.tags, fields.sources["tags"]) == (("Bridges", "River", "Council"), "html")
    assert read(head).tags == ("seo", "clicks")


def test_the_section_is_the_last_crumb_that_is_not_the_article() -> None:
    crumbs = '<nav class="Breadcrumbs"><a href="/">Home</a><a href="/p">Politics</a>'
    crumbs += '<a href="#">Council votes now</a></nav>'
    assert read("<title>Council votes now</title>", crumbs).section == "Politics"


def test_addresses_are_made_whole() -> None:
    head = (
        '<link rel="canonical" href="/bridge"><link rel="alternate" hreflang="uk" href="/uk/bridge">'
        '<link rel="alternate" hreflang="x-default" href="/">'
        '<link rel="alternate" type="application/rss+xml" href="/rss">'
        '<meta property="og:image" content="//img.example/1.jpg">'
    )
    fields = read(head)
    assert fields.canonical == "https://valleynews.example/bridge"
    assert fields.alternates == (("uk", "https://valleynews.example/uk/bridge"),)
    assert fields.image == "https://img.example/1.jpg"


def test_the_declared_language_is_what_the_page_says() -> None:
    assert read("", lang="en_US").declared_language == "en"
    assert read('<meta property="og:locale" content="uk_UA">', lang="").declared_language == "uk"


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("<>/=\"' abhmt1,:-|{}[]\u0661\u4e00\n"), max_size=200),
    st.text(max_size=30),
)
def test_no_page_and_no_address_fails(markup: str, url: str) -> None:
    page = f"<meta property='og:title' content='{markup}'><h1>{markup}</h1>{markup}"
    fields = read_fields(LexborHTMLParser(page), url, PageHints())
    assert all(title.strip() for title in fields.titles)


@pytest.mark.parametrize(
    "piece",
    [
        '<a rel="tag" class="tag author" href="/author/x">By Ann Field</a>',
        '<div class="byline date tags">By <time datetime="x">x</time>',
        '<h1>Council <span itemprop="author">votes</span></h1>',
        "<div>",
    ],
)
def test_a_page_of_thousands_of_marks_is_read_in_bounded_time(piece: str) -> None:
    document = LexborHTMLParser(f"<body><h1>Council votes</h1>{piece * 20_000}</body>")
    start = time.process_time()
    read_fields(document, URL, PageHints())
    assert time.process_time() - start < 3
