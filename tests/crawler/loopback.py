"""A real HTTP server on a loopback port that answers exactly the bytes a test wants."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = bytes | Callable[[], Iterator[bytes]]


@dataclass
class Seen:
    """One request as it arrived; ``at`` is the monotonic clock."""

    target: str
    headers: dict[str, str]
    at: float


@dataclass
class Loopback:
    """The server: ``answers`` by path, everything else is 404. ``seen`` holds the requests in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.address}{path}"

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.target == path]


def answer(
    body: bytes | str = b"",
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
    *,
    length: int = -1,
) -> bytes:
    """A whole HTTP/1.1 answer. ``length`` replaces the true Content-Length."""
    body = body.encode() if isinstance(body, str) else body
    fields = {"Content-Length": str(len(body) if length < 0 else length), "Connection": "close"}
    fields.update(headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


@contextmanager
def raw(reply: bytes | None) -> Iterator[Loopback]:
    """A TCP server that answers the client's first bytes with ``reply``; with None it never says a word."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.recv(65536)
                if reply is None:
                    over.wait(20)
                else:
                    self.request.sendall(reply)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Loopback(port=server.server_address[1], scheme="https")
        finally:
            over.set()
            server.shutdown()
            thread.join()


@contextmanager
def serving(
    answers: Mapping[str, Answer] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Loopback]:
    """A server while the block runs."""
    site = Loopback(dict(answers or {}), scheme="https" if tls else "http")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self._reply()

        def _reply(self) -> None:
            target = self.rfile.readline().decode("latin-1").split(" ")[1:2]
            headers: dict[str, str] = {}
            while (line := self.rfile.readline().decode("latin-1").strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if not target:
                return
            site.seen.append(Seen(target[0], headers, time.monotonic()))
            what = site.answers.get(target[0], answer(status="404 Not Found"))
            for part in [what] if isinstance(what, bytes) else what():
                self.wfile.write(part)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def get_request(self) -> tuple[object, object]:
            sock, address = super().get_request()
            return (tls.wrap_socket(sock, server_side=True) if tls else sock), address

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no error here."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
