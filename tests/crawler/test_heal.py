"""Entries that nobody saw in the feed: where they are found again, and what proves that none is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.feed import parse_feed
from crawler.fetched import Fetched
from crawler.fetcher import run_with_fetcher
from crawler.heal import MAX_PAGES, MAX_REQUESTS, heal, heal_due, is_wordpress
from pipeline.coverage import DueGap, Gap, Healing, Seen, compare
from pipeline.decide import plan_entries
from pipeline.healing import store_healing
from pipeline.store import gaps, outlets, pages, runs
from pipeline.store.connection import Store, open_store
from pipeline.types import Failure, FailureClass, OutletFeed, OutletSpec
from tests.crawler.fetching import options_for
from tests.crawler.loopback import Loopback, answer, serving

#: an hour after the outlet's article 10
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def published(number: int) -> datetime:
    """One article every ten minutes; number 10 appears at 12:00."""
    return NOW + (number - 10) * 10 * MINUTE


def rss(base: str, numbers: range | list[int], head: str = "", folder: str = "/news") -> bytes:
    items = "".join(
        f"<item><title>Article {n}</title><link>{base}{folder}/{n}</link>"
        f"<pubDate>{format_datetime(published(n))}</pubDate></item>"
        for n in numbers
    )
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>G</title>{head}{items}</channel></rss>'.encode()


def newest(number: int, size: int = 10) -> range:
    return range(number, number - size, -1)


def link(relation: str, url: str) -> str:
    return f'<atom:link rel="{relation}" href="{url}"/>'


def news_sitemap(base: str, numbers: range | list[int], folder: str = "/news") -> bytes:
    rows = "".join(
        f"<url><loc>{base}{folder}/{n}</loc><news:news><news:title>Article {n}</news:title>"
        f"<news:publication_date>{published(n).isoformat()}</news:publication_date></news:news></url>"
        for n in numbers
    )
    return f'<urlset xmlns="s" xmlns:news="n">{rows}</urlset>'.encode()


class Newsroom:
    """A watched outlet on loopback: its feed is polled by hand, its gaps are healed through a real crawl."""

    def __init__(self, store: Store, site: Loopback) -> None:
        self.store, self.site, self.base = store, site, site.url("")
        spec = OutletSpec(slug="g", name="G", home=self.base, feeds=(OutletFeed(url=site.url("/rss")),))
        outlets.add_outlet(store, spec, NOW)
        self.run = runs.start_run(store, NOW)

    def poll(self, body: bytes, at: datetime) -> Gap | None:
        """What one answer of the feed brings into the store."""
        snapshot = parse_feed(body, self.site.url("/rss"))
        planned = plan_entries(snapshot)
        with self.store.write():
            before = gaps.previous_snapshot(self.store, 1)
            pages.record_entries(self.store, 1, 1, planned, at)
            if before is None:
                return None
            current = [Seen(key=p.key, published=p.entry.published, title=p.entry.title) for p in planned]
            gap = compare(before[0], current, previous_at=before[1], at=at)
            if gap is not None:
                gaps.open_gap(self.store, self.run, 1, replace(gap, older=snapshot.older), None, at)
            return gap

    def heal(self, at: datetime) -> Healing:
        """The one gap that is due, looked into and stored, step by step."""
        (due,) = gaps.due(self.store, at)
        healing = run_with_fetcher(options_for(self.site), lambda fetcher: heal(due, fetcher))
        store_healing(self.store, due, healing, at)
        return healing

    def gap(self) -> Mapping[str, object]:
        (row,) = gaps.by_outlet(self.store, "g")
        return dict(row)

    def numbers(self) -> list[int]:
        """The articles whose pages are known."""
        rows = self.store.all("SELECT url FROM pages")
        return sorted(int(urlsplit(row["url"]).path.rpartition("/")[2]) for row in rows)

    def asked(self) -> list[str]:
        return [seen.target for seen in self.site.seen if seen.target != "/robots.txt"]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with serving() as site, open_store(tmp_path / "presswatch.db") as store:
        yield Newsroom(store, site)


LATE = published(35) + MINUTE


def rolled_over(newsroom: Newsroom, head: str = "") -> Gap | None:
    """Articles 1 to 10, then 25 more while nobody looked: 11 to 25 were in no snapshot."""
    newsroom.poll(rss(newsroom.base, newest(10)), NOW + MINUTE)
    return newsroom.poll(rss(newsroom.base, newest(35), head), LATE)


def test_25_articles_between_two_polls_of_a_feed_of_10_are_all_had_from_the_news_sitemap(
    newsroom: Newsroom,
) -> None:
    assert rolled_over(newsroom) == Gap(after=published(10), before=published(26))
    site = newsroom.site
    site.answers["/robots.txt"] = answer(f"User-agent: *\nAllow: /\nSitemap: {site.url('/index.xml')}\n")
    nested = f"<sitemap><loc>{site.url('/tags.xml')}</loc></sitemap><sitemap><loc>/news.xml</loc></sitemap>"
    site.answers["/index.xml"] = answer(f"<sitemapindex>{nested}</sitemapindex>")
    site.answers["/news.xml"] = answer(news_sitemap(newsroom.base, range(-20, 36)))
    healing = newsroom.heal(LATE)
    assert (healing.covered, healing.source) == (True, site.url("/news.xml"))
    row = newsroom.gap()
    assert (row["state"], row["recovered"], row["next_attempt"]) == ("healed", 15, None)
    assert newsroom.numbers() == list(range(1, 36))
    assert newsroom.asked() == ["/index.xml", "/news.xml"]


def test_a_crawl_heals_what_is_due_of_its_outlets_in_one_call(newsroom: Newsroom) -> None:
    rolled_over(newsroom)
    newsroom.site.answers["/robots.txt"] = answer(f"Sitemap: {newsroom.site.url('/news.xml')}")
    newsroom.site.answers["/news.xml"] = answer(news_sitemap(newsroom.base, range(-20, 36)))

    def healed(*outlet_ids: int) -> tuple[int, ...]:
        return run_with_fetcher(
            options_for(newsroom.site), lambda f: heal_due(newsroom.store, f, lambda: LATE, outlet_ids)
        )

    assert healed(7) == ()
    assert len(healed(1)) == 15
    assert (healed(1), newsroom.gap()["state"]) == ((), "healed")


def test_what_another_feed_brought_in_meanwhile_costs_no_request(newsroom: Newsroom) -> None:
    rolled_over(newsroom)
    newsroom.store.execute("INSERT INTO feeds (outlet_id, url, next_check) VALUES (1, 'http://g/all', '')")
    snapshot = parse_feed(rss(newsroom.base, newest(35, 40)), newsroom.site.url("/all"))
    with newsroom.store.write():
        pages.record_entries(newsroom.store, 2, 1, plan_entries(snapshot), LATE)
    nothing = Table({})
    assert asyncio.run(heal_due(newsroom.store, nothing, lambda: LATE)) == ()
    row = newsroom.gap()
    assert (row["state"], row["healed_from"], row["recovered"]) == ("healed", "http://g/all", 0)
    assert nothing.asked == []


def test_what_healing_brought_is_no_part_of_the_latest_snapshot(newsroom: Newsroom) -> None:
    rolled_over(newsroom)
    newsroom.site.answers["/robots.txt"] = answer(f"Sitemap: {newsroom.site.url('/news.xml')}")
    newsroom.site.answers["/news.xml"] = answer(news_sitemap(newsroom.base, range(-20, 36)))
    newsroom.heal(LATE)
    latest = gaps.previous_snapshot(newsroom.store, 1)
    assert latest is not None
    assert (len(latest[0]), latest[1], [seen for seen in latest[0] if seen.pinned]) == (10, LATE, [])
    assert newsroom.poll(rss(newsroom.base, newest(44)), LATE + 90 * MINUTE) is None


def test_a_feeds_own_archive_comes_first(newsroom: Newsroom) -> None:
    site = newsroom.site
    site.answers["/a/2"] = answer(rss(newsroom.base, range(16, 26), link("prev-archive", site.url("/a/1"))))
    site.answers["/a/1"] = answer(rss(newsroom.base, range(6, 16)))
    rolled_over(newsroom, link("prev-archive", site.url("/a/2")))
    assert newsroom.heal(LATE).covered
    assert (newsroom.gap()["state"], newsroom.gap()["recovered"]) == ("healed", 15)
    assert newsroom.numbers() == list(range(1, 36))
    assert newsroom.asked() == ["/a/2", "/a/1"]


def test_wordpress_pages_are_turned_where_guids_say_wordpress(newsroom: Newsroom) -> None:
    site = newsroom.site

    def guids(body: bytes) -> bytes:
        text = body.decode()
        for number in range(40, 0, -1):
            guid = f'<guid isPermaLink="false">https://g.example/?p={number}</guid>'
            text = text.replace(f"/news/{number}</link>", f"/news/{number}</link>{guid}")
        return text.encode()

    newsroom.poll(guids(rss(newsroom.base, newest(10))), NOW + MINUTE)
    newsroom.poll(guids(rss(newsroom.base, newest(35))), LATE)
    site.answers["/rss?paged=2"] = answer(rss(newsroom.base, newest(25)))
    site.answers["/rss?paged=3"] = answer(rss(newsroom.base, newest(15)))
    assert newsroom.heal(LATE).source == site.url("/rss?paged=2")
    assert newsroom.numbers() == list(range(1, 36))
    assert newsroom.asked() == ["/rss?paged=2", "/rss?paged=3"]


def test_a_gap_that_nothing_reaches_stays_open_and_says_why(newsroom: Newsroom) -> None:
    rolled_over(newsroom)
    newsroom.site.answers["/robots.txt"] = answer(f"Sitemap: {newsroom.site.url('/news.xml')}")
    newsroom.site.answers["/news.xml"] = answer(news_sitemap(newsroom.base, range(20, 36)))
    assert not newsroom.heal(LATE).covered
    row = newsroom.gap()
    assert (row["state"], row["recovered"], row["attempts"]) == ("open", 6, 1)
    assert "begins at 2026-11-02 13:40 UTC" in str(row["message"])
    newsroom.site.answers["/news.xml"] = answer(news_sitemap(newsroom.base, range(36)))
    newsroom.heal(LATE + 10 * MINUTE)
    assert (newsroom.gap()["state"], newsroom.gap()["recovered"]) == ("healed", 15)


def test_a_sitemap_of_another_section_proves_nothing(newsroom: Newsroom) -> None:
    rolled_over(newsroom)
    newsroom.site.answers["/robots.txt"] = answer(f"Sitemap: {newsroom.site.url('/sport.xml')}")
    newsroom.site.answers["/sport.xml"] = answer(news_sitemap(newsroom.base, range(40), "/sport"))
    healing = newsroom.heal(LATE)
    assert (healing.covered, healing.entries) == (False, ())
    assert "lists other articles than the feed" in healing.message


def test_an_endless_chain_of_pages_is_left_after_a_few(newsroom: Newsroom) -> None:
    site = newsroom.site
    rolled_over(newsroom, link("next", site.url("/p/0")))
    for page in range(40):
        entries = rss(newsroom.base, [20 + page], link("next", site.url(f"/p/{page + 1}")))
        site.answers[f"/p/{page}"] = answer(entries)
    healing = newsroom.heal(LATE)
    assert (healing.covered, len(newsroom.asked())) == (False, MAX_PAGES)
    assert f"{MAX_PAGES} pages back" in healing.message


def test_pages_that_only_repeat_the_feed_are_left_at_once(newsroom: Newsroom) -> None:
    site = newsroom.site
    again = rss(newsroom.base, newest(35), link("next", site.url("/p/2")))
    rolled_over(newsroom, link("next", site.url("/p/1")))
    site.answers["/p/1"] = answer(again)
    assert not newsroom.heal(LATE).covered
    assert newsroom.asked() == ["/p/1"]


def test_private_addresses_are_refused_whoever_names_them(newsroom: Newsroom) -> None:
    with serving({"/news.xml": answer(news_sitemap(newsroom.base, range(-20, 36)))}) as private:
        rolled_over(newsroom, link("next", "http://10.0.0.1/rss"))
        named = f"Sitemap: {private.url('/news.xml')}\nSitemap: http://192.168.1.1/news.xml\n"
        newsroom.site.answers["/robots.txt"] = answer(named)
        healing = newsroom.heal(LATE)
        assert (healing.covered, healing.entries, private.seen) == (False, (), [])
    assert healing.message.count("refused-address") == 3


# --- without a network ----------------------------------------------------------------------------------

BASE = "https://g.example"


class Table:
    """Answers from a table; what is not in it is a 404."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def get(self, url: str, kind: str) -> Fetched | Failure:
        self.asked.append(url)
        body = self.pages.get(url)
        if body is None:
            return Failure(kind=FailureClass.HTTP, message="404 Not Found", status=404)
        return Fetched(url=url, final_url=url, status=200, body=body)


