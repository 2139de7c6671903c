"""What a page carries for machines: schema.org objects, embedded state, and scripts that are only weight."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from quality.body import body_html
from quality.markup import body_texts
from quality.story import Story


def script(kind: str, value: object) -> str:
    """A data script of that MIME type."""
    return f'<script type="{kind}">{_json(value)}</script>'


def news_object(story: Story, site: str) -> dict[str, object]:
    """The schema.org object of a story: NewsArticle, or LiveBlogPosting with its posts."""
    posts = list(_posts(story))
    made: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if posts else "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": story.url},
        "headline": story.title,
        "inLanguage": story.language,
        "publisher": {"@type": "NewsMediaOrganization", "name": site},
    }
    if story.published:
        made["datePublished"] = story.published.isoformat()
        made["dateModified"] = (story.published + timedelta(hours=2)).isoformat()
    if story.authors:
        made["author"] = [{"@type": "Person", "name": name} for name in story.authors]
    if posts:
        made["liveBlogUpdate"] = posts
    text = "\n\n".join(body_texts(story.lines))
    if story.carrier == "json-ld":
        made["articleBody"] = text
    elif story.ld_words:
        made["articleBody"] = " ".join([*text.split()[: story.ld_words], "…"])
    return made


def _posts(story: Story) -> Iterator[dict[str, object]]:
    """The posts of a live blog as schema.org updates, in the page's order."""
    starts = [number for number, line in enumerate(story.lines) if line.mark == "post"]
    for start, end in pairwise([*starts, len(story.lines)]):
        clock, heading = story.lines[start].texts
        yield {
            "@type": "BlogPosting",
            "headline": heading,
            "articleBody": "\n".join(body_texts(story.lines[start + 1 : end])),
            "datePublished": _at(story.published, clock),
        }


def _at(day: datetime | None, clock: str) -> str:
    """``HH:MM`` on a day as ISO 8601; the clock alone where the day is unknown."""
    hour, minute = map(int, clock.split(":"))
    return day.replace(hour=hour, minute=minute).isoformat() if day else clock


def carrying_script(story: Story, marks: Mapping[str, str]) -> str:
    """The script that carries the text where the HTML does not; nothing where it does."""
    if story.carrier == "next-data":
        words = _json(_next_data(story))
        return f'<script id="__NEXT_DATA__" type="application/json">{words}</script>'
    if story.carrier == "state":
        article = {"id": 48213, "title": story.title, "body": body_html(story.lines, marks)}
        words = _json({"route": "/article", "article": article, "user": None})
        return f"<script>window.__STATE__ = {words};</script>"
    return ""


def _next_data(story: Story) -> dict[str, object]:
    """The props of a page as a framework writes them: the text is blocks of HTML."""
    blocks = [
        {"type": "paragraph", "id": f"b{number}", "content": line.cells[0]}
        for number, line in enumerate(story.lines)
    ]
    article = {"headline": story.title, "slug": story.slug, "blocks": blocks}
    return {
        "props": {"pageProps": {"article": article, "ads": {"slots": ["top", "mid"]}}},
        "buildId": "k3fQ7",
    }


def _json(value: object) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def junk(story: Story) -> str:
    """Scripts and styles of the kind that fill real pages: nothing in them is text."""
    slots = [
        {"id": f"dv-{number}", "sizes": [[300, 250], [728, 90]], "targeting": {"page": story.slug}}
        for number in range(24)
    ]
    rules = "".join(f".c{n}-x{{margin:{n}px;padding:0 {n % 7}em;color:#{n:03x}}}" for n in range(40, 100))
    return (
        f"<style>{rules}</style><script>var adSlots={_json(slots)};"
        "(function(w,d,l){w[l]=w[l]||[];w[l].push({'start':+new Date()});var p='<p>tracking</p>';"
        "if(d.readyState!=='loading'&&p.length<20){w[l].push({t:p})}})(window,document,'dataLayer');</script>"
    )
