"""Text -> an lxml tree that is safe to walk: bounded depth, no signs that XML cannot hold."""

from __future__ import annotations

import re

from lxml import etree, html

#: deeper elements are dissolved into their ancestor. Real pages stay under 100.
MAX_DEPTH = 250
#: real pages have under 20,000
MAX_TAGS = 150_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*?(/?)>")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
    ]
)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_EMPTY = "<html><head></head><body></body></html>"


def parse(text: str) -> html.HtmlElement:
    """The document's root element. Never fails: without any element, an empty page."""
    text = _flatten(_cut(_DECLARATION.sub("", _UNFIT.sub("", text))))
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html.document_fromstring(_EMPTY)


def _cut(text: str) -> str:
    """The text up to its ``MAX_TAGS``-th tag: the tree costs half a kilobyte for each."""
    if text.count("<") <= MAX_TAGS:
        return text
    at = -1
    for _ in range(MAX_TAGS):
        at = text.find("<", at + 1)
    return text[:at]


def _flatten(text: str) -> str:
    """The text without the tags of elements nested deeper than ``MAX_DEPTH``; most pages are returned as is.

    libxml2 cuts the document at such a place, and code that descends by recursion dies of it.
    """
    if text.count("</") + text.count("<b") < MAX_DEPTH and text.count("<") < MAX_DEPTH:
        return text
    depth = deepest = 0
    for match in _TAG.finditer(text):
        depth = _step(depth, match)
        deepest = max(deepest, depth)
    if deepest <= MAX_DEPTH:
        return text
    return _without_deep(text)


def _step(depth: int, match: re.Match[str]) -> int:
    if match[2].lower() in _VOID or match[3]:
        return depth
    return max(0, depth - 1) if match[1] else depth + 1


def _without_deep(text: str) -> str:
    pieces: list[str] = []
    depth = end = 0
    for match in _TAG.finditer(text):
        before, depth = depth, _step(depth, match)
        if max(before, depth) > MAX_DEPTH and before != depth:
            pieces.append(text[end : match.start()])
            end = match.end()
    pieces.append(text[end:])
    return "".join(pieces)
