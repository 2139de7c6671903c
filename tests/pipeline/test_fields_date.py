"""Dates of publication and change, wherever a page puts them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract.dates import mentions
from pipeline.extract.fields.published import url_day
from pipeline.extract.fields.read import Fields, read_fields

H1 = "<h1>Council votes for the bridge</h1>"


def read(
    head: str, body: str = "", *, lang: str = "en", url: str = "", hints: PageHints | None = None
) -> Fields:
    page = f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return read_fields(LexborHTMLParser(page), url or "https://x.example/a", hints or PageHints())


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("en", "<p>December 17, 2023</p>"),
        ("en", '<div class="post-date">Published: Dec. 17, 2023 | Updated: Jan 8, 2024</div>'),
        ("de", "<p>17. Dezember 2023, 08:15 Uhr</p>"),
        ("uk", "<div>17 грудня 2023</div>"),
        ("ar", "<div>17 ديسمبر 2023</div>"),
        ("ja", "<p>2023年12月17日</p>"),
        ("es", '<span class="fecha">17 de diciembre de 2023</span>'),
        ("en", '<time datetime="2023-12-17T10:00:00+01:00">today</time>'),
        ("en", '<div class="elementor-widget"><time datetime="2023-12-17">x</time></div>'),
        ("en", '<meta itemprop="datePublished" content="2023-12-17">'),
        ("en", '<script>window.state = {"publishedAt":"2023-12-17T08:00:00Z"}</script>'),
    ],
)
def test_the_day_is_found_without_any_declaration(lang: str, body: str) -> None:
    fields = read("", f"<div>{H1}{body}<p>Text of the article.</p></div>", lang=lang)
    assert fields.published is not None
    assert fields.published.date().isoformat() == "2023-12-17"


def test_what_is_declared_wins_and_keeps_its_offset() -> None:
    head = '<meta property="article:published_time" content="2023-12-17T23:30:00-05:00">'
    fields = read(head, f"{H1}<time datetime='2020-01-01'>1 January 2020</time>")
    assert fields.published is not None
    assert fields.published.isoformat() == "2023-12-17T23:30:00-05:00"
    assert fields.sources["published"] == "meta"


def test_the_outlets_zone_tells_the_day() -> None:
    head = '<meta property="article:published_time" content="2023-12-17T23:30:00Z">'
    fields = read(head, hints=PageHints(timezone="Europe/Kyiv"))
    assert fields.published is not None
    assert fields.published.isoformat() == "2023-12-18T01:30:00+02:00"


def test_the_day_of_a_change_is_not_the_day_of_publication() -> None:
    body = f"<div>{H1}<p>Last updated: January 8, 2024</p><p>Published December 17, 2023</p></div>"
    fields = read("", body)
    assert fields.published == datetime(2023, 12, 17, tzinfo=UTC)
    assert fields.modified == datetime(2024, 1, 8, tzinfo=UTC)


def test_a_date_of_another_day_does_not_contradict_the_address() -> None:
    body = f"<div>{H1}<p>January 8, 2024</p></div>"
    fields = read("", body, url="https://x.example/2023/12/17/bridge")
    assert fields.published == datetime(2023, 12, 17, tzinfo=UTC)
    assert fields.sources["published"] == "url"


def test_words_no_clock_understands_are_kept() -> None:
    fields = read('<meta property="article:published_time" content="last Tuesday">')
    assert (fields.published, fields.published_raw) == (None, "last Tuesday")


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.example/2024/1/28/a", "2024-01-28"),
        ("https://x.example/a-20240128.html", "2024-01-28"),
        ("https://x.example/news/2024-01-28-bridge", "2024-01-28"),
        ("https://x.example/id/20249928/a", None),
        ("https://x.example/a/120240128/", None),
    ],
)
def test_the_day_in_an_address(url: str, day: str | None) -> None:
    assert url_day(url) == day


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_words_around_a_mentioned_day_do_not_hide_it(before: str, after: str) -> None:
    text = f"{before} . On 17 March 2023 . {after}"
    assert any(mention.date == "2023-03-17" for mention in mentions([text], "en", None))


def test_days_far_apart_in_a_long_paragraph_are_all_found() -> None:
    filler = "the council met again and nothing was decided " * 6
    text = f"On 3 March 2023 {filler}until 14 April 2023 {filler}and on 5 May 2023 it ended."
    assert [m.date for m in mentions([text], "en", None)] == ["2023-03-03", "2023-04-14", "2023-05-05"]
