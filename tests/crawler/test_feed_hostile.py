"""Broken, mislabelled and hostile documents: nothing raised, read or fetched; bounded; no dirty text."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feed import parse_feed
from crawler.feed_text import MAX_SUMMARY, MAX_TITLE
from pipeline.types import FeedSnapshot

URL = "https://news.example/feed"
DIRTY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><entry>%s</entry></feed>"
_PIECES = (
    *("<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "<guid>", "</guid>", "<description>"),
    *(
        "</description>",
        "<p>",
        "<br>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&#xD800;",
        "<",
        ">",
        "&",
        "x",
    ),
    *(
        "<entry>",
        "</entry>",
        "<link/>",
        "<content/>",
        "<image>",
        "</image>",
        "<source>",
        "<author>",
        "<name>",
    ),
    *("</author>", "<dc:date>", "<media:content/>", "</channel>", "'q", '"q', "\u202e", "\x00", "</rss>"),
)
GOOD = "<item><title>Good</title><link>https://news.example/good</link></item>"


def feed(items: str, *, before: str = "", after: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>{after}'


def item(title: str = "E", more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://news.example/1</link>{more}</item>"


def assert_clean(snapshot: FeedSnapshot) -> None:
    for entry in snapshot.entries:
        for words in (
            entry.id,
            entry.title,
            entry.summary,
            *entry.authors,
            *entry.tags,
            entry.published_raw or "",
        ):
            assert not DIRTY.search(words), words
        assert entry.url is None or re.match("https?://[^/]", entry.url, re.IGNORECASE)
        assert len(entry.title) <= MAX_TITLE
        assert len(entry.summary) <= MAX_SUMMARY
        assert entry.published is None or 1970 <= entry.published.year <= 2049


def titles(document: str | bytes, content_type: str | None = None) -> list[str]:
    snapshot = parse_feed(
        document.encode() if isinstance(document, str) else document, URL, content_type=content_type
    )
    assert_clean(snapshot)
    return [entry.title for entry in snapshot.entries]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (feed(item("a&#0;b&#xD800;c&#x110000;d&#xFFFF;") + GOOD), ["abcd", "Good"]),
        (feed(item("a\x00b\x01c\x1fd") + GOOD), ["abcd", "Good"]),
        (feed(item("a&#x1b;[2J&#x9b;b \u202egpj")), ["a[2J›b gpj"]),
        (feed(item("AT&T &nbsp; &eacute; R&D &undefined;")), ["AT&T é R&D &undefined;"]),
        (feed(item(more="<media:thumbnail url='x'/><foo:bar>y</foo:bar>")), ["E"]),
        (feed(item(), before="\n\n \ufeff<?xml version='1.0'?>"), ["E"]),
        (feed(item(), before="<b>Warning</b>: include() failed<br />\n"), ["E"]),
        (feed(item(), after="<!-- cached --><script>x</script>"), ["E"]),
        (feed(item(), after="\x00\x00junk"), ["E"]),
        (feed(item() + "<item><title>Half</title><li").removesuffix("</channel></rss>"), ["E"]),
        (feed("<item><title>A<link>https://n.example/a</link></item>" + GOOD), ["A", "Good"]),
        (feed("<item><title>A</title><link>https://n.example/a</link>" + GOOD), ["A", "Good"]),
        (feed("<item><title>A</title><description>x <br> <p>y</description></item>" + GOOD), ["A", "Good"]),
        (feed(item("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; &lt;img src=x onerror=alert(1)&gt;")), ["Bold &"]),
        (feed(item("<![CDATA[<script>alert(1)</script>Safe]]>")), ["Safe"]),
        (feed(item("5 &lt; 6 and 7 &gt; 3")), ["5 < 6 and 7 > 3"]),
        (ATOM % "<title>A &lt;tag&gt; told</title>", ["A <tag> told"]),
    ],
)  # fmt: skip
def test_broken_documents_are_read_as_far_as_they_go(document: str, expected: list[str]) -> None:
    assert titles(document) == expected


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type", "word"),
    [
        ("windows-1251", "windows-1251", "application/xml", "Привіт"),
        ("windows-1256", None, "application/rss+xml; charset=windows-1256", "مرحبا"),
        ("utf-16", "UTF-16", "application/xml", "Привіт"),
        ("utf-16-le", "UTF-16", None, "Привіт"),
        ("utf-8", "iso-8859-1", None, "Привіт"),
        ("utf-8", "x-fake", "text/xml; charset=x-fake", "Привіт"),
        ("utf-8-sig", None, "text/xml; charset=us-ascii", "Привіт"),
        ("windows-1251", "utf-8", "application/xml", "Привіт світе це новини про місто"),
        ("koi8-r", "KOI8-R", None, "Привет"),
        ("iso-2022-jp", "ISO-2022-JP", None, "日本語"),
        ("shift_jis", None, "text/xml; charset=Shift_JIS", "日本語"),
        ("gb18030", "gb2312", None, "中文新闻"),
    ],
)
def test_character_sets(encoding: str, declared: str | None, content_type: str | None, word: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    assert titles(feed(item(word), before=declaration).encode(encoding), content_type) == [word]


@pytest.mark.parametrize("name", ["UTF-7", "unicode_escape", "utf-7", "rot13", "hex", "idna"])
def test_sets_that_hide_markup_in_ascii_are_not_believed(name: str) -> None:
    words = "+ADw-script+AD4-alert(1)+ADw-/script+AD4- \\u003cscript\\u003e é"
    document = feed(item(words), before=f'<?xml version="1.0" encoding="{name}"?>')
    (title,) = titles(document.encode(), f"text/xml; charset={name}")
    assert title == words


def test_entities_read_no_file_and_do_not_grow(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("MARKER")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    for subset, title in [
        (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', "&x;"),
        (f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;', "&p;"),
        (f'<!ENTITY l0 "lol">{laughs}', "&l10;"),
        (f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000),
    ]:
        document = feed(item(title) + GOOD, before=f"<!DOCTYPE rss [{subset}]>")
        snapshot = parse_feed(document.encode(), URL)
        assert "MARKER" not in repr(snapshot)
        assert snapshot.entries[-1].title == "Good"
        assert_clean(snapshot)
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{secret.as_uri()}"/>'
    )
    assert "MARKER" not in repr(
        parse_feed(feed(item(more=f"<description>{include}</description>")).encode(), URL)
    )
    assert parse_feed(str(secret).encode(), URL).format == "unknown"


def test_harmless_entities_of_the_document_are_words() -> None:
    document = feed(item("&paper; &copy;"), before='<!DOCTYPE rss [<!ENTITY paper "The &#171;Post&#187;">]>')
    assert titles(document) == ["The «Post» ©"]


@pytest.mark.parametrize(
    "document",
    [
        feed(item(more="<description>" + "<a>" * 50_000 + "</a>" * 50_000 + "</description>")),
        feed(item(more="<x>" * 50_000 + "</y>" * 50_000)),
        feed(item(more=f"<description>{'&lt;div&gt;' * 50_000}</description>")),
        feed(item(more="<x " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>")),
        feed(item("a" * (4 << 20)) + GOOD),
        feed(item("a" + "\u0301" * 20_000 + "\U0001f468\u200d" * 5000)),
        feed(item(more="<category>{}</category>" * 20_000)),
        feed(item(more=f"<author>{'a' * 2_000_000}</author>")),
        feed(item(more="<author>a</author>" * 20_000)),
        feed("<item>" * 30_000),
        feed("<![CDATA[" * 100_000),
        feed(item("<" * 500_000)),
        feed(item("<!" * 200_000 + "<?" * 200_000)),
        feed(item("<a '" * 100_000)),
        feed(item("&" * 500_000)),
        "<rss><channel>" + " \n<!---->" * 200_000,
        "<!DOCTYPE rss [" * 100_000,
        ATOM % ("<content type='xhtml'>" + "\n<!---->" * 100_000 + "</content>"),
        '{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 200_000 + "]" * 200_000 + "}",
        "<urlset>" + "<url><loc>" * 100_000,
    ],
    ids=range(20),
)  # fmt: skip
def test_time_and_memory_are_bounded(document: str) -> None:
    before = time.process_time()
    assert_clean(parse_feed(document.encode(), URL))
    assert time.process_time() - before < 20


def test_entries_beyond_the_most_are_said_to_be_left_out() -> None:
    many = "".join(f"<item><title>{n}</title></item>" for n in range(5003))
    snapshot = parse_feed(feed(many).encode(), URL)
    assert len(snapshot.entries) == 5000
    assert snapshot.entries[-1].title == "4999"
    assert "5000" in (snapshot.problem or "")


def test_json_of_wrong_types_and_sizes() -> None:
    document = (
        '{"version":"https://jsonfeed.org/version/1.1","title":7,"items":[{"id":%s,"url":[1],"tags":{},"authors":9},'
        'null,5,{},{"id":"ok","url":"https://n.example/1","title":"a\\ud800b\\u0000c","date_published":1e999}]}'
    ) % ("9" * 10_000)
    assert titles(document) == ["", "abc"]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "<rss><channel><item>", "<feed><entry><title>", '{"items":[', "<urlset><url>"]),
)
def test_any_bytes_give_a_snapshot(tail: bytes, start: str) -> None:
    assert_clean(parse_feed(start.encode() + tail, URL))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(_PIECES),
        max_size=40,
    )
)
def test_any_order_of_tags_gives_a_snapshot(pieces: list[str]) -> None:
    assert_clean(parse_feed(("<rss><channel>" + " ".join(pieces)).encode(), URL))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_a_sound_feeds_words_come_back(title: str, summary: str) -> None:
    from xml.sax.saxutils import escape

    body = ATOM % "<id>urn:1</id><title type='text'>%s</title>"
    words = " ".join(re.sub(r"[<>&\x00-\x1f\x7f-\x9f]", "", title + summary).split())
    snapshot = parse_feed((body % escape(words)).encode("utf-8", "ignore"), URL)
    assert len(snapshot.entries) == 1
    assert_clean(snapshot)
    if words.isascii():
        assert snapshot.entries[0].title == words
