"""The lines of a body as HTML, with a template's wrappers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby

from quality.markup import Line

_LABEL = re.compile(r"^(?P<label>[^<]+)(?P<rest><a .+)$")
_CLOSING = re.compile(r"(?:</\w+>|<br\s?/?>|\s)$")


def body_html(lines: Iterable[Line], marks: Mapping[str, str]) -> str:
    """The body's lines as HTML, with the template's wrappers; ``lead`` has a slot of its own."""
    pieces: list[str] = []
    posts = 0
    for group, members in groupby(lines, key=_group):
        block = list(members)
        if group == "tail":
            pieces[-1] = _append(pieces[-1], block)
        elif group in {"li", "ol", "tr"}:
            inner = "\n".join(_wrapped(line, marks) for line in block)
            pieces.append(marks[f"{group}_all"].replace("{}", inner))
        elif group != "lead":
            closing = marks["post_end"] if group == "post" and posts else ""
            posts += group == "post"
            pieces += [closing + _wrapped(line, marks) for line in block]
    return "\n".join(pieces) + (marks["post_end"] if posts else "")


def _group(line: Line) -> str:
    """Neighbouring list items and rows share one element; a tail belongs to the block above it."""
    return line.form if line.form == "tail" else line.mark


def _append(piece: str, tails: Iterable[Line]) -> str:
    """The tails' text inside the last element of ``piece``."""
    words = " ".join(line.cells[0] for line in tails)
    cut = len(piece)
    while (ending := _CLOSING.search(piece[:cut])) is not None:
        cut = ending.start()
    return f"{piece[:cut]} {words}{piece[cut:]}"


def _wrapped(line: Line, marks: Mapping[str, str]) -> str:
    if line.role == "noise":
        return _noise(line, marks)
    if line.mark == "tr":
        return marks["tr"].replace("{}", "".join(marks["td"].replace("{}", cell) for cell in line.cells))
    if line.mark in {"post", "card"}:
        return _filled(marks[line.mark], line.cells)
    return marks[line.mark].replace("{}", line.cells[0])


def _filled(wrapper: str, cells: tuple[str, ...]) -> str:
    for number, cell in enumerate(cells):
        wrapper = wrapper.replace(f"{{{number}}}", cell)
    return wrapper


def _noise(line: Line, marks: Mapping[str, str]) -> str:
    form = line.form
    if form in {"list", "heading"}:
        items = "".join(f"<li>{item}</li>" for item in line.cells[1:])
        return marks[form].replace("{label}", line.cells[0]).replace("{}", items)
    if form == "strong":
        return marks["p"].replace("{}", _strong(line.cells[0]))
    wrapper = marks["p"] if form == "plain" else marks.get(f"{form}_{line.kind}", marks[form])
    return wrapper.replace("{}", line.cells[0])


def _strong(text: str) -> str:
    """The words before the link in bold."""
    found = _LABEL.match(text)
    return (
        f"<strong>{found['label'].rstrip()}</strong> {found['rest']}" if found else f"<strong>{text}</strong>"
    )
