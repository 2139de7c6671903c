"""``doctor``: is everything in order that presswatch needs? Each fault with its fix."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import click

from pipeline.errors import PresswatchError, StoreError, UsageError
from presswatch.cli.context import App, now
from presswatch.cli.network import network_trouble
from presswatch.cli.output import print_json
from presswatch.cli.terminal import safe
from presswatch.cli.words import counted

if TYPE_CHECKING:
    from pipeline.store.connection import Store

MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}
#: STRICT tables came with SQLite 3.37
OLDEST_SQLITE = (3, 37, 0)
#: two processes that write and checkpoint at once may damage a WAL database before this version
#: (https://www.sqlite.org/wal.html, "The WAL-Reset Bug"): rare, so a warning
WAL_RESET_FIXED = (3, 51, 3)
#: no clock that is right shows a time before this program was written
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
ENOUGH_DISK = 1_000_000_000
LEAST_DISK = 50_000_000
#: a feed due for so long is overlooked
_LATE = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``fix`` is what to do about it, empty where all is well."""

    what: str
    state: Literal["ok", "warning", "fault"]
    message: str
    fix: str = ""


@click.command(epilog="Example: presswatch --db news.db doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check Python, SQLite, folder, disk, clock, configuration, the database and the network.

    Exit code 0, or 3 where something is at fault; warnings are none.
    """
    app: App = ctx.obj
    findings = list(examine(app))
    sick = any(finding.state == "fault" for finding in findings)
    if as_json:
        print_json({"ok": not sick, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            fix = f" → {finding.fix}" if finding.fix else ""
            click.echo(safe(f"{MARKS[finding.state]} {finding.what}: {finding.message}{fix}"))
    ctx.exit(3 if sick else 0)


def examine(app: App) -> Iterator[Finding]:
    """Look at everything, cheapest first."""
    yield python_finding(sys.version_info[:3])
    yield from _sqlite()
    yield from _folder(app.db.absolute().parent)
    yield clock_finding(now(), None)
    yield _configuration(app)
    yield from _store(app)


def python_finding(version: tuple[int, int, int]) -> Finding:
    """Is this Python new enough?"""
    text = ".".join(map(str, version))
    if version >= (3, 11, 0):
        return Finding(what="Python", state="ok", message=text)
    return Finding(
        what="Python", state="fault", message=f"{text} is too old", fix="install Python 3.11 or newer"
    )


def _sqlite() -> Iterator[Finding]:
    from pipeline.store.care import sqlite_version
    from pipeline.store.cli_queries import has_fts5

    yield sqlite_finding(sqlite_version())
    yield wal_reset_finding(sqlite_version())
    if has_fts5():
        yield Finding(what="full-text search", state="ok", message="SQLite has FTS5")
    else:
        fix = "install a Python whose SQLite has FTS5"
        yield Finding(what="full-text search", state="fault", message="SQLite lacks FTS5", fix=fix)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def sqlite_finding(version: str) -> Finding:
    """Is this SQLite new enough?"""
    if _numbers(version) >= OLDEST_SQLITE:
        return Finding(what="SQLite", state="ok", message=version)
    return Finding(
        what="SQLite",
        state="fault",
        message=f"{version} is too old",
        fix="install a Python with SQLite 3.37 or newer",
    )


def wal_reset_finding(version: str) -> Finding:
    """Does this SQLite have the WAL-reset bug?"""
    if _numbers(version) >= WAL_RESET_FIXED:
        return Finding(what="WAL-reset bug", state="ok", message=f"fixed in {version}")
    return Finding(
        what="WAL-reset bug",
        state="warning",
        message=f"SQLite {version} can, very rarely, damage a database that two programs write at once",
        fix="SQLite 3.51.3 or newer mends it; until then make backups with `presswatch db backup`",
    )


def _folder(folder: Path) -> Iterator[Finding]:
    from pipeline.store.cli_queries import wal_trouble

    if not folder.is_dir():
        fix = f"make it (mkdir -p '{folder}') or name another database with --db"
        yield Finding(what="folder", state="fault", message=f"{folder} does not exist", fix=fix)
        return
    try:
        trouble = wal_trouble(folder)
    except OSError as error:
        fix = "give this user the right to write there, or name another database with --db"
        yield Finding(
            what="folder", state="fault", message=f"{folder} cannot be written ({error.strerror})", fix=fix
        )
        return
    yield Finding(what="folder", state="ok", message=f"{folder} can be written")
    yield _wal(trouble)
    yield disk_finding(shutil.disk_usage(folder).free)


def _wal(trouble: str | None) -> Finding:
    if trouble is None:
        return Finding(what="write-ahead log", state="ok", message="works there")
    fix = "put the database on a local disk; network file systems cannot hold it safely"
    return Finding(what="write-ahead log", state="fault", message=trouble, fix=fix)


def disk_finding(free: int) -> Finding:
    """Is there room to grow? ``free`` in bytes."""
    message = f"{free / 1_000_000_000:.1f} GB free"
    state: Literal["ok", "warning", "fault"] = (
        "ok" if free >= ENOUGH_DISK else "warning" if free >= LEAST_DISK else "fault"
    )
    return Finding(what="disk", state=state, message=message, fix="" if state == "ok" else "make room")


def clock_finding(at: datetime, latest: datetime | None) -> Finding:
    """Can the clock be right? ``latest`` is the latest time that the database knows of."""
    fix = "set the clock (timedatectl set-ntp true)"
    shown = at.isoformat(timespec="seconds")
    if at < NOT_BEFORE:
        return Finding(what="clock", state="fault", message=f"{shown} is in the past", fix=fix)
    if latest and latest > at + timedelta(minutes=5):
        message = f"{shown}, but the database was written at {latest.isoformat(timespec='seconds')}"
        return Finding(what="clock", state="warning", message=message, fix=fix)
    return Finding(what="clock", state="ok", message=shown)


def _configuration(app: App) -> Finding:
    try:
        app.fetch_options()
    except PresswatchError as error:
        return Finding(what="configuration", state="fault", message=str(error), fix="mend the file")
    return Finding(what="configuration", state="ok", message=str(app.config_file or "none, defaults"))


def _store(app: App) -> Iterator[Finding]:
    if not app.db.exists():
        fix = "`presswatch outlets add …` makes it"
        yield Finding(what="database", state="ok", message=f"{app.db} does not exist yet", fix=fix)
        return
    if not os.access(app.db, os.W_OK):
        fix = "give this user the right to write it"
        yield Finding(what="database", state="fault", message=f"{app.db} is read-only", fix=fix)
        return
    try:
        yield from _store_findings(app)
    except StoreError as error:
        yield Finding(what="database", state="fault", message=str(error), fix="see `presswatch db --help`")


def _store_findings(app: App) -> Iterator[Finding]:
    from pipeline.store.care import check, totals
    from pipeline.store.cli_queries import latest_moment

    with app.read() as store:
        problems = check(store)
        if problems:
            fix = "keep a copy of the file, then restore a backup"
            yield Finding(what="database", state="fault", message="; ".join(problems[:3]), fix=fix)
            return
        counts = totals(store)
        message = f"{app.db}: sound, {counts['outlets']} outlets, {counts['articles']} articles"
        yield Finding(what="database", state="ok", message=message)
        behind = clock_finding(now(), latest_moment(store))
        if behind.state == "warning":
            yield behind
        yield _daemon(app, store)
        yield from _network(app, store)


def _daemon(app: App, store: Store) -> Finding:
    """Whether a daemon is at work, and keeps up."""
    from pipeline.store.feeds import count_due
    from scheduler.single import holder

    late = count_due(store, now() - _LATE, 100_000)
    held = holder(app.db)
    if held is not None:
        who = f"running since {held['started_at']} (pid {held['pid']})"
        if not late:
            return Finding(what="daemon", state="ok", message=who)
        message = f"{who}, but {counted(late, 'feed')} are long overdue"
        return Finding(what="daemon", state="warning", message=message, fix="look at its log")
    if not late:
        return Finding(what="daemon", state="ok", message="not running")
    fix = "start `presswatch daemon`, or have the system run it: `presswatch service install`"
    message = f"not running, and {counted(late, 'feed')} are long overdue"
    return Finding(what="daemon", state="warning", message=message, fix=fix)


def _network(app: App, store: Store) -> Iterator[Finding]:
    """Only where feeds are watched: otherwise there is nothing to reach."""
    from pipeline.store.outlets import feed_health

    hosts = [urlsplit(str(row["url"])).hostname for row in feed_health(store)]
    host = next((host for host in hosts if host), None)
    if host is None:
        return
    try:
        trouble = network_trouble(host, app.fetch_options().proxy)
    except UsageError:  # said already, under "configuration"
        return
    if trouble:
        fix = "check the connection, the name server, or the proxy settings"
        yield Finding(what="network", state="warning", message=trouble, fix=fix)
    else:
        yield Finding(what="network", state="ok", message="names are looked up, or the proxy answers")
