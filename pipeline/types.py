"""The frozen types of every stage, named by the stage. No logic, no I/O.

One article's way through them::

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


class RemovalKind(StrEnum):
    """What a piece of text that left the body is."""

    READ_ALSO = "read-also"
    DONATION = "donation"
    NEWSLETTER = "newsletter"
    SUBSCRIPTION = "subscription"
    ATTRIBUTION = "attribution"
    SHARE = "share"
    CAPTION = "caption"
    AUTHOR_BIO = "author-bio"
    BYLINE = "byline"
    TITLE = "title"
    TAGS = "tags"
    COMMENTS = "comments"
    LEGAL = "legal"
    ADVERTISEMENT = "advertisement"
    RELATED_LIST = "related-list"
    NAVIGATION = "navigation"
    EMBED = "embed"
    OTHER = "other"


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

    ``id`` is the entry's GUID as given, or its URL, or a hash of its words: never empty. ``url`` is absolute
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


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link inside a block: absolute target and anchor text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of text inside the article's container, in document order.

    ``text`` has its white space folded. ``path`` is the element path with ids and classes
    (``article.post>div.entry-content>p``), for rules and for explaining. ``chosen`` is the generic
    extractor's opinion: does this block belong to the body?
    """

    text: str
    kind: Literal["paragraph", "heading", "list-item", "quote", "caption", "table", "preformatted", "other"]
    path: str
    links: tuple[Link, ...] = ()
    chosen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHints:
    """What the caller knows beyond the page itself. All optional.

    ``reference`` is the clock for printed dates without a year (the response's ``Date``, or the feed's date);
    ``timezone`` the IANA zone for dates without an offset; ``language`` the feed's or the outlet's.
    """

    reference: datetime | None = None
    timezone: str | None = None
    language: str | None = None
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta:
    """The fields a page declares about its article, each with where it was found (``sources``)."""

    url: str
    canonical_url: str | None = None
    title: str = ""
    lead: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str | None = None
    modified: datetime | None = None
    language: str | None = None
    direction: Literal["ltr", "rtl"] = "ltr"
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    #: other editions the page declares by ``hreflang``, in the page's order: language -> URL
    alternates: tuple[tuple[str, str], ...] = ()
    #: field name -> where it came from: ``json-ld``, ``meta``, ``html``, ``text``, ``hint``, ``detected``
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedArticle:
    """The article's container as blocks, before cleaning. ``text`` is the blocks joined by a blank line."""

    meta: PageMeta
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Text that left the body, kept.

    ``position`` is ``(block, start, end)``: the block's index in the extracted article and the character
    span in it. ``after_paragraph`` counts body paragraphs before it. ``label`` is the introducing phrase
    as written without its colon ("Read also"), ``title`` the text it introduces.
    """

    kind: RemovalKind
    #: what cut it, one token to look up: ``phrase:en``, ``structure:link-only``, ``extractor``
    rule: str
    text: str
    position: tuple[int, int, int]
    after_paragraph: int
    label: str | None = None
    title: str | None = None
    links: tuple[Link, ...] = ()

    @property
    def target(self) -> str | None:
        """The URL the removed text points at, or None."""
        return self.links[0].url if self.links else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """An attribution line ("Read the original article on X"), understood.

    ``outlet`` and ``outlet_home`` are the catalogue's words where the link's host or the written name is
    known; otherwise ``outlet`` repeats ``outlet_as_written`` and ``outlet_home`` is None.
    """

    text: str
    label: str | None
    outlet_as_written: str | None
    outlet: str | None
    outlet_home: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A calendar date named in the text, with the year inferred from the publication date if unwritten."""

    text: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle:
    """An article as people read it, with all that was taken out of it.

    ``paragraphs`` is the body, one string a paragraph (headings, list items and quotes included);
    ``positions`` gives each paragraph's ``(block, start, end)`` in the extracted article, so that paragraphs
    and removals together rebuild it. ``kind`` says what the page is.
    """

    meta: PageMeta
    paragraphs: tuple[str, ...]
    positions: tuple[tuple[int, int, int], ...]
    removals: tuple[Removal, ...]
    links: tuple[Link, ...] = ()
    attribution: Attribution | None = None
    mentioned_dates: tuple[DateMention, ...] = ()
    kind: Literal["article", "live-blog", "media", "paywall", "listing", "error", "empty"] = "article"

    @property
    def text(self) -> str:
        """The body, paragraphs joined by a blank line."""
        return "\n\n".join(self.paragraphs)

    @property
    def url(self) -> str:
        return self.meta.url

    @property
    def title(self) -> str:
        return self.meta.title

    @property
    def authors(self) -> tuple[str, ...]:
        return self.meta.authors

    @property
    def published(self) -> datetime | None:
        return self.meta.published

    @property
    def modified(self) -> datetime | None:
        return self.meta.modified

    @property
    def language(self) -> str | None:
        return self.meta.language


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


Verdict = New | Revision | Unchanged | Duplicate | Rejected


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
