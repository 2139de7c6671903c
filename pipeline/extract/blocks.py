"""The block model: a run of text, the box (block-level element) it stands in, and all of a page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.article import Block, Link
from pipeline.extract.links import absolute

Kind = Literal["paragraph", "heading", "list-item", "quote", "caption", "table", "preformatted", "other"]

#: path steps that are kept, counted from the block upward
_PATH_STEPS = 12
#: classes and ids of an element that stand in a path
_PATH_NAMES = 8
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
_OVER_PARAGRAPH: dict[str, Kind] = {
    tag: kind for tag, kind in _KINDS.items() if kind in ("list-item", "quote", "caption", "preformatted")
}


@dataclass(slots=True, eq=False)
class Box:
    """A block-level element: where it stands and what its name and its ancestors' names say."""

    parent: Box | None
    tag: str
    #: classes as written, then the id with a ``#`` before it
    names: str
    depth: int
    #: what the element and its ancestors are, see :mod:`pipeline.extract.zones`
    zone: int
    #: what the element alone is
    own: int
    rule: str | None
    #: its place in ``Segments.boxes``, and the place behind its last descendant
    index: int
    end: int = 0
    steps: str | None = None

    def holds(self, box: Box) -> bool:
        """Is ``box`` this element or in it? Both are of one page."""
        return self.index <= box.index < self.end

    @property
    def path(self) -> str:
        """``article.post>div.entry-content>p``: tags with ids and classes, the element itself last."""
        if self.steps is None:
            self.steps = "" if self.tag in ("body", "html") else self._path()
        return self.steps

    def _path(self) -> str:
        own = self.tag
        if self.names:
            own += "".join(
                [name if name[0] == "#" else f".{name}" for name in self.names.split()[:_PATH_NAMES]]
            )
        above = self.parent.path if self.parent is not None else ""
        if above.count(">") > _PATH_STEPS - 2:
            above = ">".join(above.split(">")[1 - _PATH_STEPS :])
        return f"{above}>{own}" if above else own


@dataclass(slots=True, eq=False)
class RawBlock:
    """A block while the page is being read, still tied to its box."""

    index: int
    text: str
    kind: Kind
    box: Box
    #: (address as written, link text)
    hrefs: Sequence[tuple[str, str]]
    #: characters of link text, and of a leading run of bold text
    linked: int
    strong: int

    @property
    def link_share(self) -> float:
        """The share of the text that is link text, 0 to 1."""
        share = self.linked / len(self.text)
        return share if share < 1.0 else 1.0

    def as_block(self, *, chosen: bool, base: str) -> Block:
        """The frozen block; ``base`` resolves its links."""
        links = [Link(url=url, text=text) for href, text in self.hrefs if (url := absolute(href, base))]
        return Block(
            text=self.text,
            kind=self.kind,
            path=self.box.path,
            links=tuple(links),
            chosen=chosen,
            strong=self.strong,
            rule=self.box.rule,
        )


@dataclass(frozen=True, slots=True)
class Segments:
    """The blocks of a page and all boxes in the page's order, parents before their children."""

    blocks: list[RawBlock]
    boxes: list[Box]
    #: is there an element that an outlet's rule calls the body?
    ruled: bool


def kind_of(box: Box) -> Kind:
    """The kind of text that stands directly in ``box``; the outer element wins over a plain paragraph."""
    own = _KINDS.get(box.tag, "other")
    if own != "paragraph" and own != "other":
        return own
    outer = box.parent
    for _ in range(4):
        if outer is None:
            break
        if outer.tag in _OVER_PARAGRAPH:
            return _OVER_PARAGRAPH[outer.tag]
        outer = outer.parent
    return own
