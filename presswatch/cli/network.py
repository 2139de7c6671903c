"""The doctor's look at the network: can names be looked up, or the proxy be reached?"""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit
from urllib.request import getproxies

#: seconds that a healthy resolver or proxy never needs
PATIENCE = 3.0


def network_trouble(host: str, proxy: str | None) -> str | None:
    """Why ``host`` cannot be fetched from, in one line, or None. The host itself is not contacted.

    With a proxy (given, or of the environment) only the proxy counts: it looks the names up.
    """
    used = proxy or getproxies().get("https") or getproxies().get("http")
    return _unreachable(used) if used else _unknown(host)


def _unreachable(proxy: str) -> str | None:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        socket.create_connection(address, timeout=PATIENCE).close()
    except (OSError, ValueError) as error:
        return f"the proxy cannot be reached ({error})"
    return None


def _unknown(host: str) -> str | None:
    """Look a name up, but not for longer than ``PATIENCE``: the resolver itself knows no deadline."""
    answers: list[str | None] = []

    def look() -> None:
        try:
            socket.getaddrinfo(host, 443)
            answers.append(None)
        except (OSError, UnicodeError) as error:
            answers.append(f"{host} cannot be looked up ({error})")

    # A thread that is still asking must not keep the program from ending.
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return answers[0] if answers else f"{host} was not looked up within {PATIENCE:.0f} s"
