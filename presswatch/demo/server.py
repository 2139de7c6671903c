"""A loopback HTTP server that answers for the newsroom's hosts as a proxy would. It never forwards.

A crawl with ``proxy = http://127.0.0.1:PORT`` asks it for absolute addresses (RFC 9112, 3.2.2), so the demo's
pages keep the addresses they have in the feeds. Whatever is not the newsroom's is answered 404: nothing
leaves the machine.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from presswatch.demo.newsroom import Newsroom

_IDLE_SECONDS = 30


@contextmanager
def serve(newsroom: Newsroom) -> Iterator[str]:
    """Serve ``newsroom`` on a free port of 127.0.0.1 and yield the proxy URL, ``http://127.0.0.1:PORT``."""
    with _Server(newsroom) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.newsroom = newsroom

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A crawler may hang up in the middle of an answer; that is its right and no news.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    server: _Server

    def answer(self) -> None:
        status, headers, body = self.server.newsroom.respond(
            self.command, self._url(), dict(self.headers), datetime.now(UTC)
        )
        # The body of a request is never read, so nothing may follow it on this connection.
        self.close_connection = self.close_connection or self.command not in ("GET", "HEAD")
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304 and self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_CONNECT = answer  # noqa: N815

    def _url(self) -> str:
        is_absolute = self.path.lower().startswith(("http://", "https://"))
        return self.path if is_absolute else f"http://{self.headers.get('Host', '')}{self.path}"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the terminal for the crawl's own words."""
