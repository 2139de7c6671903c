"""Fields, dates, blocks and languages, as pages really write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract import dates
from pipeline.extract.dates import Clock, mentions, parse, zone_of
from pipeline.extract.links import absolute
from pipeline.extract.walk import MAX_DEPTH, base_of, segment
from pipeline.read import read_page

URL = "https://www.daily-post.example/2024/01/28/bridge.html"
REFERENCE = datetime(2024, 1, 28, 9, tzinfo=UTC)
KYIV = zone_of("Europe/Kyiv")


@pytest.mark.parametrize(
    ("raw", "language", "iso"),
    [
        ("2024-01-28T06:14:09+03:00", "ar", "2024-01-28T06:14:09+03:00"),
        ("2024-01-28T08:14:17.000Z", "en", "2024-01-28T08:14:17+00:00"),
        ("2024-01-28 08:14", "en", "2024-01-28T08:14:00+02:00"),
        ("1706422449", "en", "2024-01-28T06:14:09+00:00"),
        ("Sun, 28 Jan 2024 06:14:09 +0200", "en", "2024-01-28T06:14:09+02:00"),
        ("Sun, January 28, 2024 at 10:14 AM GMT+2", "en", "2024-01-28T10:14:00+02:00"),
        ("Jan. 28, 2024, 12:05 a.m.", "en", "2024-01-28T00:05:00+02:00"),
        ("28 січня, 08:05", "uk", "2024-01-28T08:05:00+02:00"),
        ("31 декабря, 23:50", "ru", "2023-12-31T23:50:00+02:00"),
        ("الأحد 28 يناير 2024 - 9:14 صباحًا", "ar", "2024-01-28T09:14:00+02:00"),
        ("٢٨ يناير ٢٠٢٤ - ٩:١٤ مساءً", "ar", "2024-01-28T21:14:00+02:00"),
        ("28 كانون الثاني 2024", "ar", "2024-01-28T00:00:00+02:00"),
        ("28. Januar 2024, 10:15 Uhr", "de", "2024-01-28T10:15:00+02:00"),
        ("28 de enero de 2024", "es", "2024-01-28T00:00:00+02:00"),
        ("1er février 2024 à 7h05", "fr", "2024-02-01T07:05:00+02:00"),
        ("28 Ocak 2024 - 10:20", "tr", "2024-01-28T10:20:00+02:00"),
        ("2024年1月28日 午後3:15", "ja", "2024-01-28T15:15:00+02:00"),
        ("28.01.2024 10:15", "pl", "2024-01-28T10:15:00+02:00"),
    ],
)
def test_dates_as_printed(raw: str, language: str, iso: str) -> None:
    found = parse(raw, Clock(REFERENCE, KYIV, (language, "en")))
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize("raw", ["", "yesterday", "31 лютого 2024", "2024-13-45", "99:99", "5 minutes ago"])
def test_no_date_is_no_date(raw: str) -> None:
    assert parse(raw, Clock(REFERENCE, KYIV, ("uk", "en"))) is None


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_words_may_stand_for_a_date(raw: str) -> None:
    parse(raw, Clock(REFERENCE, KYIV, ("ar", "en", "ja")))
    dates.mentions([raw], "en", REFERENCE)


@given(st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2090, 1, 1)))
@settings(max_examples=50)
def test_iso_dates_come_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse(moment.isoformat(), Clock()) == moment


def test_mentioned_dates_keep_their_words_and_infer_the_year() -> None:
    found = mentions(["On Jan. 27 he spoke.", "Since 3 March 2021 and until Dec. 31."], "en", REFERENCE)
    assert [(one.text, one.date) for one in found] == [
        ("Jan. 27", "2024-01-27"),
        ("3 March 2021", "2021-03-03"),
        ("Dec. 31", "2023-12-31"),
    ]
    assert mentions(["On Jan. 27 he spoke."], "en", None) == ()
    arabic = mentions(["نُشر على تيليجرام يوم 27 يناير."], "ar", REFERENCE)
    assert [(one.text, one.date) for one in arabic] == [("يوم 27 يناير", "2024-01-27")]


BODY = (
    "<p>The council met on Monday to discuss the plan for the new bridge over the river in the town.</p>" * 3
)


def read(head: str, body: str = BODY, *, lang: str = 'lang="en"', hints: PageHints | None = None):  # type: ignore[no-untyped-def]
    page = (
        f"<html {lang}><head>{head}</head><body><article><h1>Bridge opens</h1>{body}</article></body></html>"
    )
    return read_page(page.encode(), URL, hints=hints or PageHints())


DATE = '"datePublished": "2024-01-27T10:00:00+02:00"'
SCRIPTS = [
    f'{{"@type": "NewsArticle", "headline": "B", {DATE}, "author": "Jane Roe"}}',
    (
        f'[{{"@type": "WebSite", "name": "X"}}, {{"@type": ["NewsArticle", "Thing"], {DATE}, "headline": "B",'
        ' "author": {"name": "Jane Roe"}}]'
    ),
    (
        f'{{"@graph": [{{"@type": "NewsArticle", "headline": "B", {DATE}, "author": {{"@id": "#p"}}}},'
        ' {"@id": "#p", "@type": "Person", "name": "Jane Roe"}]}'
    ),
    f'<!-- {{"@type": "NewsArticle", "headline": "a\nb", {DATE}, "author": [{{"name": "Jane Roe"}}],}} -->',
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_json_ld_in_its_many_shapes(script: str) -> None:
    article = read(f'<script type="application/ld+json">{script}</script>')
    assert article.authors == ("Jane Roe",)
    assert article.published is not None
    assert article.published.isoformat() == "2024-01-27T10:00:00+02:00"


def test_broken_json_ld_still_tells_its_plain_pairs() -> None:
    article = read(
        '<script type="application/ld+json">{"headline": "B", "datePublished": "2024-01-27T10:00:00Z", oops'
        "</script>"
    )
    assert article.published == datetime(2024, 1, 27, 10, tzinfo=UTC)


def test_another_articles_json_ld_is_not_ours() -> None:
    other = '{"@type": "NewsArticle", "headline": "Other", "datePublished": "2020-01-01", "author": "X Y"}'
    listed = f'{{"@type": "ItemList", "itemListElement": [{other}]}}'
    article = read(
        f'<script type="application/ld+json">{listed}</script><meta name=author content="Jane Roe">'
    )
    assert article.authors == ("Jane Roe",)
    assert article.title == "Bridge opens"


def test_meta_elements_fill_what_json_ld_leaves_open() -> None:
    article = read(
        '<meta property="og:title" content="Bridge opens"><meta property="og:site_name" content="Daily Post">'
        '<meta property="article:published_time" content="2024-01-27T10:00:00+02:00">'
        '<meta property="article:section" content="World"><meta name=keywords content="bridge, river">'
        '<meta property="og:image" content="/i.jpg"><link rel=canonical href="/c.html">'
        '<link rel=alternate hreflang=uk href="/uk.html"><link rel=alternate hreflang=en href="/c.html">'
    )
    meta = article.meta
    assert (meta.site_name, meta.section, meta.tags) == ("Daily Post", "World", ("bridge", "river"))
    assert meta.image == "https://www.daily-post.example/i.jpg"
    assert meta.canonical_url == "https://www.daily-post.example/c.html"
    assert [code for code, _ in meta.alternates] == ["uk", "en"]
    assert meta.sources["published"] == "meta"


def test_visible_tags_win_over_keywords() -> None:
    article = read(
        "<meta name=keywords content='a,b'>",
        BODY + '<div class="tags"><a href="/t/1" rel=tag>Rivers</a></div>',
    )
    assert article.meta.tags == ("Rivers",)
    assert "Rivers" not in article.text


def test_hints_help_where_the_page_is_silent() -> None:
    hints = PageHints(published=datetime(2024, 1, 28, 7, tzinfo=UTC), title="Unused")
    page = f"<html><body><article>{BODY}</article></body></html>".encode()
    article = read_page(page, "https://x.example/a", hints=hints)
    assert article.published == hints.published
    assert article.title == "Unused"


UKRAINIAN = (
    "<p>У понеділок міська рада зібралася, щоб обговорити план будівництва нового мосту через річку.</p>" * 3
)
GERMAN = (
    "<p>Der Rat traf sich am Montag, um den Plan für die neue Brücke über den Fluss zu besprechen.</p>" * 4
)


@pytest.mark.parametrize(
    ("declared", "body", "language"),
    [
        ('lang="en-GB"', BODY, "en"),
        ('lang="ru"', UKRAINIAN, "uk"),
        ('lang="en"', UKRAINIAN, "uk"),
        ('lang="en"', GERMAN, "de"),
        ("", UKRAINIAN, "uk"),
        ("", GERMAN, "de"),
        ('lang="ua"', UKRAINIAN, "uk"),
    ],
)
def test_the_language_is_what_the_text_is_in(declared: str, body: str, language: str) -> None:
    assert read("", body, lang=declared).language == language


def test_blocks_know_their_place() -> None:
    page = """<body><div id=a class="x y"><p>One <a href="/l">two</a></p>loose<br><br>text
    <ul><li>item</li></ul>
    <blockquote><p>said</p></blockquote><script>no</script><pre>code</pre></div></body>"""
    document = LexborHTMLParser(page)
    blocks = segment(document).blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("paragraph", "One two"),
        ("other", "loose"),
        ("other", "text"),
        ("list-item", "item"),
        ("quote", "said"),
        ("preformatted", "code"),
    ]
    first = blocks[0].as_block(chosen=True, base=base_of(document, "https://h.example/d/"))
    assert first.path == "div.x.y#a>p"
    assert [(link.url, link.text) for link in first.links] == [("https://h.example/l", "two")]


PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "HTTPS://",
        "//",
        "/",
        "a.example",
        "a.example:8080",
        "news",
        "..",
        ".",
        "?",
        "?q=1",
    ]
) | st.sampled_from(["#", "#top", ";v", "é", "%20", "[", " ", "\\", ":", "@"])


@settings(max_examples=500, deadline=None)
@given(
    st.lists(PIECES, max_size=7).map("".join),
    st.sampled_from([URL, "http://b.example", "https://b.example:81?x", "", "ftp://c.example/d"]),
)
def test_links_are_joined_as_the_standard_library_joins_them(href: str, base: str) -> None:
    try:
        full = urljoin(base, href.strip())
    except ValueError:
        full = ""
    leads = (
        href.strip() and not href.strip().startswith("#") and full.lower().startswith(("http://", "https://"))
    )
    assert absolute(href, base) == (full if leads else None)


def test_a_full_link_needs_no_base() -> None:
    assert absolute("https://a.example/x", "http://[x/") == "https://a.example/x"
    assert absolute("x", "http://[x/") is None


@pytest.mark.parametrize(
    "trap", ["<" * 300_000, "< " * 100_000, "<a" * 100_000, "<div>" * 5_000, "<b><i>" * 5_000]
)
def test_markup_without_end_leaves_the_article_readable(trap: str) -> None:
    page = f"<html><body><article><p>First.</p><p>Second.</p></article>{trap}</body></html>"
    segments = segment(LexborHTMLParser(page))
    assert [block.text for block in segments.blocks][:2] == ["First.", "Second."]
    assert max(box.depth for box in segments.boxes) <= MAX_DEPTH + 1


def test_an_article_nested_absurdly_deep_is_still_found() -> None:
    page = f"<body>{'<div>' * 3000}<p>Deep down.</p>{'</div>' * 3000}<p>After.</p></body>"
    assert _texts(page) == ["Deep down.", "After."]


def test_control_signs_and_noncharacters_do_not_break_the_text() -> None:
    assert _texts("\x00<?xml version='1.0' encoding='koi8-r'?><p>Ки\x01їв\ufffe \ud800і</p>") == ["Київ і"]


def _texts(page: str) -> list[str]:
    return [block.text for block in segment(LexborHTMLParser(page)).blocks]


def _sentences(word: str, count: int) -> str:
    return " ".join(f"The {word} of number {n} was seen by many people of the town." for n in range(count))


def test_an_article_that_stands_in_a_table_or_in_a_plain_list_of_divisions_is_read() -> None:
    for opening, closing in (("<table><tr><td>", "</td></tr></table>"), ("<div><div>", "</div></div>")):
        body = "".join(f"{opening}{_sentences(word, 4)}{closing}" for word in ("bridge", "river", "ferry"))
        article = read_page(f"<html><body><h1>News</h1>{body}</body></html>".encode(), URL)
        assert all(any(word in text for text in article.paragraphs) for word in ("bridge", "river", "ferry"))


def test_an_article_that_only_a_script_would_draw_is_read_from_it() -> None:
    markup = "".join(f"<p>{_sentences(word, 3)}</p>" for word in ("bridge", "river", "ferry"))
    state = json.dumps(f'5:["$","div",null]\n{markup}'), json.dumps(f'<div class="body">{markup}</div>')
    scripts = "".join(f"<script>self.flight.push([1,{text}])</script>" for text in state)
    article = read_page(f"<html><title>News</title><body><div></div>{scripts}</body></html>".encode(), URL)
    assert [text.split()[1] for text in article.paragraphs] == ["bridge", "river", "ferry"]


def test_a_noscript_that_swallows_the_page_is_opened() -> None:
    page = f"<body><noscript><div></noscript><article><p>{_sentences('bridge', 4)}</p></article></body>"
    assert read_page(page.encode(), URL).text == _sentences("bridge", 4)


def test_strings_in_scripts_never_compete_with_what_the_page_shows() -> None:
    hidden = json.dumps("".join(f"<p>{_sentences(word, 5)}</p>" for word in ("advert", "offer")))
    shown = f"<article><p>{_sentences('bridge', 4)}</p></article>"
    article = read_page(f"<body>{shown}<script>state={hidden}</script></body>".encode(), URL)
    assert article.text == _sentences("bridge", 4)


@pytest.mark.parametrize(
    "script", ['"' + '\\"' * 200_000, '"' * 300_000, '"<p>' + "a" * 400 + "\\u00zz</p></p>" + '"']
)
def test_scripts_full_of_quotes_cost_nothing(script: str) -> None:
    assert read_page(f"<html><body><script>{script}</script></body></html>".encode(), URL).kind == "empty"
