"""An outlet's clock error, from the times it gives and the times its articles were first seen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import CleanArticle
from pipeline.store import outlets
from pipeline.store.articles import Provenance, insert_article
from pipeline.store.clocks import LATEST, clock_error, error_of
from pipeline.store.connection import Store
from pipeline.types import OutletSpec

Make = Callable[..., CleanArticle]
SPEC = OutletSpec(slug="gazette", name="Gazette", home="http://gazette.example")


def found_late(error: int, count: int, *, every: int = 15, seed: int = 7) -> list[int]:
    """Seconds from first sight to the time given: polled every so many minutes, the clock out by ``error`` minutes."""
    dice = random.Random(seed)
    return [error * 60 - dice.randrange(every * 60) for _ in range(count)]


def insert(store: Store, make: Make, now: datetime, apart: Iterable[int], cause: str = "outlet") -> int:
    outlet, _ = outlets.add_outlet(store, SPEC, now)
    for number, seconds in enumerate(apart):
        seen = now + timedelta(minutes=20 * number)
        article = make(url=f"http://gazette.example/{number}", published=seen + timedelta(seconds=seconds))
        insert_article(store, article, outlet.id, Provenance(seen_at=seen, cause=cause))
    return outlet.id


@pytest.mark.parametrize("error", [0, 60, 120, 180, 330, 600, 780])
def test_a_clock_ahead_is_known_to_the_half_hour(error: int) -> None:
    assert error_of(found_late(error, 40)) == timedelta(minutes=error)


@pytest.mark.parametrize("error", [-60, -120, -300])
def test_a_clock_behind_is_known_where_all_are_late_by_the_same(error: int) -> None:
    assert error_of(found_late(error, 40)) == timedelta(minutes=error)


def test_rare_polls_are_no_clock_behind() -> None:
    assert error_of(found_late(0, 60, every=300)) == timedelta()
    assert error_of(found_late(-60, 19)) == timedelta()


def test_a_few_articles_announced_for_later_are_no_clock_ahead() -> None:
    assert error_of([*found_late(0, 40), *found_late(180, 6)]) == timedelta()
    assert error_of(found_late(180, 4)) == timedelta()


def test_old_articles_found_with_the_first_poll_do_not_count() -> None:
    old = [-3600 * hours for hours in range(20, 400, 10)]
    assert error_of([*old, *found_late(120, 20)]) == timedelta(hours=2)


@given(st.lists(st.integers(-(10**9), 10**9), max_size=60))
@settings(max_examples=100)
def test_any_times_give_a_zone_error_or_none(apart: list[int]) -> None:
    error = error_of(apart)
    assert abs(error) <= timedelta(hours=15, minutes=30)
    assert error % timedelta(minutes=30) == timedelta()
    assert error_of(sorted(apart)) == error


def test_the_store_knows_the_clock_of_an_outlet(store: Store, make_article: Make, now: datetime) -> None:
    outlet = insert(store, make_article, now, found_late(120, 12))
    assert clock_error(store, outlet) == timedelta(hours=2)
    assert clock_error(store, outlet + 1) == timedelta()


def test_imported_articles_tell_nothing_of_the_clock(store: Store, make_article: Make, now: datetime) -> None:
    outlet = insert(store, make_article, now, found_late(-120, 30), cause="import")
    assert clock_error(store, outlet) == timedelta()


def test_only_an_index_is_read(store: Store) -> None:
    plan = store.all(f"EXPLAIN QUERY PLAN {LATEST}", (1, 60))
    assert not any("SCAN" in row["detail"] or "TEMP B-TREE" in row["detail"] for row in plan)
