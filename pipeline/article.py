"""The frozen types of an article, from its blocks in the page to its clean body. No logic, no I/O.

::

    ExtractedArticle(PageMeta, Block...) -> CleanArticle(PageMeta, paragraphs, Removal...)

Times are timezone-aware ``datetime`` objects. Where a page gave a date that could not be understood, the
parsed field is ``None`` and the ``*_raw`` field keeps its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


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
class Link:
    """A link inside a block: absolute target and anchor text."""

    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of text inside the article's container, in document order.

    ``text`` has its white space folded. ``path`` is the element path with ids and classes
    (``article.post>div.entry-content>p``), for rules and for explaining. ``chosen`` is the generic
    extractor's opinion: does this block belong to the body? ``strong`` counts the characters of a leading run
    of bold text, ``rule`` names the outlet rule that cuts the block, if one does.
    """

    text: str
    kind: Literal["paragraph", "heading", "list-item", "quote", "caption", "table", "preformatted", "other"]
    path: str
    links: tuple[Link, ...] = ()
    chosen: bool = True
    strong: int = 0
    rule: str | None = None


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
    #: what the page says it was made from: ``isBasedOn``, ``translationOfWork`` or ``syndication-source`` -> URL.
    #: Not stored with a version: it becomes a declared relation.
    based_on: tuple[tuple[str, str], ...] = ()
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
