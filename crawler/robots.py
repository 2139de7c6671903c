"""Asking robots.txt first, and keeping each host's pace (RFC 9309).

Every request passes here, feeds and redirect hops included. A site's robots.txt is fetched once per scheme,
host and port, and remembered for a day in the cache the caller gives. 4xx allows everything; 5xx and silence
forbid everything for now, unless an older copy is known.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawler.failures import FETCH_ERRORS, FetchError, classify_error, fetch_error
from crawler.guard import origin_of
from crawler.handler import CUT, DEADLINE, KIND, MAX_SIZE
from crawler.options import LEAST_DELAY, ROBOTS_NAME, FetchOptions
from crawler.redirects import KEEP_SLOT, RedirectError
from pipeline.types import Failure, FailureClass

#: request.meta: this request *is* for a robots.txt
_IS_ROBOTS: Final = "presswatch_robots"
#: RFC 9309 2.5 wants at least this much read; the rest is dropped
_MAX_BYTES: Final = 512 * 1024
#: RFC 9309 2.3.1.2
_MAX_REDIRECTS: Final = 5
#: RFC 9309 2.4
_MAX_AGE: Final = timedelta(hours=24)
#: the longest Crawl-delay obeyed, in seconds: beyond it a site would never be read through
_MAX_DELAY: Final = 60.0
#: the pause where a site says ``Crawl-delay: 0``
_NO_DELAY: Final = 0.05
_AGENT_LINE: Final = re.compile(r"(\s*user[\s-]?agent\s*:)([^#]*)", re.IGNORECASE)
#: more than the RFC's letters, "_" and "-": real files name robots with digits, too
_PRODUCT: Final = re.compile(r"[^\s/]+")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRecord:
    """An origin's robots.txt as it was answered.

    ``origin`` is ``scheme://host:port``. ``status`` is the HTTP status, None when nothing answered. ``body``
    is empty unless the status was 2xx.
    """

    origin: str
    status: int | None
    body: str
    fetched_at: datetime


class RobotsCache(Protocol):
    """Where records outlive a run. ``get`` may return an old record; its age is judged by the caller."""

    def get(self, origin: str, now: datetime) -> RobotsRecord | None: ...

    def put(self, record: RobotsRecord) -> None: ...


class MemoryRobots:
    """A cache for one run."""

    def __init__(self) -> None:
        self._records: dict[str, RobotsRecord] = {}

    def get(self, origin: str, now: datetime) -> RobotsRecord | None:
        return self._records.get(origin)

    def put(self, record: RobotsRecord) -> None:
        self._records[record.origin] = record


class RobotsRules:
    """What one robots.txt says to one robot."""

    def __init__(self, body: str, agent: str = ROBOTS_NAME) -> None:
        self._agent = agent
        self._rules = Protego.parse(_for_agent(body, agent))

    def allows(self, url: str) -> bool:
        """Whether the robot may fetch ``url``; without a matching group it may."""
        return bool(self._rules.can_fetch(url, self._agent))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests, clamped to [0, 60]; None where it is not said."""
        delay = self._rules.crawl_delay(self._agent)
        return None if delay is None or delay != delay else min(max(float(delay), 0.0), _MAX_DELAY)


@dataclass(frozen=True, slots=True)
class _Site:
    """An origin's rules, or the failure that stands in their place."""

    rules: RobotsRules | None
    failure: Failure | None = None


class _Pace(NamedTuple):
    """A downloader slot's settings: seconds between requests, how many at once, share of random variation."""

    delay: float
    concurrency: int
    jitter: float


