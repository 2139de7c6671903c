"""What else a page declares: its address, language, site, section, tags and picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from selectolax.lexbor import LexborNode

from pipeline.extract import language
from pipeline.extract.fields.address import host_of
from pipeline.extract.fields.names import site_key
from pipeline.extract.fields.place import is_outside, names_of, text_of
from pipeline.extract.fields.scan import Scan
from pipeline.extract.jsonld import Declared
from pipeline.extract.links import absolute
from pipeline.text import clean, fold

#: shorter link texts say "home"
_HOME_LENGTH = (6, 60)
_MAX_HOME_LINKS = 3
_CRUMBS = "[class*=breadcrumb i]"
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:category")
_NAMED_TAGS = re.compile(
    r"(?:^|[\s_-])(?:tags?|topics?|tag-?(?:cloud|list|links?|items?|box|container|wrapper))(?:$"
    r"|[\s_])|(?:^|[\s_-])(?:tags|topics)-"
)
_CONTAINERS = frozenset(("div", "ul", "ol", "p", "li", "span", "section", "nav", "dl", "dd"))
_LONGEST_TAG_LIST = 1_000
_MAX_TAGS = 40

Sourced = tuple[str | None, str]


def declared_language(found: Scan, declared: Declared) -> str | None:
    """The primary subtag the page declares, or None."""
    given = (
        declared.language,
        found.lang,
        found.meta("og:locale"),
        found.meta("content-language", "language"),
    )
    return next((tag for value in given if value and (tag := language.tag(value))), None)


def addresses(found: Scan, url: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The canonical address, and the editions in other languages as ``(language, address)``."""
    canonical = next((absolute(href, url) for rel, _, href in found.links if rel == "canonical"), None)
    alternates: dict[tuple[str, str], None] = {}
    for rel, lang, href in found.links:
        if not lang or "alternate" not in rel or lang.lower() == "x-default":
            continue
        code, target = language.tag(lang), absolute(href, url)
        if code and target:
            alternates[(code, target)] = None
    return canonical or absolute(found.meta("og:url"), url), tuple(alternates)


def based_on(found: Scan, declared: Declared, url: str) -> tuple[tuple[str, str], ...]:
    """What the page says it was made from, as ``(how, address)``.

    ``isBasedOn`` and ``translationOfWork`` are schema.org's, ``syndication-source`` a meta tag of Google News.
    """
    syndicated = (("syndication-source", source) for source in found.all_meta("syndication-source")[:1])
    given = ((how, absolute(target, url)) for how, target in (*declared.based_on, *syndicated))
    return tuple(dict.fromkeys((how, target) for how, target in given if target))


def site_name(found: Scan, declared: Declared) -> Sourced:
    """``(name, source)`` of the site as it calls itself."""
    given = (
        ("meta", found.meta("og:site_name")),
        ("json-ld", declared.publisher),
        ("meta", found.meta("application-name", "apple-mobile-web-app-title", "dc.publisher")),
    )
    return next(((value, source) for source, value in given if value), (None, ""))


def site_keys(found: Scan, declared: Declared, url: str) -> frozenset[str]:
    """Every name by which the site may call itself in a title or a byline, as ``names.site_key``."""
    host = host_of(url)
    labels = host.split(".")
    named = (found.meta("og:site_name"), declared.publisher, found.meta("application-name"))
    given = [
        *named,
        *(found.meta(name) for name in ("apple-mobile-web-app-title", "dc.publisher")),
        found.meta("twitter:site").lstrip("@"),
        host,
        *labels[-2:-1],
        *labels[:1],
    ]
    if not any(named):
        given.append(_home_link(found, host))
    return frozenset(key for name in {*given} if name and len(key := site_key(name)) > 1)


def _home_link(found: Scan, host: str) -> str:
    """What the page's first link to the site's front page says: on old pages the only place of its name."""
    for link in found.document.css(f"a[href='/'],a[href$='{host}/'],a[href$='{host}']")[:_MAX_HOME_LINKS]:
        if _HOME_LENGTH[0] <= len(text := text_of(link)) <= _HOME_LENGTH[1]:
            return text
    return ""


def section(found: Scan, declared: Declared, titles: Sequence[str]) -> Sourced:
    """``(section, source)``; a trail of links may end in the article itself, that is in one of ``titles``."""
    for source, value in (("json-ld", declared.section), ("meta", found.meta(*_SECTIONS))):
        if value and len(value) <= 80:
            return value, source
    trail = found.document.css_first(_CRUMBS)
    crumbs = [text for link in trail.css("a")[:12] if (text := text_of(link))] if trail is not None else []
    if crumbs and fold(crumbs[-1]) in {fold(title) for title in titles}:
        crumbs.pop()
    if len(crumbs) > 1 and len(crumbs[-1]) <= 80:
        return crumbs[-1], "html"
    return None, ""


def tags(found: Scan, declared: Declared) -> tuple[tuple[str, ...], str]:
    """``(tags, source)``. Visible tag links win: keywords are often written for machines."""
    keywords = [value for name in ("news_keywords", "keywords") for value in found.all_meta(name)[:1]]
    given: tuple[tuple[str, Iterable[str]], ...] = (
        ("html", _visible_tags(found)),
        ("json-ld", declared.keywords),
        ("meta", found.all_meta("article:tag")),
        ("meta", (clean(part) for value in keywords for part in re.split("[,;،、]", value))),
    )
    for source, values in given:
        if result := tuple(dict.fromkeys(value for value in values if value))[:_MAX_TAGS]:
            return result, source
    return (), ""


def _visible_tags(found: Scan) -> list[str]:
    result: dict[str, None] = {}
    for node in found.tagged:
        for link in _tag_links(node):
            text = text_of(link).lstrip("#").strip()
            if text and len(text) <= 60 and text not in result and not is_outside(link):
                result[text] = None
        if len(result) >= _MAX_TAGS:
            break
    return list(result)[:_MAX_TAGS]


def _tag_links(node: LexborNode) -> list[LexborNode]:
    """The tag that the element is, or those it holds."""
    if node.tag == "a":
        held = node.attributes
        marked = "tag" in (held.get("rel") or "").split() or _NAMED_TAGS.search(
            (held.get("class") or "").lower()
        )
        return [node] if marked else []
    if node.tag not in _CONTAINERS or not _NAMED_TAGS.search(names_of(node)):
        return []
    return node.css("a") if len(node.text()) <= _LONGEST_TAG_LIST else []


def image(found: Scan, declared: Declared, url: str) -> Sourced:
    """``(address, source)`` of the article's picture."""
    given = (
        ("json-ld", declared.image),
        ("meta", found.meta("og:image", "og:image:url", "twitter:image", "twitter:image:src")),
    )
    for source, value in given:
        if target := absolute(value, url):
            return target, source
    return None, ""
