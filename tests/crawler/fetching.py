"""Fetching from loopback servers in one line."""

from __future__ import annotations

from typing import Any, Literal

from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.options import FetchOptions
from pipeline.types import Failure
from tests.crawler.loopback import Loopback


def options_for(*sites: Loopback, **changes: Any) -> FetchOptions:
    return FetchOptions(allow_addresses=frozenset(site.address for site in sites), **changes)


def fetch(
    site: Loopback, path: str = "/", kind: Literal["feed", "page"] = "page", **changes: Any
) -> Fetched | Failure:
    """One fetch of ``path``, with ``changes`` to the options; only ``site`` is allowed."""

    async def main(fetcher: Fetcher) -> Fetched | Failure:
        return await fetcher.get(site.url(path), kind)

    return run_with_fetcher(options_for(site, **changes), main)


def got(outcome: Fetched | Failure) -> Fetched:
    assert isinstance(outcome, Fetched), outcome
    return outcome


def lost(outcome: Fetched | Failure) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome
