"""The table of failures: what a real server does, and the class and words that come out of the whole stack.

Two crawls play all of it: one asks named hosts through a proxy, whose answers the table holds; the other speaks
TCP and TLS with loopback servers.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from crawler.failures import classify_document
from crawler.feed import parse_feed
from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.options import FetchOptions
from pipeline.types import Failure, FailureClass
from pipeline.types import FailureClass as F
from tests.crawler.loopback import Answer, Loopback, answer, raw, serving
from tests.crawler.test_handler import certificate, server_tls

HTML = {"Content-Type": "text/html; charset=utf-8"}
CLOUDFLARE = {**HTML, "Server": "cloudflare", "CF-RAY": "8f0-FRA"}
RSS = "<rss version='2.0'><channel><title>T</title><item><title>A</title><link>http://x.org/a</link></item>"


@dataclass(frozen=True)
class Case:
    """What is answered (by URL), what is asked for, and what has to come out: class and a part of the message."""

    kind: F | None
    says: str
    reply: Answer = b""
    url: str = ""
    more: Mapping[str, Answer] = field(default_factory=dict)
    ask: Literal["feed", "page"] = "feed"


def page(body: str, status: str = "200 OK", headers: Mapping[str, str] = HTML) -> bytes:
    return answer(
        f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>", status, headers
    )


def to(url: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, {"Location": url})


def forbids(_: str = "") -> bytes:
    return answer("User-agent: *\nDisallow: /\n", headers={"Content-Type": "text/plain"})


def consent(script: str) -> str:
    text = "We and our 842 partners use cookies and ask for your consent. See our privacy policy."
    return f"<script src='{script}'></script><div>{text}</div><button>Accept cookies</button>"


FRONT = page("<nav>Politics</nav>" + "<article><p>News of the day, at some length.</p></article>" * 20)
CF_ERROR = "<div id='cf-wrapper'><div id='cf-error-details'>{}</div></div>"

#: through the proxy: the host of each case is its name with hyphens, below example.org
HTTP: dict[str, Case] = {
    "unauthorised": Case(F.HTTP, "HTTP 401", answer("", "401 Unauthorized")),
    "forbidden": Case(F.HTTP, "HTTP 403 Forbidden", page("Forbidden", "403 Forbidden")),
    "not found": Case(F.HTTP, "HTTP 404 Not Found", answer("", "404 Not Found")),
    "not found behind datadome": Case(
        F.HTTP, "HTTP 404", page("no", "404 Not Found", {**HTML, "X-DataDome": "protected"})
    ),
    "gone": Case(F.GONE, "HTTP 410 Gone", answer("", "410 Gone")),
    "too many": Case(F.HTTP, "HTTP 429", answer("", "429 Too Many Requests", {"Retry-After": "120"})),
    "rate limit of cloudflare": Case(
        F.HTTP, "HTTP 429", page(CF_ERROR.format("1015"), "429 Too Many Requests", CLOUDFLARE)
    ),
    "unavailable by law": Case(F.HTTP, "HTTP 451", answer("", "451 Unavailable For Legal Reasons")),
    "broken server": Case(F.HTTP, "HTTP 500", answer("", "500 Internal Server Error")),
    "bad gateway": Case(F.HTTP, "HTTP 502", page(CF_ERROR.format("Bad gateway"), "502 Bad Gateway", CLOUDFLARE)),
    "maintenance": Case(
        F.HTTP,
        "HTTP 503",
        page("Back soon<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>", "503 X", CLOUDFLARE),
    ),
    "gateway timeout": Case(F.HTTP, "HTTP 504", answer("", "504 Gateway Timeout")),
    **{
        f"cloudflare {status}": Case(F.HTTP, says, page(CF_ERROR.format(status), f"{status} X", CLOUDFLARE))
        for status, says in [
            (520, "no sense"),
            (521, "refuses the connection"),
            (522, "does not answer"),
            (523, "cannot be reached"),
            (524, "takes too long"),
            (525, "TLS handshake"),
            (526, "certificate"),
        ]
    },
    "challenge of cloudflare": Case(
        F.BLOCKED, "Cloudflare", page("Just a moment...", "403 X", {**CLOUDFLARE, "cf-mitigated": "challenge"})
    ),
    "old challenge of cloudflare": Case(
        F.BLOCKED, "Cloudflare", page("<script>window._cf_chl_opt={}</script>", "503 X", CLOUDFLARE)
    ),
    "denied by cloudflare": Case(F.BLOCKED, "Cloudflare", page(CF_ERROR.format("1020"), "403 X", CLOUDFLARE)),
    "datadome": Case(
        F.BLOCKED,
        "DataDome",
        page("<script>var dd={'host':'geo.captcha-delivery.com'}</script>", "403 X", {**HTML, "X-DD-B": "1"}),
    ),
    "akamai": Case(
        F.BLOCKED,
        "Akamai",
        page("Access Denied<p>Reference #18.2d<p>https://errors.edgesuite.net/18.2d", "403 X"),
    ),
    "akamai for a dead server": Case(
        F.HTTP, "HTTP 503", page("An error occurred. Reference #97 https://errors.edgesuite.net/97.1", "503 X")
    ),
    "imperva": Case(
        F.BLOCKED,
        "Imperva",
        page("<iframe id='main-iframe' src='/_Incapsula_Resource?SWUDNSAI=31&incident_id=7'>Request</iframe>"),
    ),
    "imperva script alone": Case(
        F.BLOCKED, "Imperva", page("<script src='/_Incapsula_Resource?SWJIYLWA=5074a'></script>"), ask="page"
    ),
    "perimeterx": Case(
        F.BLOCKED, "PerimeterX", page("<div id='px-captcha'></div><script>window._pxAppId='P'</script>", "403 X")
    ),
    "aws waf": Case(F.BLOCKED, "AWS WAF", answer("", "202 Accepted", {"x-amzn-waf-action": "challenge"})),
    "vercel": Case(F.BLOCKED, "Vercel", answer("", "429 X", {"x-vercel-mitigated": "challenge"})),
    "led to radware": Case(
        F.BLOCKED,
        "Radware",
        to("http://validate.perfdrive.com/?ssa=1"),
        more={"http://validate.perfdrive.com/?ssa=1": page("Are you a robot?")},
    ),
    "consent of google": Case(
        F.BLOCKED,
        "a consent wall of Google stands before it",
        to("http://consent.google.com/m?continue=http://consent-of-google.example.org/x"),
        more={"http://consent.google.com/m?continue=http://consent-of-google.example.org/x": page("Before you")},
        ask="page",
    ),
    "consent of the outlet": Case(
        F.BLOCKED,
        "a consent wall of Sourcepoint",
        to("http://consent-of-the-outlet.example.org/zustimmung?url=%2Fx"),
        more={
            "http://consent-of-the-outlet.example.org/zustimmung?url=%2Fx": page(
                consent("https://cdn.privacy-mgmt.com/wrapper.js")
            )
        },
        ask="page",
    ),
    **{
        f"consent by {who}": Case(F.BLOCKED, f"a consent wall of {who}", page(consent(script)), ask="page")
        for who, script in [
            ("OneTrust", "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js"),
            ("Didomi", "https://sdk.privacy-center.org/loader.js"),
            ("Quantcast", "https://cmp.quantcast.com/choice.js"),
            ("Usercentrics", "https://app.usercentrics.eu/latest/main.js"),
        ]
    },
    "front page of another site": Case(
        FailureClass.MOVED, "its address leads to the front page of other.example.net, another site",
        to("http://other.example.net/", "301 Moved Permanently"),
        more={"http://other.example.net/": FRONT},
    ),
    "page of its own": Case(
        FailureClass.MOVED, "its address leads to an HTML page of page-of-its-own.example.org",
        to("http://page-of-its-own.example.org/news"),
        more={"http://page-of-its-own.example.org/news": FRONT},
    ),
    "parked": Case(FailureClass.MOVED, "parked at ParkingCrew", page("<script src='//parkingcrew.net/x.js'></script>")),
    "sold": Case(
        FailureClass.MOVED, "parked at HugeDomains",
        to("http://www.hugedomains.com/domain_profile.cfm?d=sold"),
        more={"http://www.hugedomains.com/domain_profile.cfm?d=sold": page("sold.example.org is for sale")},
    ),
    "page in the place of a feed": Case(F.PARSE, "an HTML page", FRONT),
    "nothing in the place of a feed": Case(F.PARSE, "empty", answer(b"", headers={"Content-Type": "text/xml"})),
    "words in the place of a feed": Case(F.PARSE, "not a feed", answer(b"hello")),
    "broken off": Case(F.HTTP, "broke off before its end", answer(RSS, length=5000)),
    "truncated document": Case(None, "", answer(RSS)),
    "circle": Case(F.HTTP, "in a circle", to("http://circle.example.org/x")),
    "redirect to nowhere": Case(F.HTTP, "without a Location", answer("", "302 Found")),
    "redirect to a private address": Case(F.REFUSED_ADDRESS, "private address", to("http://10.0.0.1/")),
    "robots": Case(F.ROBOTS, "does not allow", b"", more={"http://robots.example.org/robots.txt": forbids()}),
    "robots in trouble": Case(
        F.ROBOTS,
        "robots.txt answered HTTP 500",
        more={"http://robots-in-trouble.example.org/robots.txt": answer("", "500 X")},
    ),
    "private address": Case(F.REFUSED_ADDRESS, "private address", url="http://192.168.1.1/feed"),
}  # fmt: skip


def address(name: str) -> str:
    return HTTP[name].url or f"http://{name.replace(' ', '-').lower()}.example.org/x"


def of_feed(outcome: Fetched | Failure, ask: str) -> Failure | None:
    """What a crawl makes of the answer: of a feed's document, too."""
    if isinstance(outcome, Failure) or ask == "page":
        return outcome if isinstance(outcome, Failure) else None
    snapshot = parse_feed(outcome.body, outcome.final_url, content_type=outcome.content_type)
    return classify_document(outcome, snapshot.problem or "") if snapshot.format == "unknown" else None


