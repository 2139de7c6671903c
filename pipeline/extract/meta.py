"""The fields a page declares: JSON-LD, then meta elements, then what is printed. Each keeps its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipeline.article import PageHints
from pipeline.extract import dates, jsonld, language, names
from pipeline.extract.blocks import absolute
from pipeline.extract.dates import Clock
from pipeline.extract.scan import Scan, TimeFound
from pipeline.text import clean, fold

_TITLES = ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title", "title")
_AUTHORS = (
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
    "twitter:data1",
)
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
_MODIFIED_ROLE = re.compile(r"modif|updat|обновл|оновл|aktualis|actualiz|changed", re.IGNORECASE)
_URL_DATE = re.compile(
    r"/(20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_-]|$)|/(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_-])"
)
_FAR = 2500


@dataclass(slots=True)
class Fields:
    """The declared fields before the body is known, and where each came from."""

    url: str
    canonical: str | None = None
    titles: list[str] = field(default_factory=list)
    description: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str | None = None
    modified: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    declared: jsonld.Declared = field(default_factory=jsonld.Declared)
    og_type: str = ""
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else ""


def read_fields(found: Scan, url: str, hints: PageHints) -> Fields:
    """All fields that can be known without the body."""
    declared = jsonld.read(found.scripts, url)
    fields = Fields(url=url, declared=declared, og_type=found.meta("og:type").lower())
    fields.language = _language(found, declared)
    fields.canonical, fields.alternates = _addresses(found, url)
    fields.site_name = _site_name(found, declared, fields.sources)
    fields.titles = _titles(found, declared, fields, hints)
    fields.description = declared.description or found.meta(
        "og:description", "description", "twitter:description"
    )
    fields.authors = _authors(found, declared, fields)
    fields.section = _section(found, declared, fields)
    fields.tags = _tags(found, declared, fields)
    fields.image = _image(found, declared, url, fields)
    _dates(found, fields, hints)
    return fields


def _language(found: Scan, declared: jsonld.Declared) -> str | None:
    given = (
        declared.language,
        found.lang,
        found.meta("og:locale"),
        found.meta("content-language", "language"),
    )
    return next((tag for value in given if value and (tag := language.tag(value))), None)


def _addresses(found: Scan, url: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    canonical = next(
        (absolute(href, url) for rel, _, href in found.links if rel.lower() == "canonical"), None
    )
    alternates: dict[str, tuple[str, str]] = {}
    for rel, lang, href in found.links:
        code, target = language.tag(lang), absolute(href, url)
        if "alternate" in rel.lower() and lang.lower() != "x-default" and code and target:
            alternates.setdefault(f"{code} {target}", (code, target))
    return canonical or absolute(found.meta("og:url"), url), tuple(alternates.values())


def _site_name(found: Scan, declared: jsonld.Declared, sources: dict[str, str]) -> str | None:
    given = (
        ("meta", found.meta("og:site_name")),
        ("json-ld", declared.publisher),
        ("meta", found.meta("application-name", "apple-mobile-web-app-title", "dc.publisher")),
    )
    for source, value in given:
        if value:
            sources["site_name"] = source
            return value
    return None


# --- title ----------------------------------------------------------------------------------------------


def _titles(found: Scan, declared: jsonld.Declared, fields: Fields, hints: PageHints) -> list[str]:
    """Titles in order of trust, the first being the article's; all of them are title to the cleaner."""
    sites = _site_names(found, fields)
    given = [("json-ld", declared.headline)]
    given += [("meta", found.meta(name)) for name in _TITLES]
    given += [("html", found.title)]
    plain = [(source, names.without_site(clean(value), sites)) for source, value in given if value]
    heading = _heading([text for _, text in found.h1], [title for _, title in plain])
    if heading:
        plain.insert(0, ("html", names.without_site(heading, sites)))
    if not plain and hints.title:
        plain = [("hint", hints.title)]
    if plain:
        fields.sources["title"] = plain[0][0]
    return list(dict.fromkeys(title for _, title in plain if title))


def _heading(headings: Sequence[str], titles: Sequence[str]) -> str:
    """The ``<h1>`` that a declared title confirms, or the only one of a page that declares nothing."""
    for heading in headings:
        if any(names.alike(heading, title) for title in titles[:4]) and len(heading) <= 300:
            return heading
    return headings[0] if headings and not titles else ""


