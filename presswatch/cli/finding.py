"""What `outlets add` was pointed at: an outlet of the catalogue, a home page, a feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.catalogue.loader import load_catalogue
from pipeline.errors import NotFoundError
from pipeline.types import Failure, OutletSpec
from presswatch.cli.context import App

if TYPE_CHECKING:
    from crawler.discover import Discovery
    from crawler.fetched import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The words of the command line. ``check`` fetches also what the catalogue knows."""

    target: str
    feeds: Sequence[str] = ()
    name: str | None = None
    check: bool = False
    proxy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An outlet to watch. ``sample`` is a headline of one of its feeds, None where nothing was fetched."""

    spec: OutletSpec
    sample: str | None = None
    note: str | None = None


def find(app: App, wanted: Wanted) -> Found:
    """The outlet that is meant, with feeds that answered.

    :raises NotFoundError: it is neither in the catalogue nor an address with a feed
    """
    known, note = _in_catalogue(wanted.target)
    url = known.home if known else _as_url(wanted.target)
    if wanted.feeds:
        found = _with_feeds(app, wanted, known, url)
    elif known:
        found = Found(spec=known, sample=_sample_of(app, wanted, known) if wanted.check else None)
    else:
        found = _discovered(app, wanted, url)
    spec = replace(found.spec, name=wanted.name) if wanted.name else found.spec
    return replace(found, spec=spec, note=note)


def _in_catalogue(target: str) -> tuple[OutletSpec | None, str | None]:
    """The catalogue's outlet of an ID, a bare host or a home page, and a word on how it was found."""
    catalogue = load_catalogue()
    known = catalogue.get(target)
    if known:
        return known, None
    url = target if "://" in target else f"https://{target}"
    if "." in target and _is_home(url):
        known = catalogue.by_host(urlsplit(url).hostname or "")
    note = f"{target} is {known.slug!r} of the catalogue: its feeds are used" if known else None
    return known, note


def _is_home(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query and parts.hostname is not None


def _as_url(target: str) -> str:
    if "://" in target:
        return target
    if "." in target or ":" in target:
        return f"https://{target}"
    near = load_catalogue().suggest(target)
    hint = f"did you mean {near!r}?" if near else "`presswatch outlets catalogue WORDS` searches it"
    message = f"{target!r} is no URL and not in the catalogue; {hint}"
    raise NotFoundError(message)


def _with_feeds(app: App, wanted: Wanted, known: OutletSpec | None, url: str) -> Found:
    """The outlet with exactly the feeds that were named; each of them must answer as a feed."""
    made = _discover(app, wanted, wanted.feeds)
    feeds = tuple(feed for discovery in made for feed in discovery.spec.feeds)
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    first = made[0].spec
    spec = known or OutletSpec(
        slug=host, name=first.name or host, home=url, language=first.language, hosts=(host,)
    )
    return Found(spec=replace(spec, feeds=feeds), sample=_sample(made))


def _discovered(app: App, wanted: Wanted, url: str) -> Found:
    made = _discover(app, wanted, (url,))
    return Found(spec=made[0].spec, sample=_sample(made))


def _sample_of(app: App, wanted: Wanted, known: OutletSpec) -> str | None:
    """Fetch a catalogue outlet's feeds: they must answer."""
    return _sample(_discover(app, wanted, [feed.url for feed in known.feeds]))


def _discover(app: App, wanted: Wanted, urls: Sequence[str]) -> list[Discovery]:
    # Scrapy takes 0.6 s to import; outlets of the catalogue are added without it.
    from crawler.discover import discover
    from crawler.fetcher import Fetcher, run_with_fetcher

    async def look(fetcher: Fetcher) -> list[Discovery]:
        async def get(url: str, kind: str) -> Fetched | Failure:
            return await fetcher.get(url, "feed" if kind == "feed" else "page")

        return [await discover(url, get) for url in urls]

    made = run_with_fetcher(app.fetch_options(wanted.proxy), look)
    for url, discovery in zip(urls, made, strict=True):
        if discovery.failure is not None:
            message = f"{url}: {discovery.failure.kind}: {discovery.failure.message}; nothing was added"
            raise NotFoundError(message)
    return made


def _sample(made: Sequence[Discovery]) -> str | None:
    entries = (entry for found in made for snapshot in found.snapshots for entry in snapshot.entries)
    return next((entry.title for entry in entries if entry.title), None)
