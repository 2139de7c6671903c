"""``outlets``: which outlets are watched."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from pipeline.store import outlets as stored
from pipeline.store.connection import Store
from pipeline.types import Outlet, OutletFeed, OutletSpec
from presswatch.cli.context import App, now, pass_app
from presswatch.cli.names import watched
from presswatch.cli.opml import export, import_
from presswatch.cli.output import print_json
from presswatch.cli.terminal import safe, table
from presswatch.cli.words import counted, when, width

if TYPE_CHECKING:
    from presswatch.cli.finding import Found

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(epilog="Example: presswatch outlets add https://example.org")
def outlets() -> None:
    """Choose which outlets are watched."""


@outlets.command(
    epilog="Examples: presswatch outlets add nv; presswatch outlets add https://example.org --name Example"
)
@click.argument("target", metavar="URL|ID")
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    metavar="URL",
    help="Watch this feed; nothing is looked for. Repeatable.",
)
@click.option("--name", metavar="NAME", help="The outlet's name.")
@click.option("--check", is_flag=True, help="Fetch a catalogue outlet's feeds, too, before it is added.")
@click.option("--proxy", metavar="URL", help="Fetch through this proxy (http://host:port).")
@json_option
@pass_app
def add(app: App, /, target: str, as_json: bool, **wanted: Any) -> None:
    """Watch an outlet: a home page or feed by its URL, or an outlet of the catalogue by its ID.

    A home page is searched for feeds and news sitemaps. An ID, or the home page of a catalogue outlet, needs
    no network. Nothing is stored where no feed was found.
    """
    from presswatch.cli.finding import Wanted, find

    found = find(app, Wanted(target=target, **wanted))
    with app.write(create=True) as store:
        outlet, added = stored.add_outlet(store, found.spec, now())
        feeds = stored.feeds_of(store, outlet.id)
    if as_json:
        print_json(outlet_json(outlet, feeds) | {"sample": found.sample})
        return
    for line in _added_lines(found, outlet, added):
        click.echo(line)


def _added_lines(found: Found, outlet: Outlet, added: int) -> list[str]:
    if found.note:
        click.echo(safe(found.note), err=True)
    new = counted(added, "new feed") if added else "no new feeds, it was watched already"
    lines = [f"{outlet.slug}: {outlet.name} ({outlet.home}), {new}"]
    lines.extend(f"  {feed.kind} {feed.url}{_described(feed)}" for feed in found.spec.feeds)
    lines.extend([f"  newest: {found.sample}"] if found.sample else [])
    return [safe(line) for line in lines]


def _described(feed: OutletFeed) -> str:
    words = ", ".join(word for word in (feed.title, feed.language) if word)
    return f" ({words})" if words else ""


def outlet_json(outlet: Outlet, feeds: tuple[OutletFeed, ...]) -> dict[str, object]:
    """An outlet with its feeds, as the commands print it."""
    return {"outlet": asdict(outlet), "feeds": [asdict(feed) for feed in feeds]}


@outlets.command("list", epilog="Example: presswatch outlets list --json")
@json_option
@pass_app
def list_(app: App, as_json: bool) -> None:
    """List the watched outlets: languages, feeds, articles, state."""
    with app.read() as store:
        rows = _overview(store)
    if as_json:
        print_json(rows)
    elif rows:
        headers = ("outlet", "name", "languages", "feeds", "articles", "state")
        click.echo(table([_overview_row(row) for row in rows], headers, width()))
    else:
        app.say("no outlets are watched yet; add one with `presswatch outlets add URL|ID`")


def _overview(store: Store) -> list[dict[str, Any]]:
    counts = stored.article_counts(store)
    states_of: dict[str, list[str]] = {}
    for row in stored.feed_health(store):
        states_of.setdefault(str(row["outlet"]), []).append(str(row["state"]))
    rows = []
    for outlet in stored.list_outlets(store):
        feeds = stored.feeds_of(store, outlet.id)
        states = states_of.get(outlet.slug, [])
        rows.append(
            asdict(outlet)
            | {
                "languages": _languages(outlet, feeds),
                "feeds": len(feeds),
                "articles": counts.get(outlet.slug, 0),
                "state": outlet_state(outlet.paused, states),
            }
        )
    return rows


def _languages(outlet: Outlet, feeds: tuple[OutletFeed, ...]) -> list[str]:
    found = (outlet.language, *(feed.language for feed in feeds))
    return list(dict.fromkeys(language for language in found if language))


def outlet_state(paused: bool, feeds: list[str]) -> str:
    """One word for an outlet from the states of its feeds; how many where only some of them fail."""
    if paused:
        return "paused"
    bad = [state for state in feeds if state in ("failing", "gone")]
    if bad:
        return "failing" if len(bad) == len(feeds) else f"{len(bad)} of {len(feeds)} feeds failing"
    if not feeds:
        return "no feeds"
    return "new" if all(state == "new" for state in feeds) else "ok"


def _overview_row(row: dict[str, Any]) -> tuple[str, ...]:
    languages = ", ".join(row["languages"]) or "-"
    return (
        safe(row["slug"]),
        safe(row["name"]),
        safe(languages),
        str(row["feeds"]),
        str(row["articles"]),
        row["state"],
    )


@outlets.command(epilog="Example: presswatch outlets show nv")
@click.argument("outlet")
@json_option
@pass_app
def show(app: App, outlet: str, as_json: bool) -> None:
    """Show one outlet with its feeds and how they are doing."""
    with app.read() as store:
        found = watched(store, outlet)
        feeds = stored.feeds_of(store, found.id)
        health = stored.feed_health(store, (found.slug,))
        articles = stored.article_counts(store).get(found.slug, 0)
    if as_json:
        print_json(outlet_json(found, feeds) | {"health": health, "articles": articles})
        return
    place = ", ".join(word for word in (found.language, found.country, found.timezone) if word)
    click.echo(safe(f"{found.slug}: {found.name} ({found.home}){', ' + place if place else ''}"))
    click.echo(f"{counted(articles, 'article')}{', paused' if found.paused else ''}")
    for row in health:
        click.echo(safe(_feed_line(row)))


def _feed_line(row: dict[str, Any]) -> str:
    trouble = f" ({row['failure_class']}: {row['failure_message']})" if row["failure_class"] else ""
    return (
        f"  {row['kind']} {row['url']}: {row['state']}{trouble}; last answer {when(row['last_success'])},"
        f" next poll {when(row['next_check'])}, {counted(row['entries'], 'entry', 'entries')}"
    )


@outlets.command(epilog="Example: presswatch outlets remove nv")
@click.argument("outlet")
@pass_app
def remove(app: App, outlet: str) -> None:
    """Stop watching an outlet. Its articles stay."""
    with app.write() as store:
        found = stored.remove_outlet(store, watched(store, outlet).slug, now())
    click.echo(safe(f"{found.slug} is no longer watched; its articles stay"))


@outlets.command(epilog="Example: presswatch outlets pause nv")
@click.argument("outlet")
@pass_app
def pause(app: App, outlet: str) -> None:
    """Poll an outlet no more until it is resumed, or named in `crawl`."""
    _set_paused(app, outlet, True)


@outlets.command(epilog="Example: presswatch outlets resume nv")
@click.argument("outlet")
@pass_app
def resume(app: App, outlet: str) -> None:
    """Poll a paused outlet again."""
    _set_paused(app, outlet, False)


def _set_paused(app: App, slug: str, paused: bool) -> None:
    with app.write() as store:
        outlet = stored.set_paused(store, watched(store, slug).slug, paused)
    click.echo(safe(f"{outlet.slug} is {'paused' if paused else 'polled again'}"))


@outlets.command(epilog="Example: presswatch outlets catalogue ukraine --language en")
@click.argument("words", nargs=-1)
@click.option("--language", metavar="CODE", help="Only outlets with this language (en, uk, ar).")
@click.option("--country", metavar="CODE", help="Only outlets of this country (UA, GB).")
@json_option
@pass_app
def catalogue(
    app: App, words: tuple[str, ...], language: str | None, country: str | None, as_json: bool
) -> None:
    """List the outlets that can be added by their ID; WORDS look in names, hosts, countries, languages."""
    from pipeline.catalogue.loader import load_catalogue

    listed = load_catalogue()
    found = [
        spec
        for spec in (listed.search(" ".join(words)) if words else listed.outlets)
        if (not language or language.lower() in _spec_languages(spec))
        and (not country or country.upper() == spec.country)
    ]
    if as_json:
        print_json([_spec_json(spec) for spec in found])
    elif found:
        rows = [(s.slug, s.name, ", ".join(_spec_languages(s)), s.country or "-", s.home) for s in found]
        click.echo(table(rows, ("id", "name", "languages", "country", "home"), width()))
    else:
        app.say("the catalogue has no such outlet; `presswatch outlets add URL` takes any other")


def _spec_languages(spec: OutletSpec) -> list[str]:
    found = (spec.language, *(feed.language for feed in spec.feeds))
    return list(dict.fromkeys(language for language in found if language))


def _spec_json(spec: OutletSpec) -> dict[str, object]:
    return {
        "id": spec.slug,
        "name": spec.name,
        "home": spec.home,
        "languages": _spec_languages(spec),
        "country": spec.country,
        "feeds": [asdict(feed) for feed in spec.feeds],
    }


outlets.add_command(import_)
outlets.add_command(export)
