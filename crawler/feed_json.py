"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> FeedSnapshot, also where it is cut, mistyped or a trap."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from crawler.feed_asks import MAX_HUBS
from crawler.feed_dates import parse_date
from crawler.feed_rss import distinct, language_code, plain_id
from crawler.feed_text import MAX_NAME, MAX_SUMMARY, MAX_TITLE, http_url, plain
from crawler.feed_xml import MAX_ENTRIES
from pipeline.types import FeedEntry, FeedSnapshot

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_FEED_WORDS = re.compile(r'"(?:version|title|items|home_page_url|feed_url)"\s*:')
_SEPARATOR = re.compile(r"[\s,]*")
_MAX_CONTENT, _MAX_AUTHORS, _MAX_TAGS, _LONGEST_NUMBER = 200_000, 20, 50, 30


def looks_like_json(source: str) -> bool:
    """Does the document begin as a JSON object?"""
    return source.lstrip()[:1] == "{"


def read_json_feed(source: str, url: str) -> FeedSnapshot | None:
    """The snapshot, or None where the document is no JSON Feed."""
    decoder = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=str)
    problem = None
    try:
        document, end = decoder.raw_decode(source.lstrip())
        if source.lstrip()[end:].strip():
            problem = "something follows the end of the document"
    except (ValueError, RecursionError):
        document, problem = _salvaged(source, decoder), "the document is broken or ends too early"
    if not isinstance(document, dict) or not _is_feed(document):
        return None
    return _snapshot(document, url, problem)


def _number(digits: str) -> str:
    """Numbers stay words: an id of ten thousand digits costs nothing, and 007 is not 7."""
    return digits[:_LONGEST_NUMBER]


def _salvaged(source: str, decoder: json.JSONDecoder) -> dict[str, Any] | None:
    """What of a broken document can be read: its whole items, one after the other."""
    start = _ITEMS.search(source)
    if start is None or not _FEED_WORDS.search(source):
        return None
    items = list(_whole_items(source, start.end(), decoder))
    return {"version": "https://jsonfeed.org/version/1", "items": items} if items else None


def _whole_items(source: str, position: int, decoder: json.JSONDecoder) -> Iterator[object]:
    for _ in range(MAX_ENTRIES):
        gap = _SEPARATOR.match(source, position)
        try:
            item, position = decoder.raw_decode(source, gap.end() if gap else position)
        except (ValueError, RecursionError):
            return
        yield item


def _is_feed(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("items"), list) and any(
        key in document for key in ("version", "title", "home_page_url", "feed_url")
    )


def _snapshot(document: Mapping[str, Any], url: str, problem: str | None) -> FeedSnapshot:
    version = str(document.get("version", ""))
    items = document["items"]
    if len(items) > MAX_ENTRIES:
        problem = problem or f"more than {MAX_ENTRIES} entries: the rest was not read"
    home = http_url(_text(document.get("home_page_url")), url)
    items = [item for item in items[:MAX_ENTRIES] if item and isinstance(item, dict)]
    return FeedSnapshot(
        url=url,
        format="json11" if version.rstrip("/").endswith("1.1") else "json10",
        title=plain(_text(document.get("title")), MAX_TITLE, literal=True),
        entries=tuple(_entry(item, url) for item in items),
        problem=problem,
        home=home,
        language=language_code(document.get("language")),
        hubs=_hubs(document, url),
        topic=http_url(_text(document.get("feed_url")), url),
        older=_older(document, url),
    )


def _hubs(document: Mapping[str, Any], url: str) -> tuple[str, ...]:
    """The WebSub hubs among those that push; rssCloud is another protocol."""
    named = (hub for hub in _list(document.get("hubs")) if isinstance(hub, dict))
    wanted = (hub for hub in named if _text(hub.get("type")).lower() in ("websub", "pubsubhubbub"))
    found = (http_url(_text(hub.get("url")), url) for hub in wanted)
    return tuple(dict.fromkeys(hub for hub in found if hub))[:MAX_HUBS]


def _older(document: Mapping[str, Any], url: str) -> str | None:
    """The next page, which must not be the feed itself (JSON Feed 1.1, ``next_url``)."""
    found = http_url(_text(document.get("next_url")), url)
    return found if found not in (url, http_url(_text(document.get("feed_url")), url)) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _entry(item: Mapping[str, Any], base: str) -> FeedEntry:
    content = _text(item.get("content_html"))[:_MAX_CONTENT]
    words = _text(item.get("summary")) or _text(item.get("content_text"))
    raw = _text(item.get("date_published")) or _text(item.get("date_modified"))
    urls = (http_url(_text(item.get(key)), base) for key in ("url", "external_url", "id"))
    url = next((found for found in urls if found), None) if _may_link(item) else None
    return FeedEntry(
        id=plain_id(item.get("id")),
        url=url,
        title=plain(_text(item.get("title")), MAX_TITLE, literal=True),
        published=parse_date(raw),
        published_raw=plain(raw, MAX_NAME, literal=True) or None,
        updated=parse_date(_text(item.get("date_modified"))),
        authors=_authors(item),
        summary=plain(words or content, MAX_SUMMARY, literal=bool(words), lines=True),
        content_html=content or None,
        tags=distinct(_list(item.get("tags")), _MAX_TAGS),
        image=http_url(_text(item.get("image")) or _text(item.get("banner_image")), base),
    )


def _may_link(item: Mapping[str, Any]) -> bool:
    """An id is an address only where it is written as one."""
    return bool(item.get("url") or item.get("external_url")) or _text(item.get("id")).startswith(
        ("http://", "https://")
    )


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = [*_list(item.get("authors")), item.get("author")]
    return distinct((person.get("name") for person in people if isinstance(person, dict)), _MAX_AUTHORS)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
