"""What ``parse_feed`` makes of feeds of every format, sound ones first."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from crawler.feed import parse_feed

URL = "https://news.example/feeds/all.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
     xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>The Daily &amp; Sunday</title><link>https://news.example/</link><language>en-GB</language>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<item><title>Mayor resigns</title><link>https://news.example/a/1</link><guid isPermaLink="false">n-1</guid>
<pubDate>Mon, 02 Nov 2026 10:00:00 +0200</pubDate>
<dc:creator>Ann Lee</dc:creator>
<dc:creator>Bo Ray</dc:creator>
<category>Politics</category>
<description>&lt;p&gt;She said &amp;quot;enough&amp;quot;.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>She said <b>enough</b>.</p>]]></content:encoded>
<media:content url="https://img.example/1.jpg" medium="image"/></item>
</channel></rss>"""


def rss(items: str, head: str = "<link>https://news.example/</link>") -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def test_a_sound_rss_feed_gives_every_field() -> None:
    feed = parse_feed(RSS.encode(), URL, content_type="application/rss+xml")
    assert (feed.format, feed.title, feed.home) == ("rss20", "The Daily & Sunday", "https://news.example/")
    assert (feed.language, feed.ttl_minutes, feed.problem) == ("en", 30.0, None)
    (entry,) = feed.entries
    assert (entry.id, entry.url, entry.title) == ("n-1", "https://news.example/a/1", "Mayor resigns")
    assert entry.published == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert entry.published_raw == "Mon, 02 Nov 2026 10:00:00 +0200"
    assert (entry.authors, entry.tags) == (("Ann Lee", "Bo Ray"), ("Politics",))
    assert entry.summary == 'She said "enough".'
    assert entry.content_html == "<p>She said <b>enough</b>.</p>"
    assert entry.image == "https://img.example/1.jpg"


