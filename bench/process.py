"""What a process uses, from Linux's /proc (proc(5))."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One process: resident memory and its peak in MB, CPU in seconds, open files, threads."""

    rss: float
    peak: float
    cpu: float
    fds: int
    threads: int
    zombie: bool


def usage(pid: int) -> Usage | None:
    """What a process uses now; None where it is gone."""
    folder = Path("/proc") / str(pid)
    try:
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        stat = (folder / "stat").read_text().rpartition(")")[2].split()
        zombie = stat[0] == "Z"
        fds = 0 if zombie else len(list((folder / "fd").iterdir()))
    except OSError:
        return None
    return Usage(
        rss=_kilobytes(status.get("VmRSS")) / 1024,
        peak=_kilobytes(status.get("VmHWM")) / 1024,
        cpu=(int(stat[11]) + int(stat[12])) / _TICKS,
        fds=fds,
        threads=int(stat[17]),
        zombie=zombie,
    )


def children(pid: int) -> list[int]:
    """The processes that a process has started and not buried."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(folder.name))
    return found


def _kilobytes(text: str | None) -> int:
    return int(text.split()[0]) if text else 0
