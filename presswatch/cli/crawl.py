"""``crawl``: fetch what is new, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pipeline.errors import NotFoundError
from pipeline.store.archive_keeper import TROUBLE
from presswatch.cli.context import App
from presswatch.cli.names import watched
from presswatch.cli.output import print_json
from presswatch.cli.progress import CrawlProgress
from presswatch.cli.summary import report_dict, summary

if TYPE_CHECKING:
    from pipeline.types import RunReport


@click.command(
    epilog="Examples: presswatch crawl; presswatch crawl nv --recheck; presswatch crawl --all --json"
)
@click.argument("outlets", nargs=-1, metavar="[OUTLET]...")
@click.option("--all", "everything", is_flag=True, help="Poll every outlet now, due or not.")
@click.option("--recheck", is_flag=True, help="Look at every live article again now.")
@click.option("--proxy", metavar="URL", help="Fetch through this proxy (http://host:port).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def crawl(
    ctx: click.Context,
    outlets: tuple[str, ...],
    everything: bool,
    recheck: bool,
    proxy: str | None,
    as_json: bool,
) -> None:
    """Poll the feeds that are due, fetch what is new, look again at what is due for it.

    Outlets that are named are polled now. What fails is said in one line each and tried again later. Exit
    code 1 where feeds failed, or our own network is down: then nothing is held against any outlet.
    """
    app: App = ctx.obj
    _check_names(app, outlets)
    with _progress(app, as_json) as progress:
        report = _crawl(app, progress, outlets, everything, recheck, proxy)
    for _, kind, message in report.failures:
        if kind == TROUBLE:
            app.say(message)
    if as_json:
        print_json(report_dict(report))
    else:
        click.echo(summary(report))
    ctx.exit(1 if report.outlets_failed or report.feeds_failed or report.offline else 0)


def _check_names(app: App, names: tuple[str, ...]) -> None:
    from pipeline.store.outlets import list_outlets

    nobody = "no outlets are watched yet; add one with `presswatch outlets add URL|ID`"
    if app.db.parent.is_dir() and not app.db.exists():
        raise NotFoundError(nobody)
    with app.read() as store:
        if not list_outlets(store):
            raise NotFoundError(nobody)
        for name in names:
            watched(store, name)


def _progress(app: App, as_json: bool) -> CrawlProgress:
    speaks = app.verbosity >= 0 and not as_json
    return CrawlProgress(
        live=speaks and sys.stderr.isatty(), lines=speaks and app.verbosity > 0, failures=speaks
    )


def _crawl(
    app: App,
    progress: CrawlProgress,
    outlets: tuple[str, ...],
    everything: bool,
    recheck: bool,
    proxy: str | None,
) -> RunReport:
    config = app.config()
    # Scrapy takes 0.6 s to import; `crawl --help`, a wrong name or a wrong configuration need none of it.
    from crawler.run import CrawlOptions
    from crawler.run import crawl as run_crawl
    from scheduler.cadence import Cadence

    options = CrawlOptions(
        db=app.db,
        fetch=config.fetch_options(proxy=proxy, allow=app.allow),
        polling=config.polling,
        pace=Cadence(config.polling),
        websub=config.callback is not None,
        folders=config.rule_folders(),
        pages=config.pages,
        slugs=outlets,
        everything=everything,
        recheck=recheck,
    )
    return run_crawl(options, progress)
