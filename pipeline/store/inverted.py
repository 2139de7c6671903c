"""Inverted indexes: from a 32-bit key of a text to the articles that have it.

A key that more than ``most`` articles hold says nothing of kinship: its rows are not read any more, and no more
are added, so that a look-up costs the same in a large database as in a small one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.store.connection import Store


@dataclass(frozen=True, slots=True)
class Index:
    """One inverted index: its table, the column of its keys, and how many articles may share a key."""

    table: str
    column: str
    most: int


#: winnowed shingles: leads to copies and quotations
PRINTS: Final = Index("prints", "print", 48)
#: names, numbers, telling words: leads to translations and to articles of one story
CLUES: Final = Index("clues", "clue", 64)


@dataclass(frozen=True, slots=True)
class Hits:
    """What a look-up found: the keys that each article shares, how many hold each, and those that too many hold."""

    shared: dict[int, list[int]]
    holders: dict[int, int]
    crowded: frozenset[int]


def look_up(store: Store, index: Index, keys: Sequence[int]) -> Hits:
    """The articles that hold any of these keys."""
    rows = store.all(
        f"SELECT k.value, x.article_id FROM json_each(?) k CROSS JOIN {index.table} x ON x.{index.column} = k.value",
        (_listed(keys),),
    )
    by_key: dict[int, list[int]] = {}
    for key, article_id in rows:
        by_key.setdefault(key, []).append(article_id)
    shared: dict[int, list[int]] = {}
    for key, holders in by_key.items():
        if len(holders) < index.most:
            for article_id in holders:
                shared.setdefault(article_id, []).append(key)
    crowded = frozenset(key for key, holders in by_key.items() if len(holders) >= index.most)
    return Hits(shared, {key: len(holders) for key, holders in by_key.items()}, crowded)


def add(store: Store, index: Index, article_id: int, keys: Iterable[int]) -> None:
    """Let these keys lead to the article."""
    store.executemany(
        f"INSERT OR IGNORE INTO {index.table} ({index.column}, article_id) VALUES (?, ?)",
        [(key, article_id) for key in sorted(keys)],
    )


def remove(store: Store, index: Index, article_id: int, keys: Iterable[int]) -> None:
    """Let these keys not lead to the article any more."""
    store.executemany(
        f"DELETE FROM {index.table} WHERE {index.column} = ? AND article_id = ?",
        [(key, article_id) for key in sorted(keys)],
    )


def packed(keys: Iterable[int]) -> bytes:
    """Keys as the store keeps them beside their article: four bytes each, in order."""
    made = array("I", sorted(keys))
    assert made.itemsize == 4
    return made.tobytes()


def unpacked(data: bytes) -> tuple[int, ...]:
    """The keys of :func:`packed`."""
    made = array("I")
    made.frombytes(data)
    return tuple(made)


def _listed(keys: Sequence[int]) -> str:
    return "[" + ",".join(map(str, sorted(keys))) + "]"
