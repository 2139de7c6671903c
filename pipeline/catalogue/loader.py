"""The catalogue as a whole: read once from the package's ``data/<country>/<id>.toml``, then looked up."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable

from pipeline.catalogue.parse import Entry, parse_entry
from pipeline.extract.site.model import SiteRules
from pipeline.text import fold
from pipeline.types import OutletSpec


@dataclass(frozen=True)
class Catalogue:
    """Known outlets, by slug, host and written name. Build it with ``build_catalogue``."""

    #: in the order of their slugs
    entries: tuple[Entry, ...]

    @cached_property
    def outlets(self) -> tuple[OutletSpec, ...]:
        """Every outlet, in the order of their slugs."""
        return tuple(entry.spec for entry in self.entries)

    def get(self, slug: str) -> OutletSpec | None:
        """The outlet of this exact slug."""
        return self._by_slug.get(slug)

    def by_host(self, host: str) -> OutletSpec | None:
        """The outlet whose pages live on ``host`` or on a parent domain of it (``www.`` and case ignored)."""
        labels = host.lower().rstrip(".").split(".")
        domains = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._by_host[domain] for domain in domains if domain in self._by_host), None)

    def rules_of(self, host: str) -> tuple[SiteRules, ...]:
        """How pages on ``host`` are read, in the order the rules are tried; nothing for most outlets."""
        if not self._rules:
            return ()
        outlet = self.by_host(host)
        return self._rules.get(outlet.slug, ()) if outlet else ()

    def by_name(self, name: str) -> OutletSpec | None:
        """The outlet that is written so in any of its languages, whatever case, accents or script spelling.

        A leading "The" is ignored; a host written as a name ("nv.ua") is looked up as one. A name that two
        outlets bear names neither.
        """
        found = self._by_name.get(_name_key(name), ())
        if len(found) == 1:
            return found[0]
        return None if found or " " in name.strip() else self.by_host(name.strip())

    def search(self, words: str) -> tuple[OutletSpec, ...]:
        """Outlets whose names, slug, hosts, country or languages hold the beginning of every word."""
        wanted = fold(words).split()
        hits = (
            entry.spec for entry, text in self._search_texts if all(f" {word}" in text for word in wanted)
        )
        return tuple(hits)

    def suggest(self, slug: str) -> str | None:
        """The known slug that looks most like ``slug``, or None when none comes near."""
        return next(iter(difflib.get_close_matches(slug.lower(), self._by_slug, n=1)), None)

    @cached_property
    def _by_slug(self) -> Mapping[str, OutletSpec]:
        return {spec.slug: spec for spec in self.outlets}

    @cached_property
    def _rules(self) -> Mapping[str, tuple[SiteRules, ...]]:
        return {entry.spec.slug: entry.rules for entry in self.entries if entry.rules}

    @cached_property
    def _by_host(self) -> Mapping[str, OutletSpec]:
        return {host: spec for spec in self.outlets for host in spec.hosts}

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[OutletSpec, ...]]:
        index: dict[str, tuple[OutletSpec, ...]] = {}
        for entry in self.entries:
            for key in {_name_key(name) for name in entry.names}:
                index[key] = (*index.get(key, ()), entry.spec)
        return index

    @cached_property
    def _search_texts(self) -> tuple[tuple[Entry, str], ...]:
        return tuple((entry, _search_text(entry)) for entry in self.entries)


@cache
def load_catalogue() -> Catalogue:
    """The packaged catalogue. Raises ``ValueError`` naming the file at fault, as ``build_catalogue`` does."""
    return build_catalogue(_packaged_files(resources.files("pipeline.catalogue") / "data"))


def build_catalogue(files: Iterable[tuple[str, str]]) -> Catalogue:
    """A catalogue of ``(path, text)`` pairs, ``path`` being ``<country>/<id>.toml``.

    Raises ``ValueError`` naming the file: what ``parse_entry`` refuses, a path that disagrees with the
    country or id inside, an id or host that another file has already.
    """
    entries: dict[str, Entry] = {}
    owners: dict[str, str] = {}
    for path, text in files:
        entry = parse_entry(text, path)
        _refuse_misplaced(path, entry.spec)
        for claim in (f"id {entry.spec.slug}", *(f"host {host}" for host in entry.spec.hosts)):
            _claim(owners, claim, path)
        entries[entry.spec.slug] = entry
    return Catalogue(tuple(entries[slug] for slug in sorted(entries)))


def _refuse_misplaced(path: str, spec: OutletSpec) -> None:
    expected = f"{(spec.country or '').lower()}/{spec.slug}.toml"
    if path != expected:
        message = f"{path}: by its country and id this file is {expected}"
        raise ValueError(message)


def _claim(owners: dict[str, str], claim: str, path: str) -> None:
    if claim in owners:
        message = f"{path}: {claim} is taken by {owners[claim]}"
        raise ValueError(message)
    owners[claim] = path


def _packaged_files(data: Traversable) -> Iterator[tuple[str, str]]:
    for country in data.iterdir():
        if not country.is_dir():
            continue
        for file in country.iterdir():
            if file.name.endswith(".toml"):
                yield f"{country.name}/{file.name}", file.read_bytes().decode()


def _name_key(name: str) -> str:
    return " ".join(fold(name).split()).removeprefix("the ")


def _search_text(entry: Entry) -> str:
    spec = entry.spec
    languages = {spec.language or "", *(feed.language or "" for feed in spec.feeds)}
    parts = (*entry.names, spec.slug, *spec.hosts, spec.country or "", *sorted(languages))
    return " " + fold(" ".join(parts))
