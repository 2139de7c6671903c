"""Judges telling stories on labelled articles, through the store, in three orders of arrival.

    python -m bench.stories LABELLED.jsonl [--wrong]

LABELLED has one article a line, as ``import`` takes it (``title text published language outlet``), with ``event``:
what it tells of. Two articles belong together when their events are the same. ``--wrong`` lists the pairs that are
taken for one event and are two, and those that are one event and are not taken for it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.article import CleanArticle, PageMeta
from pipeline.importing import import_article
from pipeline.relate.relating import catch_up
from pipeline.store.connection import Store, open_store
from presswatch.incoming import read_line

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Pairs of articles: rightly and wrongly taken for one event, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs found, those that are one event."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that are one event, those found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"


def read(path: Path) -> list[dict[str, Any]]:
    """The labelled articles of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def told(store: Store, rows: Rows, order: Sequence[int]) -> dict[int, int]:
    """The rows' stories, after they came into the store in this order; those in none are left out."""
    now = datetime.now(UTC)
    with store.write():
        for index in order:
            given = {**rows[index], "url": _url(rows[index], index)}
            import_article(store, read_line(json.dumps(given).encode(), _no_html), now)
    catch_up(store, now)
    return {_index(row["url"]): row["story"] for row in store.all("SELECT url, story FROM story_members")}


def judge(rows: Rows, stories: dict[int, int], languages: bool | None = None) -> Judged:
    """The pairs of all rows; where ``languages`` is given those in one language (False) or two (True)."""
    right = wrong = missed = 0
    for one, other, same, together in pairs(rows, stories):
        if languages in (None, rows[one]["language"] != rows[other]["language"]):
            right += same and together
            wrong += together and not same
            missed += same and not together
    return Judged(right=right, wrong=wrong, missed=missed)


def pairs(rows: Rows, stories: dict[int, int]) -> Iterator[tuple[int, int, bool, bool]]:
    """Each pair of rows, whether it is one event, and whether it was taken for one."""
    for one, other in combinations(range(len(rows)), 2):
        together = one in stories and stories.get(one) == stories.get(other)
        yield one, other, rows[one]["event"] == rows[other]["event"], together


def _url(row: dict[str, Any], index: int) -> str:
    return f"https://{row['outlet']}.example/{index}"


def _index(url: str) -> int:
    return int(url.rpartition("/")[2])


def _no_html(html: str, meta: PageMeta) -> CleanArticle:
    raise AssertionError((html, meta))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    rows = read(given.labelled)
    print(f"{len(rows)} articles, {len({row['event'] for row in rows})} events")
    orders = {
        "as listed": list(range(len(rows))),
        "last first": list(range(len(rows)))[::-1],
        "shuffled": random.Random(1).sample(range(len(rows)), len(rows)),
    }
    for name, order in orders.items():
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "stories.db") as store:
            started = time.process_time()
            stories = told(store, rows, order)
            cost = (time.process_time() - started) * 1_000 / len(rows)
        print(f"{name:10} {judge(rows, stories)}  (one language {judge(rows, stories, False)};", end=" ")
        print(f"two {judge(rows, stories, True)})  {cost:.1f} ms an article, import and all")
    if given.wrong:
        for one, other, same, together in pairs(rows, stories):
            if same != together:
                said = "two events" if together else "missed"
                print(f"{said}: {rows[one]['event']}, {rows[one]['title']} | {rows[other]['title']}")


if __name__ == "__main__":
    main()
