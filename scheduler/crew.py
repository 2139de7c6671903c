"""When a crawl is started, and with how many hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: feeds and pages that one more worker is worth
_ENOUGH: Final = 200
#: seconds before another try after the first, second … crawl in a row that broke down
_PAUSES: Final = (10.0, 30.0, 60.0, 120.0, 300.0)
#: seconds before another try while our own network is down
_OFFLINE: Final = 60.0


@dataclass(slots=True)
class Crew:
    """Decides how many crawls are started. Pure but for its memory of breakdowns; times are monotonic seconds.

    A crawl that breaks down at once would otherwise be started for ever, at every tick.
    """

    workers: int
    _breakdowns: int = 0
    _not_before: float = 0.0

    def wanted(self, due: int, running: int, clock: float) -> int:
        """How many crawls to start now for ``due`` feeds and pages, where ``running`` are at work."""
        if not due or clock < self._not_before:
            return 0
        useful = 1 + due // _ENOUGH
        return max(0, min(useful, self.workers) - running)

    def came_back(self, *, sound: bool, offline: bool, clock: float) -> None:
        """A crawl ended; ``offline`` where it found our own network down."""
        self._breakdowns = 0 if sound else self._breakdowns + 1
        if offline:
            self._not_before = clock + _OFFLINE
        elif self._breakdowns:
            self._not_before = clock + _PAUSES[min(self._breakdowns, len(_PAUSES)) - 1]
