"""What kind of page a page is said to be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import PageHints
from pipeline.decide import judge
from pipeline.extract.article import extract
from pipeline.extract.kind import kind_of
from pipeline.read import read_page
from pipeline.types import New, Rejected

URL = "https://paper.example/news/one"
SENTENCE = "The council of ward {n} met on Monday to hear what the river had done to the lower streets. "
TITLED = '<h3><a href="/news/{n}">Ward {n} hears of the river and its streets</a></h3>'
CARD = f'<div class="item">{TITLED}<p>{{text}}</p></div>'


def page(body: str, *, head: str = "", url: str = URL) -> str:
    """The kind of an English page."""
    html = f"<html lang=en><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return read_page(html.encode(), url).kind


def cards(count: int) -> str:
    return "".join(CARD.format(n=n, text=SENTENCE.format(n=n)) for n in range(count))


def prose(count: int) -> str:
    return (
        "<article><h1>Rivers</h1>"
        + "".join(f"<p>{SENTENCE.format(n=n) * 3}</p>" for n in range(count))
        + "</article>"
    )


def typed(kind: str, **more: object) -> str:
    data = json.dumps({"@context": "https://schema.org", "@type": kind, **more})
    return f'<script type="application/ld+json">{data}</script>'


def test_a_page_of_cards_is_a_listing_and_is_not_stored() -> None:
    html = f"<html lang=en><title>Rivers</title><body><main><h1>Rivers</h1>{cards(9)}</main></body></html>"
    article = read_page(html.encode(), "https://paper.example/tag/rivers")
    assert article.kind == "listing"
    assert isinstance(judge(article, ()), Rejected)


DATED = '<meta property="article:published_time" content="2026-03-04T07:40:00Z">'


@pytest.mark.parametrize(
    "head",
    [typed("NewsArticle", headline="Rivers"), f"<meta property=og:type content=article>{DATED}"],
)
def test_an_article_that_reviews_what_it_links_to_is_none(head: str) -> None:
    assert page(f"<main><h1>Rivers</h1>{cards(9)}</main>", head=head) == "article"


def test_an_archive_that_calls_itself_an_article_is_a_listing() -> None:
    head = typed("CollectionPage", name="Rivers") + "<meta property=og:type content=article>"
    assert page(f"<main><h1>Rivers</h1>{cards(9)}</main>", head=head) == "listing"


@pytest.mark.parametrize("links", [10, 300])
def test_a_short_article_among_links_stays_an_article(links: int) -> None:
    menu = "".join(f'<li><a href="/s/{n}">The section of matters number {n}</a></li>' for n in range(links))
    text = f"<h1>The bridge is open</h1><p>{SENTENCE.format(n=1)}</p><p>{SENTENCE.format(n=2)}</p>"
    assert page(f"<ul>{menu}</ul><div class=story>{text}</div>") == "article"


def test_related_articles_below_the_text_make_no_listing() -> None:
    assert page(f"{prose(3)}<section>{cards(12)}</section>") == "article"


POST = '<div class="{name}"><time>{n}:05</time><h3>Hour {n}</h3><p>{text}</p></div>'


@pytest.mark.parametrize(
    ("name", "url", "kind"),
    [
        ("live-post", URL, "live-blog"),
        ("post", "https://paper.example/live/flood", "live-blog"),
        ("post", "https://paper.example/en-vivo/flood", "live-blog"),
        ("post", "https://paper.example/delivery/flood", "article"),
    ],
)
def test_posts_by_the_clock_make_a_live_blog_where_they_are_called_one(
    name: str, url: str, kind: str
) -> None:
    posts = "".join(POST.format(name=name, n=n, text=SENTENCE.format(n=n)) for n in range(10, 16))
    assert page(f"<main><h1>Flood on the river</h1><div>{posts}</div></main>", url=url) == kind


def test_every_post_of_a_live_blog_is_body_in_its_order() -> None:
    posts = "".join(POST.format(name="live-post", n=n, text=SENTENCE.format(n=n)) for n in range(10, 16))
    html = f"<html lang=en><body><main><h1>Flood</h1><div class=live>{posts}</div></main></body></html>"
    text = read_page(html.encode(), URL).text
    places = [text.find(SENTENCE.format(n=n).strip()) for n in range(10, 16)]
    assert -1 not in places
    assert places == sorted(places)


FILMED = typed("NewsArticle", headline="Ice", video={"@type": "VideoObject"})
VIDEO = '<meta property="og:type" content="video.other">'


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        (VIDEO, f"<h1>Ice</h1><video src=/a.mp4></video><div><p>{SENTENCE}</p></div>", "media"),
        (typed("VideoObject", name="Ice"), f"<h1>Ice</h1><div><p>{SENTENCE}</p></div>", "media"),
        (VIDEO, prose(5), "article"),
        (
            typed("NewsArticle", headline="Ice", video={"@type": "VideoObject"}),
            f"<div><p>{SENTENCE}</p></div>",
            "article",
        ),
        (typed("ImageGallery", headline="Ice"), f"<h1>Ice</h1><div><p>{SENTENCE}</p></div>", "media"),
    ],
)
def test_a_video_with_a_few_words_is_media_and_one_with_a_text_an_article(
    head: str, body: str, kind: str
) -> None:
    assert page(body, head=head) == kind


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Seite nicht gefunden",
        "Страница не найдена",
        "Сторінку не знайдено",
        "الصفحة غير موجودة",
        "ページが見つかりません",
        "页面不存在",
        "Just a moment...",
    ],
)
def test_an_error_page_says_so_in_its_title(title: str) -> None:
    body = f"<h1>{title}</h1><p>What you have asked for may have been moved or renamed since then.</p>"
    assert page(body, head=f"<title>{title}</title>") == "error"


def test_an_article_on_errors_is_none() -> None:
    head = "<title>Page not found: how the web loses its past</title>"
    assert page(prose(6), head=head) == "article"
    assert (
        page(f"<p>{SENTENCE}</p>", head=head + typed("NewsArticle", headline="Page not found: the past"))
        == "article"
    )


def test_the_first_lines_before_a_paywall() -> None:
    head = typed("NewsArticle", headline="Rivers", isAccessibleForFree=False)
    html = f"<html lang=en><head>{head}</head><body><article><p>{SENTENCE}</p></article></body></html>"
    article = read_page(html.encode(), URL)
    assert article.kind == "paywall"
    assert isinstance(judge(article, ()), New)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5), st.booleans(), st.text(max_size=40))
def test_any_text_has_a_kind(paragraphs: list[str], offered: bool, title: str) -> None:
    html = f"<title>{title}</title><p>x</p>"
    found = extract(html.encode("utf-8", "replace"), URL, content_type=None, hints=PageHints()).page
    kind = kind_of(found, paragraphs, offered=offered)
    assert (kind in ("empty", "error")) or any(char.isalpha() for text in paragraphs for char in text)
