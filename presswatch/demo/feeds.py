"""An edition's feeds: RSS 2.0, Atom (RFC 4287) and a news sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime as rfc2822
from xml.sax.saxutils import escape, quoteattr

from presswatch.demo.editions import Edition, Story
from presswatch.demo.pages import body_html

SITEMAP_PATH = "/sitemap-news.xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def feed(edition: Edition, *, start: datetime, hour: int) -> str:
    """The edition's feed in its own format, as it stands in ``hour``."""
    return (_rss if edition.feed == "rss" else _atom)(edition, start, hour)


def sitemap(edition: Edition, *, start: datetime) -> str:
    """The edition's news sitemap (sitemaps.org 0.9 with the news extension 0.9)."""
    urls = "\n".join(_sitemap_url(edition, story, start) for story in edition.stories)
    return (
        f'{_DECLARATION}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}\n</urlset>\n'
    )


def _rss(edition: Edition, start: datetime, hour: int) -> str:
    items = "\n".join(_rss_item(edition, story, start) for story in edition.stories)
    built = rfc2822(max(story.modified(start, hour) for story in edition.stories))
    return (
        f'{_DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"{_element('title', edition.name)}{_element('link', edition.home)}"
        f"{_element('description', edition.tagline)}{_element('language', edition.language)}"
        f'<atom:link href={quoteattr(edition.url(edition.feed_path))} rel="self" type="{edition.feed_type}"/>'
        f"{_element('lastBuildDate', built)}\n{items}\n</channel></rss>\n"
    )


def _rss_item(edition: Edition, story: Story, start: datetime) -> str:
    address = edition.url(story.path)
    parts = (
        _element("title", story.title),
        _element("link", address),
        f'<guid isPermaLink="true">{escape(address)}</guid>',
        _element("pubDate", rfc2822(story.published(start))),
        _element("dc:creator", story.author),
        _element("category", edition.sections[story.section]),
        _element("description", story.lead),
        _element("content:encoded", body_html(edition, story, furniture=False)),
    )
    return f"<item>{''.join(parts)}</item>"


def _atom(edition: Edition, start: datetime, hour: int) -> str:
    entries = "\n".join(_atom_entry(edition, story, start, hour) for story in edition.stories)
    updated = max(story.modified(start, hour) for story in edition.stories).isoformat()
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{edition.language}">'
        f"{_element('title', edition.name)}{_element('subtitle', edition.tagline)}"
        f"{_element('id', f'tag:{edition.host},2026:feed')}{_element('updated', updated)}"
        f'<link rel="self" href={quoteattr(edition.url(edition.feed_path))}/>'
        f'<link rel="alternate" href={quoteattr(edition.home)}/>\n{entries}\n</feed>\n'
    )


def _atom_entry(edition: Edition, story: Story, start: datetime, hour: int) -> str:
    parts = (
        _element("title", story.title),
        _element("id", f"tag:{edition.host},2026:{story.section}-{story.hours_ago:g}"),
        f'<link rel="alternate" href={quoteattr(edition.url(story.path))}/>',
        _element("published", story.published(start).isoformat()),
        _element("updated", story.modified(start, hour).isoformat()),
        f"<author>{_element('name', story.author)}</author>",
        *_categories(story.tags),
        _element("summary", story.lead),
    )
    return f"<entry>{''.join(parts)}</entry>"


def _categories(tags: Iterable[str]) -> Iterable[str]:
    return (f"<category term={quoteattr(tag)}/>" for tag in tags)


def _sitemap_url(edition: Edition, story: Story, start: datetime) -> str:
    publication = _element("news:name", edition.name) + _element("news:language", edition.language)
    return (
        f"<url>{_element('loc', edition.url(story.path))}"
        f"<news:news><news:publication>{publication}</news:publication>"
        f"{_element('news:publication_date', story.published(start).isoformat())}"
        f"{_element('news:title', story.title)}</news:news></url>"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
