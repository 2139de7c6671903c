"""All fields of a page that can be known without its body, each with its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract import dates, jsonld
from pipeline.extract.dates import Clock
from pipeline.extract.fields import about
from pipeline.extract.fields.authors import authors
from pipeline.extract.fields.published import modified, published
from pipeline.extract.fields.scan import Scan, scan
from pipeline.extract.fields.signs import Signs, signs
from pipeline.extract.fields.titles import headline, titles


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The declared fields before the body is known, and where each came from.

    ``sources`` maps a field to ``json-ld``, ``meta``, ``html``, ``url`` or ``hint``.
    """

    url: str
    canonical: str | None = None
    #: the article's title first, then what else the page calls it, for recognising its repetition in the body
    titles: tuple[str, ...] = ()
    description: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    #: the words the page gave, kept where they could not be understood
    published_raw: str | None = None
    modified: datetime | None = None
    #: primary subtag as the page declares it; what the text is in is found with the body
    declared_language: str | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    #: (language, address)
    alternates: tuple[tuple[str, str], ...] = ()
    #: (``isBasedOn``, ``translationOfWork`` or ``syndication-source``, address)
    based_on: tuple[tuple[str, str], ...] = ()
    declared: jsonld.Declared = field(default_factory=jsonld.Declared)
    signs: Signs = field(default_factory=Signs)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else ""


def read_fields(document: LexborHTMLParser, url: str, hints: PageHints) -> Fields:
    """Read the fields. The document is not changed. Never fails on any document or address."""
    found = scan(document)
    declared = jsonld.read(found.scripts, url)
    primary = about.declared_language(found, declared)
    clock = clock_of(hints, primary)
    sites = about.site_keys(found, declared, url)
    site, site_source = about.site_name(found, declared)
    called = titles(found, declared.headline, sites, hints.title)
    found.headline = headline(found, called[0][1] if called else "")
    names, names_source = authors(found, declared.authors, declared.desk, sites)
    section, section_source = about.section(found, declared, [text for _, text in called])
    tags, tags_source = about.tags(found, declared)
    image, image_source = about.image(found, declared, url)
    canonical, alternates = about.addresses(found, url)
    out = published(found, declared.published, url, clock)
    changed = modified(found, declared.modified, clock)
    moment, out_source = out.moment, out.source
    if moment is None and hints.published is not None:
        moment, out_source = hints.published, "hint"
    sources = {
        "title": called[0][0] if called else "",
        "authors": names_source,
        "published": out_source,
        "modified": changed.source,
        "site_name": site_source,
        "section": section_source,
        "tags": tags_source,
        "image": image_source,
    }
    return Fields(
        url=url,
        canonical=canonical,
        titles=tuple(text for _, text in called),
        description=_description(found, declared),
        authors=names,
        published=moment,
        published_raw=out.raw,
        modified=changed.moment,
        declared_language=primary,
        site_name=site,
        section=section,
        tags=tags,
        image=image,
        alternates=alternates,
        based_on=about.based_on(found, declared, url),
        declared=declared,
        signs=signs(found, declared, url),
        sources={name: source for name, source in sources.items() if source},
    )


def _description(found: Scan, declared: jsonld.Declared) -> str:
    return declared.description or found.meta("og:description", "description", "twitter:description")


def clock_of(hints: PageHints, primary: str | None) -> Clock:
    """The clock by which this page's printed dates are read; ``primary`` is the page's declared language."""
    languages = dict.fromkeys(code for code in (primary, hints.language, "en") if code)
    return Clock(
        reference=hints.reference or hints.published,
        zone=dates.zone_of(hints.timezone),
        languages=tuple(languages),
    )
