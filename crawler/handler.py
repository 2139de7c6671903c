"""Scrapy's download handler for http and https, on aiohttp: guarded, bounded, verified.

Scrapy's own accept any certificate, any address and a gigabyte, and have no deadline for the whole answer
(its docs/topics/security.rst). Failures leave as FetchError or as aiohttp's exceptions, for
``failures.classify_error``.
"""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yarl
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.connect import direct_connector, proxy_connector, tls_context
from crawler.encoding import decode_body, too_large
from crawler.failures import FetchError, fetch_error
from crawler.guard import refuse_address
from crawler.headers import retry_after
from crawler.options import FetchOptions
from crawler.pauses import HostPauses
from pipeline.types import Failure, FailureClass

#: request.meta: the most bytes of body, on the wire and decoded
MAX_SIZE = "download_maxsize"
#: request.meta: take what fits into MAX_SIZE instead of failing (robots.txt)
CUT = "presswatch_cut"
#: request.meta: seconds for the whole request; Scrapy's own key
DEADLINE = "download_timeout"

#: request.meta: ``feed``, ``page`` or ``robots``; decides the size limit and the Accept header
KIND = "presswatch_kind"

_ACCEPT = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}
#: seconds for which a feed waits because another address of its host was told to
_LONGEST_HEARSAY = 3600.0
_OUR_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class GuardedDownloadHandler(BaseDownloadHandler):
    """One request, one bounded answer. ``request.meta`` may lower size and deadline (keys above)."""

    lazy = True  # sessions belong to a running event loop

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._options: FetchOptions = crawler.settings["PRESSWATCH_OPTIONS"]
        self._tls = tls_context(self._options.ca_bundle)
        self._direct = _session(direct_connector(self._options))
        self._proxied = _session(proxy_connector())
        self._pauses = HostPauses()

    async def download_request(self, request: Request) -> Response:
        """The answer to ``request``, body decoded; raises FetchError, aiohttp.ClientError or TimeoutError."""
        reason = refuse_address(request.url, allow=self._options.allow_addresses)
        if reason:
            raise fetch_error(FailureClass.REFUSED_ADDRESS, reason, permanent=True)
        self._heed_pause(request)
        deadline = request.meta.get(DEADLINE) or self._options.deadline
        try:
            async with asyncio.timeout(deadline) as clock:
                return await self._ask(request)
        except TimeoutError:
            if not clock.expired():
                raise
            message = f"no complete answer within {deadline:g} s"
            raise fetch_error(FailureClass.TIMEOUT, message) from None

    def _heed_pause(self, request: Request) -> None:
        """Raise for a host that asked us to wait; here, at the last moment, because requests queue up."""
        host = _host(request)
        pause = None if _kind(request) == "robots" else self._pauses.pause(host, _clock())
        if pause is not None:
            message = f"not asked: {host} answered HTTP {pause.status} before and wants us to wait"
            # It was another address that was told so: a feed, which loses what it is late for, asks for itself soon.
            wait = min(pause.left, _LONGEST_HEARSAY) if _kind(request) == "feed" else pause.left
            raise FetchError(
                Failure(kind=FailureClass.HTTP, message=message, status=pause.status, retry_after=wait)
            )

    async def close(self) -> None:
        await self._direct.close()
        await self._proxied.close()

    def _limit(self, request: Request) -> int:
        options = self._options
        return options.feed_max_bytes if _kind(request) == "feed" else options.page_max_bytes

    async def _ask(self, request: Request) -> Response:
        proxy = _proxy_url(request)
        headers = request.headers.copy()
        headers.pop(b"Proxy-Authorization", None)
        headers.setdefault(b"Accept", _ACCEPT.get(_kind(request), "*/*"))
        async with (self._proxied if proxy else self._direct).request(
            request.method,
            yarl.URL(request.url, encoded=True),  # as judged: no second normalisation
            data=request.body or None,
            headers=headers.to_tuple_list(),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._options.connect_timeout),
            ssl=self._tls,
            allow_redirects=False,
            proxy=proxy,
        ) as answer:
            wait = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
            self._pauses.note(_host(request), answer.status, wait, _clock())
            return await self._read(request, answer)

    async def _read(self, request: Request, answer: aiohttp.ClientResponse) -> Response:
        limit: int = request.meta.get(MAX_SIZE) or self._limit(request)
        cut: bool = request.meta.get(CUT, False)
        raw = await _bounded(answer, limit, cut=cut)
        headers = Headers(list(answer.raw_headers))
        coding = b",".join(headers.getlist(b"Content-Encoding")).decode("latin-1")
        headers.pop(b"Content-Encoding", None)
        body = decode_body(raw, coding, limit=limit, cut=cut)
        return Response(request.url, status=answer.status, headers=headers, body=body)


def _host(request: Request) -> str:
    return urlsplit(request.url).netloc.lower()


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _kind(request: Request) -> str:
    return str(request.meta.get(KIND, "page"))


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=_OUR_HEADERS,
        # News sites send content security policies of 30 kB; floods are cut off here.
        max_line_size=16 * 1024,
        max_field_size=64 * 1024,
        max_headers=256,
    )


async def _bounded(answer: aiohttp.ClientResponse, limit: int, *, cut: bool) -> bytes:
    """The body as sent, at most ``limit`` bytes. An announced size counts before a byte is read."""
    if not cut and (answer.content_length or 0) > limit:
        raise too_large(limit)
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limit:
            if cut:
                return bytes(body[:limit])
            raise too_large(limit)
    return bytes(body)


def _proxy_url(request: Request) -> yarl.URL | None:
    """The proxy Scrapy's proxy middleware chose, with the credentials it put into a header."""
    proxy: Any = request.meta.get("proxy")
    if not proxy:
        return None
    url = yarl.URL(proxy if "://" in proxy else f"http://{proxy}")
    if url.scheme not in {"http", "https"} or not url.host:
        raise fetch_error(FailureClass.CONNECT, f"the proxy {url.host or ''} is not an http:// proxy")
    token = (request.headers.get(b"Proxy-Authorization") or b"").partition(b" ")[2]
    if not token:
        return url
    user, _, password = base64.b64decode(token).decode("latin-1").partition(":")
    return url.with_user(user).with_password(password)
