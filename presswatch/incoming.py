"""Rows of JSON as articles: what ``import`` reads, and ``export`` wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal, get_args
from urllib.parse import urlsplit

from pipeline.article import Attribution, CleanArticle, DateMention, Link, PageMeta
from pipeline.catalogue.loader import load_catalogue
from pipeline.importing import Incoming, outlet_of_host
from pipeline.relate.declared import DeclaredRelation
from pipeline.text import clean, direction, fold
from pipeline.types import OutletSpec
from presswatch.cuts import paragraph_places, placed, read_cuts
from presswatch.rows import (
    BadRowError,
    Row,
    address_of,
    is_address,
    line_of,
    moment_of,
    objects_of,
    strings_of,
    text_of,
)

PageKind = Literal["article", "live-blog", "media", "paywall", "listing", "error", "empty"]
HtmlReader = Callable[[str, PageMeta], CleanArticle]


def read_lines(lines: Iterable[bytes], read_html: HtmlReader) -> Iterator[tuple[int, Incoming | str]]:
    """The articles of a file of JSON lines with their line numbers; for a bad line, one line that says why.

    Blank lines are skipped. ``read_html`` reads a raw page (html, and what the row says of it): a parameter,
    because reading pages is slow to import and most files have none.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, read_line(line, read_html)
        except BadRowError as error:
            yield number, str(error)


