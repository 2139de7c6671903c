"""A loopback server that answers for the newsroom's hosts as a proxy would, over TLS too. It never forwards.

A crawl with ``proxy = http://127.0.0.1:PORT`` asks it for absolute addresses (RFC 9112, 3.2.2), or for a
tunnel to a host (CONNECT, RFC 9110, 9.3.6), whose far end is the server itself: the demo's pages keep the
addresses they have in the feeds, https included. Whatever is not the newsroom's is refused: nothing leaves
the machine.
"""

from __future__ import annotations

import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from presswatch.demo.authority import make_context
from presswatch.demo.newsroom import Newsroom

_IDLE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How to reach a served newsroom, for as long as it is served."""

    #: ``http://127.0.0.1:PORT``
    proxy: str
    #: the authority that signed its certificate, in PEM
    ca_file: Path


@contextmanager
def serve(newsroom: Newsroom) -> Iterator[Served]:
    """Serve ``newsroom`` on a free port of 127.0.0.1, and say where that is and whom to trust there."""
    with tempfile.TemporaryDirectory(prefix="presswatch-") as folder:
        context, ca_file = make_context(Path(folder), newsroom.hosts)
        with _Server(newsroom, context) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield Served(proxy=f"http://127.0.0.1:{server.server_port}", ca_file=ca_file)
            finally:
                server.shutdown()
                thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, newsroom: Newsroom, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.newsroom = newsroom
        self.context = context

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A crawler may hang up in the middle of an answer, or distrust the certificate; that is no news.
        if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: _Server
    #: the host at the far end of the tunnel this connection has become
    tunnel: str | None = None

    def answer(self) -> None:
        status, headers, body = self.server.newsroom.respond(
            self.command, self._url(), dict(self.headers), datetime.now(UTC)
        )
        # The body of a request is never read, so nothing may follow it on this connection.
        self.close_connection = self.close_connection or self.command not in ("GET", "HEAD")
        self._send(status, headers, body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if self.tunnel or port != "443" or host.lower() not in self.server.newsroom.hosts:
            self.close_connection = True
            refusal = b"This proxy leads to the demo's newsroom and nowhere else\n"
            self._send(403, {"Content-Type": "text/plain; charset=utf-8"}, refusal)
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self._enter_tunnel(host.lower())

    def finish(self) -> None:
        super().finish()
        if self.tunnel:
            # The server closes the socket it accepted, which wrapping has emptied; this one it does not know.
            self.connection.close()

    def _enter_tunnel(self, host: str) -> None:
        self.wfile.flush()
        super().finish()
        self.tunnel = host
        self.request = self.server.context.wrap_socket(
            self.connection, server_side=True, do_handshake_on_connect=False
        )
        self.setup()
        self.close_connection = False
        self.request.do_handshake()

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304 and self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _url(self) -> str:
        if self.path.lower().startswith(("http://", "https://")):
            return self.path
        scheme, host = ("https", self.tunnel) if self.tunnel else ("http", self.headers.get("Host", ""))
        return f"{scheme}://{host}{self.path}"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the terminal for the crawl's own words."""
