"""One walk over the tree that picks up everything that may tell a field of the article."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from lxml import html

from pipeline.text import clean

_MAX_METAS = 2_000
_MAX_OTHERS = 400
#: elements among which tags are looked for
_MAX_ORDER = 30_000
_MAX_SCRIPT = 2_000_000
_OUTSIDE = re.compile(
    r"related|recommend|sidebar|side-bar|comment|(?:site|page|main)-?footer|most-?(?:read|popular)|popular|trending|widget"
    r"|read-?also|also-?news|teaser|promo|breaking|latest|next-?post",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en|es)?|auteurs?|autore|writers?|contributors?|journalist)"
    r"(?:$|[\s_-])|byline|author-?(?:name|meta|link)",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|img|photo|pic|role|title|descr|twitter|social|about|follow", re.IGNORECASE
)
_DATE = re.compile(r"dat(?:e|um|a)(?:$|[^a-z])|time|publi|posted|pubdate|entry-meta|fecha", re.IGNORECASE)
_TAGS = re.compile(
    r"(?:^|[\s_-])(?:tags?|tag-?cloud|tag-?list|topics?|keywords?|labels?)(?:$|[\s_-])", re.IGNORECASE
)
_CRUMBS = re.compile(r"bread-?crumb", re.IGNORECASE)


@dataclass(slots=True)
class TimeFound:
    """A machine-readable or printed date: its words, where it stood, its index among all elements."""

    raw: str
    #: ``itemprop``, class and id of the element and its parent, for telling publication from modification
    role: str
    order: int
    machine: bool


@dataclass(slots=True)
class Scan:
    """What the walk found, in the page's order."""

    metas: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: (rel, hreflang, href)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    h1: list[tuple[int, str]] = field(default_factory=list)
    title: str = ""
    lang: str = ""
    direction: str = ""
    times: list[TimeFound] = field(default_factory=list)
    #: (strength, words): ``rel=author`` and itemprop 2, class names 1
    bylines: list[tuple[int, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    crumbs: list[str] = field(default_factory=list)
    count: int = 0

    def meta(self, *names: str) -> str:
        """The first non-empty content of the first of these meta names."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), "")


def scan(root: html.HtmlElement) -> Scan:
    """Walk the tree once. Reads only; bounded whatever the page's size."""
    found = Scan(lang=root.get("lang") or root.get("xml:lang") or "", direction=root.get("dir") or "")
    for order, element in enumerate(root.iter()):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        found.count = order
        reader = _READERS.get(tag)
        if reader is not None:
            reader(found, element, order)
        attributes = element.attrib
        if attributes and tag not in ("meta", "link", "script", "img"):
            _by_attributes(found, element, order)
    return found


def _meta(found: Scan, element: html.HtmlElement, order: int) -> None:
    name = (
        element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
    )
    content = clean(element.get("content") or "")
    if name and content and order < _MAX_METAS * 10 and len(found.metas) < _MAX_METAS:
        values = found.metas[name.strip().lower()]
        if len(values) < 50:
            values.append(content[:5000])


def _link(found: Scan, element: html.HtmlElement, order: int) -> None:
    if len(found.links) < _MAX_OTHERS and element.get("href"):
        found.links.append(
            (element.get("rel") or "", element.get("hreflang") or "", element.get("href") or "")
        )


def _script(found: Scan, element: html.HtmlElement, order: int) -> None:
    if "ld+json" in (element.get("type") or "") and len(found.scripts) < 40 and element.text:
        found.scripts.append(element.text[:_MAX_SCRIPT])


def _heading(found: Scan, element: html.HtmlElement, order: int) -> None:
    text = text_of(element)
    if text and len(found.h1) < 20:
        found.h1.append((order, text))


def _title(found: Scan, element: html.HtmlElement, order: int) -> None:
    found.title = found.title or text_of(element)


def _time(found: Scan, element: html.HtmlElement, order: int) -> None:
    raw = clean(element.get("datetime") or "") or text_of(element)
    _add_time(found, element, raw, order, machine=bool(element.get("datetime")))


_READERS = {
    "meta": _meta,
    "link": _link,
    "script": _script,
    "h1": _heading,
    "title": _title,
    "time": _time,
}


def _by_attributes(found: Scan, element: html.HtmlElement, order: int) -> None:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    prop = element.get("itemprop") or ""
    rel = element.get("rel") or ""
    if "author" in prop or "author" in rel.split() or "creator" in prop:
        _add_byline(found, element, 2)
    elif len(names) > 1 and _BYLINE.search(names) and not _NOT_BYLINE.search(names):
        _add_byline(found, element, 1)
    if element.tag == "a":
        _add_tag(found, element, names, rel, order)
    elif element.tag != "time" and (prop.startswith("date") or (len(names) > 1 and _DATE.search(names))):
        raw = clean(element.get("content") or element.get("datetime") or "")
        _add_time(found, element, raw or text_of(element), order, machine=bool(raw))
    if len(names) > 1 and not found.crumbs and _CRUMBS.search(names):
        found.crumbs = [text for link in element.iter("a") if (text := text_of(link))][:10]


def _add_byline(found: Scan, element: html.HtmlElement, strength: int) -> None:
    text = clean(element.get("content") or "") or text_of(element)
    if text and len(text) <= 160 and len(found.bylines) < 20 and not is_outside(element):
        found.bylines.append((strength, text))


def _add_tag(found: Scan, element: html.HtmlElement, names: str, rel: str, order: int) -> None:
    parents = [node for node in (element.getparent(), _grandparent(element)) if node is not None]
    if len(found.tags) >= 40 or order > _MAX_ORDER:
        return
    marked = "tag" in rel.split() or any(
        _TAGS.search(f"{node.get('class') or ''} {node.get('id') or ''}") for node in parents
    )
    if not marked and not _TAGS.search(names):
        return
    text = text_of(element).lstrip("#").strip()
    if (
        text
        and len(text) <= 60
        and len(found.tags) < 40
        and text not in found.tags
        and not is_outside(element)
    ):
        found.tags.append(text)


def _grandparent(element: html.HtmlElement) -> html.HtmlElement | None:
    parent = element.getparent()
    return parent.getparent() if parent is not None else None


def _add_time(found: Scan, element: html.HtmlElement, raw: str, order: int, *, machine: bool) -> None:
    if not raw or len(raw) > 120 or len(found.times) >= 60 or is_outside(element):
        return
    parent = element.getparent()
    near = [node for node in (element, parent) if node is not None]
    role = " ".join(f"{n.get('itemprop') or ''} {n.get('class') or ''} {n.get('id') or ''}" for n in near)
    found.times.append(TimeFound(raw, role.lower(), order, machine))


def is_outside(element: html.HtmlElement) -> bool:
    """Does the element stand in a side bar, a footer, a list of other articles?"""
    node: html.HtmlElement | None = element
    for _ in range(8):
        if node is None or node.tag in ("body", "html"):
            return False
        if node.tag in ("aside", "footer", "nav"):
            return True
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if len(names) > 1 and _OUTSIDE.search(names):
            return True
        node = node.getparent()
    return False


def text_of(element: html.HtmlElement) -> str:
    """The element's words, white space folded, at most about 2,000 characters."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece)
        if size > 2000:
            break
    return clean(" ".join(pieces) if len(pieces) > 1 else "".join(pieces))
