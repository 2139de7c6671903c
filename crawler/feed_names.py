"""The elements and attributes of RSS, Atom, RDF and CDF that we read, and the names they are written by.

Everything else in a feed is left out before it is parsed, so that no module nobody asked for can break it.
"""

from __future__ import annotations

from collections.abc import Mapping

#: prefix we write -> namespace it stands for
DECLARED: Mapping[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
#: namespaces whose elements need no prefix, lower-case, without a final slash or hash
_PLAIN = (
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/rss091",
    "http://backend.userland.com/rss092",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://cyber.law.harvard.edu/rss",
    "http://purl.org/rss/1.0",
    "http://purl.org/net/rss1.1",
    "http://my.netscape.com/rdf/simple/0.9",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://channel.netscape.com/rdf/simple/0.9",
    "http://purl.org/rss/1.0/modules/rss091",
    "http://example.com/newformat",
    "http://example.com/necho",
    "http://purl.org/echo",
    "uri/of/echo/namespace",
    "http://purl.org/pie",
    "http://purl.org/atom/ns",
    "http://www.w3.org/2005/atom",
    "https://www.w3.org/2005/atom",
    "",
)
_OURS = {uri.lower().rstrip("/#"): prefix for prefix, uri in DECLARED.items()}
_NAMESPACES: Mapping[str, str] = (
    dict.fromkeys(_PLAIN, "")
    | _OURS
    | {
        "http://www.w3.org/1999/xhtml": "xhtml",
        "http://news.yandex.ru": "yandex",
    }
)
#: what a prefix means that nobody declared, or that was declared to mean something unheard of
_USUAL_PREFIXES: Mapping[str, str] = {prefix: prefix for prefix in (*DECLARED, "xhtml", "yandex")} | {
    "atom": "", "atom10": "", "a10": "", "rss": ""
}  # fmt: skip


def _set(*lines: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.split())


ENTRIES = _set("item entry")
#: a document's outermost element is one of these
ROOTS = _set("rss rdf:RDF feed channel entry")
#: their content is words, possibly with markup inside
TEXTS = _set(
    "title description summary abstract subtitle tagline content body fullitem",
    "dc:title dc:description media:title content:encoded",
)
#: their content is one word or line
LEAVES = _set(
    "link guid id pubdate published issued created updated modified name url language ttl category keywords",
    "managingeditor dc:creator dc:author dc:date dc:language dc:subject dcterms:issued dcterms:created",
    "dcterms:modified feedburner:origlink sy:updateperiod sy:updatefrequency itunes:author",
)
_CONTAINERS = _set(
    "rss feed channel author enclosure source image textinput",
    "media:group media:content media:thumbnail itunes:image",
)
#: element as found (lower-case, our prefix) -> as written
ELEMENTS: Mapping[str, str] = {name: name for name in (*ENTRIES, *TEXTS, *LEAVES, *_CONTAINERS)} | {
    "rdf:rdf": "rdf:RDF",
    "xhtml:body": "body",
    "yandex:full-text": "content:encoded",
}
#: the most of one element within one entry, and of all elements
MOST_OF_A_KIND: Mapping[str, int] = {"author": 20, "dc:creator": 20, "category": 60, "dc:subject": 60}
MOST_IN_AN_ENTRY = 200
ATTRIBUTES = _set(
    "url href rel type ispermalink term label xml:base xml:lang version rdf:about",
    "lastmod mode src width medium",
)


def element(name: str, scope: Mapping[str, str]) -> str | None:
    """The element as we write it, or None where we do not read it. ``scope`` is prefix -> namespace."""
    prefix, colon, local = name.rpartition(":")
    uri = scope.get(prefix, None if colon else "")
    ours = namespace(uri) if uri is not None else None
    if ours is None and colon:
        ours = _USUAL_PREFIXES.get(prefix.lower())
    if ours is None:
        return None
    return ELEMENTS.get(f"{ours}:{local.lower()}" if ours else local.lower())


def namespace(uri: str) -> str | None:
    """Our prefix for a namespace, "" where its elements need none, None where we do not read it."""
    return _NAMESPACES.get(uri.strip().lower().rstrip("/#"))
