"""Answers the feed cases: JSON lines in (``id b64 headers base``), JSON lines out (``id status entries``).

Run by the judge beside the project: ``judge_feeds.py --name presswatch --cmd '.venv/bin/python -m
bench.judge_feeds_adapter'``.
"""

from __future__ import annotations

import base64
import html
import json
import sys
from typing import Any

from crawler.feed import parse_feed
from pipeline.types import FeedEntry


def _entry(entry: FeedEntry) -> dict[str, str | None]:
    moment = entry.published or entry.updated
    return {
        # the judge reads titles as HTML source and takes out tags: plain text has to be written as such
        "title": html.escape(entry.title, quote=False),
        "link": entry.url,
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None,
    }


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """One case's answer. Without a base the feed is taken to come from a host that cannot exist."""
    headers = {name.lower(): value for name, value in (case.get("headers") or {}).items()}
    url = case.get("base") or headers.get("content-location") or "http://feed.invalid/feed"
    snapshot = parse_feed(base64.b64decode(case["b64"]), url, content_type=headers.get("content-type"))
    return {
        "id": case["id"],
        "status": "error" if snapshot.format == "unknown" else "ok",
        "feed_title": snapshot.title,
        "entries": [_entry(entry) for entry in snapshot.entries],
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
