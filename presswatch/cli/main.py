"""``presswatch``: the global options and the list of commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from presswatch.cli.context import App
from presswatch.cli.lazy import LazyCommand, LazyGroup

#: the overview is written from here, so that `presswatch --help` imports no command
COMMANDS: Final[Mapping[str, LazyCommand]] = MappingProxyType(
    {
        name: LazyCommand(f"presswatch.cli.{where}", about)
        for name, where, about in (
            ("demo", "demo:demo", "See it work: crawl a small newsroom served on this machine."),
            ("outlets", "outlets:outlets", "Choose which outlets are watched."),
            ("crawl", "crawl:crawl", "Fetch what is new, once."),
            ("daemon", "daemon:daemon", "Crawl on schedule, until told to stop."),
            ("service", "service:service", "Have the system run the daemon (systemd)."),
            ("try", "tryout:try_", "Fetch one feed or page and show what would be stored; store nothing."),
            ("articles", "articles:articles", "List articles, newest first."),
            ("show", "articles:show", "Show one article, whole."),
            ("search", "search:search", "Search the full text, in any script and spelling."),
            ("diff", "compare:diff", "Compare two versions of an article, word by word."),
            ("lineage", "lineage:lineage", "Show copies, translations and originals of an article."),
            (
                "stories",
                "stories:stories",
                "List what is told of one event, in all languages; show its timeline.",
            ),
            ("health", "health:health", "Show how the watch goes, worst outlets first."),
            ("export", "transfer:export", "Write articles to a file (JSON lines or CSV)."),
            ("import", "transfer:import_", "Read articles from a file of JSON lines."),
            ("reprocess", "reprocess:reprocess", "Read the stored pages again with today's rules."),
            ("doctor", "doctor:doctor", "Check that everything presswatch needs is in order."),
            ("db", "database:db", "Look after the database file."),
            # The daemon's children; nobody calls them by hand.
            ("work", "work:work", ""),
            ("upkeep", "work:upkeep", ""),
        )
    }
)


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: presswatch outlets catalogue ukraine; presswatch outlets add nv; presswatch crawl",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    default=Path("presswatch.db"),
    envvar="PRESSWATCH_DB",
    show_default=True,
    show_envvar=True,
    help="The database file.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="PRESSWATCH_CONFIG",
    show_envvar=True,
    help="A presswatch.toml; none is needed.",
)
@click.option(
    "--allow-address",
    multiple=True,
    metavar="HOST:PORT",
    help="Fetch from this private address, too. Repeatable.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and faults.")
@click.option("-v", "--verbose", count=True, help="Tell each step of a crawl.")
@click.version_option(package_name="presswatch", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    ctx: click.Context,
    db: Path,
    config: Path | None,
    allow_address: tuple[str, ...],
    quiet: bool,
    verbose: int,
) -> None:
    """Watch the press: fetch outlets' articles, separate them from the noise, keep every version.

    Exit codes: 0 done, 1 some outlets failed or the asked-for thing was not found, 2 wrong usage or
    configuration, 3 the database cannot be used, 4 another run holds what was asked for.
    """
    ctx.obj = App(db=db, config_file=config, allow=allow_address, verbosity=-1 if quiet else verbose)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a script shows "?" for it; that is no reason to stop.
            stream.reconfigure(errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = cli.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="presswatch",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:  # Ctrl-C: the shell's own number for it
        return 130
    except BrokenPipeError:
        # `presswatch articles | head`: the reader has had enough. What is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0
