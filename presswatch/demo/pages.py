"""An edition's HTML pages: articles in the edition's own layout, and lists (home, sections, topics)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from string import Template
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from presswatch.demo.editions import Edition, Story

ZONE = "Europe/Dublin"
_MIDDLE_AFTER = 3
_LINK = re.compile(r"\[([^]]+)]\((/[^)]*)\)")


def article_page(edition: Edition, story: Story, *, start: datetime, hour: int, alternates: str = "") -> str:
    """The page of ``story``; ``alternates`` is HTML for the head that names its translations."""
    published, modified = story.published(start), story.modified(start, hour)
    texts = {
        "title": story.title,
        "lead": story.lead,
        "author": story.author,
        "caption": story.caption,
        "published": _local(published).isoformat(),
        "modified": _local(modified).isoformat(),
        "published_text": printed_date(edition, published),
        "section": edition.sections[story.section],
        "section_url": edition.url(f"/{story.section}/"),
        "image": edition.url(picture_path(story)),
        "url": edition.url(story.path),
    }
    others = [other for other in edition.stories if other.path != story.path]
    markup = {
        "alternates": alternates,
        "json_ld": _json_ld(edition, story, published=published, modified=modified),
        "body": body_html(edition, story, furniture=True),
        "tags": " ".join(_tag(tag) for tag in story.tags),
        "related": _items(edition, (other for other in others if other.section == story.section)),
        "most_read": _items(edition, sorted(others, key=lambda other: other.title)),
        "newest": _link(edition, others[0]) if others else "",
    }
    values = _furniture(edition) | {key: escape(text) for key, text in texts.items()} | markup
    return _template(edition.language).substitute(values)


def listing_page(edition: Edition, heading: str, path: str, stories: Iterable[Story]) -> str:
    """A page that is no article: a heading and links to ``stories``."""
    items = "".join(f"<li>{_link(edition, story)}<p>{escape(story.lead)}</p></li>" for story in stories)
    own = {"heading": escape(heading), "url": edition.url(path), "items": items}
    return _template("listing").substitute(_furniture(edition) | own)


def body_html(edition: Edition, story: Story, *, furniture: bool) -> str:
    """The body's blocks as HTML with their teasers, and the edition's boxes and plea with ``furniture``."""
    return "\n".join(_body(edition, story, furniture=furniture))


def alternate_links(versions: Iterable[tuple[Edition, Story]]) -> str:
    """``<link rel=alternate hreflang>`` for each language version of one story."""
    return "".join(
        f'\n<link rel="alternate" hreflang="{edition.language}" href="{escape(edition.url(story.path))}">'
        for edition, story in versions
    )


def printed_date(edition: Edition, moment: datetime) -> str:
    """The date as the edition prints it, in the town's own time."""
    return format_datetime(_local(moment), edition.date_format, locale=edition.language)


def picture_path(story: Story) -> str:
    """Where the story's picture lies in its edition."""
    return f"/img/{story.section}-{story.hours_ago:g}.svg"


def picture(story: Story) -> str:
    """A small drawing to stand for the story's photograph."""
    hue = int(story.hours_ago * 37) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="780" height="470">'
        f'<rect width="780" height="470" fill="hsl({hue},45%,70%)"/>'
        '<path d="M0 330q65-40 130 0t130 0 130 0 130 0 130 0 130 0v140H0z" fill="#2b4a5e"/></svg>'
    )


def topic_path(tag: str) -> str:
    """The unquoted path of the list of stories with ``tag``."""
    return f"/topic/{tag.replace(' ', '-')}/"


def _body(edition: Edition, story: Story, *, furniture: bool) -> Iterator[str]:
    for count, block in enumerate(story.body, start=1):
        yield _block(block)
        for after, path in story.teasers:
            if after == count:
                yield _teaser(edition, path)
        if furniture and count == _MIDDLE_AFTER:
            yield edition.middle
    if furniture:
        yield edition.end


def _block(text: str) -> str:
    if text.startswith("## "):
        return f"<h2>{_inline(text[3:])}</h2>"
    if text.startswith("> "):
        return f"<blockquote><p>{_inline(text[2:])}</p></blockquote>"
    return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> str:
    return _LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))


def _teaser(edition: Edition, path: str) -> str:
    title = next((story.title for story in edition.stories if story.path == path), None)
    if title is None:
        return ""
    return edition.teaser.substitute(url=escape(edition.url(path)), title=escape(title))


def _furniture(edition: Edition) -> dict[str, str]:
    sections = (
        f'<li><a href="/{key}/">{escape(name)}</a></li>' for key, name in sorted(edition.sections.items())
    )
    return {
        "site": escape(edition.name),
        "tagline": escape(edition.tagline),
        "language": edition.language,
        "direction": "rtl" if edition.language == "ar" else "ltr",
        "feed_url": edition.url(edition.feed_path),
        "feed_type": edition.feed_type,
        "nav": "".join(sections),
    }


def _items(edition: Edition, stories: Iterable[Story]) -> str:
    return "".join(f"<li>{_link(edition, story)}</li>" for story in stories)


def _link(edition: Edition, story: Story) -> str:
    return f'<a href="{escape(edition.url(story.path))}">{escape(story.title)}</a>'


def _tag(tag: str) -> str:
    return f'<a class="tag" rel="tag" href="{quote(topic_path(tag))}">{escape(tag)}</a>'


def _json_ld(edition: Edition, story: Story, *, published: datetime, modified: datetime) -> str:
    document = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.lead,
        "url": edition.url(story.path),
        "mainEntityOfPage": edition.url(story.path),
        "image": [edition.url(picture_path(story))],
        "datePublished": _local(published).isoformat(),
        "dateModified": _local(modified).isoformat(),
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "Organization", "name": edition.name, "url": edition.home},
        "articleSection": edition.sections[story.section],
        "keywords": list(story.tags),
        "inLanguage": edition.language,
    }
    # "</" would end the script element (HTML 13.2.5.4).
    return json.dumps(document, ensure_ascii=False).replace("</", "<\\/")


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(ZONE))


@cache
def _template(name: str) -> Template:
    file = resources.files("presswatch.demo") / "data" / "templates" / f"{name}.html"
    return Template(file.read_text("utf-8"))
