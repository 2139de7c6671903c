"""Markup that is safe to parse: bounded depth and number of tags.

A browser's parser looks through all open elements at many a tag, so 50,000 elements nested in one another
cost it seconds. Real pages nest under 100 deep and have under 20,000 tags.
"""

from __future__ import annotations

import re

#: deeper elements are dissolved into their ancestor
MAX_DEPTH = 400
MAX_TAGS = 300_000
#: pages with fewer tags are not looked at
_USUAL = 15_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+(?<!/)>")
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option",
    )
)  # fmt: skip


def fitted(markup: str) -> str:
    """The markup, cut at its ``MAX_TAGS``-th tag and without the tags nested deeper than ``MAX_DEPTH``."""
    if markup.count("<") <= _USUAL:
        return markup
    return _flattened(_cut(markup))


def _cut(markup: str) -> str:
    if markup.count("<") <= MAX_TAGS:
        return markup
    at = -1
    for _ in range(MAX_TAGS):
        at = markup.find("<", at + 1)
    return markup[:at]


def _flattened(markup: str) -> str:
    pieces: list[str] = []
    depth = end = 0
    for match in _TAG.finditer(markup):
        if match[2].lower() in _VOID:
            continue
        before, depth = depth, max(0, depth - 1) if match[1] else depth + 1
        if max(before, depth) > MAX_DEPTH and before != depth:
            pieces.append(markup[end : match.start()])
            end = match.end()
    pieces.append(markup[end:])
    return "".join(pieces)
