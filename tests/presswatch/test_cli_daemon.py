"""``presswatch daemon`` as a process of its own, beside others."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import care, runs
from pipeline.store.connection import open_store

# Fixtures of this folder's conftest; their classes cannot be imported by name.
Presswatch = Any
Site = Any

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "[daemon]\ntick_seconds = 0.1\n[fetch]\ndelay = 0\ndeadline_seconds = 20\n"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for a condition, with a deadline."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


class Recorded(dict[str, tuple[str, str]]):
    """A site's answers, and what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda path: None

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.append(key)
        self.before(key)
        return super().get(key, default)


class Daemon:
    """A daemon at work on a database in ``folder``."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.db, self.config = folder / "news.db", folder / "presswatch.toml"
        self.config.write_text(CONFIG)
        self.said, self.events_file = folder / "stdout", folder / "stderr"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> list[str]:
        options = ["--db", str(self.db), "--config", str(self.config), "--allow-address", self.address]
        return [sys.executable, "-m", "presswatch", *options, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command beside it."""
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, check=False, timeout=60, env=self.environ
        )

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(self, *words: str) -> None:
        with self.said.open("wb") as out, self.events_file.open("wb") as err:
            self.process = subprocess.Popen(
                self.command("daemon", "--listen", "127.0.0.1:0", *words),
                stdout=out,
                stderr=err,
                env=self.environ,
            )
        until(lambda: b"\n" in self.said.read_bytes() or self.running.poll() is not None)

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process

    @property
    def url(self) -> str:
        found = re.fullmatch(
            rf"ready: crawling into {self.db}, listening on (127\.0\.0\.1:\d+), pid {self.running.pid}\n",
            self.said.read_text(),
        )
        assert found is not None, self.said.read_text()
        return f"http://{found[1]}"

    def page(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return str(answer.read().decode())

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        lines = self.events_file.read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in found if name in (None, event["event"])]

    def children(self) -> list[int]:
        pid = self.running.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Exit code, and how long it took."""
        began = time.monotonic()
        self.running.send_signal(number)
        return self.running.wait(60), time.monotonic() - began

    def titles(self) -> list[str]:
        with open_store(self.db) as store:
            return [row["title"] for row in store.all("SELECT title FROM articles_latest ORDER BY id")]

    def make_due(self) -> None:
        with open_store(self.db) as store:
            store.execute("UPDATE feeds SET next_check = '2026-01-01T00:00:00+00:00'")

    def sound(self) -> None:
        with open_store(self.db) as store:
            assert care.check(store) == []
            assert runs.living_runs(store) == []


@pytest.fixture
def answers(site: Site) -> Recorded:
    """The site's answers: a feed of two articles."""
    site.answers = Recorded()
    site.feed("/rss", ("/1", "Story one"), ("/2", "Story two"))
    site.page("/1", "Story one", "One bridge was opened.\n\nMany came to see it on that day.")
    site.page("/2", "Story two", "Two roads were closed.\n\nNobody came to see that, they say.")
    answers: Recorded = site.answers
    return answers


@pytest.fixture
def daemon(tmp_path: Path, site: Site, answers: Recorded) -> Iterator[Daemon]:
    """A daemon that is not started yet, on a database that watches the site."""
    made = Daemon(tmp_path, site.address)
    added = made.run("outlets", "add", site.url("/rss"))
    assert added.returncode == 0, added.stderr
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def idle(daemon: Daemon) -> bool:
    """Whether the first crawl is over."""
    return bool(daemon.events("crawl_ended")) and not daemon.children()


def test_it_crawls_says_so_and_takes_what_comes_later(daemon: Daemon, site: Site, answers: Recorded) -> None:
    daemon.start()
    assert json.loads(daemon.page("/healthz"))["status"] == "ok"
    assert "presswatch_" in daemon.page("/metrics")
    until(lambda: len(daemon.titles()) == 2)
    site.feed("/rss", ("/3", "Story three"), ("/1", "Story one"), ("/2", "Story two"))
    site.page("/3", "Story three", "Three ships came in.\n\nThe harbour was full on that evening.")
    until(lambda: idle(daemon))
    daemon.make_due()
    until(lambda: "Story three" in daemon.titles())
    assert [answers.asked.count(f"/{n}") for n in (1, 2, 3)] == [1, 1, 1]
    until(lambda: len(daemon.events("crawl_ended")) == 2)
    first = daemon.events("crawl_ended")[0]
    assert (first["new"], first["feeds_polled"], first["level"]) == (2, 1, "info")
    assert len(daemon.said.read_text().splitlines()) == 1
    code, seconds = daemon.end()
    assert code == 0
    assert seconds < 5
    assert daemon.events()[-1]["event"] == "stopped"
    daemon.sound()


def test_int_ends_it_as_well(daemon: Daemon) -> None:
    daemon.start()
    until(lambda: idle(daemon))
    code, seconds = daemon.end(signal.SIGINT)
    assert code == 0
    assert seconds < 5
    assert b"Traceback" not in daemon.events_file.read_bytes()


