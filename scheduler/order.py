"""Checks put in order after a pause, or after the clock was moved: neither a burst nor a drought."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pipeline.decide import Polling
from pipeline.store import feeds, pages
from pipeline.store.connection import Store, moment
from scheduler.cadence import rebased, spread

#: what is overdue is spread over at most this
WINDOW: Final = timedelta(minutes=15)


def put_in_order(store: Store, polling: Polling, now: datetime) -> int:
    """Spread what is overdue, and bring back what a clock that ran ahead put too far into the future.

    Returns how many checks were moved. Called in the caller's transaction.
    """
    moved = _brought_back(store, polling, now) | _spread(store, now)
    feeds.reschedule(store, list(moved.items()))
    return len(moved) + pages.bring_back(store, now)


def _brought_back(store: Store, polling: Polling, now: datetime) -> dict[int, datetime]:
    moved = dict.fromkeys(feeds.never_checked_ahead(store, now + feeds.LEASE), now)
    for row in feeds.checked_after(store, now):
        last, following = moment(row["last_checked"]), moment(row["next_check"])
        assert last is not None and following is not None  # noqa: PT018 - two columns of one row
        moved[row["id"]] = rebased(last, following, now, polling)
    return moved


def _spread(store: Store, now: datetime) -> dict[int, datetime]:
    overdue = {row["id"]: moment(row["next_check"]) or now for row in feeds.due_within(store, now)}
    return dict(spread(overdue, now, WINDOW))
