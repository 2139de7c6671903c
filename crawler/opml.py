"""OPML 1.0 and 2.0 subscription lists (opml.org/spec2): read with care, written plainly.

One outlet a site: outlines whose pages (``htmlUrl``, else ``xmlUrl``) are on one host belong together.
Folders are how somebody sorts their reading; they are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from crawler.feed_rss import language_code
from crawler.feed_text import MAX_NAME, http_url, plain, read_document
from crawler.feed_tokens import attributes_of, tokens
from pipeline.text import clean
from pipeline.types import OutletFeed, OutletSpec

_MAX_OUTLINES = 100_000
Attributes = Mapping[str, str]


def read_opml(data: bytes) -> tuple[OutletSpec, ...]:
    """The outlets of a subscription list, in its order. Nothing is fetched, no entity is expanded.

    Raises ``ValueError`` with one line for a person where ``data`` is no OPML, is cut off, or has no feeds.
    """
    outlines = _outlines(read_document(data))
    sites: dict[str, list[tuple[str, Attributes]]] = {}
    for attributes in outlines:
        feed_url = http_url(attributes.get("xmlurl"))
        if feed_url is not None:
            sites.setdefault(_host(http_url(attributes.get("htmlurl")) or feed_url), []).append(
                (feed_url, attributes)
            )
    if not sites:
        message = "no feeds in this OPML file: no outline has an xmlUrl with an http address"
        raise ValueError(message)
    return tuple(_outlet(host, rows) for host, rows in sites.items())


def write_opml(outlets: Sequence[OutletSpec], *, title: str) -> bytes:
    """An OPML 2.0 document (UTF-8) that ``read_opml`` and every feed reader reads: one outline a feed."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0" xmlns:pw="urn:presswatch:opml">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
        *(_line(outlet, feed) for outlet in outlets for feed in outlet.feeds),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode("utf-8")


def _outlines(source: str) -> list[Attributes]:
    """The attributes of every outline. Raises ``ValueError``."""
    started = ended = False
    found: list[Attributes] = []
    for token in tokens(source):
        name = token.name.lower()
        if token.kind == "start" and not started:
            if name != "opml":
                break
            started, ended = True, token.closed
        elif token.kind == "start" and name == "outline" and len(found) < _MAX_OUTLINES:
            found.append(attributes_of(token.text, {}))
        elif token.kind == "end" and name == "opml":
            ended = True
    if not started:
        raise ValueError("not an OPML file: it does not begin with <opml>")
    if not ended:
        raise ValueError("the OPML file is cut off: </opml> is missing")
    return found


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _outlet(host: str, rows: Sequence[tuple[str, Attributes]]) -> OutletSpec:
    first = rows[0][1]
    home = next((page for page in (http_url(row.get("htmlurl")) for _, row in rows) if page), None)
    feeds: dict[str, OutletFeed] = {}
    for url, attributes in rows:
        feeds.setdefault(url, _feed(url, attributes))
    return OutletSpec(
        slug=host,
        name=_words(first, "pw:outlet") or _title(first) or host,
        home=home or "{0.scheme}://{0.netloc}/".format(urlsplit(rows[0][0])),
        feeds=tuple(feeds.values()),
        language=language_code(first.get("language")),
        hosts=(host,),
    )


def _feed(url: str, attributes: Attributes) -> OutletFeed:
    kind: Literal["feed", "sitemap"] = (
        "sitemap" if attributes.get("type", "").lower() == "sitemap" else "feed"
    )
    language = language_code(attributes.get("language"))
    return OutletFeed(url=url, kind=kind, title=_title(attributes), language=language)


def _words(attributes: Attributes, key: str) -> str | None:
    return plain(attributes.get(key, ""), MAX_NAME, literal=True) or None


def _title(attributes: Attributes) -> str | None:
    return _words(attributes, "title") or _words(attributes, "text")


def _line(outlet: OutletSpec, feed: OutletFeed) -> str:
    """``text`` is what readers show; ``pw:outlet`` keeps the outlet's own name where a feed has another."""
    shown = feed.title or outlet.name
    attributes = {
        "type": "sitemap" if feed.kind == "sitemap" else "rss",
        "text": shown,
        "title": shown,
        "pw:outlet": outlet.name if shown != outlet.name else None,
        "xmlUrl": feed.url,
        "htmlUrl": outlet.home,
        "language": feed.language or outlet.language,
    }
    written = " ".join(f"{key}={_quoted(value)}" for key, value in attributes.items() if value)
    return f"    <outline {written}/>"


def _escaped(words: str) -> str:
    return clean(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(words: str) -> str:
    return quoteattr(clean(words))
