"""One daemon for each database: a lock that dies with its process.

``flock(2)`` on a file beside the database. The kernel lets go of it when the process ends, however that
comes about: there is nothing to clean up after ``kill -9``. The file itself stays: taking it away would let
two daemons lock two files of one name. The lock belongs to the open file: a child made by ``fork`` without
``exec`` would keep it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, TypedDict

from pipeline.errors import HeldError, StoreError

#: seconds for which a lock is tried again: :func:`holder` takes it for an instant, and is no daemon
_INSTANT: Final = 0.5
_PAUSE: Final = 0.02
_MOST_BYTES: Final = 4096


class Holder(TypedDict):
    """Who holds a database: what its lock file says. None for what it does not say."""

    pid: int | None
    started_at: str | None
    host: str | None


def lock_path(db: Path) -> Path:
    """The lock file of a database; the same for all names that lead to it."""
    real = db.resolve()
    return real.with_name(f"{real.name}-daemon.lock")


@contextmanager
def hold(db: Path, now: datetime) -> Iterator[None]:
    """Be the one daemon of ``db`` within the block; ``now`` is told to whoever comes second.

    :raises HeldError: another daemon is there; the line names it
    :raises StoreError: the lock file cannot be made or locked
    """
    path = lock_path(db)
    descriptor = _open(path, db)
    try:
        if not _locked(descriptor, path):
            raise HeldError(_who(db, _read(descriptor)))
        _write(descriptor, {"pid": os.getpid(), "started_at": now.isoformat(), "host": socket.gethostname()})
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(db: Path) -> Holder | None:
    """The daemon that runs on ``db`` now, or None."""
    try:
        descriptor = os.open(lock_path(db), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _open(path: Path, db: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except PermissionError:
        raise StoreError(f"{path}: cannot write it; is it, or its folder, another user's?") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot open it ({error.strerror})") from error
    if os.geteuid() == 0 and db.exists():
        # As SQLite does with its log: what root makes beside a user's database is that user's.
        owner = db.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _locked(descriptor: int, path: Path) -> bool:
    until = time.monotonic() + _INSTANT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_PAUSE)
        except OSError as error:
            raise StoreError(f"{path}: this file system has no locks ({error.strerror})") from error
        else:
            return True


def _write(descriptor: int, holding: Holder) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{json.dumps(holding)}\n".encode(), 0)


def _read(descriptor: int) -> Holder:
    """What the file says; others may write it, and its daemon may be about to."""
    try:
        found = json.loads(os.pread(descriptor, _MOST_BYTES, 0))
    except (ValueError, RecursionError):
        found = None
    said = found if isinstance(found, dict) else {}
    pid, started_at, host = said.get("pid"), said.get("started_at"), said.get("host")
    return {
        "pid": pid if isinstance(pid, int) else None,
        "started_at": started_at if isinstance(started_at, str) else None,
        "host": host if isinstance(host, str) else None,
    }


def _who(db: Path, said: Holder) -> str:
    if said["pid"] is None:
        return f"{db}: another daemon is at work on it"
    return f"{db}: another daemon is at work on it, pid {said['pid']} since {said['started_at']}"
