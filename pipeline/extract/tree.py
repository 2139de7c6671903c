"""Text -> an lxml tree that is safe to walk: bounded depth, no signs that XML cannot hold."""

from __future__ import annotations

import re

from lxml import etree, html

#: deeper elements are dissolved into their ancestor. Real pages stay under 100.
MAX_DEPTH = 250
#: real pages have under 20,000
MAX_TAGS = 150_000
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+(?<!/)>")
_VOID = frozenset(
    [
        b"area",
        b"base",
        b"br",
        b"col",
        b"embed",
        b"hr",
        b"img",
        b"input",
        b"link",
        b"meta",
        b"param",
        b"source",
        b"track",
        b"wbr",
        b"p",
        b"li",
        b"td",
        b"th",
        b"tr",
        b"dt",
        b"dd",
        b"option",
    ]
)
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_DECLARATION = re.compile(rb"\A\s*<\?xml[^>]*\?>")
#: signs of a run of ``<`` that are kept: no tag begins with two, and each costs the parser a message
_SIGNS = b"<" * 8
_RUN = re.compile(rb"<{9,}")
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 2)})")
_EMPTY = b"<html><head></head><body></body></html>"


def parse(text: str) -> html.HtmlElement:
    """The document's root element. Never fails: without any element, an empty page."""
    data = _cut(_DECLARATION.sub(b"", _fit(text)))
    root = _read(data)
    return _read(_flatten(data)) if _TOO_DEEP(root) else root


def _read(data: bytes) -> html.HtmlElement:
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    # One class for all elements: lxml.html's own choice by tag name runs as Python code for every element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html.document_fromstring(_EMPTY)


def _fit(text: str) -> bytes:
    """The text in UTF-8, without signs that XML cannot hold (C0 controls, surrogates, noncharacters)."""
    data = text.encode("utf-8", "ignore").translate(None, _CONTROLS)
    for sign in _NONCHARACTERS:
        data = data.replace(sign, b"")
    return _RUN.sub(_SIGNS, data) if _SIGNS in data else data


def _cut(data: bytes) -> bytes:
    """The page up to its ``MAX_TAGS``-th tag: the tree costs half a kilobyte for each."""
    if data.count(b"<") <= MAX_TAGS:
        return data
    at = -1
    for _ in range(MAX_TAGS):
        at = data.find(b"<", at + 1)
    return data[:at]


def _flatten(data: bytes) -> bytes:
    """The page without the tags of elements nested deeper than ``MAX_DEPTH``.

    libxml2 cuts the document at such a place, and code that descends by recursion dies of it.
    """
    pieces: list[bytes] = []
    depth = end = 0
    for match in _TAG.finditer(data):
        if match[2].lower() in _VOID:
            continue
        before, depth = depth, max(0, depth - 1) if match[1] else depth + 1
        if max(before, depth) > MAX_DEPTH and before != depth:
            pieces.append(data[end : match.start()])
            end = match.end()
    pieces.append(data[end:])
    return b"".join(pieces)
