"""What feeds ask of those who poll them, and where they say more can be had."""

from __future__ import annotations

import json

import pytest

from crawler.feed import parse_feed
from pipeline.types import FeedSnapshot

URL = "https://news.example/feeds/all.xml"
ITEM = "<item><title>One</title><link>https://news.example/1</link></item>"


def rss(head: str, items: str = ITEM) -> FeedSnapshot:
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    start = f'<rss version="2.0" {atom}><channel><title>T</title><link>https://news.example/</link>'
    return parse_feed(f"{start}{head}{items}</channel></rss>".encode(), URL)


def atom(head: str) -> FeedSnapshot:
    entry = "<entry><id>urn:1</id><title>One</title><link href='https://news.example/1'/></entry>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{head}{entry}</feed>'
    return parse_feed(body.encode(), URL)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("<hour>0</hour><hour>1</hour><hour>23</hour>", (0, 1, 23)),
        ("<hour>24</hour><hour> 3 </hour><hour>3</hour>", (0, 3)),
        ("<hour>25</hour><hour>-1</hour><hour>noon</hour><hour>٣</hour><hour/>", ()),
        ("".join(f"<hour>{hour}</hour>" for hour in range(24)), ()),
        ("5", ()),
    ],
)
def test_skip_hours_are_hours_of_the_day(written: str, hours: tuple[int, ...]) -> None:
    feed = rss(f"<skipHours>{written}</skipHours>")
    assert (feed.skip_hours, feed.skip_days, len(feed.entries)) == (hours, (), 1)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("<day>Sunday</day><day>saturday</day>", (5, 6)),
        ("<day>Mon</day><day>Wednesday</day>", (0, 2)),
        ("<day>Sonntag</day><day>7</day>", ()),
    ],
)
def test_skip_days_are_english_names(written: str, days: tuple[int, ...]) -> None:
    assert rss(f"<skipDays>{written}</skipDays>").skip_days == days


def test_what_an_entry_says_is_not_the_channels() -> None:
    inside = "<skipHours><hour>4</hour></skipHours><atom:link rel='hub' href='https://evil.example/'/>"
    feed = rss("", f"<item><title>One</title><link>https://news.example/1</link>{inside}</item>")
    assert (feed.skip_hours, feed.hubs, feed.older, len(feed.entries)) == ((), (), None, 1)


def test_rss_names_hubs_and_topic_through_atom_links() -> None:
    feed = rss(
        "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='hub' href='https://hub.example/'/>"
        "<atom:link rel='hub' href='javascript:1'/><atom:link rel='HUB' href='https://two.example/push'/>"
        "<atom:link rel='self' type='application/rss+xml' href='https://news.example/feeds/canonical.xml'/>"
    )
    assert feed.hubs == ("https://hub.example/", "https://two.example/push")
    assert feed.topic == "https://news.example/feeds/canonical.xml"
    assert feed.home == "https://news.example/"


def test_atom_names_them_too_beside_its_own_address() -> None:
    feed = atom("<link rel='hub' href='//hub.example/'/><link rel='self' href='self.xml'/>")
    assert (feed.hubs, feed.topic) == (("https://hub.example/",), "https://news.example/feeds/self.xml")


def test_the_archive_before_comes_before_the_next_page() -> None:
    links = "<atom:link rel='next' href='?page=2'/><atom:link rel='prev-archive' href='/2026/10.xml'/>"
    assert rss(links).older == "https://news.example/2026/10.xml"
    assert rss("<atom:link rel='next' href='?page=2'/>").older == f"{URL}?page=2"
    iana = "http://www.iana.org/assignments/relation/next"
    assert atom(f"<link rel='{iana}' href='p2.xml'/>").older == "https://news.example/feeds/p2.xml"


@pytest.mark.parametrize("href", [URL, "ftp://news.example/2", "http://[", ""])
def test_a_next_that_leads_nowhere_is_none(href: str) -> None:
    assert rss(f"<atom:link rel='next' href='{href}'/>").older is None


def test_json_feeds_have_fields_for_all_of_it() -> None:
    hubs = [
        {"type": "WebSub", "url": "https://hub.example/"},
        {"type": "rssCloud", "url": "https://cloud.example/"},
        {"type": "WebSub", "url": ["https://x.example/"]},
        "hub",
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "feed_url": "https://news.example/feed.json",
        "next_url": "https://news.example/feed.json?page=2",
        "hubs": hubs,
        "items": [{"id": "1", "url": "https://news.example/1"}],
    }
    feed = parse_feed(json.dumps(document).encode(), URL)
    assert (feed.hubs, feed.topic) == (("https://hub.example/",), "https://news.example/feed.json")
    assert feed.older == "https://news.example/feed.json?page=2"
    itself = {**document, "next_url": "https://news.example/feed.json"}
    assert parse_feed(json.dumps(itself).encode(), URL).older is None


def test_thousands_of_hints_are_no_burden() -> None:
    feed = rss(
        "<skipHours>" + "<hour>5</hour>" * 5000 + "</skipHours>" + "<atom:link rel='hub' href='/h'/>" * 5000
    )
    assert (feed.skip_hours, len(feed.hubs), len(feed.entries)) == ((5,), 1, 1)
