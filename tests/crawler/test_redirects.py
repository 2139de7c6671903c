"""Redirects are followed as far as they are safe, and remembered where they are permanent."""

from __future__ import annotations

import pytest

from crawler.fetcher import Fetcher, run_with_fetcher
from pipeline.types import FailureClass
from tests.crawler.fetching import fetch, got, lost, options_for
from tests.crawler.loopback import answer, serving

GOOD = answer("<rss/>")


def to(target: str, status: int = 302) -> bytes:
    return answer(status=f"{status} Elsewhere", headers={"Location": target})


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(301, 308, True), (301, 302, False), (307, 301, False)]
)
def test_remembers_a_permanent_move_only(first: int, second: int, moved: bool) -> None:
    with serving({"/a": to("/b", first), "/b": to("/c", second), "/c": GOOD}) as site:
        fetched = got(fetch(site, "/a"))
        assert (fetched.url, fetched.final_url) == (site.url("/a"), site.url("/c"))
        assert fetched.moved_to == (site.url("/c") if moved else None)


@pytest.mark.parametrize(
    "target",
    [
        *("http://10.0.0.1/x", "//10.0.0.1/x", "http://[::1]/x", "http://2130706433/x", "http://localhost/x"),
        *("http://10.0.0.3\\@news.example.org/x", "http://127.0.0.1:1/x", "http://a@127.0.0.3/x"),
        *(
            "file:///etc/hosts",
            "file:/etc/hosts",
            "ftp://127.0.0.3/x",
            "data:text/html,x",
            "javascript:alert(1)",
        ),
    ],
)
def test_never_leaves_the_public_web(target: str) -> None:
    with serving({"/": to(target)}) as site:
        failure = lost(fetch(site))
        assert failure.kind is FailureClass.REFUSED_ADDRESS
        assert len(site.asked("/")) == 1


@pytest.mark.parametrize("reply", [to(""), to("  "), answer(status="302 Found"), to("/")])
def test_a_redirect_that_leads_nowhere_is_a_failure(reply: bytes) -> None:
    with serving({"/": reply}) as site:
        assert lost(fetch(site)).kind is FailureClass.HTTP
        assert len(site.asked("/")) == 1


def test_follows_ten_hops_and_no_more() -> None:
    chain = {f"/{hop}": to(f"/{hop + 1}") for hop in range(30)}
    with serving(chain | {"/10": GOOD}) as site:
        assert got(fetch(site, "/0")).final_url == site.url("/10")
    with serving(chain) as site:
        assert lost(fetch(site, "/0")).message == "more than 10 redirects"
        assert len([seen for seen in site.seen if seen.target != "/robots.txt"]) == 11


def test_an_odd_location_is_escaped_not_injected() -> None:
    with serving({"/": to("/a b\x0b?x=%0d%0aX-Evil:%201")}) as site:
        fetch(site)
        assert all("x-evil" not in seen.headers for seen in site.seen)


def test_credentials_stay_with_their_origin() -> None:
    with serving({"/x": GOOD}) as other, serving({"/": to(other.url("/x"))}) as site:
        secrets = {"Authorization": "Bearer s3cret", "Cookie": "id=s3cret"}

        async def main(fetcher: Fetcher) -> object:
            return await fetcher.get(site.url("/"), headers=secrets)

        run_with_fetcher(options_for(site, other), main)
        assert "s3cret" in str(site.asked("/")[0].headers)
        assert "authorization" not in other.asked("/x")[0].headers
        assert all("referer" not in seen.headers for seen in other.seen)


def test_a_refresh_is_not_followed() -> None:
    page = "<meta http-equiv=refresh content='0;url=/b'>"
    with serving({"/": answer(page, headers={"Refresh": "0;url=/b", "Content-Type": "text/html"})}) as site:
        assert got(fetch(site)).final_url == site.url("/")
        assert site.asked("/b") == []
