"""Where the chooser finds nothing: stubs of one paragraph, pages drawn by scripts, pages too large for it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from lxml import html

from pipeline.article import Block
from pipeline.extract.blocks import RawBlock
from pipeline.extract.container import ancestors
from pipeline.text import words

_ASIDE = frozenset(["nav", "aside", "footer", "form", "header"])
_BODY_KINDS = frozenset(("paragraph", "quote", "list-item", "other", "preformatted"))
#: a declared ``articleBody`` replaces a body that shows less than this share of it
_SHOWN = 0.4
_DECLARED_LENGTH = 200
#: of all inline scripts together, in characters
_MAX_SCRIPTS = 2_000_000
# A JSON (or JavaScript) string, and what tells that it is an article: its length and its markup.
_LONG = 300
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]++|\\.)*+)"')
_ARTICLE_MARKUP = re.compile(r"</p\s*>|<br\s*/?>", re.IGNORECASE)


def choose(blocks: Sequence[RawBlock]) -> frozenset[int]:
    """The text in ``<article>`` (or ``articleBody``, ``<main>``), else the element with the most text."""
    usable = [block for block in blocks if _usable(block)]
    for test in (_is_body, _is_article, _is_main):
        inside = [block for block in usable if any(test(node) for node in ancestors(block.element))]
        if inside:
            return _numbers(_one_root(inside, test))
    return _numbers(_densest(usable))


def _is_body(node: html.HtmlElement) -> bool:
    return "articleBody" in (node.get("itemprop") or "")


def _is_article(node: html.HtmlElement) -> bool:
    return bool(node.tag == "article" or node.get("role") == "article")


def _is_main(node: html.HtmlElement) -> bool:
    return bool(node.tag == "main" or node.get("role") == "main")


def _usable(block: RawBlock) -> bool:
    if block.kind not in _BODY_KINDS or block.link_share > 0.5 or len(block.text) < 20:
        return False
    return not any(node.tag in _ASIDE for node in ancestors(block.element))


def _one_root(blocks: Sequence[RawBlock], test: object) -> Sequence[RawBlock]:
    """Of several articles on a page, the one with the most text (a list of many is no article)."""
    groups: defaultdict[html.HtmlElement, list[RawBlock]] = defaultdict(list)
    for block in blocks:
        roots = [node for node in ancestors(block.element) if callable(test) and test(node)]
        groups[roots[-1]].append(block)
    return max(groups.values(), key=lambda group: sum(len(block.text) for block in group))


def _densest(blocks: Sequence[RawBlock]) -> Sequence[RawBlock]:
    """The paragraphs of the parent that holds the most text."""
    groups: defaultdict[html.HtmlElement, list[RawBlock]] = defaultdict(list)
    for block in blocks:
        parent = block.element.getparent() if block.element.tag == "p" else block.element
        groups[parent if parent is not None else block.element].append(block)
    best = max(groups.values(), key=lambda group: sum(len(block.text) for block in group), default=[])
    return best if sum(len(block.text) for block in best) >= 40 else []


def _numbers(blocks: Sequence[RawBlock]) -> frozenset[int]:
    return frozenset(block.index for block in blocks)


def declared_body(body: str, blocks: Sequence[Block]) -> list[Block]:
    """The page's own ``articleBody`` as blocks, where the visible page shows little of it; else empty."""
    lines = [line for line in body.split("\n") if line]
    if len(body) < _DECLARED_LENGTH or not lines:
        return []
    shown = {word for block in blocks if block.chosen for word in words(block.text)}
    wanted = words(body)
    share = sum(word in shown for word in wanted) / max(1, len(wanted))
    visible = sum(len(block.text) for block in blocks if block.chosen)
    if share >= _SHOWN and visible >= _SHOWN * len(body):
        return []
    return [Block(text=line, kind="paragraph", path="json-ld>articleBody") for line in lines]


def embedded(root: html.HtmlElement) -> str | None:
    """The markup that scripts would draw the article from, on a page that shows no text itself; else None.

    Front-end frameworks ship the page's state as strings in inline scripts, the article's HTML among them.
    """
    found = [markup for script in _scripts(root) for markup in _markup(script)]
    return max(found, key=len, default=None)


def _scripts(root: html.HtmlElement) -> Iterator[str]:
    left = _MAX_SCRIPTS
    for script in root.iter("script"):
        text = (script.text or "")[:left]
        left -= len(text)
        yield text


def _markup(script: str) -> Iterator[str]:
    for literal in _STRING.findall(script):
        if len(literal) < _LONG:
            continue
        try:
            text = str(json.loads(f'"{literal}"', strict=False))
        except ValueError:
            continue
        if text.lstrip().startswith("<") and len(_ARTICLE_MARKUP.findall(text)) >= 2:
            yield text
