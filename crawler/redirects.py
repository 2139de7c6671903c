"""Redirects and proxies: where a request may go next, and through whom."""

from __future__ import annotations

from typing import Any, Final

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.failures import FetchError, fetch_error
from crawler.guard import refuse_address
from crawler.options import FetchOptions
from pipeline.types import Failure, FailureClass

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
#: request.meta: stay in the downloader slot that was asked for (robots.txt)
KEEP_SLOT: Final = "presswatch_keep_slot"


class RedirectError(FetchError):
    """A redirect that leads nowhere."""


class GuardedRedirectMiddleware(RedirectMiddleware):
    """Scrapy's, but what cannot be followed is a FetchError instead of a 3xx page, and no Referer is sent.

    Refused: private targets, other schemes than http(s), a missing or empty Location, a return to a URL of
    the chain (nothing can have changed: there are no cookies), more hops than REDIRECT_MAX_TIMES.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._options: FetchOptions = settings["PRESSWATCH_OPTIONS"]

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        if response.status not in _REDIRECTS:
            return response
        if not (response.headers.get(b"Location") or b"").strip():
            raise _refused(f"HTTP {response.status} without a Location")
        try:
            following = super().process_response(request, response)
        except IgnoreRequest:
            hops = request.meta.get("redirect_times", 0)
            raise _refused(f"more than {hops} redirects") from None
        except ValueError:  # not even a Request can be made of it
            raise _not_web() from None
        if isinstance(following, Response):
            raise _not_web()
        self._check(following)
        if not following.meta.get(KEEP_SLOT):
            following.meta.pop("download_slot", None)  # the next host has its own pace
        return following

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """No search for a Referer middleware, and no warning that there is none."""

    def _check(self, following: Request) -> None:
        reason = refuse_address(following.url, allow=self._options.allow_addresses)
        if reason:
            message = f"redirected: {reason}"
            raise fetch_error(FailureClass.REFUSED_ADDRESS, message)
        if following.url in following.meta["redirect_urls"]:
            raise _refused("redirects in a circle")


class ProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's, with the configured proxy in the place of the environment's."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> ProxyMiddleware:
        middleware = cls(crawler.settings.get("HTTPPROXY_AUTH_ENCODING"))
        proxy = crawler.settings["PRESSWATCH_OPTIONS"].proxy
        if proxy:
            middleware.proxies = {
                scheme: middleware._get_proxy(proxy, "http") for scheme in ("http", "https")
            }
        return middleware


def moved_to(response: Response) -> str | None:
    """The final URL, where the answer was reached through permanent redirects (301, 308) only, or None."""
    reasons = response.meta.get("redirect_reasons", ())
    return response.url if reasons and all(reason in _PERMANENT for reason in reasons) else None


def _refused(message: str) -> RedirectError:
    return RedirectError(Failure(kind=FailureClass.HTTP, message=message))


def _not_web() -> RedirectError:
    message = "redirected to something that is not http:// or https://"
    return RedirectError(Failure(kind=FailureClass.REFUSED_ADDRESS, message=message))
