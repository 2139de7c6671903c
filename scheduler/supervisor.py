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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

#: lines of a child's standard error that are kept
_TAIL = 20
_MAX_LINE = 8 * 1024 * 1024


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
    """Starts children with ``command`` and tells ``ended`` of each one's end."""

    def __init__(self, command: Sequence[str], limits: Limits, ended: Callable[[Ended], None]) -> None:
        self.command = tuple(command)
        self.limits = limits
        self._ended = ended
        self._children: dict[_Child, asyncio.Task[None]] = {}

    @property
    def running(self) -> int:
        """How many children live."""
        return len(self._children)

    @property
    def pids(self) -> tuple[int, ...]:
        """The children's process numbers."""
        return tuple(child.process.pid for child in self._children)

    async def start(self) -> int:
        """Start one child; returns its process number."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            limit=_MAX_LINE,
            env=_environment(os.environ),
        )
        now = _clock()
        child = _Child(process, started=now, beat=now)
        self._children[child] = asyncio.get_running_loop().create_task(self._look_after(child))
        return process.pid

    async def stop(self) -> None:
        """End all children: TERM, and KILL for those that do not finish what is in flight in time."""
        for child in self._children:
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
        while not gone.done():
            await asyncio.wait({gone}, timeout=max(0.05, self._patience(child)))
            if not gone.done() and self._patience(child) <= 0:
                await self._end(child, gone)
        with suppress(TimeoutError):
            # A grandchild that inherited the pipes must not keep us waiting for their end.
            await asyncio.wait_for(reading, timeout=5)
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
        await gone

    async def _listen(self, child: _Child) -> None:
        assert child.process.stdout is not None
        async for line in child.process.stdout:
            child.beat = _clock()
            with suppress(ValueError):  # what a library printed is no message of ours
                said = json.loads(line)
                if isinstance(said, dict) and isinstance(said.get("report"), dict):
                    child.report = said["report"]

    async def _keep_errors(self, child: _Child) -> None:
        assert child.process.stderr is not None
        async for line in child.process.stderr:
            child.errors.append(line.decode("utf-8", "replace").rstrip())


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