def test_atom_with_only_an_update_date_is_published_then() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/x/">
    <title>T</title>
    <entry><title type="html">&lt;i&gt;One&lt;/i&gt; &amp;amp; two</title><id>urn:1</id><link href="a/1"/>
    <link rel="self" href="/self"/><updated>2026-11-02T10:00:00Z</updated>
    <summary type="xhtml">
    <div xmlns="http://www.w3.org/1999/xhtml"><p>AT&amp;T</p></div></summary>
    </entry></feed>"""
    (entry,) = parse_feed(body, URL).entries
    assert (entry.title, entry.url, entry.summary) == ("One & two", "https://b.example/x/a/1", "AT&T")
    assert entry.published == entry.updated == datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "kind", "url"),
    [
        (
            (
                b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
                b' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>'
                b'<item rdf:about="https://a.example/1"><title>E</title><dc:date>2026-11-02</dc:date></item></rdf:RDF>'
            ),
            "rss10",
            "https://a.example/1",
        ),
        (
            (
                b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">E</title>'
                b'<link rel="alternate" href="https://a.example/1"/><issued>2026-11-02T00:00:00Z</issued></entry></feed>'
            ),
            "atom03",
            "https://a.example/1",
        ),
        (
            (
                b'<CHANNEL HREF="https://a.example/"><TITLE>T</TITLE><ITEM HREF="https://a.example/1"'
                b' LASTMOD="2026-11-02T00:00"><TITLE>E</TITLE></ITEM></CHANNEL>'
            ),
            "cdf",
            "https://a.example/1",
        ),
        (
            (
                b'<rss version="0.92"><channel><item><title>E</title><link>https://a.example/1</link>'
                b"<pubDate>2 Nov 2026</pubDate></item></channel></rss>"
            ),
            "rss092",
            "https://a.example/1",
        ),
    ],
)
def test_older_formats(body: bytes, kind: str, url: str) -> None:
    feed = parse_feed(body, URL)
    (entry,) = feed.entries
    assert (feed.format, entry.title, entry.url) == (kind, "E", url)
    assert entry.published == datetime(2026, 11, 2, tzinfo=UTC)


def test_links_are_resolved_against_base_channel_and_feed() -> None:
    item = "<item><link>/a/1</link></item>"
    assert parse_feed(rss(item), "https://feeds.example/x").entries[0].url == "https://news.example/a/1"
    assert parse_feed(rss(item, ""), URL).entries[0].url == "https://news.example/a/1"
    based = rss('<item xml:base="https://other.example/b/"><link>c</link></item>')
    assert parse_feed(based, URL).entries[0].url == "https://other.example/b/c"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<guid isPermaLink="true">https://a.example/1</guid>', "https://a.example/1"),
        ('<guid isPermaLink="false">https://a.example/1</guid>', None),
        ("<guid>12345</guid>", None),
        ("<guid>https://a.example/g</guid><link>https://a.example/1</link>", "https://a.example/1"),
        (
            (
                '<link>https://proxy.example/1</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
                "https://a.example/1</f:origLink>"
            ),
            "https://a.example/1",
        ),
        ("<link>javascript:alert(1)</link>", None),
        ("<link> jAvAsCrIpT\t:alert(1)</link>", None),
        ("<link>data:text/html,x</link>", None),
        ("<link>file:///etc/passwd</link>", None),
        ("<link>http://[::1</link>", None),
        ("<link>\n https://a.example/?a=1&amp;amp;b=2 \n</link>", "https://a.example/?a=1&b=2"),
    ],
)
def test_an_entrys_address(item: str, url: str | None) -> None:
    (entry,) = parse_feed(rss(f"<item><title>x</title>{item}</item>"), URL).entries
    assert entry.url == url
    assert entry.id


def test_different_items_with_one_guid_stay_apart_and_keep_their_ids() -> None:
    items = [f"<item><title>T{n}</title><link>/{n}</link><guid>same</guid></item>" for n in range(3)]
    ids = [entry.id for entry in parse_feed(rss("".join(items)), URL).entries]
    assert len(set(ids)) == 3
    again = [entry.id for entry in parse_feed(rss("".join(reversed(items))), URL).entries]
    assert again == ids[::-1]


def test_items_without_guid_or_link_are_known_by_their_words_and_empty_ones_are_dropped() -> None:
    body = rss("<item/><item></item><item> \n</item><item><title>Only words</title></item>")
    first, again = parse_feed(body, URL), parse_feed(body, URL)
    assert [entry.title for entry in first.entries] == ["Only words"]
    assert first.entries[0].id == again.entries[0].id != ""


def test_an_empty_item_inside_an_item_does_not_end_it() -> None:
    (entry,) = parse_feed(rss("<item><title>A</title><item /><link>/1</link></item>"), URL).entries
    assert (entry.title, entry.url) == ("A", "https://news.example/1")


def test_an_empty_feed_is_a_sound_feed() -> None:
    feed = parse_feed(rss(""), URL)
    assert (feed.format, feed.entries, feed.problem) == ("rss20", (), None)


def test_json_feed() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "home_page_url": "https://j.example/",
        "language": "ar",
        "items": [
            {
                "id": 7,
                "url": "/a/1",
                "title": "E",
                "date_published": "2026-11-02T10:00:00+02:00",
                "tags": ["x", 5],
            },
            {
                "id": "2",
                "external_url": "https://o.example/2",
                "author": {"name": "Old"},
                "content_html": "<p>b</p>",
            },
        ],
    }
    feed = parse_feed(json.dumps(document).encode(), "https://j.example/feed.json")
    assert (feed.format, feed.title, feed.language, feed.problem) == ("json11", "J", "ar", None)
    one, two = feed.entries
    assert (one.id, one.url, one.tags) == ("7", "https://j.example/a/1", ("x", "5"))
    assert one.published == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert (two.url, two.authors, two.summary) == ("https://o.example/2", ("Old",), "b")


def test_a_cut_json_feed_keeps_its_whole_items() -> None:
    whole = '{"version":"https://jsonfeed.org/version/1","title":"T","items":[{"id":"1","title":"A"},{"id":"2","ti'
    feed = parse_feed(whole.encode(), URL)
    assert [entry.id for entry in feed.entries] == ["1"]
    assert feed.problem is not None


def test_news_sitemap() -> None:
    body = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://n.example/a?x=1&amp;y=2</loc>
    <lastmod>2026-11-03</lastmod><news:news><news:publication><news:name>N</news:name>
    <news:language>uk</news:language>
    </news:publication><news:publication_date>2026-11-02T10:00:00Z</news:publication_date>
    <news:title><![CDATA[A & B]]></news:title></news:news></url><url><loc>ftp://n.example/b</loc></url></urlset>"""
    feed = parse_feed(gzip.compress(body), "https://n.example/news.xml.gz")
    assert (feed.format, feed.title, feed.language, feed.problem) == ("sitemap", "N", "uk", None)
    (entry,) = feed.entries
    assert (entry.url, entry.title) == ("https://n.example/a?x=1&y=2", "A & B")
    assert entry.published == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_a_plain_sitemap_dates_changes_not_publication() -> None:
    body = b"<urlset><url><loc>https://n.example/a</loc><lastmod>2026-11-03</lastmod></url></urlset>"
    (entry,) = parse_feed(body, URL).entries
    assert (entry.published, entry.updated) == (None, datetime(2026, 11, 3, tzinfo=UTC))


def test_a_sitemap_index_names_what_it_holds() -> None:
    body = b"<sitemapindex><sitemap><loc>https://n.example/1.xml</loc></sitemap></sitemapindex>"
    feed = parse_feed(body, URL)
    assert (feed.format, feed.entries) == ("sitemap", ())
    assert "https://n.example/1.xml" in (feed.problem or "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"<!doctype html><html><body>Log in</body></html>", "HTML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither"),
        (b'{"a": 1}', "JSON"),
        (b"\x1f\x8bnot gzip", "gzip"),
        (b"garbage", "text"),
        (b"<note><to>x</to></note>", "XML"),
    ],
)
def test_what_is_no_feed_says_so_in_one_line(body: bytes, words: str) -> None:
    feed = parse_feed(body, URL)
    assert (feed.format, feed.entries) == ("unknown", ())
    assert feed.problem is not None
    assert words in feed.problem
    assert "\n" not in feed.problem
