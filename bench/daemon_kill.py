"""Kill the daemon, its crawls, or both at random moments, set its clock wrong, stop it; then see what is left.

python -m bench.daemon_kill [--kills 200] [--terms 50] [--no-clock]

A loopback newsroom publishes all the while. The daemon's time passes sixty times as fast as ours (libfaketime,
whose file of offsets is written anew all the time; its monotonic clock is left alone), so that the hours between
two polls of a feed are minutes here.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.newsroom import Newsroom, serve
from pipeline.store import care, outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec

#: seconds of the daemon's for one of ours
RATE = 60.0
DAY = timedelta(days=1)
_CONFIG = """
[daemon]
tick_seconds = 10
run_minutes = 0.3
[fetch]
delay = 0
[crawl]
recheck_hours = []
"""


class Clock:
    """The daemon's time: ours, sixty times as fast, and as wrong as is wished."""

    def __init__(self, file: Path) -> None:
        self._file, self._began, self._start = file, time.monotonic(), time.time()
        self.wrong = 0.0
        self._stop = threading.Event()
        self.tell()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def true(self) -> float:
        """The newsroom's time, in seconds of Unix."""
        return self._start + (time.monotonic() - self._began) * RATE

    def set_to(self, moment: datetime) -> None:
        """Make it a certain time, for the newsroom as well."""
        self._start += moment.timestamp() - self.true

    def tell(self) -> None:
        """Write the offset for libfaketime."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{self.true + self.wrong - time.time():+.3f}\n")
        new.replace(self._file)

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self.tell()

    def close(self) -> None:
        """No more time passes."""
        self._stop.set()
        self._thread.join()


@dataclass(slots=True)
class Watch:
    """A daemon that is killed and started anew, and what it leaves behind."""

    folder: Path
    newsroom: Newsroom
    clock: Clock
    zone: str = "UTC"
    process: subprocess.Popen[str] | None = None
    orphans: list[int] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    term_seconds: list[float] = field(default_factory=list)

    @property
    def db(self) -> Path:
        """The database."""
        return self.folder / "press.db"

    def prepare(self) -> None:
        """A database that watches every outlet."""
        (self.folder / "presswatch.toml").write_text(_CONFIG)
        began = datetime.fromtimestamp(self.clock.true, UTC)
        with open_store(self.db) as store:
            for number, base in enumerate(self.newsroom.bases):
                feeds = (OutletFeed(url=f"{base}/rss"),)
                spec = OutletSpec(slug=f"outlet-{number}", name=f"Outlet {number}", home=base, feeds=feeds)
                outlets.add_outlet(store, spec, began)

    def start(self) -> None:
        """Start the daemon and wait until it is ready."""
        command = [sys.executable, "-m", "presswatch", "--db", str(self.db)]
        command += ["--config", str(self.folder / "presswatch.toml")]
        for base in self.newsroom.bases:
            command += ["--allow-address", base.removeprefix("http://")]
        with (self.folder / "events.jsonl").open("a") as events:
            self.process = subprocess.Popen(
                [*command, "daemon", "--listen", "127.0.0.1:0"],
                stdout=subprocess.PIPE,
                stderr=events,
                text=True,
                env=os.environ | self._faked(),
            )
        assert self.process.stdout is not None
        if not self.process.stdout.readline().startswith("ready"):
            raise RuntimeError(f"the daemon did not start; see {self.folder / 'events.jsonl'}")

    def _faked(self) -> dict[str, str]:
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": self.zone,
        }

    @property
    def children(self) -> list[int]:
        """The crawls at work."""
        assert self.process is not None
        pid = self.process.pid
        with suppress(OSError):
            return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def kill(self, victim: str) -> None:
        """End the daemon, its crawls, or both with signal 9; or the daemon in order with TERM."""
        assert self.process is not None
        children, began = self.children, time.monotonic()
        if victim in ("child", "both"):
            for child in children:
                _signal(child, signal.SIGKILL)
        if victim != "child":
            self.process.send_signal(signal.SIGTERM if victim == "term" else signal.SIGKILL)
            self.codes[self.process.wait()] += 1
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None
            self.orphans += children if victim == "daemon" else []
        if victim == "term":
            self.term_seconds.append(time.monotonic() - began)

    def faults(self) -> list[str]:
        """What is wrong with the database."""
        with open_store(self.db) as store:
            return care.check(store)

    def stored(self) -> Counter[str]:
        """How often each address is an article."""
        with open_store(self.db) as store:
            return Counter(row["url"] for row in store.all("SELECT url FROM articles_latest"))

    def events(self) -> Counter[str]:
        """What the daemons said, by name."""
        said = (self.folder / "events.jsonl").read_text().splitlines()
        return Counter(_event(line) for line in said)


def _event(line: str) -> str:
    if not line.startswith("{"):
        return "other: " + line
    said = json.loads(line)
    details = ("why", "message", "errors") if said["level"] == "error" or said["event"] == "log" else ()
    return " ".join([said["event"], *(str(said[name])[-160:] for name in details if name in said)])


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, at most so long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def watching(outlets_count: int) -> Iterator[Watch]:
    """A newsroom, a fresh database, a clock; the daemon is not started yet."""
    with tempfile.TemporaryDirectory() as name:
        clock = Clock(Path(name) / "offset")
        try:
            with serve(outlets_count, lambda: clock.true) as newsroom:
                watch = Watch(Path(name), newsroom, clock)
                watch.prepare()
                try:
                    yield watch
                finally:
                    if watch.process is not None:
                        watch.kill("both")
        finally:
            clock.close()


# --- killing --------------------------------------------------------------------------------------------


def killing(kills: int, terms: int) -> bool:
    """Kill and end the daemon so often, then let it work in peace; whether all is there, once."""
    rng = random.Random(4)
    plan = ["daemon", "child", "both"] * (kills // 3 + 1)
    plan = plan[:kills] + ["term"] * terms
    rng.shuffle(plan)
    with watching(30) as watch:
        busy, faults = 0, 0
        for victim in plan:
            if watch.process is None:
                watch.start()
            time.sleep(rng.uniform(0.0, 3.0))
            if victim == "child":
                until(lambda: bool(watch.children), 20)
            busy += bool(watch.children)
            watch.kill(victim)
            if watch.process is None and rng.random() < 0.1:
                faults += len(watch.faults())
        watch.newsroom.close()
        if watch.process is None:
            watch.start()
        # A feed whose crawl was killed is asked again when its lease has run out.
        whole = until(lambda: set(watch.stored()) >= watch.newsroom.published, 240)
        watch.kill("term")
        print(f"{kills} kills, {terms} TERM; a crawl was at work at {busy} of these moments")
        return _account(watch, whole, faults)


def _account(watch: Watch, whole: bool, faults: int) -> bool:
    stored, published = watch.stored(), watch.newsroom.published
    found = watch.faults()
    double = sum(times > 1 for times in stored.values())
    fetched = watch.newsroom.fetched()
    print(f"integrity and invariants: {faults} faults on the way, {len(found)} at the end {found}")
    print(f"published {len(published)}, stored {len(set(stored) & published)}, twice {double}")
    again = sum(fetched.values()) - len(fetched)
    print(f"pages asked for {sum(fetched.values())} times, {again} of them again")
    print(f"exit codes {dict(watch.codes)}; TERM took at most {max(watch.term_seconds):.1f} s")
    print(f"orphans: {len(watch.orphans)}, of them alive after 20 s: {len(_left(watch.orphans))}")
    print(watch.newsroom.polling().words())
    print(f"events: {dict(watch.events())}")
    return whole and not faults and not found and not double


def _left(orphans: Sequence[int]) -> list[int]:
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), 20)
    return [pid for pid in orphans if Path(f"/proc/{pid}").exists()]


# --- the clock ------------------------------------------------------------------------------------------


def clocks() -> bool:
    """Set the daemon's clock wrong in every way, and look how polling goes on; whether it does each time."""
    steps: list[tuple[str, Callable[[Watch], None]]] = [
        ("nothing, for comparison", lambda _: None),
        ("forward by a day, at work", lambda watch: _shift(watch, DAY)),
        ("back by a day, at work", lambda watch: _shift(watch, -DAY)),
        ("forward by a day, while down", lambda watch: _restarted(watch, lambda: _shift(watch, DAY))),
        ("back by a day, while down", lambda watch: _restarted(watch, lambda: _shift(watch, -DAY))),
        ("stopped for an hour", _stopped),
        ("to summer time (Kyiv)", lambda watch: _dst(watch, datetime(2027, 3, 28, 0, 30, tzinfo=UTC))),
        ("to winter time (Kyiv)", lambda watch: _dst(watch, datetime(2027, 10, 31, 0, 30, tzinfo=UTC))),
    ]
    with watching(30) as watch:
        watch.start()
        until(lambda: len(watch.newsroom.asked) >= 60, 30)
        good = [_clock(watch, name, change) for name, change in steps]
        watch.kill("term")
        found = watch.faults()
        print(f"integrity and invariants at the end: {found or 'ok'}; events: {dict(watch.events())}")
        return all(good) and not found


