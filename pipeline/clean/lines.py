"""Blocks cut into lines: what the rules look at one by one, each with its place in the extracted article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

from pipeline.article import Block, Link, RemovalKind
from pipeline.clean.phrases import line_key

#: longer lines are never compared with phrases
MAX_PHRASE_LINE = 700
#: of one block; what follows is taken as one
MAX_LINES = 500


@dataclass(eq=False)
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

    @cached_property
    def key(self) -> str:
        """The line as phrases are compared with it; "" for a long paragraph."""
        return line_key(self.text) if len(self.text) <= MAX_PHRASE_LINE else ""

    @cached_property
    def linked(self) -> float:
        """Share of the text that is link text."""
        return min(1.0, sum(len(link.text) for link in self.links) / max(1, len(self.text)))


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
    language: str | None
    titles: frozenset[str]
    lead: str
    #: index of the first and the last block that the body surely holds
    first: int
    last: int
    #: part of the path that all body paragraphs share
    home: str
    lines: Sequence[Line] = field(default_factory=tuple)
    #: class words that stand on much of the body itself, and so say nothing
    ignored: frozenset[str] = frozenset()
    #: links are the body's substance (a list, a digest): a line of link only is no teaser
    listing: bool = False
    #: what the class words of a path say, by path: the lines of a box share theirs
    boxes: dict[str, tuple[RemovalKind, str] | None] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return host_of(self.url)


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
        start = 0
        waiting = list(block.links)
        texts = block.text.split("\n", MAX_LINES)
        for text in texts:
            own: list[Link] = []
            cursor = 0
            while waiting and (at := text.find(waiting[0].text, cursor)) >= 0:
                own.append(waiting.pop(0))
                cursor = at + len(own[-1].text)
            lines.append(_line(block, index, start, text, links=tuple(own), partial=len(texts) > 1))
            start += len(text) + 1
    return lines


def _line(block: Block, index: int, start: int, text: str, *, links: tuple[Link, ...], partial: bool) -> Line:
    return Line(
        block=index,
        start=start,
        end=start + len(text),
        text=text,
        kind=block.kind,
        path=block.path,
        chosen=block.chosen,
        links=links,
        partial=partial,
    )


def part(line: Line, start: int) -> tuple[Line, Line]:
    """The line cut in two at character ``start`` of its text."""
    before = tuple(
        link for link in line.links if link.text in line.text[:start] and link.text not in line.text[start:]
    )
    after = tuple(link for link in line.links if link not in before)
    middle = line.start + start
    head = replace(line, end=middle, text=line.text[:start], links=before, partial=True)
    return head, replace(line, start=middle, text=line.text[start:], links=after, partial=True)
