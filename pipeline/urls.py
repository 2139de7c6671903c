"""Addresses: the canonical form, the key of the store, the host, relative links.

Two addresses of one article should have one key; addresses of two articles never. What is dropped is data in
``url_data``. Syntax: RFC 3986 (6.2.2 for normalising) on top of the WHATWG URL Standard (``url_parse``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from pipeline import url_data
from pipeline.url_parse import Parts, clean_path, parse, parse_host, percent_encoded

# What may stand unencoded, and so does: ``pchar`` (RFC 3986), in queries less the signs with a meaning there.
_IN_PATH = re.compile(r"[A-Za-z0-9\-._~!$'()*,;:@=&+]")
_IN_QUERY = re.compile(r"[A-Za-z0-9\-._~!$'()*,:@/]")
_PATH_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~!$'()*,;:@=&+/%]+")
_QUERY_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~!$'()*,;:@=&+/?%]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")

_HTML_AMPERSAND = re.compile(r"&(?:amp;|#0*38;|#x26;)+", re.IGNORECASE)
_AMP_PREFIX = re.compile(r"(?:amp;)+", re.IGNORECASE)
# ``/story?id=1?utm_source=rss`` and ``/story&utm_source=rss``: a program appended without looking.
_SECOND_QUERY = re.compile(r"\?(?=utm_)", re.IGNORECASE)
_QUERY_IN_PATH = re.compile(r"&utm_[^/]*$", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\(S\([A-Za-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])\.amp(?=(?:\.html?)?$)", re.IGNORECASE)
_HEX_SESSION = re.compile(r"[0-9a-f]{24,}", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"[0-9]{3}")
_AMP_CACHE = re.compile(r"(?:[^.]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHE_PATH = re.compile(r"/(?:[civ]|wp)/(s/)?(.+)")
_AMP_VIEWER = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_VIEWER_PATH = re.compile(r"/amp/(s/)?(.+)")


def canonical_url(url: str) -> str:
    """The address without what says how the reader came: the form that is shown and compared.

    Lower-case IDNA host of the main (not the mobile or AMP) site, default port, fragment (but ``#!`` routes),
    tracking and session parameters gone, parameters sorted by name, percent-encoding and dot segments
    normalised. The scheme, ``www.``, trailing and doubled slashes stay. Not an http(s) address: as it came,
    stripped. Idempotent; never raises.
    """
    url = url.strip()
    parts = _read(url)
    return url if parts is None else str(_canonical(parts))


@lru_cache(maxsize=1024)  # a page's address is asked for on its way from feed to store four times and more
def url_key(url: str) -> str:
    """The identity of an address in the store: ``canonical_url`` less scheme, user, ``www.``, final slash."""
    canonical = canonical_url(url)
    parts = parse(canonical)
    if parts is None:
        return canonical
    bare = replace(parts, user="", host=parts.host.removeprefix("www."), path=parts.path.rstrip("/"))
    return str(bare).removeprefix(f"{parts.scheme}://")


def host_of(url: str) -> str:
    """The host in lower-case ASCII without port, or "" where there is none."""
    parts = parse(url)
    return parts.host if parts else ""


def absolute(base: str, href: str) -> str | None:
    """Where ``href`` on the page ``base`` leads, read as browsers read it; None unless to http(s)."""
    page = parse(base)
    target = parse(href, page)
    return str(target) if target else None


# --- the steps ------------------------------------------------------------------------------------------


def _read(url: str) -> Parts | None:
    """The address, its query freed from a second HTML escaping (``&#038;`` would begin a fragment)."""
    address, question, query = url.partition("?")
    return parse(address + question + _HTML_AMPERSAND.sub("&", query))


def _canonical(parts: Parts) -> Parts:
    """Tidies until nothing changes. Every change after the first shortens, so it ends."""
    while (tidier := _tidied(parts)) != parts:
        parts = tidier
    return parts


def _tidied(parts: Parts) -> Parts:
    plain = replace(
        parts,
        host=_main_host(parts.host),
        path=clean_path(_plain(parts.path, _IN_PATH, _PATH_UNSAFE)),
        query=None if parts.query is None else _plain(parts.query, _IN_QUERY, _QUERY_UNSAFE),
    )
    target = _target(plain)
    if target is not None:
        return target
    fragment = plain.fragment or ""
    return replace(
        plain,
        path=_article_path(plain.path),
        query=_article_query(plain),
        fragment=fragment if fragment.startswith("!") and len(fragment) > 1 else None,
    )


def _plain(text: str, allowed: re.Pattern[str], unsafe: re.Pattern[str]) -> str:
    """Percent-encoding normalised: nothing encoded that may stand plain, the rest in capitals."""

    def escape(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if allowed.fullmatch(char) else f"%{match[1].upper()}"

    return percent_encoded(_ESCAPE.sub(escape, text), unsafe)


def _main_host(host: str) -> str:
    """The site whose mobile or AMP edition this is: ``en.m.example.org`` -> ``en.example.org``."""
    labels = host.rstrip(".").split(".")
    if ".".join(labels[-2:]) in url_data.SHARED_HOSTS:
        return host
    while labels[0] in url_data.MOBILE_LABELS and _is_site(labels[1:]):
        del labels[0]
    while len(labels) > 3 and labels[1] == "m":
        del labels[1]
    return parse_host(".".join(labels)) or host


def _is_site(labels: list[str]) -> bool:
    if len(labels) == 2:
        return not (labels[0] in url_data.SECOND_LEVELS and len(labels[1]) == 2)
    return len(labels) > 2


# --- pages that lead on ---------------------------------------------------------------------------------


def _target(parts: Parts) -> Parts | None:
    """The article behind an AMP cache, an AMP viewer or a redirecting page."""
    match = None
    if _AMP_CACHE.fullmatch(parts.host):
        match = _AMP_CACHE_PATH.fullmatch(parts.path)
    elif _AMP_VIEWER.fullmatch(parts.host):
        match = _AMP_VIEWER_PATH.fullmatch(parts.path)
    if match:
        query = "" if parts.query is None else f"?{parts.query}"
        return parse(f"http{'s' if match[1] else ''}://{match[2]}{query}")
    names = url_data.WRAPPERS.get((parts.host.removeprefix("www."), parts.path), ())
    values = dict(_parameters(parts.query)) if names else {}
    targets = (values[name] for name in names if name in values)
    return next((target for value in targets if (target := _read(unquote(value)))), None)


# --- paths and queries ----------------------------------------------------------------------------------


def _article_path(path: str) -> str:
    path = _ASP_SESSION.sub("", _SESSION_IN_PATH.sub("", _QUERY_IN_PATH.sub("", path)))
    segments = [_AMP_SUFFIX.sub("", segment) for segment in path.split("/")]
    return "/".join(segment for segment in segments if segment.lower() != "amp") or "/"


def _parameters(query: str | None) -> Iterator[tuple[str, str]]:
    """``(lower-case name, value)`` of each parameter, values still percent-encoded."""
    for parameter in (query or "").split("&"):
        name, _, value = parameter.partition("=")
        yield unquote_plus(name).lower(), value


def _article_query(parts: Parts) -> str | None:
    """The parameters that choose what is read, sorted by name; those of one name keep their order."""
    query = _SECOND_QUERY.sub("&", (parts.query or "").replace("%20", "+"))
    kept = []
    for parameter in query.split("&"):
        parameter = _AMP_PREFIX.sub("", parameter, count=1) if parameter[:4].lower() == "amp;" else parameter
        ((name, value),) = _parameters(parameter)
        if parameter and not _is_noise(name, unquote_plus(value), parts.host):
            kept.append(parameter)
    return "&".join(sorted(kept, key=lambda parameter: parameter.partition("=")[0])) or None


def _is_noise(name: str, value: str, host: str) -> bool:
    """Does this parameter say how the reader came, on which device, in which session?"""
    if name in url_data.TRACKING_NAMES or name.startswith(url_data.TRACKING_PREFIXES):
        return True
    word = re.sub(r"[^a-z]", "", value.lower())
    if name in url_data.CHANNEL_NAMES and (word in url_data.CHANNELS or word.startswith("rss")):
        return True
    if name in url_data.REFERRER_NAMES:
        return not _LONG_NUMBER.search(value)
    if name in url_data.SESSION_NAMES and _HEX_SESSION.fullmatch(value):
        return True
    if name in url_data.AMP_NAMES:
        return word == "amp"
    if name == "m" and ".blogspot." in host:
        return value in ("0", "1")
    return (name, value) in url_data.NOISE_PAIRS
