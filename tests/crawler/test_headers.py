"""When to come back, by what servers write into their headers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.headers import MAX_RETRY_AFTER, freshness, http_date, hub_links, links, retry_after

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
DATE = "Mon, 02 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    "written", [DATE, "Monday, 02-Nov-26 10:00:00 GMT", "Mon Nov  2 10:00:00 2026", f"  {DATE} "]
)
def test_reads_the_three_forms_of_a_date(written: str) -> None:
    assert http_date(written) == NOW


@pytest.mark.parametrize("junk", [None, "", "0", "-1", "soon", "Mon, 99 Nov 2026 10:00:00 GMT", "9" * 5000])
def test_junk_is_no_date(junk: str | None) -> None:
    assert http_date(junk) is None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999999999999999", MAX_RETRY_AFTER),
        ("9" * 5000, MAX_RETRY_AFTER),
        ("Mon, 02 Nov 2026 10:01:00 GMT", 60.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", MAX_RETRY_AFTER),
        ("Mon, 02 Nov 2026 09:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon; \x1b[31m", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(written: str | None, seconds: float | None) -> None:
    assert retry_after(written, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "public, max-age=600"}, 600.0),
        ({"cache-control": 'Max-Age="600"'}, 600.0),
        ({"cache-control": "max-age=600", "age": "200"}, 400.0),
        ({"cache-control": "max-age=600", "age": "900"}, 0.0),
        ({"cache-control": "max-age=60, max-age=900"}, 60.0),
        ({"cache-control": "max-age=-1"}, 0.0),
        ({"cache-control": "max-age=" + "9" * 5000}, 2.0**31),
        ({"cache-control": "no-cache, max-age=600"}, 0.0),
        ({"cache-control": "no-store"}, 0.0),
        ({"cache-control": "max-age=600", "expires": DATE}, 600.0),
        ({"expires": "Mon, 02 Nov 2026 10:30:00 GMT"}, 1800.0),
        ({"expires": "Mon, 02 Nov 2026 10:30:00 GMT", "date": "Mon, 02 Nov 2026 10:20:00 GMT"}, 600.0),
        ({"expires": "0"}, 0.0),
        ({"expires": "Mon, 02 Nov 2020 10:30:00 GMT"}, 0.0),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert freshness(headers, NOW) == seconds


def test_links() -> None:
    value = (
        '<https://hub.example.org/>; rel="hub", </feed?a=1,2>; rel="self alternate"; '
        'type="application/atom+xml",'
        " <broken; rel=x, <http://[bad>; rel=y, <c>"
    )
    found = links(value, "https://example.org/news/")
    assert [(link.url, sorted(link.rel), link.type) for link in found] == [
        ("https://hub.example.org/", ["hub"], None),
        ("https://example.org/feed?a=1,2", ["alternate", "self"], "application/atom+xml"),
        ("https://example.org/news/c", [], None),
    ]
    assert links(None, "https://example.org/") == ()


@settings(max_examples=150)
@given(st.text(max_size=80))
def test_junk_never_raises(text: str) -> None:
    assert http_date(text) is None or http_date(text)
    wait = retry_after(text, NOW)
    assert wait is None or 0 <= wait <= MAX_RETRY_AFTER
    fresh = freshness({"cache-control": text, "expires": text, "age": text, "date": text}, NOW)
    assert fresh is None or fresh >= 0
    links(text, "https://example.org/")


@settings(max_examples=50)
@given(st.integers(0, 7 * 86400))
def test_seconds_and_dates_mean_the_same(seconds: int) -> None:
    moment = NOW + timedelta(seconds=seconds)
    written = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after(written, NOW) == (seconds or None)
    assert freshness({"expires": written}, NOW) == seconds == retry_after(str(seconds), NOW)


def test_a_link_header_names_hubs_and_topic() -> None:
    value = '<https://hub.example/>; rel="hub", </push>; rel=hub, <ftp://x/>; rel=hub, <feed.xml>; rel="self alternate"'
    hubs, topic = hub_links({"link": value}, "https://news.example/all/rss")
    assert hubs == ("https://hub.example/", "https://news.example/push")
    assert topic == "https://news.example/all/feed.xml"


@pytest.mark.parametrize("headers", [{}, {"link": ""}, {"link": "<http://[>; rel=hub"}, {"link": "hub"}])
def test_without_a_hub_there_is_none(headers: dict[str, str]) -> None:
    assert hub_links(headers, "https://news.example/") == ((), None)
