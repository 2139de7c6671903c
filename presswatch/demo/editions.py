"""The language editions of the demo's own outlet, read from ``data/editions/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from string import Template
from typing import Any, Literal
from urllib.parse import quote

LANGUAGES = ("en", "uk", "ru", "ar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the editors change in an article after its first hour."""

    title: str
    paragraph: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as written. Times are in hours before the newsroom's first hour."""

    #: unquoted, unique in its edition
    path: str
    section: str
    title: str
    lead: str
    author: str
    caption: str
    tags: tuple[str, ...]
    #: blocks of the body; ``## `` begins a heading, ``> `` a quotation
    body: tuple[str, ...]
    #: (after how many blocks, path of the story it points to)
    teasers: tuple[tuple[int, str], ...]
    hours_ago: float
    #: stories with the same group are translations of each other
    group: str | None = None
    #: taken off the site after the first hour
    gone: bool = False
    edit: Edit | None = None

    def at(self, hour: int) -> Story:
        """The story as it reads in the newsroom's ``hour`` (0 is the first)."""
        if not hour or not self.edit:
            return self
        return replace(self, title=self.edit.title, body=(*self.body, self.edit.paragraph))

    def published(self, start: datetime) -> datetime:
        """When the story appeared, for a newsroom that opened at ``start``."""
        return start - timedelta(hours=self.hours_ago)

    def modified(self, start: datetime, hour: int) -> datetime:
        """When the story, as it reads in ``hour``, was last touched."""
        return start + timedelta(hours=1) if hour and self.edit else self.published(start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language edition: its address, its furniture and its stories, newest first."""

    language: str
    host: str
    name: str
    tagline: str
    feed: Literal["rss", "atom"]
    feed_path: str
    #: Unicode date pattern (UTS 35) of the printed date
    date_format: str
    teaser: Template
    middle: str
    end: str
    pages: Mapping[str, str]
    sections: Mapping[str, str]
    stories: tuple[Story, ...]

    @property
    def home(self) -> str:
        """The address of the front page."""
        return f"https://{self.host}/"

    @property
    def feed_type(self) -> str:
        """The media type of the feed."""
        return f"application/{self.feed}+xml"

    def url(self, path: str) -> str:
        """The absolute address of ``path``, percent-encoded (RFC 3986)."""
        return f"https://{self.host}{quote(path)}"

    def at(self, hour: int) -> Edition:
        """The edition as it stands in ``hour``: edits made, deleted stories left out."""
        return replace(self, stories=tuple(s.at(hour) for s in self.stories if not (hour and s.gone)))


@cache
def load_editions() -> tuple[Edition, ...]:
    """The packaged editions, English first."""
    data = resources.files("presswatch.demo") / "data" / "editions"
    return tuple(_edition(tomllib.loads((data / f"{name}.toml").read_text("utf-8"))) for name in LANGUAGES)


def _edition(document: dict[str, Any]) -> Edition:
    stories = sorted((_story(item) for item in document.pop("stories")), key=lambda story: story.hours_ago)
    return Edition(stories=tuple(stories), teaser=Template(document.pop("teaser")), **document)


def _story(document: dict[str, Any]) -> Story:
    edit = document.pop("edit", None)
    return Story(
        body=tuple(document.pop("body").strip().split("\n\n")),
        tags=tuple(document.pop("tags")),
        teasers=tuple((after, path) for after, path in document.pop("teasers")),
        edit=Edit(**edit) if edit else None,
        **document,
    )
