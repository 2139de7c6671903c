"""Small words for people: times, counts, widths."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime


def when(moment: str | datetime | None) -> str:
    """A stored time as people read it: in the machine's own zone, to the minute; "-" for none."""
    if moment is None:
        return "-"
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    try:
        return found.astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError):  # a date of the year 1 or 9999 has no local time
        return found.isoformat(timespec="minutes")


def away(moment: str | None, now: datetime) -> str:
    """How far a stored time is from now: ``5 min ago``, ``in 2 h``, ``3 d ago``; "-" for none."""
    if moment is None:
        return "-"
    seconds = (now - datetime.fromisoformat(moment)).total_seconds()
    size = abs(seconds)
    if size < 60:
        return "now"
    units = ((86400 * 2, 86400, "d"), (3600 * 2, 3600, "h"), (0, 60, "min"))
    amount = next(f"{size // unit:.0f} {name}" for least, unit, name in units if size >= least)
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def lasting(moment: str | None, now: datetime) -> str:
    """How long ago a stored time was, without "ago": ``3 d``; "-" for none."""
    return away(moment, now).removesuffix(" ago")


def how_often(minutes: float | None) -> str:
    """An interval: ``10 min``, ``3 h``, ``2 d``; "-" where there is none."""
    if minutes is None or minutes <= 0:
        return "-"
    amount, unit = next(
        (minutes / size, name)
        for size, name in ((1440, "d"), (60, "h"), (1, "min"))
        if minutes >= 2 * size or size == 1
    )
    return f"{amount:.0f} {unit}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 article``, ``2 articles``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def height() -> int | None:
    """The terminal's height in lines, or None where the output is no terminal and may be of any length."""
    return shutil.get_terminal_size().lines if sys.stdout.isatty() else None


def width() -> int | None:
    """The terminal's width in columns, or None where the output is no terminal and nothing need be cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
