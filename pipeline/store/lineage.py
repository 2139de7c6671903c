"""Families of articles: copies, translations and versions of one text, with what else an article is tied to.

Relations are kept by pairs: each member of a family may be tied to every other, so a wire story with 3,000
copies has millions of rows. Nothing here reads all of them: families are walked from their original outward,
a chunk of articles at a time, with a budget of rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.relate.types import COPIES, Kind
from pipeline.store.connection import Row, Store, dumps

#: the most members of a family that are counted, and the most rows that are looked at to find them
MOST_COUNTED, MOST_ROWS = 10_000, 500_000
#: the most ancestors that are looked at to find the original, the most articles asked about in one statement
MOST_ABOVE, CHUNK = 200, 200
#: the most relations of a family that are told
MOST_EDGES = 50_000
#: the most relations of one kind listed beside the family
MOST_ASIDE = 1_000

#: the types that make articles one family: one text, in whatever language
FAMILY = tuple(sorted((*COPIES, Kind.TRANSLATION_OF)))
#: the types that tie an article to others without making them one text
ASIDE = (Kind.QUOTES,)

_FAMILY = ", ".join(f"'{kind}'" for kind in FAMILY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An article as one line of a list names it; times as the store writes them."""

    id: int
    outlet: str
    title: str
    url: str
    language: str | None
    direction: str
    published: str | None
    first_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One row of the view ``lineage``. ``dst_id`` is None where the original is not in the database."""

    src_id: int
    dst_id: int | None
    src_url: str
    dst_url: str
    type: str
    confidence: float
    direction_known: bool
    evidence: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The article that another was made from, and how (one of ``FAMILY``)."""

    id: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """An article's family, as much of it as was asked for.

    ``members`` are its first articles, the original at the head; ``count`` is how many there are in all (at
    least so many where ``counted_all`` is False); ``edges`` are the relations among the members and those that
    leave the database; ``aside`` those of the article asked for that make no family (quotes).
    """

    asked: int
    members: tuple[int, ...]
    count: int
    counted_all: bool
    edges: tuple[Edge, ...]
    aside: tuple[Edge, ...]

    @property
    def root(self) -> int:
        """The article from which the others come."""
        return self.members[0]


def family(store: Store, article_id: int, most: int) -> Family:
    """The family of an article, with at most ``most`` of its members, nearest to the original first.

    The article itself and what leads from it to the original are always among them.
    """
    root = _original(store, article_id)
    found, counted_all = _walk(store, root)
    if article_id not in found:  # beyond what is counted, or tied to a member that is
        found[article_id] = root
    members = _chosen(found, article_id, most)
    return Family(
        asked=article_id,
        members=members,
        count=len(found),
        counted_all=counted_all,
        edges=tuple(_edges_among(store, members)),
        aside=tuple(edge for kind in ASIDE for edge in _aside(store, article_id, kind)),
    )


def _chosen(found: dict[int, int], asked: int, most: int) -> tuple[int, ...]:
    """The first ``most`` of the found, and the way from the one asked for to the first."""
    members = dict.fromkeys(list(found)[: max(most, 1)])
    while asked not in members:
        members[asked] = None
        asked = found[asked]
    return tuple(members)


def _original(store: Store, article_id: int) -> int:
    """Of all that an article was made from the one that was made from nothing; where there are several, the earliest.

    A relation whose direction is not known counts as it is written, after those whose direction is known.
    """
    above, waiting = {article_id}, [article_id]
    known, any_out = set[int](), set[int]()
    while waiting:
        rows = store.all(
            f"{_OUT} WHERE {_TIED} LIMIT :most", {"ids": dumps(waiting[:CHUNK]), "most": MOST_EDGES}
        )
        del waiting[:CHUNK]
        known.update(row["here"] for row in rows if row["direction_known"])
        any_out.update(row["here"] for row in rows)
        new = sorted({row["there"] for row in rows} - above)
        if len(above) < MOST_ABOVE:  # beyond that none comes in, but all that are in are looked at
            above.update(new)
            waiting.extend(new)
    times = _times(store, above)
    return min(above, key=lambda one: (one in known, one in any_out, times[one], one))


