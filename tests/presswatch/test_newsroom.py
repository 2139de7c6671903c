"""The demo's newsroom: a small, sound piece of the web, which changes once, and from which nothing leaves."""

from __future__ import annotations

import io
import json
import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from pipeline.catalogue.loader import load_catalogue
from pipeline.types import OutletSpec
from presswatch.demo.editions import Edition, Story, load_editions
from presswatch.demo.newsroom import Newsroom

START = datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
NOW = START + timedelta(hours=1)
FEEDS = [feed.url for outlet in Newsroom(START).outlets for feed in outlet.feeds]
STORIES = [(edition, story) for edition in load_editions() for story in edition.stories]


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom(START)


@pytest.fixture
def evening() -> Newsroom:
    """The newsroom after its hour has passed."""
    room = Newsroom(START)
    room.advance()
    return room


def get(room: Newsroom, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return room.respond("GET", url, {name.replace("_", "-"): value for name, value in headers.items()}, NOW)


def page(room: Newsroom, url: str) -> str:
    status, _, body = get(room, url)
    assert status == 200, url
    return body.decode()


def listed(room: Newsroom, feed: str) -> dict[str, str]:
    """What a feed announces: URL -> title."""
    parsed = feedparser.parse(io.BytesIO(get(room, feed)[2]))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return {entry.link: entry.title for entry in parsed.entries}


def tree_of(room: Newsroom, url: str) -> html.HtmlElement:
    return html.document_fromstring(get(room, url)[2])


def texts_at(tree: html.HtmlElement, path: str) -> list[str]:
    """The strings, or the texts of the elements, that an XPath finds."""
    found = tree.xpath(path)
    assert isinstance(found, list)
    return [item.text_content() if isinstance(item, html.HtmlElement) else str(item) for item in found]


def everything(room: Newsroom) -> dict[str, str]:
    return {url: title for feed in FEEDS for url, title in listed(room, feed).items()}


# --- feeds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("feed", FEEDS)
def test_feed_is_sound_and_its_pages_are_there(newsroom: Newsroom, feed: str) -> None:
    entries = listed(newsroom, feed)
    assert entries
    for url, title in entries.items():
        assert texts_at(tree_of(newsroom, url), "//h1") == [title]


@pytest.mark.parametrize("feed", FEEDS)
def test_pages_and_feed_agree_on_the_time(newsroom: Newsroom, feed: str) -> None:
    for entry in feedparser.parse(io.BytesIO(get(newsroom, feed)[2])).entries:
        told = texts_at(tree_of(newsroom, entry.link), "//meta[@property='article:published_time']/@content")
        published = datetime.fromtimestamp(timegm(entry.published_parsed), UTC)
        assert [datetime.fromisoformat(text) for text in told] in ([published], [])


def test_first_hour_announces_what_is_true(newsroom: Newsroom) -> None:
    assert set(everything(newsroom)) == newsroom.truth()[0].new


def test_own_outlet_speaks_four_languages_in_two_kinds_of_feed(newsroom: Newsroom) -> None:
    lantern = newsroom.outlets[0]
    kinds = {f.language: feedparser.parse(io.BytesIO(get(newsroom, f.url)[2])).version for f in lantern.feeds}
    assert kinds == {"en": "rss20", "uk": "rss20", "ru": "atom10", "ar": "atom10"}
    assert [len(listed(newsroom, feed.url)) for feed in lantern.feeds] == [6, 4, 4, 4]


@pytest.mark.parametrize("edition", load_editions(), ids=lambda edition: edition.language)
def test_dates_count_from_the_start(newsroom: Newsroom, edition: Edition) -> None:
    entries = feedparser.parse(io.BytesIO(get(newsroom, edition.url(edition.feed_path))[2])).entries
    published = [datetime.fromtimestamp(timegm(entry.published_parsed), UTC) for entry in entries]
    assert published == [START - timedelta(hours=story.hours_ago) for story in edition.stories]


@pytest.mark.parametrize("edition", load_editions(), ids=lambda edition: edition.language)
def test_robots_allow_everything_and_name_a_news_sitemap(newsroom: Newsroom, edition: Edition) -> None:
    robots = page(newsroom, f"{edition.home}robots.txt")
    assert "Crawl-delay: 0\n" in robots
    (sitemap,) = re.findall(r"^Sitemap: (\S+)$", robots, re.MULTILINE)
    locations = etree.fromstring(get(newsroom, sitemap)[2]).findall(".//{*}loc")
    assert {place.text for place in locations} == set(listed(newsroom, edition.url(edition.feed_path)))


def test_every_host_has_robots(newsroom: Newsroom) -> None:
    for url in newsroom.truth()[0].new | newsroom.truth()[1].new:
        assert "Crawl-delay: 0" in page(newsroom, urljoin(url, "/robots.txt"))


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("edition", "story"), STORIES, ids=lambda value: getattr(value, "path", ""))
def test_article_holds_its_words_and_the_noise_around_them(
    newsroom: Newsroom, edition: Edition, story: Story
) -> None:
    tree = tree_of(newsroom, edition.url(story.path))
    text = " ".join(tree.text_content().split())
    assert 5 <= len(story.body) <= 9
    assert all(re.sub(r"\[([^]]+)]\([^)]+\)", r"\1", block).lstrip("#> ") in text for block in story.body)
    assert story.author in text
    read_also = {"en": "Read also", "uk": "Читайте також", "ru": "Читайте также", "ar": "اقرأ أيضاً"}
    assert text.count(read_also[edition.language]) >= len(story.teasers)
    assert tree.get("lang") == edition.language
    assert tree.get("dir") == ("rtl" if edition.language == "ar" else None)
    assert texts_at(tree, "//link[@rel='canonical']/@href") == [edition.url(story.path)]


