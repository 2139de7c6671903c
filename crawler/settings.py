"""Scrapy's settings: polite, bounded, and with nothing listening.

``scrapy crawl`` reads this module through ``scrapy.cfg``; programs call ``scrapy_settings`` with their own
options. Each line that differs from Scrapy's default has its reason in docs/design.md or beside it.
"""

from __future__ import annotations

from typing import Final

from crawler.options import LEAST_DELAY, ByReference, FetchOptions
from crawler.robots import MemoryRobots, RobotsCache

_HANDLER: Final = "crawler.handler.GuardedDownloadHandler"
#: what every request passes through, from the engine's side to the network's; nothing else of Scrapy's is on
_MIDDLEWARES: Final = {
    "crawler.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "crawler.redirects.GuardedRedirectMiddleware": 600,
    "crawler.redirects.ProxyMiddleware": 750,
}


def scrapy_settings(options: FetchOptions, robots_cache: RobotsCache | None = None) -> dict[str, object]:
    """Everything a crawl needs to know, for ``AsyncCrawlerProcess``; ``robots_cache`` outlives the run."""
    return {
        "BOT_NAME": "presswatch",
        "PRESSWATCH_OPTIONS": options,
        "PRESSWATCH_ROBOTS_CACHE": ByReference(robots_cache or MemoryRobots()),
        **_identity(options),
        **_pace(options),
        **_components(),
        **_switched_off(),
    }


def _identity(options: FetchOptions) -> dict[str, object]:
    return {
        "USER_AGENT": options.agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, deflate, br, zstd"},
    }


def _pace(options: FetchOptions) -> dict[str, object]:
    return {
        # Per answer, and Scrapy starts as many tasks for each: a page is one item.
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.per_host,
        "DOWNLOAD_DELAY": max(options.delay, LEAST_DELAY),
        "DOWNLOAD_DELAY_JITTER": 0.5,
        "REDIRECT_MAX_TIMES": 10,
    }


def _components() -> dict[str, object]:
    """Ours and two of Scrapy's, by name.

    Scrapy's lists of what is on by default are emptied, although its manual asks to name in a second list
    what is not wanted: that imports each of them, 0.2 s of CPU a crawl, and lets in what a later version
    turns on, as 2.19 did with its remote control.
    """
    return {
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": _MIDDLEWARES,
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        # One loop, many crawls in one process: Twisted's reactor can be started once only.
        "TWISTED_REACTOR_ENABLED": False,
    }


def _switched_off() -> dict[str, object]:
    return {
        "COOKIES_ENABLED": False,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # what is due was decided already
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,  # the caller configures logging
        "LOG_VERSIONS": [],
        "METAREFRESH_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_ENABLED": False,  # the entry queue retries, later
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # the store keeps the figures of a run
        "TELNETCONSOLE_ENABLED": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # reads the callback's source on every answer
    }


# Only ``scrapy crawl NAME`` looks spiders up by name; a program hands the class over and imports no others.
globals().update(scrapy_settings(FetchOptions()), SPIDER_MODULES=["crawler.spiders"])