#: not the row of an article about itself, nor a declared one that comparing the texts turned round
_TIED = """
    coalesce(r.dst_id, u.article_id, r.src_id) <> r.src_id AND (r.origin = 'text' OR NOT EXISTS (
        SELECT 1 FROM relations t WHERE t.src_id = u.article_id AND t.dst_id = r.src_id AND t.type = r.type))
"""
#: relations of a family that lead from some articles (a JSON array) to others of the database
_OUT = f"""
    SELECT r.src_id AS here, coalesce(r.dst_id, u.article_id) AS there, r.direction_known
    FROM json_each(:ids) w CROSS JOIN relations r ON r.src_id = w.value AND r.type IN ({_FAMILY})
         LEFT JOIN article_urls u ON u.url_key = r.dst_key
"""
#: those that lead to them
_IN = f"""
    SELECT w.value AS here, r.src_id AS there
    FROM json_each(:ids) w CROSS JOIN relations r ON r.dst_id = w.value AND r.type IN ({_FAMILY})
    UNION ALL
    SELECT w.value, r.src_id FROM json_each(:ids) w CROSS JOIN article_urls u ON u.article_id = w.value
         CROSS JOIN relations r ON r.dst_key = u.url_key AND r.dst_id IS NULL AND r.type IN ({_FAMILY})
"""
#: how many rows an answer to the two looks at
_SIZE = """
    SELECT (SELECT count(*) FROM relations WHERE src_id IN (SELECT value FROM json_each(:ids)))
         + (SELECT count(*) FROM relations WHERE dst_id IN (SELECT value FROM json_each(:ids)))
"""


def _walk(store: Store, root: int) -> tuple[dict[int, int], bool]:
    """The members of a family, each with the one it was found by; and whether that is all of them.

    In circles around the original, each by time.
    """
    found, circle, left = {root: root}, [root], MOST_ROWS
    while circle:
        new: dict[int, int] = {}
        for start in range(0, len(circle), CHUNK):
            ids = dumps(circle[start : start + CHUNK])
            left -= store.value(_SIZE, {"ids": ids})
            if left < 0 or len(found) + len(new) > MOST_COUNTED:
                return found | _by_time(store, new), False
            new |= _neighbours(store, ids, {**found, **new})
        new = _by_time(store, new)
        found |= new
        circle = list(new)
    return found, True


def _neighbours(store: Store, ids: str, found: dict[int, int]) -> dict[int, int]:
    """Further members of the family tied to the articles ``ids`` (a JSON array), each with the one it is tied to."""
    rows = store.all(
        f"SELECT there, min(here) AS here FROM ({_OUT} WHERE {_TIED}) WHERE there NOT IN"
        " (SELECT value FROM json_each(:found)) GROUP BY there"
        f" UNION ALL SELECT there, min(here) FROM ({_IN}) WHERE there NOT IN"
        " (SELECT value FROM json_each(:found)) GROUP BY there",
        {"ids": ids, "found": dumps(list(found))},
    )
    return {row["there"]: row["here"] for row in rows}


def _by_time(store: Store, found: dict[int, int]) -> dict[int, int]:
    times = _times(store, found)
    return {one: found[one] for one in sorted(found, key=lambda one: (times[one], one))}


def _times(store: Store, ids: Iterable[int]) -> dict[int, str]:
    rows = store.all(
        "SELECT id, coalesce(published, first_seen) AS at FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (dumps(list(ids)),),
    )
    return {row["id"]: row["at"] for row in rows}


# --- relations --------------------------------------------------------------------------------------------


def _edges_among(store: Store, members: Sequence[int]) -> Iterator[Edge]:
    """The family's relations among its members, and to what is not in the database."""
    rows = store.all(
        "SELECT * FROM lineage WHERE src_id IN (SELECT value FROM json_each(:members))"
        f" AND type IN ({_FAMILY}) AND (dst_id IS NULL OR dst_id IN (SELECT value FROM json_each(:members)))"
        # Where there are too many, those to the original are the last to go.
        " ORDER BY dst_id = :root DESC, direction_known DESC, confidence DESC, src_id, dst_url, type LIMIT :most",
        {"members": dumps(list(members)), "root": members[0], "most": MOST_EDGES},
    )
    return (_edge(row) for row in rows)


def _aside(store: Store, article_id: int, kind: str) -> Iterator[Edge]:
    rows = store.all(
        "SELECT * FROM lineage WHERE src_id = :id AND type = :kind UNION ALL "
        # The view finds by dst_id only what it has read whole: who leads here is looked up in the tables.
        "SELECT * FROM lineage WHERE dst_id = :id AND type = :kind AND src_id IN ("
        "SELECT src_id FROM relations WHERE dst_id = :id AND type = :kind"
        " UNION SELECT r.src_id FROM article_urls m JOIN relations r ON r.dst_key = m.url_key AND r.type = :kind"
        " WHERE m.article_id = :id)"
        " ORDER BY confidence DESC, src_id, dst_url LIMIT :most",
        {"id": article_id, "kind": kind, "most": MOST_ASIDE},
    )
    return (_edge(row) for row in rows)


def _edge(row: Row) -> Edge:
    values = dict(row)
    values["direction_known"] = bool(values["direction_known"])
    values["evidence"] = tuple(json.loads(values["evidence"]))
    return Edge(**values)