@pytest.mark.parametrize(("edition", "story"), STORIES, ids=lambda value: getattr(value, "path", ""))
def test_article_declares_its_date_for_machines(newsroom: Newsroom, edition: Edition, story: Story) -> None:
    tree = tree_of(newsroom, edition.url(story.path))
    found = texts_at(
        tree, "//time/@datetime | //meta[@property='article:published_time']/@content | //@datePublished"
    )
    assert datetime.fromisoformat(found[0]) == START - timedelta(hours=story.hours_ago)
    for script in texts_at(tree, "//script[@type='application/ld+json']/text()"):
        assert story.title in json.dumps(json.loads(script), ensure_ascii=False)


def test_printed_dates_are_in_the_words_and_the_time_of_the_place(newsroom: Newsroom) -> None:
    first = {edition.language: edition.stories[0] for edition in load_editions()}
    shown = {
        edition.language: page(newsroom, edition.url(first[edition.language].path))
        for edition in load_editions()
    }
    hour = (START - timedelta(hours=2)).astimezone(ZoneInfo("Europe/Dublin")).strftime("%H:%M")
    assert f"29 березня 2026, {hour}" in shown["uk"]
    assert f"29 марта 2026 г., {hour}" in shown["ru"]
    assert "Sunday, 29 March 2026, " in shown["en"]
    assert "الأحد 29 مارس 2026 - " in shown["ar"]


def test_language_versions_name_each_other(newsroom: Newsroom) -> None:
    ferries = {edition.url(story.path) for edition, story in STORIES if story.group == "ferry"}
    assert len(ferries) == 4
    for url in ferries:
        tree = tree_of(newsroom, url)
        assert set(texts_at(tree, "//link[@rel='alternate']/@href[../@hreflang]")) == ferries


@pytest.mark.parametrize("edition", load_editions(), ids=lambda edition: edition.language)
def test_links_of_the_own_outlet_lead_somewhere(
    newsroom: Newsroom, evening: Newsroom, edition: Edition
) -> None:
    for room in (newsroom, evening):
        seen = {edition.home}
        waiting = [edition.home]
        while waiting:
            url = waiting.pop()
            status, head, body = get(room, url)
            assert status == 200, url
            if head["Content-Type"].startswith("text/html"):
                found = {
                    urljoin(url, link)
                    for link in texts_at(html.document_fromstring(body), "//a/@href | //img/@src")
                }
                fresh = {link.partition("#")[0] for link in found} - seen
                seen |= fresh
                waiting += fresh
        assert {edition.url(story.path) for story in edition.at(int(room is evening)).stories} <= seen


def test_every_address_is_https_and_http_leads_there(newsroom: Newsroom, evening: Newsroom) -> None:
    for room, step in zip((newsroom, evening), newsroom.truth(), strict=True):
        for url in (*FEEDS, *step.new):
            assert url.startswith("https://")
            status, head, _ = get(room, url.replace("https:", "http:"))
            assert (status, head["Location"]) == (301, url)
            assert (
                re.findall("http://(?!www.w3.org/|schema.org|purl.org/|www.sitemaps)", page(room, url)) == []
            )


@pytest.mark.parametrize("outlet", [room for room in Newsroom(START).outlets if room.slug != "nv"])
def test_front_pages_name_their_feed_and_list_what_it_lists(
    newsroom: Newsroom, evening: Newsroom, outlet: OutletSpec
) -> None:
    feed = outlet.feeds[0].url
    for room in (newsroom, evening):
        tree = tree_of(room, outlet.home)
        assert texts_at(tree, "//link[@rel='alternate']/@href") == [feed]
        assert set(listed(room, feed)) <= set(texts_at(tree, "//li/a/@href"))
    assert get(evening, outlet.home)[1]["ETag"] != get(newsroom, outlet.home)[1]["ETag"]
    seen = get(newsroom, outlet.home)[1]["Last-Modified"]
    assert get(evening, outlet.home, If_Modified_Since=seen)[0] == 200


