"""Response headers that say when to come back and where else to look. Pure; junk never raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin

#: the longest wait a server can impose with Retry-After, in seconds: seven days
MAX_RETRY_AFTER: Final = 7 * 86400.0
#: delta-seconds above this mean "for ever" (RFC 9111 1.2.2)
_MAX_DELTA: Final = 2**31
_DIRECTIVE: Final = re.compile(r'([A-Za-z0-9_-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?')
_NEXT_LINK: Final = re.compile(r",\s*(?=<)")
_MAX_VALUE: Final = 16384
_MAX_HUBS: Final = 5
_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLink:
    """One target of a ``Link`` header: absolute URL, relation types in lower case, media type."""

    url: str
    rel: frozenset[str]
    type: str | None = None


def http_date(value: str | None) -> datetime | None:
    """The moment an HTTP date names (RFC 9110 5.6.7, all three forms), in UTC, or None for junk."""
    if not value or len(value) > 100:
        return None
    try:
        moment = parsedate_to_datetime(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait from ``now`` (RFC 9110 10.2.3), at most seven days; None for nothing, past or junk."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(_delta(text)), MAX_RETRY_AFTER)
    moment = http_date(text)
    if moment is None or moment <= now:
        return None
    return min((moment - now).total_seconds(), MAX_RETRY_AFTER)


def freshness(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which the answer stays fresh (RFC 9111 4.2), or None where the server does not say.

    ``headers`` has lower-case names. ``max-age`` counts from the origin, so ``Age`` is taken off; it wins
    over ``Expires``, which counts from the answer's own ``Date``. What says "ask again", or junk, gives 0.
    """
    control = _directives(headers.get("cache-control", ""))
    if "no-cache" in control or "no-store" in control:
        return 0.0
    age = _delta(headers.get("age", ""))
    if "max-age" in control:
        return max(0.0, float(_delta(control["max-age"]) - age))
    if "expires" not in headers:
        return None
    expires = http_date(headers["expires"])
    if expires is None:
        return 0.0
    sent = http_date(headers.get("date")) or now
    return max(0.0, (expires - sent).total_seconds() - age)


def links(value: str | None, base: str) -> tuple[HeaderLink, ...]:
    """The targets of a ``Link`` header (RFC 8288), absolute against ``base``; broken parts are left out."""
    found: list[HeaderLink] = []
    for part in _NEXT_LINK.split((value or "")[:_MAX_VALUE]):
        target, closed, rest = part.strip().partition(">")
        if not closed or not target.startswith("<"):
            continue
        parameters = _directives(rest)
        try:
            url = urljoin(base, target[1:].strip())
        except ValueError:
            continue
        rel = frozenset(parameters.get("rel", "").lower().split())
        found.append(HeaderLink(url=url, rel=rel, type=parameters.get("type") or None))
    return tuple(found)


def hub_links(headers: Mapping[str, str], base: str) -> tuple[tuple[str, ...], str | None]:
    """The WebSub hubs and the topic (``rel=self``) that an answer's ``Link`` header names (WebSub 4).

    ``headers`` has lower-case names; addresses are absolute against ``base``, http(s) only, each once.
    """
    found = [link for link in links(headers.get("link"), base) if link.url.lower().startswith(_WEB)]
    hubs = dict.fromkeys(link.url for link in found if "hub" in link.rel)
    topic = next((link.url for link in found if "self" in link.rel), None)
    return tuple(hubs)[:_MAX_HUBS], topic


def _delta(text: str) -> int:
    """Delta-seconds; 0 for junk, which RFC 9111 4.2.1 wants taken as stale."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return 0
    return _MAX_DELTA if len(text) > 10 else min(int(text), _MAX_DELTA)


def _directives(value: str) -> dict[str, str]:
    """``name[=value]`` pairs by lower-case name; of a repeated one the first counts (RFC 9111 4.2.1)."""
    pairs: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(value[:_MAX_VALUE]):
        pairs.setdefault(name.lower(), quoted or plain)
    return pairs
