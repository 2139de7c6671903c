"""``daemon``: crawl on schedule, until told to stop."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from presswatch.cli.context import App, pass_app

if TYPE_CHECKING:
    from presswatch.config import Config
    from scheduler.options import DaemonOptions


@click.command(
    epilog="Examples: presswatch daemon; presswatch --db /data/press.db daemon --listen 127.0.0.1:9000 --workers 2"
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Where /healthz and /metrics are served; port 0 takes a free one.  [default: 127.0.0.1:8790]",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Crawls at once, each at hosts of its own.")
@click.option("--proxy", metavar="URL", help="Fetch through this proxy (http://host:port).")
@pass_app
def daemon(app: App, listen: str | None, workers: int | None, proxy: str | None) -> None:
    """Crawl on schedule: poll each feed when something new is likely, look again at articles, say how it goes.

    TERM or Ctrl-C ends it when what is in flight is done; HUP reads the configuration anew. One line on stdout,
    `ready …`, says that it works; events go to stderr, as JSON where that is no terminal. Exit code 4 where
    another daemon has the database.
    """
    from scheduler.daemon import Surroundings, run_daemon  # APScheduler; `daemon --help` needs none of it
    from scheduler.log import install

    def orders() -> DaemonOptions:
        return _orders(app, app.config(), listen, workers, proxy)

    def ready(where: str) -> None:
        click.echo(f"ready: crawling into {app.db}, listening on {where}, pid {os.getpid()}")
        sys.stdout.flush()

    options = orders()
    undo = install()
    try:
        run_daemon(options, Surroundings(environ=os.environ, reread=orders, ready=ready))
    finally:
        undo()


def _orders(
    app: App, config: Config, listen: str | None, workers: int | None, proxy: str | None
) -> DaemonOptions:
    from presswatch.cli.work import ORDERS
    from scheduler.options import DaemonOptions
    from scheduler.supervisor import Limits

    crawl = ["work", "--seconds", f"{config.daemon.run:g}", "--step", f"{min(2.0, config.daemon.tick):g}"]
    program = _command(app, config)
    return DaemonOptions(
        db=app.db,
        crawl=(*program, *crawl, *(["--proxy", proxy] if proxy else [])),
        care=(*program, "upkeep"),
        listen=listen or config.daemon.listen,
        workers=workers or config.daemon.workers,
        polling=config.polling,
        tick=config.daemon.tick,
        limits=Limits(whole=config.daemon.run + 1200),
        callback=config.callback,
        environ={ORDERS: config.text} if config.file is not None else {},
    )


def _command(app: App, config: Config) -> tuple[str, ...]:
    """This program with the global options it was called with; paths are absolute, whatever the folder."""
    options = ["--db", str(app.db.absolute())]
    if config.file is not None:
        options += ["--config", str(config.file.absolute())]
    for address in app.allow:
        options += ["--allow-address", address]
    # With -m Python would look for modules in the current folder first, where we did not.
    safe = [] if {"", str(Path.cwd())} & set(sys.path) else ["-P"]
    return (sys.executable, *safe, "-m", "presswatch", *options)
