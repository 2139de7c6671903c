"""A page as a flat run of text blocks, each tied to the box (block-level element) it stands in.

One walk over the parsed document. This knows nothing about what an article is: every visible run of text
between two block-level boundaries is a block, navigation and footer included. Which of them belong together
is decided in :mod:`pipeline.extract.choose`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.extract import zones
from pipeline.extract.blocks import Box, RawBlock, Segments, kind_of
from pipeline.extract.links import absolute
from pipeline.text import clean

#: a page with more is no article; the rest is not read
MAX_BLOCKS = 8_000
#: of one block; a block with more is a list whose further links say nothing new
MAX_LINKS = 200
#: deeper elements are read as one run of text. Real pages stay under 100.
MAX_DEPTH = 150
#: nodes that are looked at; real pages have under 40,000
MAX_NODES = 300_000
_BLANK_LINES = re.compile(r"\n\s*\n")
_SKIPPED = (
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "select",
    "textarea", "input", "audio", "video", "canvas", "head", "button", "datalist", "map", "progress",
    "meter", "title",
)  # fmt: skip
_BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption", "optgroup", "html",
)  # fmt: skip
_BOLD = ("b", "strong")


def _codes(tags: Sequence[str]) -> frozenset[int]:
    """The parser's numbers of tag names, asked of the parser itself."""
    return frozenset(_code(tag) for tag in tags)


def _code(tag: str) -> int:
    found = LexborHTMLParser("<p>").create_node(tag).tag_id
    assert isinstance(found, int)
    return found


def segment(document: LexborHTMLParser, *, whole: bool = False) -> Segments:
    """All text blocks of the document in its order, at most ``MAX_BLOCKS``.

    Navigation and footers outside of any article are entered for the ``whole`` page only: they are a third of
    a page's blocks, and 0.2 % of the articles' words on public corpora, nearly all of these wrongly annotated.
    """
    walker = _Walker(passed_by=0 if whole else _PASSED_BY)
    if document.body is not None:
        walker.visit(document.body, walker.container)
        walker.flush()
    walker.container.end = len(walker.boxes)
    return Segments(walker.blocks, walker.boxes, walker.ruled)


def base_of(document: LexborHTMLParser, url: str) -> str:
    """The address that the page's relative links start from."""
    base = document.css_first("base[href]")
    href = base.attributes.get("href") if base is not None else None
    return absolute(href, url) or url


