"""The frozen types of outlet rules: what a file says (``SiteRules``) and what it found (``Annotated``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One expression. ``where`` is the line (site-config) or the key (TOML) it stands in."""

    #: XPath 1.0 as it is evaluated: with the marks of ``xpath.prepare``
    xpath: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePart:
    """A text that is part of the ``class`` or the ``id`` of what does not belong to the article."""

    part: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A literal replacement in the page's source, before it is parsed."""

    find: str
    put: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """The rules of one outlet for one span of time. ``source`` is the outlet's id or the file's name.

    Of ``container``, ``title``, ``authors`` and ``published`` the first selector that finds anything
    counts; of ``strip`` and ``strip_names`` all. ``problems`` are lines about what could not be used; the
    rest works.
    """

    source: str
    container: tuple[Selector, ...] = ()
    title: tuple[Selector, ...] = ()
    authors: tuple[Selector, ...] = ()
    published: tuple[Selector, ...] = ()
    strip: tuple[Selector, ...] = ()
    strip_names: tuple[NamePart, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    #: the last day (UTC) of the pages these rules are for; None: still valid
    valid_until: date | None = None
    #: searched in the page's address; None: every page
    url: re.Pattern[str] | None = None
    #: directives that mean nothing here, with their number
    ignored: tuple[tuple[str, int], ...] = ()
    problems: tuple[str, ...] = ()

    def covers(self, url: str, when: datetime) -> bool:
        """Whether the rules are for this address and this moment (an aware one)."""
        if self.valid_until is not None and when.astimezone(UTC).date() > self.valid_until:
            return False
        return self.match(url)

    def match(self, url: str) -> bool:
        """Whether the rules are for pages of this address."""
        return self.url is None or self.url.search(url[:_URL_LENGTH]) is not None

    def label(self, where: str) -> str:
        """What the ledger names: ``site:gazette:strip``, ``site:gazette.example.txt:12``."""
        return f"site:{self.source}:{where}"


#: signs of an address that ``url`` may look at
_URL_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A field's words as the page has them, white space folded. ``source`` is ``SiteRules.label``."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """A page with what its outlet's rules say about it.

    ``markup`` is the whole document again. Elements that hold the body carry ``data-presswatch="body"``,
    those that do not belong to it ``data-presswatch="cut"``, both with the label of the rule in
    ``data-presswatch-rule``. ``body`` is that label, None where no rule found the body. Nothing is taken out.
    """

    markup: str
    title: Found | None = None
    authors: tuple[Found, ...] = ()
    published: Found | None = None
    body: str | None = None
    problems: tuple[str, ...] = ()
