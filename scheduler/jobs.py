"""What the daemon does at its hours: short, in its own loop, nothing that waits for the network.

Each job pokes the supervisor or writes a few rows; what takes long runs in a child. A job that finds the database
locked lets its turn pass: the next one comes soon.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pipeline.errors import StoreError
from pipeline.store import feeds, incidents, pages, rhythms, runs, subscriptions
from pipeline.store.connection import Store, dumps
from scheduler import silence
from scheduler.clock import ClockWatch, Jump
from scheduler.crew import Crew
from scheduler.herald import Herald
from scheduler.log import event
from scheduler.metrics import Live
from scheduler.options import DaemonOptions
from scheduler.order import put_in_order
from scheduler.supervisor import STOPPED, Ended, Supervisor

LOG: Final = logging.getLogger("presswatch.daemon")
#: seconds between two looks at what hubs are to be asked
_HUBS: Final = 300.0
#: pages counted at most when asking how much is due
_COUNTED: Final = 2000


@dataclass(slots=True, kw_only=True)
class Jobs:
    """The daemon's jobs and what they share."""

    store: Store
    options: DaemonOptions
    crawls: Supervisor
    upkeep: Supervisor
    crew: Crew
    clock: ClockWatch
    herald: Herald = field(default_factory=lambda: Herald(LOG))
    store_fault: str | None = None
    #: monotonic seconds, and the time, of the last tick that ended well
    ticked: float = field(default_factory=time.monotonic)
    ticked_at: datetime | None = None
    hubs_asked: float = 0.0
    #: the clock was moved, and the checks are not in order yet
    leapt: Jump | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def tick(self) -> None:
        """Start crawls for what is due, unless enough are at work: they take what falls due meanwhile."""
        with self._patience("tick"):
            self.look_at_clock()
            if self.leapt is not None:
                self.leap(self.leapt)
                self.leapt = None
            await self._send_out()
            self.store_fault = None
            self.ticked, self.ticked_at = time.monotonic(), datetime.now(UTC)

    def look_at_clock(self) -> bool:
        """Whether the clock was moved since the last look; the next tick puts the checks in order first."""
        jump = self.clock.look(datetime.now(UTC), time.monotonic())
        self.leapt = jump or self.leapt
        return jump is not None

    @contextmanager
    def _patience(self, job: str) -> Iterator[None]:
        """A store that is locked or full is no reason to die at night: it is said, and the next turn tries again."""
        try:
            yield
        except StoreError as error:
            self.store_fault = str(error)
            event(LOG, "store_fault", level=logging.ERROR, job=job, message=str(error))

    async def _send_out(self) -> None:
        now = datetime.now(UTC)
        due = feeds.count_due(self.store, now, _COUNTED) + pages.count_due(self.store, now, _COUNTED)
        due += self._hubs_due(now)
        for _ in range(self.crew.wanted(due, self.crawls.running, time.monotonic())):
            pid = await _start(self.crawls)
            if pid is None:
                self.crew.came_back(sound=False, offline=False, clock=time.monotonic())
                break
            event(LOG, "crawl_started", pid=pid, due=due)

    def _hubs_due(self, now: datetime) -> int:
        """1 where a WebSub hub is to be asked, now and then: looking costs some milliseconds."""
        callback = self.options.callback
        if callback is None or time.monotonic() - self.hubs_asked < _HUBS:
            return 0
        self.hubs_asked = time.monotonic()
        return int(subscriptions.are_due(self.store, callback, now))

    async def pushed(self) -> None:
        """A hub told of news: the feed is due now."""
        with self._patience("pushed"):
            await self._send_out()

    def leap(self, jump: Jump) -> None:
        """The clock was moved, or we slept: put the checks in order, so that there is neither burst nor drought."""
        event(LOG, "clock", level=logging.WARNING, message=jump.words())
        with self.store.write():
            evidence = {"seconds": round(jump.by.total_seconds())}
            incidents.note(self.store, "clock", at=jump.at, message=jump.words(), evidence=evidence)
            put_in_order(self.store, self.options.polling, datetime.now(UTC))

    async def deliver(self) -> None:
        """Tell what the crawls came upon, which outlets have gone silent, and which are back."""
        now = datetime.now(UTC)
        with self._patience("deliver"):
            self.herald.tell(self.store)
        with self._patience("deliver"), self.store.write():
            for silent in incidents.silent_outlets(self.store, now):
                self._silent(silent, now)
            for back in incidents.returned(self.store):
                incidents.close_incident(self.store, "silence", outlet_id=back.outlet_id, at=now)
                event(LOG, "outlet_back", outlet=back.outlet, silent_since=back.opened_at)

    def _silent(self, silent: incidents.Silent, now: datetime) -> None:
        rhythm, _ = rhythms.outlet_rhythm(self.store, silent.outlet_id)
        assert rhythm is not None
        evidence = silence.evidence(rhythm, silent.last_news, now) | incidents.answers(silent)
        hours = (now - silent.last_news).total_seconds() / 3600
        message = f"nothing new for {hours:.1f} h, which is unlike this outlet at this hour of its week"
        incidents.open_incident(
            self.store, "silence", outlet_id=silent.outlet_id, at=now, message=message, evidence=evidence
        )
        event(
            LOG,
            "outlet_silent",
            level=logging.WARNING,
            outlet=silent.outlet,
            message=message,
            evidence=dumps(evidence),
        )

    def facts(self) -> Live:
        """What the metrics say of the daemon itself."""
        return Live(
            started_at=self.started,
            workers_running=self.crawls.running,
            workers=self.crew.workers,
            last_tick=self.ticked_at,
        )

    def obey(self, options: DaemonOptions) -> None:
        """Take new orders, from the next crawl on."""
        self.options = options
        self.crawls.command, self.upkeep.command = options.crawl, options.care
        self.crawls.limits, self.upkeep.limits = options.limits, options.care_limits
        self.crawls.environ = self.upkeep.environ = dict(options.environ)
        self.crew.workers = options.workers
        self.clock.usual = timedelta(seconds=options.tick)

    async def care(self) -> None:
        """Prune and tidy up the database, in a child."""
        if not self.upkeep.running:
            await _start(self.upkeep)

    def crawl_ended(self, ended: Ended) -> None:
        """Bury a crawl: its run is closed, what it held is free, and one line says what it did."""
        offline = False
        with self._patience("crawl_ended"):
            offline = any(lasting.kind == "network" for lasting in incidents.open_ones(self.store))
            runs.bury_the_dead(self.store, datetime.now(UTC), f"died: {ended.why}")
        report = ended.report or {}
        sound = ended.report is not None or ended.forced == STOPPED
        self.crew.came_back(sound=sound, offline=offline, clock=time.monotonic())
        if sound:
            event(LOG, "crawl_ended", pid=ended.pid, seconds=ended.seconds, **_figures(report))
        else:
            event(
                LOG,
                "crawl_died",
                level=logging.ERROR,
                pid=ended.pid,
                seconds=ended.seconds,
                why=ended.why,
                errors="\n".join(ended.errors),
            )

    def upkeep_ended(self, ended: Ended) -> None:
        """One line on the daily upkeep."""
        if ended.code == 0:
            event(LOG, "upkeep", seconds=ended.seconds, forgot=dumps(ended.report))
        elif ended.forced != STOPPED:
            event(
                LOG,
                "upkeep_failed",
                level=logging.ERROR,
                why=ended.why,
                errors="\n".join(ended.errors),
            )


async def _start(supervisor: Supervisor) -> int | None:
    """Start a child; None where that cannot be. A machine that is full now is no reason to die, either."""
    try:
        return await supervisor.start()
    except OSError as error:
        event(LOG, "cannot_start", level=logging.ERROR, message=str(error))
        return None


def _figures(report: Mapping[str, Any]) -> dict[str, Any]:
    """A run's report as the fields of one line."""
    polled, articles = report.get("feeds", {}), report.get("articles", {})
    fields = {name: report[name] for name in ("run", "outlets") if name in report}
    return {**fields, **{f"feeds_{name}": count for name, count in polled.items()}, **articles}
