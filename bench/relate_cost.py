"""What relating one more article costs in a large database, and how large its index is.

    python -m bench.relate_cost [--articles N] [--fresh N] [--texts LABELLED.jsonl]

Fills a database with N articles as relating leaves them (prints, clues, terms with their keys, at random), then
imports and relates fresh ones: 350 words each, made up in four scripts, or the texts of LABELLED (``lang``,
``paras``), of which those that are translations of each other are found again and cost what that costs. CPU is
this process's; the work on the text is timed by itself, the store's part is what is left.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from bench.prose import LETTERS, lexicon, sentence
from pipeline.article import CleanArticle, PageMeta
from pipeline.importing import import_article
from pipeline.names import names_in
from pipeline.relate.clues import clues_of
from pipeline.relate.fingerprint import prints_of, text_words
from pipeline.relate.relating import catch_up
from pipeline.relate.stories import terms_of
from pipeline.store import inverted
from pipeline.store.connection import Store, iso, open_store
from pipeline.store.inverted import CLUES, PRINTS
from presswatch.incoming import read_line

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAYS: Final = 60
_ROWS: Final = 100_000
_PRINTS, _CLUES, _STORY_KEYS, _TERMS = 28, 32, 9, 40
_TABLES: Final = ("prints", "clues", "traits", "story_keys", "story_reports", "relate_queue")
Text = tuple[str, list[str], str]


# --- the database -----------------------------------------------------------------------------------------


def fill(store: Store, count: int) -> None:
    """Articles of the last sixty days, each with random keys; common clues are shared by many."""
    with store.write():
        store.execute(
            "INSERT INTO outlets (id, slug, name, home, host, added_at) VALUES (1, 'old', 'Old', 'http://old.example',"
            " 'old.example', ?)",
            (iso(NOW),),
        )
        store.executemany(
            "INSERT INTO articles (id, outlet_id, url, canonical_url, first_seen, last_checked, title, body_hash,"
            " words) VALUES (?, 1, ?, ?, ?, ?, '', ?, 350)",
            [_article(number, count) for number in range(1, count + 1)],
        )
        store.executemany(
            "INSERT INTO traits (article_id, version_id, at, related_at, language, words, prints, clues, print_keys,"
            " clue_keys) VALUES (?, 1, ?, ?, 'en', 350, 28, ?, ?, ?)",
            list(_traits(count)),
        )
        store.executemany(
            "INSERT INTO story_reports (article_id, at, related_at, language, terms, keys)"
            " VALUES (?, ?, ?, 'en', ?, ?)",
            [
                (number, _at(number, count), _at(number, count), bytes(5 * _TERMS), bytes(4 * _STORY_KEYS))
                for number in range(1, count + 1)
            ],
        )
        for table, column, each, common in (
            ("prints", "print", _PRINTS, 0.0),
            ("clues", "clue", _CLUES, 0.3),
            ("story_keys", "key", _STORY_KEYS, 0.3),
        ):
            for rows in _keys(count, each, common):
                store.executemany(f"INSERT OR IGNORE INTO {table} ({column}, article_id) VALUES (?, ?)", rows)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _keys(count: int, each: int, common: float) -> Iterator[list[tuple[int, int]]]:
    """Rows of an index in its order, some at a time: any key, or one of those that several articles have."""
    chance = np.random.default_rng(each)
    keys = chance.integers(0, 2**32, count * each)
    shared = chance.random(len(keys)) < common
    keys[shared] = chance.integers(0, count, int(shared.sum()))
    holders = np.repeat(np.arange(1, count + 1), each)
    order = np.argsort(keys, kind="stable")
    for start in range(0, len(order), _ROWS):
        some = order[start : start + _ROWS]
        yield list(zip(keys[some].tolist(), holders[some].tolist(), strict=True))


def _at(number: int, count: int) -> int:
    return int((NOW - timedelta(days=DAYS * (1 - number / count))).timestamp())


def _article(number: int, count: int) -> tuple[object, ...]:
    seen = iso(datetime.fromtimestamp(_at(number, count), UTC))
    url = f"http://old.example/{number}"
    return number, url, url, seen, seen, f"{number:040d}"


def _traits(count: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(2)
    for number in range(1, count + 1):
        at = _at(number, count)
        prints = inverted.packed(chance.getrandbits(32) for _ in range(_PRINTS))
        clues = inverted.packed(chance.getrandbits(32) for _ in range(_CLUES))
        yield number, at, at, array("B", bytes(500)).tobytes(), prints, clues


# --- fresh articles ---------------------------------------------------------------------------------------


def made_up(count: int) -> list[Text]:
    """Texts of 350 words with names and numbers."""
    chance = random.Random(3)
    lexicons = {language: lexicon(chance, letters) for language, letters in LETTERS.items()}
    return [
        (sentence(chance, lexicons[one], 9), [sentence(chance, lexicons[one], 70) for _ in range(5)], one)
        for one in (list(LETTERS)[number % len(LETTERS)] for number in range(count))
    ]


def labelled(path: Path, count: int) -> list[Text]:
    """The texts of a file of labelled articles."""
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines()[:count])
    return [(row["paras"][0], row["paras"][1:] or row["paras"], row["lang"]) for row in rows]


def put(store: Store, texts: Sequence[Text]) -> None:
    """Import the texts, minutes apart, each from one of 50 outlets."""
    with store.write():
        for number, (title, paragraphs, language) in enumerate(texts):
            given = {
                "url": f"https://fresh-{number % 50}.example/{number}",
                "title": title,
                "text": "\n\n".join(paragraphs),
                "language": language,
                "published": iso(NOW - timedelta(minutes=number)),
                "outlet": f"fresh-{number % 50}",
            }
            import_article(store, read_line(json.dumps(given).encode(), _no_html), NOW)


def _no_html(html: str, meta: PageMeta) -> CleanArticle:
    raise AssertionError((html, meta))


# --- measuring --------------------------------------------------------------------------------------------


def spent(work: Callable[[], object], count: int) -> float:
    """Milliseconds of CPU an article."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1_000 / count


