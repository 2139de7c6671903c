"""Which rules are for a page: the user's own, the catalogue's, or those of a folder of site-config files."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.catalogue.parse import parse_entry
from pipeline.errors import UsageError
from pipeline.extract.site.model import SiteRules
from pipeline.extract.site.tables import parse_rules
from pipeline.urls import host_of

if TYPE_CHECKING:
    from pipeline.catalogue.loader import Catalogue

#: larger files are cut there
_MAX_BYTES = 256 * 1024
#: site-config files that are kept read
_KEPT = 512
#: what may become a part of a file's name
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_OWN_KEYS = frozenset(("id", "hosts", "rules"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFolders:
    """The folders a user named, the TOML ones read. Make it once with ``open_folders``."""

    #: host -> rules; they are for its subdomains, too
    own: Mapping[str, tuple[SiteRules, ...]] = field(default_factory=dict)
    site_config: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReport:
    """What a folder of site-config files holds: ``ignored`` is each ignored directive with its number."""

    files: int
    selectors: int
    ignored: tuple[tuple[str, int], ...]
    problems: tuple[str, ...]


def open_folders(*, rules: Path | None = None, site_config: Path | None = None) -> RuleFolders:
    """Read the TOML files in ``rules``, remember where the site-config files are (they are read when needed).

    Raises ``UsageError``, one line naming folder, file, outlet, key and cause, for anything wrong with the
    TOML and for a folder that is not there.
    """
    for key, folder in (("rules", rules), ("site_config", site_config)):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"[extract] {key}: there is no folder {folder}")
    return RuleFolders(own=_own(rules) if rules else {}, site_config=site_config)


def rules_for(
    url: str, when: datetime, *, catalogue: Catalogue, folders: RuleFolders | None = None
) -> SiteRules | None:
    """The rules for the page at ``url`` as it was at ``when`` (aware); None where nobody wrote any.

    The user's own TOML comes before the catalogue, both before the site-config files. Reads at most one small
    file, and that only when it is new or changed.
    """
    host = host_of(url)
    folders = folders or RuleFolders()
    written = (*_of_host(folders.own, host), *catalogue.rules_of(host))
    found = next((rules for rules in written if rules.covers(url, when)), None)
    if found is None and folders.site_config is not None:
        return _site_config(folders.site_config, host)
    return found


def check_site_config(folder: Path) -> FolderReport:
    """Read every site-config file of a folder; for telling the user what of them works."""
    found = [
        rules for file in sorted(folder.glob("*.txt")) if not file.is_dir() and (rules := _read_current(file))
    ]
    ignored: Counter[str] = Counter()
    for rules in found:
        ignored.update(dict(rules.ignored))
    return FolderReport(
        files=len(found),
        selectors=sum(
            len(kind)
            for rules in found
            for kind in (
                rules.container,
                rules.title,
                rules.authors,
                rules.published,
                rules.strip,
                rules.strip_names,
            )
        ),
        ignored=tuple(sorted(ignored.items())),
        problems=tuple(problem for rules in found for problem in rules.problems),
    )


# --- the user's own TOML --------------------------------------------------------------------------------


def _of_host(own: Mapping[str, tuple[SiteRules, ...]], host: str) -> tuple[SiteRules, ...]:
    if not own:
        return ()
    labels = host.split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels)))
    return next((own[domain] for domain in domains if domain in own), ())


def _own(folder: Path) -> dict[str, tuple[SiteRules, ...]]:
    found: dict[str, tuple[SiteRules, ...]] = {}
    owners: dict[str, Path] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            hosts, rules = _own_file(file.read_text("utf-8-sig"), file.stem)
        except OSError as error:
            raise UsageError(f"cannot read {file}: {error.strerror}") from error
        except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError, too
            raise UsageError(f"{file}: {' '.join(str(error).split())}") from error
        for host in hosts:
            if host in owners:
                raise UsageError(f"{file}: host {host} is taken by {owners[host]}")
            found[host], owners[host] = rules, file
    return found


def _own_file(text: str, stem: str) -> tuple[tuple[str, ...], tuple[SiteRules, ...]]:
    """The hosts and the rules of a whole outlet's file, or of one with only ``id``, ``hosts``, ``rules``."""
    document = tomllib.loads(text)
    if "home" in document:
        entry = parse_entry(text, "outlet")
        return entry.spec.hosts, entry.rules
    unknown = sorted(set(document) - _OWN_KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}; known: {', '.join(sorted(_OWN_KEYS))}")
    hosts = document.get("hosts", [stem])
    if not isinstance(hosts, list) or not hosts or not all(_is_host(host) for host in hosts):
        raise ValueError('hosts: wanted is a list of host names in lower case, ["gazette.example"]')
    outlet = document.get("id", stem)
    if not isinstance(outlet, str) or not re.fullmatch(r"[\w.-]+", outlet):
        raise ValueError("id: wanted is a short name without spaces")
    return tuple(hosts), parse_rules(document.get("rules", []), outlet)


def _is_host(host: object) -> bool:
    return isinstance(host, str) and _HOST.fullmatch(host) is not None


# --- site-config files ----------------------------------------------------------------------------------


def _site_config(folder: Path, host: str) -> SiteRules | None:
    names = _file_names(host) if _is_host(host) else ()
    return next((rules for name in names if (rules := _read_current(folder / name))), None)


def _file_names(host: str) -> Iterator[str]:
    """``www.example.com`` and ``example.com``: ``example.com.txt``; other hosts their own or a parent's."""
    if host.startswith("www."):
        yield f"{host}.txt"
        host = host.removeprefix("www.")
    yield f"{host}.txt"
    labels = host.split(".")
    for start in range(1, len(labels) - 1):
        yield f".{'.'.join(labels[start:])}.txt"


def _read_current(file: Path) -> SiteRules | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return _read(file, state.st_mtime_ns, state.st_size)


@lru_cache(_KEPT)
def _read(file: Path, _changed: int, _size: int) -> SiteRules | None:
    """The rules in a file as it was at that change; a file that cannot be read has a problem and no rules."""
    from pipeline.extract.site.ftr import parse_site_config  # lxml, which most pages do not need

    try:
        with file.open("rb") as opened:
            text = opened.read(_MAX_BYTES).decode("utf-8-sig", "replace")
    except OSError as error:
        return SiteRules(source=file.name, problems=(f"{file.name}: cannot be read ({error.strerror})",))
    return parse_site_config(text, file.name)
