"""The work of a crawl: what is due when it begins, and for a long one what falls due meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.types import DueFeed, DuePage


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Feeds and pages leased to the run, to be asked for now."""

    feeds: tuple[DueFeed, ...] = ()
    pages: tuple[DuePage, ...] = ()

    def __len__(self) -> int:
        return len(self.feeds) + len(self.pages)

    @property
    def outlets(self) -> frozenset[int]:
        """The outlets it is about."""
        return frozenset(due.outlet_id for due in self.feeds) | frozenset(due.outlet_id for due in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """How a crawl of the daemon goes on taking what falls due, and when it ends so that its memory returns.

    ``seconds`` bounds the taking; what was taken is finished. It ends sooner where nothing falls due within
    ``linger`` seconds. It looks every ``step`` seconds, and takes no more while ``most`` are unfinished.
    """

    seconds: float = 600.0
    linger: float = 90.0
    step: float = 2.0
    most: int = 400


@dataclass(slots=True)
class Load:
    """How much of what a crawl has taken is not finished yet."""

    open: int = 0


async def once(batch: Batch) -> AsyncIterator[Batch]:
    """All the work of a crawl that takes what is due, and no more."""
    yield batch


async def drained(
    drain: Drain,
    load: Load,
    take: Callable[[int], Batch],
    next_due: Callable[[], tuple[datetime | None, datetime]],
) -> AsyncIterator[Batch]:
    """The work of a crawl that goes on.

    ``take`` leases at most so many, ``next_due`` says when something falls due next, and what time it is.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + drain.seconds
    while loop.time() < end:
        if load.open < drain.most:
            batch = take(drain.most - load.open)
            if batch:
                yield batch
        due, now = next_due()
        idle = due is None or (due - now).total_seconds() > drain.linger
        if idle and not load.open:
            return
        await asyncio.sleep(drain.step)
