"""One outlet's TOML file -> ``Entry``. Strict, so that a typing error never becomes a silent gap.

A file holds ``id name home country language timezone hosts`` and optionally ``source`` (where its facts
were read), a table ``[names]`` (language -> the outlet's name as others write it, one string or several)
and one or more ``[[feeds]]`` (``url``, optionally ``alternatives kind title`` and ``language`` where it is
not the outlet's). Optional ``[[rules]]`` say how its pages are read: ``pipeline.extract.site.tables``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.extract.site.model import SiteRules
from pipeline.extract.site.tables import parse_rules
from pipeline.types import OutletFeed, OutletSpec

_OUTLET_KEYS = frozenset(
    {"id", "name", "home", "country", "language", "timezone", "hosts", "names", "feeds", "source", "rules"}
)
_FEED_KEYS = frozenset({"url", "alternatives", "kind", "language", "title"})
_SLUG = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
#: anything beyond ASCII stands percent-encoded (RFC 3986)
_WEB_ADDRESS = re.compile(rf"https?://{_HOST.pattern}(?::[0-9]+)?(?:/[!-~]*)?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ZONE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+){1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An outlet and every name it is known by, in all languages, its own name first."""

    spec: OutletSpec
    names: tuple[str, ...]
    #: how its pages are read, in the order they are tried
    rules: tuple[SiteRules, ...] = ()


def parse_entry(text: str, source: str) -> Entry:
    """Read the TOML ``text`` of the file ``source`` (used in messages only).

    Raises ``ValueError`` naming the file and the key: broken TOML, an unknown or missing key, a value of the
    wrong type or form.
    """
    try:
        return _entry(tomllib.loads(text))
    except ValueError as error:
        message = f"{source}: {error}"
        raise ValueError(message) from error


def _entry(document: Mapping[str, object]) -> Entry:
    _refuse_unknown(document, _OUTLET_KEYS)
    names = _names(document.get("names", {}))
    language = _matching(document, "language", _LANGUAGE)
    spec = OutletSpec(
        slug=_matching(document, "id", _SLUG),
        name=_text(document, "name"),
        home=_web_address(_text(document, "home")),
        feeds=_feeds(document.get("feeds"), language),
        language=language,
        country=_matching(document, "country", _COUNTRY),
        timezone=_matching(document, "timezone", _ZONE),
        names={language: written[0] for language, written in names.items()},
        hosts=_hosts(document),
    )
    others = (name for written in names.values() for name in written)
    return Entry(
        spec=spec,
        names=tuple(dict.fromkeys((spec.name, *others))),
        rules=parse_rules(document.get("rules", []), spec.slug),
    )


def _feeds(value: object, language: str) -> tuple[OutletFeed, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("at least one [[feeds]] is needed")
    return tuple(_feed(item, language) for item in value)


def _feed(value: object, language: str) -> OutletFeed:
    if not isinstance(value, dict):
        raise ValueError("each of [[feeds]] is a table")
    _refuse_unknown(value, _FEED_KEYS)
    return OutletFeed(
        url=_web_address(_text(value, "url")),
        alternatives=tuple(
            _web_address(url) for url in _texts(value.get("alternatives", []), "alternatives")
        ),
        kind=_kind(value.get("kind", "feed")),
        title=_text(value, "title") if "title" in value else None,
        language=_matching(value, "language", _LANGUAGE) if "language" in value else language,
    )


def _kind(value: object) -> Literal["feed", "sitemap"]:
    if value == "feed":
        return "feed"
    if value == "sitemap":
        return "sitemap"
    message = f"kind is feed or sitemap, not {value!r}"
    raise ValueError(message)


def _names(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError("names is a table")
    return {_language(key): _written(item, key) for key, item in value.items()}


def _written(value: object, key: str) -> tuple[str, ...]:
    names = _texts([value] if isinstance(value, str) else value, f"names.{key}")
    if not names:
        message = f"names.{key} is empty"
        raise ValueError(message)
    return names


def _language(key: str) -> str:
    if not _LANGUAGE.fullmatch(key):
        message = f"{key!r} is no primary language subtag"
        raise ValueError(message)
    return key


def _hosts(document: Mapping[str, object]) -> tuple[str, ...]:
    hosts = _texts(document.get("hosts"), "hosts")
    for host in hosts:
        if not _HOST.fullmatch(host) or host.startswith("www."):
            message = f"hosts: {host!r} is no plain host name (lower case, without www.)"
            raise ValueError(message)
    if not hosts:
        raise ValueError("hosts is empty")
    return hosts


def _web_address(url: str) -> str:
    if not _WEB_ADDRESS.fullmatch(url):
        message = f"{url!r} is no http(s) address"
        raise ValueError(message)
    return url


def _matching(table: Mapping[str, object], key: str, form: re.Pattern[str]) -> str:
    value = _text(table, key)
    if not form.fullmatch(value):
        message = f"{key}: {value!r} has the wrong form"
        raise ValueError(message)
    return value


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        message = f"{key} is missing or no text"
        raise ValueError(message)
    return value


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        message = f"{key} is missing or no list of texts"
        raise ValueError(message)
    return tuple(value)


def _refuse_unknown(table: Mapping[str, object], known: frozenset[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        message = f"unknown key {unknown[0]!r}"
        raise ValueError(message)
