"""Looking for the entries that a feed showed while nobody looked.

Where they may be, in this order: the feed's own archive or pages (RFC 5005), WordPress's pages, the outlet's
other feeds and sitemaps, the sitemaps its robots.txt names. At most ``MAX_REQUESTS`` documents a gap; whether
an address may be fetched at all is the source's to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal, Protocol
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from crawler.discover import sitemaps_in_robots
from crawler.feed import parse_feed
from crawler.feed_sitemap import nested_sitemaps
from crawler.feed_text import read_document, unpacked
from crawler.fetched import Fetched
from pipeline.coverage import DueGap, Healing
from pipeline.decide import same_site
from pipeline.healing import known_elsewhere, store_healing
from pipeline.store.connection import Store
from pipeline.store.gaps import due
from pipeline.types import Failure, FeedEntry, FeedSnapshot
from pipeline.urls import url_key

#: the most documents asked for, for one gap and of one kind
MAX_REQUESTS: Final = 8
MAX_PAGES: Final = 5
_MAX_FEEDS, _MAX_SITEMAPS, _MAX_NESTED = 2, 3, 3
#: the most entries brought in for one gap
MAX_ENTRIES: Final = 2000
#: an address shared by fewer entries is no section
_TELLING_URLS: Final = 5
_WORDPRESS_GUID: Final = re.compile(r"https?://[^?]+/\?(?:[a-z_]+=[a-z_]+&)?p=\d+")
_WORDPRESS_FEED: Final = re.compile(r"/feed/?$|[?&]feed=(?:rss2|atom|rdf|rss)\b")
#: sitemaps that list no articles
_NO_ARTICLES: Final = re.compile(r"categor|tag|author|image|video|page[-_.]|static|product", re.IGNORECASE)


class Source(Protocol):
    """What fetches: ``crawler.fetcher.Fetcher``, or a table in a test."""

    async def get(self, url: str, kind: Literal["feed", "page"]) -> Fetched | Failure:
        """The complete answer of ``url``, or why there is none."""
        ...


@dataclass(slots=True)
class _Search:
    """One gap being looked into: what was asked for, what each document said, what was found."""

    gap: DueGap
    source: Source
    asked: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)
    found: dict[str, FeedEntry] = field(default_factory=dict)

    async def ask(self, url: str, kind: Literal["feed", "page"]) -> Fetched | None:
        """The document; None where there is none, it was asked for before, or too much was asked already."""
        if url in self.asked or len(self.asked) >= MAX_REQUESTS:
            return None
        self.asked.add(url)
        answer = await self.source.get(url, kind)
        if isinstance(answer, Failure):
            self.say(url, f"{answer.kind}: {answer.message}")
            return None
        return answer

    async def read(self, url: str) -> tuple[Fetched, FeedSnapshot] | None:
        """The feed or sitemap at ``url``."""
        answer = await self.ask(url, "feed")
        if answer is None:
            return None
        snapshot = parse_feed(answer.body, answer.final_url, content_type=answer.content_type)
        if snapshot.format == "unknown":
            self.say(url, snapshot.problem or "not a feed")
            return None
        return answer, snapshot

    def say(self, url: str, what: str) -> None:
        self.tried.append(f"{url}: {what}")

    def take(self, snapshot: FeedSnapshot, *, chained: bool = False) -> None:
        """Keeps the entries that belong into the gap; undated ones only where their place says so."""
        for entry in snapshot.entries:
            inside = _inside(entry, self.gap, undated=chained)
            if inside and entry.url and _is_kin(entry.url, self.gap) and len(self.found) < MAX_ENTRIES:
                self.found.setdefault(_key(entry), entry)

    def healing(self, source: str | None) -> Healing:
        count = len(self.found)
        if source is not None:
            message = f"spanned by {source}: {count} entries in it"
        else:
            span = " to ".join(f"{end:%Y-%m-%d %H:%M}" for end in (self.gap.gap.after, self.gap.gap.before))
            why = "; ".join(self.tried) or "the outlet names no archive and no sitemap"
            message = f"nothing reaches from {span} UTC; {why}"
        return Healing(
            entries=tuple(self.found.values()), covered=source is not None, source=source, message=message
        )


async def heal_due(
    store: Store, source: Source, clock: Callable[[], datetime], outlets: Sequence[int] = ()
) -> tuple[int, ...]:
    """Looks into every gap that is due, of these outlets or of all; returns the pages that are to be fetched.

    A gap that another feed of the outlet fills costs no request. Each gap is stored before the next is begun.
    """
    wanted: list[int] = []
    for gap in due(store, clock(), outlets):
        healing = known_elsewhere(store, gap) or await heal(gap, source)
        wanted.extend(store_healing(store, gap, healing, clock()))
    return tuple(dict.fromkeys(wanted))


async def heal(gap: DueGap, source: Source) -> Healing:
    """Looks for the entries between ``gap.gap.after`` and ``gap.gap.before``; raises what ``source`` raises.

    Entries that are known already may be among those found. Sitemaps that give only dates of change bring
    entries, too, but prove nothing.
    """
    search = _Search(gap, source)
    for step in (_older_documents, _other_feeds, _sitemaps):
        covering = await step(search)
        if covering is not None:
            return search.healing(covering)
    return search.healing(None)


# --- the feed's own past --------------------------------------------------------------------------------


async def _older_documents(search: _Search) -> str | None:
    """Follows the chain of documents before the feed: each begins where the one before it ended."""
    gap = search.gap
    first = gap.gap.older or (_page(gap.feed_url, 2) if is_wordpress(gap) else None)
    url, known = first, set(gap.after_it)
    for number in range(3, MAX_PAGES + 3):
        read = await search.read(url) if url else None
        if url is None or read is None:
            return None
        snapshot = read[1]
        search.take(snapshot, chained=True)
        keys = _keys(snapshot)
        if snapshot.problem is None and _reaches_back(snapshot, gap):
            return first
        if snapshot.problem is not None or keys <= known:
            search.say(url, snapshot.problem or "the pages say nothing new")
            return None
        known |= keys
        url = snapshot.older if gap.gap.older else _page(gap.feed_url, number)
    search.say(first or "", f"{MAX_PAGES} pages back, and still not there")
    return None


def is_wordpress(gap: DueGap) -> bool:
    """Do the feed's address or the GUIDs of its entries have WordPress's shape?"""
    guids = sum(bool(_WORDPRESS_GUID.fullmatch(guid)) for guid in gap.guids)
    return guids * 2 > len(gap.guids) or bool(_WORDPRESS_FEED.search(gap.feed_url))


def _page(feed_url: str, number: int) -> str:
    parts = urlsplit(feed_url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"
    ]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))]), fragment=""))


def _reaches_back(snapshot: FeedSnapshot, gap: DueGap) -> bool:
    """Does the document end on the far side of the gap?

    Its older end is looked at: a pinned entry at the other one, old or known, says nothing.
    """
    dates = [entry.published for entry in snapshot.entries if entry.published]
    if len(dates) * 2 < len(snapshot.entries):
        return any(key in gap.before_it for key in map(_key, snapshot.entries[1:]))
    rising = sum(one < other for one, other in pairwise(dates))
    falling = sum(one > other for one, other in pairwise(dates))
    return bool(dates) and dates[0 if rising > falling else -1] <= gap.gap.after


# --- other documents ------------------------------------------------------------------------------------


async def _other_feeds(search: _Search) -> str | None:
    for url in search.gap.feeds[:_MAX_FEEDS]:
        if await _spans(search, url):
            return url
    return None


async def _sitemaps(search: _Search) -> str | None:
    for url in (await _named_sitemaps(search))[:_MAX_SITEMAPS]:
        read = await search.read(url)
        if read is None:
            continue
        answer, snapshot = read
        if snapshot.entries:
            if _judge(search, url, snapshot):
                return url
            continue
        for nested in _nested(answer):
            if await _spans(search, nested):
                return nested
    return None


async def _named_sitemaps(search: _Search) -> tuple[str, ...]:
    """The sitemaps of every robots.txt that is known; of the outlet's home, where none is."""
    bodies = list(search.gap.robots)
    if not bodies:
        url = urljoin(search.gap.home, "/robots.txt")
        answer = await search.ask(url, "page")
        bodies = [(answer.final_url, read_document(answer.body, answer.content_type))] if answer else []
    named = [url for origin, body in bodies for url in sitemaps_in_robots(body, origin)]
    if bodies and not named:
        search.say(bodies[0][0], "its robots.txt names no sitemap")
    return tuple(dict.fromkeys(sorted(named, key=lambda url: "news" not in url.lower())))


