"""Entries and pages: which changes are worth a request, and what is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline.store import outlets, pages
from pipeline.store.connection import Store, iso
from tests.pipeline.newsroom import YEAR, Make, Newsroom


@pytest.fixture
def room(store: Store, make_article: Make, now: datetime) -> Newsroom:
    return Newsroom(store, make_article, now)


# --- etiquette: which changes of an entry are worth a request -------------------------------------------


@pytest.mark.parametrize(
    ("hours", "words", "due"),
    [
        (2, {"summary": "other"}, True),
        (30, {"summary": "other"}, False),
        (30, {"title": "Edited"}, True),
        (30, {"summary": "other", "published": 29}, False),
        (30, {"updated": 29}, True),
        (30, {"updated": -1}, False),
        (900, {"title": "Edited"}, True),
    ],
)
def test_a_changed_entry_is_worth_a_request_or_not(
    room: Newsroom, hours: int, words: dict[str, object], due: bool
) -> None:
    born = room.now - timedelta(hours=hours)
    room.publish(born, "a")
    dated = {name: born + timedelta(hours=v) if isinstance(v, int) else v for name, v in words.items()}
    assert (room.poll(room.now, "a", **dated) != ()) is due


def test_a_summary_says_nothing_of_an_article_that_is_older_than_its_entry(room: Newsroom) -> None:
    article_id = room.publish(room.now - timedelta(hours=2), "a")
    room.store.execute(
        "UPDATE articles SET published = ? WHERE id = ?", (iso(room.now - timedelta(days=9)), article_id)
    )
    assert room.poll(room.now, "a", summary="12 comments") == ()


def test_a_feed_that_dates_everything_today_makes_old_articles_no_younger(room: Newsroom) -> None:
    room.publish(room.now - timedelta(days=3), "a")
    for hour in range(1, 4):
        at = room.now + timedelta(hours=hour)
        assert room.poll(at, "a", summary=f"{hour} comments", published=at) == ()


# --- the queue ------------------------------------------------------------------------------------------


def test_the_next_page_that_is_due(room: Newsroom) -> None:
    assert pages.next_due(room.store, room.now) is None
    room.poll(room.now, *range(5))
    assert pages.next_due(room.store, room.now - timedelta(hours=1)) == room.now
    assert pages.next_due(room.store, room.now + timedelta(hours=1)) == room.now + timedelta(hours=1)
    assert pages.count_due(room.store, room.now) == 5
    assert pages.count_due(room.store, room.now, most=3) == 3
    assert pages.count_due(room.store, room.now - timedelta(seconds=1)) == 0
    room.store.execute("UPDATE pages SET next_attempt = ? WHERE id = 1", (iso(room.now + YEAR),))
    assert len(pages.lease_due(room.store, room.run, room.now, most=3)) == 3
    assert pages.count_due(room.store, room.now) == 1
    pages.lease_due(room.store, room.run, room.now)
    assert pages.next_due(room.store, room.now) == room.now + YEAR
    outlets.set_paused(room.store, "gazette", True)
    assert pages.next_due(room.store, room.now) is None


def test_what_is_due_is_found_without_reading_the_pages(room: Newsroom) -> None:
    room.poll(room.now, *range(5))
    statements = list[str]()
    connection = room.store.execute("SELECT 1").connection
    connection.set_trace_callback(statements.append)
    pages.next_due(room.store, room.now)
    pages.count_due(room.store, room.now)
    connection.set_trace_callback(None)
    for statement in statements:
        plan = " ".join(row["detail"] for row in room.store.all(f"EXPLAIN QUERY PLAN {statement}"))
        assert "USING COVERING INDEX pages_due" in plan
