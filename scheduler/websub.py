"""Our end of WebSub: what a hub that calls back is told (W3C Recommendation, 23 January 2018).

A push is a bell, not a letter: of its body only the signature counts, and the feed itself is asked.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs

from pipeline.store import subscriptions
from pipeline.store.connection import Store
from pipeline.text import clean
from pipeline.websub import Subscription, granted_lease, token_in
from scheduler.http_message import Request, Response
from scheduler.http_server import Route

#: 7.1.1; most hubs still sign with SHA-1
_HASHES: Final = MappingProxyType(
    {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
)
_MAX_CHALLENGE = 1024
_MAX_REASON = 200
_MAX_SIGNATURE = 200
_MAX_QUERY = 16_384
_MAX_FIELDS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a hub is told. ``poke`` is a feed that is due now because of what it said."""

    status: int
    body: bytes = b""
    poke: int | None = None

    @property
    def response(self) -> Response:
        """The answer, in a type that no browser runs: the challenge is the hub's words (8.2)."""
        return Response(status=self.status, body=self.body, content_type="application/octet-stream")


_NO = Answer(status=404)


def callback_route(store: Store, clock: Callable[[], datetime], poke: Callable[[int], None]) -> Route:
    """The status server's route for callbacks; ``poke`` is told of each feed that a push has made due."""

    async def handler(request: Request) -> Response:
        told = answer(store, request, clock())
        if told.poke is not None:
            poke(told.poke)
        return told.response

    return Route(handler, frozenset({"GET", "POST"}))


def answer(store: Store, request: Request, now: datetime) -> Answer:
    """Answer a hub, and store what it said.

    GET is a question about a subscription, POST a push. Paths without a token answer 404, tokens we do not
    know 410 to a push, so that the hub stops. Never raises for what strangers send.

    :raises StoreError: the database cannot be written; the hub comes again
    """
    token = token_in(request.path)
    if token is None:
        return _NO
    if request.method == "GET":
        return _asked(store, token, _fields(request.query), now)
    if request.method == "POST":
        return _pushed(store, token, request, now)
    return Answer(status=405)


def _fields(query: str) -> dict[str, str]:
    """The query's fields, of repeated ones the first; none of a query that is not sane."""
    if len(query) > _MAX_QUERY:
        return {}
    try:
        found = parse_qs(query, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _asked(store: Store, token: str, fields: Mapping[str, str], now: datetime) -> Answer:
    subscription = subscriptions.by_token(store, token)
    mode, challenge = fields.get("hub.mode"), _challenge(fields)
    if mode == "unsubscribe" and subscription is None and challenge:
        return Answer(status=200, body=challenge)
    if subscription is None or fields.get("hub.topic") != subscription.topic:
        return _NO
    if mode == "denied":
        subscriptions.denied(store, token, clean(fields.get("hub.reason", ""))[:_MAX_REASON], now)
        return Answer(status=200)
    if mode != "subscribe" or not challenge or not is_awaited(subscription):
        return _NO
    subscriptions.verified(store, token, granted_lease(fields.get("hub.lease_seconds")), now)
    return Answer(status=200, body=challenge)


def _challenge(fields: Mapping[str, str]) -> bytes | None:
    """The challenge, where it is short and printable, as 8.2 advises."""
    text = fields.get("hub.challenge", "")
    return text.encode() if 0 < len(text) <= _MAX_CHALLENGE and text.isprintable() else None


def is_awaited(subscription: Subscription) -> bool:
    """Whether we have asked for this subscription, so that its verification is welcome.

    An active one may be verified again: hubs reconfirm (5). A request that failed on its way back may still
    have arrived.
    """
    if subscription.state == "refused":
        return False
    return subscription.state in ("asked", "active") or subscription.failures > 0


def _pushed(store: Store, token: str, request: Request, now: datetime) -> Answer:
    subscription = subscriptions.by_token(store, token)
    if subscription is None:
        return Answer(status=410)
    if not is_genuine(subscription.secret, request.headers.get("x-hub-signature", ""), request.body):
        subscriptions.distrusted(store, token, "ignored a push without the right signature")
        return Answer(status=202)
    due = subscriptions.pushed(store, subscription, now)
    return Answer(status=202, poke=subscription.feed_id if due else None)


def is_genuine(secret: str, signature: str, body: bytes) -> bool:
    """Whether ``signature`` (``METHOD=HEX``) is the HMAC of ``body`` under ``secret`` (7.1).

    Without a secret there is nothing to check: then the callback's unguessable address has to do.
    """
    if not secret:
        return True
    method, _, given = signature[:_MAX_SIGNATURE].strip().partition("=")
    make = _HASHES.get(method.lower())
    if make is None:
        return False
    right = hmac.new(secret.encode(), body, make).hexdigest()
    return hmac.compare_digest(right.encode(), given.lower().encode("utf-8", "replace"))
