"""An answer is complete, bounded and from where we meant to ask, or it is a clear failure."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import gzip
import ipaddress
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.connect import GuardedResolver
from crawler.failures import FetchError
from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.options import FetchOptions
from pipeline.types import Failure, FailureClass
from tests.crawler.fetching import fetch, got, lost, options_for
from tests.crawler.loopback import Answer, answer, serving

PUBLIC = "93.184.215.14"


def endless(head: bytes, more: bytes) -> Answer:
    def parts() -> Iterator[bytes]:
        yield head
        while True:
            yield more

    return parts


def test_brings_body_headers_and_type() -> None:
    reply = answer("<rss/>", headers={"ETag": '"a"', "X-Two": "1", "Content-Type": "text/xml"})
    with serving({"/feed": reply}) as site:
        fetched = got(fetch(site, "/feed", "feed"))
    assert (fetched.status, fetched.body, fetched.content_type) == (200, b"<rss/>", "text/xml")
    assert fetched.header("ETag") == '"a"'
    assert fetched.url == fetched.final_url == site.url("/feed")
    assert fetched.moved_to is None


def test_says_who_asks_and_keeps_nothing() -> None:
    with serving({"/a": answer("x", headers={"Set-Cookie": "id=1"})}) as site:

        async def main(fetcher: Fetcher) -> None:
            for _ in range(2):
                got(await fetcher.get(site.url("/a"), "feed"))

        run_with_fetcher(options_for(site, contact="https://example.org/bot"), main)
        headers = [seen.headers for seen in site.asked("/a")]
    assert [seen["user-agent"] for seen in headers] == ["presswatch/0.1.0 (+https://example.org/bot)"] * 2
    assert "application/rss+xml" in headers[0]["accept"]
    assert not {"cookie", "referer", "accept-language"} & set(headers[1])


def test_decodes_content_encodings() -> None:
    reply = answer(gzip.compress(b"<rss/>"), headers={"Content-Encoding": "gzip"})
    with serving({"/": reply}) as site:
        fetched = got(fetch(site))
    assert fetched.body == b"<rss/>"
    assert fetched.header("content-encoding") is None


BROKEN = {
    "cut": answer(b"half", length=8),
    "cut chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n",
    "not http": b"\x00\x01\x02 what",
    "no status": b"HTTP/1.1 abc\r\n\r\n",
    "cut gzip": answer(gzip.compress(b"x" * 9999)[:20], headers={"Content-Encoding": "gzip"}),
    "unknown coding": answer(bytes(range(256)), headers={"Content-Encoding": "x-snappy-9"}),
    "huge header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    "header flood": endless(b"HTTP/1.1 200 OK\r\n", b"X-Flood: 1\r\n" * 50),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_a_failure(name: str) -> None:
    with serving({"/": BROKEN[name]}) as site:
        failure = lost(fetch(site))
    assert failure.kind is FailureClass.HTTP
    assert failure.message.isprintable()


def test_no_answer_is_a_failure() -> None:
    with serving({"/": b""}) as site:
        assert lost(fetch(site)).kind is FailureClass.CONNECT


def test_large_headers_of_real_sites_pass() -> None:
    with serving({"/": answer("x", headers={"Content-Security-Policy": "a" * 30_000})}) as site:
        assert got(fetch(site)).body == b"x"


TOO_LARGE = {
    "announced": answer(b"x", length=10**12),
    "endless": endless(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b" " * 4096),
    "bomb": answer(gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"}),
    "gz file": answer(gzip.compress(b" " * 5_000_000), headers={"Content-Type": "application/gzip"}),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_stops_at_the_size_limit(name: str) -> None:
    with serving({"/": TOO_LARGE[name]}) as site:
        failure = lost(fetch(site, "/", "feed", feed_max_bytes=1_000_000))
    assert failure.kind is FailureClass.TOO_LARGE


def test_feeds_and_pages_have_their_own_limits() -> None:
    with serving({"/": answer(b"x" * 500)}) as site:
        limits = {"feed_max_bytes": 1000, "page_max_bytes": 100}
        assert len(got(fetch(site, "/", "feed", **limits)).body) == 500
        assert lost(fetch(site, "/", "page", **limits)).kind is FailureClass.TOO_LARGE


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\nhalf"])
def test_one_deadline_for_the_whole_answer(head: bytes) -> None:
    over = threading.Event()

    def stuck() -> Iterator[bytes]:
        yield head
        over.wait(20)

    with serving({"/": stuck}) as site:
        failure = lost(fetch(site, deadline=0.3))
        over.set()
    assert failure.kind is FailureClass.TIMEOUT
    assert failure.message == "no complete answer within 0.3 s"


def test_refused_connections_and_unknown_hosts() -> None:
    with serving() as gone:
        options = options_for(gone)

    async def main(fetcher: Fetcher) -> list[Fetched | Failure]:
        return [await fetcher.get(gone.url("/x")), await fetcher.get("http://no-such-host.invalid/")]

    kinds = [lost(outcome).kind for outcome in run_with_fetcher(options, main)]
    assert kinds == [FailureClass.CONNECT, FailureClass.DNS]


class Rebinding(GuardedResolver):
    """A name server that answers with each of its answers once."""

    def __init__(self, *answers: list[str], allow: frozenset[str] = frozenset()) -> None:
        super().__init__(allow)
        self.answers = list(answers)

    async def _look_up(self, host: str, port: int, family: int) -> list[str]:
        return self.answers.pop(0)


def test_a_name_that_turns_private_is_refused_at_connect() -> None:
    async def main() -> None:
        resolver = Rebinding([PUBLIC], [PUBLIC, "10.0.0.1"], ["127.0.0.3", "::1"])
        found = [await resolver.resolve("news.example.org", 80) for _ in range(2)]
        assert [[entry["host"] for entry in entries] for entries in found] == [[PUBLIC], [PUBLIC]]
        with pytest.raises(
            FetchError, match=r"news\.example\.org resolves to a private address 127\.0\.0\.3"
        ):
            await resolver.resolve("news.example.org", 80)
        with pytest.raises(FetchError, match="private address"):
            resolver.socket_for((2, 1, 6, "", ("127.0.0.3", 80)))
        await resolver.close()

    asyncio.run(main())


def test_an_allowed_name_may_be_private_on_its_port_only() -> None:
    async def main() -> None:
        resolver = Rebinding(["10.0.0.1"], ["10.0.0.1"], allow=frozenset({"wiki:80"}))
        assert [entry["host"] for entry in await resolver.resolve("wiki", 80)] == ["10.0.0.1"]
        resolver.socket_for((2, 1, 6, "", ("10.0.0.1", 80))).close()
        with pytest.raises(FetchError, match="private address"):
            await resolver.resolve("wiki", 81)
        await resolver.close()

    asyncio.run(main())


def certificate(folder: Path, host: str = "127.0.0.1", days: int = 2) -> Path:
    """A self-signed certificate with its key; ``days`` below zero makes an expired one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    is_ip = host[0].isdigit()
    alt: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host)) if is_ip else x509.DNSName(host)
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=9))
    builder = builder.not_valid_after(now + dt.timedelta(days=days))
    made = builder.add_extension(x509.SubjectAlternativeName([alt]), critical=False).sign(
        key, hashes.SHA256()
    )
    pem = serialization.Encoding.PEM
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / f"{host}{days}.pem"
    file.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return file


