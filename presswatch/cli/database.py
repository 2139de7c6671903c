"""``db``: looking after the database file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from pipeline.errors import StoreDamagedError, StoreError, UsageError
from pipeline.store import archive_care, care, cli_queries
from pipeline.store.archive import archive_path, open_archive
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.filters import Moment
from presswatch.cli.output import print_json
from presswatch.cli.words import counted

#: how much history of checks and passing failures `db prune` leaves
KEPT = timedelta(days=90)


@click.group(epilog="Example: presswatch db backup news-copy.db")
def db() -> None:
    """Look after the database file. It is plain SQLite: sqlite3, sqlite-utils and Datasette open it."""


@db.command(epilog="Example: presswatch db path")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def path(app: App, as_json: bool) -> None:
    """Print where the database is; exit code 0 whether or not it exists yet."""
    if as_json:
        print_json({"path": str(app.db.absolute()), "exists": app.db.exists()})
    else:
        click.echo(app.db.absolute())


@db.command(epilog="Example: presswatch db migrate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def migrate(app: App, as_json: bool) -> None:
    """Bring the database's tables up to date; every command that opens it does so by itself."""
    before = cli_queries.schema_number(app.db) if app.db.is_file() else 0
    app.write().close()
    after = cli_queries.schema_number(app.db)
    if as_json:
        print_json({"from": before, "to": after})
    elif before == after:
        click.echo(f"schema {after}: up to date")
    else:
        click.echo(f"schema {before} → {after}")


@db.command(epilog="Example: presswatch db check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def check(app: App, as_json: bool) -> None:
    """Look for damage: SQLite's own integrity check, what must hold between our tables, and the raw pages."""
    with app.read() as store:
        problems = care.check(store)
        totals = care.totals(store) if not problems else {}
    pages, kept = _check_pages(app.db)
    if as_json:
        print_json({"ok": not problems + pages, "problems": problems + pages, "totals": totals | kept})
    for problem in pages:
        app.say(problem)
    if problems:
        for problem in problems:
            app.say(problem)
        message = (
            f"{app.db}: {counted(len(problems), 'problem')}; keep a copy of the file, then restore a backup"
        )
        raise StoreDamagedError(message)
    if pages:
        message = f"{archive_path(app.db)}: move it away; the articles do not need it, a new one is begun"
        raise StoreDamagedError(message)
    if not as_json:
        click.echo(f"ok: {', '.join(f'{count} {table}' for table, count in (totals | kept).items())}")


def _check_pages(database: Path) -> tuple[list[str], dict[str, int]]:
    """What is wrong with the file of raw pages, and how much is in it."""
    if not archive_path(database).exists():
        return [], {}
    try:
        with open_archive(database) as archive:
            problems = archive_care.check(archive)
            return problems, {} if problems else archive_care.totals(archive)
    except StoreError as error:
        return [str(error)], {}


@db.command(epilog="Example: presswatch db backup /backups/news.db")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace FILE where it exists.")
@pass_app
def backup(app: App, file: Path, overwrite: bool) -> None:
    """Copy the database to FILE, also while a crawl writes to it. Never copy the file by hand then."""
    if file.exists() and not overwrite:
        message = f"{file}: exists already; name another file or add --overwrite"
        raise UsageError(message)
    if file.absolute().resolve() == app.db.absolute().resolve():
        raise UsageError("the backup cannot be the database itself")
    if not file.absolute().parent.is_dir():
        message = f"{file}: its folder does not exist"
        raise UsageError(message)
    part = file.with_name(f".{file.name}.part")
    try:
        with app.read() as store:
            store.backup(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{app.db} copied to {file}, {file.stat().st_size / 1_000_000:.1f} MB")


@db.command(epilog="Example: presswatch db prune --before 2026-01-01")
@click.option("--before", type=Moment(), help="Forget what is older (90d, 2026-01-01).  [default: 90d]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def prune(app: App, before: datetime | None, as_json: bool) -> None:
    """Forget the history of polls and of failures that passed, and give the space back.

    Articles, versions, and what failed for good stay.
    """
    with app.write() as store:
        gone = care.prune_history(store, before or now() - KEPT)
        care.optimize(store)
    if as_json:
        print_json(gone)
    else:
        click.echo(f"forgot {counted(gone['feed_checks'], 'poll')}, {counted(gone['failures'], 'failure')}")
