"""Where an element stands and what it says, read from the element and its ancestors."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from pipeline.text import clean

_OUTSIDE = re.compile(
    r"related|recommend|sidebar|side-bar|comment|(?:site|page|main)-?footer|most-?(?:read"
    r"|popular)|popular|trending|(?<!elementor-)(?<!elementor )widget"
    r"|read-?also|also-?news|teaser|promo(?!ted)|breaking|latest(?!-?by)|next-?post|carousel"
)
_OUTSIDE_TAGS = frozenset(("aside", "footer", "nav"))
_TOP = frozenset(("body", "html"))
_UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "button", "select", "figure", "iframe", "-comment")
)
_LEVELS = 8
_AFTER = 30
_BEFORE = 8
_MOST_LINES = 60
_LONGEST = 2_000


def names_of(node: LexborNode) -> str:
    """The element's class and id, lower case, a space between; "" where it has neither."""
    held = node.attributes
    own, identity = held.get("class"), held.get("id")
    return f"{own or ''} {identity or ''}".lower() if own or identity else ""


def text_of(node: LexborNode) -> str:
    """The element's words, white space folded, at most about 2,000 characters."""
    return clean(node.text(separator=" ")[: _LONGEST * 2])[:_LONGEST]


def is_outside(node: LexborNode) -> bool:
    """Does the element stand in a side bar, a footer, a list of other articles?"""
    above: LexborNode | None = node
    for _ in range(_LEVELS):
        if above is None or above.tag in _TOP:
            return False
        if above.tag in _OUTSIDE_TAGS or _OUTSIDE.search(names_of(above)):
            return True
        above = above.parent
    return False


def texts_around(node: LexborNode) -> list[str]:
    """The texts that follow the element in the page, a few dozen, then those shortly before it."""
    after: list[str] = []
    before: list[str] = []
    here: LexborNode | None = node
    while here is not None and here.tag not in _TOP:
        beside = here.next
        while beside is not None and len(after) < _AFTER:
            after += _texts(beside)[: _AFTER - len(after)]
            beside = beside.next
        beside = here.prev
        while beside is not None and len(before) < _BEFORE:
            before += _texts(beside)[: -_BEFORE - 1 : -1]
            beside = beside.prev
        here = here.parent
    return after + before[:_BEFORE][::-1]


def _texts(node: LexborNode) -> list[str]:
    if node.tag in _UNSEEN:
        return []
    lines = node.text(separator="\n", strip=True).split("\n", _MOST_LINES)[:_MOST_LINES]
    return [line.strip() for line in lines if line and not line.isspace()]
