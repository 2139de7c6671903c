"""The attribution line, understood: which outlet it names, by its link's host or its written name."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.article import Attribution, Removal, RemovalKind
from pipeline.catalogue.agencies import Bearer, bearer_of, bearers
from pipeline.clean.lines import host_of
from pipeline.text import clean


def understand(removals: Sequence[Removal], url: str) -> Attribution | None:
    """The page's attribution, None where no line was one. Of several the best known, then the linked one."""
    lines = [removal for removal in removals if removal.kind is RemovalKind.ATTRIBUTION]
    if not lines:
        return None
    found = [_read(removal, host_of(url)) for removal in lines]
    return max(found, key=lambda one: (one.outlet_home is not None, one.url is not None))


def _read(removal: Removal, own_host: str) -> Attribution:
    written = clean(removal.title or "") or None
    elsewhere = [link.url for link in removal.links if host_of(link.url) != own_host]
    # The article tells more than the outlet's front page, which lines also link to.
    link = next(filter(_has_path, elsewhere), elsewhere[0] if elsewhere else None)
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


def _has_path(url: str) -> bool:
    return bool(urlsplit(url).path.strip("/"))


def _outlet(written: str | None, link: str | None) -> Bearer | None:
    """Who is meant; a name may be declined («Нового голосу України»), a name of two means neither."""
    by_link = bearer_of(host_of(link)) if link else None
    by_name = bearers(written) if written and by_link is None else ()
    return by_link or (by_name[0] if len(by_name) == 1 else None)
