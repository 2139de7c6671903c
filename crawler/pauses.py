"""Hosts that asked us to wait: they are not asked again in this run until the time is up."""

from __future__ import annotations

from typing import Final, NamedTuple

#: what 429 without a Retry-After is taken for, in seconds
_USUAL: Final = 900.0


class Pause(NamedTuple):
    """A host's wish: the status it was said with, and the seconds that are left."""

    status: int
    left: float


class HostPauses:
    """Remembers who answered 429, or 503 with ``Retry-After`` (RFC 6585, 4; RFC 9110, 15.6.4).

    Times are seconds of any monotonic clock.
    """

    def __init__(self) -> None:
        self._until: dict[str, tuple[int, float]] = {}

    def note(self, host: str, status: int, retry_after: float | None, clock: float) -> None:
        """An answer came; where it asks for a pause, the pause begins."""
        if status == 429 or (status == 503 and retry_after):
            self._until[host] = (status, clock + (retry_after or _USUAL))

    def pause(self, host: str, clock: float) -> Pause | None:
        """The pause a host is in, or None."""
        status, until = self._until.get(host, (0, clock))
        return Pause(status, until - clock) if until > clock else None
