"""Parts of an address, for pages whose address may be anything."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The address's host without ``www.``, lower case; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def path_of(url: str) -> str:
    """The address's path; "" where it cannot be told."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