def _site_names(found: Scan, fields: Fields) -> list[str]:
    host = (urlsplit(fields.url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    given = [
        fields.site_name or "",
        fields.declared.publisher,
        found.meta("og:site_name"),
        found.meta("application-name", "apple-mobile-web-app-title", "twitter:site").lstrip("@"),
        host,
        *labels[-2:-1],
        *labels[:1],
    ]
    return [name for name in given if name]


# --- people, places -------------------------------------------------------------------------------------


def _authors(found: Scan, declared: jsonld.Declared, fields: Fields) -> tuple[str, ...]:
    printed = [text for strength, text in found.bylines if strength == 2]
    weak = [text for strength, text in found.bylines if strength == 1]
    given: tuple[tuple[str, Sequence[str], bool], ...] = (
        ("json-ld", declared.authors, len(declared.authors) == 1),
        ("meta", [value for name in _AUTHORS[:-1] for value in found.metas.get(name, ())], True),
        ("html", printed, True),
        ("html", weak[:2], True),
    )
    site = {fold(name) for name in (fields.site_name or "",) if name}
    fallback: tuple[str, ...] = ()
    for source, values, split in given:
        result = names.authors(values, split=split)
        if result and {fold(name) for name in result} <= site:
            fallback = fallback or result
        elif result:
            fields.sources["authors"] = source
            return result
    if fallback:
        fields.sources["authors"] = "json-ld"
    return fallback


def _section(found: Scan, declared: jsonld.Declared, fields: Fields) -> str | None:
    crumb = found.crumbs[-1] if len(found.crumbs) > 1 else ""
    if crumb and fold(crumb) in {fold(title) for title in fields.titles}:
        crumb = found.crumbs[-2] if len(found.crumbs) > 2 else ""
    given = (
        ("json-ld", declared.section),
        (
            "meta",
            found.meta(
                "article:section", "og:article:section", "parsely-section", "section", "cxenseparse:category"
            ),
        ),
        ("html", crumb),
    )
    for source, value in given:
        if value and len(value) <= 80:
            fields.sources["section"] = source
            return value
    return None


def _tags(found: Scan, declared: jsonld.Declared, fields: Fields) -> tuple[str, ...]:
    """Visible tag links win: keywords are often written for machines."""
    keywords = [value for name in ("news_keywords", "keywords") for value in found.metas.get(name, ())[:1]]
    listed = [part for value in keywords for part in re.split("[,;،、]", value)]
    given = (
        ("html", found.tags),
        ("json-ld", declared.keywords),
        ("meta", found.metas.get("article:tag", [])),
        ("meta", [clean(part) for part in listed]),
    )
    for source, values in given:
        tags = tuple(dict.fromkeys(value for value in values if value))[:40]
        if tags:
            fields.sources["tags"] = source
            return tags
    return ()


def _image(found: Scan, declared: jsonld.Declared, url: str, fields: Fields) -> str | None:
    for source, value in (
        ("json-ld", declared.image),
        ("meta", found.meta("og:image", "og:image:url", "twitter:image")),
    ):
        if target := absolute(value, url):
            fields.sources["image"] = source
            return target
    return None


# --- dates ----------------------------------------------------------------------------------------------


def _dates(found: Scan, fields: Fields, hints: PageHints) -> None:
    clock = clock_of(hints, fields.language)
    published = list(_published(found, fields))
    for source, raw in published:
        fields.published_raw = fields.published_raw or raw
        moment = dates.parse(raw, clock)
        if moment is not None:
            fields.published, fields.published_raw = _with_local(moment, raw, published, clock), raw
            fields.sources["published"] = source
            break
    if fields.published is None and hints.published is not None:
        fields.published, fields.sources["published"] = hints.published, "hint"
    for source, raw in _modified(found, fields):
        if moment := dates.parse(raw, clock):
            fields.modified, fields.sources["modified"] = moment, source
            break


def clock_of(hints: PageHints, primary: str | None) -> Clock:
    """The clock by which this page's printed dates are read."""
    languages = dict.fromkeys(code for code in (primary, hints.language, "en") if code)
    return Clock(
        reference=hints.reference or hints.published,
        zone=dates.zone_of(hints.timezone),
        languages=tuple(languages),
    )


def _published(found: Scan, fields: Fields) -> Iterator[tuple[str, str]]:
    if fields.declared.published:
        yield "json-ld", fields.declared.published
    for name in _PUBLISHED:
        yield from (("meta", value) for value in found.metas.get(name, ())[:1])
    times = [time for time in found.times if not _MODIFIED_ROLE.search(f"{time.role} {time.raw}")]
    for machine in (True, False):
        near = (time for time in _by_nearness(times, found) if time.machine is machine)
        yield from (("html", time.raw) for time in near)
    if day := _url_date(fields.url):
        yield "url", day


def _url_date(url: str) -> str | None:
    """The day in the address (``/2024/01/28/``), ISO."""
    match = _URL_DATE.search(urlsplit(url).path)
    return "-".join(f"{int(part):02}" for part in match.groups() if part) if match else None


def _by_nearness(times: Sequence[TimeFound], found: Scan) -> list[TimeFound]:
    """Dates after the headline first, in the page's order, then those before it; those far below it last."""
    start = found.h1[0][0] if found.h1 else 0
    return sorted(times, key=lambda time: (time.order < start or time.order > start + _FAR, time.order))


def _with_local(moment: datetime, raw: str, given: Sequence[tuple[str, str]], clock: Clock) -> datetime:
    """The same instant as the outlet's own clock shows it, where any of the page's dates says so."""
    naive = not dates.has_offset(raw) and clock.zone is UTC
    if moment.utcoffset() and not naive:
        return moment
    for _, other in given:
        if other == raw or not dates.has_offset(other):
            continue
        local = dates.parse(other, clock)
        if local is None:
            continue
        if naive and local.replace(tzinfo=None) == moment.replace(tzinfo=None):
            return local
        if local == moment and local.utcoffset():
            return local
    return moment


def _modified(found: Scan, fields: Fields) -> Iterator[tuple[str, str]]:
    if fields.declared.modified:
        yield "json-ld", fields.declared.modified
    for name in _MODIFIED:
        yield from (("meta", value) for value in found.metas.get(name, ())[:1])
    yield from (
        ("html", time.raw)
        for time in _by_nearness(found.times, found)
        if time.machine and _MODIFIED_ROLE.search(time.role)
    )