class RobotsMiddleware:
    """Scrapy downloader middleware; raises FetchError for what may not be fetched."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._options: FetchOptions = crawler.settings["PRESSWATCH_OPTIONS"]
        self._cache: RobotsCache = crawler.settings["PRESSWATCH_ROBOTS_CACHE"].value
        self._sites: dict[str, asyncio.Task[_Site]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, at its host's pace, or raise FetchError."""
        if request.meta.get(_IS_ROBOTS):
            return
        try:
            scheme, host, port = origin_of(request.url)
        except ValueError as error:
            raise fetch_error(FailureClass.REFUSED_ADDRESS, str(error), permanent=True) from None
        address = f"{host}:{port}"
        site = await self._site(scheme, address) if self._options.obey_robots else _Site(None)
        if site.failure:
            raise FetchError(site.failure)
        if site.rules and not site.rules.allows(request.url):
            message = f"robots.txt of {host} does not allow this URL"
            raise fetch_error(FailureClass.ROBOTS, message)
        slot = host if port in {80, 443} else address
        request.meta["download_slot"] = slot
        self._set_pace(slot, self._pace_for(address, site.rules.crawl_delay if site.rules else None))

    async def _site(self, scheme: str, address: str) -> _Site:
        """The origin's rules; whoever asks while they are being fetched waits for the same answer."""
        origin = f"{scheme}://{address}"
        task = self._sites.get(origin)
        if task is None:
            self._set_pace(_robots_slot(origin), self._pace_for(address, None))
            task = self._sites[origin] = asyncio.ensure_future(self._learn(origin))
        return await asyncio.shield(task)

    async def _learn(self, origin: str) -> _Site:
        now = datetime.now(UTC)
        known = self._cache.get(origin, now)
        if known is not None and known.status is not None and now - known.fetched_at < _MAX_AGE:
            return _site_of(known)
        record, failure = await self._fetch(origin, now)
        if failure and known is not None and known.status is not None and known.status < 500:
            return _site_of(known)  # RFC 9309 2.4: an old copy may serve while the new one cannot be had
        self._cache.put(record)
        return _Site(None, failure) if failure else _site_of(record)

    async def _fetch(self, origin: str, now: datetime) -> tuple[RobotsRecord, Failure | None]:
        try:
            response = await self._crawler.engine.download_async(_robots_request(origin, self._options))
        except FETCH_ERRORS as error:
            if isinstance(error, RedirectError):  # 2.3.1.2: redirects that lead nowhere are an absent file
                return RobotsRecord(origin=origin, status=404, body="", fetched_at=now), None
            failure = classify_error(error, origin)
            return RobotsRecord(origin=origin, status=None, body="", fetched_at=now), _unreadable(failure)
        body = response.body.decode("utf-8-sig", "replace") if 200 <= response.status < 300 else ""
        record = RobotsRecord(origin=origin, status=response.status, body=body, fetched_at=now)
        return record, _site_of(record).failure

    def _set_pace(self, slot_key: str, pace: _Pace) -> None:
        """Pause and concurrency of one slot of Scrapy's downloader, which may come and go."""
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[slot_key] = pace._asdict()
        slot = downloader.slots.get(slot_key)
        if slot is not None:
            slot.delay, slot.concurrency, slot.jitter = pace

    def _pace_for(self, address: str, crawl_delay: float | None) -> _Pace:
        options = self._options
        if crawl_delay is not None:
            # A pause that was asked for is a minimum: no jitter below it.
            concurrency = options.per_host if crawl_delay else max(options.per_host, 2)
            return _Pace(max(crawl_delay, _NO_DELAY), concurrency, 0.0)
        if address in options.allow_addresses:
            return _Pace(LEAST_DELAY, options.per_host, 0.0)
        return _Pace(max(options.delay, LEAST_DELAY), options.per_host, 0.5)


def _robots_slot(origin: str) -> str:
    return f"robots.txt of {origin}"


def _robots_request(origin: str, options: FetchOptions) -> Request:
    """A request in a slot of its own: asking for the rules does not use up the host's turn."""
    meta = {
        _IS_ROBOTS: True,
        KIND: "robots",
        MAX_SIZE: _MAX_BYTES,
        CUT: True,
        DEADLINE: min(options.robots_deadline, options.deadline),
        KEEP_SLOT: True,
        "download_slot": _robots_slot(origin),
        "redirect_ttl": _MAX_REDIRECTS,
    }
    return Request(f"{origin}/robots.txt", meta=meta, callback=NO_CALLBACK, dont_filter=True, priority=1000)


def _site_of(record: RobotsRecord) -> _Site:
    """What a record means: 2xx is read, 5xx forbids everything, all else allows everything."""
    if record.status is None or record.status >= 500:
        message = f"robots.txt answered HTTP {record.status}, which forbids everything for now"
        return _Site(None, Failure(kind=FailureClass.ROBOTS, message=message, status=record.status))
    return _Site(RobotsRules(record.body) if record.body else None)


#: failures that say nothing of robots.txt in particular
_ABOUT_THE_HOST: Final = frozenset(
    {
        FailureClass.DNS,
        FailureClass.CONNECT,
        FailureClass.TLS,
        FailureClass.REFUSED_ADDRESS,
        FailureClass.OWN_NETWORK,
    }
)


def _unreadable(failure: Failure) -> Failure:
    """The failure of a robots.txt as the failure of what it guards.

    What the network did keeps its class, since the page behind it would have fared the same.
    """
    kind = FailureClass.ROBOTS if failure.kind is FailureClass.HTTP else failure.kind
    permanent = failure.permanent and kind is FailureClass.REFUSED_ADDRESS
    message = failure.message if kind in _ABOUT_THE_HOST else f"robots.txt: {failure.message}"
    return Failure(kind=kind, message=message, permanent=permanent)


def _for_agent(body: str, agent: str) -> str:
    """The file with its User-agent lines reduced to product tokens (RFC 9309 2.2.1).

    Groups of other robots get a name that cannot match: Protego looks for the written name inside ours,
    the RFC for the same word.
    """
    lines = _LINE_END.split(body.lstrip("\ufeff").replace("\x00", ""))
    return "\n".join(
        _AGENT_LINE.sub(lambda found: found[1] + _product(found[2], agent), line, 1) for line in lines
    )


def _product(written: str, agent: str) -> str:
    found = _PRODUCT.match(written.strip())
    if not found:
        return ""
    if found[0] == "*":
        return " *"
    if found[0].replace("*", "").lower() == agent.lower():
        return f" {agent}"
    return f" not-{agent}"
