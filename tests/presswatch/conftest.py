"""The command line under test: in this process through click, and as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from presswatch.cli.main import cli

HARBOUR = (
    "The harbour of Kalmar opened again on Monday after three weeks of repairs to its northern wall.\n\n"
    "Fishermen said that the new crane lifts twice as much as the old one did before the storm.\n\n"
    "The town will decide in December whether the southern wall is to be rebuilt as well."
)


@dataclass
class Presswatch:
    """The command ``presswatch --db …`` in a folder of its own."""

    folder: Path
    options: list[str] = field(default_factory=list)

    @property
    def db(self) -> Path:
        return self.folder / "news.db"

    def __call__(self, *words: object, stdin: str | None = None) -> Result:
        """Run in this process; a traceback fails the test."""
        arguments = ["--db", str(self.db), *self.options, *map(str, words)]
        result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="presswatch")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def good(self, *words: object) -> str:
        """The standard output of a run that must succeed."""
        result = self(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: object) -> Any:
        """The document of a run with --json: all of the standard output."""
        at = words.index("--") if "--" in words else len(words)
        return json.loads(self(*words[:at], "--json", *words[at:]).stdout)

    def rows(self, *rows: dict[str, Any]) -> Result:
        """Import articles."""
        file = self.folder / "rows.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return self("import", file)

    def spawn(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run as a process of its own, as users do."""
        return subprocess.run(
            [sys.executable, "-m", "presswatch", *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **environment},
        )


@pytest.fixture
def presswatch(tmp_path: Path) -> Presswatch:
    """The command with a database that does not exist yet."""
    return Presswatch(tmp_path)


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """A row for ``import``; any key may be given."""

    def make(number: int = 1, **given: Any) -> dict[str, Any]:
        return {
            "url": f"https://gazette.example.org/news/{number}",
            "title": f"Harbour opens, part {number}",
            "text": HARBOUR + f"\n\nThis is report number {number}.",
            "published": f"2026-11-{number:02}T08:00:00+01:00",
            "language": "en",
            "outlet": "gazette",
        } | given

    return make


@dataclass
class Site:
    """A web server on loopback: ``answers`` by path as (content type, text), everything else is 404."""

    address: str
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def feed(self, path: str, *items: tuple[str, str]) -> str:
        """Serve an RSS feed of (path, title) and return its address."""
        entries = "".join(
            f"<item><title>{title}</title><link>{self.url(link)}</link><guid>{self.url(link)}</guid>"
            "<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item>"
            for link, title in items
        )
        channel = f"<title>The Gazette</title><link>{self.url('/')}</link>{entries}"
        self.answers[path] = ("application/rss+xml", f'<rss version="2.0"><channel>{channel}</channel></rss>')
        return self.url(path)

    def page(self, path: str, title: str, text: str = HARBOUR) -> str:
        """Serve an article and return its address."""
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
        head = f"<head><title>{title}</title></head>"
        body = f"<body><article><h1>{title}</h1>{paragraphs}</article></body>"
        self.answers[path] = ("text/html; charset=utf-8", f"<!doctype html><html lang=en>{head}{body}</html>")
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    """A running :class:`Site`."""
    served = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = served.answers.get(self.path, ("text/plain", ""))
            body = text.encode()
            self.send_response(200 if self.path in served.answers else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()
