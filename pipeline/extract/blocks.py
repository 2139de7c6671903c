"""The page's body as a flat run of text blocks, each with its place in the document.

This knows nothing about what an article is: every visible run of text between two block-level boundaries is a
block, navigation and footer included. The chooser says which of them belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from lxml import etree, html

from pipeline.article import Block, Link
from pipeline.text import clean

Kind = Literal["paragraph", "heading", "list-item", "quote", "caption", "table", "preformatted", "other"]

#: a page with more is no article; the rest is not read
MAX_BLOCKS = 8_000
#: of one block; a block with more is a list whose further links say nothing new
MAX_LINKS = 200
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "select",
        "textarea",
        "input",
        "audio",
        "video",
        "canvas",
        "head",
        "button",
        "datalist",
        "map",
        "progress",
        "meter",
    ]
)
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
        "optgroup",
        "html",
    ]
)
_KINDS: dict[str, Kind] = {
    "p": "paragraph",
    "li": "list-item",
    "dd": "list-item",
    "dt": "list-item",
    "blockquote": "quote",
    "figcaption": "caption",
    "figure": "caption",
    "td": "table",
    "th": "table",
    "caption": "caption",
    "pre": "preformatted",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary"), "heading"),
}
_OVER_PARAGRAPH = frozenset(("list-item", "quote", "caption", "preformatted"))
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WEB = ("http://", "https://")
# Links that need no resolving: a full one, and one from the root of a base's host.
_FULL = re.compile(r"https?://[a-zA-Z0-9.\-]+(?:/[^\s?#;]*+(?:\?[^\s#]++)?)?")
_ROOTED = re.compile(r"/(?!/)[^\s?#;]*+(?:\?[^\s#]++)?")
_ORIGIN = re.compile(r"https?://[a-zA-Z0-9.\-]+(?::\d+)?(?=[/?#]|\Z)")
_BLANK_LINES = re.compile(r"\n\s*\n")
#: path steps that are kept, counted from the block upward
_PATH_STEPS = 12


@dataclass(slots=True, eq=False)
class Slot:
    """Where a block's text begins in the tree: in ``element.text``, or in ``element.tail``."""

    element: html.HtmlElement
    tail: bool


@dataclass(slots=True, eq=False)
class RawBlock:
    """A block while the page is being read, still tied to its element."""

    index: int
    text: str
    kind: Kind
    element: html.HtmlElement
    slot: Slot
    links: tuple[Link, ...]

    @property
    def link_share(self) -> float:
        """The share of the text that is link text, 0 to 1."""
        if not self.links:
            return 0.0
        return min(1.0, sum(len(link.text) for link in self.links) / max(1, len(self.text)))

    def as_block(self, *, chosen: bool, steps: dict[html.HtmlElement, str]) -> Block:
        path = path_of(self.element, steps)
        return Block(text=self.text, kind=self.kind, path=path, links=self.links, chosen=chosen)


def segment(root: html.HtmlElement, url: str) -> list[RawBlock]:
    """All text blocks below ``root`` in document order, at most ``MAX_BLOCKS``. ``url`` resolves links."""
    return list(_Segmenter(_base(root, url)).run(root))


def _base(root: html.HtmlElement, url: str) -> str:
    href = next((el.get("href") for el in root.iter("base") if el.get("href")), None)
    return absolute(href, url) or url if href else url


def absolute(href: str | None, base: str) -> str | None:
    """``href`` as an absolute http(s) URL, or None where it leads nowhere (``#``, ``javascript:``)."""
    href = _CONTROL.sub("", href or "").strip()
    if not href or href.startswith(("#", "javascript:", "data:")):
        return None
    if (plain := _plain(href, base)) is not None:
        return plain
    try:
        full = urljoin(base, href)
    except ValueError:
        return None
    return full if full.lower().startswith(_WEB) else None


def _plain(href: str, base: str) -> str | None:
    """What ``urljoin`` would return, for the common links that it need not take apart; else None."""
    if _FULL.fullmatch(href):
        return href
    if "/." in href or not _ROOTED.fullmatch(href):
        return None
    origin = _ORIGIN.match(base)
    return origin[0] + href if origin else None


