"""Tells in the log what the crawls came upon: each event once, in one line."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pipeline.store import happenings
from pipeline.store.connection import Store
from scheduler.log import event


@dataclass(slots=True)
class Herald:
    """Remembers what it has told. What was there before its first look is old news."""

    log: logging.Logger
    _mark: happenings.Mark | None = None

    def tell(self, store: Store) -> None:
        """One line for every incident, gap and feed that began to fail since the last time."""
        mark, self._mark = self._mark, happenings.now_at(store)
        if mark is None or mark == self._mark:
            return
        for row in happenings.incidents_since(store, mark):
            event(
                self.log,
                row["kind"],
                **{name: row[name] for name in ("outlet", "feed", "message") if row[name]},
            )
        for row in happenings.gaps_since(store, mark):
            event(self.log, "gap", level=logging.WARNING, **dict(row))
        for row in happenings.troubles_since(store, mark):
            event(
                self.log,
                "feed_failing",
                level=logging.WARNING,
                outlet=row["outlet"],
                url=row["url"],
                failure=row["class"],
                message=row["message"],
            )
