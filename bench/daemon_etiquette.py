"""The daemon's manners over virtual days: it runs under libfaketime against a server that scores them.

python -m bench.daemon_etiquette [--hours 48] [--rate 240] [--server FILE] [--port 8863]

Needs Debian's ``faketime`` and the scoring server (``feed_etiquette_server.py``), whose clock runs at the same
rate. The wall clock is faked, the monotonic one is not: what waits by the monotonic clock (ticks, deadlines, the
pause between two requests to a host) is long in virtual time. So ticks come every half second,
requests are hardly paused, and a crawl lives for ten virtual minutes (a host that asks for a pause is left alone
by that crawl). The daemon is restarted half-way.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from bench.process import children
from crawler.work import Drain
from pipeline.decide import Polling
from pipeline.store import outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec

_SERVER: Final = Path(__file__).resolve().parents[2] / "shared" / "hostile" / "feed_etiquette_server.py"
_START: Final = "2026-11-02T00:00:00"
_TICK: Final = 0.5
#: seconds between two requests to a host: the part of it that counts is measured by the faked clock
_PAUSE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One run over virtual time: ``rate`` virtual seconds a second, against the server at ``port``."""

    folder: Path
    port: int
    rate: float
    hours: float

    @property
    def db(self) -> Path:
        """The database."""
        return self.folder / "etiquette.db"

    def ask(self, what: str) -> Any:
        """One of the server's control pages, as JSON."""
        with urlopen(f"http://127.0.0.1:{self.port}/_ctl/{what}", timeout=20) as answer:
            return json.loads(answer.read())

    def now(self) -> datetime:
        """The server's virtual time."""
        with urlopen(f"http://127.0.0.1:{self.port}/_ctl/feeds", timeout=20) as answer:
            return parsedate_to_datetime(answer.headers["Date"])

    def begin(self) -> str:
        """What ``FAKETIME`` is to be for a process that starts now."""
        return f"@{self.now():%Y-%m-%d %H:%M:%S} x{self.rate:g}"


def work(db: Path, address: str, rate: float) -> None:
    """A crawl child as ``presswatch work`` is one; its life is as long in virtual time as it is in true time.

    Two requests at once: for an address that is allowed by name, as one's own is, there are no other bounds.
    """
    from crawler.options import FetchOptions
    from crawler.run import CrawlOptions, crawl
    from presswatch.cli.output import print_line
    from presswatch.cli.summary import report_dict
    from scheduler.cadence import Cadence

    threading.Thread(target=_end_with_parent, daemon=True).start()
    polling = Polling()
    options = CrawlOptions(
        db=db,
        fetch=FetchOptions(allow_addresses=frozenset({address}), delay=_PAUSE, concurrency=2),
        polling=polling,
        pace=Cadence(polling),
        drain=Drain(seconds=Drain().seconds / rate, step=_TICK),
        beat=lambda: print_line({"beat": True}),
    )
    print_line({"report": report_dict(crawl(options))})


def launch(db: Path, address: str, rate: float) -> None:
    """Become a crawl child whose clock goes on where the server's is: by itself each begins at the start again."""
    course = Course(folder=db.parent, port=int(address.rpartition(":")[2]), rate=rate, hours=0)
    command = [sys.executable, "-m", "bench.daemon_etiquette", "work", str(db), address, str(rate)]
    os.execve(command[0], command, os.environ | {"FAKETIME": course.begin()})


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def daemon(db: Path, address: str, rate: float) -> None:
    """The daemon, in virtual time."""
    from scheduler.daemon import Surroundings, run_daemon
    from scheduler.log import install
    from scheduler.options import DaemonOptions

    crawl = (sys.executable, "-m", "bench.daemon_etiquette", "launch", str(db), address, str(rate))
    care = (sys.executable, "-m", "presswatch", "--db", str(db), "upkeep")
    options = DaemonOptions(db=db, crawl=crawl, care=care, listen=None, tick=_TICK)
    undo = install()
    try:
        run_daemon(options, Surroundings(environ={}, reread=lambda: options, ready=lambda _: None))
    finally:
        undo()


@contextmanager
def _faked(course: Course) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon from the server's time on."""
    address = f"127.0.0.1:{course.port}"
    command = [sys.executable, "-m", "bench.daemon_etiquette", "daemon", str(course.db), address]
    real = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1", "NO_FAKE_STAT": "1", "TZ": "UTC"}
    with (
        (course.folder / "log").open("ab") as log,
        subprocess.Popen(
            ["faketime", "-m", "-f", course.begin(), *command, str(course.rate)],
            env=os.environ | real,
            stderr=log,
        ) as process,
    ):
        try:
            yield process
        finally:
            for pid in children(process.pid):  # ``faketime`` waits for the daemon, and tells it nothing
                os.kill(pid, signal.SIGTERM)
            process.wait(120)


@contextmanager
def _server(file: Path, port: int, rate: float) -> Iterator[None]:
    command = [sys.executable, str(file), "serve", "--port", str(port), "--start", _START]
    life = ["--rate", str(rate), "--life", "7200"]
    with subprocess.Popen([*command, *life], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield
        finally:
            process.kill()


def _watch(course: Course) -> None:
    """Every feed of the server is an outlet of its own."""
    feeds, now = course.ask("feeds"), course.now().astimezone(UTC)
    with open_store(course.db) as store:
        for url in feeds:
            name = url.rpartition("/")[2].removesuffix(".xml")
            spec = OutletSpec(slug=name, name=name, home=url, feeds=(OutletFeed(url=url),))
            outlets.add_outlet(store, spec, now)


def _until(course: Course, hours: float) -> None:
    start = datetime.fromisoformat(_START).replace(tzinfo=UTC)
    while (course.now() - start).total_seconds() < hours * 3600:
        time.sleep(0.5)


def score(course: Course) -> dict[str, Any]:
    """Let the daemon run, restarted half-way, and have the server score it."""
    _watch(course)
    with _faked(course):
        _until(course, course.hours / 2)
        course.ask("mark?name=restart0")
    with _faked(course):
        _until(course, course.hours / 2 + 0.5)
        course.ask("mark?name=restart1")
        _until(course, course.hours)
    result: dict[str, Any] = course.ask("score")
    (course.folder / "requests.json").write_text(json.dumps(course.ask("log")))
    return result


def _print(result: dict[str, Any], wall: float) -> None:
    print(
        f"{result['score']} of {result['of']} rules, {result['requests_per_feed']} requests a feed,"
        f" {result['requests']} requests in {result['virtual_hours']:.1f} virtual hours, {wall:.0f} s"
    )
    for name in result["failed"]:
        print(f"failed: {name}: {result['rules'][name][0]}")
    print(f"not applicable: {', '.join(result['na']) or 'none'}")


def main() -> None:
    """Score the daemon; the other two modes are its processes."""
    if sys.argv[1:2] in (["daemon"], ["launch"], ["work"]):
        mode, db, address, rate = sys.argv[1:]
        {"daemon": daemon, "launch": launch, "work": work}[mode](Path(db), address, float(rate))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hours", type=float, default=48)
    parser.add_argument("--rate", type=float, default=240)
    parser.add_argument("--port", type=int, default=8863)
    parser.add_argument("--server", type=Path, default=_SERVER)
    parser.add_argument("--keep", type=Path, help="a folder for the database, the daemon's log, the requests")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, _server(options.server, options.port, options.rate):
        folder = options.keep or Path(name)
        course = Course(folder=folder, port=options.port, rate=options.rate, hours=options.hours)
        _print(score(course), time.monotonic() - began)


if __name__ == "__main__":
    main()
