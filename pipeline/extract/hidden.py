"""Articles that a page carries but does not show: in JSON-LD, or in the state its scripts draw it from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from pipeline.article import Block
from pipeline.extract import state
from pipeline.extract.jsonld import Declared
from pipeline.text import clean, words

#: a declared ``articleBody`` replaces a body that shows less than this share of it
_SHOWN = 0.4
_DECLARED_LENGTH = 200
#: of all inline scripts together, in characters
_MAX_SCRIPTS = 4_000_000
# A JSON (or JavaScript) string, and what tells that it is an article: its length and its markup.
_LONG = 300
_STRING = re.compile(r'(?<!\\)"((?:[^"\\]++|\\.)*+)"')
_ARTICLE_MARKUP = re.compile(r"</p\s*>|<br\s*/?>", re.IGNORECASE)
# A paragraph that is a string of its own: words with spaces between, ending like a sentence.
_PARAGRAPH = 60
#: characters of a title by which a script is known to bear it
_START = 12
_SENTENCE = re.compile("[.!?…。！？؟।۔][\"'”’»)\\]]*$")
_MAX_PARAGRAPHS = 500
_MAX_NODES = 5_000
_POSTS = "liveBlogUpdate"
#: fewer characters of such paragraphs are no article
_ARTICLE = 400


def declared_body(body: str, blocks: Sequence[Block]) -> list[Block]:
    """The page's own ``articleBody`` as blocks, where the visible page shows little of it; else empty."""
    lines = [line for line in body.split("\n") if line]
    if not _is_hidden(body, blocks):
        return []
    return [Block(text=line, kind="paragraph", path="json-ld>articleBody") for line in lines]


def declared_posts(document: LexborHTMLParser, blocks: Sequence[Block]) -> list[Block]:
    """A live blog's posts in their declared order, where the visible page shows little of them; else empty.

    What the page does show beside them, its introduction, comes first. Each post of a ``liveBlogUpdate``
    (schema.org) has a ``headline`` and an ``articleBody``.
    """
    found: list[Block] = []
    for script in document.css("script[type*='ld+json']"):
        text = script.text(deep=True)[:_MAX_SCRIPTS]
        if _POSTS in text:
            for post in _posts(text):
                found += _post(post)
    told = {block.text for block in found}
    if not _is_hidden("\n".join(block.text for block in found), blocks):
        return []
    return [block for block in blocks if block.chosen and block.text not in told] + found


def _posts(script: str) -> list[object]:
    """The first list of posts in a JSON-LD script."""
    try:
        waiting = [json.loads(script, strict=False)]
    except (ValueError, RecursionError):
        return []
    for _ in range(_MAX_NODES):
        if not waiting:
            break
        node = waiting.pop()
        if isinstance(node, Mapping):
            posts = node.get(_POSTS)
            if posts:
                return posts[:_MAX_PARAGRAPHS] if isinstance(posts, list) else [posts]
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return []


def _post(post: object) -> list[Block]:
    if not isinstance(post, Mapping):
        return []
    path = "json-ld>liveBlogUpdate"
    headline, body = (post.get(key) for key in ("headline", "articleBody"))
    heading = clean(headline) if isinstance(headline, str) else ""
    lines = Declared(raw_body=body).body.split("\n") if isinstance(body, str) else []
    blocks = [Block(text=heading, kind="heading", path=path)] if heading and heading not in lines else []
    return blocks + [Block(text=line, kind="paragraph", path=path) for line in lines if line]


def _is_hidden(body: str, blocks: Sequence[Block]) -> bool:
    """Does a declared text say more than the visible page, which shows little of it?"""
    visible = sum(len(block.text) for block in blocks if block.chosen)
    if len(body) < _DECLARED_LENGTH or visible >= 2 * len(body):
        return False
    shown = {word for block in blocks if block.chosen for word in words(block.text)}
    wanted = words(body)
    share = sum(word in shown for word in wanted) / max(1, len(wanted))
    return share < _SHOWN or visible < _SHOWN * len(body)


def embedded(document: LexborHTMLParser, titles: Collection[str] = (), *, sure: bool = False) -> str | None:
    """The markup that scripts would draw the article from, on a page that shows no text itself; else None.

    Front-end frameworks ship the page's state in inline scripts: as JSON, in which the article bears one of
    the page's ``titles``; or in JavaScript, of which only the strings are read. ``sure``: only an article
    that bears a title will do, for a page that shows some text of its own.
    """
    scripts = list(_scripts(document))
    if sure:
        scripts = [script for script in scripts if _bears(script, titles)]
    found = state.markup_in(scripts, titles, least=_ARTICLE, sure=sure)
    return (
        found if found or sure else _from_literals([text for script in scripts for text in _literals(script)])
    )


def _bears(script: str, titles: Collection[str]) -> bool:
    """Is a title in the script, as it is or escaped? Far cheaper than to read the script."""
    starts = {title[:_START] for title in titles if len(title) >= _START}
    return any(start in script or json.dumps(start)[1:-1] in script for start in starts)


def _from_literals(literals: Sequence[str]) -> str | None:
    marked = [text for text in literals if _is_markup(text)]
    if marked:
        return max(marked, key=len)
    paragraphs = list(dict.fromkeys(islice(filter(_is_paragraph, literals), _MAX_PARAGRAPHS)))
    if len(paragraphs) < 2 or sum(map(len, paragraphs)) < _ARTICLE:
        return None
    return "<article>" + "".join(f"<p>{_escaped(text)}</p>" for text in paragraphs) + "</article>"


def _scripts(document: LexborHTMLParser) -> Iterator[str]:
    left = _MAX_SCRIPTS
    for script in document.css("script"):
        text = script.text(deep=True)[:left]
        if _POSTS in text:
            continue  # read by their own rule, in their order
        left -= len(text)
        yield text


def _literals(script: str) -> Iterator[str]:
    for literal in _STRING.findall(script):
        if len(literal) < _PARAGRAPH:
            continue
        try:
            yield str(json.loads(f'"{literal}"', strict=False))
        except ValueError:
            continue


def _is_markup(text: str) -> bool:
    return len(text) >= _LONG and text.lstrip().startswith("<") and len(_ARTICLE_MARKUP.findall(text)) >= 2


def _is_paragraph(text: str) -> bool:
    return (
        "<" not in text
        and "{" not in text
        and len(text.split()) >= 8
        and bool(_SENTENCE.search(text.strip()))
    )


def _escaped(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;")
