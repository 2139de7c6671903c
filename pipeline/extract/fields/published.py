"""When the article was published and last changed: what is declared, what is printed, its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from selectolax.lexbor import LexborNode

from pipeline.extract import dates
from pipeline.extract.dates import Clock
from pipeline.extract.fields.address import path_of
from pipeline.extract.fields.place import is_outside, names_of
from pipeline.extract.fields.scan import Marked, Scan
from pipeline.text import clean

_PUBLISHED = (
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "date.created",
    "publish-date",
    "publishdate",
    "publish_date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "cxenseparse:recs:publishtime",
    "article.published",
    "published_at",
    "citation_publication_date",
    "citation_date",
    "article_date_original",
    "date",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "article:updated",
    "datemodified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
)
_MODIFIED_WORDS = re.compile(
    r"modif|updat|обновл|оновл|aktualis|actualiz|changed|mis à jour|aggiornat|zmieni|reviewed|stand:",
    re.IGNORECASE,
)
_QUERY = (
    "[class*=date i],[class*=time i],[class*=publi i],[class*=posted],[id*=date i],[class*=datum"
    " i],[class*=fecha],"
    "[class*=entry-meta],[class*=meta-info],[class*=created]"
)
_DATED = re.compile(r"dat(?:e|um|a)(?:$|[^a-z])|time|publi|posted|pubdate|entry-meta|fecha|meta-info|created")
_URL_DAY = re.compile(
    r"/(20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_-]|$)"
    r"|[/_-](20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_STATE = re.compile(
    r"\"(?:date_?published|published_?(?:at|on|date|time)?|publish_?(?:date|time|ed_?date)|publication_?date"
    r"|first_?publi(?:shed|cation)_?(?:at|date|time)?|post_?date|date_?posted"
    r"|pub_?date)\\?\"\s*:\s*\\?\"(\d{4}-\d\d-\d\d[^\"\\]{0,20})",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
#: elements too large to be a date, whatever their class says
_LARGE = frozenset(("html", "body", "main", "article", "section", "aside", "form", "script"))
_LONGEST = 120
_LONGEST_LINE = 60
#: of words that are kept although they could not be understood: a longer text only mentions a date
_LONGEST_RAW = 40
_MAX_MARKED = 40
_MAX_STATE = 400_000
_MAX_STATES = 30


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment, its words as the page has them, and where it stood; ``None`` and "" where there is none."""

    moment: datetime | None = None
    raw: str | None = None
    source: str = ""


def published(found: Scan, declared: str, url: str, clock: Clock) -> Dated:
    """The moment of publication. ``declared`` is JSON-LD's; words not understood are kept as raw."""
    said: list[tuple[str, str]] = []
    for source, raw in _declared(found, declared):
        said.append((source, raw))
        if moment := dates.parse(raw, clock):
            return Dated(_with_local(moment, raw, found, url, clock), raw, source)
    day = url_day(url)
    for raw in _printed(found):
        moment = dates.parse(raw, clock)
        if moment and _agrees(moment, day):
            return Dated(_with_local(moment, raw, found, url, clock), raw, "html")
        if moment is None and len(raw) <= _LONGEST_RAW and any(map(str.isdigit, raw)):
            said.append(("html", raw))
    if day:
        return Dated(dates.parse(day, clock), day, "url")
    for raw in (*_in_state(found), *_changed(found, lines=True)):
        if moment := dates.parse(raw, clock):
            return Dated(moment, raw, "html")
    return Dated(raw=said[0][1] if said else None)


def modified(found: Scan, declared: str, clock: Clock) -> Dated:
    """The moment of the last change. ``declared`` is JSON-LD's."""
    given = [("json-ld", declared)] if declared else []
    given += [("meta", value) for name in _MODIFIED for value in found.all_meta(name)[:1]]
    for source, raw in given:
        if moment := dates.parse(raw, clock):
            return Dated(moment, raw, source)
    for raw in _changed(found, lines=found.read_around):
        if moment := dates.parse(raw, clock):
            return Dated(moment, raw, "html")
    return Dated()


def url_day(url: str) -> str | None:
    """The day in the address (``/2024/01/28/``), ISO."""
    match = _URL_DAY.search(path_of(url))
    return "-".join(f"{int(part):02}" for part in match.groups() if part) if match else None


def _declared(found: Scan, declared: str) -> Iterator[tuple[str, str]]:
    if declared:
        yield "json-ld", declared
    for name in _PUBLISHED:
        yield from (("meta", value) for value in found.all_meta(name)[:1])