def read_line(line: bytes, read_html: HtmlReader) -> Incoming:
    """The article of one line.

    ``url`` and either ``title`` and ``text`` or ``html`` are needed; ``published``, ``language``, ``outlet``
    and the further keys of an export are used where they are there.

    :raises BadRowError: saying what is wrong
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadRowError("not UTF-8") from None
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, brackets without end
        message = f"not JSON ({getattr(error, 'msg', 'nothing that can be read')})"
        raise BadRowError(message) from None
    if not isinstance(row, dict):
        raise BadRowError("not a JSON object")
    return _incoming(row, read_html)


def _incoming(row: Row, read_html: HtmlReader) -> Incoming:
    url = _address(row)
    html = row.get("html")
    if html is not None and not isinstance(html, str):
        raise BadRowError("html is not text")
    meta = _meta(row, url)
    return Incoming(
        article=read_html(html, meta) if html else _written(row, meta),
        outlet=_outlet(row, url),
        relations=_relations(row),
        lead_known="subtitle" in row or "lead" in row or bool(html),
        first_seen=moment_of(row, "first_seen"),
        gone_at=moment_of(row, "gone_at") if row.get("status") == "gone" else None,
    )


def _address(row: Row) -> str:
    url = (text_of(row, "url") or "").strip()
    if not is_address(url):
        raise BadRowError("url is missing" if not url else f"url is not a web address: {url[:80]!r}")
    return url


def _meta(row: Row, url: str) -> PageMeta:
    title, language = line_of(row, "title") or "", _language(row)
    return PageMeta(
        url=url,
        canonical_url=address_of(row, "canonical_url"),
        title=title,
        lead=line_of(row, "subtitle") or line_of(row, "lead"),
        authors=strings_of(row, "authors"),
        published=moment_of(row, "published_local") or moment_of(row, "published"),
        modified=moment_of(row, "modified"),
        language=language,
        direction=direction(language, f"{title} {text_of(row, 'text') or ''}"),
        site_name=line_of(row, "site_name"),
        section=line_of(row, "section"),
        tags=strings_of(row, "tags"),
        image=address_of(row, "image"),
        alternates=_alternates(row),
        sources=dict.fromkeys(
            (name for name in ("title", "published", "language") if row.get(name)), "import"
        ),
    )


def _alternates(row: Row) -> tuple[tuple[str, str], ...]:
    """The edition in another language; which one, an export does not say (BCP 47: ``und``)."""
    edition = address_of(row, "translation_of")
    return (("und", edition),) if edition else ()


def _language(row: Row) -> str | None:
    code = (text_of(row, "language") or "").strip().lower().replace("_", "-")
    if code and not _LANGUAGE.fullmatch(code):
        message = f"language is not a code like en or uk: {code[:20]!r}"
        raise BadRowError(message)
    return code or None


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


def _written(row: Row, meta: PageMeta) -> CleanArticle:
    """The article of a row without HTML: its text at blank lines, what an export says was cut put back."""
    paragraphs, kind = _paragraphs(row), _kind(row)
    if not paragraphs and kind not in ("paywall", "media"):
        raise BadRowError("neither text nor html")
    if "title" not in row:
        raise BadRowError("title is missing")
    cuts = read_cuts(row, len(paragraphs))
    return CleanArticle(
        meta=meta,
        paragraphs=paragraphs,
        positions=paragraph_places(paragraphs, cuts),
        removals=tuple(placed(cuts)),
        links=tuple(_links(row)),
        attribution=_attribution(row),
        mentioned_dates=tuple(_dates(row)),
        kind=kind,
    )


def _paragraphs(row: Row) -> tuple[str, ...]:
    """The list of an export as it is, else the text at its blank lines."""
    given = row.get("paragraphs")
    if isinstance(given, list):
        parts = [_NO_PARAGRAPH.sub("\n", clean(str(part), keep_lines=True)) for part in given]
    else:
        text = (text_of(row, "text") or "").replace("\r\n", "\n")
        parts = [clean(part) for part in _BLANK_LINE.split(text)]
    return tuple(part for part in parts if part)


_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_NO_PARAGRAPH = re.compile(r"\n{2,}")


def _kind(row: Row) -> PageKind:
    found = row.get("kind")
    return next((kind for kind in get_args(PageKind) if kind == found), "article")


def _links(row: Row) -> Iterator[Link]:
    for item in objects_of(row, "links"):
        url = address_of(item, "url")
        if url:
            yield Link(url=url, text=line_of(item, "text") or "")


def _dates(row: Row) -> Iterator[DateMention]:
    for item in objects_of(row, "mentioned_dates"):
        text, date = line_of(item, "text"), line_of(item, "date")
        if text and date:
            yield DateMention(text=text, date=date)


def _attribution(row: Row) -> Attribution | None:
    item = row.get("attribution")
    if not isinstance(item, dict) or not item.get("text"):
        return None
    return Attribution(
        text=line_of(item, "text") or "",
        label=line_of(item, "label"),
        outlet_as_written=line_of(item, "outlet_as_written"),
        outlet=line_of(item, "outlet"),
        outlet_home=address_of(item, "outlet_home"),
        url=address_of(item, "url"),
    )


def _relations(row: Row) -> tuple[DeclaredRelation, ...]:
    """The relations an export tells of; those whose address is no address are left out.

    Stories are told anew where the articles come in.
    """
    return tuple(
        DeclaredRelation(
            url=str(item.get("url")),
            type=str(item["type"]),
            confidence=_share(item.get("confidence")),
            direction_known=bool(item.get("direction_known")),
            evidence=strings_of(item, "evidence"),
            # What another database found by comparing is not the page's own word.
            origin="imported" if item.get("origin") in ("text", "imported") else "declared",
        )
        for item in objects_of(row, "relations")
        if item.get("type") in _RELATION_TYPES and is_address(str(item.get("url")))
    )


_RELATION_TYPES = frozenset(("same-as", "version-of", "syndicated-copy-of", "translation-of", "quotes"))


def _share(value: object) -> float:
    return min(max(float(value), 0.0), 1.0) if isinstance(value, int | float) else 0.5


# --- the outlet of a row --------------------------------------------------------------------------------

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def _outlet(row: Row, url: str) -> OutletSpec:
    """The outlet a row belongs to, without feeds: by its short name, its written name, or the URL's host."""
    named = line_of(row, "outlet") or ""
    catalogue = load_catalogue()
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    known = (catalogue.get(named) or catalogue.by_name(named)) if named else catalogue.by_host(host)
    if known:
        return replace(known, feeds=())
    if _SLUG.fullmatch(named):
        return outlet_of_host(url, named, named)
    slug = _NOT_SLUG.sub("-", fold(named)).strip("-")[:60] if fold(named).isascii() else ""
    return outlet_of_host(url, slug or host, named or host)