@dataclass(slots=True)
class _Segmenter:
    base: str
    texts: list[str] = field(default_factory=list)
    slot: Slot | None = None
    #: (absolute URL or None, index in ``texts`` where the link's text begins) of the link being read
    link: tuple[str | None, int] | None = None
    links: list[Link] = field(default_factory=list)
    container: html.HtmlElement | None = None
    count: int = 0

    def run(self, root: html.HtmlElement) -> Iterator[RawBlock]:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if event == "end":
                if block := self._leave(element, tag):
                    yield block
            elif tag in _SKIPPED:
                walker.skip_subtree()
            elif block := self._enter(element, tag):
                yield block
            if self.count >= MAX_BLOCKS:
                return

    def _enter(self, element: html.HtmlElement, tag: str) -> RawBlock | None:
        block = None
        if _is_block(tag):
            block = self._flush()
            self.container = element
        elif tag == "a":
            self._close_link()
            self.link = (absolute(element.get("href"), self.base), len(self.texts))
        elif tag == "br":
            block = self._break()
        if text := element.text:
            self._add(text, element, tail=False)
        return block

    def _leave(self, element: html.HtmlElement, tag: str) -> RawBlock | None:
        block = None
        if _is_block(tag):
            block = self._flush()
            self.container = element.getparent()
        elif tag == "a":
            self._close_link()
        if text := element.tail:
            self._add(text, element, tail=True)
        return block

    def _add(self, text: str, element: html.HtmlElement, *, tail: bool) -> None:
        self.texts.append(text.replace("\n", " "))
        if self.slot is None and not text.isspace():
            self.slot = Slot(element, tail)

    def _break(self) -> RawBlock | None:
        """One ``<br>`` is a new line, two are a new block."""
        if "\n" in "".join(self.texts[-3:]).rstrip(" \t\r\xa0")[-1:]:
            return self._flush()
        if self.slot is not None:
            self.texts.append("\n")
        return None

    def _close_link(self) -> None:
        if self.link is None:
            return
        url, start = self.link
        self.link = None
        if not url or len(self.links) >= MAX_LINKS:
            return
        text = clean("".join(self.texts[start:]))
        if text:
            self.links.append(Link(url=url, text=text))

    def _flush(self) -> RawBlock | None:
        if self.slot is None:
            self.texts.clear()
            if self.link:
                self.link = (self.link[0], 0)
            return None
        reopened = self.link[0] if self.link else None
        within = self.link is not None
        self._close_link()
        text = _BLANK_LINES.sub("\n", clean("".join(self.texts), keep_lines=True))
        block = None
        if text and self.container is not None:
            block = RawBlock(
                index=self.count,
                text=text,
                kind=_kind(self.container),
                element=self.container,
                slot=self.slot,
                links=tuple(self.links),
            )
            self.count += 1
        self.texts.clear()
        self.links.clear()
        self.slot = None
        self.link = (reopened, 0) if within else None
        return block


def _is_block(tag: str) -> bool:
    return tag in _BLOCK or ("-" in tag and tag not in _SKIPPED)


def _kind(element: html.HtmlElement) -> Kind:
    """The kind of text that stands directly in ``element``; the outer element wins over a plain paragraph."""
    own = _KINDS.get(element.tag, "other")
    if own not in ("paragraph", "other"):
        return own
    ancestor = element.getparent()
    for _ in range(4):
        if ancestor is None:
            break
        outer = _KINDS.get(ancestor.tag, "other")
        if outer in _OVER_PARAGRAPH:
            return outer
        ancestor = ancestor.getparent()
    return own


def path_of(element: html.HtmlElement, known: dict[html.HtmlElement, str]) -> str:
    """``article.post>div.entry-content>p``: tags with ids and classes, the block's own element last.

    ``known`` holds the steps that were made before: the blocks of a page share their ancestors.
    """
    steps: list[str] = []
    node: html.HtmlElement | None = element
    while node is not None and node.tag not in ("body", "html") and len(steps) < _PATH_STEPS:
        if node not in known:
            known[node] = _step(node)
        steps.append(known[node])
        node = node.getparent()
    return ">".join(reversed(steps))


def _step(element: html.HtmlElement) -> str:
    classes = "".join(f".{name}" for name in (element.get("class") or "").split()[:8])
    identity = "".join((element.get("id") or "").split())
    return f"{element.tag}{classes}{f'#{identity}' if identity else ''}"[:200]
