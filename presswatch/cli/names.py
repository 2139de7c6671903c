"""Outlets by their short names, with a suggestion where a name is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pipeline.catalogue.loader import load_catalogue
from pipeline.errors import NotFoundError
from pipeline.store import outlets
from pipeline.store.connection import Store
from pipeline.types import Outlet


def watched(store: Store, slug: str) -> Outlet:
    """The watched outlet of that name.

    :raises NotFoundError: in one line, with the nearest name that is known
    """
    found = next((o for o in outlets.list_outlets(store) if o.slug == slug), None)
    if found is None:
        raise NotFoundError(unknown_outlet(store, slug))
    return found


def unknown_outlet(store: Store, slug: str) -> str:
    """One line saying that no such outlet is watched and what may have been meant."""
    names = [outlet.slug for outlet in outlets.list_outlets(store)]
    return f"no outlet {slug!r} is watched; {_hint(slug, names)}"


def _hint(slug: str, names: list[str]) -> str:
    catalogue = load_catalogue()
    if catalogue.get(slug):
        return f"add it with `presswatch outlets add {slug}`"
    near = nearest(slug, names)
    if near:
        return f"did you mean {near!r}?"
    listed = catalogue.suggest(slug)
    if listed:
        return f"did you mean {listed!r} of the catalogue? `presswatch outlets add {listed}`"
    return "`presswatch outlets list` shows those that are"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like ``word``, or None when none comes near."""
    return next(iter(difflib.get_close_matches(word.lower(), tuple(known), n=1)), None)
