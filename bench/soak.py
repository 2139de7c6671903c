"""A daemon under load and faults for a while: does it stay small, lose nothing, store nothing twice?

python -m bench.soak [--minutes 30]

Forty loopback outlets (``bench.soak_site``) publish, answer badly, hang; meanwhile crawls are killed, the
database is locked by another program, the daemon gets HUP and is asked for its metrics.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from bench.process import Usage, children, usage
from bench.soak_site import OUTLETS, host
from pipeline.store import outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec

#: seconds at the beginning that are not part of the trend
WARM_UP: Final = 300.0
#: a story told longer ago than this must have been asked for
_LATE: Final = 180.0
_CONFIG = """
[fetch]
allow_addresses = [{addresses}]
delay = 0.05
deadline_seconds = 6
[crawl]
min_interval_minutes = 0.05
max_interval_minutes = 0.2
recheck_hours = [0.01, 0.05, 0.2]
[daemon]
tick_seconds = 1
run_minutes = 1
workers = 2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The daemon at one moment: seconds since its start, itself, its children, files in MB."""

    at: float
    daemon: Usage
    crawls: int
    crawls_mb: float
    zombies: int
    wal: float
    db: float


@dataclass(slots=True)
class Soak:
    """One run: the daemon, its database, what has been done to it and what was seen."""

    db: Path
    config: Path
    process: subprocess.Popen[str]
    listen: str
    rng: random.Random = field(default_factory=lambda: random.Random(2))
    began: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    killed: int = 0
    locked: int = 0
    reread: int = 0
    unwell: int = 0

    def sample(self) -> None:
        """Look at the daemon, and ask it how it is, as a monitor would."""
        born = children(self.process.pid)
        uses = [used for used in map(usage, born) if used is not None]
        daemon = usage(self.process.pid)
        assert daemon is not None, "the daemon is gone"
        self.samples.append(
            Sample(
                at=time.monotonic() - self.began,
                daemon=daemon,
                crawls=sum(not used.zombie for used in uses),
                crawls_mb=max((used.rss for used in uses), default=0.0),
                zombies=sum(used.zombie for used in uses),
                wal=_megabytes(Path(f"{self.db}-wal")),
                db=_megabytes(self.db),
            )
        )
        try:
            for path in ("metrics", "healthz"):
                urlopen(f"http://{self.listen}/{path}", timeout=15).read()
        except URLError:
            self.unwell += 1

    def kill_a_crawl(self) -> None:
        """End one crawl without warning."""
        born = children(self.process.pid)
        if born:
            with suppress(ProcessLookupError):
                os.kill(self.rng.choice(born), signal.SIGKILL)
            self.killed += 1

    def lock(self) -> None:
        """Hold the database's write lock for longer than the daemon is willing to wait."""
        with closing(sqlite3.connect(self.db, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(8)
            other.execute("ROLLBACK")
        self.locked += 1

    def hang_up(self) -> None:
        """Have the configuration read anew."""
        self.process.send_signal(signal.SIGHUP)
        self.reread += 1


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


@contextmanager
def _site() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.soak_site"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _watch(db: Path, port: int) -> None:
    """Forty outlets; every fourth has a second feed, where nobody listens."""
    with open_store(db) as store:
        for outlet in range(OUTLETS):
            home = f"http://{host(outlet)}:{port}"
            refused = [f"http://{host(outlet)}:1/rss"] if outlet % 4 == 0 else []
            feeds = tuple(OutletFeed(url=url) for url in (f"{home}/rss", *refused))
            spec = OutletSpec(slug=f"o{outlet}", name=f"Outlet {outlet}", home=home, feeds=feeds)
            outlets.add_outlet(store, spec, datetime.now(UTC))


@contextmanager
def _daemon(folder: Path, port: int) -> Iterator[Soak]:
    db, config = folder / "soak.db", folder / "presswatch.toml"
    addresses = ", ".join(f'"{host(outlet)}:{where}"' for outlet in range(OUTLETS) for where in (port, 1))
    config.write_text(_CONFIG.format(addresses=addresses))
    _watch(db, port)
    command = [sys.executable, "-m", "presswatch", "--db", str(db), "--config", str(config)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [*command, "daemon", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = re.search(r"listening on (\S+),", process.stdout.readline())
            assert found is not None, "the daemon did not say where it listens"
            yield Soak(db, config, process, found[1])
        finally:
            process.kill()


def _run(soak: Soak, seconds: float) -> None:
    """Do to the daemon what is to be done, each at its intervals."""
    turns: list[tuple[float, Callable[[], None]]] = [
        (10, soak.sample),
        (130, soak.kill_a_crawl),
        (210, soak.lock),
        (290, soak.hang_up),
    ]
    following = [every for every, _ in turns]
    while (age := time.monotonic() - soak.began) < seconds:
        for number, (every, act) in enumerate(turns):
            if age >= following[number]:
                act()
                following[number] += every
        time.sleep(0.5)


def trend(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the least-squares line through (seconds, value), an hour."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return 3600 * sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def _stop(soak: Soak) -> str:
    began = time.monotonic()
    soak.process.send_signal(signal.SIGTERM)
    code = soak.process.wait(120)
    return f"ended {time.monotonic() - began:.1f} s after TERM, exit code {code}"


def _accounts(soak: Soak, told: dict[str, float]) -> str:
    """Whether each story that was told of became one article, or is known not to have."""
    with closing(sqlite3.connect(f"file:{soak.db}?mode=ro", uri=True)) as db:
        articles = [url for (url,) in db.execute("SELECT url FROM articles")]
        titles = db.execute("SELECT count(DISTINCT title) FROM articles").fetchone()[0]
        states = dict(db.execute("SELECT url, state FROM pages"))
        runs = db.execute("SELECT ended_why, count(*) FROM crawls GROUP BY 1 ORDER BY 2 DESC").fetchall()
        gaps = db.execute("SELECT count(*) FROM feed_gaps").fetchone()[0]
        polls = db.execute("SELECT outcome, count(*) FROM feed_checks GROUP BY 1").fetchall()
    late = {url for url, ago in told.items() if ago > _LATE}
    lost = sorted(late - states.keys())
    waiting = [url for url in late - set(articles) if url in states]
    return "\n".join(
        [
            f"stories told {len(told)}, articles {len(articles)}, addresses {len(set(articles))}, titles {titles}",
            f"told {_LATE:.0f} s before the end and unknown: {len(lost)} {lost[:3]}",
            f"told then, known, not stored (to be tried again, or failed): {len(waiting)}",
            f"polls {dict(polls)}, gaps {gaps}, runs {dict(runs)}",
        ]
    )


def _figures(soak: Soak) -> str:
    steady = [sample for sample in soak.samples if sample.at >= WARM_UP] or soak.samples
    memory = trend([(sample.at, sample.daemon.rss) for sample in steady])
    files = trend([(sample.at, sample.daemon.fds) for sample in steady])
    rss = [sample.daemon.rss for sample in steady]
    fds = [sample.daemon.fds for sample in steady]
    last = soak.samples[-1]
    return "\n".join(
        [
            f"{len(soak.samples)} samples in {last.at:.0f} s; trend over those after {steady[0].at:.0f} s",
            f"daemon memory {min(rss):.1f} to {max(rss):.1f} MB, trend {memory:+.2f} MB an hour",
            (
                f"daemon files {min(fds)} to {max(fds)}, trend {files:+.2f} an hour;"
                f" threads at most {max(sample.daemon.threads for sample in steady)}"
            ),
            (
                f"daemon CPU {last.daemon.cpu:.1f} s; crawls at most {max(sample.crawls for sample in steady)}"
                f" at once, {max(sample.crawls_mb for sample in steady):.0f} MB each;"
                f" zombies {max(sample.zombies for sample in soak.samples)}"
            ),
            f"database {last.db:.1f} MB, its log at most {max(sample.wal for sample in soak.samples):.1f} MB",
            (
                f"crawls killed {soak.killed}, database locked {soak.locked}, HUP {soak.reread},"
                f" unwell when asked {soak.unwell}"
            ),
        ]
    )


def main() -> None:
    """Run and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--keep", type=Path, help="a folder for the database, the daemon's log, the samples")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _site() as port:
        folder = options.keep or Path(name)
        with _daemon(folder, port) as soak:
            _run(soak, options.minutes * 60)
            ended = _stop(soak)
        told = json.loads(urlopen(f"http://{host(0)}:{port}/_told").read())
        print(_figures(soak), ended, _accounts(soak, told), sep="\n")
        with (folder / "samples.jsonl").open("w") as file:
            file.writelines(json.dumps(asdict(sample)) + "\n" for sample in soak.samples)
        check = [sys.executable, "-m", "presswatch", "--db", str(soak.db), "db", "check"]
        checked = subprocess.run(check, capture_output=True, text=True, check=False)
        print(f"db check: exit code {checked.returncode}: {(checked.stdout + checked.stderr).strip()}")


if __name__ == "__main__":
    main()
