"""The attribution line, understood: which outlet it names, by its link's host or its written name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.article import Attribution, Removal, RemovalKind
from pipeline.catalogue.agencies import Bearer, bearer_of, bearers
from pipeline.clean.lines import host_of
from pipeline.text import clean


def source_first(removals: Iterable[Removal], url: str) -> tuple[Removal, ...]:
    """The removals of the page at ``url``; attribution lines with the link to the article taken over as the first one.

    The line links to the outlet's front page, to a licence or to the page itself as well.
    """
    own = host_of(url)
    return tuple(
        replace(removal, links=tuple(sorted(removal.links, key=lambda link: _rank(link.url, own))))
        if removal.kind is RemovalKind.ATTRIBUTION and len(removal.links) > 1
        else removal
        for removal in removals
    )


def _rank(url: str, own_host: str) -> int:
    """0 for an article elsewhere, 1 for another site, 2 for a place of the page's own site."""
    if host_of(url) in (own_host, ""):
        return 2
    return int(not urlsplit(url).path.strip("/"))


def understand(removals: Sequence[Removal], url: str) -> Attribution | None:
    """The page's attribution, None where no line was one. Of several the best known, then the linked one.

    ``removals`` are those of :func:`source_first`.
    """
    lines = [removal for removal in removals if removal.kind is RemovalKind.ATTRIBUTION]
    if not lines:
        return None
    found = [_read(removal, host_of(url)) for removal in lines]
    return max(found, key=lambda one: (one.outlet_home is not None, one.url is not None))


def _read(removal: Removal, own_host: str) -> Attribution:
    written = clean(removal.title or "") or None
    link = removal.target if removal.target and host_of(removal.target) != own_host else None
    outlet = _outlet(written, link)
    name = outlet.name if outlet else written or (host_of(link) if link else None)
    return Attribution(
        text=clean(removal.text),
        label=removal.label,
        outlet_as_written=written,
        outlet=name,
        outlet_home=outlet.home if outlet else None,
        url=link,
    )


def _outlet(written: str | None, link: str | None) -> Bearer | None:
    """Who is meant; a name may be declined («Нового голосу України»), a name of two means neither."""
    by_link = bearer_of(host_of(link)) if link else None
    by_name = bearers(written) if written and by_link is None else ()
    return by_link or (by_name[0] if len(by_name) == 1 else None)
