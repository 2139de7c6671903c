"""Subscription lists in and out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.opml import read_opml, write_opml
from pipeline.types import OutletFeed, OutletSpec


def opml(body: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<opml version="1.0"><body>{body}</body></opml>'.encode()


def test_feeds_of_one_site_become_one_outlet_whatever_their_folders() -> None:
    outlets = read_opml(
        opml(
            "<outline text='News'><outline text='A &amp; B' type='rss' xmlUrl='https://www.a.example/rss'"
            " htmlUrl='https://www.a.example/'/><outline text='Deep'><outline title='A sport'"
            " xmlUrl='https://feeds.example/a-sport' htmlUrl='https://a.example/sport' language='en-US'/>"
            "</outline></outline>"
            "<outline text='B' XMLURL='https://b.example/feed?x=1&amp;y=2'/>"
            "<outline text='again' xmlUrl='https://www.a.example/rss' htmlUrl='https://a.example/'/>"
        )
    )
    a, b = outlets
    assert (a.slug, a.name, a.home) == ("a.example", "A & B", "https://www.a.example/")
    assert [feed.url for feed in a.feeds] == ["https://www.a.example/rss", "https://feeds.example/a-sport"]
    assert (a.feeds[1].title, a.feeds[1].language) == ("A sport", "en")
    assert (b.slug, b.home, b.feeds[0].url) == (
        "b.example",
        "https://b.example/",
        "https://b.example/feed?x=1&y=2",
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not an OPML"),
        (b"<html><body>no</body></html>", "not an OPML"),
        (b"<opml><body><outline xmlUrl='https://a.example/f'/>", "cut off"),
        (opml("<outline text='only a folder'/>"), "no feeds"),
        (opml("<outline xmlUrl='javascript:alert(1)'/><outline xmlUrl='file:///etc/passwd'/>"), "no feeds"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        read_opml(data)
    assert "\n" not in str(error.value)


def test_entities_are_not_expanded_nor_files_read() -> None:
    entity = "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/hostname'><!ENTITY y 'boom'>]>"
    (outlet,) = read_opml(opml("<outline text='&x;&y;' xmlUrl='https://a.example/f'/>", entity))
    assert outlet.name == "&x;&y;"


def test_utf16_and_bare_ampersands_are_read() -> None:
    body = "<opml version='2.0'><body><outline text='Київ & Львів' xmlUrl='https://a.example/f?a=1&b=2'/></body></opml>"
    (outlet,) = read_opml(body.encode("utf-16"))
    assert (outlet.name, outlet.feeds[0].url) == ("Київ & Львів", "https://a.example/f?a=1&b=2")


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20).map(
    lambda words: "x" + words.replace("<", "").replace("&", "& ").strip()
)
_PATHS = st.from_regex(r"[a-z0-9]{1,8}(\?[a-z]=[0-9]&[a-z]=[0-9])?", fullmatch=True)


@st.composite
def _outlets(draw: st.DrawFn) -> list[OutletSpec]:
    hosts = draw(st.lists(st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True), max_size=4, unique=True))
    return [draw(_outlet(host)) for host in hosts]


@st.composite
def _outlet(draw: st.DrawFn, host: str) -> OutletSpec:
    paths = draw(st.lists(_PATHS, min_size=1, max_size=3, unique=True))
    language = draw(st.sampled_from([None, "uk", "ar", "en"]))
    feeds = tuple(
        OutletFeed(
            url=f"https://{host}/{path}",
            kind=draw(st.sampled_from(["feed", "sitemap"])),
            title=draw(_WORDS),
            language=language,
        )
        for path in paths
    )
    name = draw(_WORDS)
    return OutletSpec(
        slug=host, name=name, home=f"https://{host}/", feeds=feeds, language=language, hosts=(host,)
    )


@settings(max_examples=80, deadline=None)
@given(_outlets())
def test_what_is_written_is_read_again(outlets: list[OutletSpec]) -> None:
    from pipeline.text import clean

    written = write_opml(outlets, title="My <press> & more")
    if not outlets:
        with pytest.raises(ValueError, match="no feeds"):
            read_opml(written)
        return
    again = read_opml(written)
    assert [(o.slug, o.home, o.language, o.hosts) for o in again] == [
        (o.slug, o.home, o.language, o.hosts) for o in outlets
    ]
    for got, sent in zip(again, outlets, strict=True):
        assert got.name == clean(sent.name)
        assert [(f.url, f.kind, f.language) for f in got.feeds] == [
            (f.url, f.kind, f.language) for f in sent.feeds
        ]
        assert [f.title for f in got.feeds] == [clean(f.title or "") for f in sent.feeds]