def _clock(watch: Watch, name: str, change: Callable[[Watch], None]) -> bool:
    change(watch)
    watch.newsroom.asked.clear()
    began = time.monotonic()
    every = len(watch.newsroom.bases)
    again = until(lambda: len(watch.newsroom.feeds_asked()) == every, 160)
    took = (time.monotonic() - began) * RATE / 60
    until(lambda: time.monotonic() - began > 75, 80)
    told = watch.newsroom.polling()
    print(f"{name}: every feed asked within {took:.0f} min: {again}; then {told.words()}")
    return again


def _shift(watch: Watch, by: timedelta) -> None:
    watch.clock.wrong += by.total_seconds()
    watch.clock.tell()


def _restarted(watch: Watch, change: Callable[[], None]) -> None:
    watch.kill("both")
    change()
    watch.start()


def _stopped(watch: Watch) -> None:
    assert watch.process is not None
    all_of_them = [watch.process.pid, *watch.children]
    for pid in all_of_them:
        _signal(pid, signal.SIGSTOP)
    time.sleep(3600 / RATE)
    for pid in all_of_them:
        _signal(pid, signal.SIGCONT)


def _dst(watch: Watch, moment: datetime) -> None:
    watch.zone = "Europe/Kyiv"
    _restarted(watch, lambda: watch.clock.set_to(moment))


def main() -> None:
    """Do all of it; exit code 1 where something is lost, double or damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--terms", type=int, default=50)
    parser.add_argument("--no-clock", action="store_true")
    chosen = parser.parse_args()
    good = killing(chosen.kills, chosen.terms) if chosen.kills else True
    if not chosen.no_clock:
        good = clocks() and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