def due(**changes: object) -> DueGap:
    gap = DueGap(
        gap_id=1,
        feed_id=1,
        outlet_id=1,
        feed_url=f"{BASE}/rss",
        home=f"{BASE}/",
        gap=Gap(after=published(10), before=published(26)),
        attempts=1,
        urls=tuple(f"{BASE}/news/{number}" for number in range(30, 36)),
    )
    return replace(gap, **changes)  # type: ignore[arg-type]


def look(gap: DueGap, **pages: bytes) -> tuple[Healing, list[str]]:
    table = Table({f"{BASE}/{name.replace('_', '.')}": body for name, body in pages.items()})
    return asyncio.run(heal(gap, table)), table.asked


def test_another_feed_of_the_outlet_may_have_it_all() -> None:
    gap = due(feeds=(f"{BASE}/all.xml",))
    healing, asked = look(gap, all_xml=rss(BASE, newest(40, 50)))
    assert (healing.covered, len(healing.entries), asked) == (True, 17, [f"{BASE}/all.xml"])


def test_a_pinned_old_entry_does_not_make_a_page_reach_back() -> None:
    gap = due(gap=Gap(after=published(10), before=published(26), older=f"{BASE}/p2.xml"))
    healing, _ = look(gap, p2_xml=rss(BASE, [-500, *newest(25)]))
    assert not healing.covered


