"""Crawls as child processes: started, listened to, ended when they are stuck, buried when they die.

A child has its own process group, so that it can be ended with all it started. Its standard input is held
open by us and never written to: when it reaches its end, we are gone, and the child ends itself. It writes
one JSON object a line to its standard output: ``{"beat": true}`` while it lives, ``{"report": …}`` at its end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

#: lines of a child's standard error that are kept, and characters of each
_TAIL = 20
_LONG = 2000
#: bytes of a line that is listened to; our own are far shorter
_MAX_LINE = 64 * 1024
#: seconds between two looks at whether a child is gone, whose pipes somebody else may keep open
_LOOK = 1.0
#: why a child ended whom :meth:`Supervisor.stop` told to
STOPPED = "told to end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may take, in seconds: ``silence`` between two signs of life, ``whole`` for its life,
    ``grace`` between TERM and KILL (what is in flight may take as long as one request may).
    """

    silence: float = 120.0
    whole: float = 1800.0
    grace: float = 75.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A child that is gone. ``report`` is its own account; ``forced`` says why we ended it, where we did."""

    pid: int
    code: int
    seconds: float
    report: Mapping[str, Any] | None
    forced: str | None
    errors: tuple[str, ...]

    @property
    def why(self) -> str:
        """One line on how it ended."""
        how = f"killed by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
        return f"{self.forced}; {how}" if self.forced else how


@dataclass(slots=True, eq=False)
class _Child:
    process: Process
    started: float
    beat: float
    report: Mapping[str, Any] | None = None
    forced: str | None = None
    errors: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL))

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Supervisor:
    """Starts children with ``command`` and tells ``ended`` of each one's end.

    ``environ`` is added to a child's environment. What ``ended`` raises is given to the loop's exception handler.
    """

    def __init__(
        self,
        command: Sequence[str],
        limits: Limits,
        ended: Callable[[Ended], None],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.command = tuple(command)
        self.limits = limits
        self.environ = dict(environ or {})
        self._ended = ended
        self._children: dict[_Child, asyncio.Task[None]] = {}
        self._starting = asyncio.Lock()
        self._stopped = False

    @property
    def running(self) -> int:
        """How many children live."""
        return len(self._children)

    @property
    def pids(self) -> tuple[int, ...]:
        """The children's process numbers."""
        return tuple(child.process.pid for child in self._children)

    async def start(self) -> int | None:
        """Start one child; returns its process number, None once we have been stopped.

        :raises OSError: the machine has no room for another process
        """
        async with self._starting:
            if self._stopped:
                return None
            process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                start_new_session=True,
                limit=_MAX_LINE,
                env=_environment(os.environ) | self.environ,
            )
            now = _clock()
            child = _Child(process, started=now, beat=now)
            task = asyncio.get_running_loop().create_task(self._look_after(child))
            task.add_done_callback(_tell_of_bug)
            self._children[child] = task
        return process.pid

    async def stop(self) -> None:
        """End all children: TERM, and KILL for those that do not finish what is in flight in time."""
        async with self._starting:  # a child that is just being started is ended, too
            self._stopped = True
        for child in self._children:
            child.forced = child.forced or STOPPED
            child.signal(signal.SIGTERM)
        tasks = tuple(self._children.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self.limits.grace)
        if late:
            for child in self._children:
                child.signal(signal.SIGKILL)
            await asyncio.wait(late)

    async def _look_after(self, child: _Child) -> None:
        reading = asyncio.gather(self._listen(child), self._keep_errors(child))
        gone = asyncio.ensure_future(child.process.wait())
        while child.process.returncode is None:
            await asyncio.wait({gone}, timeout=min(_LOOK, max(0.05, self._patience(child))))
            if child.process.returncode is None and self._patience(child) <= 0:
                await self._end(child, gone)
        # What it started and left behind goes with it; that would keep the pipes open, too.
        child.signal(signal.SIGKILL)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(reading, gone), timeout=5)
        del self._children[child]
        self._ended(_account(child))

    def _patience(self, child: _Child) -> float:
        """Seconds until the child is ended, should it give no sign of life before."""
        return min(child.beat + self.limits.silence, child.started + self.limits.whole) - _clock()

    async def _end(self, child: _Child, gone: asyncio.Future[int]) -> None:
        silent = child.beat + self.limits.silence <= _clock()
        limit = self.limits.silence if silent else self.limits.whole
        child.forced = f"{'no sign of life for' if silent else 'still at work after'} {limit:g} s"
        child.signal(signal.SIGTERM)
        await asyncio.wait({gone}, timeout=self.limits.grace)
        child.signal(signal.SIGKILL)
        await asyncio.wait({gone}, timeout=_LOOK)

    async def _listen(self, child: _Child) -> None:
        assert child.process.stdout is not None
        async for line in _lines(child.process.stdout):
            said = _message(line)
            if said is None:
                continue  # what a library printed is no sign of life
            child.beat = _clock()
            if isinstance(said.get("report"), dict):
                child.report = said["report"]

    async def _keep_errors(self, child: _Child) -> None:
        assert child.process.stderr is not None
        async for line in _lines(child.process.stderr):
            child.errors.append(line.decode("utf-8", "replace").rstrip()[:_LONG])


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """A stream's lines; one that is longer than anything of ours is passed over."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _tell_of_bug(task: asyncio.Task[None]) -> None:
    """Nobody awaits the task: what it raised would be forgotten."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        what = {"message": "a child could not be looked after", "exception": error, "task": task}
        asyncio.get_running_loop().call_exception_handler(what)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what is between the daemon and systemd: a child has nothing to say there."""
    ours = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
    return {name: value for name, value in environ.items() if name not in ours}


def _account(child: _Child) -> Ended:
    code = child.process.returncode
    assert code is not None
    return Ended(
        pid=child.process.pid,
        code=code,
        seconds=round(_clock() - child.started, 1),
        report=child.report,
        forced=child.forced,
        errors=tuple(child.errors),
    )


def _clock() -> float:
    return asyncio.get_running_loop().time()
