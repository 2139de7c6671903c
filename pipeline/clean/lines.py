"""Blocks cut into lines: what the rules look at one by one, each with its place in the extracted article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipeline.article import Block, Link, RemovalKind
from pipeline.clean.patterns import keyed
from pipeline.clean.phrases import Lexicon

#: longer lines are never compared with phrases
MAX_PHRASE_LINE, MAX_LINKED_LINE = 300, 520
#: of one block; what follows is taken as one
MAX_LINES = 500


@dataclass(eq=False, slots=True)
class Line:
    """One line of a block. ``start`` and ``end`` are its character span in the block's text."""

    block: int
    start: int
    end: int
    text: str
    kind: str
    path: str
    chosen: bool
    links: tuple[Link, ...] = ()
    #: the line is a part of its block only
    partial: bool = False
    #: characters of bold text at its beginning
    strong: int = 0
    #: the outlet's rule that cuts it
    rule: str | None = None
    #: share of the text that is link text
    linked: float = field(init=False, default=0.0)
    #: the line as phrases are compared with it, and its words; empty for a long paragraph
    key: str = field(init=False, default="")
    words: Sequence[str] = field(init=False, default=())

    def __post_init__(self) -> None:
        if self.links:
            self.linked = min(1.0, sum(len(link.text) for link in self.links) / max(1, len(self.text)))
        if len(self.text) <= (MAX_LINKED_LINE if self.links else MAX_PHRASE_LINE):
            self.key, self.words = keyed(self.text)


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a line leaves the body."""

    kind: RemovalKind
    rule: str
    label: str | None = None
    title: str | None = None


@dataclass(slots=True)
class Page:
    """What the rules know of the page beside the line itself."""

    url: str
    host: str
    lexicon: Lexicon
    titles: frozenset[str]
    lead: str
    #: index of the first and the last block that the body surely holds
    first: int
    last: int
    #: part of the path that all body paragraphs share
    home: str
    lines: Sequence[Line]
    #: characters of the chosen lines, in all and by their path
    size: int
    mass: Mapping[str, int]
    #: links are the body's substance (a list, a digest): a line of link only is no teaser
    listing: bool = False
    #: index of the block from which on only a few more are body
    tail: int = 0
    #: what the class words of a path say, by path: the lines of a box share theirs
    boxes: dict[str, tuple[RemovalKind, str] | None] = field(default_factory=dict)


def host_of(url: str) -> str:
    """The host without ``www.`` and ``m.``; "" for no URL."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def split(blocks: Sequence[Block]) -> list[Line]:
    """Every line of every block, in order. Links go to the line that holds their text."""
    lines: list[Line] = []
    for index, block in enumerate(blocks):
        if "\n" in block.text:
            lines += _split(block, index)
        else:
            lines.append(
                Line(
                    index,
                    0,
                    len(block.text),
                    block.text,
                    block.kind,
                    block.path,
                    block.chosen,
                    block.links,
                    strong=block.strong,
                    rule=block.rule,
                )
            )
    return lines


def _split(block: Block, index: int) -> list[Line]:
    lines: list[Line] = []
    start = 0
    waiting = list(block.links)
    for text in block.text.split("\n", MAX_LINES):
        own: list[Link] = []
        cursor = 0
        while waiting and (at := text.find(waiting[0].text, cursor)) >= 0:
            own.append(waiting.pop(0))
            cursor = at + len(own[-1].text)
        lines.append(
            Line(
                index,
                start,
                start + len(text),
                text,
                block.kind,
                block.path,
                block.chosen,
                tuple(own),
                partial=True,
                strong=max(0, min(block.strong - start, len(text))),
                rule=block.rule,
            )
        )
        start += len(text) + 1
    return lines


def part(line: Line, start: int) -> tuple[Line, Line]:
    """The line cut in two at character ``start`` of its text."""
    before = tuple(
        link for link in line.links if link.text in line.text[:start] and link.text not in line.text[start:]
    )
    after = tuple(link for link in line.links if link not in before)
    middle = line.start + start
    head = replace(line, end=middle, text=line.text[:start], links=before, partial=True)
    return head, replace(line, start=middle, text=line.text[start:], links=after, partial=True, strong=0)
