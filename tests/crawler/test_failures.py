"""Every failure is one clean line with its class."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import exceptions

from crawler.advice import explained
from crawler.blocked import wall_of
from crawler.connect import GuardedResolver, TidyConnector
from crawler.consent import consent_wall_of
from crawler.failures import (
    FETCH_ERRORS,
    classify_document,
    classify_error,
    classify_status,
    fetch_error,
    one_line,
    our_side,
)
from crawler.fetched import Fetched
from crawler.moved import parked_at
from pipeline.types import Failure
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
    (
        503,
        {},
        b"<html><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script></html>",
    ),
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


def html(body: str, status: int = 200, url: str = URL, final_url: str = "") -> Fetched:
    page = f"<!doctype html><html><head><title>News</title></head><body>{body}</body></html>".encode()
    return Fetched(url=url, final_url=final_url or url, status=status, body=page, content_type="text/html")


COOKIES = "<p>How outlets ask for consent: a cookie, tracking, privacy, and a consent platform again.</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<script src='//cdn.cookielaw.org/otSDKStub.js'></script><article>{COOKIES}<button>Share</button></article>",
        f"<script src='//sdk.privacy-center.org/x.js'></script>{COOKIES * 15}<button>Share</button>",
        "<script src='//app.usercentrics.eu/main.js'></script><div id='root'></div><button>Menu</button>",
        "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>A short page.</p>",
        "<p>Our domain was parked at parkingcrew.net once.</p>" * 9,
        f"<script>window.didomiConfig={{}}</script><p>{'Parliament voted on the budget. ' * 120}</p><form></form>",
    ],
)
def test_a_script_or_a_word_makes_no_wall(body: str) -> None:
    assert classify_status(html(body), NOW) is None


def test_being_led_to_a_page_about_consent_is_no_wall() -> None:
    story = "<p>The court decided on consent forms in hospitals.</p>" * 20
    fetched = html(story, final_url="https://news.example.org/consent/court-decides")
    assert consent_wall_of(fetched) is None
    gate = html(story, final_url="https://consent.example.org/?to=x")
    assert consent_wall_of(gate) == "consent.example.org"


def test_consent_is_asked_in_many_languages() -> None:
    words = {
        "de": "Wir verwenden Cookies. Mit Ihrer Zustimmung. Mehr zum Datenschutz.",
        "fr": "Nous utilisons des cookies. Votre consentement. Politique de confidentialité.",
        "pl": "Używamy plików cookie. Wyrażam zgodę. Polityka prywatności.",
        "ru": "Мы используем cookie. Дайте согласие на обработку персональных данных.",
        "ar": "نستخدم ملفات تعريف الارتباط. موافق. سياسة الخصوصية.",
    }
    for text in words.values():
        fetched = html(
            f"<script src='//cdn.privacy-mgmt.com/x.js'></script><div>{text}</div><button>OK</button>"
        )
        assert consent_wall_of(fetched) == "Sourcepoint", text


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [b"<", b">", b"<!--", b"<script", b"</script", b"cookie ", b"px-captcha", b"\xff", b"<p>"]
        )
    ),
    st.sampled_from([200, 202, 403, 404, 429, 503]),
)
def test_any_bytes_get_an_answer(parts: list[bytes], status: int) -> None:
    fetched = Fetched(
        url=URL, final_url=URL + "/consent", status=status, body=b"".join(parts), content_type="text/html"
    )
    failure = classify_status(fetched, NOW)
    assert failure is None or failure.message == one_line(failure.message) != ""


def test_a_page_in_the_place_of_a_feed() -> None:
    at_home = classify_document(html("<p>News</p>"), "not a feed: an HTML page")
    assert (at_home.kind, at_home.message) == (F.PARSE, "not a feed: an HTML page")
    led = classify_document(
        html("<p>News</p>", final_url="https://www.other.org/"), "not a feed: an HTML page"
    )
    assert led.kind is F.MOVED
    assert led.message == "its address leads to the front page of other.org, another site"


class Resolver(GuardedResolver):
    """A resolver that fails in one way."""

    def __init__(self, number: int) -> None:
        super().__init__(frozenset())
        self.number = number

    async def _look_up(self, host: str, port: int, family: int) -> list[str]:
        raise socket.gaierror(self.number, "whatever the C library says")


async def looked_up(number: int) -> BaseException:
    """What aiohttp raises where a look-up fails."""
    resolver = Resolver(number)
    async with aiohttp.ClientSession(connector=TidyConnector(resolver=resolver)) as session:
        try:
            await session.get("http://news.example.org/")
        except aiohttp.ClientError as error:
            return error
        finally:
            await resolver.close()
    raise AssertionError


@pytest.mark.parametrize(
    ("number", "says", "ours"),
    [
        (socket.EAI_NONAME, "the host name news.example.org does not exist", False),
        (socket.EAI_AGAIN, "the name servers give no answer about news.example.org", True),
        (socket.EAI_FAIL, "the host name news.example.org does not resolve", None),
    ],
)
def test_a_name_that_does_not_exist_is_told_from_a_resolver_that_fails(
    number: int, says: str, ours: bool | None
) -> None:
    failure = classify_error(asyncio.run(looked_up(number)), "http://news.example.org/")
    assert (failure.kind, failure.message) == (F.DNS, says)
    assert our_side(failure) is ours


@pytest.mark.parametrize(
    ("error", "kind", "ours"),
    [
        (OSError(errno.ECONNREFUSED, "x"), F.CONNECT, False),
        (OSError(errno.ECONNRESET, "x"), F.CONNECT, False),
        (OSError(errno.EHOSTUNREACH, "x"), F.CONNECT, None),
        (OSError(errno.ENETUNREACH, "x"), F.CONNECT, True),
        (OSError(errno.ENETDOWN, "x"), F.CONNECT, True),
        (OSError(errno.ETIMEDOUT, "x"), F.TIMEOUT, None),
        (OSError(errno.EMFILE, "x"), F.OWN_NETWORK, True),
        (OSError(errno.EPERM, "x"), F.OWN_NETWORK, True),
        # both halves of a host's addresses, the way they are reported together
        (
            OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 101] Connect"),
            F.CONNECT,
            False,
        ),
        (OSError("Multiple exceptions: [Errno 101] Connect call failed, [Errno 101] Co"), F.CONNECT, True),
        (OSError("Multiple exceptions: [Errno 110] Connect call failed, [Errno 101] Co"), F.TIMEOUT, None),
        (ssl.SSLError(1, "bad record"), F.TLS, None),
        (TimeoutError(), F.TIMEOUT, None),
        (aiohttp.ClientPayloadError("cut"), F.HTTP, False),
    ],
)
def test_whose_fault_an_error_says_it_is(error: BaseException, kind: F, ours: bool | None) -> None:
    failure = classify_error(error, URL)
    assert failure.kind is kind, failure
    assert our_side(error) is our_side(failure) is ours


def test_several_addresses_end_in_one_clear_line() -> None:
    both = OSError(
        "Multiple exceptions: [Errno 111] Connect call failed ('1.2.3.4', 80), [Errno 101] Connect"
    )
    assert classify_error(both, URL).message == "cannot connect to news.example.org:8443: connection refused"
    assert classify_error(OSError(errno.EIO, "x"), URL).message.endswith(os.strerror(errno.EIO).lower())


@settings(max_examples=60)
@given(st.sampled_from(F), st.text(max_size=60), st.none() | st.integers(100, 999))
def test_advice_is_one_line(kind: F, message: str, status: int | None) -> None:
    advice = explained(Failure(kind=kind, message=message, status=status))
    assert advice is None or (advice == one_line(advice) and advice)
    assert advice or kind is F.NOT_NEWS


@pytest.mark.parametrize(
    ("kind", "message", "status", "says"),
    [
        (F.BLOCKED, "blocked by Cloudflare (HTTP 403)", 403, "let your contact address through"),
        (F.BLOCKED, "blocked by AWS WAF (HTTP 202)", 202, "(AWS WAF)"),
        (F.BLOCKED, "a consent wall of Didomi stands before it", 200, "past Didomi"),
        (F.TLS, "no trustworthy TLS connection to x.org: its certificate has expired", None, "renew"),
        (F.MOVED, "the domain is parked at Sedo", 200, "new address"),
        (
            F.HTTP,
            "HTTP 521: the outlet's server, behind Cloudflare, refuses the connection",
            521,
            "in trouble",
        ),
        (F.OWN_NETWORK, "our own network is down (x)", None, "no outlet is blamed"),
    ],
)
def test_advice_fits_the_case(kind: F, message: str, status: int | None, says: str) -> None:
    assert says in (explained(Failure(kind=kind, message=message, status=status)) or "")


SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"


def real_pages() -> Iterator[tuple[str, str, bytes]]:
    """Name, address and bytes of every real page and feed beside the project."""
    for file in sorted(SHARED.glob("extraction/corpora/*/html/*.html.gz")):
        yield file.name, "https://site.example.org/a/b", gzip.decompress(file.read_bytes())
    for line in (SHARED / "replay/index.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        yield (
            record["file"],
            record["url"],
            gzip.decompress((SHARED / "replay" / record["file"]).read_bytes()),
        )


@pytest.mark.shared
def test_no_real_page_is_called_a_wall_or_parked() -> None:
    if not (SHARED / "replay/index.jsonl").is_file():
        pytest.skip("no measuring data beside the project")
    count, wrong = 0, []
    for name, url, body in real_pages():
        count += 1
        fetched = Fetched(url=url, final_url=url, status=200, body=body, content_type="text/html")
        found = wall_of(fetched) or consent_wall_of(fetched) or parked_at(fetched)
        wrong += [(name, found)] if found else []
    assert count > 2000
    assert wrong == []