def server_tls(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_certificates_are_verified(tmp_path: Path) -> None:
    right, old = certificate(tmp_path), certificate(tmp_path, days=-2)
    other = certificate(tmp_path, "other.invalid")
    outcomes = {}
    for name, file, bundle in [
        ("unknown", right, None),
        ("known", right, right),
        ("expired", old, old),
        ("other host", other, other),
    ]:
        with serving({"/": answer("x")}, server_tls(file)) as site:
            outcomes[name] = fetch(site, ca_bundle=bundle)
    assert got(outcomes.pop("known")).body == b"x"
    assert {lost(outcome).kind for outcome in outcomes.values()} == {FailureClass.TLS}
    assert "self-signed" in lost(outcomes["unknown"]).message


def test_a_handshake_that_never_ends_hits_the_connect_timeout() -> None:
    with serving({"/": answer("x")}) as site:
        site.scheme = "https"
        assert lost(fetch(site, connect_timeout=0.3)).kind is FailureClass.TIMEOUT


def test_asks_through_the_proxy_and_still_guards_the_target() -> None:
    target = "http://news.example.org/feed"
    with serving({target: answer("proxied")}) as proxy:
        options = FetchOptions(proxy=f"http://user:p%40ss@{proxy.address}")

        async def main(fetcher: Fetcher) -> list[Fetched | Failure]:
            return [await fetcher.get(target), await fetcher.get("http://10.0.0.1/x")]

        through, refused = run_with_fetcher(options, main)
        assert got(through).body == b"proxied"
        assert lost(refused).kind is FailureClass.REFUSED_ADDRESS
        assert [seen.target for seen in proxy.seen] == ["http://news.example.org/robots.txt", target]
        assert proxy.seen[1].headers["proxy-authorization"] == "Basic dXNlcjpwQHNz"


def test_nothing_is_left_of_a_connection_whose_server_does_not_say_goodbye(tmp_path: Path) -> None:
    """What is left to the collector warns, and warnings are errors here."""
    file = certificate(tmp_path, "127.0.0.1")
    over = threading.Event()

    def silent() -> Iterator[bytes]:
        yield answer("all")  # Connection: close
        over.wait(10)

    with serving({"/": silent}, server_tls(file)) as site:
        try:
            assert got(fetch(site, ca_bundle=file, obey_robots=False)).body == b"all"
            gc.collect()
        finally:
            over.set()


@contextmanager
def tunnel_to(port: int) -> Iterator[tuple[int, list[str]]]:
    """A proxy that leads every CONNECT to one local port; gives its own port and the targets asked for."""
    asked: list[str] = []

    relays: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b" ")[1].decode())
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        try:
            await asyncio.gather(pump(reader, back), pump(there, writer))
        finally:
            for end in (back, writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.add(asyncio.ensure_future(relay(reader, writer)))

    async def serve() -> None:
        stop = asyncio.Event()
        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        started.put((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), stop))
        await stop.wait()
        server.close()
        # Not cancelled: the clients are gone, so that every relay comes to its end and closes both its ends.
        await asyncio.wait_for(asyncio.gather(*relays, return_exceptions=True), 5)

    started: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    own_port, loop, stop = started.get()
    try:
        yield own_port, asked
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def test_https_through_a_proxy_is_verified(tmp_path: Path) -> None:
    file = certificate(tmp_path, "news.example.org")
    outcomes = []
    with (
        serving({"/": answer("tunnelled")}, server_tls(file)) as site,
        tunnel_to(site.port) as (port, asked),
    ):
        for bundle in (file, None):
            options = FetchOptions(proxy=f"http://127.0.0.1:{port}", ca_bundle=bundle)
            outcomes.append(
                run_with_fetcher(options, lambda fetcher: fetcher.get("https://news.example.org/"))
            )
    assert got(outcomes[0]).body == b"tunnelled"
    assert lost(outcomes[1]).kind is FailureClass.TLS
    assert set(asked) == {"news.example.org:443"}
    gc.collect()


def test_a_proxy_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"http://news.example.org/": answer("proxied")}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        outcome = run_with_fetcher(FetchOptions(), lambda fetcher: fetcher.get("http://news.example.org/"))
    assert got(outcome).body == b"proxied"
