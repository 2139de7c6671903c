"""What outlets are called in other languages: names of the catalogue, and names learned from attribution lines."""

from __future__ import annotations

from pipeline.article import Attribution
from pipeline.catalogue.agencies import bearer_of, bearers
from pipeline.catalogue.names import MAX_WORDS, index_key, keys, wording
from pipeline.store.connection import Row, Store
from pipeline.text import words
from pipeline.urls import host_of

#: of several hosts that one name was linked to, the one that has all but a tenth bears it
_OTHERS_SHARE = 0.1


def learn(store: Store, attribution: Attribution) -> None:
    """Remember the name that an attribution line gives to the outlet its link leads to.

    Call it once for an article. Nothing is learned from a line without a name or a link, from links to social
    networks and the like, from words that only point ("here"), and of names that are known already.
    """
    written = (attribution.outlet_as_written or "").strip()
    host = _outlets_host(attribution.url or "")
    if not host or not _is_name(written) or bearers(written):
        return
    store.execute(
        "INSERT INTO outlet_aliases (alias, host, times, written) VALUES (?, ?, 1, ?)"
        " ON CONFLICT (alias, host) DO UPDATE SET times = times + 1",
        (index_key(written), host, written),
    )


def _outlets_host(url: str) -> str:
    """The home host of the known outlet that the address is of, else its own; "" where it is anybody's."""
    host = host_of(url).removeprefix("www.")
    anybodys = wording().anybodys_hosts
    labels = host.split(".")
    if any(".".join(labels[start:]) in anybodys for start in range(len(labels))):
        return ""
    known = bearer_of(host)
    return min(known.hosts) if known else host


def _is_name(written: str) -> bool:
    found = words(written)
    pointing = all(word in wording().pointing for word in found)
    return (
        0 < len(found) <= MAX_WORDS and not pointing and "://" not in written and len(index_key(written)) > 1
    )


def hosts_named(store: Store, written: str) -> frozenset[str]:
    """The hosts of the outlet that bears a written name, in whatever case it is declined; empty for nobody.

    What the catalogue knows comes first; then what was learned, once being enough where no other host was ever
    given that name. A name that two outlets bear names neither.
    """
    known = bearers(written)
    if known:
        return known[0].hosts if len(known) == 1 else frozenset()
    wanted = sorted({key for step in keys(written) for key in step})
    if not wanted:
        return frozenset()
    marks = ", ".join("?" * len(wanted))
    rows = store.all(
        f"SELECT host, sum(times) AS times FROM outlet_aliases WHERE alias IN ({marks}) GROUP BY host ORDER BY times DESC",
        wanted,
    )
    return _borne_by(rows)


def _borne_by(rows: list[Row]) -> frozenset[str]:
    if not rows or sum(row["times"] for row in rows[1:]) > _OTHERS_SHARE * rows[0]["times"]:
        return frozenset()
    host = rows[0]["host"]
    known = bearer_of(host)
    return known.hosts if known else frozenset((host,))
