"""The ``[[rules]]`` of an outlet's TOML -> ``SiteRules``. Strict: what is not understood is refused.

::

    [[rules]]
    valid_until = 2025-03-31              # the outlet's old design: pages up to that day (UTC)
    container = "div.story-text"

    [[rules]]
    url = "/live/"                        # a regular expression that is searched in the address
    container = ["main .posts", "//div[@role='feed']"]
    strip = [".promo", "//p[starts-with(., 'Read also')]"]

    [[rules]]
    container = "div.article__body"
    title = "h1.headline"
    authors = "a[rel=author]"
    date = "//meta[@name='pubdate']/@content"
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline.extract.site.model import Selector, SiteRules

#: the keys that hold selectors, and the fields of ``SiteRules`` they become
_SELECTORS = {
    "container": "container",
    "title": "title",
    "authors": "authors",
    "date": "published",
    "strip": "strip",
}
_KEYS = frozenset((*_SELECTORS, "valid_until", "url"))
_MAX_SELECTORS = 200


def parse_rules(value: object, outlet: str) -> tuple[SiteRules, ...]:
    """The rules of the outlet of this id, in the order they are tried: the first that covers a page counts.

    Raises ``ValueError`` naming the outlet, the entry, the key and the cause.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{outlet}: rules are [[rules]], a list of tables")
    found = []
    for number, table in enumerate(value, 1):
        try:
            found.append(_rules(table, outlet))
            _refuse_unreachable(found)
        except ValueError as error:
            raise ValueError(f"{outlet}, rules {number}: {error}") from error
    return tuple(found)


def _rules(table: Mapping[str, object], outlet: str) -> SiteRules:
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_KEYS))}")
    if not any(key in table for key in _SELECTORS):
        raise ValueError(f"none of {', '.join(_SELECTORS)} is there")
    return SiteRules(
        source=outlet,
        **{field: _selectors(table[key], key) for key, field in _SELECTORS.items() if key in table},  # type: ignore[arg-type]
        valid_until=_day(table.get("valid_until")),
        url=_pattern(table.get("url")),
    )


def _refuse_unreachable(found: Sequence[SiteRules]) -> None:
    """An entry for the same addresses must be valid for longer than the ones before it."""
    last = found[-1]
    for earlier in found[:-1]:
        if earlier.url in (None, last.url) and (
            earlier.valid_until is None or (last.valid_until and last.valid_until <= earlier.valid_until)
        ):
            raise ValueError("valid_until: never reached, an entry before it covers the same pages")


def _selectors(value: object, key: str) -> tuple[Selector, ...]:
    from pipeline.extract.site.xpath import prepare  # lxml, which a catalogue without rules does not need

    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not given or not all(isinstance(s, str) and s.strip() for s in given):
        raise ValueError(f"{key}: wanted is a selector (CSS or XPath) or a list of them")
    if len(given) > _MAX_SELECTORS:
        raise ValueError(f"{key}: at most {_MAX_SELECTORS} selectors")
    found = []
    for number, selector in enumerate(given, 1):
        where = key if isinstance(value, str) else f"{key}.{number}"
        try:
            found.append(Selector(xpath=prepare(selector.strip()), where=where))
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
    return tuple(found)


def _day(value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError("valid_until: wanted is a day without quotes, 2025-03-31")


def _pattern(value: object) -> re.Pattern[str] | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ValueError("url: wanted is a regular expression")
    try:
        return re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"url: {value!r} is no regular expression ({error})") from None
