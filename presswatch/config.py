"""``presswatch.toml``: read once into a frozen object, passed down.

::

    [fetch]
    contact = "https://example.org/about-our-monitor"   # named in the User-Agent
    proxy = "http://proxy.example.org:3128"
    ca_bundle = "our-ca.pem"                            # seen from the folder of this file
    allow_addresses = ["127.0.0.1:8801"]                # private addresses that may be fetched after all
    delay = 1.0                                         # seconds between two requests to one host
    deadline_seconds = 60                               # for one request, from DNS to the last byte
    concurrency = 32                                    # requests at once, over all hosts

    [crawl]
    min_interval_minutes = 10                           # a busy feed is polled no more often
    max_interval_minutes = 1440                         # a quiet feed no less often
    max_attempts = 6                                    # for one page that fails
    recheck_hours = [0.25, 1, 3, 24, 72, 720]           # ages at which an article is looked at again

    [daemon]
    workers = 1                                         # crawls at once, each at hosts of its own
    listen = "127.0.0.1:8790"                           # /healthz and /metrics
    tick_seconds = 5                                    # between two looks at what is due
    run_minutes = 10                                    # a crawl ends after this, so that its memory returns

    [retention]
    article_days = 730                                  # without it articles are kept for ever
    history_days = 90                                   # polls, passing failures, ended incidents

    [websub]
    callback = "https://monitor.example.org/websub"     # public: hubs call it; without it off

    [pages]
    keep = true                                         # raw pages, so that `reprocess` can read them again
    keep_days = 90                                      # older ones are forgotten
    max_mb = 2000                                       # beyond it the oldest are forgotten

    [extract]
    rules = "our-rules"                                 # folder of TOML files with rules of our own
    site_config = "ftr-site-config"                     # folder of site-config files, as example.com.txt

Every key may be left out. robots.txt is always obeyed: there is no key for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.decide import Polling
from pipeline.errors import UsageError
from pipeline.store.archive_care import Retention
from pipeline.store.retention import Keeping
from pipeline.websub import callback_problem
from presswatch.sections import Section, known, parsed, read, section

if TYPE_CHECKING:
    from crawler.options import FetchOptions
    from pipeline.extract.site.lookup import RuleFolders

FILE_NAME = "presswatch.toml"
_MOST_DAYS = 36_600
_YEAR_HOURS = 366 * 24
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):([0-9]{1,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchConfig:
    """``[fetch]``. None leaves the built-in value; paths are absolute or seen from the file's folder."""

    contact: str | None = None
    proxy: str | None = None
    ca_bundle: Path | None = None
    allow_addresses: frozenset[str] = frozenset()
    delay: float | None = None
    deadline_seconds: float | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractConfig:
    """``[extract]``: folders of rules for outlets' pages; absolute or seen from the file's folder."""

    rules: Path | None = None
    site_config: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonConfig:
    """``[daemon]``; times in seconds."""

    workers: int = 1
    listen: str = "127.0.0.1:8790"
    tick: float = 5.0
    run: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration: ``polling`` is ``[crawl]``; ``file`` where it stands, if anywhere."""

    fetch: FetchConfig = FetchConfig()
    polling: Polling = field(default_factory=Polling)
    pages: Retention = field(default_factory=Retention)
    extract: ExtractConfig = ExtractConfig()
    daemon: DaemonConfig = DaemonConfig()
    keeping: Keeping = field(default_factory=Keeping)
    #: the public address that WebSub hubs call; None: they are not subscribed to
    callback: str | None = None
    file: Path | None = None
    #: what the file says
    text: str = field(default="", repr=False)

    def fetch_options(self, *, proxy: str | None = None, allow: Sequence[str] = ()) -> FetchOptions:
        """How to fetch. ``proxy`` replaces the file's, ``allow`` (``HOST:PORT``) adds to its addresses.

        :raises UsageError: for values that cannot work
        """
        from crawler.options import FetchOptions  # commands that fetch nothing need no crawler

        chosen = {
            "contact": self.fetch.contact,
            "proxy": _proxy(proxy, "--proxy") if proxy else self.fetch.proxy,
            "ca_bundle": self.fetch.ca_bundle,
            "delay": self.fetch.delay,
            "deadline": self.fetch.deadline_seconds,
            "concurrency": self.fetch.concurrency,
        }
        given: Mapping[str, object] = {name: value for name, value in chosen.items() if value is not None}
        added = frozenset(_address(address, "--allow-address") for address in allow)
        return FetchOptions(allow_addresses=self.fetch.allow_addresses | added, **given)  # type: ignore[arg-type]

    def rule_folders(self) -> RuleFolders:
        """The user's rules for outlets' pages, read now.

        :raises UsageError: in one line, for a folder that is not there and a TOML file at fault
        """
        from pipeline.extract.site.lookup import open_folders  # commands that read no page need no rules

        return open_folders(rules=self.extract.rules, site_config=self.extract.site_config)


def load_config(path: Path | None) -> Config:
    """The configuration in ``path``; for None in ``presswatch.toml`` of the current folder, or the defaults.

    :raises UsageError: in one line that names file and key
    """
    if path is None:
        path = Path(FILE_NAME)
        if not path.exists():
            return Config()
    return read_config(read(path), path)


def read_config(text: str, path: Path) -> Config:
    """The configuration that ``text`` is, with ``path`` as the file where it stands or stood.

    :raises UsageError: in one line that names file and key
    """
    found = parsed(text, path)
    known(found, _SECTIONS, str(path), "section")
    return Config(
        fetch=_fetch(
            section(found, "fetch", [key.name for key in fields(FetchConfig)], path),
            path.parent.absolute(),
        ),
        polling=_polling(section(found, "crawl", _CRAWL_KEYS, path)),
        pages=_pages(section(found, "pages", [key.name for key in fields(Retention)], path)),
        extract=_extract(
            section(found, "extract", [key.name for key in fields(ExtractConfig)], path),
            path.parent.absolute(),
        ),
        daemon=_daemon(section(found, "daemon", _DAEMON_KEYS, path)),
        keeping=_keeping(section(found, "retention", ("article_days", "history_days"), path)),
        callback=_callback(section(found, "websub", ("callback",), path)),
        file=path,
        text=text,
    )


_SECTIONS = ("fetch", "crawl", "pages", "extract", "daemon", "retention", "websub")
_CRAWL_KEYS = ("min_interval_minutes", "max_interval_minutes", "max_attempts", "recheck_hours")
_DAEMON_KEYS = ("workers", "listen", "tick_seconds", "run_minutes")


def _fetch(section: Section, folder: Path) -> FetchConfig:
    proxy = section.text("proxy", "text, http://host:port")
    ca_bundle = section.text("ca_bundle", "the name of a file")
    return FetchConfig(
        contact=section.text("contact", "text, the page or address that says who you are"),
        proxy=_proxy(proxy, f"{section.where} proxy") if proxy else None,
        ca_bundle=folder / Path(ca_bundle).expanduser() if ca_bundle else None,
        allow_addresses=_addresses(section, "allow_addresses"),
        delay=section.number("delay", "a number of seconds, 0 or more", zero=True),
        deadline_seconds=section.number("deadline_seconds", "a number of seconds above 0"),
        concurrency=section.count("concurrency"),
    )


def _extract(section: Section, folder: Path) -> ExtractConfig:
    rules, site_config = (section.text(key, "the name of a folder") for key in ("rules", "site_config"))
    return ExtractConfig(
        rules=folder / Path(rules).expanduser() if rules else None,
        site_config=folder / Path(site_config).expanduser() if site_config else None,
    )


def _polling(section: Section) -> Polling:
    wanted = "a number of minutes above 0, at most a year"
    built_in = Polling()
    shortest = section.minutes("min_interval_minutes", wanted) or built_in.min_interval
    longest = section.minutes("max_interval_minutes", wanted) or built_in.max_interval
    if shortest > longest:
        minutes = longest.total_seconds() / 60
        raise section.fault("min_interval_minutes", f"at most max_interval_minutes, {minutes:g}")
    attempts = section.count("max_attempts") or built_in.max_attempts
    return replace(
        built_in,
        min_interval=shortest,
        max_interval=longest,
        max_attempts=attempts,
        recheck_ages=built_in.recheck_ages if (ages := _ages(section, "recheck_hours")) is None else ages,
    )


def _ages(section: Section, key: str) -> tuple[timedelta, ...] | None:
    hours = section.values.get(key)
    if hours is None:
        return None
    wanted = "a list of hours, each above 0, at most a year"
    if not isinstance(hours, list) or not all(type(hour) in (int, float) for hour in hours):
        raise section.fault(key, wanted)
    if not all(0 < hour <= _YEAR_HOURS for hour in hours):
        raise section.fault(key, wanted)
    return tuple(timedelta(hours=hour) for hour in sorted(hours))


def _daemon(section: Section) -> DaemonConfig:
    built_in = DaemonConfig()
    minutes = section.minutes("run_minutes", "a number of minutes above 0")
    return DaemonConfig(
        workers=section.count("workers") or built_in.workers,
        listen=section.text("listen", "HOST:PORT") or built_in.listen,
        tick=section.number("tick_seconds", "a number of seconds above 0") or built_in.tick,
        run=minutes.total_seconds() if minutes else built_in.run,
    )


def _keeping(section: Section) -> Keeping:
    articles, history = _days(section, "article_days"), _days(section, "history_days")
    return Keeping(articles=articles, history=history or Keeping().history)


def _days(section: Section, key: str) -> timedelta | None:
    days = section.count(key)
    if days is not None and days > _MOST_DAYS:
        raise section.fault(key, f"a number of days, at most {_MOST_DAYS}")
    return timedelta(days=days) if days is not None else None


def _callback(section: Section) -> str | None:
    url = section.text("callback", "a public https:// address")
    problem = callback_problem(url) if url else None
    if problem:
        raise section.fault("callback", problem)
    return url


def _pages(section: Section) -> Retention:
    built_in = Retention()
    keep = section.flag("keep")
    days = _days(section, "keep_days")
    megabytes = section.count("max_mb") or built_in.max_mb
    return Retention(
        keep=built_in.keep if keep is None else keep,
        keep_days=days.days if days else built_in.keep_days,
        max_mb=megabytes,
    )


def _addresses(section: Section, key: str) -> frozenset[str]:
    values = section.values.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise section.fault(key, 'a list of "HOST:PORT"')
    return frozenset(_address(value, f"{section.where} {key}") for value in values)


def _address(text: str, where: str) -> str:
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not 0 < int(match[1]) < 65536:
        raise UsageError(f"{where}: {text!r} is not HOST:PORT, as in 127.0.0.1:8801 or [::1]:8801")
    return match[0].lower()


def _proxy(text: str, where: str) -> str:
    """The value is not shown in the fault: it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{where}: wanted is http://host:port (SOCKS proxies are not supported)")
    return text
