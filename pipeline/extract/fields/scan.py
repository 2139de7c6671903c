"""One look over the document for what declares a field: a single css query, then plain attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract.fields.place import text_of, texts_around
from pipeline.text import clean

_QUERY = (
    "meta[content],link[rel],title,h1,time,article,script[type*='ld+json'],[itemprop],"
    "[rel~=author],[rel~=tag],[class*=tag]"
)
_MAX_HITS = 6_000
_MAX_METAS = 1_000
_MAX_VALUES = 50
_MAX_LINKS = 400
_MAX_SCRIPTS = 40
_MAX_SCRIPT = 2_000_000
_MAX_MARKED = 60
_MAX_ARTICLES = 60
_MAX_TAGGED = 150
_LONGEST = 5_000


@dataclass(slots=True)
class Marked:
    """An element that a page marks as telling a field; ``order`` is its rank among all that were marked."""

    node: LexborNode
    order: int
    #: ``itemprop``, or ``author`` for ``rel=author``
    prop: str = ""


@dataclass(slots=True)
class Scan:
    """What the look found, in the page's order."""

    document: LexborHTMLParser
    #: as the page has them, see ``meta``
    metas: dict[str, list[str]] = field(default_factory=dict)
    #: (rel, hreflang, href)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    headings: list[Marked] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    times: list[Marked] = field(default_factory=list)
    #: elements with ``itemprop`` naming a date or an author
    props: list[Marked] = field(default_factory=list)
    articles: list[LexborNode] = field(default_factory=list)
    #: elements whose class or ``rel`` may name them as the article's tags
    tagged: list[LexborNode] = field(default_factory=list)
    #: the element that holds the article's title, once it is known
    headline: LexborNode | None = None
    _around: list[str] | None = None

    @property
    def read_around(self) -> bool:
        """Has any field needed the texts about the headline?"""
        return self._around is not None

    def around(self) -> list[str]:
        """The texts that follow the headline, then of those before it; read once."""
        if self._around is None:
            self._around = texts_around(self.headline) if self.headline is not None else []
        return self._around

    def meta(self, *names: str) -> str:
        """The first content of the first of these meta names that has one; "" without any."""
        for name in names:
            if values := self.all_meta(name):
                return values[0]
        return ""

    def all_meta(self, name: str) -> list[str]:
        """Every content of this meta name, cleaned."""
        raw = self.metas.get(name)
        return [text for value in raw if (text := clean(value))] if raw else []


def scan(document: LexborHTMLParser) -> Scan:
    """Look once. Reads only; bounded whatever the page's size."""
    found = Scan(document)
    root = document.root
    if root is None:
        return found
    top = document.css_first("html")
    if top is not None:
        found.lang = top.attributes.get("lang") or top.attributes.get("xml:lang") or ""
    last = 0
    order = 0
    for node in root.css(_QUERY)[:_MAX_HITS]:
        if node.mem_id == last:  # an element that several parts of the query name comes several times
            continue
        last = node.mem_id
        order += 1
        _READERS.get(node.tag or "", _prop)(found, node, order)
    return found


def _meta(found: Scan, node: LexborNode, order: int) -> None:
    held = node.attributes
    name = held.get("property") or held.get("name") or held.get("itemprop") or held.get("http-equiv")
    content = held.get("content")
    if not name or not content or len(found.metas) >= _MAX_METAS:
        return
    values = found.metas.setdefault(name.strip().lower(), [])
    if len(values) < _MAX_VALUES:
        values.append(content[:_LONGEST])


def _link(found: Scan, node: LexborNode, order: int) -> None:
    held = node.attributes
    rel = (held.get("rel") or "").lower()
    if ("canonical" in rel or "alternate" in rel or "amphtml" in rel) and len(found.links) < _MAX_LINKS:
        found.links.append((rel, held.get("hreflang") or "", held.get("href") or ""))


def _script(found: Scan, node: LexborNode, order: int) -> None:
    if len(found.scripts) < _MAX_SCRIPTS and (text := node.text()):
        found.scripts.append(text[:_MAX_SCRIPT])


def _heading(found: Scan, node: LexborNode, order: int) -> None:
    if len(found.headings) < _MAX_VALUES:
        found.headings.append(Marked(node, order))


def _title(found: Scan, node: LexborNode, order: int) -> None:
    found.title = found.title or text_of(node)


def _time(found: Scan, node: LexborNode, order: int) -> None:
    if len(found.times) < _MAX_MARKED:
        found.times.append(Marked(node, order, node.attributes.get("itemprop") or ""))


def _article(found: Scan, node: LexborNode, order: int) -> None:
    if len(found.articles) < _MAX_ARTICLES:
        found.articles.append(node)
    _prop(found, node, order)


def _prop(found: Scan, node: LexborNode, order: int) -> None:
    held = node.attributes
    marked = "tag" in (held.get("class") or "") or "tag" in (held.get("rel") or "")
    if marked and len(found.tagged) < _MAX_TAGGED:
        found.tagged.append(node)
    if len(found.props) >= _MAX_MARKED:
        return
    prop = (held.get("itemprop") or "").lower()
    if "author" in prop or "creator" in prop or prop.startswith("date"):
        found.props.append(Marked(node, order, prop))
    elif "rel" in held and "author" in (held["rel"] or "").lower().split():
        found.props.append(Marked(node, order, "author"))


_READERS: dict[str, Callable[[Scan, LexborNode, int], None]] = {
    "meta": _meta,
    "link": _link,
    "script": _script,
    "h1": _heading,
    "title": _title,
    "time": _time,
    "article": _article,
}
