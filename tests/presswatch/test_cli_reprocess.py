"""``reprocess`` and ``show --html``: the past read again, without ever blaming the outlet for our rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.store import browse
from pipeline.store.archive import archive_path, existing_archive
from pipeline.store.archive_care import Retention
from pipeline.store.archive_sources import source_of
from pipeline.store.articles import touch
from pipeline.store.connection import open_store
from presswatch.config import load_config
from tests.presswatch.conftest import HARBOUR

Presswatch = Any
Site = Any
Row = Callable[..., dict[str, Any]]

BRIDGE = "The bridge over the strait closes for a month.\n\nFerries run every hour until the works are done."


@pytest.fixture
def watching(presswatch: Presswatch, site: Site) -> Presswatch:
    """An outlet with two articles, crawled."""
    site.feed("/rss.xml", ("/a", "Harbour opens"), ("/b", "Bridge closes"))
    site.page("/a", "Harbour opens")
    site.page("/b", "Bridge closes", BRIDGE)
    config = presswatch.folder / "presswatch.toml"
    config.write_text(f'[fetch]\ndelay = 0\nallow_addresses = ["{site.address}"]\n')
    presswatch.options = ["--config", str(config)]
    presswatch.good("outlets", "add", site.url("/rss.xml"))
    presswatch.good("crawl")
    return presswatch


def article(presswatch: Presswatch, title: str) -> int:
    return int(next(found["id"] for found in presswatch.json("articles") if found["title"] == title))


def as_older_rules_read_it(presswatch: Presswatch, article_id: int) -> None:
    """Make an article what an older presswatch would have stored: a line of noise in its body, no author."""
    with open_store(presswatch.db) as store, store.write():
        store.execute(
            "UPDATE versions SET text = text || char(10, 10) || ?, authors = ? WHERE article_id = ?",
            ("Subscribe to our channel", '["Desk"]', article_id),
        )


def test_the_same_rules_change_nothing(watching: Presswatch) -> None:
    document = watching.json("reprocess")
    assert (document["articles"], document["unchanged"], document["changed"]) == (2, 2, 0)
    assert {found["version"] for found in watching.json("articles")} == {1}
    assert watching.good("reprocess").startswith("2 pages read again · 0 changed")


def test_a_dry_run_shows_what_would_change_and_writes_nothing(watching: Presswatch) -> None:
    changed = article(watching, "Harbour opens")
    as_older_rules_read_it(watching, changed)
    document = watching.json("reprocess", "--dry-run")
    assert document["dry_run"]
    assert document["changed"] == 1
    assert document["parts"] == {"body": 1, "authors": 1}
    (change,) = document["changes"]
    assert (change["id"], change["parts"]) == (changed, ["body", "authors"])
    gone = "".join(one["text"] for one in change["changes"]["body"] if one["op"] == "delete")
    assert "Subscribe to our channel" in gone
    told = watching.good("reprocess", "--dry-run")
    assert "[-" in told
    assert "1 would change (body 1, authors 1)" in told
    assert watching.json("show", changed)["version"] == 1


def test_our_own_change_is_a_version_and_no_edit_of_the_outlets(watching: Presswatch) -> None:
    changed = article(watching, "Harbour opens")
    as_older_rules_read_it(watching, changed)
    before = watching.json("show", changed)
    assert watching.json("reprocess")["changed"] == 1
    after = watching.json("show", changed)
    assert (after["version"], after["status"], after["last_checked"]) == (2, "live", before["last_checked"])
    assert after["text"] == HARBOUR
    assert watching.json("articles", "--status", "revised") == []
    assert watching.json("search", "channel") == []
    assert [version["cause"] for version in watching.json("show", changed, "--versions")["versions"]] == [
        "outlet",
        "rules",
    ]
    assert "not the outlet" in watching.good("show", changed, "--versions").splitlines()[1]
    assert "not an edit of the outlet's" in watching.good("diff", changed)
    assert watching.json("diff", changed)["to"]["cause"] == "rules"
    assert watching.json("reprocess")["changed"] == 0


def test_what_differs_beside_the_text_is_named(watching: Presswatch) -> None:
    changed = article(watching, "Harbour opens")
    with open_store(watching.db) as store, store.write():
        store.execute("UPDATE versions SET section = 'Sport' WHERE article_id = ?", (changed,))
    assert watching.json("reprocess")["parts"] == {"section": 1}
    assert "what differs: section" in watching.good("diff", changed)


def test_the_next_crawl_goes_on_from_the_new_reading(watching: Presswatch, site: Site) -> None:
    changed = article(watching, "Harbour opens")
    as_older_rules_read_it(watching, changed)
    watching.good("reprocess")
    report = json.loads(watching("crawl", "--recheck", "--json").stdout)
    assert (report["articles"]["unchanged"], report["articles"]["revised"]) == (2, 0)
    site.page("/a", "Harbour opens", HARBOUR.replace("Monday", "Tuesday"))
    report = json.loads(watching("crawl", "--recheck", "--json").stdout)
    assert (report["articles"]["unchanged"], report["articles"]["revised"]) == (1, 1)
    document = watching.json("diff", changed)
    assert [one["text"].strip() for one in document["changes"]["body"] if one["op"] != "equal"] == [
        "Monday",
        "Tuesday",
    ]
    assert document["to"]["cause"] == "outlet"
    assert watching.json("show", changed)["status"] == "revised"
    assert watching.json("reprocess")["unchanged"] == 2


def test_a_crawl_with_newer_rules_does_not_blame_the_outlet(watching: Presswatch, site: Site) -> None:
    for title in ("Harbour opens", "Bridge closes"):
        as_older_rules_read_it(watching, article(watching, title))
    site.page("/b", "Bridge closes", BRIDGE.replace("hour", "two hours"))
    report = json.loads(watching("crawl", "--recheck", "--json").stdout)
    assert (report["articles"]["unchanged"], report["articles"]["revised"]) == (1, 1)
    harbour, bridge = (article(watching, title) for title in ("Harbour opens", "Bridge closes"))
    causes = {
        one: [version["cause"] for version in watching.json("show", one, "--versions")["versions"]]
        for one in (harbour, bridge)
    }
    assert causes == {harbour: ["outlet", "rules"], bridge: ["outlet", "outlet"]}
    assert watching.json("show", harbour)["status"] == "live"
    assert watching.json("show", bridge)["status"] == "revised"
    assert watching("show", harbour, "--html").stdout_bytes == site.answers["/a"][1].encode()


def test_an_article_that_is_gone_stays_gone(watching: Presswatch, site: Site) -> None:
    changed = article(watching, "Harbour opens")
    as_older_rules_read_it(watching, changed)
    del site.answers["/a"]
    watching("crawl", "--recheck")
    before = watching.json("articles", "--status", "gone")
    assert watching.json("reprocess")["changed"] == 1
    (after,) = watching.json("articles", "--status", "gone")
    assert [after | {"version": 1, "words": before[0]["words"]}] == before
    assert watching.json("show", changed)["version"] == 2
    with open_store(watching.db) as store:
        touch(store, changed, datetime.now(UTC))  # the outlet shows it again
    assert watching.json("show", changed)["status"] == "live"


def test_filters_choose_what_is_read(watching: Presswatch) -> None:
    assert watching.json("reprocess", "--limit", "1")["articles"] == 1
    assert watching.json("reprocess", "--language", "uk")["articles"] == 0
    assert watching.json("reprocess", "--since", "2050-01-01")["articles"] == 0
    assert watching("reprocess", "--outlet", "nobody").exit_code == 1


def test_few_diffs_are_shown_but_all_changes_counted(watching: Presswatch) -> None:
    for title in ("Harbour opens", "Bridge closes"):
        as_older_rules_read_it(watching, article(watching, title))
    document = watching.json("reprocess", "--dry-run", "--diffs", "1")
    assert (document["changed"], len(document["changes"])) == (2, 1)


def test_what_is_no_article_by_todays_rules_stays_as_it_is(watching: Presswatch) -> None:
    kept = article(watching, "Harbour opens")
    put_page(watching, kept, b"<html><title>Not found</title><p>404</p></html>")
    document = watching.json("reprocess")
    assert (document["refused"], document["changed"]) == (1, 0)
    assert document["kept_as_is"][0]["id"] == kept
    assert watching.json("show", kept)["version"] == 1
    assert "it stays as it is" in watching.good("reprocess")


def put_page(presswatch: Presswatch, article_id: int, body: bytes) -> None:
    with open_store(presswatch.db) as store, existing_archive(presswatch.db) as archive:
        source = source_of(store, article_id)
        assert source is not None
        page = archive.load(source.version_id, source.seen_at)
        assert page is not None
        archive.keep(replace(page, body=body))


def test_a_damaged_page_is_said_and_the_others_are_read(watching: Presswatch) -> None:
    with existing_archive(watching.db) as archive:
        archive.store.execute("UPDATE bodies SET sha256 = zeroblob(32) WHERE id = 1")
    result = watching("reprocess")
    assert result.exit_code == 1
    assert "damaged" in result.stdout
    assert "1 with a damaged page" in result.stdout
    assert watching("db", "check").exit_code == 3


def test_without_kept_pages_there_is_nothing_to_read(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row(1))
    result = presswatch("reprocess")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no raw pages were kept" in result.stderr
    assert presswatch("show", "1", "--html").exit_code == 1
    assert not archive_path(presswatch.db).exists()


def test_pages_are_not_kept_where_that_is_not_wanted(presswatch: Presswatch, site: Site) -> None:
    site.feed("/rss.xml", ("/a", "Harbour opens"))
    site.page("/a", "Harbour opens")
    config = presswatch.folder / "presswatch.toml"
    config.write_text(f'[fetch]\ndelay = 0\nallow_addresses = ["{site.address}"]\n[pages]\nkeep = false\n')
    presswatch.options = ["--config", str(config)]
    presswatch.good("outlets", "add", site.url("/rss.xml"))
    presswatch.good("crawl")
    assert not archive_path(presswatch.db).exists()


def test_show_html_is_the_page_as_it_came(watching: Presswatch, site: Site) -> None:
    kept = article(watching, "Harbour opens")
    first = site.answers["/a"][1]
    assert watching("show", kept, "--html").stdout_bytes == first.encode()
    document = watching.json("show", kept, "--html")
    assert (document["html"], document["url"]) == (first, site.url("/a"))
    assert document["content_type"] == "text/html; charset=utf-8"
    site.page("/a", "Harbour opens", HARBOUR.replace("Monday", "Tuesday"))
    watching.good("crawl", "--recheck")
    assert watching("show", kept, "--html").stdout_bytes == site.answers["/a"][1].encode()
    assert watching("show", kept, "--html", "--version", "1").stdout_bytes == first.encode()


def test_a_reading_of_ours_shows_the_page_it_was_read_from(watching: Presswatch, site: Site) -> None:
    changed = article(watching, "Harbour opens")
    as_older_rules_read_it(watching, changed)
    watching.good("reprocess")
    assert watching.json("show", changed, "--html")["version"] == 2
    assert watching("show", changed, "--html").stdout_bytes == site.answers["/a"][1].encode()


def test_imported_pages_are_kept_and_read_again(presswatch: Presswatch, row: Row) -> None:
    html = f"<html><body><article><h1>Harbour opens, part 1</h1><p>{HARBOUR}</p></article></body></html>"
    given = row(1) | {"html": html}
    del given["text"]
    presswatch.rows(given, row(2))
    document = presswatch.json("reprocess")
    assert (document["unchanged"], document["no_page"]) == (1, 1)
    assert presswatch("show", "1", "--html").stdout_bytes == html.encode()
    presswatch.rows(row(1, text="Something else was written by hand."))
    assert presswatch.json("reprocess")["no_page"] == 2
    assert presswatch.json("show", "1")["text"] == "Something else was written by hand."


def test_a_damaged_file_of_pages_does_not_stop_a_crawl(watching: Presswatch, site: Site) -> None:
    site.feed("/rss.xml", ("/c", "Market opens"), ("/d", "School opens"))
    site.page("/c", "Market opens", BRIDGE.replace("bridge", "market"))
    site.page("/d", "School opens", BRIDGE.replace("bridge", "school"))
    Path(archive_path(watching.db)).write_bytes(b"\xff" * 50_000)
    result = watching("crawl", "--all")
    assert result.exit_code == 0
    assert "2 new" in result.stdout
    assert result.stderr.count("raw pages are not kept any more") == 1
    with open_store(watching.db) as store:
        assert [row["class"] for row in store.all("SELECT class FROM failures")] == ["archive"]
    check = watching("db", "check")
    assert check.exit_code == 3
    assert "move it away" in check.stderr
    archive_path(watching.db).unlink()
    assert watching("db", "check").exit_code == 0


def test_articles_are_gone_through_newest_first_in_pieces(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(*(row(number) for number in range(1, 8)))
    with open_store(presswatch.db) as store:
        everything = browse.Filters(limit=None)
        assert list(browse.newest_ids(store, everything, batch=3)) == [7, 6, 5, 4, 3, 2, 1]
        assert list(browse.newest_ids(store, browse.Filters(limit=4), batch=3)) == [7, 6, 5, 4]
        assert list(browse.newest_ids(store, browse.Filters(outlet="nobody"))) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("keep = 1", "true or false"),
        ("keep_days = 0", "1 or more"),
        ("keep_days = 99999999", "at most"),
        ("max_mb = 1.5", "whole number"),
        ("max_gb = 2", "did you mean max_mb"),
    ],
)
def test_faults_of_the_pages_section_are_said(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "presswatch.toml"
    file.write_text(f"[pages]\n{line}\n")
    with pytest.raises(UsageError, match=complaint):
        load_config(file)


def test_the_pages_section_is_read(tmp_path: Path) -> None:
    file = tmp_path / "presswatch.toml"
    file.write_text("[pages]\nkeep = false\nkeep_days = 7\nmax_mb = 50\n")
    assert load_config(file).pages == Retention(keep=False, keep_days=7, max_mb=50)
    file.write_text("")
    assert load_config(file).pages == Retention()
