"""Who wrote the article: people before the desk, what is declared before what is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from selectolax.lexbor import LexborNode

from pipeline.extract.fields import names
from pipeline.extract.fields.place import is_outside, names_of
from pipeline.extract.fields.scan import Marked, Scan

_METAS = (
    "author",
    "article:author",
    "og:article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
)
_QUERY = "[class*=byline i],[class*=aut i],byline,a[href*='/aut']"
_LINK = re.compile(r"/auth?or")
#: elements too large to be a byline, whatever their class says
_LARGE = frozenset(("html", "body", "main", "article", "section", "aside", "form", "script"))
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autor(?:en|es)?|auteurs?|autore|writers?|contributors?|journalist)"
    r"(?:$|[\s_-])|byline|author-?(?:name|meta|link)|post-?author"
)
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|img|photo|pic|role|title|descr|twitter|social|about|follow|date|time"
)
_CARD_LABEL = re.compile(
    r"written|verfasst|écrit|escrit|scritto|author|autor|geschr|автор|напис|كتب|door", re.IGNORECASE
)
_PIECES = re.compile(r"\s+[|•·–—-]\s+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHORT = 70
_LONGEST_LINE = 100
_BESIDE = 10
_LONGEST = 200
_MAX_MARKED = 30


def authors(
    found: Scan, declared: Sequence[str], desk: bool, sites: frozenset[str]
) -> tuple[tuple[str, ...], str]:
    """``(names, source)``: people where any place names one, else the desk; ``((), "")`` without either.

    ``declared`` are JSON-LD's authors, ``desk`` says that they are organisations, ``sites`` are the site's
    own names (``names.site_key``).
    """
    fallback: tuple[tuple[str, ...], str] = ((), "")
    for source, result, sure in _given(found, declared, desk):
        if fallback[0] and not sure:
            continue
        people = tuple(name for name in result if not _is_site(name, sites))
        if people and not all(names.is_desk(name) for name in people):
            return people, source
        if result and not fallback[0]:
            fallback = result, source
    return fallback


def _given(found: Scan, declared: Sequence[str], desk: bool) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """``(source, names, may they replace the desk)``."""
    organisation: tuple[str, ...] = ()
    result = names.people(declared, split=len(declared) == 1)
    if desk:
        organisation = result
    else:
        yield "json-ld", result, True
    metas = [value for name in _METAS for value in found.all_meta(name)]
    yield "meta", names.people([*metas, *_card(found)], split=True), True
    for printed in _printed(found):
        yield "html", printed, True
    yield "json-ld", organisation, True
    yield "html", _near_heading(found), False


def _card(found: Scan) -> list[str]:
    """The author in the labelled lines of a Twitter card."""
    labels = ((found.meta(f"twitter:label{number}"), number) for number in (1, 2))
    return [found.meta(f"twitter:data{number}") for label, number in labels if _CARD_LABEL.search(label)]


def _is_site(name: str, sites: frozenset[str]) -> bool:
    key = names.site_key(name)
    return key in sites or any(
        len(site) >= 5 and (key.startswith(site) or key.endswith(site)) for site in sites
    )


# --- printed --------------------------------------------------------------------------------------------


def _printed(found: Scan) -> Iterator[tuple[str, ...]]:
    """The names of one byline after the other, the surest first."""
    strong = [marked for marked in found.props if "author" in marked.prop or "creator" in marked.prop]
    yield _of_cluster(strong, sure=True)
    root = found.document.root
    nodes = root.css(_QUERY) if root is not None else []
    yield from _by_class(nodes)
    links = [node for node in nodes if node.tag == "a" and _LINK.search(node.attributes.get("href") or "")]
    yield _of_cluster([Marked(node, order) for order, node in enumerate(links)], sure=False)


def _of_cluster(marked: Sequence[Marked], *, sure: bool) -> tuple[str, ...]:
    """The names of the first byline; further elements belong to it that share a small element."""
    home: set[int] = set()
    found: list[str] = []
    for one in marked[:_MAX_MARKED]:
        above = _above(one.node)
        if home and not home & above:
            break
        line = _line(one.node)
        result = names.people([line], split=True) if line and len(line) <= _LONGEST else ()
        result = tuple(name for name in result if sure or names.is_person(name))
        if result and not is_outside(one.node):
            home = home or above
            found += result
    return tuple(dict.fromkeys(found))


def _above(node: LexborNode) -> set[int]:
    found: set[int] = set()
    above = node.parent
    for _ in range(3):
        if above is None:
            break
        found.add(above.mem_id)
        above = above.parent
    return found


def _line(node: LexborNode) -> str:
    """The element's words, those of different elements on lines of their own."""
    content = node.attributes.get("content")
    return content or node.text(separator="\n", strip=True)[: _LONGEST + 1]


def _by_class(nodes: Sequence[LexborNode]) -> Iterator[tuple[str, ...]]:
    last = tried = 0
    for node in nodes:
        if tried > _MAX_MARKED or node.mem_id == last or node.tag in _LARGE:
            continue
        last = node.mem_id
        named = names_of(node)
        marked = node.tag == "byline" or (_BYLINE.search(named) and not _NOT_BYLINE.search(named))
        if not marked:
            continue
        tried += 1
        line = _line(node)
        if 0 < len(line) <= _LONGEST and not is_outside(node):
            result = names.people([_joined(line)], split=True)
            single = len(result) == 1 and names.is_byname(result[0])
            yield tuple(name for name in result if single or names.is_person(name))


def _joined(line: str) -> str:
    """Lines of which one is only "by": the names follow it."""
    lines = line.split("\n")
    start = next((index + 1 for index, text in enumerate(lines) if names.is_label(text)), 0)
    return "\n".join(lines[start:])


def _near_heading(found: Scan) -> tuple[str, ...]:
    """Names that a line beside the headline introduces with "By"."""
    lines = found.around()
    return _introduced(lines) or _beside_date(lines)


def _introduced(lines: Sequence[str]) -> tuple[str, ...]:
    label = False
    for text in lines:
        if len(text) > _LONGEST_LINE:
            label = False
            continue
        rest = text if label else names.introduced(text)
        label = names.is_label(text)
        result = [name for name in names.people([rest], split=True) if names.is_person(name)] if rest else []
        if result:
            return tuple(result)
    return ()


def _beside_date(lines: Sequence[str]) -> tuple[str, ...]:
    """A name alone on its line, before or behind a date or with one on the line."""
    pieces = [
        piece.strip()
        for line in (*lines[:_BESIDE], *lines[-_BESIDE:])
        if len(line) <= _SHORT
        for piece in _PIECES.split(line)
    ]
    for first, second in pairwise(pieces):
        for name, date in ((first, second), (second, first)):
            if _YEAR.search(date) and names.is_person(name) and names.people([name], split=False) == (name,):
                return (name,)
    return ()
