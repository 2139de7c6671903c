"""A database of 60,000 feeds, and how long the daemon's questions to it take; for ``bench.daemon_cost``."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.decide import Polling
from pipeline.store import care, feeds, figures, incidents, pages, runs
from pipeline.store.connection import Store, iso, open_store
from scheduler.order import put_in_order

NOW: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
_OUTLETS: Final = 20_000
_FEEDS_EACH: Final = 3
_PAGES_EACH: Final = 10
#: what a crawl takes at once
_TAKEN: Final = 400
_QUEUES: Final = (("feeds", "next_check"), ("pages", "next_attempt"))


def fill(db: Path) -> None:
    """20,000 outlets with 60,000 feeds, 200,000 pages, half of them articles; a hundredth of all is due."""
    with open_store(db) as store, store.write():
        store.executemany(
            "INSERT INTO outlets (id, slug, name, home, host, added_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(n, f"o{n}", f"Outlet {n}", f"http://o{n}.example", f"o{n}.example", iso(NOW)) for n in _ids()],
        )
        store.executemany(
            "INSERT INTO feeds (id, outlet_id, url, next_check, last_checked, last_success, etag)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [_feed(number) for number in range(1, _OUTLETS * _FEEDS_EACH + 1)],
        )
        store.executemany(
            "INSERT INTO articles (id, outlet_id, url, canonical_url, first_seen, last_checked, title, body_hash,"
            " words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 500)",
            [_article(number) for number in range(1, _OUTLETS * _PAGES_EACH // 2 + 1)],
        )
        store.executemany(
            "INSERT INTO pages (outlet_id, url, url_key, state, article_id, first_seen, next_attempt, last_fetched)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_page(number) for number in range(_OUTLETS * _PAGES_EACH)],
        )
        store.executemany(
            "INSERT INTO outlet_rhythms (outlet_id, state, last_news, silent_after) VALUES (?, '{}', ?, ?)",
            [(n, iso(NOW - timedelta(hours=2)), iso(NOW + timedelta(minutes=n % 3000 - 5))) for n in _ids()],
        )


def _ids() -> range:
    return range(1, _OUTLETS + 1)


def _spread(number: int) -> datetime:
    """A hundredth is due, the rest within a day."""
    return NOW + timedelta(seconds=number * 7919 % 86_400 - 864)


def _feed(number: int) -> tuple[object, ...]:
    outlet, before = (number - 1) // _FEEDS_EACH + 1, iso(NOW - timedelta(hours=3))
    return number, outlet, f"http://o{outlet}.example/{number}", iso(_spread(number)), before, before, '"1"'


def _article(number: int) -> tuple[object, ...]:
    outlet, seen = number % _OUTLETS + 1, iso(NOW - timedelta(minutes=number % 100_000))
    url = f"http://o{outlet}.example/a/{number}"
    return number, outlet, url, url, seen, seen, f"Story {number}", f"{number:064x}"


def _page(number: int) -> tuple[object, ...]:
    """Half are articles; half of these, and a few others, will be looked at again."""
    outlet, article = number % _OUTLETS + 1, number // 2 if number % 2 and number > 1 else None
    again = iso(_spread(number)) if number % 4 == 1 or number % 40 == 0 else None
    url = f"http://o{outlet}.example/a/{number}"
    state = "stored" if article else "pending" if again else "failed"
    return outlet, url, url, state, article, iso(NOW), again, iso(NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds a question took, with its commit: medians of a few tries, and the longest."""

    what: str
    cpu: float
    wall: float
    longest: float


def _keep(store: Store) -> None:
    """Remember who holds what and when it is due, so that ``_restore`` can take back what a question wrote."""
    for table, due in _QUEUES:
        store.execute(f"DROP TABLE IF EXISTS temp.kept_{table}")
        store.execute(f"CREATE TEMP TABLE kept_{table} (id INTEGER PRIMARY KEY, due TEXT, held INTEGER)")
        store.execute(f"INSERT INTO kept_{table} SELECT id, {due}, lease_run FROM {table}")