def heads(store: Store, ids: Iterable[int]) -> dict[int, Head]:
    """What a list says of these articles, by id."""
    rows = store.all(
        "SELECT a.id, o.slug AS outlet, a.title, a.url, a.language, coalesce(v.direction, 'ltr') AS direction,"
        " a.published, a.first_seen FROM articles a JOIN outlets o ON o.id = a.outlet_id"
        " LEFT JOIN versions v ON v.id = a.version_id WHERE a.id IN (SELECT value FROM json_each(?))",
        (dumps(list(ids)),),
    )
    return {row["id"]: Head(**dict(row)) for row in rows}


def count_copies(store: Store, ids: Iterable[int]) -> dict[int, int]:
    """How many articles were made from each of these, however far: copies, versions, translations."""
    return {one: _count_below(store, one) for one in ids}


def _count_below(store: Store, article_id: int) -> int:
    return int(
        store.value(
            f"""
            WITH RECURSIVE below(id) AS (
                VALUES (?)
                UNION
                SELECT r.src_id FROM below b CROSS JOIN relations r ON r.dst_id = b.id WHERE r.type IN ({_FAMILY})
                UNION
                SELECT r.src_id FROM below b CROSS JOIN article_urls u ON u.article_id = b.id
                     CROSS JOIN relations r ON r.dst_key = u.url_key AND r.dst_id IS NULL AND r.type IN ({_FAMILY})
                LIMIT ?
            )
            SELECT count(*) - 1 FROM below
            """,
            (article_id, MOST_COUNTED),
        )
    )


# --- originals only ---------------------------------------------------------------------------------------


def made_from(article: str, *, known: bool = False) -> str:
    """SQL: the articles (``dst``) of the database that ``article``, an expression, was made from."""
    return f"""
        SELECT coalesce(r.dst_id, u.article_id) AS dst FROM relations r LEFT JOIN article_urls u ON u.url_key = r.dst_key
        WHERE r.src_id = {article} AND r.type IN ({_FAMILY}) AND {_TIED} {"AND r.direction_known" if known else ""}
    """


#: the most articles of a circle that are looked at; beyond them a family may keep more than one article
_MOST_IN_CIRCLE = 300

#: what article ``a`` was made from, however far, and no further than it is asked; first what was seen first, since
#: the way to an original is short there
_UP = f"""
    WITH RECURSIVE up(id) AS (
        SELECT a.id
        UNION
        SELECT coalesce(r.dst_id, u.article_id) FROM up CROSS JOIN relations r ON r.src_id = up.id
             LEFT JOIN article_urls u ON u.url_key = r.dst_key
        WHERE r.type IN ({_FAMILY}) AND {_TIED}
        ORDER BY 1 LIMIT {_MOST_IN_CIRCLE}
    )
"""

# An article that comes from none stays. One that comes from such a one goes: that is all but a few. What is left
# comes from copies of copies, or from a circle, as editions that name each other do (hreflang): of a circle that
# nothing leads out of the one stays that is known to come from none, else the earliest.
IS_ORIGINAL = f"""
    CASE WHEN NOT EXISTS ({made_from("a.id")}) THEN 1
         WHEN EXISTS (SELECT 1 FROM ({made_from("a.id")}) e WHERE NOT EXISTS ({made_from("e.dst")})) THEN 0
         WHEN EXISTS ({_UP} SELECT 1 FROM up WHERE NOT EXISTS ({made_from("up.id")})) THEN 0
         WHEN NOT EXISTS ({_UP} SELECT 1 FROM up WHERE a.id IN ({made_from("up.id")})) THEN 0
         ELSE a.id = (
            {_UP} SELECT c.id FROM up JOIN articles c ON c.id = up.id
            ORDER BY EXISTS ({made_from("c.id", known=True)}), coalesce(c.published, c.first_seen), c.id LIMIT 1
         ) END
"""


def sources_of(store: Store, ids: Iterable[int]) -> dict[int, Source]:
    """What each of these articles was made from, the first of its family where it is known; originals are left out."""
    wanted = dumps(list(ids))
    rows = store.all(
        "SELECT l.src_id, l.dst_id, l.type FROM lineage l JOIN articles a ON a.id = l.src_id"
        " WHERE l.src_id IN (SELECT value FROM json_each(?)) AND l.dst_id IS NOT NULL"
        f" AND l.type IN ({_FAMILY}) AND NOT ({IS_ORIGINAL}) ORDER BY l.src_id,"
        f" NOT EXISTS ({made_from('l.dst_id')}) DESC, l.direction_known DESC, l.confidence DESC, l.dst_id, l.type",
        (wanted,),
    )
    found: dict[int, Source] = {}
    for row in rows:
        found.setdefault(row["src_id"], Source(id=row["dst_id"], type=row["type"]))
    return found
