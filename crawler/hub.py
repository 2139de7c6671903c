"""Asking hubs for subscriptions (WebSub, W3C Recommendation of 23 January 2018, section 5.1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from twisted.python.failure import Failure as TwistedFailure

from crawler.failures import FetchError, classify_error, classify_status, fetch_error, one_line
from crawler.fetcher import fetched_from, inherit_log_level
from crawler.guard import refuse_address
from crawler.handler import CUT, DEADLINE, MAX_SIZE
from crawler.options import FetchOptions
from crawler.settings import scrapy_settings
from pipeline.store import subscriptions
from pipeline.store.connection import Store
from pipeline.types import Failure, FailureClass
from pipeline.websub import LEASE, Subscription, callback_url

#: seconds a hub has for its answer, and the bytes of it that are read
_DEADLINE: Final = 30.0
_MAX_BYTES: Final = 16 * 1024
#: characters of a hub's own words that are kept
_MAX_WORDS: Final = 200

#: a subscription asked for, and what came of it
_Reply = tuple[Subscription, Response | BaseException]


def ask_hubs(
    store: Store, options: FetchOptions, callback: str, *, clock: Callable[[], datetime], most: int = 100
) -> tuple[tuple[Subscription, Failure | None], ...]:
    """Ask for every subscription that is due; returns what was asked for, with the failure if there was one.

    ``callback`` is the public address under which ``scheduler.websub`` answers. Blocks until every hub has
    answered or failed; what fails is stored. Starts nothing where nothing is due. The same guard and pace as
    for feeds hold, but robots.txt is not asked: it speaks of what robots may read, and a hub is there to be
    written to. May be called again and again, but not inside a running event loop.
    """
    wanted = subscriptions.take_due(store, callback, clock(), most=most)
    outcomes = []
    for subscription, reply in _ask(wanted, options, callback):
        failure = _failure(subscription, reply, clock())
        if failure is not None:
            subscriptions.not_accepted(store, subscription.token, failure, clock())
        outcomes.append((subscription, failure))
    return tuple(outcomes)


def form(subscription: Subscription, callback: str) -> str:
    """The request's body (5.1): UTF-8, percent-encoded."""
    fields = {
        "hub.callback": callback_url(callback, subscription.token),
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    if subscription.secret:
        fields["hub.secret"] = subscription.secret
    return urlencode(fields)


def _ask(wanted: Sequence[Subscription], options: FetchOptions, callback: str) -> list[_Reply]:
    requests: list[Request] = []
    replies: list[_Reply] = []
    for subscription in wanted:
        try:
            requests.append(_request(subscription, callback, options))
        except (FetchError, ValueError) as error:
            replies.append((subscription, error))
    if requests:
        options = replace(options, obey_robots=False)
        process = AsyncCrawlerProcess(scrapy_settings(options))
        inherit_log_level()
        crawl = process.crawl(_HubSpider, requests=requests, replies=replies)
        process.start(install_signal_handlers=False)
        crawl.result()  # raises what kept the crawl from starting
    return replies


def _request(subscription: Subscription, callback: str, options: FetchOptions) -> Request:
    """Raises FetchError for a hub that may not be written to, ValueError for one that cannot."""
    reason = refuse_address(subscription.hub, allow=options.allow_addresses)
    if reason:
        raise fetch_error(FailureClass.REFUSED_ADDRESS, reason, permanent=True)
    return Request(
        subscription.hub,
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/plain, */*;q=0.5"},
        body=form(subscription, callback),
        cb_kwargs={"subscription": subscription},
        dont_filter=True,
        meta={DEADLINE: min(_DEADLINE, options.deadline), MAX_SIZE: _MAX_BYTES, CUT: True},
    )


class _HubSpider(Spider):
    """Sends the requests it is given and collects what comes of them; it judges nothing itself."""

    name = "hubs"
    requests: list[Request]
    replies: list[_Reply]

    async def start(self) -> AsyncIterator[Request]:
        for request in self.requests:
            yield request.replace(callback=self.answered, errback=self.failed)

    def answered(self, response: Response, subscription: Subscription) -> None:
        """A hub's answer, whatever it says."""
        self.replies.append((subscription, response))

    def failed(self, failure: TwistedFailure) -> None:
        """A hub that did not answer."""
        request: Any = failure.request  # type: ignore[attr-defined]
        assert failure.value is not None
        self.replies.append((request.cb_kwargs["subscription"], failure.value))


def _failure(subscription: Subscription, reply: Response | BaseException, now: datetime) -> Failure | None:
    """Why a hub did not take the request; None where it did. Raises exceptions that are bugs."""
    if isinstance(reply, BaseException):
        return classify_error(reply, subscription.hub)
    fetched = fetched_from(reply)
    if reply.request is not None and reply.request.method != "POST":
        return _refused("the hub redirects in a way that does not keep the request (only 307 and 308 do)")
    if 200 <= fetched.status < 300:
        return None
    failure = classify_status(fetched, now) or _refused(f"HTTP {fetched.status} is no answer", fetched.status)
    words = one_line(fetched.body.decode("utf-8", "replace"))[:_MAX_WORDS]
    is_text = (fetched.content_type or "").startswith("text/plain")
    return replace(failure, message=f"{failure.message}: {words}") if words and is_text else failure


def _refused(message: str, status: int | None = None) -> Failure:
    return Failure(kind=FailureClass.HTTP, message=message, status=status)
