"""Fetching single addresses from ordinary code, as often as one likes."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.fetched import Fetched
from crawler.fetcher import Fetcher, run_with_fetcher
from crawler.options import FetchOptions
from crawler.settings import scrapy_settings
from pipeline.errors import UsageError
from pipeline.types import FailureClass
from tests.crawler.fetching import fetch, got, lost, options_for
from tests.crawler.loopback import answer, serving


def test_gives_back_what_main_returns() -> None:
    async def main(fetcher: Fetcher) -> str:
        return "done"

    assert run_with_fetcher(FetchOptions(), main) == "done"


def test_raises_what_main_raises_without_noise(caplog: pytest.LogCaptureFixture) -> None:
    async def main(fetcher: Fetcher) -> None:
        raise UsageError("no such outlet")

    with caplog.at_level(logging.WARNING), pytest.raises(UsageError, match="no such outlet"):
        run_with_fetcher(FetchOptions(), main)
    assert caplog.records == []


def test_conditional_requests_pass_through_exactly() -> None:
    validators = {"If-None-Match": 'W/"п:1"', "If-Modified-Since": "Mon, 02 Nov 2026 10:00:00 GMT"}
    with serving({"/": answer(status="304 Not Modified", headers={"ETag": 'W/"x"'})}) as site:
        outcome = run_with_fetcher(
            options_for(site), lambda fetcher: fetcher.get(site.url("/"), "feed", validators)
        )
        fetched = got(outcome)
        assert (fetched.status, fetched.body, fetched.header("etag")) == (304, b"", 'W/"x"')
        headers = site.asked("/")[0].headers
    assert headers["if-none-match"].encode("latin-1").decode() == 'W/"п:1"'
    assert headers["if-modified-since"] == validators["If-Modified-Since"]


def test_a_busy_server_is_asked_once_and_its_wait_reported() -> None:
    with serving({"/": answer(status="429 Slow down", headers={"Retry-After": "3600"})}) as site:
        failure = lost(fetch(site))
        assert (failure.status, failure.retry_after) == (429, 3600)
        assert len(site.asked("/")) == 1


@pytest.mark.parametrize(
    "url", ["", "news", "http://", "http://10.0.0.1/", "ftp://example.org/", "http://[/"]
)
def test_unusable_addresses_are_failures(url: str) -> None:
    outcome = run_with_fetcher(FetchOptions(), lambda fetcher: fetcher.get(url))
    failure = lost(outcome)
    assert (failure.kind, failure.permanent) == (FailureClass.REFUSED_ADDRESS, True)


def test_header_values_are_clean() -> None:
    reply = b"HTTP/1.1 200 OK\r\nServer: \x1b[31mx\xff\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    with serving({"/": reply}) as site:
        assert got(fetch(site)).header("server") == "[31mxÿ"


def test_a_fetched_answer_finds_headers_in_any_case() -> None:
    fetched = Fetched(url="u", final_url="u", status=200, headers={"x-a": "1"})
    assert fetched.header("X-A") == "1"
    assert fetched.header("x-b") is None


@pytest.mark.parametrize(
    "wrong",
    [
        *({"proxy": "socks5://x:1"}, {"proxy": "nonsense"}, {"ca_bundle": Path("/no/such/file")}),
        *({"deadline": 0}, {"delay": -1}, {"concurrency": 0}, {"contact": "a\r\nX: y"}, {"user_agent": "ö"}),
    ],
)
def test_options_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        FetchOptions(**wrong)  # type: ignore[arg-type]


def test_a_proxy_password_stays_out_of_logs() -> None:
    assert "secret" not in repr(FetchOptions(proxy="http://user:secret@proxy.example.org:3128"))


def test_the_settings_switch_off_what_listens_and_what_reads_files() -> None:
    settings = Settings(scrapy_settings(FetchOptions()))
    for name in ("TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "COOKIES_ENABLED", "RETRY_ENABLED"):
        assert settings.getbool(name) is False
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert [name for name, handler in handlers.items() if handler] == ["http", "https"]
    for name in ("EXTENSIONS", "SPIDER_MIDDLEWARES"):
        assert not settings.get_component_priority_dict_with_base(name)
    middlewares = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert {name.rpartition(".")[2] for name in middlewares} == {
        *("RobotsMiddleware", "GuardedRedirectMiddleware", "ProxyMiddleware"),
        *("DefaultHeadersMiddleware", "UserAgentMiddleware"),
    }


def test_scrapy_finds_the_settings_by_itself() -> None:
    command = [sys.executable, "-m", "scrapy", "settings", "--get", "USER_AGENT"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("presswatch/0.1.0 (+https://")