def test_a_broken_document_proves_nothing() -> None:
    gap = due(feeds=(f"{BASE}/all.xml",))
    healing, _ = look(gap, all_xml=rss(BASE, newest(40, 50))[:-40])
    assert not healing.covered
    assert len(healing.entries) == 17


def test_dates_of_change_bring_entries_but_no_proof() -> None:
    rows = "".join(
        f"<url><loc>{BASE}/news/{n}</loc><lastmod>{published(n).isoformat()}</lastmod></url>"
        for n in range(40)
    )
    gap = due(robots=((f"{BASE}/", f"Sitemap: {BASE}/posts.xml"),))
    healing, asked = look(gap, posts_xml=f"<urlset>{rows}</urlset>".encode())
    assert (healing.covered, len(healing.entries), asked) == (False, 17, [f"{BASE}/posts.xml"])
    assert "no dates of publication" in healing.message


def test_entries_of_other_sites_and_other_sections_stay_outside() -> None:
    places = [(BASE, "/news"), (BASE, "/sport"), ("https://other.example", "/news")]
    maps = {f"s{n}_xml": news_sitemap(base, [12], folder) for n, (base, folder) in enumerate(places)}
    robots = "".join(f"Sitemap: {BASE}/{name.replace('_', '.')}\n" for name in maps)
    healing, asked = look(due(robots=((f"{BASE}/", robots),)), **maps)
    assert [entry.url for entry in healing.entries] == [f"{BASE}/news/12"]
    assert len(asked) == 3


