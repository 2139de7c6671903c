"""The daemon: APScheduler says when, the jobs say what, children do the work."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from pipeline.errors import PresswatchError
from pipeline.store import runs
from pipeline.store.connection import Store, open_store
from scheduler import single
from scheduler.clock import ClockWatch
from scheduler.crew import Crew
from scheduler.http_message import parse_listen
from scheduler.http_server import StatusServer
from scheduler.jobs import LOG, Jobs
from scheduler.log import event
from scheduler.metrics import StoreFigures, registry
from scheduler.options import DaemonOptions
from scheduler.order import put_in_order
from scheduler.status import Condition, exposure, routes
from scheduler.supervisor import Supervisor
from scheduler.systemd import Notifier, watchdog_seconds
from scheduler.websub import callback_route

#: seconds a write of the daemon waits for a crawl's; longer would hold up its answers
_PATIENCE: Final = 5.0
#: ticks that may be missed before ``/healthz`` complains
_MISSED: Final = 6
#: the least seconds between two looks at whether the clock was moved
_LOOK: Final = 1.0
#: what HUP cannot change
_FIXED: Final = "another address to listen on, or another WebSub callback, is taken up by the next start only"
#: seconds between two looks at the outlets' silence
_DELIVER: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the daemon is given by whoever starts it.

    ``reread`` gives its orders anew (HUP), ``ready`` is told once that it works, and where it listens.
    """

    environ: Mapping[str, str]
    reread: Callable[[], DaemonOptions]
    ready: Callable[[str], None]


def run_daemon(options: DaemonOptions, around: Surroundings) -> None:
    """Run until TERM or INT. Blocks.

    :raises HeldError: another daemon has this database
    :raises StoreError: the database cannot be used
    :raises UsageError: the address cannot be listened on
    """
    with single.hold(options.db, datetime.now(UTC)), open_store(options.db, patience=_PATIENCE) as store:
        asyncio.run(_Daemon(store, options, around).run())


