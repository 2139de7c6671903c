"""Who bears a written name: the catalogue's outlets, and the agencies and papers others quote (``agencies.toml``).

``agencies.toml`` holds ``[[agency]]`` tables: ``name``, ``hosts`` and ``names``, the names it bears in any
language besides. They have no feeds here; an outlet that is to be watched has a file of the catalogue.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from pipeline.catalogue.loader import load_catalogue
from pipeline.catalogue.names import NameIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who bears a name: its own name, the address of its home page, its hosts without ``www.``."""

    name: str
    home: str
    hosts: frozenset[str]


def parse_agencies(text: str) -> tuple[tuple[Bearer, tuple[str, ...]], ...]:
    """The agencies of a TOML ``text``, each with all its names, its own first.

    Raises ``ValueError`` naming the agency: broken TOML, a key unknown or missing, a value of the wrong type.
    """
    document = tomllib.loads(text)
    return tuple(_agency(table) for table in document.get("agency", ()))


def _agency(table: object) -> tuple[Bearer, tuple[str, ...]]:
    if not isinstance(table, dict) or set(table) != {"name", "names", "hosts"}:
        message = f"an agency has name, names and hosts, not {table!r}"
        raise ValueError(message)
    name = table["name"]
    if (
        not isinstance(name, str)
        or not _texts(table["names"])
        or not _texts(table["hosts"])
        or not table["hosts"]
    ):
        message = f"agency {name!r}: name is a text, names and hosts are lists of texts"
        raise ValueError(message)
    bearer = Bearer(name=name, home=f"https://{table['hosts'][0]}", hosts=frozenset(table["hosts"]))
    return bearer, (name, *table["names"])


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)


@cache
def load_agencies() -> tuple[tuple[Bearer, tuple[str, ...]], ...]:
    """The packaged agencies."""
    file = resources.files("pipeline.catalogue") / "agencies.toml"
    return parse_agencies(file.read_bytes().decode())


@cache
def known_names() -> NameIndex[Bearer]:
    """Every name of every outlet and agency that is known from the start."""
    return NameIndex(_named())


def _named() -> Iterator[tuple[str, Bearer]]:
    for entry in load_catalogue().entries:
        bearer = Bearer(name=entry.spec.name, home=entry.spec.home, hosts=frozenset(entry.spec.hosts))
        yield from ((name, bearer) for name in entry.names)
    for bearer, names in load_agencies():
        yield from ((name, bearer) for name in names)


def bearers(written: str) -> tuple[Bearer, ...]:
    """Who bears a written name, in whatever case it is declined; a host ("nv.ua") is looked up as one.

    More than one where two bear it: then it names neither. () where nobody is known by it.
    """
    found = known_names().bearers(written)
    if found or " " in written.strip():
        return found
    host = bearer_of(written.strip().lower())
    return (host,) if host else ()


def bearer_of(host: str) -> Bearer | None:
    """The outlet or agency whose pages live on ``host`` or on a parent domain of it, or None."""
    outlet = load_catalogue().by_host(host)
    if outlet:
        return Bearer(name=outlet.name, home=outlet.home, hosts=frozenset(outlet.hosts))
    labels = host.rstrip(".").split(".")
    found = (_by_host().get(".".join(labels[start:])) for start in range(len(labels) - 1))
    return next(filter(None, found), None)


@lru_cache(maxsize=512)
def names_of(host: str) -> tuple[str, ...]:
    """Every name of the outlet or agency on ``host`` (its own or a parent domain); () for an unknown one."""
    bearer = bearer_of(host)
    return () if bearer is None else tuple(name for name, one in _named() if one.home == bearer.home)


@cache
def _by_host() -> Mapping[str, Bearer]:
    return {host: agency for agency, _ in load_agencies() for host in agency.hosts}
