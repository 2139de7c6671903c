"""``work`` and ``upkeep``: what the daemon has done by children. Hidden: nobody calls them by hand."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Final

import click

from presswatch.cli.context import App, now, pass_app
from presswatch.cli.output import print_line
from presswatch.cli.summary import report_dict

if TYPE_CHECKING:
    from presswatch.config import Config


#: the environment's name for the text of the configuration that the daemon obeys: what was written into the file
#: since is obeyed after HUP only, and what is at fault never
ORDERS: Final = "PRESSWATCH_ORDERS"
#: seconds that a crawl without its daemon may take to finish what is in flight
_LAST: Final = 90.0


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

    end_with_parent()
    config = _config(app)
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
    report = report_dict(crawl(options))
    del report["failures"]  # they are in the database
    print_line({"report": report})


@click.command(hidden=True)
@pass_app
def upkeep(app: App) -> None:
    """Prune what is past its time and tidy up, as often as the daemon says."""
    from pipeline.relate.relating import catch_up
    from pipeline.store import care, retention

    end_with_parent()
    with app.write() as store:
        gone = retention.prune(store, _config(app).keeping, now())
        catch_up(store, now())
        care.refresh(store)
    print_line({"report": gone})


def _config(app: App) -> Config:
    """The daemon's orders; ours, where somebody calls us by hand."""
    text = os.environ.get(ORDERS)
    if text is None or app.config_file is None:
        return app.config()
    from presswatch.config import read_config

    return read_config(text, app.config_file)


def end_with_parent(patience: float = _LAST) -> None:
    """Ask ourselves to end, in order, at the end of standard input; what has not ended after ``patience`` seconds
    is killed.
    """

    def wait() -> None:
        # Not through sys.stdin: a thread that holds its lock when the interpreter ends aborts the process.
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(patience)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
