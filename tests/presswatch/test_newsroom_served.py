"""The newsroom over the wire: plain, through TLS, and nowhere else."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from presswatch.demo.newsroom import Newsroom
from presswatch.demo.server import Served, serve

START = datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
FEEDS = [feed.url for outlet in Newsroom(START).outlets for feed in outlet.feeds]


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom(START)


def content(room: Newsroom, url: str) -> bytes:
    return room.respond("GET", url, {}, START + timedelta(hours=1))[2]


@pytest.fixture
def served(newsroom: Newsroom) -> Iterator[Served]:
    with serve(newsroom) as found:
        yield found


@pytest.fixture
def connection(served: Served) -> Iterator[http.client.HTTPConnection]:
    """Plain, to the proxy itself."""
    with closing(http.client.HTTPConnection(*_end(served), timeout=10)) as wire:
        yield wire


@contextmanager
def tunnel(
    served: Served, host: str, *, trust: Path | None = None, strict: bool = False
) -> Iterator[http.client.HTTPSConnection]:
    """TLS to ``host`` through the proxy, verified by ``trust``: its own authority if not given."""
    context = ssl.create_default_context(cafile=trust or served.ca_file)
    if strict:  # Python 3.13 is by default
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    with closing(http.client.HTTPSConnection(*_end(served), timeout=10, context=context)) as wire:
        wire.set_tunnel(host, 443)
        yield wire


def _end(served: Served) -> tuple[str, int]:
    parts = urlsplit(served.proxy)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    return parts.hostname, parts.port


def ask(
    wire: http.client.HTTPConnection, method: str, url: str, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    wire.request(method, url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = wire.getresponse()
    return response.status, response.headers, response.read()


def test_tunnels_lead_to_each_host_with_its_own_certificate(newsroom: Newsroom, served: Served) -> None:
    assert {urlsplit(feed).hostname for feed in FEEDS} <= newsroom.hosts
    for feed in FEEDS:
        parts = urlsplit(feed)
        with tunnel(served, parts.hostname or "") as wire:
            status, head, body = ask(wire, "GET", parts.path)
            assert (status, body) == (200, content(newsroom, feed))
            assert abs(datetime.now(UTC) - date_of(head)) < timedelta(minutes=1)
            # The same tunnel carries the next requests.
            assert ask(wire, "GET", parts.path, If_None_Match=head["ETag"])[0] == 304
            assert ask(wire, "HEAD", parts.path)[0::2] == (200, b"")
            assert ask(wire, "GET", "/no/such/page.html")[0] == 404


def test_certificate_is_no_ones_but_this_servers(newsroom: Newsroom, served: Served) -> None:
    with serve(newsroom) as other:
        assert other.ca_file.read_bytes() != served.ca_file.read_bytes()
        with (
            tunnel(served, "nv.ua", trust=other.ca_file) as wire,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            ask(wire, "GET", "/")
    assert not other.ca_file.exists()
    with tunnel(served, "nv.ua") as wire:
        assert ask(wire, "GET", "/ukr/rss/all.xml")[0] == 200


def test_authority_satisfies_the_strict_rules(served: Served) -> None:
    with tunnel(served, "english.nv.ua", strict=True) as wire:
        assert ask(wire, "GET", "/rss/all.xml")[0] == 200


@pytest.mark.parametrize(
    "far_end",
    [
        "example.org:443",
        "english.nv.ua:80",
        "english.nv.ua:22",
        "127.0.0.1:443",
        "nv.ua",
        ":443",
        "[::1]:443",
    ],
)
def test_tunnels_lead_nowhere_else(connection: http.client.HTTPConnection, far_end: str) -> None:
    status, head, body = ask(connection, "CONNECT", far_end)
    # To a client a refused CONNECT has no body it may wait for.
    assert (status, head["Connection"]) == (403, "close")
    assert body in (b"", b"This proxy leads to the demo's newsroom and nowhere else\n")


def test_there_is_no_tunnel_in_a_tunnel(served: Served) -> None:
    with tunnel(served, "nv.ua") as wire:
        assert ask(wire, "CONNECT", "english.nv.ua:443")[0] == 403


def date_of(head: http.client.HTTPMessage) -> datetime:
    return datetime.strptime(head["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def test_server_sees_the_hour_pass(newsroom: Newsroom, served: Served) -> None:
    parts = urlsplit(next(iter(newsroom.truth()[1].deleted)))
    with tunnel(served, parts.hostname or "") as wire:
        assert ask(wire, "GET", parts.path)[0] == 200
        newsroom.advance()
        assert ask(wire, "GET", parts.path)[0] == 410


def test_server_knows_its_hosts_by_name_too(connection: http.client.HTTPConnection) -> None:
    status, head, _ = ask(connection, "GET", "/feed.xml", Host="www.tolvane-lantern.example:80")
    assert (status, head["Location"]) == (301, "https://www.tolvane-lantern.example/feed.xml")
    assert ask(connection, "GET", "/feed.xml")[0] == 404


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "http://example.org/", 404),
        ("GET", "http://localhost:1/", 404),
        ("GET", "http://english.nv.ua/rss/all.xml", 301),
        ("POST", "http://www.tolvane-lantern.example/newsletter", 405),
    ],
)
def test_server_forwards_nothing(
    connection: http.client.HTTPConnection, method: str, url: str, status: int
) -> None:
    assert ask(connection, method, url)[0] == status
