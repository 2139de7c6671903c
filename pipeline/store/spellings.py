"""Spellings of names: what the articles wrote, by the keys of ``pipeline.names``."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.names import ALIKE, alike, variants_key
from pipeline.names_places import also_called
from pipeline.names_query import script_of
from pipeline.store.connection import Store, dumps

#: how many spellings of one name a search asks for
MOST_SPELLINGS = 64
#: how many words of one key are compared at most: what has more is no name, and would take too long
MOST_COMPARED = 1500
#: the languages of so many articles that came in last are those that places are asked for in
_LATEST = 2000


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


def languages_of(store: Store) -> tuple[str, ...]:
    """The languages of the articles that came in last, without their regions."""
    rows = store.all(
        "SELECT DISTINCT language FROM (SELECT language FROM articles ORDER BY id DESC LIMIT ?) WHERE language IS NOT NULL",
        (_LATEST,),
    )
    return tuple(sorted({row["language"].replace("_", "-").partition("-")[0].lower() for row in rows}))


def spellings_of(store: Store, asked: str, languages: Iterable[str] = ()) -> tuple[str, ...]:
    """The words of the texts that spell the name asked for in any script, the most alike first.

    ``asked`` is a folded word, or a place's name of several, one space apart. Where it is a place, what it is called
    in ``languages`` comes first, whether a text has it or not, and then the words alike to that. ``asked`` itself is
    left out; at most ``MOST_SPELLINGS``.
    """
    places = also_called(asked, languages)
    scores = {} if " " in asked else {other: alike(asked, other) for other in _likely(store, asked)}
    for name in (place for place in places if " " not in place):
        # Its own endings only: what it is called in another script is another of the names.
        for other in _likely(store, name):
            if script_of(other) == script_of(name) and scores.get(other, 0.0) < ALIKE:
                scores[other] = alike(name, other)
    ranked = sorted((-score, other) for other, score in scores.items() if score >= ALIKE)
    found = dict.fromkeys((*places, *(other for _, other in ranked)))
    found.pop(asked, None)
    return tuple(found)[:MOST_SPELLINGS]


def _likely(store: Store, name: str) -> dict[str, None]:
    """The words that share a key with a name."""
    return {
        row["word"]: None
        for key in variants_key(name)
        for row in store.all("SELECT word FROM spellings WHERE skeleton = ? LIMIT ?", (key, MOST_COMPARED))
    }
