"""A WebSub hub on loopback: takes subscriptions, verifies them by calling back, delivers pushes."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Form = dict[str, str]


class LoopbackHub:
    """``forms`` holds what subscribers sent, ``headers`` how. The answers can be set.

    With ``verifies_first`` the subscriber is called back before its request is answered, and ``told`` keeps
    what it said.
    """

    def __init__(self) -> None:
        self.base = ""
        self.forms: list[Form] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status = 202
        self.extra: dict[str, str] = {}
        self.words = ""
        self.redirects: dict[str, tuple[int, str]] = {}
        self.verifies_first = False
        self.told: list[tuple[int, bytes]] = []

    @property
    def address(self) -> str:
        return urlsplit(self.base).netloc

    def take(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], str]:
        self.paths.append(path)
        if path in self.redirects:
            status, target = self.redirects[path]
            return status, {"Location": target}, ""
        form = dict(parse_qsl(body.decode(), strict_parsing=True))
        self.headers.append({name.lower(): value for name, value in headers.items()})
        self.forms.append(form)
        if self.verifies_first:
            self.told.append(verify(form))
        return self.status, self.extra, self.words


@contextmanager
def hub_serving(tls: ssl.SSLContext | None = None) -> Iterator[LoopbackHub]:
    """A hub while the block runs."""
    hub = LoopbackHub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(*hub.take(self.path, self.headers, body))

        def do_GET(self) -> None:
            hub.paths.append(f"GET {self.path}")
            self.reply(202, {}, "")

        def reply(self, status: int, headers: dict[str, str], words: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "text/plain", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(words.encode())))
            self.end_headers()
            self.wfile.write(words.encode())

        def log_message(self, *_: object) -> None:
            """Tests ask, nobody reads along."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    hub.base = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def verify(form: Form, **changes: str) -> tuple[int, bytes]:
    """Call a subscriber back about what it sent; ``changes`` to the fields, without their ``hub.``."""
    fields = {"mode": form["hub.mode"], "topic": form["hub.topic"], "challenge": "c4a11e/n+ge=?"}
    fields |= {"lease_seconds": form["hub.lease_seconds"], **changes}
    query = urlencode({f"hub.{name}": value for name, value in fields.items()})
    return _call("GET", f"{form['hub.callback']}?{query}", b"", {})


def deliver(form: Form, body: bytes, method: str = "sha256", secret: str | None = None) -> int:
    """Push a new document; signed with the subscriber's secret, or with another one."""
    headers = {"Content-Type": "application/rss+xml"}
    key = form.get("hub.secret") if secret is None else secret
    if key:
        digest = hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()
        headers["X-Hub-Signature"] = f"{method}={digest}"
    return _call("POST", form["hub.callback"], body, headers)[0]


def _call(method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(
            method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
