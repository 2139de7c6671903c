"""The line language of ``pages/*.toml``: a block a line, ``MARK text``, with ``[words](address)`` for links.

Body: ``p`` ``lead`` ``h`` ``li`` ``ol`` ``q`` ``tr`` (cells parted by ``|``); ``post TIME | heading`` opens a
post of a live blog. ``!`` after the mark: looks like noise, must stay. ``?``: may stay or go.
Noise: ``- FORM KIND | text`` with a form of ``FORMS``; ``list`` and ``heading`` take ``label | item | item``;
``tail`` ends the paragraph above it. ``card``: a teaser of a section page, ``slide``: a picture of a gallery.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

FORMS = frozenset({"box", "plain", "strong", "list", "tail", "heading", "quote"})
_BODY = frozenset({"p", "lead", "h", "li", "ol", "q", "tr", "post"})
_FREE = frozenset({"card", "slide"})
_LINE = re.compile(r"(?P<mark>[a-z]+)(?P<flag>[!?]?)\s+(?P<text>.+)")
_NOISE = re.compile(r"-\s+(?P<form>\w+)\s+(?P<kind>[\w-]+)\s*\|\s*(?P<text>.+)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One block. ``role``: ``body``, ``trap``, ``optional``, ``noise``; ``form`` and ``kind`` are noise's."""

    mark: str
    role: str
    #: as HTML; a row's cells, a list's label and items
    cells: tuple[str, ...]
    form: str = ""
    kind: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells as a reader sees them; a table's row is one text."""
        seen = tuple(plain(cell) for cell in self.cells)
        return (" ".join(seen),) if self.mark == "tr" else seen


def plain(markup: str) -> str:
    """The words of a piece of HTML, white space folded."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def linked(text: str) -> str:
    """``[words](address)`` as HTML links; everything else as written."""
    return _LINK.sub(r'<a href="\2">\1</a>', text)


def parse(source: str) -> tuple[Line, ...]:
    """The blocks of one page's ``body``. A line that is none raises ``ValueError`` naming it."""
    return tuple(_line(raw.strip()) for raw in source.splitlines() if raw.strip())


def _line(raw: str) -> Line:
    noise = _NOISE.fullmatch(raw)
    if noise:
        return _noise(noise)
    found = _LINE.fullmatch(raw)
    if not found or found["mark"] not in _BODY | _FREE:
        raise ValueError(f"no such block: {raw[:60]!r}")
    mark = found["mark"]
    role = {"!": "trap", "?": "optional", "": "body"}[found["flag"]]
    cells = _cells(found["text"]) if mark in {"tr", "post", "card"} else (linked(found["text"]),)
    return Line(mark=mark, role="optional" if mark in _FREE else role, cells=cells)


def _noise(found: re.Match[str]) -> Line:
    form = found["form"]
    if form not in FORMS:
        raise ValueError(f"no such form: {form!r}")
    cells = _cells(found["text"]) if form in {"list", "heading"} else (linked(found["text"]),)
    return Line(mark="noise", role="noise", cells=cells, form=form, kind=found["kind"])


def _cells(text: str) -> tuple[str, ...]:
    return tuple(linked(cell.strip()) for cell in text.split("|"))


def body_texts(lines: Iterable[Line]) -> tuple[str, ...]:
    """Every text of the body in order; of a post its heading, not its time."""
    found: list[str] = []
    for line in lines:
        if line.role != "noise" and line.mark != "card":
            found += line.texts[1:] if line.mark == "post" else line.texts
    return tuple(text for text in found if text)
