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

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.decide import Polling
from pipeline.errors import UsageError
from pipeline.store.archive_care import Retention

if TYPE_CHECKING:
    from crawler.options import FetchOptions
    from pipeline.extract.site.lookup import RuleFolders

FILE_NAME = "presswatch.toml"
_YEAR_MINUTES = 366 * 24 * 60
_MOST_DAYS = 36_600
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
class Config:
    """The whole configuration: ``polling`` is ``[crawl]``; ``file`` where it stands, if anywhere."""

    fetch: FetchConfig = FetchConfig()
    polling: Polling = field(default_factory=Polling)
    pages: Retention = field(default_factory=Retention)
    extract: ExtractConfig = ExtractConfig()
    file: Path | None = None

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
    tables = _tables(path)
    _known(tables, ("fetch", "crawl", "pages", "extract"), str(path), "section")
    return Config(
        fetch=_fetch(
            _section(tables, "fetch", [known.name for known in fields(FetchConfig)], path),
            path.parent.absolute(),
        ),
        polling=_polling(_section(tables, "crawl", _CRAWL_KEYS, path)),
        pages=_pages(_section(tables, "pages", [known.name for known in fields(Retention)], path)),
        extract=_extract(
            _section(tables, "extract", [known.name for known in fields(ExtractConfig)], path),
            path.parent.absolute(),
        ),
        file=path,
    )


def _tables(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"there is no configuration file {path}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise UsageError(f"{path} is not valid TOML: {error}") from None


def _known(found: Mapping[str, object], names: Sequence[str], where: str, what: str) -> None:
    """Refuse a name that means nothing: a misspelt key must not be ignored in silence."""
    for name in found:
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
            raise UsageError(f"{where}: unknown {what} {name!r}; {hint}")


@dataclass(frozen=True, slots=True)
class _Section:
    """The values of one section, read by kind; None for what is not there."""

    values: Mapping[str, object]
    where: str

    def fault(self, key: str, wanted: str) -> UsageError:
        """The value is not shown: it may hold a password."""
        return UsageError(f"{self.where} {key}: wanted is {wanted}")

    def text(self, key: str, wanted: str) -> str | None:
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.fault(key, wanted)
        return value.strip() if isinstance(value, str) else None

    def number(self, key: str, wanted: str, *, zero: bool = False) -> float | None:
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(key, wanted)
        if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
            raise self.fault(key, wanted)
        return value

    def minutes(self, key: str, wanted: str) -> timedelta | None:
        value = self.number(key, wanted)
        if value is None:
            return None
        if value > _YEAR_MINUTES:
            raise self.fault(key, wanted)
        return timedelta(minutes=value)

    def count(self, key: str) -> int | None:
        wanted = "a whole number, 1 or more"
        value = self.number(key, wanted)
        if value is not None and not isinstance(value, int):
            raise self.fault(key, wanted)
        return value

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, "true or false")
        return value


_CRAWL_KEYS = ("min_interval_minutes", "max_interval_minutes", "max_attempts")


def _section(tables: Mapping[str, object], name: str, keys: Sequence[str], path: Path) -> _Section:
    found = tables.get(name, {})
    where = f"{path}, [{name}]"
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {name} must be a section, [{name}]")
    _known(found, keys, where, "key")
    return _Section(found, where)


def _fetch(section: _Section, folder: Path) -> FetchConfig:
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


def _extract(section: _Section, folder: Path) -> ExtractConfig:
    rules, site_config = (section.text(key, "the name of a folder") for key in ("rules", "site_config"))
    return ExtractConfig(
        rules=folder / Path(rules).expanduser() if rules else None,
        site_config=folder / Path(site_config).expanduser() if site_config else None,
    )


def _polling(section: _Section) -> Polling:
    wanted = "a number of minutes above 0, at most a year"
    built_in = Polling()
    shortest = section.minutes("min_interval_minutes", wanted) or built_in.min_interval
    longest = section.minutes("max_interval_minutes", wanted) or built_in.max_interval
    if shortest > longest:
        minutes = longest.total_seconds() / 60
        raise section.fault("min_interval_minutes", f"at most max_interval_minutes, {minutes:g}")
    attempts = section.count("max_attempts") or built_in.max_attempts
    return replace(built_in, min_interval=shortest, max_interval=longest, max_attempts=attempts)


def _pages(section: _Section) -> Retention:
    built_in = Retention()
    keep = section.flag("keep")
    days = section.count("keep_days") or built_in.keep_days
    if days > _MOST_DAYS:
        raise section.fault("keep_days", f"a number of days, at most {_MOST_DAYS}")
    megabytes = section.count("max_mb") or built_in.max_mb
    return Retention(keep=built_in.keep if keep is None else keep, keep_days=days, max_mb=megabytes)


def _addresses(section: _Section, key: str) -> frozenset[str]:
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
