"""The article's title: what the page calls its headline, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from selectolax.lexbor import LexborNode

from pipeline.extract.fields.names import site_key
from pipeline.extract.fields.place import is_outside, text_of
from pipeline.extract.fields.scan import Marked, Scan
from pipeline.text import clean, fold, words

_METAS = ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title", "title", "headline")
_SEPARATOR = re.compile(r"\s+(?:[|\-–—―·•»«:/<>~⋆]|::|//)+\s+|\s*[|｜ㅣ]\s*|_(?=[^_]{2,30}$)")
_KICKER = re.compile(r"(?:\s+[|\-–—·•/»]|:)\s+")
#: a section's name glued to a Chinese or Korean title
_GLUED = re.compile(r"(?<=[\u2e80-\U0003ffff\"'”’?!]{2})\s*[-_－—]+\s*[\u2e80-\U0003ffff]{2,4}$")
_GLUED_BEHIND = 10
#: a cut that needs another of the page's titles to prove it
_ANY_CUT = re.compile(r"\s*(?:[|\-–—―·•»<>~⋆_｜ㅣ@]|::|//)+\s*(?=.{3})")
#: what a bar divides from a title is a section or a site
_BAR = re.compile(r"(?:\s*[|｜ㅣ]|\s+»\s)\s*(?=[^|｜ㅣ»]+$)")
_LONGEST = 220
_MAX_HEADINGS = 12


def titles(found: Scan, headline: str, sites: frozenset[str], hint: str | None) -> list[tuple[str, str]]:
    """``(source, title)`` in order of trust, the first being the article's, each title once.

    ``headline`` is JSON-LD's, ``sites`` are the names by which the site may call itself (``names.site_key``),
    ``hint`` is what the caller knows where the page names nothing.
    """
    declared = [
        ("json-ld", headline),
        *(("meta", found.meta(name)) for name in _METAS),
        ("html", found.title),
    ]
    plain = [(source, without_site(text, sites)) for source, text in _each_once(declared)]
    plain = [(source, text) for source, text in _each_once(plain) if site_key(text) not in sites]
    heading = _heading(found.headings, [text for _, text in plain], sites)
    given = _each_once([("html", heading), *plain])
    if not given:
        shown = next((text_of(marked.node) for marked in found.headings[:1]), "")
        given = _each_once([("hint", hint or ""), ("html", shown), ("html", found.title)])[:1]
    return _each_once(_shortened(given))


def headline(found: Scan, title: str) -> LexborNode | None:
    """The element that shows the title: a heading with its words, else the first heading.

    Pages from before style sheets have no headings, but bold text.
    """
    key = fold(title)
    for marked in found.headings[:_MAX_HEADINGS]:
        if fold(text_of(marked.node)) == key:
            return marked.node
    if found.headings:
        return found.headings[0].node
    if not key:
        return None
    for query in ("h2,h3", "b,strong,font"):
        for node in found.document.css(query)[: _MAX_HEADINGS * 3]:
            if fold(text_of(node)).endswith(key):
                return node
    return None


def _each_once(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for source, text in given:
        if text:
            found.setdefault(text, (source, text))
    return list(found.values())


# --- the heading ----------------------------------------------------------------------------------------


def _heading(headings: Sequence[Marked], declared: Sequence[str], sites: frozenset[str]) -> str:
    """The ``<h1>`` that is the article's: the one a declared title confirms, else the only likely one."""
    likely: list[str] = []
    for marked in headings[:_MAX_HEADINGS]:
        text = without_site(_heading_text(marked.node, declared), sites)
        if not text or len(text) > _LONGEST or _is_site(text, sites):
            continue
        if any(confirms(title, text) for title in declared[:4]):
            return text
        if _is_sentence(text) and not _ends(declared, text) and not is_outside(marked.node):
            likely.append(text)
    return likely[0] if likely and (len(headings) == 1 or not declared) else ""


def _ends(titles: Sequence[str], heading: str) -> bool:
    """Does a title end in the heading's words behind a cut, as it ends in a site's name?"""
    key = fold(heading)
    return any(fold(title).endswith(key) and len(_SEPARATOR.split(title)) > 1 for title in titles)