@pytest.fixture(scope="module")
def through_proxy() -> dict[str, Failure | None]:
    """One crawl of every case of the table."""
    answers: dict[str, Answer] = {address(name): case.reply for name, case in HTTP.items()}
    for case in HTTP.values():
        answers.update(case.more)

    async def main(fetcher: Fetcher) -> list[Fetched | Failure]:
        return await asyncio.gather(*(fetcher.get(address(name), case.ask) for name, case in HTTP.items()))

    with serving(answers) as proxy:
        options = FetchOptions(proxy=f"http://{proxy.address}", delay=0, deadline=20)
        outcomes = run_with_fetcher(options, main)
    return {name: of_feed(got, HTTP[name].ask) for name, got in zip(HTTP, outcomes, strict=True)}


@pytest.mark.parametrize("name", HTTP)
def test_what_a_server_says(name: str, through_proxy: dict[str, Failure | None]) -> None:
    case, failure = HTTP[name], through_proxy[name]
    assert (failure.kind if failure else None) is case.kind, failure
    assert failure is None or case.says in failure.message


#: what a connection ends with -> class, words
WIRE: dict[str, tuple[F, str]] = {
    "refused": (F.CONNECT, "connection refused"),
    "hung up": (F.CONNECT, "hung up without an answer"),
    "not http": (F.HTTP, "did not answer in valid HTTP"),
    "silent in the handshake": (F.TIMEOUT, "no connection to"),
    "no headers": (F.TIMEOUT, "within 1"),
    "half a body": (F.TIMEOUT, "within 1"),
    "expired": (F.TLS, "its certificate has expired"),
    "for another name": (F.TLS, "its certificate is for another"),
    "self-signed": (F.TLS, "its certificate is self-signed"),
    "plain http": (F.TLS, "does not speak TLS"),
    "alert": (F.TLS, "the handshake failed"),
    "hangs up in the handshake": (F.TLS, "hung up during the handshake"),
    "unknown name": (F.DNS, "no-such-host.invalid"),
}


