"""The frozen types of every stage, named by the stage; those of an article are in ``pipeline.article``.

No logic, no I/O. One article's way through them::

    DueFeed -> FeedChecked(FeedSnapshot(FeedEntry...)) -> DuePage -> FetchedPage
            -> ExtractedArticle(Block...) -> CleanArticle(Removal...) -> Verdict -> store
    anything that did not arrive -> FetchFailed(Failure)

Times are timezone-aware ``datetime`` objects; the store writes them as ISO 8601 UTC. Where a source gave
a date that could not be understood, the parsed field is ``None`` and the ``*_raw`` field keeps its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class FailureClass(StrEnum):
    """Why something did not arrive. The value is what users see in ``failures`` and in JSON."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP = "http"
    ROBOTS = "robots"
    REFUSED_ADDRESS = "refused-address"
    TOO_LARGE = "too-large"
    PARSE = "parse"
    NOT_NEWS = "not-news"
    PAYWALL = "paywall"
    BLOCKED = "blocked"
    GONE = "gone"
    #: the address now leads somewhere else
    MOVED = "moved"
    #: our own network is down: nothing is held against the outlet
    OWN_NETWORK = "own-network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One expected failure, as a value.

    ``message`` is one line for a person. ``permanent`` is true where trying again cannot help (410, a refused
    address). ``retry_after`` is in seconds from the moment of the response.
    """

    kind: FailureClass
    message: str
    status: int | None = None
    permanent: bool = False
    retry_after: float | None = None


# --- outlets and feeds ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletFeed:
    """A feed as the catalogue, an OPML file or a discovery names it."""

    url: str
    #: other URLs of the same feed, tried in order when ``url`` does not answer
    alternatives: tuple[str, ...] = ()
    #: ``feed`` (RSS, Atom, RDF, JSON Feed) or ``sitemap`` (a news sitemap)
    kind: Literal["feed", "sitemap"] = "feed"
    title: str | None = None
    #: BCP 47, lower-case primary subtag (``en``, ``uk``); None when unknown
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletSpec:
    """Everything known about an outlet before it is watched."""

    #: short name for the command line, unique: ``nv``, ``meduza.io``
    slug: str
    name: str
    home: str
    feeds: tuple[OutletFeed, ...] = ()
    language: str | None = None
    #: ISO 3166-1 alpha-2, upper case
    country: str | None = None
    #: IANA zone for dates printed without an offset
    timezone: str | None = None
    #: the outlet's name in other languages and scripts: language -> name
    names: Mapping[str, str] = field(default_factory=dict)
    #: hosts whose pages are the outlet's own
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A watched outlet as the store holds it."""

    id: int
    slug: str
    name: str
    home: str
    language: str | None
    country: str | None
    timezone: str | None
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFeed:
    """A feed leased to the current run, with the validators of its last complete answer (opaque, exact)."""

    feed_id: int
    outlet_id: int
    outlet: str
    url: str
    kind: Literal["feed", "sitemap"]
    alternatives: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed.

    ``id`` is the entry's GUID as given, or its URL, or a hash of its words: never empty. Different entries
    that share a GUID get a hash appended. ``url`` is absolute
    http(s), or None. Text fields are plain text: no markup, no control characters.
    """

    id: str
    url: str | None
    title: str
    published: datetime | None = None
    published_raw: str | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    #: the entry's full content as HTML where the feed carries it; not sanitised
    content_html: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSnapshot:
    """A feed's whole document, read.

    ``problem`` is None for a sound feed; otherwise one line. With entries present it is a warning (the
    document was broken, what could be read was read); without entries and ``format == "unknown"`` the
    document was no feed at all.
    """

    url: str
    format: str
    title: str
    entries: tuple[FeedEntry, ...]
    problem: str | None = None
    home: str | None = None
    language: str | None = None
    #: minutes, from ``<ttl>`` or ``syn:updatePeriod``/``updateFrequency``
    ttl_minutes: float | None = None
    #: hours of the day (0-23, UTC) and days of the week (0 is Monday) at which the feed asks not to be polled
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    #: WebSub: the hubs it names, and the address under which they know it
    hubs: tuple[str, ...] = ()
    topic: str | None = None
    #: the document with the entries before these (RFC 5005: ``prev-archive``, ``next``)
    older: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChecked:
    """A feed that answered: what the store needs to remember it by."""

    feed_id: int
    at: datetime
    status: int
    final_url: str
    #: where every hop of the redirect chain was permanent (301/308): the feed's new address
    moved_to: str | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    #: None when the body did not change (304, or the same hash)
    snapshot: FeedSnapshot | None
    #: seconds the server asks to wait (Cache-Control, Expires, Retry-After); None when it says nothing
    max_age: float | None = None
    #: hubs and topic that the answer's ``Link`` header names (WebSub 4); they win over the document's
    hubs: tuple[str, ...] = ()
    topic: str | None = None


# --- pages ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page leased to the current run. ``article_id`` is set for a recheck."""

    page_id: int
    outlet_id: int
    outlet: str
    url: str
    attempts: int = 0
    article_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page that arrived. ``body`` is decoded from its transfer and content encodings, not from its charset.

    ``status`` is 200, or 304 with an empty body. ``server_date`` is the ``Date`` header: the clock by which
    a printed date without a year is understood.
    """

    page_id: int
    url: str
    final_url: str
    status: int
    body: bytes
    content_type: str | None
    at: datetime
    server_date: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """A feed or page that did not arrive. Exactly one of ``feed_id`` and ``page_id`` is set."""

    url: str
    at: datetime
    failure: Failure
    feed_id: int | None = None
    page_id: int | None = None


# --- deciding -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A page that is a new article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A page that is a new version of a known article.

    ``changed`` names what differs: ``title``, ``lead``, ``body``.
    """

    article_id: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A page that says what its article already says."""

    article_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Another address of a known article of the same outlet. ``why`` is one line of evidence."""

    article_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that is not an article, or could not be read as one."""

    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """A page that says what an article said which was pruned: it does not come back as new."""


Verdict = New | Revision | Unchanged | Duplicate | Rejected | Pruned


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one crawl did, as it is printed and stored."""

    run: int
    outlets: int
    feeds_polled: int = 0
    feeds_not_modified: int = 0
    feeds_failed: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicate: int = 0
    gone: int = 0
    failed: int = 0
    seconds: float = 0.0
    #: (url, class, message)
    failures: tuple[tuple[str, str, str], ...] = ()
    #: outlets none of whose polled feeds answered
    outlets_failed: int = 0
    #: our own network was down when it ended
    offline: bool = False
