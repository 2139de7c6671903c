"""Noticing that time did not pass as it should: a clock put forward or back, a machine that slept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: a difference that steering a clock (NTP) never makes at once
NOTABLE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The wall clock moved ``by`` more than time passed (below zero: back); or nobody looked for so long."""

    by: timedelta
    at: datetime

    def words(self) -> str:
        """One line for a person."""
        minutes = abs(self.by).total_seconds() / 60
        if self.by < timedelta(0):
            return f"the clock went back by {minutes:.0f} min"
        return f"the clock went forward, or the machine slept, for {minutes:.0f} min"


@dataclass(slots=True)
class ClockWatch:
    """Compares the wall clock with a monotonic one at every look. ``usual`` is the time between two looks."""

    usual: timedelta
    _wall: datetime | None = None
    _steady: float = 0.0

    def look(self, wall: datetime, steady: float) -> Jump | None:
        """What happened since the last look; None for nothing. ``steady`` is in seconds.

        A process that was stopped sees both clocks go on, but looks too late: that counts as a leap, too.
        """
        before, since = self._wall, timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        if before is None:
            return None
        by = wall - before - min(since, self.usual)
        return Jump(by=by, at=wall) if abs(by) > NOTABLE else None