def _nested(index: Fetched) -> Sequence[str]:
    named = nested_sitemaps(read_document(unpacked(index.body), index.content_type), index.final_url)
    return [url for url in named if not _NO_ARTICLES.search(urlsplit(url).path)][:_MAX_NESTED]


async def _spans(search: _Search, url: str) -> bool:
    read = await search.read(url)
    return read is not None and _judge(search, url, read[1])


def _judge(search: _Search, url: str, snapshot: FeedSnapshot) -> bool:
    """Takes what the document has; says whether it has all, and if not, why."""
    search.take(snapshot)
    lacking = _lacks(snapshot, search.gap)
    if lacking:
        search.say(url, lacking)
    return not lacking


def _lacks(snapshot: FeedSnapshot, gap: DueGap) -> str | None:
    """Why a document does not span the gap; None where it does.

    It has to begin before the gap and end after it, and to list what the feed itself lists around it: a
    sitemap of one section spans the time, but not the articles.
    """
    if snapshot.problem is not None:
        return snapshot.problem
    dates = [entry.published for entry in snapshot.entries if entry.published]
    if not dates:
        return "no dates of publication"
    if min(dates) > gap.gap.after:
        return f"begins at {min(dates):%Y-%m-%d %H:%M} UTC"
    if max(dates) < gap.gap.before:
        return f"ends at {max(dates):%Y-%m-%d %H:%M} UTC"
    keys = _keys(snapshot)
    before, after = len(keys & gap.before_it), len(keys & gap.after_it)
    same = before >= min(2, len(gap.before_it)) and after * 2 >= len(gap.after_it)
    return None if same else "lists other articles than the feed"


