"""Relations that were found by comparing texts. What pages declare themselves is written by ``articles.relate``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.relate.types import COPIES, Kind, Relation
from pipeline.store.connection import Store, dumps
from pipeline.urls import url_key

_COPIES: Final = "(" + ", ".join(f"'{kind}'" for kind in sorted(COPIES)) + ")"


def write(store: Store, found: Relation) -> None:
    """Store a relation found by comparing. What the page itself declares of the same pair goes into its evidence."""
    url = store.value("SELECT url FROM articles WHERE id = ?", (found.dst,))
    declared = store.one(
        "SELECT max(r.confidence) AS confidence, json_group_array(r.evidence) AS evidence FROM relations r"
        " JOIN article_urls u ON u.url_key = r.dst_key WHERE r.src_id = ? AND r.origin = 'declared'"
        " AND r.type IN (?, 'syndicated-copy-of') AND u.article_id = ?",
        (found.src, found.kind, found.dst),
    )
    assert declared is not None
    lines = [line for lines in json.loads(declared["evidence"]) for line in json.loads(lines)]
    store.execute(
        "INSERT INTO relations (src_id, dst_key, dst_url, dst_id, type, origin, confidence, direction_known, evidence)"
        " VALUES (?, ?, ?, ?, ?, 'text', ?, ?, ?) ON CONFLICT (src_id, dst_key, type, origin) DO UPDATE SET"
        " dst_id = excluded.dst_id, confidence = excluded.confidence, direction_known = excluded.direction_known,"
        " evidence = excluded.evidence",
        (
            found.src,
            url_key(url),
            url,
            found.dst,
            found.kind,
            round(max(found.confidence, declared["confidence"] or 0.0), 3),
            int(found.direction_known),
            dumps(tuple(dict.fromkeys((*lines, *found.evidence)))),
        ),
    )


def withdraw(store: Store, article_id: int) -> set[int]:
    """Forget what comparing found of an article; returns the other ends."""
    rows = store.all(
        "DELETE FROM relations WHERE origin = 'text' AND (src_id = ? OR dst_id = ?) RETURNING src_id, dst_id",
        (article_id, article_id),
    )
    return {end for row in rows for end in (row["src_id"], row["dst_id"])} - {article_id}


def withdraw_pair(store: Store, one: int, other: int, kind: Kind) -> None:
    """Forget one relation between two articles that comparing found, whichever way it goes."""
    store.execute(
        "DELETE FROM relations WHERE origin = 'text' AND type = ?"
        " AND ((src_id = ? AND dst_id = ?) OR (src_id = ? AND dst_id = ?))",
        (kind, one, other, other, one),
    )


def copies_of(store: Store, ids: Iterable[int], most: int) -> dict[int, set[int]]:
    """For each of these articles those that comparing found to be copies of it, or it of them; ``most`` in all."""
    listed = dumps(sorted(ids))
    rows = store.all(
        f"SELECT src_id AS one, dst_id AS other FROM relations WHERE origin = 'text' AND type IN {_COPIES}"
        " AND src_id IN (SELECT value FROM json_each(?)) AND dst_id IS NOT NULL"
        f" UNION ALL SELECT dst_id, src_id FROM relations WHERE origin = 'text' AND type IN {_COPIES}"
        " AND dst_id IN (SELECT value FROM json_each(?)) LIMIT ?",
        (listed, listed, most),
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row["one"], set()).add(row["other"])
    return found


def translations_of(store: Store, article_id: int) -> set[int]:
    """The articles that comparing found to be translations of this one, or it of them."""
    rows = store.all(
        "SELECT dst_id AS other FROM relations WHERE origin = 'text' AND type = :kind AND src_id = :id"
        " UNION SELECT src_id FROM relations WHERE origin = 'text' AND type = :kind AND dst_id = :id",
        {"kind": Kind.TRANSLATION_OF, "id": article_id},
    )
    return {row["other"] for row in rows}


def declared_kin(store: Store, article_id: int) -> set[int]:
    """The articles that this one declares to be its origin or edition, and those that declare it to be theirs."""
    rows = store.all(
        "SELECT u.article_id AS other FROM relations r JOIN article_urls u ON u.url_key = r.dst_key"
        " WHERE r.src_id = :id AND r.origin = 'declared'"
        " UNION SELECT r.src_id FROM article_urls u JOIN relations r ON r.dst_key = u.url_key"
        " WHERE u.article_id = :id AND r.origin = 'declared'",
        {"id": article_id},
    )
    return {row["other"] for row in rows} - {article_id}


def earliest(store: Store, ids: Sequence[int], most: int) -> list[int]:
    """Of these articles those that were published first, by their outlets' corrected clocks."""
    rows = store.all(
        "SELECT t.article_id FROM json_each(?) k CROSS JOIN traits t ON t.article_id = k.value"
        " ORDER BY t.at, t.article_id LIMIT ?",
        (dumps(sorted(ids)), most),
    )
    return [row["article_id"] for row in rows]
