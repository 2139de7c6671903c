"""One walk over the tree that picks up everything that may tell a field of the article."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import html

from pipeline.text import clean

_MAX_METAS = 2_000
_MAX_OTHERS = 400
#: elements among which tags are looked for
_MAX_ORDER = 30_000
_MAX_SCRIPT = 2_000_000
# All of these are compared with lower case.
_OUTSIDE = re.compile(
    r"related|recommend|sidebar|side-bar|comment|(?:site|page|main)-?footer|most-?(?:read|popular)|popular|trending|widget"
    r"|read-?also|also-?news|teaser|promo|breaking|latest|next-?post"
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en|es)?|auteurs?|autore|writers?|contributors?|journalist)"
    r"(?:$|[\s_-])|byline|author-?(?:name|meta|link)"
)
_NOT_BYLINE = re.compile(r"bio|avatar|image|img|photo|pic|role|title|descr|twitter|social|about|follow")
_DATE = re.compile(r"dat(?:e|um|a)(?:$|[^a-z])|time|publi|posted|pubdate|entry-meta|fecha")
_TAGS = re.compile(r"(?:^|[\s_-])(?:tags?|tag-?cloud|tag-?list|topics?|keywords?|labels?)(?:$|[\s_-])")
_CRUMBS = re.compile(r"bread-?crumb")
#: what any of these needs, for the many names that say nothing
_TELLING = re.compile(
    r"by-?line|au(?:th?or|teur)|writer|contributor|journalist|dat|time|publi|posted|entry-meta|fecha|tag|topic"
    r"|keyword|label|crumb"
)


class _Says(NamedTuple):
    """What an element's class and id say of it."""

    byline: bool
    date: bool
    tags: bool
    crumbs: bool


def _says(names: str) -> _Says:
    names = names.lower()
    if not _TELLING.search(names):
        return _SILENT
    return _Says(
        byline=bool(_BYLINE.search(names)) and not _NOT_BYLINE.search(names),
        date=bool(_DATE.search(names)),
        tags=bool(_TAGS.search(names)),
        crumbs=bool(_CRUMBS.search(names)),
    )


_SILENT = _Says(byline=False, date=False, tags=False, crumbs=False)


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
    times: list[TimeFound] = field(default_factory=list)
    #: (strength, words): ``rel=author`` and itemprop 2, class names 1
    bylines: list[tuple[int, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    crumbs: list[str] = field(default_factory=list)
    #: by class and id: most stand on many elements of a page
    said: dict[str, _Says] = field(default_factory=dict)

    def says(self, element: html.HtmlElement) -> _Says:
        names = names_of(element)
        if not names:
            return _SILENT
        if (known := self.said.get(names)) is None:
            known = self.said[names] = _says(names)
        return known

    def meta(self, *names: str) -> str:
        """The first non-empty content of the first of these meta names."""
        return next((value for name in names for value in self.metas.get(name, ()) if value), "")


def scan(root: html.HtmlElement) -> Scan:
    """Walk the tree once. Reads only; bounded whatever the page's size."""
    found = Scan(lang=root.get("lang") or root.get("xml:lang") or "")
    for order, element in enumerate(root.iter()):
        tag = element.tag
        reader = _READERS.get(tag)
        if reader is not None:
            reader(found, element, order)
        if tag not in _PLAIN:
            _by_attributes(found, element, tag, order)
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


_PLAIN = frozenset(("meta", "link", "script", "img"))


def _by_attributes(found: Scan, element: html.HtmlElement, tag: str, order: int) -> None:
    says = found.says(element)
    prop = element.get("itemprop") or ""
    rel = (element.get("rel") or "").split()
    if "author" in prop or "author" in rel or "creator" in prop:
        _add_byline(found, element, 2)
    elif says.byline:
        _add_byline(found, element, 1)
    if tag == "a":
        if element.keys():
            _add_tag(found, element, order, marked="tag" in rel or says.tags)
    elif tag != "time" and (says.date or prop.startswith("date")):
        raw = clean(element.get("content") or element.get("datetime") or "")
        _add_time(found, element, raw or text_of(element), order, machine=bool(raw))
    if says.crumbs and not found.crumbs:
        found.crumbs = [text for link in element.iter("a") if (text := text_of(link))][:10]


def _add_byline(found: Scan, element: html.HtmlElement, strength: int) -> None:
    text = clean(element.get("content") or "") or text_of(element)
    if text and len(text) <= 160 and len(found.bylines) < 20 and not is_outside(element):
        found.bylines.append((strength, text))


def _add_tag(found: Scan, element: html.HtmlElement, order: int, *, marked: bool) -> None:
    """``marked`` says that the link itself is named as a tag; its parent or grandparent may be instead."""
    if len(found.tags) >= 40 or order > _MAX_ORDER:
        return
    parents = (element.getparent(), _grandparent(element))
    if not marked and not any(node is not None and found.says(node).tags for node in parents):
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


def names_of(element: html.HtmlElement) -> str:
    """The element's class and id, a space between; "" where it has neither."""
    own, identity = element.get("class"), element.get("id")
    return f"{own or ''} {identity or ''}" if own or identity else ""


def is_outside(element: html.HtmlElement) -> bool:
    """Does the element stand in a side bar, a footer, a list of other articles?"""
    node: html.HtmlElement | None = element
    for _ in range(8):
        if node is None or node.tag in ("body", "html"):
            return False
        if node.tag in ("aside", "footer", "nav"):
            return True
        if _OUTSIDE.search(names_of(node).lower()):
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
