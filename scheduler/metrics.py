"""Prometheus metrics: the store's figures and the daemon's own, put together when they are asked for.

Names follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/); they are listed in
``docs/daemon.md``. Totals are sums over the runs that the database has, so they go on after a restart.
"""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.errors import StoreError
from pipeline.store.connection import open_readonly
from pipeline.store.figures import Figures, figures

#: seconds for which the store's figures are good enough
FRESH: Final = 10.0

#: label ``change`` of ``presswatch_articles_total``: column of the runs
_CHANGES: Final = ("new", "revised", "gone", "duplicate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What only the daemon itself knows. ``last_tick`` is the last one that ended well."""

    started_at: datetime
    workers_running: int = 0
    workers: int = 1
    last_tick: datetime | None = None


class StoreFigures:
    """The figures of a database, read anew when they are older than ``FRESH``; usable from any thread.

    Each reading opens the database for itself: a connection belongs to one thread, and the file may be another
    one by now. None where it cannot be read.
    """

    def __init__(
        self, db: Path, now: Callable[[], datetime], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._db, self._now, self._clock = db, now, clock
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._last: Figures | None = None
        self._usable = False

    def __call__(self) -> Figures | None:
        """The figures of now, or of at most ``FRESH`` seconds ago."""
        with self._lock:
            at = self._clock()
            if self._read_at is None or at - self._read_at >= FRESH:
                self._read()
                self._read_at = at
            return self._last if self._usable else None

    def _read(self) -> None:
        try:
            with open_readonly(self._db) as store:
                self._last = figures(store, self._now(), self._last.runs if self._last else None)
            self._usable = True
        except StoreError:
            self._usable = False


class DaemonCollector(Collector):
    """Every ``presswatch_*`` metric, from ``read`` (None: the store cannot be read) and ``live``."""

    def __init__(self, read: Callable[[], Figures | None], live: Callable[[], Live]) -> None:
        self._read, self._live = read, live

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment; without a usable store those of the daemon alone."""
        yield from _of_daemon(self._live())
        found = self._read()
        yield GaugeMetricFamily(
            "presswatch_store_usable",
            "1 if the database could be read, else 0.",
            value=float(found is not None),
        )
        if found is not None:
            yield from _of_feeds(found)
            yield from _of_runs(found)
            yield from _of_files(found)


def registry(read: Callable[[], Figures | None], live: Callable[[], Live]) -> CollectorRegistry:
    """A registry of its own with the daemon's metrics and those of its process (memory, CPU, open files)."""
    made = CollectorRegistry(auto_describe=False)
    made.register(DaemonCollector(read, live))
    ProcessCollector(registry=made)
    return made


def _of_daemon(live: Live) -> Iterator[Metric]:
    yield InfoMetricFamily(
        "presswatch_build",
        "Which presswatch runs, on which Python.",
        value={"version": _version(), "python": platform.python_version()},
    )
    yield _moment("presswatch_start", "When the daemon started.", live.started_at)
    yield _moment("presswatch_last_tick", "When the last tick ended that ended well.", live.last_tick)
    yield _gauge("presswatch_workers_running", "Crawls that run now.", live.workers_running)
    yield _gauge("presswatch_workers", "Crawls that may run at once.", live.workers)


def _of_feeds(found: Figures) -> Iterator[Metric]:
    yield _by(GaugeMetricFamily("presswatch_feeds", "Watched feeds by state.", labels=["state"]), found.feeds)
    yield _by(
        GaugeMetricFamily("presswatch_feeds_failing", "Failing feeds by failure class.", labels=["class"]),
        found.failing,
    )
    yield _gauge(
        "presswatch_feeds_overdue", "Feeds whose time has come and that no run holds.", found.overdue
    )
    yield _gauge(
        "presswatch_feeds_overdue_oldest_seconds",
        "For how long the first of the overdue feeds has been waiting.",
        found.overdue_seconds,
    )
    yield _gauge("presswatch_gaps_open", "Gaps between snapshots that are not healed.", found.open_gaps)
    yield _gauge("presswatch_silences_open", "Outlets that are silent unlike them.", found.open_silences)


def _of_runs(found: Figures) -> Iterator[Metric]:
    did = found.runs.counters
    yield _by(
        CounterMetricFamily("presswatch_runs", "Crawls that have ended, by outcome.", labels=["outcome"]),
        found.runs.outcomes,
    )
    yield _moment("presswatch_last_run", "When the last crawl ended.", found.last_run)
    yield CounterMetricFamily("presswatch_polls", "Feeds asked.", value=did["feeds_polled"])
    yield CounterMetricFamily(
        "presswatch_polls_not_modified",
        "Polls answered by 304 or the same body.",
        value=did["feeds_not_modified"],
    )
    yield CounterMetricFamily("presswatch_polls_failed", "Polls that failed.", value=did["feeds_failed"])
    yield _by(
        CounterMetricFamily("presswatch_articles", "Articles by what became of them.", labels=["change"]),
        {change: did[change] for change in _CHANGES},
    )
    yield CounterMetricFamily("presswatch_pages_failed", "Pages that failed.", value=did["failed"])


def _of_files(found: Figures) -> Iterator[Metric]:
    yield _by(
        GaugeMetricFamily("presswatch_database_bytes", "The database on disk, by file.", labels=["file"]),
        found.file_bytes,
    )


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _moment(name: str, about: str, moment: datetime | None) -> Metric:
    """``name`` as a Unix time; without samples where it has not happened."""
    family = GaugeMetricFamily(f"{name}_timestamp_seconds", about)
    if moment is not None:
        family.add_metric([], moment.timestamp())
    return family


def _by(family: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, int]) -> Metric:
    for label, value in values.items():
        family.add_metric([label], value)
    return family


def _version() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return version("presswatch")
    except PackageNotFoundError:
        return "unknown"
