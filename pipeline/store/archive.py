"""Raw pages, kept beside the database so that today's rules can be run over the past.

A second SQLite file with a life of its own: the database never refers to it, it may lag behind, lead or be
missing. A page belongs to a version by the version's number and the time it was seen at, so that the pages
of another database that once had the same name are not taken for this one's.

* A page is kept after its version was stored, in a transaction of its own.
* ``synchronous = NORMAL``: after a crash of the machine the last pages may be missing, nothing is damaged.
* Bodies are stored once, by their SHA-256, packed against a page of the same outlet (``archive_codec``).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from pipeline.article import PageHints
from pipeline.errors import NewerDatabaseError, NotADatabaseError, NotFoundError, StoreDamagedError
from pipeline.store.archive_codec import (
    MAX_SAMPLES,
    UnreadableError,
    choose_pattern,
    pack,
    unpack,
)
from pipeline.store.archive_schema import (
    ARCHIVE_ID,
    ARCHIVE_STEPS,
    ARCHIVE_STEPS_NAME,
)
from pipeline.store.connection import Row, Store, Translated, dumps, iso, migrations_applied
from pipeline.store.schema import migrations

#: seconds; a crawl does not stand still for its pages
_BUSY_SECONDS: Final = 2.0
#: bytes of patterns held in memory
_CACHED: Final = 8 << 20
#: larger pages are no samples for a pattern, in bytes
_MAX_SAMPLE: Final = 1 << 20
#: bodies of an outlet before its patterns are weighed the first time, the second, and each time after that;
#: the last where that was in vain
_WAITS: Final = (3, 13, 16)
_WAIT_IN_VAIN: Final = 256
#: a pattern is outgrown when pages take so much more than those it was chosen on
_OUTGROWN: Final = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A page as it was fetched, and the version that was read from it.

    ``seen_at`` is the version's, as the store spells it; ``content_type`` the HTTP header; ``hints`` what
    the reader was told beyond the page.
    """

    version_id: int
    article_id: int
    outlet_id: int
    seen_at: str
    url: str
    final_url: str
    fetched_at: datetime
    content_type: str | None
    hints: PageHints
    body: bytes


def archive_path(db: Path) -> Path:
    """Where a database's raw pages are: ``press.pages.db`` beside ``press.db``."""
    return db.with_name(f"{db.stem}.pages{db.suffix}")


