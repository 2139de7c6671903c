"""From an address to an outlet: which feeds it has, what it is called, what language it speaks.

Reading a page is pure (``find_feeds``, ``page_name``, ``sitemaps_in_robots``); ``discover`` asks for
documents through the ``get`` it is given and holds the order: the address itself, what its page declares, the
usual paths, the sitemaps in robots.txt. Autodiscovery is HTML's ``rel=alternate``; robots.txt: RFC 9309.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from crawler.feed import parse_feed
from crawler.feed_rss import language_code
from crawler.feed_sitemap import nested_sitemaps
from crawler.feed_text import MAX_NAME, http_url, plain, read_document, unpacked
from crawler.feed_tokens import Token, attributes_of, tokens
from crawler.fetched import Fetched
from pipeline.types import Failure, FailureClass, FeedSnapshot, OutletFeed, OutletSpec

Get = Callable[[str, str], Awaitable[Fetched | Failure]]

MAX_FETCHES = 9
_MAX_FEEDS, _MAX_DECLARED, _MAX_USUAL, _MAX_SITEMAPS, _MAX_FOUND = 3, 4, 4, 3, 50
#: a page's head and navigation are within this many characters
_PAGE_CHARACTERS = 1_500_000
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_VAGUE_TYPES = ("text/xml", "application/xml", "application/json")
_FEED_ADDRESS = re.compile(
    r"(?:^|[/._?&=-])(?:rss\d?|feeds?|atom|rdf)(?:$|[/._?&=-])|feedburner|\.(?:rss|atom|rdf)$", re.IGNORECASE
)
_COMMENTS = re.compile(
    r"comment|replies|коментар|комментар|комментир|تعليق|kommentar|comentario", re.IGNORECASE
)
_PART = re.compile(
    r"/(?:category|categories|tag|tags|author|topic|section|rubric|podcasts?)/|»|podcast", re.IGNORECASE
)
_USUAL_FEEDS = (
    "/feed/", "/rss", "/rss.xml", "/feed", "/feed.xml", "/atom.xml", "/index.xml", "/rss/", "/rss/all.xml",
    "/rss/all", "/feeds/all.atom.xml", "/feed.json",
)  # fmt: skip
_USUAL_SITEMAPS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found at an address.

    ``spec.feeds`` and ``snapshots`` go together, one by one. ``tried`` is every document asked for and what
    it answered, in order. ``failure`` is set where no feed was found.
    """

    spec: OutletSpec
    snapshots: tuple[FeedSnapshot, ...] = ()
    tried: tuple[tuple[str, str], ...] = ()
    failure: Failure | None = None


# --- reading pages --------------------------------------------------------------------------------------


def find_feeds(body: bytes, url: str, *, content_type: str | None = None) -> tuple[OutletFeed, ...]:
    """The feeds an HTML page names, likeliest main feed first, comment feeds last; each address once.

    Both ``<link rel=alternate>`` and anchors that look like feeds count; a name is a hint, no proof.
    """
    base = url
    scored: list[tuple[int, OutletFeed]] = []
    for token, words in _tags(body, content_type):
        attributes = attributes_of(token.text, {})
        if token.name.lower() == "base":
            base = http_url(attributes.get("href"), url) or base
            continue
        found = _declared(attributes) if token.name.lower() == "link" else _anchored(attributes, words)
        address = http_url(attributes.get("href"), base)
        if not found or address is None or len(scored) >= _MAX_FOUND:
            continue
        title = plain(attributes.get("title") or words, MAX_NAME) or None
        feed = OutletFeed(url=address, title=title, language=language_code(attributes.get("hreflang")))
        scored.append((found + _likelihood(address, title or "", url), feed))
    best: dict[str, OutletFeed] = {}
    for _, feed in sorted(scored, key=lambda pair: -pair[0]):
        best.setdefault(feed.url, feed)
    return tuple(best.values())


def page_name(body: bytes, url: str) -> tuple[str | None, str | None]:
    """A home page's site name (``og:site_name``, else ``application-name``) and language, as declared."""
    names: dict[str, str] = {}
    language = None
    for token, _ in _tags(body, None):
        attributes = attributes_of(token.text, {})
        if token.name.lower() == "html":
            language = language_code(attributes.get("lang") or attributes.get("xml:lang"))
        elif token.name.lower() == "meta":
            key = (attributes.get("property") or attributes.get("name") or "").lower()
            names.setdefault(key, plain(attributes.get("content", ""), MAX_NAME))
    name = (
        names.get("og:site_name") or names.get("application-name") or names.get("apple-mobile-web-app-title")
    )
    return name or None, language or language_code(names.get("og:locale"))