# --- entries --------------------------------------------------------------------------------------------


def _key(entry: FeedEntry) -> str:
    return url_key(entry.url) if entry.url else ""


def _keys(snapshot: FeedSnapshot) -> set[str]:
    return {_key(entry) for entry in snapshot.entries if entry.url}


def _inside(entry: FeedEntry, gap: DueGap, *, undated: bool) -> bool:
    moment = entry.published or entry.updated
    return gap.gap.after <= moment <= gap.gap.before if moment else undated


def _is_kin(url: str, gap: DueGap) -> bool:
    """Is this an address as the feed lists them: on the outlet's hosts, in the feed's section if any?"""
    beside = any(same_site(url, other) for other in (gap.home, gap.feed_url, *gap.urls))
    return beside and urlsplit(url).path.startswith(_section(gap.urls))


def _section(urls: Sequence[str]) -> str:
    """The folders that all addresses share, up to the first with a figure in it: a date or a number."""
    if len(urls) < _TELLING_URLS:
        return "/"
    shared: list[str] = []
    for folders in zip(*(urlsplit(url).path.split("/")[1:-1] for url in urls), strict=False):
        if len(set(folders)) > 1 or any(char.isdigit() for char in folders[0]):
            break
        shared.append(folders[0])
    return "/" + "".join(f"{folder}/" for folder in shared)
