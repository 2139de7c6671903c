"""Articles that a page carries in its scripts only."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.extract.hidden import embedded
from pipeline.extract.state import markup_in
from pipeline.read import read_page

URL = "https://paper.example/news/bridge"
TITLE = "The bridge is open again after nine years"
LINES = [
    "The old bridge was opened again on Sunday, nine years after the flood that took its middle arch.",
    "Stonemasons worked from photographs, because the drawings had been lost with the town's archive.",
    "How it was paid for",
    "Half of the money came from the province, the rest from a lottery that nobody in town has won.",
    "The first to cross was the miller's donkey, which had waited for it longer than anybody else had.",
]
OTHER = "The ferry that replaced it will be sold to a lake in the south, where they have need of such a one. "

HTML = "".join(f"<h2>{line}</h2>" if line == LINES[2] else f"<p>{line}</p>" for line in LINES)


def spans(key: str, kind: str, line: str) -> list[dict[str, str]]:
    """A line in two runs of text, as editors keep them."""
    return [{key: kind, "text": line[:20]}, {key: kind, "text": line[20:]}]


#: how content systems write a text down
BODIES: dict[str, object] = {
    "html": HTML,
    "strings": LINES,
    "typed": [{"type": "paragraph", "text": line} for line in LINES],
    "contents": [{"kind": "text", "id": f"b{n}", "content": line} for n, line in enumerate(LINES)],
    "draft": {"blocks": [{"key": "a1", "type": "unstyled", "text": line} for line in LINES], "entityMap": {}},
    "portable": [{"_type": "block", "children": spans("_type", "span", line)} for line in LINES],
    "prosemirror": {
        "type": "doc",
        "content": [{"type": "paragraph", "content": spans("type", "text", line)} for line in LINES],
    },
    "editorjs": {"blocks": [{"type": "paragraph", "data": {"text": line}} for line in LINES]},
    "linked": [{"type": "p", "html": line.replace("Sunday", '<a href="/day">Sunday</a>')} for line in LINES],
}
CARRIERS = {
    "next": '<script id="__NEXT_DATA__" type="application/json">{0}</script>',
    "assigned": "<script>window.__STATE__ = {0}; window.ready = true;</script>",
    "parsed": "<script>window.__DATA__ = JSON.parse({1});</script>",
    "pushed": "<script>(self.chunks = self.chunks || []).push({0})</script>",
}


def state(body: object) -> dict[str, object]:
    """A page's data: the article, and teasers of others with more text than it has."""
    others = [{"title": f"Ferry number {n}", "url": f"/news/{n}", "summary": OTHER * 2} for n in range(30)]
    article = {"id": 7, "headline": TITLE, "teaser": "In short.", "body": body, "related": others[:4]}
    return {"route": {"path": "/news/bridge"}, "page": {"latest": others, "article": article}, "user": None}


def html(script: str, shown: str = "") -> bytes:
    return (
        f"<html lang=en><head><title>{TITLE}</title></head><body><div id=app><h1>{TITLE}</h1>{shown}</div>"
        f"{script}</body></html>"
    ).encode()


def carried(carrier: str, value: object) -> str:
    plain = json.dumps(value).replace("</", "<\\/")
    return CARRIERS[carrier].format(plain, json.dumps(plain))


@pytest.mark.parametrize("carrier", sorted(CARRIERS))
@pytest.mark.parametrize("form", sorted(BODIES))
def test_the_article_is_read_from_the_pages_state(form: str, carrier: str) -> None:
    article = read_page(html(carried(carrier, state(BODIES[form]))), URL)
    assert list(article.paragraphs) == LINES
    assert article.kind == "article"


def test_a_cookie_notice_does_not_keep_the_state_from_being_read() -> None:
    notice = "We and our partners use small files to measure and to show things. " * 3
    shown = f"<div class=bar><p>{notice}</p></div>"
    article = read_page(html(carried("next", state(BODIES["typed"])), shown), URL)
    assert list(article.paragraphs) == LINES


def test_a_short_article_on_the_page_is_not_replaced_by_another_of_the_state() -> None:
    others = {
        "items": [{"title": "A ferry", "body": OTHER * 9}, {"title": "A second ferry", "body": OTHER * 9}]
    }
    shown = f"<article><p>{LINES[0]}</p><p>{LINES[1]}</p></article>"
    article = read_page(html(carried("assigned", others), shown), URL)
    assert list(article.paragraphs) == LINES[:2]


def test_what_a_page_sells_is_not_taken_from_its_state() -> None:
    paid = json.dumps({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": False})
    shown = f"<article><p>{LINES[0]}</p><p>{LINES[1]}</p></article>"
    script = f'<script type="application/ld+json">{paid}</script>' + carried("next", state(LINES * 3))
    article = read_page(html(script, shown), URL)
    assert (article.kind, list(article.paragraphs)) == ("paywall", LINES[:2])


def test_teasers_alone_are_no_article() -> None:
    value = {"latest": [{"title": f"Ferry {n}", "url": f"/{n}", "summary": OTHER} for n in range(9)]}
    assert markup_in([json.dumps(value)], [TITLE], least=100, sure=False) is None


def test_posts_of_a_live_blog_are_taken_from_json_ld_where_the_page_has_none() -> None:
    posts = [
        {"@type": "BlogPosting", "headline": f"Post {n}", "articleBody": f"<p>{line}</p>"}
        for n, line in enumerate(LINES * 2)
    ]
    data = {"@type": "LiveBlogPosting", "headline": TITLE, "liveBlogUpdate": posts}
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    article = read_page(
        html(script, "<p>Follow here what happens at the bridge today, hour by hour.</p>"), URL
    )
    assert article.kind == "live-blog"
    wanted = [text for n, line in enumerate(LINES * 2) for text in (f"Post {n}", line)]
    assert list(article.paragraphs[1:]) == wanted


DEEP = "[" * 3000 + "]" * 3000


@pytest.mark.parametrize(
    "script",
    [DEEP, "x = " + DEEP, '{"a": "' + "\\" * 999, "JSON.parse('", "= {" * 5000, '{"a":' * 3000, "=[[" * 9999],
)
def test_scripts_that_are_no_json_are_passed_over(script: str) -> None:
    assert markup_in([script], [TITLE], least=1, sure=False) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "url", "text", "children"]), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None)
@given(JSON, st.booleans())
def test_any_state_is_read(value: object, sure: bool) -> None:
    markup = f"<title>A</title><script>window.x = {json.dumps(value)}</script>"
    found = embedded(LexborHTMLParser(markup), ["A"], sure=sure)
    assert found is None or found.startswith("<article>")
