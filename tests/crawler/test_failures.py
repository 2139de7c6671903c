"""Every failure is one clean line with its class."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import exceptions

from crawler.failures import FETCH_ERRORS, classify_error, classify_status, fetch_error, one_line
from crawler.fetched import Fetched
from pipeline.types import FailureClass as F

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
URL = "https://user:secret@news.example.org:8443/feed"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), F.TIMEOUT),
        (aiohttp.ConnectionTimeoutError(), F.TIMEOUT),
        (exceptions.DownloadTimeoutError("slow"), F.TIMEOUT),
        (socket.gaierror(-2, "unknown"), F.DNS),
        (exceptions.CannotResolveHostError("x"), F.DNS),
        (ssl.SSLError(1, "bad record"), F.TLS),
        (ConnectionRefusedError(111, "refused"), F.CONNECT),
        (aiohttp.ServerDisconnectedError(), F.CONNECT),
        (exceptions.DownloadConnectionRefusedError("x"), F.CONNECT),
        (aiohttp.ClientPayloadError("cut"), F.HTTP),
        (exceptions.ResponseDataLossError("cut"), F.HTTP),
        (aiohttp.InvalidURL("http://["), F.REFUSED_ADDRESS),
        (exceptions.UnsupportedURLSchemeError("gopher"), F.REFUSED_ADDRESS),
        (exceptions.DownloadCancelledError("big"), F.TOO_LARGE),
        (exceptions.IgnoreRequest("no"), F.HTTP),
        (fetch_error(F.ROBOTS, "robots.txt says no"), F.ROBOTS),
    ],
)
def test_classes(error: BaseException, kind: F) -> None:
    failure = classify_error(error, URL)
    assert failure.kind is kind
    assert failure.message == one_line(failure.message) != ""
    assert "secret" not in failure.message
    assert isinstance(error, FETCH_ERRORS)


@pytest.mark.parametrize("bug", [TypeError("x"), AttributeError("x"), KeyError("x"), AssertionError()])
def test_bugs_propagate(bug: Exception) -> None:
    with pytest.raises(type(bug)):
        classify_error(bug, URL)


def test_words_of_strangers_are_cleaned() -> None:
    failure = classify_error(
        exceptions.IgnoreRequest("a\r\nb\x1b[31m\u202ec" + "d" * 1000), "http://x\x1b.org/"
    )
    assert len(failure.message) <= 300
    assert failure.message.isprintable()


@settings(max_examples=80)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_give_one_printable_line(words: str, url: str) -> None:
    message = classify_error(OSError(words), url).message
    assert not any(char in message for char in "\n\r\x1b\x00\x9b\u202e\u2066")


@pytest.mark.parametrize(
    ("status", "kind", "permanent"),
    [
        *((status, F.HTTP, False) for status in (204, 206, 300, 302, 400, 401, 403, 404, 451, 500, 999)),
        (410, F.GONE, True),
    ],
)
def test_statuses(status: int, kind: F, permanent: bool) -> None:
    failure = classify_status(Fetched(url=URL, final_url=URL, status=status), NOW)
    assert failure is not None
    assert (failure.kind, failure.permanent, failure.status) == (kind, permanent, status)


@pytest.mark.parametrize("status", [200, 201, 203, 304])
def test_statuses_that_can_be_used(status: int) -> None:
    assert classify_status(Fetched(url=URL, final_url=URL, status=status, body=b"x"), NOW) is None


def test_the_asked_wait_is_kept() -> None:
    for status in (429, 503):
        asked = Fetched(url=URL, final_url=URL, status=status, headers={"retry-after": "90"})
        failure = classify_status(asked, NOW)
        assert failure is not None
        assert failure.retry_after == 90


WALLS = [
    (403, {"cf-mitigated": "challenge"}, b""),
    (503, {}, b"<html><script src='/cdn-cgi/challenge-platform/h/b/x.js'></script></html>"),
    (403, {"x-datadome": "protected"}, b"<html>"),
    (200, {}, b"<html><iframe src='/_Incapsula_Resource?x=1'></iframe></html>"),
    (202, {"x-amzn-waf-action": "challenge"}, b""),
    (403, {}, b"<html>Access Denied https://errors.edgesuite.net/1.2</html>"),
    (403, {}, b"<html><div id='px-captcha'></div></html>"),
]


@pytest.mark.parametrize(("status", "headers", "body"), WALLS)
def test_bot_walls_are_told_apart(status: int, headers: dict[str, str], body: bytes) -> None:
    failure = classify_status(Fetched(url=URL, final_url=URL, status=status, headers=headers, body=body), NOW)
    assert failure is not None
    assert failure.kind is F.BLOCKED


ARTICLE = b"<html><article>" + b"<p>How captcha-delivery.com works.</p>" * 9 + b"</article></html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "content_type"),
    [
        (200, {"server": "cloudflare", "x-datadome": "protected"}, ARTICLE, "text/html"),
        (200, {}, b"<script src='/cdn-cgi/challenge-platform/x.js'></script>" + ARTICLE, "text/html"),
        (200, {}, b"<rss>about errors.edgesuite.net</rss>", "application/rss+xml"),
    ],
)
def test_pages_behind_or_about_a_wall_are_pages(
    status: int, headers: dict[str, str], body: bytes, content_type: str
) -> None:
    fetched = Fetched(
        url=URL, final_url=URL, status=status, headers=headers, body=body, content_type=content_type
    )
    assert classify_status(fetched, NOW) is None


def test_a_plain_403_is_no_wall() -> None:
    failure = classify_status(Fetched(url=URL, final_url=URL, status=403, body=b"<h1>Forbidden</h1>"), NOW)
    assert failure is not None
    assert failure.message == "HTTP 403 Forbidden"