def _agrees(moment: datetime, day: str | None) -> bool:
    """Is a printed date about the day that the address names, where it names one?"""
    if day is None:
        return True
    return abs(moment.date() - datetime.fromisoformat(day).date()) <= timedelta(days=1)


# --- printed --------------------------------------------------------------------------------------------


def _printed(found: Scan) -> Iterator[str]:
    """Dates of publication as the page shows them: for machines, by element, near the headline, by class."""
    marked = [one for one in found.props if one.prop.startswith("date") and "modified" not in one.prop]
    times = [one for one in found.times if "modified" not in one.prop]
    for one in [*marked, *_by_nearness(times, found)]:
        raw = _machine(one.node)
        if raw and not _is_change(one.node) and not is_outside(one.node):
            yield raw
    for one in [*marked, *_by_nearness(times, found)]:
        yield from _shown(one.node)
    yield from _near_heading(found)
    yield from _by_class(found)


def _machine(node: LexborNode) -> str:
    held = node.attributes
    return clean(held.get("datetime") or held.get("content") or "")[:_LONGEST]


def _shown(node: LexborNode) -> Iterator[str]:
    text = clean(node.text(separator=" ")[: _LONGEST * 2])
    if (
        text
        and len(text) <= _LONGEST
        and _DIGIT.search(text)
        and not _is_change(node)
        and not is_outside(node)
    ):
        changed = _MODIFIED_WORDS.search(text)
        if changed is None or changed.start() > 12:
            yield text[: changed.start()] if changed else text


def _is_change(node: LexborNode) -> bool:
    """Does the element or the one around it say that this is when the article was changed?"""
    above = node.parent
    near = (node, above) if above is not None else (node,)
    return any(
        _MODIFIED_WORDS.search(f"{names_of(one)} {one.attributes.get('itemprop') or ''}") for one in near
    )


def _by_nearness(times: Sequence[Marked], found: Scan) -> list[Marked]:
    """Dates after the headline first, in the page's order, then those before it."""
    start = found.headings[0].order if found.headings else 0
    return sorted(times, key=lambda one: (one.order < start, one.order))


def _by_class(found: Scan) -> Iterator[str]:
    root = found.document.root
    last = 0
    for node in root.css(_QUERY)[:_MAX_MARKED] if root is not None else ():
        if node.mem_id != last and node.tag not in _LARGE and _DATED.search(names_of(node)):
            yield from _shown(node)
        last = node.mem_id


def _near_heading(found: Scan) -> Iterator[str]:
    for text, changed in _lines(found):
        if not changed:
            yield text


def _changed(found: Scan, *, lines: bool) -> Iterator[str]:
    """What the page shows as the day of its last change."""
    for one in found.times:
        if "modified" in one.prop or _is_change(one.node):
            yield _machine(one.node) or clean(one.node.text(separator=" ")[:_LONGEST])
    if lines:
        yield from (text for text, changed in _lines(found) if changed)


def _lines(found: Scan) -> Iterator[tuple[str, bool]]:
    """Short lines with digits about the headline, and whether they speak of a change."""
    last = ""
    for text in found.around():
        if len(text) <= _LONGEST_LINE and _DIGIT.search(text):
            for piece in _pieces(text):
                yield piece, bool(_MODIFIED_WORDS.search(f"{last} {piece}"))
        last = text if len(text) <= 40 and not _DIGIT.search(text) else ""


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"\s[|•·/]\s", text) if _DIGIT.search(piece)]


def _in_state(found: Scan) -> Iterator[str]:
    """The first day of publication in a script's embedded state."""
    for node in found.document.css("script:not([src])")[:_MAX_STATES]:
        if match := _STATE.search(node.text()[:_MAX_STATE]):
            yield match[1]


# --- the outlet's own clock -----------------------------------------------------------------------------


def _with_local(moment: datetime, raw: str, found: Scan, url: str, clock: Clock) -> datetime:
    """The same instant as the outlet's own clock shows it, where any of the page's dates says so."""
    naive = not dates.has_offset(raw) and clock.zone is UTC
    if moment.utcoffset() and not naive:
        return moment
    if clock.zone is not UTC:
        return moment.astimezone(clock.zone)
    for other in _with_offsets(found):
        local = dates.parse(other, clock)
        if local is None:
            continue
        if naive and local.replace(tzinfo=None) == moment.replace(tzinfo=None):
            return local
        if local == moment and local.utcoffset():
            return local
    return moment


def _with_offsets(found: Scan) -> Iterator[str]:
    metas = [value for name in _PUBLISHED for value in found.all_meta(name)[:1]]
    times = [_machine(one.node) for one in found.times[:8]]
    yield from (raw for raw in (*metas, *times) if raw and dates.has_offset(raw))