class _Every(BaseTrigger):  # type: ignore[misc]
    """So many seconds after the last turn, whatever the clock says: a clock put forward by a year leaves no turns
    to be made up for.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + self._pause


class _Daemon:
    def __init__(self, store: Store, options: DaemonOptions, around: Surroundings) -> None:
        self._around = around
        self._notifier = Notifier.of(around.environ)
        self._stop = asyncio.Event()
        self._bug: BaseException | None = None
        self._jobs = _jobs(store, options)
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def run(self) -> None:
        """Begin, wait for the end, and end in order."""
        jobs, options = self._jobs, self._jobs.options
        _begin(jobs.store, options)
        self._watch_signals()
        asyncio.get_running_loop().set_exception_handler(self._unhandled)
        self._scheduler.add_listener(lambda broken: self._broke(broken.exception), EVENT_JOB_ERROR)
        async with AsyncExitStack() as stack:
            where = await self._listen(stack, options)
            jobs.look_at_clock()  # what comes after this look is noticed by the next
            self._schedule(options)
            self._scheduler.start()
            stack.push_async_callback(self._end)
            watching = asyncio.get_running_loop().create_task(self._watch_clock())
            stack.callback(watching.cancel)
            self._around.ready(where)
            event(LOG, "ready", listen=where, db=options.db, workers=options.workers)
            self._notifier.ready("watching")
            await self._stop.wait()
            self._notifier.stopping()
        event(LOG, "stopped")
        if self._bug is not None:
            raise self._bug

    async def _end(self) -> None:
        """No new work, then the end of what is at work; the scheduler's own shutdown would cancel it."""
        self._scheduler.pause()
        event(LOG, "stopping", crawls=self._jobs.crawls.running)
        await asyncio.gather(self._jobs.crawls.stop(), self._jobs.upkeep.stop())
        self._scheduler.shutdown(wait=False)

    async def _listen(self, stack: AsyncExitStack, options: DaemonOptions) -> str:
        if options.listen is None:
            return "nowhere"
        listen = parse_listen(options.listen)
        warning = exposure(listen)
        if warning:
            event(LOG, "exposed", level=logging.WARNING, message=warning)
        figures = StoreFigures(options.db, lambda: datetime.now(UTC))
        metrics = registry(figures, self._jobs.facts)
        paths, names = routes(self._condition, metrics), frozenset[str]()
        if options.callback is not None:
            paths["/websub/"] = callback_route(self._jobs.store, lambda: datetime.now(UTC), self._poke)
            names = frozenset({urlsplit(options.callback).hostname or ""})
        server = StatusServer(listen=listen, routes=paths, names=names)
        await server.start()
        stack.push_async_callback(server.close)
        return str(server.listen)

    def _poke(self, feed_id: int) -> None:
        event(LOG, "pushed", feed=feed_id)
        self._scheduler.add_job(self._jobs.pushed, id="pushed", replace_existing=True)

    def _condition(self) -> Condition:
        return Condition(
            tick_age=time.monotonic() - self._jobs.ticked,
            patience=max(30.0, _MISSED * self._jobs.options.tick),
            store_fault=self._jobs.store_fault,
            stopping=self._stop.is_set(),
        )

    def _schedule(self, options: DaemonOptions) -> None:
        """A handful of jobs, all of them coroutines: plain functions would run in threads."""
        now = datetime.now(UTC)
        self._add("tick", self._jobs.tick, options.tick, now)
        self._add("deliver", self._jobs.deliver, max(_DELIVER, options.tick), now)
        self._add("care", self._jobs.care, options.care_every.total_seconds(), now + timedelta(minutes=10))
        seconds = watchdog_seconds(self._around.environ)
        if seconds is not None:
            self._add("watchdog", self._alive, seconds, now)

    def _add(self, name: str, job: Callable[[], object], seconds: float, first: datetime) -> None:
        self._scheduler.add_job(
            job,
            _Every(seconds),
            id=name,
            next_run_time=first,
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    async def _alive(self) -> None:
        """Tell systemd, as long as we really are."""
        if not self._condition().faults:
            self._notifier.alive()

    async def _watch_clock(self) -> None:
        """By the clock that nobody sets: APScheduler waits for the hours of the other one, and after that was put
        back by a day it would sleep for a day.
        """
        while True:
            await asyncio.sleep(max(_LOOK, self._jobs.options.tick))
            if self._jobs.look_at_clock():
                self._schedule(self._jobs.options)

    def _broke(self, bug: BaseException) -> None:
        """A bug in a job ends the daemon: whoever started it starts it anew, and the traceback is seen."""
        self._bug = self._bug or bug
        self._stop.set()

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A bug in what nobody awaits; that a peer hung up (an OSError) is none."""
        loop.default_exception_handler(context)
        bug = context.get("exception")
        if bug is not None and not isinstance(bug, OSError):
            self._broke(bug)

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._reread)

    def _reread(self) -> None:
        """New orders, from the next crawl on; with a fault in them the old ones stay."""
        self._notifier.reloading()
        try:
            options = self._around.reread()
        except PresswatchError as error:
            event(LOG, "reread_failed", level=logging.ERROR, message=str(error))
        else:
            before = self._jobs.options
            self._jobs.obey(options)
            self._schedule(options)
            event(LOG, "reread", workers=options.workers)
            if (before.listen, before.callback) != (options.listen, options.callback):
                event(LOG, "restart_needed", level=logging.WARNING, message=_FIXED)
        self._notifier.ready("watching")


def _jobs(store: Store, options: DaemonOptions) -> Jobs:
    jobs: Jobs = Jobs(
        store=store,
        options=options,
        crawls=Supervisor(
            options.crawl, options.limits, lambda ended: jobs.crawl_ended(ended), options.environ
        ),
        upkeep=Supervisor(
            options.care, options.care_limits, lambda ended: jobs.upkeep_ended(ended), options.environ
        ),
        crew=Crew(options.workers),
        clock=ClockWatch(timedelta(seconds=options.tick)),
    )
    return jobs


def _begin(store: Store, options: DaemonOptions) -> None:
    """Bury what died while nobody looked, and begin without a burst."""
    now = datetime.now(UTC)
    with store.write():
        dead = runs.bury_the_dead(store, now)
        moved = put_in_order(store, options.polling, now)
    if dead or moved:
        event(LOG, "began", runs_buried=len(dead), checks_spread=moved)
