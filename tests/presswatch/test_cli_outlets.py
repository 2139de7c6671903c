"""``outlets``: what is watched, found in the catalogue, on a home page, in an OPML file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.catalogue.loader import load_catalogue
from presswatch.cli.outlets import outlet_state

Presswatch = Any
Site = Any
Row = Callable[..., dict[str, Any]]


def test_an_outlet_of_the_catalogue_needs_no_network(presswatch: Presswatch) -> None:
    spec = load_catalogue().get("nv")
    assert spec
    said = presswatch.good("outlets", "add", "nv")
    assert spec.name in said
    assert all(feed.url in said for feed in spec.feeds)
    document = presswatch.json("outlets", "show", "nv")
    assert document["outlet"]["home"] == spec.home
    assert [feed["url"] for feed in document["feeds"]] == [feed.url for feed in spec.feeds]


def test_the_home_page_of_a_catalogue_outlet_is_that_outlet(presswatch: Presswatch) -> None:
    result = presswatch("outlets", "add", "https://english.nv.ua/")
    assert result.exit_code == 0
    assert "catalogue" in result.stderr
    assert [outlet["slug"] for outlet in presswatch.json("outlets", "list")] == ["nv"]


def test_adding_twice_is_once(presswatch: Presswatch) -> None:
    presswatch.good("outlets", "add", "nv")
    assert "already" in presswatch.good("outlets", "add", "nv", "--name", "New Voice")
    (outlet,) = presswatch.json("outlets", "list")
    assert outlet["name"] == "New Voice"


def test_an_unknown_id_suggests_and_stores_nothing(presswatch: Presswatch) -> None:
    result = presswatch("outlets", "add", "meduzza")
    assert result.exit_code == 1
    assert "meduza" in result.stderr
    assert not presswatch.db.exists()


def test_a_feed_address_is_fetched_and_shown(presswatch: Presswatch, site: Site) -> None:
    presswatch.options = ["--allow-address", site.address]
    feed = site.feed("/rss.xml", ("/a", "Harbour opens"))
    said = presswatch.good("outlets", "add", feed)
    assert feed in said
    assert "Harbour opens" in said
    document = presswatch.json("outlets", "add", feed)
    assert set(document) == {"outlet", "feeds", "sample"}
    assert document["sample"] == "Harbour opens"


def test_a_home_page_is_searched_for_its_feed(presswatch: Presswatch, site: Site) -> None:
    presswatch.options = ["--allow-address", site.address]
    feed = site.feed("/deep/news.xml", ("/a", "Harbour opens"))
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
    site.answers["/"] = (
        "text/html",
        f"<html lang=en><head><title>Gazette</title>{link}</head><body>Hi</body></html>",
    )
    document = presswatch.json("outlets", "add", site.url("/"), "--name", "Our Gazette")
    assert [found["url"] for found in document["feeds"]] == [feed]
    assert document["outlet"]["name"] == "Our Gazette"


def test_named_feeds_replace_the_search(presswatch: Presswatch, site: Site) -> None:
    presswatch.options = ["--allow-address", site.address]
    one, two = site.feed("/1.xml", ("/a", "One")), site.feed("/2.xml", ("/b", "Two"))
    document = presswatch.json("outlets", "add", site.url("/"), "--feed", one, "--feed", two)
    assert [found["url"] for found in document["feeds"]] == [one, two]
    assert document["sample"] == "One"


@pytest.mark.parametrize("feed", [(), ("/none.xml",)])
def test_where_no_feed_is_found_nothing_is_stored(
    presswatch: Presswatch, site: Site, feed: tuple[str, ...]
) -> None:
    presswatch.options = ["--allow-address", site.address]
    site.page("/", "No feed here")
    named = [word for path in feed for word in ("--feed", site.url(path))]
    result = presswatch("outlets", "add", site.url("/"), *named)
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "nothing was added" in result.stderr
    assert not presswatch.db.exists()


def test_a_private_address_is_refused(presswatch: Presswatch, site: Site) -> None:
    result = presswatch("outlets", "add", site.feed("/rss.xml", ("/a", "Secret")))
    assert result.exit_code == 1
    assert "refused-address" in result.stderr


def test_pause_resume_and_remove(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    presswatch.good("outlets", "add", "nv")
    for word, state in (("pause", "paused"), ("resume", "new")):
        presswatch.good("outlets", word, "nv")
        states = {outlet["slug"]: outlet["state"] for outlet in presswatch.json("outlets", "list")}
        assert states == {"gazette": "no feeds", "nv": state}
    presswatch.good("outlets", "remove", "gazette")
    assert [outlet["slug"] for outlet in presswatch.json("outlets", "list")] == ["nv"]
    assert len(presswatch.json("articles")) == 1
    assert presswatch("outlets", "pause", "gazette").exit_code == 1


def test_the_list_counts(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row(1), row(2))
    presswatch.good("outlets", "add", "nv")
    listed = {outlet["slug"]: outlet for outlet in presswatch.json("outlets", "list")}
    assert listed["gazette"]["articles"] == 2
    assert listed["nv"]["feeds"] == len(load_catalogue().get("nv").feeds)  # type: ignore[union-attr]
    assert "uk" in listed["nv"]["languages"]
    assert "gazette" in presswatch.good("outlets", "list")


@pytest.mark.parametrize(
    ("paused", "feeds", "state"),
    [
        (True, ["failing"], "paused"),
        (False, [], "no feeds"),
        (False, ["new", "new"], "new"),
        (False, ["ok", "new"], "ok"),
        (False, ["ok", "failing", "gone"], "2 of 3 feeds failing"),
        (False, ["failing"], "failing"),
    ],
)
def test_an_outlets_state(paused: bool, feeds: list[str], state: str) -> None:
    assert outlet_state(paused, feeds) == state


def test_the_catalogue_is_searched(presswatch: Presswatch) -> None:
    ukrainian = presswatch.json("outlets", "catalogue", "--country", "ua", "--language", "uk")
    assert "nv" in [outlet["id"] for outlet in ukrainian]
    assert all(outlet["country"] == "UA" for outlet in ukrainian)
    assert "nv" in presswatch.good("outlets", "catalogue", "new voice")
    nothing = presswatch("outlets", "catalogue", "zzzzzz")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_opml_out_and_in(presswatch: Presswatch, tmp_path: Any) -> None:
    presswatch.good("outlets", "add", "nv")
    presswatch.good("outlets", "export", tmp_path / "all.opml")
    again = json.loads(presswatch.good("outlets", "import", tmp_path / "all.opml", "--json"))
    assert again == {"outlets": [], "new_feeds": 0}
    (tmp_path / "second").mkdir()
    second = type(presswatch)(tmp_path / "second")
    second.good("outlets", "import", tmp_path / "all.opml")
    feeds = {feed["url"] for feed in second.json("outlets", "show", "nv")["feeds"]}
    assert feeds == {feed["url"] for feed in presswatch.json("outlets", "show", "nv")["feeds"]}


def test_a_file_that_is_no_opml(presswatch: Presswatch, tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text("<html><body>Hello</body></html>")
    for file in (tmp_path / "page.html", tmp_path / "none.opml"):
        result = presswatch("outlets", "import", file)
        assert result.exit_code == 1
        assert len(result.stderr.strip().splitlines()) == 1
    assert not presswatch.db.exists()
