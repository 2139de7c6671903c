"""Whether this machine has a way out into the net, by Linux's routing tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: <linux/route.h>: RTF_UP, RTF_REJECT
_UP: Final = 0x1
_REJECT: Final = 0x200
#: masks and prefix lengths that stand for the whole of the net; tunnels halve the default route
_WIDE_V4: Final = frozenset({0x0, 0x80, 0x80000000})
_WIDE_V6: Final = frozenset({0, 1, 3})


def has_default_route(folder: Path = Path("/proc/net")) -> bool | None:
    """Whether this machine has a way out, by Linux's routing tables (proc(5)); None where there are none."""
    tables = [(folder / "route", _way_out_v4), (folder / "ipv6_route", _way_out_v6)]
    known = [(file, way_out) for file, way_out in tables if file.is_file()]
    try:
        lines = [
            (line.split(), way_out)
            for file, way_out in known
            for line in file.read_text("ascii").splitlines()
        ]
    except (OSError, UnicodeError):
        return None
    return any(way_out(fields) for fields, way_out in lines) if known else None


def _way_out_v4(fields: list[str]) -> bool:
    """A line of /proc/net/route: interface, destination, gateway, flags, ..., mask in the eighth place."""
    if len(fields) < 8 or not _usable(fields[3]):
        return False
    return _hex(fields[7]) in _WIDE_V4


def _way_out_v6(fields: list[str]) -> bool:
    """A line of /proc/net/ipv6_route: destination, its prefix length, ..., flags, interface."""
    if len(fields) < 10 or fields[9] == "lo" or not _usable(fields[8]):
        return False
    return _hex(fields[1]) in _WIDE_V6


def _usable(flags: str) -> bool:
    number = _hex(flags)
    return number >= 0 and bool(number & _UP) and not number & _REJECT


def _hex(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1
