"""``presswatch demo``: the main job on a newsroom of our own, without any other network."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.errors import StoreError, UsageError

if TYPE_CHECKING:
    from presswatch.demo.newsroom import Newsroom
    from presswatch.demo.server import Served

DEFAULT_FOLDER = Path("presswatch-demo")
_HOUR = timedelta(hours=1)


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

    opened = datetime.now(UTC) - _HOUR
    newsroom = Newsroom(opened)
    db = folder / "presswatch.db"
    _make_room(db, newsroom)
    _watch(db, newsroom)
    with serve(newsroom) as served:
        _say(f"A newsroom of {len(newsroom.outlets)} outlets is open at {served.proxy}.")
        _say("Nothing leaves this machine.")
        _say(f"\n{_clock(opened)}  the first crawl")
        _crawl(db, served)
        newsroom.advance()
        _say(f"\n{_clock(opened + _HOUR)}  an hour later a headline was edited, an article was taken down,")
        _say("       and two outlets copied a third; the second crawl")
        _crawl(db, served, "--recheck")
    _say(f"\nEverything is in {db}. Three things to try next:")
    for about, command in _next_steps(db, _copy(newsroom)):
        _say(f"\n  {about}:\n    {command}")


def _make_room(db: Path, newsroom: Newsroom) -> None:
    """Remove the database of an earlier demo. One that is not the demo's is nobody's to remove."""
    db.parent.mkdir(parents=True, exist_ok=True)
    if db.exists() and not _is_ours(db, newsroom):
        message = f"{db} was not made by the demo and stays as it is; name another folder with --keep"
        raise UsageError(message)
    for ending in ("", "-wal", "-shm"):
        db.with_name(db.name + ending).unlink(missing_ok=True)


def _is_ours(db: Path, newsroom: Newsroom) -> bool:
    from pipeline.store.connection import open_readonly
    from pipeline.store.outlets import list_outlets

    try:
        with open_readonly(db) as store:
            watched = {outlet.slug for outlet in list_outlets(store)}
    except StoreError:
        return False
    demo_outlets = [spec.slug for spec in newsroom.outlets]
    # The first is our own invention, which nobody else watches.
    return demo_outlets[0] in watched and watched <= set(demo_outlets)


def _watch(db: Path, newsroom: Newsroom) -> None:
    from pipeline.store.connection import open_store
    from pipeline.store.outlets import add_outlet

    with open_store(db) as store:
        for spec in newsroom.outlets:
            add_outlet(store, spec, datetime.now(UTC))


def _crawl(db: Path, served: Served, *options: str) -> None:
    """One crawl by the real command, in a process of its own, as the daemon does it."""
    words = ["--db", str(db), "crawl", "--all", "--proxy", served.proxy, *options]
    # A no_proxy of the user's, "*" or ".ua", would send the crawl past the newsroom to the real sites.
    environment = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "presswatch", *words],
        check=False,
        env=environment | {"SSL_CERT_FILE": str(served.ca_file)},
    )
    if ended.returncode:
        sys.exit(ended.returncode)


def _copy(newsroom: Newsroom) -> str:
    """The address of the page with the most to cut: a translated copy that came with the second hour."""
    return next(copy for copy, relation, _ in newsroom.truth()[1].relations if relation == "translation-of")


def _next_steps(db: Path, copy: str) -> Iterator[tuple[str, str]]:
    from pipeline.store.browse import resolve
    from pipeline.store.connection import open_readonly

    with open_readonly(db) as store:
        article = resolve(store, copy)
    program = f"{_program()} --db {shlex.quote(str(db))}"
    yield "all articles, newest first", f"{program} articles"
    yield "one name in three scripts", f"{program} search 'Zelenskyy OR Зеленський OR زيلينسكي'"
    yield "a translated copy, and what was cut from it and why", f"{program} show --why {article}"


def _program() -> str:
    """How this program is called here: by its name, where the shell finds it."""
    started = Path(sys.argv[0])
    if shutil.which("presswatch"):
        return "presswatch"
    if started.name == "presswatch":
        return shlex.quote(str(started))
    return f"{shlex.quote(sys.executable)} -m presswatch"


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")


def _say(line: str) -> None:
    click.echo(line)
