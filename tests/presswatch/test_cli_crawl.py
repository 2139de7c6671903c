"""``crawl``, ``health`` and ``try``: the network seen from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.types import Failure, FailureClass, New, Revision, RunReport
from presswatch.cli.progress import CrawlProgress
from presswatch.cli.summary import report_dict, summary

Presswatch = Any
Site = Any
Row = Callable[..., dict[str, Any]]


@pytest.fixture
def watching(presswatch: Presswatch, site: Site) -> Presswatch:
    """An outlet on loopback with two articles, watched; fetched without a pause."""
    site.feed("/rss.xml", ("/a", "Harbour opens"), ("/b", "Bridge closes"))
    site.page("/a", "Harbour opens")
    site.page(
        "/b", "Bridge closes", "The bridge over the strait closes for a month.\n\nFerries run every hour."
    )
    config = presswatch.folder / "presswatch.toml"
    config.write_text(f'[fetch]\ndelay = 0\nallow_addresses = ["{site.address}"]\n')
    presswatch.options = ["--config", str(config)]
    presswatch.good("outlets", "add", site.url("/rss.xml"))
    return presswatch


def test_a_crawl_stores_what_is_new_and_says_so_in_one_line(watching: Presswatch) -> None:
    first = watching("crawl")
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("1 outlet · 2 new · ")
    assert first.stdout.rstrip().endswith(" s")
    assert first.stderr == ""
    assert watching.good("crawl", "--all").startswith("1 outlet · 0 new")
    assert {found["title"] for found in watching.json("articles")} == {"Harbour opens", "Bridge closes"}


def test_the_document_of_a_crawl(watching: Presswatch) -> None:
    result = watching("crawl", "--json")
    document = json.loads(result.stdout)
    assert result.stderr == ""
    assert document["feeds"] == {"polled": 1, "not_modified": 0, "failed": 0}
    assert document["articles"] == {
        "new": 2,
        "revised": 0,
        "unchanged": 0,
        "duplicate": 0,
        "gone": 0,
        "failed": 0,
    }
    assert document["failures"] == []
    assert {"run", "outlets", "seconds"} <= set(document)


def test_when_our_own_network_is_down_no_outlet_is_blamed(watching: Presswatch) -> None:
    nobody = "http://127.0.0.1:9"  # the discard port: a proxy that is not there
    result = watching("crawl", "--all", "--proxy", nobody, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["offline"] is True
    assert document["feeds"] == {"polled": 0, "not_modified": 0, "failed": 0}
    (row,) = watching.json("health")
    assert (row["failures"], row["failure_class"]) == (0, None)
    assert "own network down" in watching.good("health")
    assert watching.good("crawl", "--all").startswith("1 outlet · 2 new")
    assert "own network ok" in watching.good("health")


def test_an_outlet_that_fails_is_named_and_is_exit_code_1(watching: Presswatch, site: Site) -> None:
    del site.answers["/rss.xml"]
    result = watching("crawl", "--all")
    assert result.exit_code == 1
    assert "1 feed failed" in result.stdout
    (line,) = result.stderr.strip().splitlines()
    assert site.url("/rss.xml") in line
    assert "http: " in line
    quiet = watching("-q", "crawl", "--all")
    assert quiet.stderr == ""
    (row,) = watching.json("health")
    assert (row["state"], row["failure_class"]) == ("failing", "http")
    assert "failing" in watching.good("health")


def test_a_page_that_fails_is_named_but_the_outlet_is_well(watching: Presswatch, site: Site) -> None:
    del site.answers["/b"]
    result = watching("crawl")
    assert result.exit_code == 0
    assert "1 new" in result.stdout
    assert "1 failed" in result.stdout
    (line,) = result.stderr.strip().splitlines()
    assert site.url("/b") in line


def test_an_edit_is_a_revision_and_a_deletion_is_gone(watching: Presswatch, site: Site) -> None:
    watching.good("crawl")
    site.page("/a", "Harbour opens at last")
    del site.answers["/b"]
    said = watching.good("crawl", "--recheck")
    assert "1 revised" in said
    assert "1 gone" in said
    states = {found["title"]: found["status"] for found in watching.json("articles")}
    assert states == {"Harbour opens at last": "revised", "Bridge closes": "gone"}


def test_verbose_tells_each_step_in_plain_lines(watching: Presswatch) -> None:
    result = watching("-v", "crawl")
    assert "1 feed of 1 outlet due" in result.stderr
    assert "new" in result.stderr
    assert "\x1b" not in result.stderr


def test_without_outlets_it_is_said_how_to_add_one(presswatch: Presswatch) -> None:
    result = presswatch("crawl")
    assert result.exit_code == 1
    assert "outlets add" in result.stderr
    assert not presswatch.db.exists()


# --- summaries ------------------------------------------------------------------------------------------


def test_the_summary_of_the_contract() -> None:
    report = RunReport(
        run=7,
        outlets=3,
        feeds_polled=4,
        feeds_not_modified=2,
        new=41,
        revised=2,
        duplicate=1,
        failed=1,
        seconds=9.84,
    )
    assert (
        summary(report) == "3 outlets · 41 new · 2 revised · 1 duplicate · 1 failed · 2 not modified · 9.8 s"
    )
    assert summary(RunReport(run=1, outlets=1)) == "1 outlet · 0 new · 0.0 s"
    assert summary(RunReport(run=1, outlets=1, feeds_failed=2, gone=1)) == (
        "1 outlet · 0 new · 1 gone · 2 feeds failed · 0.0 s"
    )


def test_the_report_as_json() -> None:
    report = RunReport(run=7, outlets=1, seconds=0.123, failures=(("http://a.example/", "http", "404"),))
    document = report_dict(report)
    assert document["seconds"] == 0.1
    assert document["failures"] == [{"url": "http://a.example/", "class": "http", "message": "404"}]


def test_failures_are_told_and_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(kind=FailureClass.HTTP, message="503\x1b[2J")
    url, other = "http://a.example/rss", "http://a.example/page"
    with CrawlProgress(live=False, lines=False, failures=True) as progress:
        progress.planned(1, 1)
        progress.feed_done("a", url, failure)
        progress.pages_queued(1)
        progress.page_done("a", other, failure)
    assert capsys.readouterr().err == f"a: http: 503[2J ({url})\na: http: 503[2J ({other})\n"


def test_the_live_line_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with CrawlProgress(live=True, lines=False, failures=True) as progress:
        progress.planned(1, 1)
        progress.feed_done("a", "http://a.example/rss", None)
        progress.pages_queued(3)
        progress.page_done("a", "http://a.example/1", New())
        progress.page_done("a", "http://a.example/2", Revision(article_id=1, changed=("body",)))
        progress.page_done("a", "http://a.example/3", None)
    assert capsys.readouterr().out == ""


# --- try ------------------------------------------------------------------------------------------------


def test_try_shows_a_feed(presswatch: Presswatch, site: Site) -> None:
    presswatch.options = ["--allow-address", site.address]
    url = site.feed("/rss.xml", ("/a", "Harbour opens"))
    document = presswatch.json("try", url)
    assert (document["kind"], document["status"], document["final_url"]) == ("feed", 200, url)
    assert document["problem"] is None
    (entry,) = document["entries"]
    assert set(entry) == {"id", "url", "title", "published", "updated", "authors", "summary"}
    assert datetime.fromisoformat(entry["published"]) == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert "Harbour opens" in presswatch.good("try", url)
    assert not presswatch.db.exists()


def test_try_shows_a_page_and_what_was_cut(presswatch: Presswatch, site: Site) -> None:
    presswatch.options = ["--allow-address", site.address]
    url = site.page("/a", "Harbour opens")
    document = presswatch.json("try", url)
    assert document["kind"] == "page"
    assert document["article"]["title"] == "Harbour opens"
    assert document["article"]["paragraphs"][0].startswith("The harbour")
    for removal in document["removals"]:
        assert set(removal) == {"kind", "rule", "text", "after_paragraph", "target"}
    assert "The harbour of Kalmar" in presswatch.good("try", url)


def test_try_reads_a_file_as_if_it_were_the_url(presswatch: Presswatch, site: Site) -> None:
    site.page("/a", "Harbour opens")
    file = presswatch.folder / "page.html"
    file.write_text(site.answers["/a"][1])
    document = presswatch.json("try", "https://gazette.example.org/x", "--file", file)
    assert document["article"]["url"] == "https://gazette.example.org/x"


@pytest.mark.parametrize(
    ("path", "words", "kind"),
    [("/none", (), "http"), ("/a", ("--as", "feed"), "parse"), ("/home", (), "not-news")],
)
def test_try_says_what_is_wrong(
    presswatch: Presswatch, site: Site, path: str, words: tuple[str, ...], kind: str
) -> None:
    presswatch.options = ["--allow-address", site.address]
    site.page("/a", "Harbour opens")
    site.answers["/home"] = ("text/html", "<html><head><title>x</title></head><body></body></html>")
    result = presswatch("try", site.url(path), *words, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["kind"] == "error"
    assert document["error"]["class"] == kind
    assert "\n" not in document["error"]["message"]
    assert presswatch("try", site.url(path), *words).stderr.startswith(f"presswatch: {kind}: ")


def test_try_refuses_private_addresses(presswatch: Presswatch, site: Site) -> None:
    result = presswatch("try", site.page("/a", "Secret"), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["class"] == "refused-address"
