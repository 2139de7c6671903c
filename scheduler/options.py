"""What a daemon is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pipeline.decide import Polling
from scheduler.supervisor import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonOptions:
    """A daemon's orders. Times in seconds unless said otherwise.

    ``crawl`` is the command line of a crawl child, ``care`` that of the daily upkeep. ``tick`` is the time
    between two looks at what is due. ``callback`` is the public address of the WebSub callback, if any.
    ``environ`` is added to the children's environment.
    """

    db: Path
    crawl: tuple[str, ...]
    care: tuple[str, ...]
    listen: str | None = "127.0.0.1:8790"
    workers: int = 1
    polling: Polling = field(default_factory=Polling)
    tick: float = 5.0
    care_every: timedelta = timedelta(days=1)
    limits: Limits = field(default_factory=Limits)
    callback: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def care_limits(self) -> Limits:
        """The upkeep gives no sign of life before its end: large databases take their time."""
        return replace(self.limits, silence=self.limits.whole)