def test_catalogue_outlet_finds_all_its_feeds(newsroom: Newsroom) -> None:
    """``presswatch outlets add nv`` works within the newsroom."""
    (spec,) = [spec for spec in load_catalogue().outlets if spec.slug == "nv"]
    assert {feed.url for feed in spec.feeds} <= set(FEEDS)


# --- an hour passes -------------------------------------------------------------------------------------


def test_an_hour_brings_two_copies_one_edit_and_one_deletion(newsroom: Newsroom) -> None:
    before = everything(newsroom)
    newsroom.advance()
    after = everything(newsroom)
    truth = newsroom.truth()[1]
    assert set(after) - set(before) == truth.new
    assert len(truth.new) == 2
    assert set(before) - set(after) == truth.deleted
    assert len(truth.deleted) == 1
    assert {url for url in before if url in after and before[url] != after[url]} == truth.edited
    assert len(truth.edited) == 1


def test_edited_article_has_a_new_headline_and_a_paragraph_more(
    newsroom: Newsroom, evening: Newsroom
) -> None:
    (url,) = newsroom.truth()[1].edited
    old, new = (tree_of(room, url) for room in (newsroom, evening))
    assert old.findtext(".//h1") != new.findtext(".//h1")
    body = "//div[@class='story-body']/p"
    assert len(texts_at(new, body)) == len(texts_at(old, body)) + 1
    assert '"dateModified": "2026-03-29T13:00:00+01:00"' in page(evening, url)


def test_deleted_article_is_gone_and_no_page_speaks_of_it(newsroom: Newsroom, evening: Newsroom) -> None:
    (url,) = newsroom.truth()[1].deleted
    assert get(newsroom, url)[0] == 200
    assert get(evening, url)[0] == 410
    (edition,) = [edition for edition in load_editions() if edition.host == urlsplit(url).hostname]
    pages = [edition.home, *(edition.url(story.path) for story in edition.at(1).stories)]
    assert all(url not in page(evening, other) for other in pages)


def test_copies_are_not_there_before_their_hour_and_name_their_original(
    newsroom: Newsroom, evening: Newsroom
) -> None:
    step = newsroom.truth()[1]
    assert {copy for copy, _, _ in step.relations} == step.new
    for copy, _, original in step.relations:
        assert get(newsroom, copy)[0] == 404
        assert f'href="{original}"' in page(evening, copy)
        assert get(newsroom, original)[0] == 200


def test_later_hours_are_quiet(evening: Newsroom) -> None:
    before = {url: get(evening, url) for url in FEEDS}
    evening.advance()
    assert {url: get(evening, url) for url in FEEDS} == before


# --- validators -----------------------------------------------------------------------------------------


def test_unchanged_is_304_by_either_validator_and_changed_is_not(newsroom: Newsroom) -> None:
    answers = {url: get(newsroom, url)[1] for url in (*FEEDS, *newsroom.truth()[0].new)}
    for url, head in answers.items():
        for validators in (
            {"If_None_Match": f'"x", W/{head["ETag"]}'},
            {"If_Modified_Since": head["Last-Modified"]},
        ):
            assert get(newsroom, url, **validators)[0::2] == (304, b"")
        assert get(newsroom, url, If_None_Match='"x"', If_Modified_Since=head["Last-Modified"])[0] == 200
    newsroom.advance()
    truth = newsroom.truth()[1]
    for url in truth.edited | truth.deleted:
        assert get(newsroom, url, If_None_Match=answers[url]["ETag"])[0] != 304
        assert get(newsroom, url, If_Modified_Since=answers[url]["Last-Modified"])[0] != 304
    changed = [
        url
        for url in FEEDS
        if get(newsroom, url, If_None_Match=answers[url]["ETag"])[0] == 200
        and get(newsroom, url, If_Modified_Since=answers[url]["Last-Modified"])[0] == 200
    ]
    assert len(changed) == 3


@given(st.text(max_size=30))
@settings(max_examples=60)
def test_strange_validators_get_the_whole_page(value: str) -> None:
    room = Newsroom(START)
    assert get(room, FEEDS[0], If_Modified_Since=value)[0] == 200
    assert get(room, FEEDS[0], If_None_Match=value)[0] == 200 or value.strip() == "*"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://tolvane-lantern.example.evil.example/",
        "https://english.nv.ua/nation.html",
        "http://english.nv.ua/nation.html",
        "https://127.0.0.1/",
        "https://[::1/",
        "ftp://www.tolvane-lantern.example/",
        "https://www.tolvane-lantern.example/../../etc/passwd",
        "/",
        "",
    ],
)
def test_whatever_is_not_the_newsrooms_is_not_found(newsroom: Newsroom, url: str) -> None:
    assert get(newsroom, url)[0] == 404