def stuck(head: bytes, over: threading.Event) -> Answer:
    def parts() -> Iterator[bytes]:
        yield head
        over.wait(20)

    return parts


@pytest.fixture(scope="module")
def on_the_wire(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Failure]:
    """One crawl of servers that fail below HTTP, or in the middle of it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    old, other, own = (
        certificate(folder, days=-2),
        certificate(folder, "other.invalid"),
        certificate(folder, days=3),
    )
    bundle = folder / "bundle.pem"
    bundle.write_bytes(old.read_bytes() + other.read_bytes())
    over = threading.Event()
    slow = {
        "/no-headers": stuck(b"", over),
        "/half": stuck(b"HTTP/1.1 200 OK\r\n\r\nhalf", over),
        "/hung-up": b"",
        "/not-http": b"\x00\x01\x02 what",
    }
    with ExitStack() as stack:
        with serving() as gone:
            pass
        plain = stack.enter_context(serving(slow))
        stack.callback(over.set)
        tls = {
            name: stack.enter_context(serving({}, server_tls(file)))
            for name, file in [("expired", old), ("for another name", other), ("self-signed", own)]
        }
        odd = {
            "silent in the handshake": stack.enter_context(raw(None)),
            "plain http": stack.enter_context(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
            "alert": stack.enter_context(raw(b"\x15\x03\x01\x00\x02\x02\x28")),
            "hangs up in the handshake": stack.enter_context(raw(b"")),
        }
        urls = {
            "refused": gone.url("/x"),
            "hung up": plain.url("/hung-up"),
            "not http": plain.url("/not-http"),
            "no headers": plain.url("/no-headers"),
            "half a body": plain.url("/half"),
            "unknown name": "http://no-such-host.invalid/",
            **{name: site.url("/x") for name, site in (tls | odd).items()},
        }
        return _asked(urls, [gone, plain, *tls.values(), *odd.values()], bundle)


def _asked(urls: Mapping[str, str], sites: list[Loopback], bundle: Path) -> dict[str, Failure]:
    options = FetchOptions(
        allow_addresses=frozenset(site.address for site in sites),
        ca_bundle=bundle,
        deadline=1.5,
        connect_timeout=0.8,
        obey_robots=False,
    )

    async def main(fetcher: Fetcher) -> list[Fetched | Failure]:
        return await asyncio.gather(*(fetcher.get(url, "feed") for url in urls.values()))

    outcomes = zip(urls, run_with_fetcher(options, main), strict=True)
    return {name: got for name, got in outcomes if isinstance(got, Failure)}


@pytest.mark.parametrize("name", WIRE)
def test_what_the_wire_does(name: str, on_the_wire: dict[str, Failure]) -> None:
    kind, says = WIRE[name]
    assert on_the_wire[name].kind is kind, on_the_wire[name]
    assert says in on_the_wire[name].message


def test_a_proxy_that_is_gone_is_our_own_trouble() -> None:
    with serving() as gone:
        options = FetchOptions(proxy=gone.url())
    failure = run_with_fetcher(options, lambda fetcher: fetcher.get("http://news.example.org/"))
    assert isinstance(failure, Failure)
    assert failure.kind is F.OWN_NETWORK
    assert "the proxy cannot be reached" in failure.message
