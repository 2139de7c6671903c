"""What the daemon's HTTP server answers, and what it does not put up with."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge

from pipeline.errors import UsageError
from scheduler.http_message import (
    Listen,
    RefusedRequest,
    Request,
    Response,
    host_allowed,
    parse_head,
    parse_listen,
)
from scheduler.http_server import MOST_BODY, MOST_CONNECTIONS, Route, StatusServer
from scheduler.status import Condition, exposure, health_response, routes

FINE = Condition(tick_age=3.0, patience=60.0)


async def echo(request: Request) -> Response:
    """Answers with what it was asked."""
    return Response(body=f"{request.method} {request.path} {request.query} ".encode() + request.body)


async def bug(_: Request) -> Response:
    raise RuntimeError("a bug")


def server(condition: Condition = FINE, deadline: float = 10.0) -> StatusServer:
    registry = CollectorRegistry()
    Gauge("presswatch_test", "A figure.", registry=registry).set(7)
    extra = {"/websub/": Route(echo, frozenset({"GET", "POST"})), "/bug": Route(bug)}
    return StatusServer(
        listen=Listen("127.0.0.1", 0),
        routes=routes(lambda: condition, registry) | extra,
        names=frozenset({"press.example.org"}),
        deadline=deadline,
    )


@asynccontextmanager
async def connected(address: Listen) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is really closed at the end."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def said(address: Listen, sent: bytes, *, more: bool = False) -> bytes:
    """All that the server answers to these bytes; without ``more`` nothing follows them."""
    async with connected(address) as (reader, writer):
        writer.write(sent)
        if not more:
            writer.write_eof()
        async with asyncio.timeout(20):
            return await reader.read()


def ask(sent: bytes, running: StatusServer | None = None, *, more: bool = True) -> tuple[int, str, bytes]:
    """Status, head and body of the answer of a server that is started for it."""

    async def talk() -> bytes:
        served = running or server()
        await served.start()
        try:
            return await said(served.listen, sent, more=more)
        finally:
            await served.close()

    answer = asyncio.run(talk())
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), body


def get(path: str, *lines: str, method: str = "GET") -> bytes:
    fields = "".join(f"{line}\r\n" for line in lines or ("Host: 127.0.0.1:8790",))
    return f"{method} {path} HTTP/1.1\r\n{fields}\r\n".encode()


def post(path: str, body: bytes, *lines: str) -> bytes:
    return get(path, "Host: localhost", f"Content-Length: {len(body)}", *lines, method="POST") + body


# --- what it answers -------------------------------------------------------------------------------------


def test_a_healthy_daemon_says_ok() -> None:
    status, head, body = ask(get("/healthz"))
    assert status == 200
    assert json.loads(body) == {"status": "ok", "seconds_since_tick": 3.0}
    assert "Server:" not in head


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Condition(tick_age=61.0, patience=60.0), "no tick for 61 s"),
        (Condition(tick_age=1.0, patience=60.0, store_fault="press.db: the disk is full"), "disk is full"),
        (Condition(tick_age=1.0, patience=60.0, stopping=True), "stopping"),
    ],
)
def test_a_daemon_in_trouble_says_why(condition: Condition, reason: str) -> None:
    status, _, body = ask(get("/healthz"), server(condition))
    assert status == 503
    assert reason in json.loads(body)["reason"]


def test_faults_are_told_together() -> None:
    both = Condition(tick_age=61.0, patience=60.0, store_fault="gone\udc80")
    assert b"no tick for 61 s, at most 60 s are in order; gone" in health_response(both).body


def test_metrics_are_prometheus_text() -> None:
    status, head, body = ask(get("/metrics?name=x"))
    assert status == 200
    assert "Content-Type: text/plain; version=" in head
    assert b"presswatch_test 7.0" in body


def test_head_is_get_without_the_body() -> None:
    status, head, body = ask(get("/healthz", method="HEAD"))
    assert (status, body) == (200, b"")
    assert "Content-Length: 0" not in head
    assert ask(get("/nothing", method="HEAD"))[::2] == (404, b"")


def test_a_prefix_takes_get_and_post() -> None:
    assert ask(get("/websub/t0k3n?hub.challenge=1"))[2] == b"GET /websub/t0k3n hub.challenge=1 "
    assert ask(post("/websub/t0k3n", b"<feed/>"))[2] == b"POST /websub/t0k3n  <feed/>"
    assert ask(post("/websub/t", b"<feed/>", "Expect: 100-continue"))[0] == 100


def test_a_body_may_come_in_chunks() -> None:
    head = get("/websub/t", "Host: localhost", "Transfer-Encoding: chunked", method="POST")
    assert (
        ask(head + b"5;x=y\r\n<feed\r\n2\r\n/>\r\n0\r\nTrailer: x\r\n\r\n")[2] == b"POST /websub/t  <feed/>"
    )
    assert ask(head + b"zz\r\n")[0] == 400
    assert ask(head + b"fffffff\r\n")[0] == 413
    assert ask(head + b"2\r\nabc\r\n")[0] == 400


# --- what it refuses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (get("/"), 404),
        (get("/healthz/"), 404),
        (get("/websub"), 404),
        (get("/../etc/passwd"), 404),
        (post("/healthz", b"x"), 405),
        (get("/metrics", method="DELETE"), 405),
        (get("/healthz", "Host: evil.example"), 403),
        (get("/healthz", "Host: 10.0.0.7"), 403),
        (get("/healthz", "Host: localhost.evil.example:8790"), 403),
        (get("/healthz", "Accept: */*"), 400),
        (get("/healthz", "Host: localhost", "Host: localhost"), 400),
        (get("/healthz", "Host: localhost", "X:\x00"), 400),
        (get("/healthz", "Host: localhost", " folded: x"), 400),
        (get("http://localhost/healthz"), 400),
        (b"GET /healthz\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (get("/healthz", "Host: localhost", f"X: {'x' * 20000}"), 431),
        (get("/websub/t", "Host: localhost", f"Content-Length: {MOST_BODY + 1}", method="POST"), 413),
        (get("/websub/t", "Host: localhost", "Content-Length: 9" + "9" * 5000, method="POST"), 413),
        (get("/websub/t", "Host: localhost", "Content-Length: -1", method="POST"), 400),
        (get("/websub/t", "Host: localhost", "Transfer-Encoding: gzip", method="POST"), 501),
        (post("/websub/t", b"x", "Transfer-Encoding: chunked"), 400),
    ],
)
def test_what_is_refused(sent: bytes, status: int) -> None:
    assert ask(sent, more=False)[0] == status


def test_a_body_that_is_too_long_is_refused_so_that_its_sender_learns_it() -> None:
    assert ask(post("/websub/t", b"x" * (MOST_BODY + 1)), more=False)[0] == 413


def test_a_refused_method_is_told_the_right_ones() -> None:
    assert "Allow: GET, HEAD" in ask(post("/metrics", b""))[1]


def test_a_name_that_was_allowed_is_answered() -> None:
    assert ask(get("/healthz", "Host: press.example.org"))[0] == 200


def test_a_handlers_bug_is_answered_and_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "asyncio"):
        status, _, _ = ask(get("/bug"))
    assert status == 500
    assert "RuntimeError: a bug" in caplog.text


def test_a_slow_client_is_left() -> None:
    async def talk() -> None:
        served = server(deadline=0.2)
        await served.start()
        async with connected(served.listen) as (reader, writer), asyncio.timeout(10):
            writer.write(b"GET /healthz HT")
            with suppress(ConnectionError):  # reset or closed, as the kernel likes
                assert await reader.read() == b""
        await served.close()

    asyncio.run(talk())


def test_many_who_say_nothing_do_not_keep_it_from_ending() -> None:
    async def talk() -> None:
        served = server()
        await served.start()
        async with AsyncExitStack() as silent:
            for _ in range(MOST_CONNECTIONS):
                await silent.enter_async_context(connected(served.listen))
            answer = await said(served.listen, b"")
            assert b" 503 " in answer.split(b"\r\n")[0]
            async with asyncio.timeout(5):
                await served.close()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(talk())


def test_who_hangs_up_gets_no_answer_and_leaves_nothing() -> None:
    async def talk() -> None:
        served = server()
        await served.start()
        assert await said(served.listen, b"GET /he") == b""
        assert b"200 OK" in await said(served.listen, get("/healthz"), more=True)
        await served.close()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(talk())


# --- where it listens ------------------------------------------------------------------------------------


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        second = StatusServer(listen=Listen("127.0.0.1", port), routes={})
        with pytest.raises(UsageError, match=rf"--listen 127\.0\.0\.1:{port}: the port is in use"):
            asyncio.run(second.start())


def test_an_address_of_another_machine_is_one_line() -> None:
    with pytest.raises(UsageError, match="this machine has no such address"):
        asyncio.run(StatusServer(listen=Listen("192.0.2.1", 0), routes={}).start())


def test_listen_is_an_address_and_a_port() -> None:
    assert parse_listen("127.0.0.1:8790") == Listen("127.0.0.1", 8790)
    assert parse_listen("localhost:0") == Listen("127.0.0.1", 0)
    assert str(parse_listen("[::1]:8790")) == "[::1]:8790"
    for wrong in (
        "8790",
        ":8790",
        "127.0.0.1",
        "127.0.0.1:70000",
        "press.example:80",
        "1.2.3.4:x",
        "",
        "a:1:2",
    ):
        with pytest.raises(UsageError, match="--listen"):
            parse_listen(wrong)


def test_only_an_address_that_others_reach_is_warned_of() -> None:
    assert exposure(Listen("127.0.0.1", 1)) is None
    assert exposure(Listen("::1", 1)) is None
    assert "0.0.0.0:8790" in (exposure(Listen("0.0.0.0", 8790)) or "")


def test_beyond_loopback_addresses_and_bare_names_are_answered_but_no_strangers() -> None:
    everywhere, here = Listen("0.0.0.0", 8790), Listen("127.0.0.1", 8790)
    for host in ("10.0.0.7:8790", "presswatch:8790", "[fd00::7]:8790"):
        assert host_allowed(host, everywhere)
        assert not host_allowed(host, here)
    for host in ("LOCALHOST", "127.0.0.1", "127.8.8.8:1", "[::1]:8790", "localhost."):
        assert host_allowed(host, everywhere)
        assert host_allowed(host, here)
    for host in ("evil.example", "", None, "127.0.0.1.evil.example", "a b", "x@localhost", "[zz]"):
        assert not host_allowed(host, everywhere)
        assert not host_allowed(host, here)


@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_refused(head: bytes) -> None:
    try:
        request = parse_head(head)
    except RefusedRequest:
        return
    assert request.path.startswith(("/", "*"))


@given(st.text())
def test_no_host_is_more_than_refused(text: str) -> None:
    assert host_allowed(text, Listen("127.0.0.1", 1)) in (True, False)
