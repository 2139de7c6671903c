"""How a crawl of the daemon goes on taking what falls due, and when it ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.run import _minded
from crawler.work import Batch, Drain, Load, drained, once
from pipeline.types import DueFeed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUICK = Drain(seconds=20.0, linger=60.0, step=0.01, most=4)


class Queue:
    """What is due, and when more is."""

    def __init__(self, due: int, following: timedelta | None = None) -> None:
        self.due, self.following, self.asked = due, following, []  # type: ignore[var-annotated]

    def take(self, most: int) -> Batch:
        taken = min(self.due, most)
        self.asked.append(most)
        self.due -= taken
        feed = DueFeed(feed_id=1, outlet_id=1, outlet="o", url="http://o.example/rss", kind="feed")
        return Batch(feeds=tuple(replace(feed, feed_id=n) for n in range(taken)))

    def next_due(self) -> tuple[datetime | None, datetime]:
        if self.due:
            return NOW, NOW
        return (NOW + self.following if self.following is not None else None), NOW


def test_it_ends_when_nothing_is_due_soon_and_all_is_done() -> None:
    async def run() -> list[int]:
        load, sizes, queue = Load(), [], Queue(3, timedelta(minutes=5))
        async for batch in drained(QUICK, load, queue.take, queue.next_due):
            load.open += len(batch)
            sizes.append(len(batch))
            asyncio.get_running_loop().call_later(0.05, setattr, load, "open", 0)
        return sizes

    assert asyncio.run(run()) == [3]


def test_what_falls_due_meanwhile_is_taken() -> None:
    async def run() -> list[int]:
        queue, sizes = Queue(1, timedelta(seconds=30)), []

        def more() -> None:
            queue.due, queue.following = 2, None

        async for batch in drained(QUICK, Load(), queue.take, queue.next_due):
            sizes.append(len(batch))
            if len(sizes) == 1:
                asyncio.get_running_loop().call_later(0.05, more)
        return sizes

    assert asyncio.run(run()) == [1, 2]


def test_no_more_is_taken_than_can_be_carried() -> None:
    async def run() -> tuple[int, int]:
        load, queue, most, taken = Load(), Queue(11), 0, 0
        async for batch in drained(QUICK, load, queue.take, queue.next_due):
            load.open += len(batch)
            taken += len(batch)
            most = max(most, load.open)
            asyncio.get_running_loop().call_later(0.03, setattr, load, "open", 1 if queue.due else 0)
        return most, taken

    assert asyncio.run(run()) == (4, 11)


def test_it_ends_in_time_though_there_is_always_more() -> None:
    async def run() -> float:
        began, queue = time.monotonic(), Queue(0, timedelta(seconds=1))
        async for _ in drained(replace(QUICK, seconds=0.2), Load(), queue.take, queue.next_due):
            pass
        return time.monotonic() - began

    assert 0.2 <= asyncio.run(run()) < 5


def test_what_taking_work_raises_is_not_lost() -> None:
    def broken(_: int) -> Batch:
        raise LookupError("a bug")

    async def run() -> list[BaseException]:
        errors: list[BaseException] = []
        batches = _minded(drained(QUICK, Load(), broken, Queue(0).next_due), errors)
        with pytest.raises(LookupError):
            await anext(batches)
        return errors

    assert [str(error) for error in asyncio.run(run())] == ["a bug"]


def test_a_crawl_by_hand_takes_its_work_once() -> None:
    async def run() -> list[Batch]:
        return [batch async for batch in once(Batch())]

    assert asyncio.run(run()) == [Batch()]
