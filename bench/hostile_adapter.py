"""One feed or page through the real fetcher, as one line of JSON: a client for a hostile-server harness.

    python -m bench.hostile_adapter URL

Prints ``{"status": "ok"|"error", "error": text, "entries": [{"title", "link", "date", "text"}...]}``.
Environment: ``AD_KIND`` (feed, page, robots), ``POLLS`` (fetches of one feed whose entries are merged by
canonical URL), ``AD_ALLOW`` (comma-separated HOST:PORT, default the harness's ports on 127.0.0.1),
``AD_SECRET`` (a password that must not follow a redirect to another origin).
"""

from __future__ import annotations

import json
import os
import sys

from crawler.feed import parse_feed
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.options import FetchOptions
from pipeline.types import Failure, FeedEntry
from pipeline.urls import canonical_url

_PORTS = (8801, *range(8803, 8810))
_DEFAULT_ALLOW = ",".join(f"127.0.0.1:{port}" for port in _PORTS)


def main() -> int:
    """Fetch the URL on the command line, print what came of it; always 0, for the harness judges the line."""
    url = sys.argv[1]
    options = FetchOptions(allow_addresses=frozenset(os.environ.get("AD_ALLOW", _DEFAULT_ALLOW).split(",")))
    read = _page if os.environ.get("AD_KIND") == "page" else _feed
    result = run_with_fetcher(options, lambda fetcher: read(fetcher, url))
    print(json.dumps(result, ensure_ascii=True))
    return 0


async def _feed(fetcher: Fetcher, url: str) -> dict[str, object]:
    known: dict[str, dict[str, str]] = {}
    for _ in range(int(os.environ.get("POLLS", "1"))):
        fetched = await fetcher.get(url, "feed", _secret())
        if isinstance(fetched, Failure):
            return _error(fetched)
        snapshot = parse_feed(fetched.body, fetched.final_url, content_type=fetched.content_type)
        if not snapshot.entries and snapshot.format == "unknown":
            return {"status": "error", "error": f"parse: {snapshot.problem}"}
        for entry in snapshot.entries:
            known.setdefault(canonical_url(entry.url) if entry.url else entry.id, _row(entry))
    return {"status": "ok", "entries": list(known.values())}


async def _page(fetcher: Fetcher, url: str) -> dict[str, object]:
    from pipeline.read import read_page

    fetched = await fetcher.get(url, "page")
    if isinstance(fetched, Failure):
        return _error(fetched)
    article = read_page(fetched.body, fetched.final_url, content_type=fetched.content_type)
    if article.kind != "article":
        return {"status": "error", "error": f"not-news: {article.kind}"}
    link = article.meta.canonical_url or article.url
    row = {"title": article.title, "link": link, "date": str(article.published or ""), "text": article.text}
    return {"status": "ok", "entries": [row]}


def _secret() -> dict[str, str]:
    secret = os.environ.get("AD_SECRET")
    return {"Authorization": f"Bearer {secret}", "Cookie": f"sess={secret}"} if secret else {}


def _error(failure: Failure) -> dict[str, object]:
    return {"status": "error", "error": f"{failure.kind}: {failure.message}"}


def _row(entry: FeedEntry) -> dict[str, str]:
    return {
        "title": entry.title,
        "link": entry.url or "",
        "date": entry.published.isoformat() if entry.published else "",
        "text": entry.summary,
    }


if __name__ == "__main__":
    sys.exit(main())