class _Walker:
    """The walk's state: the run of text being read and the blocks that are complete."""

    __slots__ = (
        "blocks", "bold", "boxes", "container", "depth", "filled", "href", "nodes", "passed_by", "plain", "ruled",
        "spans", "start", "strong", "texts", "within",
    )  # fmt: skip

    def __init__(self, *, passed_by: int) -> None:
        self.passed_by = passed_by
        self.container = Box(None, "body", "", 0, 0, 0, None, 0)
        self.boxes = [self.container]
        self.blocks: list[RawBlock] = []
        #: always the same list: the walk holds it
        self.texts: list[str] = []
        #: is there anything but white space in ``texts``, and anything but bold text?
        self.filled = self.plain = self.ruled = False
        self.bold = self.strong = 0
        self.nodes = self.depth = -1  # the body itself counts for nothing
        # The link being read: its address, and where in ``texts`` its text begins. Then those that are read.
        self.href: str | None = None
        self.within = False
        self.start = 0
        self.spans: list[tuple[str | None, int, int]] = []

    def visit(self, node: LexborNode, box: Box) -> None:
        """Read what is in the element."""
        self.nodes += 1
        if self.depth == MAX_DEPTH:
            self._add(node.text(deep=True, separator=" "))
            return
        self.depth += 1
        texts = self.texts
        # The one loop that runs for every node of the page: what could be a call is written out.
        for child in node.iter(include_text=True):
            code = child.tag_id
            if code == _TEXT:
                text = child.text_content or ""
                if self.plain:
                    texts.append(text if text != "\n" else " ")  # that line break is a <br>'s sign
                elif not text.isspace():
                    self._add(text)
                elif self.filled:
                    texts.append(" ")
                continue
            if code in _BLOCK:
                if self.filled:
                    self.flush()
                self._block(child, _BLOCK[code], box)
            else:
                self._other(child, code, box)
            if self.nodes > MAX_NODES:
                break
        self.depth -= 1

    def _other(self, node: LexborNode, code: int, box: Box) -> None:
        """Read an element that is no block: most stand in a run of text."""
        if code == _A:
            self._anchor(node, box)
        elif code == _BR:
            self._break()
        elif code in _BOLDS:
            self.bold += 1
            self.visit(node, box)
            self.bold -= 1
        elif code == _SPAN:
            if not ((attributes := node.attributes) and zones.is_hidden(attributes)):
                self.visit(node, box)
        elif code not in _SKIP:
            tag = node.tag or ""
            if tag.startswith("-"):  # a comment
                return
            if "-" in tag:  # an element of the outlet's own making
                self.flush()
                self._block(node, tag, box)
            else:
                self.visit(node, box)

    def _block(self, node: LexborNode, tag: str, parent: Box) -> None:
        names, own, rule, attributes = "", zones.of_tag(tag), parent.rule, node.attributes
        if attributes:
            names = attributes.get("class") or ""
            if identity := attributes.get("id"):
                names = f"{names} #{identity}"
            if names:
                own |= zones.of_names(names)
            if not zones.TELLING.isdisjoint(attributes):
                own |= zones.of_attributes(attributes)
        zone = parent.zone | own
        if own & _MARKED:
            if own & self.passed_by and tag in ("nav", "footer") and not zone & _IN_ARTICLE:
                return
            self.ruled = self.ruled or bool(own & zones.RULED)
            if own & zones.CUT:
                rule = attributes.get("data-presswatch-rule")
        boxes = self.boxes
        inner = Box(parent, tag, names, parent.depth + 1, zone, own, rule, len(boxes))
        boxes.append(inner)
        self.container = inner
        self.visit(node, inner)
        inner.end = len(boxes)
        if self.filled:
            self.flush()
        self.container = parent

    def _add(self, text: str) -> None:
        """Text in a block that has none yet but bold."""
        self.texts.append(text)
        if not text or text.isspace():
            return
        self.filled = True
        if self.bold:
            self.strong += len(text)
        else:
            self.plain = True

    def _anchor(self, node: LexborNode, box: Box) -> None:
        texts = self.texts
        if self.within:
            self._close_link()
        if texts and not texts[-1][-1:].isspace() and _follows_link(node):
            texts.append(" ")
        self.href, self.start, self.within = node.attributes.get("href"), len(texts), True
        self.visit(node, box)
        self._close_link()

    def _break(self) -> None:
        """One ``<br>`` is a new line, two are a new block."""
        if not self.filled:
            return
        for text in reversed(self.texts):
            if text == "\n":
                self.flush()
                return
            if not text.isspace():
                break
        self.texts.append("\n")

    def _close_link(self) -> None:
        if self.within:
            self.within = False
            if self.start < len(self.texts):
                self.spans.append((self.href, self.start, len(self.texts)))

    def flush(self) -> None:
        """Complete the block being read. A link that is still open goes on in the next one."""
        if self.filled and len(self.blocks) < MAX_BLOCKS:
            within = self.within
            self._close_link()
            self._complete()
            self.within = within
            self.strong = 0
            self.filled = self.plain = False
        self.texts.clear()
        self.spans.clear()
        self.start = 0

    def _complete(self) -> None:
        texts = self.texts
        while texts and texts[-1].isspace():
            texts.pop()
        if text := _text(texts):
            links, linked = _links(self.spans, texts, text) if self.spans else ((), 0)
            strong, blocks, box = self.strong, self.blocks, self.container
            if strong > len(text):
                strong = len(text)
            blocks.append(RawBlock(len(blocks), text, kind_of(box), box, links, linked, strong))


def _text(texts: list[str]) -> str:
    if "\n" not in texts:
        return _folded("".join(texts))
    joined = "".join([text if text == "\n" else text.replace("\n", " ") for text in texts])
    return _BLANK_LINES.sub("\n", clean(joined, keep_lines=True))


def _links(
    spans: Sequence[tuple[str | None, int, int]], texts: list[str], whole: str
) -> tuple[Sequence[tuple[str, str]], int]:
    """Addresses and texts of a block's links, and how many characters of it are link text."""
    links: list[tuple[str, str]] = []
    linked = 0
    for href, start, end in spans:
        # In menus every link is all of its block.
        alone = start == 0 and end >= len(texts) and "\n" not in whole
        text = whole if alone else _folded("".join(texts[start:end]))
        if text:
            linked += len(text)
            if href and len(links) < MAX_LINKS:
                links.append((href, text))
    return links, linked


def _folded(text: str) -> str:
    """``clean(text)``, faster where there is nothing but ASCII."""
    folded = " ".join(text.split())
    if folded.isascii() and folded.isprintable() and "\x1f" not in text:
        return folded
    return clean(text)


_PASSED_BY = zones.NAV | zones.FOOTER
_MARKED = _PASSED_BY | zones.RULED | zones.CUT
_IN_ARTICLE = zones.ARTICLE | zones.BODY | zones.RULED


def _follows_link(node: LexborNode) -> bool:
    """Does the link stand directly behind another? Tags and crumbs are set apart by style sheets alone."""
    before = node.prev
    return before is not None and before.tag_id == _A


_TEXT = 2
_A = _code("a")
_BR = _code("br")
_SPAN = _code("span")
_BLOCK = {_code(tag): tag for tag in _BLOCKS}
_SKIP = _codes(_SKIPPED)
_BOLDS = _codes(_BOLD)
