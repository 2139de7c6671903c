"""Everything the newsroom serves in one hour: (host, path) -> ``Resource``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from urllib.parse import quote, unquote, urlsplit

from presswatch.demo import feeds, pages
from presswatch.demo.editions import Edition, Story, load_editions

#: a host and an unquoted path
Address = tuple[str, str]

_TYPES = {"html": "text/html; charset=utf-8", "xml": "application/xml; charset=utf-8", "svg": "image/svg+xml"}
_LISTED = re.compile(r"<(item|entry|li)>.*?</\1>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing to be fetched; ``status`` is 200, or 410 for what was taken down."""

    body: bytes
    content_type: str
    changed: datetime
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """A plain file served under ``url`` from the newsroom's ``hour`` on.

    ``relation`` says what the page is to the one at ``original``: ``translation-of``, ``syndicated-copy-of``.
    """

    url: str
    file: str
    hour: int = 0
    #: named by a feed, and not only linked from a page
    in_feed: bool = True
    relation: str | None = None
    original: str | None = None

    @property
    def is_feed(self) -> bool:
        """Whether the file is a feed and not a page."""
        return self.file.endswith(".xml")


def address(url: str) -> Address:
    """Host and unquoted path of an absolute ``url``; query and fragment do not count."""
    parts = urlsplit(url)
    return (parts.hostname or "", unquote(parts.path) or "/")


def build_site(start: datetime, hour: int) -> dict[Address, Resource]:
    """All resources of all hosts in ``hour``, 0 being the one that began at ``start``."""
    site: dict[Address, Resource] = {}
    for edition in load_editions():
        site.update(_edition_site(edition, start, hour))
    site.update(_seed_site(start, hour))
    for host in {host for host, _ in site}:
        site[host, "/robots.txt"] = _robots(host, start, has_sitemap=(host, feeds.SITEMAP_PATH) in site)
    return site


@cache
def seed_files() -> tuple[SeedFile, ...]:
    """The other outlets' pages and feeds, in the order of ``data/seed.toml``."""
    text = (resources.files("presswatch.demo") / "data" / "seed.toml").read_text("utf-8")
    return tuple(SeedFile(**item) for item in tomllib.loads(text)["files"])


def translations(group: str | None) -> tuple[tuple[Edition, Story], ...]:
    """All language versions of a story, English first; none for a story without a group."""
    found = ((edition, story) for edition in load_editions() for story in edition.stories)
    return tuple((edition, story) for edition, story in found if group and story.group == group)


def _edition_site(original: Edition, start: datetime, hour: int) -> Iterator[tuple[Address, Resource]]:
    edition = original.at(hour)
    later = start + timedelta(hours=1)
    changed = later if edition != original else max(story.published(start) for story in edition.stories)
    for path, text, kind in _listings(edition):
        yield (edition.host, path), _resource(text, kind, changed)
    feed = feeds.feed(edition, start=start, hour=hour)
    yield (edition.host, edition.feed_path), _resource(feed, edition.feed_type, changed)
    sitemap = feeds.sitemap(edition, start=start)
    yield (edition.host, feeds.SITEMAP_PATH), _resource(sitemap, _TYPES["xml"], changed)
    for story in edition.stories:
        links = pages.alternate_links(translations(story.group))
        page = pages.article_page(edition, story, start=start, hour=hour, alternates=links)
        # The lists beside the article follow an edit elsewhere, so the page changes with its edition.
        yield (edition.host, story.path), _resource(page, _TYPES["html"], changed)
    for story in original.stories:
        picture = _resource(pages.picture(story), _TYPES["svg"], story.published(start))
        yield (edition.host, pages.picture_path(story)), picture
        if hour and story.gone:
            page = pages.listing_page(edition, "410 Gone", story.path, ())
            yield (edition.host, story.path), _resource(page, _TYPES["html"], later, status=410)


def _listings(edition: Edition) -> Iterator[tuple[str, str, str]]:
    for path, heading, stories in _lists(edition):
        yield path, pages.listing_page(edition, heading, path, stories), _TYPES["html"]


def _lists(edition: Edition) -> Iterator[tuple[str, str, tuple[Story, ...]]]:
    yield "/", edition.name, edition.stories
    for key, name in edition.sections.items():
        yield f"/{key}/", name, tuple(story for story in edition.stories if story.section == key)
    for tag in sorted({tag for story in edition.stories for tag in story.tags}):
        yield pages.topic_path(tag), tag, tuple(story for story in edition.stories if tag in story.tags)
    for key, name in edition.pages.items():
        yield f"/{key}", name, ()
        yield f"/{key}/", name, ()


def _seed_site(start: datetime, hour: int) -> Iterator[tuple[Address, Resource]]:
    for file in seed_files():
        if file.hour <= hour:
            text = _seed_page(file, hour)
            is_new = file.hour > 0 or text != _seed_page(file, 0)
            changed = start + timedelta(hours=1) if is_new else start
            yield address(file.url), _resource(text, _kind(file.file), changed)


@cache
def _seed_text(name: str) -> str:
    return (resources.files("presswatch.demo") / "data" / "seed" / name).read_text("utf-8")


def _seed_page(file: SeedFile, hour: int) -> str:
    """The file without what it lists of later hours."""
    hidden = [later.url for later in seed_files() if later.hour > hour]

    def kept(match: re.Match[str]) -> str:
        return "" if any(url in match[0] for url in hidden) else match[0]

    return _LISTED.sub(kept, _seed_text(file.file))


def _kind(name: str) -> str:
    return _TYPES[name.rpartition(".")[2]]


def _robots(host: str, start: datetime, *, has_sitemap: bool) -> Resource:
    sitemap = f"Sitemap: https://{host}{quote(feeds.SITEMAP_PATH)}\n" if has_sitemap else ""
    text = f"User-agent: *\nCrawl-delay: 0\nDisallow: /search\n\n{sitemap}"
    return _resource(text, "text/plain; charset=utf-8", start)


def _resource(text: str, content_type: str, changed: datetime, *, status: int = 200) -> Resource:
    return Resource(body=text.encode(), content_type=content_type, changed=changed, status=status)
