"""Links as a page writes them -> absolute addresses."""

from __future__ import annotations

import re
from urllib.parse import urljoin

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WEB = ("http://", "https://")
# Links that need no resolving: a full one, and one from the root of a base's host.
_FULL = re.compile(r"https?://[a-zA-Z0-9.\-]+(?:/[^\s?#;]*+(?:\?[^\s#]++)?)?")
_ROOTED = re.compile(r"/(?!/)[^\s?#;]*+(?:\?[^\s#]++)?")
_ORIGIN = re.compile(r"https?://[a-zA-Z0-9.\-]+(?::\d+)?(?=[/?#]|\Z)")


def absolute(href: str | None, base: str) -> str | None:
    """``href`` as an absolute http(s) URL, or None where it leads nowhere (``#``, ``javascript:``)."""
    if not href:
        return None
    if not (href.isascii() and href.isprintable()) or " " in href:
        href = _CONTROL.sub("", href).strip()
    if not href or href.startswith(("#", "javascript:", "data:")):
        return None
    if (plain := _plain(href, base)) is not None:
        return plain
    try:
        full = urljoin(base, href)
    except ValueError:
        return None
    return full if full.lower().startswith(_WEB) else None


def _plain(href: str, base: str) -> str | None:
    """What ``urljoin`` would return, for the common links that it need not take apart; else None."""
    if _FULL.fullmatch(href):
        return href
    if "/." in href or not _ROOTED.fullmatch(href):
        return None
    origin = _ORIGIN.match(base)
    return origin[0] + href if origin else None
