"""From a home page, a feed, or an address with nothing: what ``discover`` finds, and by which requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from crawler.discover import (
    MAX_FETCHES,
    Discovery,
    discover,
    find_feeds,
    page_name,
    sitemaps_in_robots,
    well_known_feed_urls,
)
from crawler.fetched import Fetched
from pipeline.types import Failure, FailureClass

HOME = "https://www.paper.example/"


def rss(*links: str, title: str = "Paper", home: str = HOME) -> bytes:
    items = "".join(f"<item><title>About {link}</title><link>{link}</link></item>" for link in links)
    head = f"<title>{title}</title><link>{home}</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html lang='uk-UA'><head>{head}</head><body>{body}</body></html>".encode()


class Site:
    """Answers from a table; everything else is a 404. Remembers what it was asked."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[tuple[str, str]] = []

    async def get(self, url: str, kind: str) -> Fetched | Failure:
        self.asked.append((url, kind))
        body = self.pages.get(url)
        if body is None:
            return Failure(kind=FailureClass.HTTP, message="404 Not Found", status=404)
        return Fetched(url=url, final_url=url, status=200, headers={}, body=body, content_type=None)

    def discover(self, url: str) -> Discovery:
        return asyncio.run(discover(url, self.get))


def test_a_declared_feed_is_fetched_and_names_the_outlet() -> None:
    head = (
        "<meta property='og:site_name' content='The &amp; Paper'>"
        "<link rel=alternate type='application/rss+xml' href=/rss/all>"
    )
    site = Site({HOME: page(head), HOME + "rss/all": rss("/a", "/b")})
    found = site.discover(HOME)
    assert found.failure is None
    assert (found.spec.slug, found.spec.name, found.spec.language) == ("paper.example", "The & Paper", "uk")
    assert [feed.url for feed in found.spec.feeds] == [HOME + "rss/all"]
    assert found.snapshots[0].entries[0].title == "About /a"
    assert found.tried[-1] == (HOME + "rss/all", "rss20, 2 entries")


def test_a_feed_address_is_the_feed_and_its_link_the_home() -> None:
    address = "https://feeds.example/paper"
    found = Site({address: rss("/a", home="https://paper.example/news/")}).discover(address)
    assert (found.spec.slug, found.spec.home) == ("paper.example", "https://paper.example/news/")
    assert (found.spec.name, found.spec.feeds[0].url) == ("Paper", address)


def test_feeds_with_the_same_articles_are_alternatives_of_one() -> None:
    head = (
        "<link rel='alternate' type='application/rss+xml' href='/rss'>"
        "<link rel='alternate' type='application/atom+xml' href='/rss2'>"
        "<link rel='alternate' type='application/rss+xml' title='Sport' href='/sport/rss'>"
        "<link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed'>"
    )
    pages = {
        HOME: page(head),
        HOME + "rss": rss("/a", "/b"),
        HOME + "rss2": rss("/a", "/b"),
        HOME + "sport/rss": rss("/s"),
    }
    site = Site(pages)
    first, second = site.discover(HOME).spec.feeds
    assert (first.url, first.alternatives, second.url) == (HOME + "rss", (HOME + "rss2",), HOME + "sport/rss")
    assert not any("comments" in url for url, _ in site.asked)


def test_without_declared_feeds_the_usual_paths_are_tried() -> None:
    site = Site({HOME: page(), HOME + "rss.xml": rss("/a")})
    assert [feed.url for feed in site.discover(HOME).spec.feeds] == [HOME + "rss.xml"]


def test_the_last_resort_is_the_news_sitemap_of_robots_txt() -> None:
    rows = b"<sitemap><loc>/old.xml</loc></sitemap><sitemap><loc>/news.xml</loc></sitemap>"
    index = b"<sitemapindex>" + rows + b"</sitemapindex>"
    urls = b"<urlset><url><loc>https://www.paper.example/a</loc></url></urlset>"
    pages = {
        HOME: page(),
        HOME + "robots.txt": b"User-agent: *\nSitemap: /index.xml",
        HOME + "index.xml": index,
        HOME + "news.xml": urls,
    }
    found = Site(pages).discover(HOME)
    assert [(feed.url, feed.kind) for feed in found.spec.feeds] == [(HOME + "news.xml", "sitemap")]


def test_nothing_found_is_a_failure_that_says_what_to_do_after_a_bounded_search() -> None:
    head = "".join(f"<link rel=alternate type='application/rss+xml' href='/f{n}'>" for n in range(50))
    site = Site({HOME: page(head)})
    found = site.discover(HOME)
    assert found.failure is not None
    assert found.failure.kind is FailureClass.NOT_NEWS
    assert "--feed" in found.failure.message
    assert len(site.asked) == len(set(site.asked)) <= MAX_FETCHES
    assert len(found.tried) == len(site.asked)


def test_an_address_that_does_not_answer_keeps_its_own_failure() -> None:
    found = Site({}).discover(HOME)
    assert found.failure is not None
    assert found.failure.status == 404
    assert (found.spec.slug, found.spec.feeds) == ("paper.example", ())


@pytest.mark.parametrize("loop", [b"<sitemapindex><sitemap><loc>/</loc></sitemap></sitemapindex>"])
def test_an_index_that_names_itself_ends(loop: bytes) -> None:
    assert Site({HOME: loop}).discover(HOME).failure is not None


def test_feeds_of_a_page_are_ordered_and_resolved_against_base() -> None:
    head = (
        "<base href='https://cdn.example/x/'>"
        "<link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed/'>"
        "<link rel='alternate' type='application/rss+xml' title='Paper » Feed' href='feed/'>"
        "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/pages/1'>"
        "<link rel='alternate' type='application/json+oembed' href='/oembed?url=x'>"
        "<link rel='alternate' hreflang='en' href='/en/'>"
        "<link rel='stylesheet' type='text/css' href='/rss.css'>"
    )
    body = (
        "<a href='/rss/politics.xml'>Politics</a><a href='/about'>RSS</a>"
        "<a href='/a/feeding-cats'>cats</a><a href='javascript:rss()'>x</a>"
    )
    found = [feed.url for feed in find_feeds(page(head, body), HOME)]
    assert found[0] == "https://cdn.example/x/feed/"
    assert found[-1] == "https://cdn.example/comments/feed/"
    assert set(found[1:-1]) == {"https://cdn.example/rss/politics.xml", "https://cdn.example/about"}


def test_any_page_is_survived_quickly() -> None:
    assert find_feeds(b"<a href=" * 100_000 + b"<link " * 100_000, HOME) == ()
    assert find_feeds(b"", HOME) == ()
    assert page_name(b"\x00\xff", HOME) == (None, None)


def test_sitemaps_of_robots_txt() -> None:
    robots = (
        "User-agent: *\r\nSITEMAP : https://a.example/pages.xml\rSitemap: /news.xml\n"
        "Sitemap: javascript:x\n# Sitemap: /no.xml"
    )
    assert sitemaps_in_robots(robots, HOME + "robots.txt") == (
        HOME + "news.xml",
        "https://a.example/pages.xml",
    )


def test_usual_paths_start_below_the_page() -> None:
    assert well_known_feed_urls("https://a.example/blog/")[0] == "https://a.example/blog/feed/"
    assert "https://a.example/rss.xml" in well_known_feed_urls("https://a.example")
