"""Which blocks are the article: the generic extractor's opinion, and what to do where it has none.

The chooser's contract is small, so that it can be replaced: a page's tree and its blocks in, the indices of
the blocks that belong to the article out. This one asks trafilatura. Its output is plain text, and one text
may stand in a page three times (body, teaser, side bar), so every block is marked before with signs that
survive extraction: what comes back names its blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import trafilatura
from lxml import etree, html

from pipeline.extract.blocks import RawBlock
from pipeline.text import words

# Braille patterns: printable, no letters, practically absent from the press. A sentinel and two digits.
_SENTINEL = "\u28ff"
_ZERO = 0x2801
_BASE = 200
_MARK = re.compile(f"{_SENTINEL}([\u2801-\u28fe])([\u2801-\u28fe])")
#: more elements than this are not given to the extractor: its cost grows faster than the page
_MAX_ELEMENTS = 40_000
_MAX_BLOCKS = 6_000
#: words of unmarked output that must be found in a block in a row
_RUN = 8
# What is known to escape from an extractor fed with hostile pages. Not a blanket catch: a bug of ours in the
# marking would surface as something else.
_FAULTS = (
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
    AssertionError,
    RecursionError,
    etree.LxmlError,
)


def choose(root: html.HtmlElement, blocks: Sequence[RawBlock], url: str) -> frozenset[int]:
    """Indices of the blocks that trafilatura takes for the article; empty where it finds none.

    Marks the text of ``root``: read everything else from the tree before.
    """
    if not blocks or len(blocks) > _MAX_BLOCKS or _too_large(root):
        return frozenset()
    for block in blocks:
        _mark(block)
    text = _extract(root, url)
    marked = {_number(match) for match in _MARK.finditer(text)}
    known = {block.index for block in blocks}
    return frozenset(marked & known) | _unmarked(text, blocks, marked)


def _too_large(root: html.HtmlElement) -> bool:
    return any(count >= _MAX_ELEMENTS for count, _ in enumerate(root.iter()))


def _mark(block: RawBlock) -> None:
    high, low = divmod(block.index, _BASE)
    mark = f"{_SENTINEL}{chr(_ZERO + high)}{chr(_ZERO + low)}"
    slot = block.slot
    if slot.tail:
        slot.element.tail = _before_text(slot.element.tail or "", mark)
    else:
        slot.element.text = _before_text(slot.element.text or "", mark)


def _before_text(text: str, mark: str) -> str:
    lead = len(text) - len(text.lstrip())
    return f"{text[:lead]}{mark}{text[lead:]}"


def _number(match: re.Match[str]) -> int:
    return (ord(match[1]) - _ZERO) * _BASE + ord(match[2]) - _ZERO


def _extract(root: html.HtmlElement, url: str) -> str:
    """The generic extractor's text, "" where it finds none or fails."""
    try:
        document = trafilatura.bare_extraction(
            root, url=url or None, include_comments=False, favor_precision=True, with_metadata=False
        )
    except _FAULTS:
        return ""
    return str(getattr(document, "text", None) or "")


def _unmarked(text: str, blocks: Sequence[RawBlock], marked: set[int]) -> frozenset[int]:
    """Blocks whose mark was lost (a link cut, the text taken from JSON-LD) but whose words came."""
    stream = words(_MARK.sub(" ", text))
    if not stream:
        return frozenset()
    runs = {tuple(stream[i : i + _RUN]) for i in range(max(1, len(stream) - _RUN + 1))}
    found = set()
    for block in blocks:
        if block.index in marked or len(block.text) < 40 or block.link_share > 0.5:
            continue
        own = words(block.text)
        tail = tuple(own[-_RUN:])
        if len(own) >= _RUN and tail in runs and _only_once(block, blocks, tail):
            found.add(block.index)
    return frozenset(found)


def _only_once(block: RawBlock, blocks: Sequence[RawBlock], tail: tuple[str, ...]) -> bool:
    """The first block on the page that ends like this (a repetition in a side bar is not the article)."""
    first = next(other for other in blocks if other.text[-30:] == block.text[-30:])
    return first is block and bool(tail)
