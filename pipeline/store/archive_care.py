"""Looking after the raw pages: what is old, too much or nobody's is forgotten; checks; counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.errors import StoreDamagedError
from pipeline.store.archive import Archive
from pipeline.store.connection import Store, iso

#: pages forgotten in one transaction, and at most in one pruning
_BATCH: Final = 500
_MOST: Final = 20_000
#: pages whose version is looked up in one pruning
_LOOKED_UP: Final = 2_000
#: pages of the file given back to the file system in one pruning, and the free share from which on they are
_GIVEN_BACK: Final = 4_096
_WORTH_IT: Final = 0.25
#: pages that a check unpacks
_CHECKED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Whether raw pages are kept, for how many days, and in how many megabytes (10^6 bytes) at most."""

    keep: bool = True
    keep_days: int = 90
    max_mb: int = 2000


def prune(archive: Archive, store: Store, retention: Retention, now: datetime) -> int:
    """Forget raw pages that are too old, beyond the size, or of versions that ``store`` does not have.

    Returns how many. The work is bounded: what is left over is forgotten the next time.

    :raises StoreError: the file cannot be written or is damaged
    """
    count = _nobodys(archive, store)
    before = iso(now - timedelta(days=retention.keep_days))
    for _ in range(_MOST // _BATCH):
        gone = _forget(archive, "SELECT version_id FROM kept WHERE fetched_at < ? LIMIT ?", (before, _BATCH))
        if not gone and _bytes_used(archive) > retention.max_mb * 1_000_000:
            oldest = "SELECT version_id FROM kept ORDER BY fetched_at LIMIT ?"
            gone = _forget(archive, oldest, (_BATCH // 5,))
        if not gone:
            break
        count += gone
    pages, free, _ = _space(archive)
    if free > pages * _WORTH_IT:
        archive.give_back(_GIVEN_BACK)
    return count


def _forget(archive: Archive, which: str, values: tuple[object, ...]) -> int:
    """Forget some pages, and with them the bodies and patterns that nothing else needs."""
    with archive.store.write():
        gone = [row["version_id"] for row in archive.store.all(which, values)]
        archive.forget(gone)
    return len(gone)


def _nobodys(archive: Archive, store: Store) -> int:
    """Forget pages of versions that the database does not have: it was replaced, or a backup restored.

    Such versions have the highest numbers, so the search begins there and need not end at the lowest.
    """
    rows = archive.store.all(
        "SELECT version_id, seen_at FROM kept ORDER BY version_id DESC LIMIT ?", (_LOOKED_UP,)
    )
    there = set[tuple[int, str]]()
    for part in _chunks([row["version_id"] for row in rows]):
        marks = ",".join("?" * len(part))
        found = store.all(f"SELECT id, seen_at FROM versions WHERE id IN ({marks})", part)
        there.update((row["id"], row["seen_at"]) for row in found)
    lost = [row["version_id"] for row in rows if (row["version_id"], row["seen_at"]) not in there]
    for part in _chunks(lost):
        with archive.store.write():
            archive.forget(part)
    return len(lost)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _bytes_used(archive: Archive) -> int:
    pages, free, size = _space(archive)
    return (pages - free) * size


def _space(archive: Archive) -> tuple[int, int, int]:
    """Pages of the file, how many of them are free, and their size in bytes: counts that the file itself keeps."""
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (int(archive.store.value(f"PRAGMA {name}")) for name in names)
    return pages, free, size


def check(archive: Archive) -> list[str]:
    """Everything wrong with the file: SQLite's integrity check, foreign keys, and the latest pages unpacked."""
    store = archive.store
    problems = [row[0] for row in store.all("PRAGMA integrity_check") if row[0] != "ok"]
    problems.extend(
        f"{row['table']} row {row['rowid']} points at a missing row of {row['parent']}"
        for row in store.all("PRAGMA foreign_key_check")
    )
    latest = store.all("SELECT version_id, seen_at FROM kept ORDER BY fetched_at DESC LIMIT ?", (_CHECKED,))
    for row in latest:
        try:
            archive.load(row["version_id"], row["seen_at"])
        except StoreDamagedError as error:
            problems.append(str(error))
    return [f"{archive.path}: {problem.removeprefix(f'{archive.path}: ')}" for problem in problems]


def totals(archive: Archive) -> dict[str, int]:
    """How many pages are kept, the bytes they came in and the bytes of the file in use."""
    row = archive.store.one("SELECT count(*) AS pages, coalesce(sum(size), 0) AS bytes FROM raw_pages")
    assert row is not None
    return {"raw_pages": row["pages"], "raw_bytes": row["bytes"], "file_bytes": _bytes_used(archive)}
