"""A feed's bytes -> ``FeedSnapshot``: the one door for every format.

``feed_text`` makes text of the bytes, then the document goes its way: JSON Feed (``feed_json``), sitemaps
(``feed_sitemap``), all else through ``feed_xml`` (written anew, bounded) and ``feed_rss`` (feedparser).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from crawler.feed_json import looks_like_json, read_json_feed
from crawler.feed_rss import read_rewritten
from crawler.feed_sitemap import read_sitemap, sitemap_root
from crawler.feed_text import MAX_BYTES, read_document, unpacked
from crawler.feed_xml import rewrite
from pipeline.types import FeedEntry, FeedSnapshot


def parse_feed(body: bytes, url: str, *, content_type: str | None = None) -> FeedSnapshot:
    """Reads RSS, Atom, RDF, CDF, JSON Feed (all versions) and (news) sitemaps; pure, never raises.

    ``url`` is the address the body came from (after redirects): relative links are resolved by ``xml:base``,
    then the channel's link (RSS), then ``url``. ``content_type`` is the response's header. What is broken is
    read as far as it can be and named in ``problem``; a document that is no feed has the format ``unknown``.
    At most 16 MiB and 5000 entries (50,000 of a sitemap) are read. Ids are unique among different entries:
    where several share a GUID, a hash of their address and title is added to it. ``published`` falls back to
    ``updated``, which is all that many Atom feeds give.
    """
    data = unpacked(body)
    source = read_document(data, content_type)
    snapshot = _read(source, url)
    if snapshot is None:
        return FeedSnapshot(
            url=url, format="unknown", title="", entries=(), problem=_what_it_is(body, data, source)
        )
    if len(data) > MAX_BYTES and snapshot.problem is None:
        snapshot = replace(snapshot, problem=f"longer than {MAX_BYTES >> 20} MiB: the rest was not read")
    return replace(snapshot, entries=_identified(snapshot.entries))


def _read(source: str, url: str) -> FeedSnapshot | None:
    if looks_like_json(source):
        return read_json_feed(source, url)
    root = sitemap_root(source)
    if root is not None:
        return read_sitemap(source, url, root)
    rewritten = rewrite(source)
    return read_rewritten(rewritten, url) if rewritten is not None else None


def _what_it_is(body: bytes, data: bytes, source: str) -> str:
    """One line about a document that is no feed."""
    start = source.lstrip()[:2000].lower()
    if not body:
        return "not a feed: the document is empty"
    if not data:
        return "not a feed: a broken gzip file"
    if "<html" in start or "<!doctype html" in start or "<body" in start:
        return "not a feed: an HTML page"
    if start.startswith(("{", "[")):
        return "not a feed: JSON, but no JSON Feed"
    if start.startswith("<"):
        return "not a feed: XML or HTML without a feed's elements"
    return "not a feed: text" if start.isprintable() and start else "not a feed: neither XML nor JSON"


def _identified(entries: Sequence[FeedEntry]) -> tuple[FeedEntry, ...]:
    """The entries with an id each; different entries with one GUID get different ids, in any order."""
    named = [
        entry if entry.id else replace(entry, id=entry.url or f"hash:{_hash(entry)}") for entry in entries
    ]
    faces = {(entry.id, entry.url, entry.title) for entry in named}
    shared = Counter(identity for identity, _, _ in faces)
    return tuple(
        replace(entry, id=f"{entry.id}#{_hash(entry)}") if shared[entry.id] > 1 else entry for entry in named
    )


def _hash(entry: FeedEntry) -> str:
    words = "\n".join((entry.url or "", entry.title, "" if entry.url or entry.title else entry.summary))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]