def test_never_more_requests_than_allowed() -> None:
    robots = "".join(f"Sitemap: {BASE}/s{number}.xml\n" for number in range(50))
    index = "".join(f"<sitemap><loc>{BASE}/n{number}.xml</loc></sitemap>" for number in range(50))
    table = {f"s{number}_xml": f"<sitemapindex>{index}</sitemapindex>".encode() for number in range(50)}
    gap = due(robots=((f"{BASE}/", robots),), feeds=tuple(f"{BASE}/f{number}" for number in range(50)))
    healing, asked = look(gap, **table)
    assert not healing.covered
    assert len(asked) <= MAX_REQUESTS


def test_an_outlet_without_anything_says_so() -> None:
    healing, asked = look(due(robots=((f"{BASE}/", ""),)))
    assert asked == []
    assert "its robots.txt names no sitemap" in healing.message


@pytest.mark.parametrize(
    ("changes", "wordpress"),
    [
        ({"feed_url": "https://g.example/feed/"}, True),
        ({"feed_url": "https://g.example/?feed=rss2"}, True),
        ({"guids": ("https://g.example/?p=12", "https://g.example/?post_type=news&p=13")}, True),
        ({"guids": ("https://g.example/news/1", "https://g.example/?p=13")}, False),
        ({"feed_url": "https://g.example/feeds/all.xml"}, False),
    ],
)
def test_wordpress_is_known_by_its_shape(changes: dict[str, object], wordpress: bool) -> None:
    assert is_wordpress(due(**changes)) is wordpress