class Archive:
    """The open file of raw pages. Close it, or use it as a context manager; it never crosses a fork."""

    def __init__(self, store: Store, connection: sqlite3.Connection) -> None:
        self.store = store
        self._connection = connection
        self.path = store.path
        self._patterns: OrderedDict[int, bytes] = OrderedDict()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; an open transaction is rolled back."""
        self.store.close()

    def give_back(self, pages: int) -> None:
        """Give so many free pages of the file back to the file system."""
        with Translated(self.path):
            # A script, because execute() takes a single step of it, which is one page.
            self._connection.executescript(f"PRAGMA incremental_vacuum({pages})")

    # --- keeping ---

    def keep(self, page: RawPage) -> None:
        """Keep a version's page; a body that is there already is not stored again.

        :raises StoreError: the file cannot be written or is damaged
        """
        digest = hashlib.sha256(page.body).digest()
        with self.store.write():
            body_id = self.store.value("SELECT id FROM bodies WHERE sha256 = ?", (digest,))
            if body_id is None:
                body_id = self._insert_body(page, digest)
            if self.store.value("SELECT 1 FROM kept WHERE version_id = ?", (page.version_id,)):
                self.forget((page.version_id,), spare=body_id)
            self.store.execute(
                "INSERT INTO kept (version_id, article_id, seen_at, url, final_url, fetched_at, content_type, hints, body_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    page.version_id,
                    page.article_id,
                    page.seen_at,
                    page.url,
                    page.final_url,
                    iso(page.fetched_at),
                    page.content_type,
                    _hints_text(page.hints),
                    body_id,
                ),
            )

    def forget(self, versions: Sequence[int], *, spare: int | None = None) -> None:
        """Forget the pages of some versions, with the bodies (but ``spare``) and patterns only they needed."""
        marks = ",".join("?" * len(versions))
        with self.store.write():
            rows = self.store.all(
                f"DELETE FROM kept WHERE version_id IN ({marks}) RETURNING body_id", tuple(versions)
            )
            self.store.executemany(
                "DELETE FROM bodies WHERE id = ? AND NOT EXISTS (SELECT 1 FROM kept WHERE body_id = bodies.id)",
                [(row["body_id"],) for row in rows if row["body_id"] != spare],
            )
            self.store.execute(
                "DELETE FROM patterns WHERE NOT EXISTS (SELECT 1 FROM bodies WHERE pattern_id = patterns.id)"
                " AND NOT EXISTS (SELECT 1 FROM outlets WHERE pattern_id = patterns.id)"
            )

    def _insert_body(self, page: RawPage, digest: bytes) -> int:
        outlet = self._outlet(page.outlet_id)
        pattern_id = outlet["pattern_id"]
        body_id = int(
            self.store.value(
                "INSERT INTO bodies (sha256, outlet_id, size, pattern_id, data) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (
                    digest,
                    page.outlet_id,
                    len(page.body),
                    pattern_id,
                    pack(page.body, self._pattern(pattern_id)),
                ),
            )
        )
        if outlet["wait"] > 1:
            self.store.execute("UPDATE outlets SET wait = wait - 1 WHERE outlet_id = ?", (page.outlet_id,))
        else:
            self._weigh(outlet, page.fetched_at)
        return body_id

    def _outlet(self, outlet_id: int) -> Row:
        query = "SELECT * FROM outlets WHERE outlet_id = ?"
        row = self.store.one(query, (outlet_id,))
        if row is None:
            self.store.execute("INSERT INTO outlets (outlet_id, wait) VALUES (?, ?)", (outlet_id, _WAITS[0]))
            row = self.store.one(query, (outlet_id,))
            assert row is not None
        return row

    # --- patterns ---

    def _weigh(self, outlet: Row, now: datetime) -> None:
        """Look whether the outlet's last pages would be smaller against another pattern, and if so change it."""
        weighed = 1 + outlet["weighed"]
        pattern_id, wait = outlet["pattern_id"], _WAITS[min(weighed, len(_WAITS) - 1)]
        if weighed < len(_WAITS) or self._outgrown(outlet):
            pattern_id = self._chosen(outlet, now)
            if weighed >= len(_WAITS) and pattern_id == outlet["pattern_id"]:
                wait = _WAIT_IN_VAIN
        self.store.execute(
            "UPDATE outlets SET pattern_id = ?, wait = ?, weighed = ? WHERE outlet_id = ?",
            (pattern_id, wait, weighed, outlet["outlet_id"]),
        )

    def _outgrown(self, outlet: Row) -> bool:
        """Whether half of the outlet's last pages are larger than those on which its pattern was chosen."""
        mean = self.store.value("SELECT mean FROM patterns WHERE id = ?", (outlet["pattern_id"],))
        larger = self.store.value(
            "SELECT count(*) FROM (SELECT length(data) AS stored FROM bodies WHERE outlet_id = ? ORDER BY id DESC LIMIT ?)"
            " WHERE stored > ?",
            (outlet["outlet_id"], MAX_SAMPLES, _OUTGROWN * (mean or 0)),
        )
        return bool(larger >= MAX_SAMPLES / 2)

    def _chosen(self, outlet: Row, now: datetime) -> int | None:
        """The pattern from now on: a new one, against which the pages it was tried on are stored again."""
        current: int | None = outlet["pattern_id"]
        rows = self.store.all(
            "SELECT id, size, pattern_id, data FROM bodies WHERE outlet_id = ? AND size <= ? ORDER BY id DESC LIMIT ?",
            (outlet["outlet_id"], _MAX_SAMPLE, MAX_SAMPLES),
        )
        bodies = [self._unpacked(row) for row in rows]
        pattern = choose_pattern(bodies, self._pattern(current))
        if pattern is None:
            return current
        pattern_id = int(
            self.store.value(
                "INSERT INTO patterns (outlet_id, made_at, size, mean, data) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (
                    outlet["outlet_id"],
                    iso(now),
                    len(pattern.content),
                    pattern.mean,
                    pack(pattern.content, None),
                ),
            )
        )
        self.store.executemany(
            "UPDATE bodies SET pattern_id = ?, data = ? WHERE id = ?",
            [
                (pattern_id, pack(body, pattern.content), row["id"])
                for row, body in zip(rows, bodies, strict=True)
            ],
        )
        return pattern_id

    def _pattern(self, pattern_id: int | None) -> bytes | None:
        """A pattern's content; the last used ones stay in memory."""
        if pattern_id is None:
            return None
        content = self._patterns.pop(pattern_id, None)
        if content is None:
            row = self.store.one(
                "SELECT data, size, NULL AS pattern_id FROM patterns WHERE id = ?", (pattern_id,)
            )
            if row is None:
                raise StoreDamagedError(f"{self.path}: a pattern that pages need is missing")
            content = self._unpacked(row)
        self._patterns[pattern_id] = content
        while sum(map(len, self._patterns.values())) > _CACHED:
            self._patterns.popitem(last=False)
        return content

    def _unpacked(self, row: Row) -> bytes:
        try:
            return unpack(row["data"], row["size"], self._pattern(row["pattern_id"]))
        except UnreadableError as error:
            raise StoreDamagedError(f"{self.path}: a kept page is damaged ({error})") from error

    # --- reading ---

    def load(self, version_id: int, seen_at: str) -> RawPage | None:
        """The page that a version was read from, or None where it was not kept.

        :raises StoreDamagedError: it is there but is not what was kept
        """
        row = self.store.one(
            "SELECT k.*, b.sha256, b.outlet_id, b.size, b.pattern_id, b.data FROM kept k JOIN bodies b ON b.id = k.body_id"
            " WHERE k.version_id = ? AND k.seen_at = ?",
            (version_id, seen_at),
        )
        if row is None:
            return None
        body = self._unpacked(row)
        if hashlib.sha256(body).digest() != row["sha256"]:
            raise StoreDamagedError(f"{self.path}: the page of article {row['article_id']} is damaged")
        return RawPage(
            version_id=version_id,
            article_id=row["article_id"],
            outlet_id=row["outlet_id"],
            seen_at=seen_at,
            url=row["url"],
            final_url=row["final_url"],
            fetched_at=datetime.fromisoformat(row["fetched_at"]),
            content_type=row["content_type"],
            hints=_hints_from(row["hints"]),
            body=body,
        )


