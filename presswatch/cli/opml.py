"""``outlets import`` and ``outlets export``: the watched outlets as an OPML subscription list."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from pipeline.catalogue.loader import load_catalogue
from pipeline.errors import NotFoundError, UsageError
from pipeline.store import outlets as stored
from pipeline.store.connection import Store
from pipeline.types import Outlet, OutletFeed, OutletSpec
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.output import print_json
from presswatch.cli.words import counted


@click.command("import", epilog="Example: presswatch outlets import subscriptions.opml")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def import_(app: App, file: Path, as_json: bool) -> None:
    """Watch every feed of an OPML file. Nothing is fetched."""
    from crawler.opml import read_opml  # feedparser comes with it, which the other commands do not need

    try:
        specs = read_opml(_bytes(file))
    except ValueError as error:
        message = f"{file}: {error}"
        raise NotFoundError(message) from error
    with app.write(create=True) as store, store.write():
        added = [stored.add_outlet(store, spec, now()) for spec in _unknown(store, specs)]
    feeds = sum(count for _, count in added)
    if as_json:
        print_json({"outlets": [asdict(outlet) for outlet, _ in added], "new_feeds": feeds})
    else:
        names = len({outlet.slug for outlet, _ in added})
        click.echo(f"{counted(feeds, 'new feed')} of {counted(names, 'outlet')}")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        message = f"{file}: there is no such file"
        raise NotFoundError(message) from error
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise UsageError(message) from error


def _unknown(store: Store, specs: Sequence[OutletSpec]) -> list[OutletSpec]:
    """The outlets with feeds that are not watched yet, under the names that they have with us already.

    OPML knows sites, not outlets: the file of another reader must not make a second one of an outlet.
    """
    listed = stored.list_outlets(store)
    watched = {feed.url for outlet in listed for feed in stored.feeds_of(store, outlet.id)}
    found = []
    for spec in specs:
        feeds = tuple(feed for feed in spec.feeds if feed.url not in watched)
        if feeds:
            found.append(_named(replace(spec, feeds=feeds), listed))
    return found


def _named(spec: OutletSpec, listed: Sequence[Outlet]) -> OutletSpec:
    host = _host(spec.home)
    ours = next((outlet for outlet in listed if _host(outlet.home) == host), None)
    if ours:
        return replace(spec, slug=ours.slug, name=ours.name, home=ours.home)
    known = load_catalogue().by_host(host)
    return replace(known, feeds=spec.feeds) if known else spec


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@click.command("export", epilog="Example: presswatch outlets export subscriptions.opml")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@pass_app
def export(app: App, file: Path) -> None:
    """Write the watched outlets' feeds to an OPML file ("-" for standard output)."""
    from crawler.opml import write_opml  # see above

    with app.read() as store:
        specs = [_spec(outlet, stored.feeds_of(store, outlet.id)) for outlet in stored.list_outlets(store)]
    document = write_opml(specs, title="Watched by presswatch")
    if str(file) == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        file.write_bytes(document)
    except OSError as error:
        message = f"{file}: cannot be written ({error.strerror})"
        raise UsageError(message) from error
    app.say(f"{counted(len(specs), 'outlet')} written to {file}")


def _spec(outlet: Outlet, feeds: tuple[OutletFeed, ...]) -> OutletSpec:
    return OutletSpec(
        slug=outlet.slug, name=outlet.name, home=outlet.home, feeds=feeds, language=outlet.language
    )
