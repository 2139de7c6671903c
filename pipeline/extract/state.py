"""The article in a page's state: the JSON its scripts draw the page from.

Frameworks ship a page's data as JSON in inline scripts (``__NEXT_DATA__``, ``window.STATE = {...}``,
``JSON.parse("...")``), the article's text among much else: as HTML in one string, as a list of paragraphs, or
as the nodes of an editor (Draft.js, Portable Text, ProseMirror, Editor.js). No framework's names are needed:
the article is the object that bears the page's title, and its text the strings that share one place in it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.text import clean, fold

#: bounds: values read of one script, nodes walked, depth, JSON written inside of strings, a string's length
_MAX_VALUES = 40
_MAX_NODES = 60_000
_MAX_DEPTH = 40
_MAX_NESTED = 3
_SHORTEST_JSON = 200
_MAX_PIECES = 1_500
#: objects in which the article's text is looked for, from the one with its title outward
_OWNERS = 4
#: characters of prose that are an article's where they stand beside its title
_ENOUGH = 150
_PARAGRAPH = 60
_WORDS = 8
_OPENING = re.compile(r"""(?:=|\(|:)\s*(?=[{\[]\s*["{\[])|JSON\.parse\(\s*(?=["'])""")
_TITLES = ("title", "headline", "name", "heading", "hed")
_ADDRESSES = ("url", "href", "link", "slug", "path", "canonicalUrl", "canonical_url", "uri", "permalink")
_RUNS = ("children", "content", "nodes", "spans", "inlines", "leaves", "parts")
_TEXTS = ("text", "value")
_INLINE = re.compile(
    r"text|span|link|a|strong|b|em|i|mark|hyperlink|entity-hyperlink|inline|underline|code|su[bp]|br", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLOCK_TAG = re.compile(r"<(?:p|div|h[1-6]|ul|ol|blockquote|br)\b", re.IGNORECASE)
_SENTENCE = re.compile("[.!?…。！？؟।۔:][\"'”’»)\\]]*$")
_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A string of the state: where it stands (list indices left out), and its characters of prose."""

    path: Path
    text: str
    mass: int


def markup_in(scripts: Sequence[str], titles: Collection[str], *, least: int, sure: bool) -> str | None:
    """The article in the scripts' JSON as markup, None where there is none.

    ``titles`` are what the page calls itself: the object that bears one of them is the article. Where none
    does, ``least`` characters of prose in one place are one; but not if ``sure``.
    """
    wanted = frozenset(fold(title) for title in titles if title)
    best: list[Piece] = []
    for script in scripts:
        for value in _values(script):
            found = _article(value, wanted, least=None if sure else least)
            best = max(best, found, key=_mass)
    return "<article>" + "".join(map(_markup, best)) + "</article>" if best else None


def _mass(pieces: Sequence[Piece]) -> int:
    return sum(piece.mass for piece in pieces)


# --- JSON in scripts ------------------------------------------------------------------------------------


def _values(script: str) -> Iterator[object]:
    """The JSON values of a script: the whole of it, or what is assigned, passed or parsed in it."""
    if len(script) < _SHORTEST_JSON:
        return
    whole = _loaded(script.strip().rstrip(";"))
    if whole is not None:
        yield whole
        return
    at = count = 0
    while count < _MAX_VALUES and (found := _OPENING.search(script, at)):
        count += 1
        value, at = _decoded(script, found.end())
        if value is not None:
            yield value


def _decoded(script: str, start: int) -> tuple[object | None, int]:
    """The value that begins at ``start``, and where to go on looking."""
    try:
        value, end = _DECODER.raw_decode(script, start)
    except (ValueError, RecursionError):
        return None, start + 1
    return (_nested(value) if isinstance(value, str) else value), end


_DECODER = json.JSONDecoder(strict=False)


def _loaded(text: str) -> object | None:
    if text[:1] not in ("{", "["):
        return None
    try:
        value: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def _nested(text: str) -> object | None:
    """JSON written as a string."""
    return _loaded(text.strip()) if len(text) >= _SHORTEST_JSON else None


# --- the article's object -------------------------------------------------------------------------------


def _article(value: object, wanted: Collection[str], *, least: int | None) -> list[Piece]:
    """The text of the smallest object around the title that has enough; else ``least`` characters of any."""
    walk = _Walk(wanted)
    walk.visit(value, (), 0, 0)
    for owner in walk.owners[:_OWNERS]:
        pieces = _main([piece for at, piece in walk.pieces if owner <= at < walk.ends[owner]])
        if _mass(pieces) >= _ENOUGH:
            return pieces
    anything = _main([piece for _, piece in walk.pieces])
    return anything if least is not None and _mass(anything) >= least else []


class _Walk:
    """All pieces of a value in order, and the objects that bear the page's title with those around them."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = wanted
        #: (number of the node it was found at, piece)
        self.pieces: list[tuple[int, Piece]] = []
        #: numbers of the objects to look in, the smallest first; and where each ends
        self.owners: list[int] = []
        self.ends: dict[int, int] = {}
        self.count = 0

    def visit(self, value: object, path: Path, depth: int, nested: int) -> bool:
        """Walk ``value``; True where it holds the page's title."""
        self.count += 1
        if depth > _MAX_DEPTH or self.count > _MAX_NODES or len(self.pieces) > _MAX_PIECES:
            return False
        if isinstance(value, str):
            inner = _nested(value) if nested < _MAX_NESTED and value[:1] in ("{", "[") else None
            if inner is not None:
                return self.visit(inner, path, depth + 1, nested + 1)
            self._add(path, value)
            return False
        if isinstance(value, Mapping):
            return self._object(value, path, depth, nested)
        if isinstance(value, list):
            held = [self.visit(item, (*path, "*"), depth + 1, nested) for item in value]
            return any(held)
        return False

    def _object(self, node: Mapping[str, Any], path: Path, depth: int, nested: int) -> bool:
        run = _run(node)
        if run is not None:
            self._add((*path, "run"), run)
            return False
        number, before = self.count, len(self.pieces)
        titles = {fold(node[key]) for key in _TITLES if isinstance(node.get(key), str)} - {""}
        named = bool(titles & {*self.wanted})
        held = [self.visit(inner, (*path, key), depth + 1, nested) for key, inner in node.items() if inner]
        if named or any(held):
            self.owners.append(number)
            self.ends[number] = self.count + 1
            return True
        if titles and path and any(isinstance(node.get(key), str) for key in _ADDRESSES):
            del self.pieces[before:]  # another article's teaser
        return False

    def _add(self, path: Path, text: str) -> None:
        text = text.strip()
        if not any(char.isalpha() for char in text[:400]):
            return
        plain = _TAG.sub("", text) if "<" in text else text
        self.pieces.append((self.count, Piece(path, text, len(plain) if _is_prose(plain) else 0)))


def _run(node: Mapping[str, Any]) -> str | None:
    """The text of an editor's block: a list of runs of text, links and emphases."""
    for key in _RUNS:
        items = node.get(key)
        if isinstance(items, list) and items and any(isinstance(item, Mapping) for item in items):
            texts = [_inline(item, 0) for item in items]
            if all(text is not None for text in texts) and not _are_paragraphs(texts):
                return "".join(text or "" for text in texts)
    return None


def _inline(item: object, depth: int) -> str | None:
    """A run's text; None for what is no run."""
    if isinstance(item, str):
        return item
    if not isinstance(item, Mapping) or depth > 4:
        return None
    kind = item.get("type") or item.get("_type") or item.get("kind")
    if isinstance(kind, str) and not _INLINE.fullmatch(kind):
        return None
    for key in _TEXTS:
        if isinstance(item.get(key), str):
            return str(item[key])
    for key in _RUNS:
        if isinstance(item.get(key), list):
            inner = [_inline(part, depth + 1) for part in item[key]]
            return None if any(text is None for text in inner) else "".join(text or "" for text in inner)
    return None


def _are_paragraphs(texts: Sequence[str | None]) -> bool:
    return len(texts) > 1 and all(text is not None and _is_prose(text.strip()) for text in texts)


def _is_prose(text: str) -> bool:
    """Sentences in human words: not an address, not code, not a label."""
    if "{" in text[:40] or not _SENTENCE.search(text.rstrip()[-8:]):
        return False
    if len(text) >= _PARAGRAPH and len(text.split(None, _WORDS)) >= _WORDS:
        return True
    return len(text) >= _PARAGRAPH // 3 and 2 * len(_DENSE.findall(text)) > len(text)


# --- the text's place in it -----------------------------------------------------------------------------


def _main(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces at the place that holds most prose, and those of the list it stands in."""
    masses: defaultdict[Path, int] = defaultdict(int)
    for piece in pieces:
        masses[piece.path] += piece.mass
    if not masses or not max(masses.values()):
        return []
    home = max(masses, key=lambda path: masses[path])
    if "*" not in home:
        return [max((piece for piece in pieces if piece.path == home), key=lambda piece: piece.mass)]
    stem = home[: len(home) - home[::-1].index("*")]
    return [
        piece for piece in pieces if piece.path == home or (piece.path[: len(stem)] == stem and piece.mass)
    ]


def _markup(piece: Piece) -> str:
    if _BLOCK_TAG.search(piece.text):
        return piece.text
    if _TAG.search(piece.text):
        return f"<p>{piece.text}</p>"
    return "".join(f"<p>{_escaped(line)}</p>" for line in piece.text.split("\n\n") if line.strip())


def _escaped(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;")
