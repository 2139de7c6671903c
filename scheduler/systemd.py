"""Telling systemd how the daemon is: sd_notify(3), spoken by hand.

The protocol is one datagram of ``NAME=value`` lines to the socket that ``$NOTIFY_SOCKET`` names.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from pipeline.text import clean

#: a service manager that takes no datagram for so many seconds is not waited for
_PATIENCE = 2.0


class Notifier:
    """One's voice to the service manager; says nothing where there is none.

    ``address`` is what ``$NOTIFY_SOCKET`` holds: a path, or ``@name`` in the abstract namespace. Every method
    says whether the message was taken; a manager that is gone is no fault of the daemon's.
    """

    def __init__(self, address: str | None) -> None:
        self._address = _socket_address(address)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Notifier:
        """The notifier that the environment asks for."""
        return cls(environ.get("NOTIFY_SOCKET"))

    def ready(self, status: str = "") -> bool:
        """Start-up, or a reload, is complete."""
        return self._send("READY=1", *_status(status))

    def status(self, text: str) -> bool:
        """One line for ``systemctl status``."""
        return self._send(*_status(text))

    def alive(self) -> bool:
        """A sign of life for the watchdog; due every :func:`watchdog_seconds`."""
        return self._send("WATCHDOG=1")

    def stopping(self) -> bool:
        """The end has begun."""
        return self._send("STOPPING=1")

    def reloading(self) -> bool:
        """The configuration is read again; :meth:`ready` ends it.

        ``Type=notify-reload`` wants the moment by the monotonic clock, in microseconds.
        """
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        return self._send("RELOADING=1", f"MONOTONIC_USEC={microseconds}")

    def _send(self, *lines: str) -> bool:
        if self._address is None:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(_PATIENCE)
                sender.sendto("\n".join(lines).encode("utf-8", "replace"), self._address)
        except OSError:
            return False
        return True


def _status(text: str) -> tuple[str, ...]:
    """A line break in it would begin another assignment."""
    return (f"STATUS={clean(text)}",) if text else ()


def _socket_address(address: str | None) -> str | None:
    """What ``sendto`` wants; None where there is no address, or one of another kind (``vsock:``)."""
    if not address or address[0] not in "/@":
        return None
    return f"\0{address[1:]}" if address.startswith("@") else address


def watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """Seconds between two signs of life: half of what systemd waits (sd_watchdog_enabled(3)).

    None where no watchdog is set, or it is set for another process.
    """
    wanted, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID")
    if pid is not None and pid != str(os.getpid()):
        return None
    if not (wanted.isascii() and wanted.isdigit()) or int(wanted) == 0:
        return None
    return int(wanted) / 2_000_000
