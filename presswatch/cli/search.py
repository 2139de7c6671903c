"""``search``: the full text, in any script and spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import click

from pipeline.names_query import Match, Widened, matches, widened
from pipeline.store import browse, cli_queries
from pipeline.store.browse import Filters, Found
from pipeline.store.connection import Store
from pipeline.store.spellings import languages_of, spellings_of
from presswatch.cli.articles import article_table
from presswatch.cli.context import App, pass_app
from presswatch.cli.filters import filter_options, make_filters
from presswatch.cli.output import print_json
from presswatch.cli.snippet import Snippet, make_snippet, snippet_of
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
@click.option(
    "--across-scripts",
    is_flag=True,
    help="Find names in every script and spelling: Zelenskyy, Зеленський, زيلينسكي.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@pass_app
def search(
    app: App, /, query: tuple[str, ...], best: bool, across_scripts: bool, as_json: bool, **given: Any
) -> None:
    """Search titles and texts: all words must occur.

    "a phrase", either OR other, -without, begin*. Case, accents, vowel signs and the like do not matter.
    """
    wanted = " ".join(query)
    with app.read() as store:
        names = _widened(store, wanted) if across_scripts else None
        hits = _hits(store, names, wanted, make_filters(store, given), best=best)
    if names is not None:
        app.say(
            f"also searched for: {', '.join(names.added)}" if names.added else "no other spelling is known"
        )
    if as_json:
        print_json([_as_json(hit) for hit in hits])
    elif hits:
        _print([hit.line for hit in hits], [hit.snippet for hit in hits])
    else:
        app.say("no articles match")


def _widened(store: Store, wanted: str) -> Widened:
    languages = languages_of(store)
    return widened(wanted, lambda name: spellings_of(store, name, languages))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """One article that was found. ``where`` is None without ``--across-scripts``."""

    line: Found
    snippet: Snippet
    where: dict[str, tuple[Match, ...]] | None = None


def _hits(store: Store, names: Widened | None, wanted: str, filters: Filters, *, best: bool) -> list[_Hit]:
    query = names.query if names else wanted
    found = browse.search(store, query, filters, order="best" if best else "newest")
    texts = cli_queries.bodies(store, [line.id for line in found])
    room = (width() or USUAL_SNIPPET + 8) - 8
    if names is None:
        return [
            _Hit(line=line, snippet=make_snippet(wanted, _paragraphs(*texts[line.id]), room))
            for line in found
        ]
    return [_across(line, *texts[line.id], names.terms, room) for line in found]


def _across(line: Found, lead: str | None, text: str, terms: Sequence[str], room: int) -> _Hit:
    """A hit with the places where the spellings stand; the snippet is about those that stand in this article."""
    where = {"title": matches(terms, line.title), "text": matches(terms, text)}
    present = tuple(dict.fromkeys(match.term for match in (*where["text"], *where["title"])))
    snippet = snippet_of(present or tuple(terms), _paragraphs(lead, text), room)
    return _Hit(line=line, snippet=snippet, where=where)


def _as_json(hit: _Hit) -> dict[str, object]:
    """One hit; ``spellings`` has ``[start, end]`` in characters of the title and the text as ``show`` has them."""
    line = asdict(hit.line) | {"snippet": hit.snippet.text}
    if hit.where is None:
        return line
    spellings: dict[str, dict[str, list[list[int]]]] = {}
    for field, found in hit.where.items():
        for match in found:
            places = spellings.setdefault(match.term, {"title": [], "text": []})
            places[field].append([match.start, match.end])
    return line | {"spellings": [{"spelling": term} | places for term, places in spellings.items()]}


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
