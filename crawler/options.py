"""How we fetch: one frozen object, read from the configuration once and passed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline.errors import UsageError

#: the product token robots.txt groups are matched with (RFC 9309 2.2.1)
ROBOTS_NAME: Final = "presswatch"
VERSION: Final = "0.1.0"
PROJECT_PAGE: Final = "https://github.com/presswatch/presswatch"
MIB: Final = 1024 * 1024
#: seconds. Never 0: without a delay Scrapy starts every queued request of a host in one go, whatever its
#: concurrency, because in a crawl without a reactor a request counts as started only on the loop's next turn
LEAST_DELAY: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Everything a user may decide about fetching. Times in seconds, sizes in bytes.

    ``contact`` is the page or address named in the User-Agent; ``user_agent`` replaces the whole of it.
    ``proxy`` is ``http(s)://[user:password@]host:port``; without it the environment's ``http_proxy``,
    ``https_proxy`` and ``no_proxy`` count. ``allow_addresses`` holds ``HOST:PORT``, exactly as written in
    URLs, for which the private-address guard is lifted. ``deadline`` bounds one request from DNS to the last
    byte. ``delay`` is the usual pause between two requests to one host, where robots.txt names none.

    Raises UsageError for values that cannot work.
    """

    user_agent: str | None = None
    contact: str = PROJECT_PAGE
    proxy: str | None = field(default=None, repr=False)  # may hold a password, and settings get logged
    ca_bundle: Path | None = None
    allow_addresses: frozenset[str] = frozenset()
    deadline: float = 60
    connect_timeout: float = 10
    robots_deadline: float = 20
    delay: float = 1.0
    concurrency: int = 32
    per_host: int = 1
    feed_max_bytes: int = 16 * MIB
    page_max_bytes: int = 8 * MIB
    obey_robots: bool = True

    def __post_init__(self) -> None:
        _check_proxy(self.proxy)
        _check_positive(self)
        if self.ca_bundle is not None and not self.ca_bundle.is_file():
            message = f"ca_bundle: there is no file {self.ca_bundle}"
            raise UsageError(message)
        if not self.agent.isprintable() or not self.agent.isascii():
            raise UsageError("user_agent and contact must be plain ASCII text")

    @property
    def agent(self) -> str:
        """The User-Agent header: who we are and whom to write to (RFC 9110 10.1.5)."""
        return self.user_agent or f"presswatch/{VERSION} (+{self.contact})"


class ByReference:
    """Carries an object through Scrapy's settings, which are deep-copied, without copying the object."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __deepcopy__(self, memo: dict[int, Any]) -> ByReference:
        return self


def _check_proxy(proxy: str | None) -> None:
    if proxy is None:
        return
    parts = urlsplit(proxy)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("proxy must look like http://host:port (SOCKS proxies are not supported)")


def _check_positive(options: FetchOptions) -> None:
    names = ("deadline", "connect_timeout", "robots_deadline", "concurrency", "per_host")
    for name in (*names, "feed_max_bytes", "page_max_bytes"):
        if getattr(options, name) <= 0:
            message = f"{name} must be greater than 0"
            raise UsageError(message)
    if options.delay < 0:
        raise UsageError("delay must not be negative")
