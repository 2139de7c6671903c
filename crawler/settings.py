"""Scrapy's settings: polite, bounded, and with nothing listening.

``scrapy crawl`` reads this module through ``scrapy.cfg``; programs call ``scrapy_settings`` with their own
options. Each line that differs from Scrapy's default has its reason in docs/design.md or beside it.
"""

from __future__ import annotations

from typing import Final

from crawler.options import LEAST_DELAY, ByReference, FetchOptions
from crawler.robots import MemoryRobots, RobotsCache

_HANDLER: Final = "crawler.handler.GuardedDownloadHandler"
_MIDDLEWARES: Final = "scrapy.downloadermiddlewares"
_EXTENSIONS: Final = "scrapy.extensions"

#: doors and voices we do not need in a program of our own
_NO_EXTENSIONS: Final = (
    *("telnet.TelnetConsole", "remote_control.RemoteControl", "memusage.MemoryUsage", "logstats.LogStats"),
    *("memdebug.MemoryDebugger", "closespider.CloseSpider", "feedexport.FeedExporter"),
    *("spiderstate.SpiderState", "throttle.AutoThrottle"),
)
#: replaced by ours, or switched off
_NO_MIDDLEWARES: Final = (
    *("robotstxt.RobotsTxtMiddleware", "redirect.RedirectMiddleware", "httpproxy.HttpProxyMiddleware"),
    *("offsite.OffsiteMiddleware", "httpauth.HttpAuthMiddleware", "retry.RetryMiddleware"),
    *("downloadtimeout.DownloadTimeoutMiddleware", "redirect.MetaRefreshMiddleware"),
    *(
        "httpcompression.HttpCompressionMiddleware",
        "cookies.CookiesMiddleware",
        "httpcache.HttpCacheMiddleware",
    ),
)


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
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.per_host,
        "DOWNLOAD_DELAY": max(options.delay, LEAST_DELAY),
        "DOWNLOAD_DELAY_JITTER": 0.5,
        "REDIRECT_MAX_TIMES": 10,
    }


def _components() -> dict[str, object]:
    ours = {
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.redirects.GuardedRedirectMiddleware": 600,
        "crawler.redirects.ProxyMiddleware": 750,
    }
    return {
        "DOWNLOAD_HANDLERS": {
            "http": _HANDLER,
            "https": _HANDLER,
            **dict.fromkeys(("file", "ftp", "s3", "data")),
        },
        "DOWNLOADER_MIDDLEWARES": {**{f"{_MIDDLEWARES}.{name}": None for name in _NO_MIDDLEWARES}, **ours},
        "EXTENSIONS": {f"{_EXTENSIONS}.{name}": None for name in _NO_EXTENSIONS},
        # One loop, many crawls in one process: Twisted's reactor can be started once only.
        "TWISTED_REACTOR_ENABLED": False,
    }


def _switched_off() -> dict[str, object]:
    return {
        "COOKIES_ENABLED": False,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # what is due was decided already
        "HTTPERROR_ALLOW_ALL": True,  # statuses are classified by us, not dropped
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,  # the caller configures logging
        "METAREFRESH_ENABLED": False,
        "REFERER_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "RETRY_ENABLED": False,  # the entry queue retries, later
        "TELNETCONSOLE_ENABLED": False,
        "URLLENGTH_LIMIT": 0,  # the guard has its own, and says so
    }


# Only ``scrapy crawl NAME`` looks spiders up by name; a program hands the class over and imports no others.
globals().update(scrapy_settings(FetchOptions()), SPIDER_MODULES=["crawler.spiders"])
