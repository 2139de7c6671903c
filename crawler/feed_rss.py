"""RSS, Atom, RDF and CDF -> FeedSnapshot. The only file that knows feedparser.

feedparser is given the document that ``feed_xml`` wrote anew, never the one that came: it would open some
bodies as file names, raise at ``&#xD800;``, and lose itself in others.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from crawler.feed_asks import hubs, older, skip_days, skip_hours, topic
from crawler.feed_dates import in_range, parse_date
from crawler.feed_text import MAX_ID, MAX_NAME, MAX_SUMMARY, MAX_TITLE, http_url, plain
from crawler.feed_xml import Rewritten
from pipeline.types import FeedEntry, FeedSnapshot

_MAX_AUTHORS, _MAX_TAGS = 20, 50
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
# What feedparser's own faults look like. A feed it cannot read is a value here, not a crash of the crawl.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
Fields = Mapping[str, Any]


def read_rewritten(document: Rewritten, url: str) -> FeedSnapshot:
    """The snapshot of a feed that ``feed_xml.rewrite`` wrote anew. ``url`` is where it came from."""
    kind = _format(document)
    base = url if kind.startswith("atom") else http_url(document.channel_link, url) or url
    headers = {"content-location": base, "content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(
            io.BytesIO(document.xml),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _FAULTS as fault:
        problem = f"the feed could not be read: {type(fault).__name__}"
        return FeedSnapshot(url=url, format=kind, title="", entries=(), problem=problem)
    feed = _fields(parsed.feed)
    # RFC 3986 5.1: a link is relative to its document; only what a channel says of its site is not.
    asks, beside = document.asks, http_url(document.attributes.get("xml:base"), url) or url
    return FeedSnapshot(
        url=url,
        format=kind,
        title=_words(feed, "title", MAX_TITLE, kind),
        entries=tuple(_entry(_fields(entry), base, kind) for entry in parsed.entries),
        problem=document.problem,
        home=http_url(feed.get("link"), url),
        language=language_code(feed.get("language")),
        ttl_minutes=_ttl(feed),
        skip_hours=skip_hours(asks.hours),
        skip_days=skip_days(asks.days),
        hubs=hubs(asks.links, beside),
        topic=topic(asks.links, beside),
        older=older(asks.links, beside, url),
    )


def language_code(written: object) -> str | None:
    """The primary subtag of a BCP 47 tag, lower-case; None where it is none."""
    primary = str(written or "").strip().replace("_", "-").partition("-")[0].lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else None


def _format(document: Rewritten) -> str:
    version = document.attributes.get("version", "").strip()
    names = " ".join(value for name, value in document.attributes.items() if name.startswith("xmlns"))
    if document.root == "rss":
        return {"0.91": "rss091", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}.get(
            version, "rss20" if version.startswith("2") else "rss"
        )
    if document.root == "rdf:RDF":
        return "rss090" if "rdf/simple/0.9" in names and "rss/1.0" not in names else "rss10"
    if document.root == "channel":
        return "rss11" if "rss1.1" in names else "cdf"
    return "atom03" if version == "0.3" else "atom10" if "2005/atom" in names.lower() else "atom"


def _fields(parsed: Mapping[str, Any]) -> Fields:
    """A plain copy: feedparser's own dictionaries answer for keys they do not have."""
    return dict(parsed.items())


def _words(fields: Fields, key: str, limit: int, kind: str, *, lines: bool = False) -> str:
    """A text construct as plain text. Only Atom says reliably that words are no HTML (RFC 4287 3.1)."""
    declared = (fields.get(f"{key}_detail") or {}).get("type")
    value = fields.get(key)
    literal = declared == "text/plain" and kind.startswith("atom")
    return plain(value, limit, literal=literal, lines=lines) if isinstance(value, str) else ""


# --- entries --------------------------------------------------------------------------------------------


