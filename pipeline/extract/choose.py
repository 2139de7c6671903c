"""Which blocks are the article: the generic extractor's opinion, and what to do where it has none.

The chooser's contract is small, so that it can be replaced: a page's tree and its blocks in, the indices of
the blocks that belong to the article out. This one asks trafilatura. Its output is plain text, and one text
may stand in a page three times (body, teaser, side bar), so every block is marked before with signs that
survive extraction: what comes back names its blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document

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
#: characters of the quick answer, and of a block of prose, that count
_SOLID = 250
_PROSE = 80
_COUNT = etree.XPath("count(.//*)")
_WORD = re.compile(r"\w+")
#: words at a block's end that must come in a row in the output where the block's mark is lost
_RUN = 8
#: characters in which more words than these are found
_ENDING = 160
# Scripts stay: by them the extractor recognises a forum.
_THROWN_AWAY = [
    "aside",
    "area",
    "audio",
    "button",
    "canvas",
    "datalist",
    "embed",
    "fieldset",
    "footer",
    "frame",
    "frameset",
    "iframe",
    "input",
    "label",
    "legend",
    "link",
    "map",
    "menu",
    "meta",
    "nav",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "progress",
    "rp",
    "rt",
    "rtc",
    "select",
    "source",
    "style",
    "svg",
    "textarea",
    "time",
    "track",
    "video",
]
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
    text = _extract(root, blocks, url)
    marked = {_number(match) for match in _MARK.finditer(text)}
    known = {block.index for block in blocks}
    return frozenset(marked & known) | _unmarked(text, blocks, marked)


def _too_large(root: html.HtmlElement) -> bool:
    return float(str(_COUNT(root))) > _MAX_ELEMENTS


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


def _extract(root: html.HtmlElement, blocks: Sequence[RawBlock], url: str) -> str:
    """The generic extractor's text, "" where it finds none or fails.

    Its comparison with two other extractors costs as much again and changes the answer on one page in
    twenty-five: it is asked for where the quick answer leaves doubt.
    """
    prose = sum(len(block.text) for block in blocks if block.link_share < 0.3 and len(block.text) >= _PROSE)
    quick = _ask(_lightened(root), url, fast=True)
    if quick is not None and len(quick.text or "") >= max(_SOLID, prose / 3) and not _is_tabular(quick.body):
        return str(quick.text)
    full = _ask(root, url, fast=False)
    return str(full.text) if full is not None else ""


def _lightened(root: html.HtmlElement) -> html.HtmlElement:
    """A copy without what the extractor itself throws away, but only after many searches."""
    light = copy(root)
    etree.strip_elements(light, *_THROWN_AWAY, with_tail=False)
    return light


def _ask(root: html.HtmlElement, url: str, *, fast: bool) -> Document | None:
    try:
        found = trafilatura.bare_extraction(
            root,
            url=url or None,
            include_comments=False,
            favor_precision=True,
            with_metadata=False,
            fast=fast,
        )
    except _FAULTS:
        return None
    return found if isinstance(found, Document) and found.text else None


def _is_tabular(body: etree._Element) -> bool:
    """More tables than paragraphs: a layout of old, where the quick answer is mostly navigation."""
    return len(body.findall(".//table")) > len(body.findall(".//p"))


def _unmarked(text: str, blocks: Sequence[RawBlock], marked: set[int]) -> frozenset[int]:
    """Blocks whose mark was lost (a link cut, the text taken from JSON-LD) but whose words came."""
    doubtful = [
        block
        for block in blocks
        if block.index not in marked
        and len(block.text) >= 40
        and block.link_share <= 0.5
        and _last_word(block.text) in text
    ]
    if not text or not doubtful:
        return frozenset()
    stream = f" {' '.join(words(_MARK.sub(' ', text)))} "
    found = set()
    for block in doubtful:
        tail = _last_words(block.text)
        if len(tail) >= _RUN and f" {' '.join(tail)} " in stream and _is_first(block, blocks):
            found.add(block.index)
    return frozenset(found)


def _last_word(text: str) -> str:
    """The end of the text's last word as written: where it is not in the output, the block is not either."""
    found = _WORD.findall(text[-_ENDING:])
    return found[-1][-20:] if found else ""


def _last_words(text: str) -> list[str]:
    """The last words of ``text``, ``_RUN`` of them; where they are short, only its end is folded."""
    end = words(text[-_ENDING:])
    return (end if len(end) > _RUN else words(text))[-_RUN:]


def _is_first(block: RawBlock, blocks: Sequence[RawBlock]) -> bool:
    """The first block on the page that ends like this (a repetition in a side bar is not the article)."""
    return next(other for other in blocks if other.text[-30:] == block.text[-30:]) is block
