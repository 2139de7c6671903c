"""``search``: the full text, in any script and spelling."""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import click

from pipeline.store import browse, cli_queries
from pipeline.store.browse import Found
from presswatch.cli.articles import article_table
from presswatch.cli.context import App, pass_app
from presswatch.cli.filters import filter_options, make_filters
from presswatch.cli.output import print_json
from presswatch.cli.snippet import Snippet, make_snippet
from presswatch.cli.terminal import rtl_line, safe
from presswatch.cli.words import width

#: characters of a snippet where no terminal says how much fits
USUAL_SNIPPET = 160


class QueryCommand(click.Command):
    """A command whose words may begin with a dash (``-sport``: without it). Misspelt options are refused."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as ever, but first refuse what looks like a long option and is none."""
        known = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for word in args[: args.index("--")] if "--" in args else args:
            name = word.partition("=")[0]
            if name.startswith("--") and name not in known:
                raise click.NoSuchOption(name, possibilities=get_close_matches(name, known), ctx=ctx)
        return super().parse_args(ctx, args)


@click.command(
    cls=QueryCommand,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
    epilog="Example: presswatch search '\"security agreement\" OR Зеленський -sport' --since 2d",
)
@click.argument("query", nargs=-1, required=True, metavar="QUERY")
@filter_options(most=20)
@click.option("--best", is_flag=True, help="Best match first instead of newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@pass_app
def search(app: App, /, query: tuple[str, ...], best: bool, as_json: bool, **given: Any) -> None:
    """Search titles and texts: all words must occur.

    "a phrase", either OR other, -without, begin*. Case, accents, vowel signs and the like do not matter.
    """
    wanted = " ".join(query)
    with app.read() as store:
        filters = make_filters(store, given)
        found = browse.search(store, wanted, filters, order="best" if best else "newest")
        texts = cli_queries.bodies(store, [line.id for line in found])
    room = (width() or USUAL_SNIPPET + 8) - 8
    snippets = [make_snippet(wanted, _paragraphs(*texts[line.id]), room) for line in found]
    if as_json:
        print_json([asdict(line) | {"snippet": s.text} for line, s in zip(found, snippets, strict=True)])
    elif found:
        _print(found, snippets)
    else:
        app.say("no articles match")


def _paragraphs(lead: str | None, text: str) -> list[str]:
    return [*text.split("\n\n"), *([lead] if lead else [])]


def _print(found: list[Found], snippets: list[Snippet]) -> None:
    lines = article_table(found).splitlines()
    heading, rows = lines[: len(lines) - len(found)], lines[len(lines) - len(found) :]
    for text in heading:
        click.echo(text)
    for row, line, snippet in zip(rows, found, snippets, strict=True):
        click.echo(row)
        click.echo(f"        {_highlighted(snippet, line.direction)}")


def _highlighted(snippet: Snippet, direction: str) -> str:
    if direction == "rtl":
        # An escape sequence inside a right-to-left line would break the isolation around it.
        return rtl_line(snippet.text)
    return safe(snippet.before) + click.style(safe(snippet.hit), bold=True) + safe(snippet.after)
