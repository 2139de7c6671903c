"""What a page of our corpus is made of, before it is HTML: a story, a template and the words around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from quality.markup import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One outlet's way of writing HTML: the document, and a wrapper for each mark (``{}`` is the text)."""

    page: str
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """The words around an article in one language."""

    site: str
    by: str
    nav: tuple[str, ...]
    labels: Mapping[str, str]
    newsletter: str
    cookies: str
    legal: str
    bio: str
    comments: tuple[str, ...]
    #: headline and summary of other articles
    cards: tuple[tuple[str, str], ...]
    related: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one page says, before it is HTML."""

    slug: str
    url: str
    language: str
    title: str
    section: str
    authors: tuple[str, ...]
    published: datetime | None
    lines: tuple[Line, ...]
    second_title: str
    second: tuple[Line, ...]
    #: where the text is: ``html``, or a script: ``json-ld``, ``next-data``, ``state``
    carrier: str
    #: so many words of the text as ``articleBody`` in the page's JSON-LD: a teaser of it; 0 for none
    ld_words: int
    charset: str
    #: the character set the page claims; empty for none
    declared: str