def test_term_finishes_what_is_in_flight(daemon: Daemon, answers: Recorded) -> None:
    def wait_for_the_end(path: str) -> None:
        if path == "/1":
            until(lambda: bool(daemon.events("stopping")))

    answers.before = wait_for_the_end
    daemon.start()
    until(lambda: "/1" in answers.asked)
    code, _ = daemon.end()
    assert code == 0
    assert "Story one" in daemon.titles()
    assert daemon.events("crawl_died") == []
    daemon.sound()


def test_hup_takes_new_orders_and_refuses_faulty_ones(daemon: Daemon, site: Site, answers: Recorded) -> None:
    daemon.start()
    until(lambda: idle(daemon))
    daemon.config.write_text(CONFIG + "[daemon]\nworkers = \n")
    daemon.running.send_signal(signal.SIGHUP)
    until(lambda: bool(daemon.events("reread_failed")))
    assert "presswatch.toml" in daemon.events("reread_failed")[0]["message"]
    site.feed("/rss", ("/3", "Story three"))
    site.page("/3", "Story three", "Three ships came in.\n\nThe harbour was full on that evening.")
    daemon.make_due()
    until(lambda: "Story three" in daemon.titles())  # the old orders hold, for the crawls, too
    daemon.config.write_text(CONFIG.replace("[daemon]", "[daemon]\nworkers = 3\nlisten = '127.0.0.1:1'"))
    daemon.running.send_signal(signal.SIGHUP)
    until(lambda: bool(daemon.events("reread")))
    assert daemon.events("reread")[0]["workers"] == 3
    assert daemon.end()[0] == 0


def test_a_second_one_is_told_of_the_first(daemon: Daemon) -> None:
    daemon.start()
    second = daemon.run("daemon", "--listen", "127.0.0.1:0")
    assert second.returncode == 4
    assert f"pid {daemon.running.pid}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_a_port_in_use_is_one_line(daemon: Daemon) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = daemon.run("daemon", "--listen", f"127.0.0.1:{port}")
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_crawl_by_hand_beside_it_asks_for_nothing_twice(
    daemon: Daemon, site: Site, answers: Recorded
) -> None:
    names = [(f"/n{n}", f"Story number {n}") for n in range(20)]
    site.feed("/rss", *names)
    for path, title in names:
        site.page(path, title, f"This is about {title}.\n\nIt was a long day for all of them.")
    daemon.start()
    codes = {daemon.run("crawl", "--all").returncode for _ in range(2)}
    assert codes <= {0, 4}
    until(lambda: len(daemon.titles()) == 20)
    assert sorted(path for path in answers.asked if path.startswith("/n")) == sorted(p for p, _ in names)
    assert daemon.end()[0] == 0
    daemon.sound()


def test_no_crawl_outlives_a_daemon_that_is_killed(daemon: Daemon, answers: Recorded) -> None:
    held: list[bool] = []

    def hold(path: str) -> None:
        if path == "/1":
            until(lambda: bool(held))

    answers.before = hold
    daemon.start()
    until(lambda: "/1" in answers.asked)
    (child,) = daemon.children()
    daemon.running.kill()
    daemon.running.wait()
    held.append(True)
    until(lambda: not Path(f"/proc/{child}").exists())
    assert "Story one" in daemon.titles()  # what was in flight is stored
    daemon.sound()


def test_a_crawl_that_is_killed_is_buried_and_told(daemon: Daemon, answers: Recorded) -> None:
    held: list[bool] = []
    answers.before = lambda path: until(lambda: bool(held)) if path == "/1" else None
    daemon.start()
    until(lambda: "/1" in answers.asked)
    (child,) = daemon.children()
    os.kill(child, signal.SIGKILL)
    until(lambda: bool(daemon.events("crawl_died")))
    held.append(True)
    assert daemon.events("crawl_died")[0]["why"] == "killed by signal 9"
    assert daemon.end()[0] == 0
    daemon.sound()


def test_a_bug_ends_it_with_a_traceback(daemon: Daemon) -> None:
    daemon.start()
    until(lambda: idle(daemon))
    with open_store(daemon.db) as store:
        store.execute("ALTER TABLE pages RENAME COLUMN next_attempt TO another")
    assert daemon.running.wait(30) == 1
    said = daemon.events_file.read_text()
    assert "Traceback" in said
    assert "next_attempt" in said


def test_a_crawl_starts_no_processes_of_its_own(daemon: Daemon, answers: Recorded) -> None:
    """So a daemon that is process 1 of a container has none but its own children to bury."""
    held: list[bool] = []
    answers.before = lambda path: until(lambda: bool(held)) if path == "/1" else None
    daemon.start()
    until(lambda: "/1" in answers.asked)
    (child,) = daemon.children()
    tasks = Path(f"/proc/{child}/task").iterdir()
    assert "".join((task / "children").read_text() for task in tasks) == ""
    held.append(True)
    until(lambda: idle(daemon))
    assert daemon.children() == []
    assert daemon.end()[0] == 0


def test_a_child_that_does_not_heed_its_daemons_end_is_killed() -> None:
    deaf = (
        "import signal, threading\nfrom presswatch.cli.work import end_with_parent\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nend_with_parent(0.1)\nthreading.Event().wait(60)\n"
    )
    ended = subprocess.run([sys.executable, "-c", deaf], stdin=subprocess.DEVNULL, timeout=30, check=False)
    assert ended.returncode == -signal.SIGKILL