def _restore(store: Store) -> None:
    with store.write():
        for table, due in _QUEUES:
            store.execute(
                f"UPDATE {table} SET {due} = k.due, lease_run = k.held FROM kept_{table} k WHERE k.id = {table}.id"
                f" AND ({table}.lease_run IS NOT k.held OR {table}.{due} IS NOT k.due)"
            )


def _timed(store: Store, what: str, ask: Callable[[], object], tries: int = 5) -> Timed:
    wall, cpu = [], []
    for _ in range(tries):
        began, used = time.perf_counter(), time.thread_time()
        ask()
        cpu.append(1000 * (time.thread_time() - used))
        wall.append(1000 * (time.perf_counter() - began))
        _restore(store)
    return Timed(what=what, cpu=statistics.median(cpu), wall=statistics.median(wall), longest=max(wall))


def questions(store: Store, run: int) -> list[Timed]:
    """How long each of the daemon's questions takes, and what a crawl asks to take its work."""

    def tick() -> None:
        feeds.count_due(store, NOW, 2000)
        pages.count_due(store, NOW, 2000)

    asked: list[tuple[str, Callable[[], object]]] = [
        ("tick: count what is due", tick),
        ("take 400 feeds", lambda: feeds.lease_due(store, run, NOW, most=_TAKEN)),
        ("take 400 pages", lambda: pages.lease_due(store, run, NOW, most=_TAKEN)),
        ("when is the next feed due", lambda: feeds.next_due(store)),
        ("when is the next page due", lambda: pages.next_due(store, NOW)),
        ("who is silent", lambda: incidents.silent_outlets(store, NOW)),
        ("whose silence is over", lambda: incidents.returned(store)),
        ("the metrics' figures", lambda: figures.figures(store, NOW, None)),
        ("put in order after a pause", lambda: put_in_order(store, Polling(), NOW)),
    ]
    return [_timed(store, what, ask) for what, ask in asked]


#: what makes a situation of the ordinary one
SITUATIONS: Final = {
    "1 % due": (),
    "all 60,000 feeds overdue": (
        (
            "UPDATE feeds SET next_check ="
            " strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-11-23', '-' || (id % 9999) || ' seconds')"
        ),
    ),
    "10,002 feeds of paused outlets overdue, nothing else due": (
        "UPDATE outlets SET paused = id <= 3334",
        "UPDATE feeds SET next_check = iif(outlet_id <= 3334, '2026-11-20T', '2026-11-24T') || '10:00:00+00:00'",
        "UPDATE pages SET next_attempt = '2026-11-24T10:00:00+00:00' WHERE next_attempt IS NOT NULL",
    ),
    "all overdue, 6,000 feeds at hosts that another crawl is at": (
        "UPDATE outlets SET paused = 0",
        "UPDATE feeds SET next_check = '2026-11-20T10:00:00+00:00'",
        "UPDATE pages SET next_attempt = '2026-11-20T10:00:00+00:00' WHERE next_attempt IS NOT NULL",
        "INSERT INTO crawls (id, started_at, pid, process_token) VALUES (999, '2026-11-23', 1, '')",
        "UPDATE feeds SET lease_run = 999 WHERE outlet_id <= 2000 AND id % 3 = 0",
    ),
}


def measure(db: Path) -> Iterator[tuple[str, list[Timed]]]:
    """Every situation's name and figures."""
    with open_store(db) as store:
        care.refresh(store)  # with the statistics that SQLite will have by then
        run = runs.start_run(store, NOW)
        for name, statements in SITUATIONS.items():
            with store.write():
                for statement in statements:
                    store.execute(statement)
            _keep(store)
            yield name, questions(store, run)


def main() -> None:
    """Print the figures for the database named, made if it is not there."""
    db = Path(sys.argv[1])
    if not db.exists():
        fill(db)
    print("ms: CPU, wall, longest wall")
    for name, figs in measure(db):
        print(name)
        for timed in figs:
            print(f"  {timed.what:<30}{timed.cpu:8.1f}{timed.wall:8.1f}{timed.longest:8.1f}")


if __name__ == "__main__":
    main()
