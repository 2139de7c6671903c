"""Spellings of names: what the articles wrote, by the keys of ``pipeline.names``."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.names import ALIKE, alike, variants_key
from pipeline.store.connection import Store, dumps

#: how many spellings of one name a search asks for
MOST_SPELLINGS = 64
#: how many words of one key are compared at most: what has more is no name, and would take too long
MOST_COMPARED = 1500


def learn(store: Store, words: Iterable[str]) -> None:
    """Keep folded words of an article as spellings. Known ones, most of them, cost a look each.

    A word's row under the empty key says that it is known, whether it has keys or not.
    """
    rows = store.all(
        "SELECT value FROM json_each(?) WHERE NOT EXISTS"
        " (SELECT 1 FROM spellings WHERE skeleton = '' AND word = value)",
        (dumps(list(words)),),
    )
    new = [(key, row["value"]) for row in rows for key in ("", *variants_key(row["value"]))]
    if new:
        store.executemany("INSERT OR IGNORE INTO spellings (skeleton, word) VALUES (?, ?)", new)


def spellings_of(store: Store, word: str) -> tuple[str, ...]:
    """The words of the texts that spell the name of this folded word in any script, the most alike first.

    The word itself is left out; at most ``MOST_SPELLINGS``.
    """
    likely = {
        row["word"]: None
        for key in variants_key(word)
        for row in store.all("SELECT word FROM spellings WHERE skeleton = ? LIMIT ?", (key, MOST_COMPARED))
    }
    scored = sorted((-alike(word, other), other) for other in likely if other != word)
    return tuple(other for score, other in scored if -score >= ALIKE)[:MOST_SPELLINGS]