def text_work(texts: Sequence[Text]) -> dict[str, float]:
    """What is done with the texts alone, by part."""
    found = [clues_of(*text) for text in texts]
    parts: dict[str, Callable[[], object]] = {
        "words and prints": lambda: [prints_of(text_words(title, body)) for title, body, _ in texts],
        "clues": lambda: [clues_of(*text) for text in texts],
        "names": lambda: [names_in(*text) for text in texts],
        "terms": lambda: [
            terms_of(title, None, body, language, clues=known)
            for (title, body, language), known in zip(texts, found, strict=True)
        ],
    }
    return {name: spent(work, len(texts)) for name, work in parts.items()}


def sizes(store: Store) -> dict[str, int]:
    """Bytes of each table of the index, with its own indexes."""
    rows = store.all(
        "SELECT s.tbl_name AS name, sum(d.pgsize) AS size FROM dbstat d JOIN sqlite_schema s ON s.name = d.name"
        " WHERE d.aggregate = TRUE GROUP BY s.tbl_name"
    )
    return {row["name"]: row["size"] for row in rows if row["name"] in _TABLES}


def first_query(db: Path, texts: Sequence[Text]) -> float:
    """Milliseconds until a database just opened has answered who shares something with an article."""
    title, body, language = texts[0]
    prints, clues = prints_of(text_words(title, body)), clues_of(title, body, language).asked
    began = time.perf_counter()
    with open_store(db) as store:
        inverted.look_up(store, PRINTS, prints)
        inverted.look_up(store, CLUES, clues)
        return (time.perf_counter() - began) * 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--fresh", type=int, default=1_000)
    parser.add_argument("--texts", type=Path)
    given = parser.parse_args()
    texts = labelled(given.texts, given.fresh) if given.texts else made_up(given.fresh)
    warm, texts = texts[: len(texts) // 4], texts[len(texts) // 4 :]
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "press.db"
        with open_store(db) as store:
            fill(store, given.articles)
            size = sizes(store)
            put(store, [*warm, *texts])
            catch_up(store, NOW, most=len(warm))
            whole = spent(lambda: catch_up(store, NOW), len(texts))
        query = first_query(db, texts)
    parts = text_work(texts)
    print(f"{given.articles:,} articles, {len(texts)} fresh ones: {whole:.2f} ms of CPU each")
    for name, part in (*parts.items(), ("store", whole - sum(parts.values()))):
        print(f"  {name:18} {part:.2f}")
    total = sum(size.values()) / given.articles * 1_000_000
    print(f"index of a million articles: {total / 1e6:,.0f} MB, first query {query:.1f} ms")
    for name, part in sorted(size.items(), key=lambda item: -item[1]):
        print(f"  {name:18} {part / given.articles:,.0f} bytes an article")


if __name__ == "__main__":
    main()
