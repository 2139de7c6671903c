"""A story as a complete HTML document, the way outlets' systems write them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from quality.body import body_html
from quality.markup import body_texts
from quality.scripts import carrying_script, junk, news_object, script
from quality.story import Chrome, Story, Template

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The document, and the texts on it that belong to the page, not to the article."""

    html: str
    chrome: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """What stands in one place of a template, and the texts in it that are not the article's."""

    html: str
    chrome: tuple[str, ...] = ()


def render(story: Story, template: Template, words: Chrome) -> Rendered:
    """The document of a story. A slot that the template names and nobody fills raises ``KeyError``."""
    slots = _article_slots(story, template) | _chrome_slots(template.marks, words)
    slots |= {"jsonld": _Slot(script("application/ld+json", news_object(story, words.site)))}
    slots |= {name: _Slot(text) for name, text in _fields(story, words).items()}
    named = dict.fromkeys(_SLOT.findall(template.page))
    return Rendered(
        html=_SLOT.sub(lambda found: slots[found[1]].html, template.page),
        chrome=tuple(text for name in named for text in slots[name].chrome),
    )


def _article_slots(story: Story, template: Template) -> dict[str, _Slot]:
    """The texts of the story itself, and of a second story on the same page."""
    marks = template.marks
    return {
        "body": _Slot(body_html(story.lines, marks) if story.carrier == "html" else ""),
        "lead": _Slot("".join(line.cells[0] for line in story.lines if line.mark == "lead")),
        "data": _Slot(carrying_script(story, marks)),
        "junk": _Slot(junk(story)),
        "second_title": _Slot(story.second_title, (story.second_title,)),
        "second": _Slot(body_html(story.second, marks), body_texts(story.second)),
    }


def _chrome_slots(marks: Mapping[str, str], words: Chrome) -> dict[str, _Slot]:
    """The texts around an article. Menus and labels are too short to be told from words of the body."""
    texts = {"newsletter": words.newsletter, "cookies": words.cookies, "legal": words.legal, "bio": words.bio}
    cards = "".join(
        marks["teaser"].replace("{n}", str(number)).replace("{title}", title).replace("{}", summary)
        for number, (title, summary) in enumerate(words.cards, 1)
    )
    return {
        "nav": _Slot(_each(marks["nav"], words.nav)),
        "cards": _Slot(cards, tuple(text for card in words.cards for text in card)),
        "related": _Slot(_each(marks["related"], words.related), tuple(words.related)),
        "comments": _Slot(_each(marks["comment"], words.comments), tuple(words.comments)),
        **{name: _Slot(text, (text,)) for name, text in texts.items()},
        **{f"word_{name}": _Slot(text) for name, text in words.labels.items()},
    }


def _each(wrapper: str, texts: Iterable[str]) -> str:
    return "".join(
        wrapper.replace("{n}", str(number)).replace("{}", text) for number, text in enumerate(texts, 1)
    )


def _fields(story: Story, words: Chrome) -> dict[str, str]:
    """The story's fields as templates name them."""
    names = ", ".join(story.authors)
    return {
        "lang": story.language,
        "dir": "rtl" if story.language in _RIGHT_TO_LEFT else "ltr",
        "url": story.url,
        "slug": story.slug,
        "site": words.site,
        "section": story.section or words.nav[0],
        "title": html.escape(story.title, quote=False),
        "title_attr": html.escape(story.title),
        "author_names": names,
        "byline": f"{words.by} {names}" if names else "",
        "charset_meta": f'<meta charset="{story.declared}">' if story.declared else "",
        "http_equiv": _http_equiv(story.declared),
        **_dates(story),
    }


def _dates(story: Story) -> dict[str, str]:
    names = ("published_iso", "published_numeric", "published_day", "updated_iso")
    at = story.published
    if at is None:
        return dict.fromkeys(names, "")
    shown = (at.isoformat(), f"{at:%d.%m.%Y, %H:%M}", f"{at:%d.%m.%Y}", (at + timedelta(hours=2)).isoformat())
    return dict(zip(names, shown, strict=True))


def _http_equiv(declared: str) -> str:
    words = f"text/html; charset={declared}" if declared else "text/html"
    return f'<meta http-equiv="Content-Type" content="{words}">'