_TIMES: Final = ("reference", "published")


def _hints_text(hints: PageHints) -> str:
    values = {one.name: getattr(hints, one.name) for one in fields(hints)}
    given = {name: value for name, value in values.items() if value is not None}
    # With their own offsets: a date without a zone is understood in that of the reference.
    return dumps(given | {name: given[name].isoformat() for name in _TIMES if name in given})


def _hints_from(text: str) -> PageHints:
    """The hints; those that only another version of presswatch knows are left out."""
    known = {one.name for one in fields(PageHints)}
    values = {name: value for name, value in json.loads(text).items() if name in known}
    return PageHints(
        **values | {name: datetime.fromisoformat(values[name]) for name in _TIMES if name in values}
    )


# --- opening ----------------------------------------------------------------------------------------------


def open_archive(db: Path) -> Archive:
    """The raw pages of a database; the file is begun where there is none yet.

    :raises StoreError: one clear line for each way in which it cannot be used
    """
    path = archive_path(db)
    connection = _connect(path)
    store = Store(connection, path)
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return Archive(store, connection)


def existing_archive(db: Path) -> Archive:
    """The raw pages of a database, if any were ever kept.

    :raises NotFoundError: none were
    :raises StoreError: the file cannot be used
    """
    if not archive_path(db).exists():
        raise NotFoundError(f"{archive_path(db)}: no raw pages were kept of this database")
    return open_archive(db)


def _connect(path: Path) -> sqlite3.Connection:
    with Translated(path):
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            # What an empty file is to become; ignored by one with content.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA schema_version").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


def _bring_up_to_date(store: Store) -> None:
    with Translated(store.path):
        if _check_identity(store) == len(ARCHIVE_STEPS):
            return
        store.execute("PRAGMA journal_mode = WAL")
        with store.write():
            _check_identity(store)  # again inside the lock: another process may just have done the same
            migrations(ARCHIVE_STEPS_NAME, ARCHIVE_STEPS).apply(store.db)
            store.execute(f"PRAGMA application_id = {ARCHIVE_ID}")
            store.execute(f"PRAGMA user_version = {len(ARCHIVE_STEPS)}")


def _check_identity(store: Store) -> int:
    """How many migrations the file has had; raises where it is not ours, or newer than this program."""
    if store.value("PRAGMA application_id") != ARCHIVE_ID and store.value(
        "SELECT count(*) FROM sqlite_master"
    ):
        raise NotADatabaseError(f"{store.path}: is no file of raw pages of presswatch; move it away")
    had = migrations_applied(store, ARCHIVE_STEPS_NAME)
    if max(had, store.value("PRAGMA user_version")) > len(ARCHIVE_STEPS):
        raise NewerDatabaseError(f"{store.path}: written by a newer presswatch; upgrade presswatch to use it")
    return had
