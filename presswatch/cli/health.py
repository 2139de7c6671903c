"""``health``: how each watched feed is doing."""

from __future__ import annotations

from typing import Any

import click

from pipeline.store import outlets
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.names import watched
from presswatch.cli.output import print_json
from presswatch.cli.terminal import safe, table
from presswatch.cli.words import away, width


@click.command(epilog="Example: presswatch health nv")
@click.argument("outlet", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON list: the rows of the view feed_health."
)
@pass_app
def health(app: App, outlet: str | None, as_json: bool) -> None:
    """Show each feed's state, since when, last success, next poll, and what is wrong with it."""
    with app.read() as store:
        slugs = (watched(store, outlet).slug,) if outlet else ()
        rows = outlets.feed_health(store, slugs)
    if as_json:
        print_json(rows)
    elif rows:
        headers = ("outlet", "state", "since", "last success", "next poll", "entries", "feed", "trouble")
        click.echo(table([_row(row) for row in rows], headers, width()))
    else:
        app.say("no feeds are watched; `presswatch outlets add …` adds some")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    moments = (row["since"], row["last_success"], row["next_check"])
    trouble = (
        f"{row['failure_class']}: {row['failure_message']}" if row["failure_class"] else row["last_problem"]
    )
    return (
        safe(row["outlet"]),
        row["state"],
        *(away(moment, now()) for moment in moments),
        str(row["entries"]),
        safe(row["url"]),
        safe(trouble or ""),
    )
