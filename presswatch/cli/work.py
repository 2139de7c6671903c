"""``work`` and ``upkeep``: what the daemon has done by children. Hidden: nobody calls them by hand."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

from presswatch.cli.context import App, now, pass_app
from presswatch.cli.output import print_line
from presswatch.cli.summary import report_dict


@click.command(hidden=True)
@click.option("--seconds", type=float, required=True, help="Take nothing new after this.")
@click.option("--step", type=float, required=True, help="Look this often for what falls due.")
@click.option("--proxy", metavar="URL", help="Fetch through this proxy.")
@pass_app
def work(app: App, seconds: float, step: float, proxy: str | None) -> None:
    """Crawl what is due, and what falls due meanwhile; one JSON object a line on stdout.

    Ends itself when standard input ends: whoever started it is gone.
    """
    from crawler.hub import ask_hubs
    from crawler.run import CrawlOptions, crawl
    from crawler.work import Drain
    from scheduler.cadence import Cadence

    _end_with_parent()
    config = app.config()
    options = CrawlOptions(
        db=app.db,
        fetch=config.fetch_options(proxy=proxy, allow=app.allow),
        polling=config.polling,
        pace=Cadence(config.polling),
        folders=config.rule_folders(),
        pages=config.pages,
        websub=config.callback is not None,
        drain=Drain(seconds=seconds, step=step),
        beat=lambda: print_line({"beat": True}),
    )
    if config.callback is not None:
        with app.write() as store:
            ask_hubs(store, options.fetch, config.callback, clock=now)
    print_line({"report": report_dict(crawl(options))})


@click.command(hidden=True)
@pass_app
def upkeep(app: App) -> None:
    """Prune what is past its time and tidy up, as often as the daemon says."""
    from pipeline.store import care, retention

    _end_with_parent()
    with app.write() as store:
        gone = retention.prune(store, app.config().keeping, now())
        care.refresh(store)
    print_line({"report": gone})


def _end_with_parent() -> None:
    """Ask ourselves to end, in order, at the end of standard input."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
