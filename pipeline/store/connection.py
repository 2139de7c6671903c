"""Opening the store, transactions, and SQLite's complaints put into words.

Rules for every function of this package:

* Writing goes through :meth:`Store.write`: ``BEGIN IMMEDIATE``, so that a transaction which reads and then
  writes never fails half-way because another process wrote in between.
* Two facts that belong together are written in one such transaction by the caller in ``pipeline.ingest``.
* A connection never crosses a fork (SQLite's own rule; see "How to corrupt an SQLite database file").
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import (
    NewerDatabaseError,
    NotADatabaseError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreLockedError,
)
from pipeline.store.schema import APPLICATION_ID, MIGRATIONS_NAME, STEPS, migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

#: seconds a writer waits for another one before it gives up
BUSY_SECONDS = 30.0

Row = sqlite3.Row


def iso(moment: datetime | None) -> str | None:
    """An aware datetime as ISO 8601 in UTC, whole seconds: the store's one spelling of time."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str | None) -> datetime | None:
    """The aware datetime behind the store's spelling, in UTC."""
    return datetime.fromisoformat(text) if text else None


def dumps(value: object) -> str:
    """JSON as the store keeps it: compact, readable in any script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Store:
    """One open database. Close it, or use it as a context manager; it never crosses a fork."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._translated = Translated(path)

    @property
    def db(self) -> Database:
        """The same connection in the hands of sqlite-utils, for migrations.

        Imported here: it brings numpy and 0.1 s of CPU along, and is wanted by a new or an old database only.
        """
        from sqlite_utils import Database

        return Database(self._connection, execute_plugins=False)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[Store]:
        """One write transaction. Nested calls join the outer one.

        :raises StoreLockedError: another program held the write lock for ``BUSY_SECONDS``
        :raises StoreFullError: the disk is full
        """
        if self._connection.in_transaction:
            yield self
            return
        with self._translated:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement; outside :meth:`write` it commits by itself."""
        with self._translated:
            return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for every row."""
        with self._translated:
            self._connection.executemany(sql, rows)

    def all(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Every row of a query."""
        with self._translated:
            return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self._translated:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def value(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.one(sql, parameters)
        return None if row is None else row[0]

    def backup(self, target: Path) -> None:
        """Copy the live database to ``target`` through SQLite's backup interface."""
        with Translated(target):
            copy = sqlite3.connect(target)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()


class Translated:
    """Turns the SQLite errors a user can mend into :class:`StoreError`; lets the others, bugs, through.

    Has no state: one can be entered again and again, also within itself. A class because every query passes here.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            return
        if isinstance(error, UnicodeDecodeError):  # every text was written as UTF-8
            message = f"{self._path}: the database is damaged (a text that is none); keep a copy, then restore a backup"
            raise StoreDamagedError(message) from error
        if isinstance(error, sqlite3.DatabaseError) and (mended := _in_words(error, self._path)) is not None:
            raise mended from error


def _in_words(error: sqlite3.DatabaseError, path: Path) -> StoreError | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreLockedError(f"{path}: another program holds the database's write lock; try again later")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return StoreFullError(f"{path}: cannot write, the disk is full or failing ({error})")
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM")):
        return StoreFullError(f"{path}: the database or its folder is read-only")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"{path}: cannot open it; does the folder exist, and may it be written?")
    if name.startswith("SQLITE_CORRUPT"):
        return StoreDamagedError(
            f"{path}: the database is damaged ({error}); keep a copy, then restore a backup"
        )
    if name.startswith("SQLITE_NOTADB"):
        return NotADatabaseError(f"{path}: not a SQLite database")
    return None


def open_store(path: Path, *, create: bool = True, patience: float = BUSY_SECONDS) -> Store:
    """Open the database at ``path``, making it (with ``create``) and bringing its schema up to date.

    ``patience`` is how many seconds a write waits for another program's.

    :raises StoreError: one clear line for each way in which it cannot be used
    """
    if path.is_dir():
        raise NotADatabaseError(f"{path}: is a folder, not a database")
    if not path.exists() and not create:
        raise _missing(path)
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist")
    store = Store(_connect(path, patience), path)
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return store


def open_readonly(path: Path) -> Store:
    """Open an existing database for reading only; nothing of it can be changed through this connection."""
    if not path.is_file() or path.stat().st_size == 0:
        raise _missing(path)
    store = Store(_connect(path), path)
    try:
        _bring_up_to_date(store)
        store.execute("PRAGMA query_only = ON")
    except BaseException:
        store.close()
        raise
    return store


def _missing(path: Path) -> StoreError:
    return StoreError(
        f"{path}: there is no database; run `presswatch outlets add …` first, or name one with --db"
    )


def _connect(path: Path, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    with Translated(path):
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            # A read that SQLite cannot take on trust: a file of other content fails here, not in mid-crawl.
            connection.execute("PRAGMA schema_version").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


def _check_identity(store: Store) -> int:
    """How many migrations the database has had; raises where it is not ours, or newer than this program."""
    application = store.value("PRAGMA application_id")
    if application != APPLICATION_ID and store.value("SELECT count(*) FROM sqlite_master"):
        raise NotADatabaseError(
            f"{store.path}: a SQLite database of another program; name another file with --db"
        )
    had = migrations_applied(store, MIGRATIONS_NAME)
    if max(had, store.value("PRAGMA user_version")) > len(STEPS):
        raise NewerDatabaseError(
            f"{store.path}: written by a newer presswatch; upgrade presswatch to open it"
        )
    return had


def migrations_applied(store: Store, name: str) -> int:
    """How many migrations of the set ``name`` the database has had, without waking sqlite-utils."""
    if not store.value("SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"):
        return 0
    return int(store.value("SELECT count(*) FROM _sqlite_migrations WHERE migration_set = ?", (name,)))


def _bring_up_to_date(store: Store) -> None:
    with Translated(store.path):
        if _check_identity(store) == len(STEPS):
            return
        store.execute("PRAGMA journal_mode = WAL")
        with store.write():
            # Looked at again inside the lock: another process may just have done the same.
            _check_identity(store)
            migrations(MIGRATIONS_NAME, STEPS).apply(store.db)
            store.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            store.execute(f"PRAGMA user_version = {len(STEPS)}")