def well_known_feed_urls(home: str) -> tuple[str, ...]:
    """Where feeds usually are on the host of ``home``, likeliest first; those below its path come first."""
    folder = urlsplit(home).path.rstrip("/")
    below = [home.rstrip("/") + path for path in ("/feed/", "/rss.xml")] if folder else []
    return tuple(dict.fromkeys([*below, *(urljoin(home, path) for path in _USUAL_FEEDS)]))


def well_known_sitemaps(home: str) -> tuple[str, ...]:
    """Where (news) sitemaps usually are on the host of ``home``."""
    return tuple(urljoin(home, path) for path in _USUAL_SITEMAPS)


def sitemaps_in_robots(robots: str, base: str) -> tuple[str, ...]:
    """The ``Sitemap:`` lines of a robots.txt as absolute URLs, those for news first."""
    found = (http_url(line, base) for line in _SITEMAP_LINE.findall(robots[:500_000].replace("\r", "\n")))
    known = dict.fromkeys(address for address in found if address)
    return tuple(sorted(known, key=lambda address: "news" not in address.lower()))


def _tags(body: bytes, content_type: str | None) -> Iterator[tuple[Token, str]]:
    """The page's tags that can name a feed, each with the words that follow it."""
    pending: Token | None = None
    words = ""
    for token in tokens(read_document(body, content_type)[:_PAGE_CHARACTERS]):
        if token.kind == "text" and pending is not None:
            words += token.text[:MAX_NAME]
        elif token.kind in ("start", "end") and token.name.lower() in ("html", "base", "link", "meta", "a"):
            if pending is not None:
                yield pending, words
            pending, words = (token, "") if token.kind == "start" else (None, "")
    if pending is not None:
        yield pending, words


def _declared(attributes: dict[str, str]) -> int:
    """How surely a ``<link>`` names a feed: 0 not at all."""
    kind = attributes.get("type", "").split(";")[0].strip().lower()
    relations = attributes.get("rel", "").lower().split()
    if "alternate" not in relations and "feed" not in relations:
        return 0
    if kind in _FEED_TYPES:
        return 100 - (5 if "json" in kind else 0)
    vague = kind in _VAGUE_TYPES or "feed" in relations
    return 80 if vague and _FEED_ADDRESS.search(attributes.get("href", "")) else 0


def _anchored(attributes: dict[str, str], words: str) -> int:
    address = attributes.get("href", "")
    if _FEED_ADDRESS.search(address.partition("#")[0]):
        return 40
    return 30 if words.strip().lower() in ("rss", "atom", "rss feed", "rss-feed") else 0


def _likelihood(address: str, title: str, page: str) -> int:
    """Points for what an address and its title say: main feed, a part of the site, comments."""
    both = f"{address} {title}"
    points = -70 if _COMMENTS.search(both) else 0
    points -= 25 if _PART.search(both) else 0
    points -= 15 if _host(address) != _host(page) else 0
    return points - min(urlsplit(address).path.count("/"), 5)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


