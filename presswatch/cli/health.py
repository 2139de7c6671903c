"""``health``: how the watch goes, how one outlet does, how each feed does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.store import health as stored
from pipeline.store import incidents
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.health_outlet import OutletReport, feed_table, outlet_lines
from presswatch.cli.health_overview import (
    Row,
    Watch,
    causes,
    headline,
    needs_attention,
    outlet_table,
    worst_first,
)
from presswatch.cli.names import watched
from presswatch.cli.output import print_json
from presswatch.cli.words import counted, height, width

if TYPE_CHECKING:
    from pipeline.store.connection import Store
    from pipeline.types import Outlet

#: so many outlets are all shown, the healthy ones too
_FEW: Final = 12
#: lines of the screen that are not the table's, and the fewest of the table that are shown
_AROUND: Final = 8
_LEAST: Final = 10
_GAPS_SHOWN: Final = timedelta(days=7)
_INCIDENTS_SHOWN: Final = timedelta(days=30)
#: of one outlet
_MOST_GAPS: Final = 10
_MOST_INCIDENTS: Final = 10
_MOST_CHECKS: Final = 10
_NONE: Final = "no outlets are watched; `presswatch outlets add …` adds some"


@click.command(epilog="Examples: presswatch health; presswatch health nv; presswatch health --feeds --json")
@click.argument("outlet", required=False)
@click.option("--all", "everything", is_flag=True, help="List the outlets that are well, too.")
@click.option("--feeds", "by_feed", is_flag=True, help="List feeds instead of outlets.")
@click.option("--outlets", "by_outlet", is_flag=True, help="With --json: the rows of the view outlet_health.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON list: the rows of the view feed_health, of all feeds or of the outlet's.",
)
@pass_app
def health(
    app: App, outlet: str | None, everything: bool, as_json: bool, by_feed: bool, by_outlet: bool
) -> None:
    """Show how the watch goes: a line about the whole, then the outlets that need attention, worst first.

    With OUTLET everything about that one: its feeds, what to do, gaps, incidents, the last checks.
    """
    with app.read() as store:
        found = watched(store, outlet) if outlet else None
        slugs = (found.slug,) if found else ()
        if as_json:
            print_json(stored.outlets(store, slugs) if by_outlet else stored.feeds(store, slugs))
        elif by_feed:
            _feeds(app, stored.feeds(store, slugs))
        elif found:
            for line in outlet_lines(_report(store, found), now(), width()):
                click.echo(line)
        else:
            _overview(app, store, everything)


def _feeds(app: App, rows: list[dict[str, Any]]) -> None:
    if rows:
        click.echo(feed_table(rows, now(), width(), outlet=True))
    else:
        app.say(_NONE)


def _report(store: Store, found: Outlet) -> OutletReport:
    return OutletReport(
        home=found.home,
        outlet=stored.outlets(store, (found.slug,))[0],
        feeds=stored.feeds(store, (found.slug,)),
        gaps=stored.gaps_of(store, found.slug, _MOST_GAPS),
        incidents=incidents.recent(store, now() - _INCIDENTS_SHOWN, outlet_id=found.id)[:_MOST_INCIDENTS],
        checks=stored.checks_of(store, found.id, _MOST_CHECKS),
    )


def _overview(app: App, store: Store, everything: bool) -> None:
    watch = _watch(app, store)
    if not watch.outlets:
        app.say(_NONE)
        return
    click.echo(headline(watch, now()))
    if suffering := causes(watch):
        click.echo(suffering)
    rows = worst_first(watch)
    if not everything and len(rows) > _FEW:
        rows = [row for row in rows if needs_attention(watch, row)]
    shown = rows if everything else rows[: _room()]
    if shown:
        click.echo("\n" + outlet_table(_whole(store, shown), watch.gaps, now(), width()))
    _say_the_rest(app, watch, len(rows) - len(shown), len(watch.outlets) - len(rows))


def _whole(store: Store, rows: list[Row]) -> list[Row]:
    """The rows with their numbers; one that was removed since is left out."""
    found = {row["outlet"]: row for row in stored.outlets(store, [row["outlet"] for row in rows])}
    return [found[row["outlet"]] for row in rows if row["outlet"] in found]


def _room() -> int | None:
    lines = height()
    return None if lines is None else max(_LEAST, lines - _AROUND)


def _watch(app: App, store: Store) -> Watch:
    from scheduler.single import holder

    network = next((one for one in incidents.open_ones(store) if one.kind == "network"), None)
    return Watch(
        outlets=stored.outlet_states(store),
        gaps=stored.open_gaps(store, now() - _GAPS_SHOWN),
        run=stored.last_run(store),
        daemon=holder(app.db),
        network=network,
    )


def _say_the_rest(app: App, watch: Watch, cut: int, well: int) -> None:
    """What the screen leaves out, on stderr: the table may go into a pipe."""
    if cut:
        app.say(f"{counted(cut, 'more outlet')} in need of attention: `presswatch health --all`")
    elif well:
        app.say(
            f"not listed: {counted(well, 'outlet')} in good health; `presswatch health --all` lists them, too"
        )
    if any(needs_attention(watch, row) for row in watch.outlets):
        app.say("`presswatch health OUTLET` says more about one, and what to do")