def _heading_text(node: LexborNode, declared: Sequence[str]) -> str:
    """The heading's words without the kicker set in an element of its own inside it."""
    text = text_of(node)
    keys = {fold(title) for title in declared}
    if fold(text) in keys:
        return text
    glued = clean(node.text()[:_LONGEST])
    if fold(glued) in keys:  # an initial or a reading aid in an element of its own
        return glued
    for child in node.iter():
        part = clean(child.text(separator=" "))
        rest = text.removeprefix(part).lstrip(" :|–—-") if part and text.startswith(part) else ""
        for piece in (part, rest):
            if piece and fold(piece) in keys:
                return piece
    return text


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= 3 or (len(text) >= 6 and max(text) > "\u2e80")


def confirms(title: str, heading: str) -> bool:
    """Does a declared title say what the heading says, but for a few words?

    A heading much shorter than the title must be its first part, word for word.
    """
    first, second = words(title), words(heading)
    if not first or not second:
        return False
    if len(second) < 0.4 * len(first):
        cut = _SEPARATOR.search(title)
        return cut is not None and words(title[: cut.start()]) == second
    common = len(set(first) & set(second))
    return common >= 0.6 * min(len(set(first)), len(set(second)))


# --- what clings to a title -----------------------------------------------------------------------------


def without_site(title: str, sites: frozenset[str]) -> str:
    """The title without the site's name at its end or beginning; ``sites`` are keys (``site_key``)."""
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            return title
        last, first = cuts[-1], cuts[0]
        if last.start() > 0 and _is_site(title[last.end() :], sites):
            title = title[: last.start()].rstrip()
        elif title[first.end() :].strip() and _is_site(title[: first.start()], sites):
            title = title[first.end() :].lstrip()
        else:
            return title
    return title


def _is_site(piece: str, sites: frozenset[str]) -> bool:
    key = site_key(piece)
    if key in sites:
        return True
    return len(key) >= 4 and any(
        len(site) >= 4 and (key.startswith(site) or site.startswith(key)) and len(key) < len(site) * 3
        for site in sites
    )


def _shortened(given: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each title without what the page's other titles show to be no part of it: a section, a slogan."""
    keys = {fold(text) for source, text in given if source != "html"}
    for source, text in given:
        whole = _completed(text, [other for _, other in given]) if source != "html" else text
        yield source, _without_bar(_without_tail(whole, keys))


def _completed(text: str, others: Sequence[str]) -> str:
    """A title cut off (at a quotation mark, or at 110 characters) as another of the page's titles goes on."""
    stem = text.rstrip(" .…")
    for other in others:
        rest = other.removeprefix(stem) if other.startswith(stem) else ""
        if rest and len(stem) >= 30 and not _ANY_CUT.match(rest) and _ANY_CUT.search(rest) is None:
            return other
    return text


def _without_tail(text: str, keys: set[str]) -> str:
    for cut in reversed(list(_ANY_CUT.finditer(text))):
        head = text[: cut.start()].rstrip()
        if len(head) >= 8 and fold(head) in keys:
            return head
    return next((tail for tail in _tails(text) if fold(tail) in keys), text)


def _tails(text: str) -> Iterator[str]:
    """What a title says behind a kicker that is shorter than it, longest first."""
    for cut in _KICKER.finditer(text):
        tail = text[cut.end() :]
        if len(tail) > cut.start() and len(tail) >= 8:
            yield tail


def _without_bar(text: str) -> str:
    """Without a short last part behind a bar, of which nothing else need be known."""
    for _ in range(2):
        glued = _GLUED.search(text)
        if glued and glued.start() >= _GLUED_BEHIND:
            text = text[: glued.start()]
        cut = _BAR.search(text)
        if cut is None or not _is_sentence(text[: cut.start()]) or len(text) - cut.end() > 0.6 * cut.start():
            return text
        text = text[: cut.start()].rstrip()
    return text
