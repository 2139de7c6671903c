"""What may go to a terminal, and how lines of a table fit into it.

Titles and messages were written by strangers: an escape sequence in them could rewrite the screen, a
bidirectional control could make an address read backwards (Unicode Technical Report 36, 2.10).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u206a-\u206f\u2028\u2029\ufff9-\ufffb]+"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_RTL_ISOLATE, _POP_ISOLATE = "\u2067", "\u2069"
_NUMBERS = re.compile(r"[0-9.,:%+\-]*")
_GAP = "  "
#: no column is cut below this many cells
_NARROWEST = 8


def safe(text: str) -> str:
    """``text`` without what could steer a terminal: controls (but line feed and tab) and bidi embeddings."""
    return _SURROGATE.sub("\ufffd", _CONTROLS.sub("", text))


def rtl_line(text: str) -> str:
    """Right-to-left ``text``, safe, each line isolated so that it reads right within a left-to-right screen.

    Isolated (RLI … PDI, Unicode Standard Annex 9) only where stdout is a terminal that takes UTF-8: pipes and
    files get the text alone.
    """
    plain = safe(text)
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if not sys.stdout.isatty() or encoding != "utf8":
        return plain
    return "\n".join(f"{_RTL_ISOLATE}{line}{_POP_ISOLATE}" if line else "" for line in plain.split("\n"))


def shorten(text: str, cells: int) -> str:
    """``text`` in at most ``cells`` terminal cells, with ``…`` where it was cut; an isolate stays closed."""
    if cell_len(text) <= cells:
        return text
    closing = _POP_ISOLATE if text.startswith(_RTL_ISOLATE) else ""
    return set_cell_size(text, max(0, cells - 1)).rstrip().removesuffix(closing) + "…" + closing


def table(rows: Sequence[Sequence[str]], headers: Sequence[str], width: int | None) -> str:
    """Headers and rows as aligned lines of at most ``width`` cells (None: as wide as they are).

    Cells must be safe already. The widest columns are shortened first; columns of numbers stand to the right.
    """
    lines = [[" ".join(cell.split()) for cell in row] for row in (headers, *rows)]
    natural = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    widths = natural if width is None else _fitted(natural, width - len(_GAP) * (len(natural) - 1))
    right = [all(map(_NUMBERS.fullmatch, column)) for column in zip(*lines[1:], strict=True)]
    right = right or [False] * len(headers)
    return "\n".join(_line(cells, widths, right) for cells in lines)


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """The widths cut, the widest first, until they fit into ``room``; never below what can be read."""
    fitted = list(widths)
    while (excess := sum(fitted) - room) > 0:
        widest = max(fitted)
        if widest <= _NARROWEST:
            break
        others = [one for one in fitted if one < widest]
        step = max(1, min(excess, widest - max([*others, _NARROWEST])))
        fitted[fitted.index(widest)] -= step
    return fitted


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    out = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        text = shorten(cell, width)
        padding = " " * (width - cell_len(text))
        out.append(padding + text if to_right else text + padding)
    return _GAP.join(out).rstrip()