def _entry(fields: Fields, base: str, kind: str) -> FeedEntry:
    published, raw = _date(fields, "published", "created", "updated")
    updated, _ = _date(fields, "updated")
    title = _words(fields, "title", MAX_TITLE, kind)
    summary = _words(fields, "summary", MAX_SUMMARY, kind, lines=True)
    return FeedEntry(
        id=plain_id(fields.get("id")),
        url=_url(fields, base, kind),
        title=title,
        published=published,
        published_raw=raw,
        updated=updated if kind.startswith("atom") or "published" in fields or "created" in fields else None,
        authors=_authors(fields),
        summary=summary,
        content_html=_content(fields),
        tags=_tags(fields),
        image=_image(fields, base),
    )


def plain_id(written: object) -> str:
    """A GUID as given, without what nobody can see; "" where there is none."""
    return plain(str(written), MAX_ID, literal=True) if isinstance(written, str | int) else ""


def _url(fields: Fields, base: str, kind: str) -> str | None:
    # RSS 1.0, 5.5: an item's rdf:about is its link
    identity_links = fields.get("guidislink") or kind in ("rss10", "rss090", "rss11")
    links = [link for link in fields.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    candidates = (
        fields.get("feedburner_origlink"),
        fields.get("link"),
        *(link.get("href") for link in links),
        fields.get("id") if identity_links and _is_address(fields.get("id")) else None,
    )
    return next((url for url in (http_url(candidate, base) for candidate in candidates) if url), None)


def _is_address(identity: object) -> bool:
    return isinstance(identity, str) and identity.lower().startswith(("http://", "https://"))


def _date(fields: Fields, *keys: str) -> tuple[datetime | None, str | None]:
    """The first date among ``keys`` that can be understood, and its words; else the first words."""
    words: str | None = None
    for key in keys:
        raw = fields.get(key)
        if not isinstance(raw, str) or not raw.strip():
            continue
        shown = plain(raw, MAX_NAME, literal=True)
        moment = parse_date(shown) or (None if shown.isascii() else _from_struct(fields.get(f"{key}_parsed")))
        if moment is not None:
            return moment, shown
        words = words or shown
    return None, words


def _from_struct(parts: Any) -> datetime | None:
    """feedparser's own reading, which knows dates in Greek, Hungarian and Korean."""
    if parts is None:
        return None
    try:
        year, month, day, hour, minute, second = parts[:6]
        return in_range(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _authors(fields: Fields) -> tuple[str, ...]:
    named = [author.get("name") for author in fields.get("authors", ())]
    return distinct(
        [name for name in named if name] or [(fields.get("author_detail") or {}).get("name")], _MAX_AUTHORS
    )


def distinct(words: Iterable[object], most: int) -> tuple[str, ...]:
    """Names and tags as plain text, each once, in order."""
    found = (plain(word, MAX_NAME) for word in words if isinstance(word, str))
    return tuple(dict.fromkeys(word for word in found if word))[:most]


def _tags(fields: Fields) -> tuple[str, ...]:
    return distinct((tag.get("label") or tag.get("term") for tag in fields.get("tags", ())), _MAX_TAGS)


def _content(fields: Fields) -> str | None:
    parts = [part for part in fields.get("content", ()) if part.get("value")]
    html = [part for part in parts if "html" in (part.get("type") or "")]
    return max((str(part["value"]) for part in html), key=len, default=None)


def _image(fields: Fields, base: str) -> str | None:
    return next((url for url in (http_url(found, base) for found in _images(fields)) if url), None)


def _images(fields: Fields) -> Iterator[str | None]:
    for media in fields.get("media_content", ()):
        if media.get("medium") == "image" or str(media.get("type", "")).startswith("image/"):
            yield media.get("url")
    for thumbnail in fields.get("media_thumbnail", ()):
        yield thumbnail.get("url")
    for link in fields.get("links", ()):
        if link.get("rel") == "enclosure" and str(link.get("type", "")).startswith("image/"):
            yield link.get("href")
    image = fields.get("image")
    if isinstance(image, Mapping):
        yield image.get("href")


def _ttl(feed: Fields) -> float | None:
    """Minutes between updates, as ``<ttl>`` or the syndication module say; None for none and for nonsense."""
    ttl = _number(feed.get("ttl"))
    if ttl:
        return ttl
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    return period / (_number(feed.get("sy_updatefrequency")) or 1) if period else None


def _number(written: object) -> float | None:
    try:
        number = float(str(written)[:20])
    except ValueError:
        return None
    return number if 0 < number < 1_000_000 else None
