"""From the chooser's blocks to the article's container: what stands in it, and what the chooser missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lxml import html

from pipeline.extract.blocks import RawBlock
from pipeline.extract.scan import is_outside

#: share of the chosen text that the container must hold; the rest may be a stray hit elsewhere on the page
_ENOUGH = 0.9
#: a parent of chosen paragraphs is a home of the body when it holds this share of the chosen text
_HOME = 0.1
#: characters of prose left aside that make the chooser's answer doubtful
_STARVED = 400
_CLIMB = 6
_ASIDE = frozenset(["nav", "aside", "footer", "form"])


def gather(blocks: Sequence[RawBlock], chosen: frozenset[int]) -> tuple[list[RawBlock], frozenset[int]]:
    """``(members, chosen)``: the container's blocks in document order, and which of them are body.

    Members are all blocks in the container plus what was chosen outside of it; chosen are the given ones plus
    restored paragraphs. Without chosen blocks both are empty.
    """
    if not chosen:
        return [], frozenset()
    picked = [block for block in blocks if block.index in chosen]
    inside = _inside(_article(_container(picked), blocks, picked), blocks)
    members = [block for block in blocks if block.index in chosen or block.index in inside]
    return members, chosen | frozenset(_missed(members, picked)) | _starved(members, picked)


def ancestors(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The element and its ancestors, the document's root last."""
    node: html.HtmlElement | None = element
    while node is not None:
        yield node
        node = node.getparent()


def _container(picked: Sequence[RawBlock]) -> html.HtmlElement:
    """The smallest element that holds nearly all of the chosen text."""
    mass: Counter[html.HtmlElement] = Counter()
    for block in picked:
        for node in ancestors(block.element):
            mass[node] += len(block.text)
    total = sum(len(block.text) for block in picked)
    heavy = [node for node, size in mass.items() if size >= _ENOUGH * total]
    return max(heavy, key=lambda node: sum(1 for _ in ancestors(node)))


def _article(
    container: html.HtmlElement, blocks: Sequence[RawBlock], picked: Sequence[RawBlock]
) -> html.HtmlElement:
    """The ``<article>`` around the container where there is one that holds little else."""
    for node in list(ancestors(container))[:_CLIMB]:
        if node.tag in ("article", "main") or node.get("role") == "article":
            extra = len(_inside(node, blocks)) - len(picked)
            return node if extra <= 60 else container
    return container


def _inside(element: html.HtmlElement, blocks: Sequence[RawBlock]) -> frozenset[int]:
    below = frozenset(element.iter())
    return frozenset(block.index for block in blocks if block.element in below)


def _missed(members: Sequence[RawBlock], picked: Sequence[RawBlock]) -> Iterator[int]:
    """Paragraphs among the chosen ones, in the same parent, with few links: the chooser was too strict."""
    homes = _homes(picked)
    solid = [block.index for block in picked if block.element.getparent() in homes]
    if not solid:
        return
    first, last = solid[0], solid[-1]
    taken = {block.index for block in picked}
    for block in members:
        if block.index in taken or _parent(block) not in homes:
            continue
        if _restorable(block, within=first < block.index < last):
            yield block.index


def _starved(members: Sequence[RawBlock], picked: Sequence[RawBlock]) -> frozenset[int]:
    """All prose of the container where the chooser took less than half of it."""
    taken = {block.index for block in picked}
    prose = [block for block in members if _is_prose(block)]
    left = [block for block in prose if block.index not in taken]
    size = sum(len(block.text) for block in left)
    if size <= sum(len(block.text) for block in prose if block.index in taken) or size < _STARVED:
        return frozenset()
    return frozenset(block.index for block in left)


def _is_prose(block: RawBlock) -> bool:
    if len(block.text) < 80 or block.link_share > 0.2 or block.kind in ("caption", "table", "heading"):
        return False
    return not is_outside(block.element)


def _homes(picked: Sequence[RawBlock]) -> set[html.HtmlElement]:
    mass: Counter[html.HtmlElement] = Counter()
    for block in picked:
        parent = block.element.getparent()
        if parent is not None and block.element.tag in ("p", "blockquote"):
            mass[parent] += len(block.text)
    total = sum(len(block.text) for block in picked)
    return {node for node, size in mass.items() if size >= _HOME * total}


def _parent(block: RawBlock) -> html.HtmlElement | None:
    """The block's parent; for a list item the list's."""
    parent = block.element.getparent()
    return parent.getparent() if block.element.tag == "li" and parent is not None else parent


def _restorable(block: RawBlock, *, within: bool) -> bool:
    tag = block.element.tag
    if tag not in ("p", "blockquote") and not (within and (block.kind == "heading" or tag in ("li", "div"))):
        return False
    if tag in ("li", "div") and (block.link_share > 0.2 or len(block.text) < 30):
        return False
    if any(node.tag in _ASIDE for node in list(ancestors(block.element))[:4]):
        return False
    if not within:
        return block.link_share < 0.2 and len(block.text) >= 60
    return block.link_share < 0.4 or _is_sentence(block)


def _is_sentence(block: RawBlock) -> bool:
    """A linked sentence ends in a full stop; a linked headline does not."""
    return len(block.text) >= 40 and block.text.rstrip("\"'”»)").endswith((".", "。", "।"))
