"""robots.txt is asked first, and obeyed (RFC 9309)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.robots import MemoryRobots, RobotsRecord, RobotsRules
from pipeline.types import Failure, FailureClass
from tests.crawler.fetching import fetch, got, lost, options_for
from tests.crawler.loopback import Answer, Loopback, answer, serving

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
DENY = "User-agent: *\nDisallow: /private/\n"


def site_with(robots: Answer, **more: Answer) -> dict[str, Answer]:
    paths = {"/open": answer("open"), "/private/x": answer("secret")}
    return {"/robots.txt": robots, **paths, **{f"/{name}": reply for name, reply in more.items()}}


@pytest.mark.parametrize(
    "body",
    [
        DENY,
        "\ufeff" + DENY,
        DENY.replace("\n", "\r"),
        DENY.replace("\n", "\r\n"),
        "user-agent: PressWatch/9 (news)\ndisallow: /private\n",
        "User-agent: other\nDisallow:\n\nUser-agent: PRESSWATCH\nDisallow: /private/",
        "User-agent: *\nAllow: /\n\nUser-agent: presswatch\nDisallow: /private/",
        "User-agent: *\nDisallow: /*/x$",
    ],
)
def test_obeys(body: str) -> None:
    with serving(site_with(answer(body))) as site:
        failure = lost(fetch(site, "/private/x"))
        assert failure.kind is FailureClass.ROBOTS
        assert got(fetch(site, "/open")).body == b"open"
        assert site.asked("/private/x") == []


@pytest.mark.parametrize(
    "body",
    [
        *("", "<html>not found</html>", "\x00\x01\x02\xff", "User-agent: press\nDisallow: /"),
        *("User-agent: watch\nDisallow: /", "User-agent: presswatch2\nDisallow: /", "Disallow: /"),
        "User-agent: *\nDisallow: /\n\nUser-agent: presswatch\nDisallow:",
    ],
)
def test_what_is_not_forbidden_to_us_is_allowed(body: str) -> None:
    with serving(site_with(answer(body))) as site:
        assert got(fetch(site, "/private/x")).body == b"secret"


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
def test_an_absent_file_allows(status: str) -> None:
    with serving(site_with(answer("User-agent: *\nDisallow: /", status=status))) as site:
        assert got(fetch(site, "/open")).body == b"open"


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy"])
def test_a_failing_server_forbids(status: str) -> None:
    with serving(site_with(answer(status=status))) as site:
        failure = lost(fetch(site, "/open"))
        assert (failure.kind, failure.permanent) == (FailureClass.ROBOTS, False)
        assert status[:3] in failure.message
        assert site.asked("/open") == []


def test_a_broken_file_forbids() -> None:
    with serving(site_with(answer("half", length=99))) as site:
        assert lost(fetch(site, "/open")).kind is FailureClass.ROBOTS


def test_redirects_are_followed_but_not_for_ever() -> None:
    def elsewhere(path: str) -> bytes:
        return answer(status="301 Moved", headers={"Location": path})

    with serving(site_with(elsewhere("/rules"), rules=answer(DENY))) as site:
        assert lost(fetch(site, "/private/x")).kind is FailureClass.ROBOTS
    with serving(site_with(elsewhere("/robots.txt"))) as site:
        assert got(fetch(site, "/open")).body == b"open"
    chain = {f"r{hop}": elsewhere(f"/r{hop + 1}") for hop in range(20)}
    with serving(site_with(elsewhere("/r0"), **chain)) as site:
        assert got(fetch(site, "/open")).body == b"open"
        assert len([seen for seen in site.seen if seen.target.startswith("/r")]) == 6


def test_a_long_file_is_read_to_half_a_mebibyte() -> None:
    filler = "# filler\n" * 40_000
    with serving(site_with(answer(DENY + filler * 3))) as site:
        assert lost(fetch(site, "/private/x")).kind is FailureClass.ROBOTS
    with serving(site_with(answer(filler * 2 + DENY))) as site:
        assert got(fetch(site, "/private/x")).body == b"secret"


def test_can_be_switched_off() -> None:
    with serving(site_with(answer(DENY))) as site:
        assert got(fetch(site, "/private/x", obey_robots=False)).body == b"secret"
        assert site.asked("/robots.txt") == []


def test_every_hop_is_asked_about() -> None:
    with serving(site_with(answer(DENY))) as other:
        hop = answer(status="302 Found", headers={"Location": other.url("/private/x")})
        with serving({"/": hop}) as site:
            outcome = run_with_fetcher(options_for(site, other), lambda fetcher: fetcher.get(site.url("/")))
            assert lost(outcome).kind is FailureClass.ROBOTS
            assert other.asked("/private/x") == []


async def thrice(fetcher: Fetcher, site: Loopback) -> list[Fetched | Failure]:
    return [await fetcher.get(site.url("/open")) for _ in range(3)]


def test_is_asked_once_and_remembered() -> None:
    cache = MemoryRobots()
    with serving(site_with(answer(DENY))) as site:
        for _ in range(2):
            run_with_fetcher(options_for(site), lambda fetcher: thrice(fetcher, site), robots_cache=cache)
        assert len(site.asked("/robots.txt")) == 1
        origin = site.url("")
        record = cache.get(origin, datetime.now(UTC))
        assert record is not None
        assert (record.status, record.body) == (200, DENY)


def test_an_old_copy_is_renewed_and_serves_while_the_server_fails() -> None:
    with serving(site_with(answer(status="500 Oops"))) as site:
        old = datetime.now(UTC) - timedelta(hours=25)
        cache = MemoryRobots()
        cache.put(RobotsRecord(origin=site.url(""), status=200, body=DENY, fetched_at=old))

        async def main(fetcher: Fetcher) -> list[Fetched | Failure]:
            return [await fetcher.get(site.url(path)) for path in ("/open", "/private/x")]

        allowed, denied = run_with_fetcher(options_for(site), main, robots_cache=cache)
        assert got(allowed).body == b"open"
        assert lost(denied).kind is FailureClass.ROBOTS
        assert len(site.asked("/robots.txt")) == 1


def pauses(site: Loopback, path: str) -> list[float]:
    times = [seen.at for seen in site.asked(path)]
    return [later - earlier for earlier, later in pairwise(times)]


def test_keeps_the_pace_a_site_asks_for() -> None:
    with serving(site_with(answer("User-agent: *\nCrawl-delay: 0.2"))) as site:
        run_with_fetcher(options_for(site), lambda fetcher: thrice(fetcher, site))
        assert min(pauses(site, "/open")) > 0.19


def test_allowed_addresses_are_not_slowed_down() -> None:
    with serving(site_with(answer(""))) as site:
        run_with_fetcher(options_for(site, delay=30), lambda fetcher: thrice(fetcher, site))
        assert max(pauses(site, "/open")) < 5


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5", 5.0),
        ("0", 0.0),
        ("999999999", 60.0),
        ("1e999", None),
        ("-3", None),
        ("nan", None),
        ("soon", None),
    ],
)
def test_clamps_the_crawl_delay(written: str, seconds: float | None) -> None:
    assert RobotsRules(f"User-agent: *\nCrawl-delay: {written}").crawl_delay == seconds


@settings(max_examples=80)
@given(st.text(max_size=200))
def test_junk_never_raises(body: str) -> None:
    rules = RobotsRules("User-agent: *\n" + body)
    assert rules.allows("https://news.example.org/a") in {True, False}
    assert rules.crawl_delay is None or 0 <= rules.crawl_delay <= 60


@pytest.mark.shared
def test_shared_cases() -> None:
    file = SHARED / "cases" / "robots.jsonl"
    if not file.exists():
        pytest.skip("the measuring data is not here")
    rows = [row for row in map(json.loads, file.read_text().splitlines()) if not row["google_only"]]
    wrong = [
        row["id"]
        for row in rows
        if RobotsRules(row["robots"], row["agent"]).allows(row["url"]) != row["expect"]
    ]
    assert len(wrong) <= len(rows) // 100, wrong
