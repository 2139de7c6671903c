"""``presswatch demo``: the main job on a newsroom of our own, without any other network."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from presswatch.demo.newsroom import Newsroom

DEFAULT_FOLDER = Path("presswatch-demo")


@click.command(
    epilog="Example: presswatch demo --keep /tmp/demo",
    help="Crawl a small newsroom served on this machine, let an hour of news pass, crawl again.",
)
@click.option(
    "--keep",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The folder in which presswatch.db is left for you to look at.",
)
def demo(folder: Path) -> None:
    """Serve the newsroom, crawl it twice with the real command, and say what to look at next."""
    # Imported here: the other commands start without the newsroom.
    from presswatch.demo.newsroom import Newsroom
    from presswatch.demo.server import serve

    folder.mkdir(parents=True, exist_ok=True)
    db = folder / "presswatch.db"
    for leftover in folder.glob("presswatch.db*"):
        leftover.unlink()
    newsroom = Newsroom(datetime.now(UTC) - timedelta(hours=1))
    _watch(db, newsroom)
    with serve(newsroom) as proxy:
        _say(f"A newsroom of {len(newsroom.outlets)} outlets is open at {proxy}; nothing leaves this machine.")
        _say("\n08:00  the first crawl")
        _crawl(db, proxy)
        newsroom.advance()
        _say("\n09:00  a headline was edited, an article deleted, two copies published; the second crawl")
        _crawl(db, proxy, "--recheck")
    _say(f"\nThe database is {db}. Three things to try next:\n")
    for command in _next_steps(db):
        _say(f"  {command}")


def _watch(db: Path, newsroom: Newsroom) -> None:
    from pipeline.store.connection import open_store
    from pipeline.store.outlets import add_outlet

    with open_store(db) as store:
        for spec in newsroom.outlets:
            add_outlet(store, spec, datetime.now(UTC))


def _crawl(db: Path, proxy: str, *options: str) -> None:
    """One crawl by the real command, in a process of its own, as the daemon does it."""
    command = [sys.executable, "-m", "presswatch", "--db", str(db), "crawl", "--all", "--proxy", proxy, *options]
    ended = subprocess.run(command, check=False)  # noqa: S603
    if ended.returncode:
        sys.exit(ended.returncode)


def _next_steps(db: Path) -> tuple[str, ...]:
    return (
        f"presswatch --db {db} articles",
        f"presswatch --db {db} search Зеленський",
        f"presswatch --db {db} show --why 1",
    )


def _say(line: str) -> None:
    click.echo(line)