# --- asking ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Search:
    """One discovery under way: the documents asked for so far, the feeds found."""

    get: Get
    tried: list[tuple[str, str]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    feeds: list[tuple[OutletFeed, FeedSnapshot]] = field(default_factory=list)

    async def ask(self, url: str, kind: str) -> Fetched | Failure | None:
        """The document; None where it was asked for before or too much was asked already."""
        if url in self.asked or len(self.asked) >= MAX_FETCHES:
            return None
        self.asked.add(url)
        answer = await self.get(url, kind)
        if isinstance(answer, Failure):
            self.tried.append((url, f"{answer.kind.value}: {answer.message}"))
        return answer

    async def try_feed(self, url: str, kind: str = "feed") -> None:
        answer = await self.ask(url, kind)
        if isinstance(answer, Fetched):
            snapshot = self.note(answer)
            if snapshot.entries or (snapshot.format not in ("unknown", "sitemap")):
                self.add(url, snapshot)
            elif snapshot.format == "sitemap":
                await self._follow(answer)

    async def _follow(self, index: Fetched) -> None:
        source = read_document(unpacked(index.body), index.content_type)
        for nested in nested_sitemaps(source, index.final_url)[:1]:
            await self.try_feed(nested, "sitemap")

    def note(self, answer: Fetched) -> FeedSnapshot:
        """Reads what arrived and remembers it in ``tried``."""
        snapshot = parse_feed(answer.body, answer.final_url, content_type=answer.content_type)
        said = f"{snapshot.format}, {len(snapshot.entries)} entries"
        known = snapshot.format != "unknown" and (snapshot.entries or not snapshot.problem)
        self.tried.append((answer.url, said if known else snapshot.problem or said))
        return snapshot

    def add(self, url: str, snapshot: FeedSnapshot) -> None:
        """Keeps a feed; one that lists the same articles as a kept one becomes its alternative."""
        addresses = {entry.url for entry in snapshot.entries}
        for position, (feed, kept) in enumerate(self.feeds):
            common = addresses & {entry.url for entry in kept.entries}
            if kept.url == snapshot.url:
                return
            if len(common) * 2 > len(addresses):
                merged = _feed(feed.url, kept, alternatives=(*feed.alternatives, url))
                self.feeds[position] = (merged, kept)
                return
        self.feeds.append((_feed(url, snapshot), snapshot))


def _feed(url: str, snapshot: FeedSnapshot, alternatives: tuple[str, ...] = ()) -> OutletFeed:
    return OutletFeed(
        url=url,
        alternatives=alternatives,
        kind="sitemap" if snapshot.format == "sitemap" else "feed",
        title=snapshot.title or None,
        language=snapshot.language,
    )


async def discover(url: str, get: Get) -> Discovery:
    """Finds the outlet behind ``url``, a feed's address or a page's, in at most ``MAX_FETCHES`` documents.

    ``get(url, kind)`` fetches one document, ``kind`` being ``page``, ``feed``, ``sitemap`` or ``robots``, and
    answers with a ``Failure`` where that did not work. Nothing is raised but what ``get`` raises.
    """
    search = _Search(get)
    first = await search.ask(url, "page")
    if not isinstance(first, Fetched):
        return _nothing(url, search, first)
    snapshot = search.note(first)
    if snapshot.format == "unknown":
        await _through_page(first, search)
    elif snapshot.format == "sitemap" and not snapshot.entries:
        await search._follow(first)
    else:
        search.add(url, snapshot)
    if not search.feeds:
        return _nothing(first.final_url, search, None)
    return _found(first, search, from_page=snapshot.format == "unknown")


async def _through_page(page: Fetched, search: _Search) -> None:
    declared = find_feeds(page.body, page.final_url, content_type=page.content_type)
    wanted = [feed for feed in declared if not _COMMENTS.search(f"{feed.url} {feed.title or ''}")]
    for feed in wanted[:_MAX_DECLARED]:
        if len(search.feeds) < _MAX_FEEDS:
            await search.try_feed(feed.url)
    for address in well_known_feed_urls(page.final_url)[:_MAX_USUAL]:
        if not search.feeds:
            await search.try_feed(address)
    if not search.feeds:
        await _through_robots(page, search)


async def _through_robots(page: Fetched, search: _Search) -> None:
    robots_url = urljoin(page.final_url, "/robots.txt")
    robots = await search.ask(robots_url, "robots")
    named: tuple[str, ...] = ()
    if isinstance(robots, Fetched):
        named = sitemaps_in_robots(read_document(robots.body, robots.content_type), robots.final_url)
        search.tried.append((robots_url, f"{len(named)} sitemaps"))
    for address in (*named, *well_known_sitemaps(page.final_url))[:_MAX_SITEMAPS]:
        if not search.feeds:
            await search.try_feed(address, "sitemap")


def _found(first: Fetched, search: _Search, *, from_page: bool) -> Discovery:
    best = search.feeds[0][1]
    name, language = page_name(first.body, first.final_url) if from_page else (None, None)
    home = _root(first.final_url) if from_page else _home_of(best, first.final_url)
    host = _host(home)
    spec = OutletSpec(
        slug=host,
        name=name or best.title or host,
        home=home,
        feeds=tuple(feed for feed, _ in search.feeds),
        language=language or best.language,
        hosts=(host,),
    )
    return Discovery(spec=spec, snapshots=tuple(kept for _, kept in search.feeds), tried=tuple(search.tried))


def _home_of(snapshot: FeedSnapshot, url: str) -> str:
    """The site a feed says it belongs to, else the feed's own host."""
    home = snapshot.home
    return home if home and "." in (urlsplit(home).hostname or "") else _root(url)


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _nothing(url: str, search: _Search, failure: Fetched | Failure | None) -> Discovery:
    if not isinstance(failure, Failure):
        asked = len(search.asked)
        message = (
            f"no feed and no news sitemap found at {url} ({asked} addresses tried); name one with --feed"
        )
        failure = Failure(kind=FailureClass.NOT_NEWS, message=message)
    host = _host(url)
    spec = OutletSpec(slug=host, name=host, home=_root(url), hosts=(host,) if host else ())
    return Discovery(spec=spec, tried=tuple(search.tried), failure=failure)
