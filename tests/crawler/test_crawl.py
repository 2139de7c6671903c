"""A whole crawl against a real server: what is asked, what is stored, what is said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from crawler.run import crawl
from pipeline.errors import HeldError, NotFoundError, StoreError
from pipeline.store import care, feeds, runs
from pipeline.store.connection import open_store

# Fixtures of this folder's conftest; their classes cannot be imported by name.
FakeOutlet = Any
Crawling = Any

FEED = "/rss"


def test_articles_arrive_and_a_second_crawl_has_nothing_new(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"), ("/b", "Beta"))
    outlet.article("/a", "Alpha")
    outlet.article("/b", "Beta")
    crawling.watch(now, FEED)
    first, second = crawling(), crawling()
    assert (first.new, first.failed, first.feeds_polled, first.outlets) == (2, 0, 1, 1)
    assert (second.new, second.feeds_not_modified) == (0, 1)
    assert crawling.rows("SELECT title FROM articles_latest ORDER BY 1") == [("Alpha",), ("Beta",)]


def test_validators_are_sent_back_exactly_and_a_304_is_not_read(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"), ETag='W/"x y"', Last_Modified="Wed, 01 Jan 2025 00:00:00 GMT")
    outlet.article("/a", "Alpha")
    crawling.watch(now, FEED)
    crawling()
    outlet.say_unless_known(FEED, 'W/"x y"')
    report = crawling()
    assert (report.feeds_not_modified, report.feeds_failed) == (1, 0)
    sent = [headers for path, headers in outlet.asked if path == FEED][-1]
    assert sent["if-modified-since"] == "Wed, 01 Jan 2025 00:00:00 GMT"


def test_we_say_who_we_are_and_keep_no_cookies(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> None:
    outlet.feed(FEED, ("/a", "Alpha"), Set_Cookie="spy=1; Path=/")
    outlet.article("/a", "Alpha")
    crawling.watch(now, FEED)
    crawling()
    for _, headers in outlet.asked:
        assert headers["user-agent"].startswith("presswatch/")
        assert "+http" in headers["user-agent"]
        assert "cookie" not in headers
        assert "referer" not in headers


def test_a_broken_page_costs_only_itself(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> None:
    outlet.feed(FEED, ("/a", "Alpha"), ("/gone", "Gone"), ("/b", "Beta"))
    outlet.article("/a", "Alpha")
    outlet.article("/b", "Beta")
    crawling.watch(now, FEED)
    report = crawling()
    assert (report.new, report.failed, report.outlets_failed) == (2, 1, 0)
    assert crawling.rows("SELECT url, class, status, what FROM failures") == [
        (f"{outlet.base}/gone", "http", 404, "page")
    ]


def test_every_entry_is_accounted_for(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> None:
    outlet.feed(FEED, *[(f"/{n}", f"Story number {n}") for n in range(12)])
    for n in range(0, 12, 2):
        outlet.article(f"/{n}", f"Story number {n}")
    crawling.watch(now, FEED)
    crawling()
    states = dict(crawling.rows("SELECT state, count(*) FROM pages GROUP BY state"))
    assert states == {"stored": 6, "pending": 6}
    assert crawling.rows("SELECT count(*) FROM pages WHERE state = 'pending' AND failure_class IS NULL") == [
        (0,)
    ]


def test_a_dead_feed_leaves_the_other_outlets_alone(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.say("/dead", "oops", 500)
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, "/dead", slug="dead")
    crawling.watch(now, FEED)
    report = crawling()
    assert (report.new, report.feeds_failed, report.outlets_failed, report.outlets) == (1, 1, 1, 2)
    assert [(url, kind) for url, kind, _ in report.failures] == [(f"{outlet.base}/dead", "http")]


def test_an_edit_is_a_version_and_a_deletion_is_seen(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"), ("/b", "Beta"))
    outlet.article("/a", "Alpha", "Words that stay as they are.")
    outlet.article("/b", "Beta")
    crawling.watch(now, FEED)
    crawling()
    outlet.article("/a", "Alpha", "Words that stay as they are.", "A paragraph that came later.")
    outlet.say("/b", "gone", 410)
    report = crawling(recheck=True)
    assert (report.new, report.revised, report.gone, report.failed) == (0, 1, 1, 0)
    assert crawling.rows("SELECT title, status, version FROM articles_latest ORDER BY title") == [
        ("Alpha", "revised", 2),
        ("Beta", "gone", 1),
    ]
    assert crawling(recheck=True).gone == 0


def test_an_edited_entry_brings_its_article_back_without_a_recheck(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, FEED)
    crawling()
    outlet.feed(FEED, ("/a", "Alpha, corrected"))
    outlet.article("/a", "Alpha, corrected")
    assert crawling().revised == 1


def test_another_address_of_an_article_is_no_second_article(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(
        FEED, ("/a", "Alpha"), ("/old-a", "Alpha"), ("/a?utm_source=rss", "Alpha"), ("/a#top", "Alpha")
    )
    outlet.article("/a", "Alpha")
    outlet.say("/old-a", "", 302, {"Location": "/a"})
    crawling.watch(now, FEED)
    report = crawling()
    assert (report.new, report.duplicate) == (1, 1)
    assert outlet.paths().count("/a?utm_source=rss") == 0


def test_a_moved_feed_is_remembered(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> None:
    outlet.say("/old", "", 301, {"Location": FEED})
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, "/old")
    crawling()
    crawling()
    assert outlet.paths().count("/old") == 1
    assert crawling.rows("SELECT url FROM feed_health") == [(outlet.base + FEED,)]


def test_a_temporary_redirect_is_not_remembered(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.say("/old", "", 302, {"Location": FEED})
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, "/old")
    crawling()
    crawling()
    assert outlet.paths().count("/old") == 2


def test_an_alternative_address_is_tried_and_remembered(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed("/second", ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, "/first", alternatives=("/second",))
    assert crawling().new == 1
    assert crawling().feeds_not_modified == 1
    assert outlet.paths().count("/first") == 1


def test_when_no_address_answers_the_first_ones_reason_is_given(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    crawling.watch(now, "/first", alternatives=("/second",))
    report = crawling()
    assert [(url, kind) for url, kind, _ in report.failures] == [(outlet.base + "/first", "http")]
    assert outlet.paths() == ["/first", "/second"]


def test_a_feed_that_is_gone_is_never_asked_again(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.say(FEED, "", 410)
    crawling.watch(now, FEED)
    crawling()
    crawling()
    assert outlet.paths().count(FEED) == 1


def test_a_page_at_a_feeds_address_is_a_parse_failure_and_its_validators_are_not_kept(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.say(FEED, "<html><title>Log in</title></html>", 200, {"ETag": '"login"'})
    crawling.watch(now, FEED)
    assert [kind for _, kind, _ in crawling().failures] == ["parse"]
    crawling()
    assert all("if-none-match" not in headers for path, headers in outlet.asked if path == FEED)


def test_robots_are_obeyed_and_asked_once_a_day(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.say("/robots.txt", "User-agent: *\nDisallow: /secret\nCrawl-delay: 0\n")
    outlet.feed(FEED, ("/a", "Alpha"), ("/secret/b", "Beta"))
    outlet.article("/a", "Alpha")
    outlet.article("/secret/b", "Beta")
    crawling.watch(now, FEED)
    report = crawling()
    crawling()
    assert report.new == 1
    assert [kind for _, kind, _ in report.failures] == ["robots"]
    assert [path for path, _ in outlet.asked].count("/robots.txt") == 1
    assert "/secret/b" not in outlet.paths()


def test_a_private_address_in_a_feed_is_never_asked(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"))
    body = outlet.answers[FEED].body.replace(outlet.base + "/a", "http://127.0.0.2:9/a")
    outlet.say(FEED, body)
    crawling.watch(now, FEED)
    assert [kind for _, kind, _ in crawling().failures] == ["refused-address"]
    assert crawling.rows("SELECT state FROM pages") == [("failed",)]


def test_what_another_run_holds_is_left_to_it(outlet: FakeOutlet, crawling: Crawling, now: datetime) -> None:
    outlet.feed(FEED, ("/a", "Alpha"))
    crawling.watch(now, FEED)
    with open_store(crawling.db) as store:
        other = runs.start_run(store, now)
        feeds.lease_due(store, other, now, everything=True)
    with pytest.raises(HeldError, match=f"run {other}"):
        crawling()
    assert outlet.paths() == []


def test_an_unknown_outlet_is_said(crawling: Crawling, now: datetime) -> None:
    crawling.watch(now, FEED)
    with pytest.raises(NotFoundError, match="nowhere"):
        crawling("nowhere")


def test_a_store_that_breaks_in_mid_crawl_ends_it_with_its_reason(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, FEED)
    with open_store(crawling.db) as store:
        store.execute(
            "CREATE TRIGGER full BEFORE INSERT ON articles BEGIN SELECT RAISE(ABORT, 'no more room'); END"
        )
    with pytest.raises(Exception, match="no more room"):
        crawl(crawling.options())
    with open_store(crawling.db) as store:
        store.execute("DROP TRIGGER full")
        assert care.check(store) == []
    assert crawling().new == 1


def test_a_missing_folder_is_a_store_error(crawling: Crawling, now: datetime) -> None:
    crawling.db = crawling.db.parent / "missing" / "p.db"
    with pytest.raises(StoreError, match="folder"):
        crawling()


def test_a_host_that_asks_us_to_wait_is_not_asked_on(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, *[(f"/{n}", f"Story number {n}") for n in range(60)])
    for n in range(60):
        outlet.say(f"/{n}", "slow down", 429, {"Retry-After": "7200"})
    crawling.watch(now, FEED)
    report = crawling()
    assert len(outlet.paths()) < 20
    assert report.failed == 60
    waits = crawling.rows("SELECT julianday(next_attempt) - julianday(last_fetched) FROM pages")
    assert all(days * 24 > 1.9 for (days,) in waits)


def test_an_article_that_was_gone_by_mistake_comes_back(
    outlet: FakeOutlet, crawling: Crawling, now: datetime
) -> None:
    outlet.feed(FEED, ("/a", "Alpha"))
    outlet.article("/a", "Alpha")
    crawling.watch(now, FEED)
    crawling()
    outlet.say("/a", "oops", 404)
    assert crawling(recheck=True).gone == 1
    outlet.article("/a", "Alpha")
    with open_store(crawling.db) as store:
        waits = store.value("SELECT next_attempt IS NOT NULL FROM pages")
        store.execute("UPDATE pages SET next_attempt = '2000-01-01T00:00:00+00:00'")
    assert waits
    assert crawling().unchanged == 1
    assert crawling.rows("SELECT status, gone_at FROM articles_latest") == [("live", None)]
