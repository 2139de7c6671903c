"""Text -> an lxml tree of bounded size and depth, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

#: larger pages are read without rules. Real ones stay under 20,000 tags and 100 levels.
MAX_MARKUP = 6 * 1024 * 1024
MAX_TAGS = 60_000
MAX_DEPTH = 256
_DEEPER = tuple((depth, etree.XPath(f"boolean({'/*' * (depth + 1)})")) for depth in (32, 64, 128, MAX_DEPTH))
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed page: ``tags`` counts opening and closing ones, ``depth`` is a bound of its levels."""

    root: etree._Element
    tags: int
    depth: int


def parse(markup: str) -> Tree | str:
    """The document, or in one line why it is not for us."""
    tags = markup.count("<")
    if len(markup) > MAX_MARKUP or tags > MAX_TAGS:
        return f"the page is too large for rules ({MAX_MARKUP >> 20} MiB, {MAX_TAGS} tags)"
    parser = etree.HTMLParser(huge_tree=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(_DECLARATION.sub("", markup).encode("utf-8", "ignore"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return "the page is empty"
    depth = next((depth for depth, deeper in _DEEPER if not deeper(root)), None)
    return (
        f"the page is nested too deeply for rules ({MAX_DEPTH})" if depth is None else Tree(root, tags, depth)
    )


def serialise(root: etree._Element) -> str:
    """The document as HTML, with its document type. Scripts stay as they are."""
    for element in root.iter("xmp", "plaintext"):
        element.tag = "pre"  # its text is written with entities, which only this one understands
    return etree.tostring(root.getroottree(), method="html", encoding="unicode")
