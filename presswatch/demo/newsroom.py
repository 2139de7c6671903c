"""The newsroom: what each address answers in each of its two hours. No sockets: those are ``server.serve``'s.

Four outlets: our own Tolvane Lantern in four languages, and the three houses of one story: an article of NV
with its Ukrainian and Russian versions, a portal's syndicated copy and an Arabic site's translated copy.
``advance`` lets an hour pass: a headline is edited, an article is taken down, and the two copies appear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

from pipeline.types import OutletFeed, OutletSpec
from presswatch.demo.editions import load_editions
from presswatch.demo.pages import ZONE
from presswatch.demo.site import Resource, address, build_site
from presswatch.demo.truth import Step, steps

#: status, headers, body
Answer = tuple[int, dict[str, str], bytes]


class Newsroom:
    """The demo's outlets at one moment.

    ``start`` (aware) is when the first hour began; articles are dated before it, the changes of ``advance``
    one hour after it. Give it a moment at least an hour ago, and no page will come from the future.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC).replace(microsecond=0)
        self._hour = 0
        self._site = build_site(self._start, self._hour)

    @property
    def hosts(self) -> frozenset[str]:
        """The names it answers to."""
        return frozenset(host for host, _ in self._site)

    @property
    def outlets(self) -> tuple[OutletSpec, ...]:
        """The outlets to watch, with their feeds."""
        return (_lantern(), *_neighbours())

    def advance(self) -> None:
        """Let an hour pass. Everything happens in the first one; later hours are quiet."""
        self._hour += 1
        self._site = build_site(self._start, min(self._hour, 1))

    def truth(self) -> tuple[Step, Step]:
        """What a crawl before and a crawl after ``advance`` have to find."""
        return steps()

    def respond(self, method: str, url: str, headers: Mapping[str, str], now: datetime) -> Answer:
        """Answer a request for the absolute ``url`` at ``now`` (aware; only the ``Date`` header shows it).

        301 from http to https; 404 for every address that is not the newsroom's own; 405 for methods that do
        more than read; 304 by ``If-None-Match``, else by ``If-Modified-Since`` (RFC 9110, 13.2.2).
        """
        common = {"Date": _http_date(now), "Server": "presswatch-demo"}
        if method not in ("GET", "HEAD"):
            return 405, {**common, "Allow": "GET, HEAD", **_plain_head()}, b""
        resource = self._find(url)
        if resource is None:
            return 404, {**common, **_plain_head()}, b"" if method == "HEAD" else b"Not found\n"
        if urlsplit(url).scheme == "http":
            return 301, {**common, "Location": _secure(url)}, b""
        status, head, body = _conditional(resource, headers)
        return status, {**common, **head}, b"" if method == "HEAD" else body

    def _find(self, url: str) -> Resource | None:
        try:
            host_and_path = address(url)
        except ValueError:
            return None
        return self._site.get(host_and_path) if urlsplit(url).scheme in ("http", "https") else None


def _secure(url: str) -> str:
    """The https address of an http one, on the usual port; ``address`` could read it."""
    parts = urlsplit(url)
    return urlunsplit(("https", parts.hostname or "", parts.path, parts.query, ""))


def _plain_head() -> dict[str, str]:
    return {"Content-Type": "text/plain; charset=utf-8"}


def _conditional(resource: Resource, headers: Mapping[str, str]) -> Answer:
    etag = f'"{hashlib.sha256(resource.body).hexdigest()[:20]}"'
    head = {"ETag": etag, "Last-Modified": _http_date(resource.changed)}
    if resource.status == 200 and _is_current(headers, etag, resource.changed):
        return 304, head, b""
    return resource.status, {**head, "Content-Type": resource.content_type}, resource.body


def _is_current(headers: Mapping[str, str], etag: str, changed: datetime) -> bool:
    asked = {name.lower(): value for name, value in headers.items()}
    if "if-none-match" in asked:
        known = {tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")}
        return bool({"*", etag} & known)
    since = _parse_http_date(asked.get("if-modified-since", ""))
    return since is not None and changed <= since


def _parse_http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _lantern() -> OutletSpec:
    editions = load_editions()
    return OutletSpec(
        slug="tolvane-lantern",
        name=editions[0].name,
        home=editions[0].home,
        feeds=tuple(
            OutletFeed(url=edition.url(edition.feed_path), title=edition.name, language=edition.language)
            for edition in editions
        ),
        language="en",
        timezone=ZONE,
        names={edition.language: edition.name for edition in editions},
        hosts=tuple(edition.host for edition in editions),
    )


def _neighbours() -> tuple[OutletSpec, ...]:
    return (
        OutletSpec(
            slug="nv",
            name="The New Voice of Ukraine",
            home="https://english.nv.ua/",
            feeds=(
                OutletFeed(url="https://english.nv.ua/rss/all.xml", language="en"),
                OutletFeed(url="https://nv.ua/ukr/rss/all.xml", language="uk"),
                OutletFeed(url="https://nv.ua/rss/all.xml", language="ru"),
            ),
            language="en",
            country="UA",
            timezone="Europe/Kyiv",
            names={"uk": "НВ", "ru": "НВ", "ar": "صوت أوكرانيا الجديد"},
            hosts=("english.nv.ua", "nv.ua"),
        ),
        OutletSpec(
            slug="portal-news",
            name="Portal News",
            home="https://news.portal-syndication.example/",
            feeds=(OutletFeed(url="https://news.portal-syndication.example/feed.atom", language="en"),),
            language="en",
            timezone="America/New_York",
            hosts=("news.portal-syndication.example",),
        ),
        OutletSpec(
            slug="sada-alakhbar",
            name="صدى الأخبار",
            home="https://www.sada-alakhbar.example/",
            feeds=(OutletFeed(url="https://www.sada-alakhbar.example/feed/", language="ar"),),
            language="ar",
            timezone="Asia/Riyadh",
            names={"ar": "صدى الأخبار"},
            hosts=("sada-alakhbar.example",),
        ),
    )
