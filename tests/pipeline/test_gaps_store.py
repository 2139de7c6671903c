"""Gaps in the store: opened once, taken once, tried ever more rarely, healed or left open with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.coverage import Gap, Healing, Seen, compare
from pipeline.decide import plan_entries
from pipeline.healing import store_healing
from pipeline.store import gaps, outlets, pages, runs
from pipeline.store.connection import Store, open_store
from pipeline.types import FeedEntry, FeedSnapshot, OutletFeed, OutletSpec

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BASE = "https://g.example"
GAP = Gap(after=NOW, before=NOW + 3 * HOUR)
NOTHING = Healing(entries=(), covered=False, source=None, message="nothing reaches back")


@pytest.fixture
def gazette(tmp_path: Path) -> Iterator[Store]:
    feeds = (OutletFeed(url=f"{BASE}/rss"), OutletFeed(url=f"{BASE}/news.xml", kind="sitemap"))
    with open_store(tmp_path / "presswatch.db") as store:
        outlets.add_outlet(store, OutletSpec(slug="g", name="G", home=f"{BASE}/", feeds=feeds), NOW)
        runs.start_run(store, NOW)
        yield store


def entry(number: int, **changes: object) -> FeedEntry:
    url = f"{BASE}/news/{number}"
    return replace(
        FeedEntry(id=url, url=url, title=f"Article {number}", published=NOW + number * timedelta(minutes=1)),
        **changes,  # type: ignore[arg-type]
    )


def poll(store: Store, entries: Sequence[FeedEntry], at: datetime, feed_id: int = 1) -> None:
    snapshot = FeedSnapshot(url=f"{BASE}/rss", format="rss20", title="G", entries=tuple(entries))
    with store.write():
        pages.record_entries(store, feed_id, 1, plan_entries(snapshot), at)


def newest(number: int, size: int = 10) -> list[FeedEntry]:
    return [entry(n) for n in range(number, number - size, -1)]


def latest(store: Store) -> tuple[set[str], datetime, set[str]]:
    """The latest snapshot: its keys, its time, the keys of the pinned."""
    found = gaps.previous_snapshot(store, 1)
    assert found is not None
    seen, at = found
    return {s.key for s in seen}, at, {s.key for s in seen if s.pinned}


def test_before_the_first_snapshot_there_is_none(gazette: Store) -> None:
    assert gaps.previous_snapshot(gazette, 1) is None


def test_the_latest_snapshot_is_what_was_last_seen_together(gazette: Store) -> None:
    poll(gazette, newest(20), NOW)
    poll(gazette, newest(24), NOW + HOUR)
    poll(gazette, newest(99), NOW + HOUR, feed_id=2)
    keys, at, pinned = latest(gazette)
    assert keys == {f"g.example/news/{n}" for n in range(15, 25)}
    assert (at, pinned) == (NOW + HOUR, set())


def test_a_feed_that_was_empty_is_compared_with_what_it_showed_before(gazette: Store) -> None:
    poll(gazette, newest(20), NOW)
    poll(gazette, [], NOW + HOUR)
    assert latest(gazette)[1] == NOW


def test_entries_that_outlive_newer_ones_are_pinned(gazette: Store) -> None:
    evergreen = [entry(-9000), entry(-9001, published=None)]
    for hour in range(12):
        poll(gazette, [*evergreen, *newest(20 + 3 * hour, 8)], NOW + hour * HOUR)
    _, _, pinned = latest(gazette)
    assert pinned == {"g.example/news/-9000", "g.example/news/-9001"}


def test_a_list_of_favourites_is_found_to_be_no_window(gazette: Store) -> None:
    """Undated entries that come and go and come again."""
    shown = [[1, 2, 3, 4], [5, 1, 6, 2], [1, 7, 2, 8], [3, 1, 2, 9], [1, 2, 3, 5], [2, 3, 1, 6]]
    for hour, numbers in enumerate(shown):
        poll(gazette, [entry(n, published=None) for n in numbers], NOW + hour * HOUR)
    found = gaps.previous_snapshot(gazette, 1)
    assert found is not None
    current = [Seen(key=f"g.example/news/{n}") for n in (11, 12, 13, 14)]
    assert compare(found[0], current, previous_at=found[1], at=NOW + 9 * HOUR) is None


def test_a_gap_is_opened_once(gazette: Store) -> None:
    assert gaps.open_gap(gazette, 1, 1, GAP, 15, NOW + 4 * HOUR) == 1
    assert gaps.open_gap(gazette, 1, 1, GAP, 15, NOW + 5 * HOUR) is None
    inside = Gap(after=NOW + HOUR, before=NOW + 2 * HOUR)
    assert gaps.open_gap(gazette, 1, 1, inside, None, NOW + 5 * HOUR) is None
    assert gaps.open_gap(gazette, 1, 1, replace(GAP, before=NOW + 4 * HOUR), None, NOW + 5 * HOUR) == 2
    assert gaps.open_gap(gazette, 1, 2, GAP, None, NOW + 5 * HOUR) == 3


def test_a_due_gap_is_taken_once_with_all_that_is_known_around_it(gazette: Store) -> None:
    poll(gazette, newest(0), NOW)
    poll(gazette, newest(190), NOW + 4 * HOUR)
    gaps.open_gap(gazette, 1, 1, replace(GAP, older=f"{BASE}/old.xml"), None, NOW + 4 * HOUR)
    gazette.execute(
        "INSERT INTO robots (origin, status, body, fetched_at) VALUES (?, 200, 'Sitemap: /s.xml', ?)",
        ("https://g.example:443", NOW.isoformat()),
    )
    assert gaps.due(gazette, NOW + 4 * HOUR, [2]) == ()
    (due,) = gaps.due(gazette, NOW + 4 * HOUR, [1])
    assert (due.gap_id, due.feed_id, due.outlet_id, due.attempts) == (1, 1, 1, 1)
    assert (due.feed_url, due.home, due.gap.older) == (f"{BASE}/rss", f"{BASE}/", f"{BASE}/old.xml")
    assert due.before_it == {f"g.example/news/{n}" for n in range(-9, 1)}
    assert due.after_it == {f"g.example/news/{n}" for n in range(181, 191)}
    assert due.robots == (("https://g.example:443", "Sitemap: /s.xml"),)
    assert due.feeds == ()
    assert gaps.due(gazette, NOW + 4 * HOUR) == ()


def test_other_feeds_are_asked_out_of_turn_only_where_their_turn_is_far(gazette: Store) -> None:
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW)
    gazette.execute("UPDATE feeds SET next_check = ?", ((NOW + 9 * HOUR).isoformat(),))
    (due,) = gaps.due(gazette, NOW)
    assert due.feeds == (f"{BASE}/news.xml",)
    gazette.execute("UPDATE feeds SET last_checked = ?", ((NOW + HOUR / 4).isoformat(),))
    (due,) = gaps.due(gazette, NOW + HOUR)
    assert due.feeds == ()


def test_attempts_grow_rarer_and_end(gazette: Store) -> None:
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW)
    times, moment = [], NOW
    for _ in range(24 * 60):
        for due in gaps.due(gazette, moment):
            times.append(moment - NOW)
            store_healing(gazette, due, NOTHING, moment)
        moment += timedelta(minutes=2)
    assert times == [
        timedelta(0),
        timedelta(minutes=10),
        timedelta(minutes=70),
        timedelta(minutes=430),
        timedelta(minutes=430 + 24 * 60),
    ]
    (row,) = gaps.by_outlet(gazette, "g")
    assert (row["state"], row["attempts"], row["next_attempt"]) == ("open", 5, None)
    assert row["message"] == "nothing reaches back; not tried again"


def test_a_run_that_dies_over_a_gap_does_not_try_for_ever(gazette: Store) -> None:
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW)
    taken = sum(len(gaps.due(gazette, NOW + hours * HOUR)) for hours in range(200))
    assert taken == 5


@pytest.mark.parametrize("statement", ["paused = 1", "removed_at = '2026-11-02T12:00:00+00:00'"])
def test_gaps_of_outlets_that_nobody_watches_wait(gazette: Store, statement: str) -> None:
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW)
    gazette.execute(f"UPDATE outlets SET {statement}")
    assert gaps.due(gazette, NOW + HOUR) == ()


def test_what_healing_finds_becomes_pages_and_leaves_known_entries_alone(gazette: Store) -> None:
    poll(gazette, newest(0), NOW)
    poll(gazette, newest(190), NOW + 4 * HOUR)
    gaps.open_gap(gazette, 1, 1, Gap(after=NOW, before=NOW + 3 * HOUR), 180, NOW + 4 * HOUR)
    (due,) = gaps.due(gazette, NOW + 4 * HOUR)
    found = tuple(entry(n, title="From the sitemap", id="other") for n in range(178, 184))
    covered = Healing(entries=found, covered=True, source=f"{BASE}/news.xml", message="spanned")
    at = NOW + 4 * HOUR
    wanted = store_healing(gazette, due, covered, at)
    urls = [pages.page_row(gazette, page)["url"] for page in wanted]
    assert urls == [f"{BASE}/news/{n}" for n in (178, 179, 180)]
    (row,) = gaps.by_outlet(gazette)
    assert (row["state"], row["recovered"], row["healed_from"]) == ("healed", 3, f"{BASE}/news.xml")
    assert gazette.value("SELECT title FROM entries WHERE url LIKE '%/183'") == "Article 183"
    keys, snapshot_at, _ = latest(gazette)
    assert (keys, snapshot_at) == ({f"g.example/news/{n}" for n in range(181, 191)}, at)


def test_another_feed_fills_a_gap_only_where_it_lists_the_same_and_has_none_there(gazette: Store) -> None:
    poll(gazette, newest(0), NOW)
    poll(gazette, newest(190), NOW + 4 * HOUR)
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW + 4 * HOUR)
    (due,) = gaps.due(gazette, NOW + 4 * HOUR)
    poll(gazette, newest(190, 60), NOW + 4 * HOUR, feed_id=2)
    assert gaps.seen_in(gazette, due) is None
    poll(gazette, newest(190, 250), NOW + 4 * HOUR, feed_id=2)
    assert gaps.seen_in(gazette, due) == f"{BASE}/news.xml"
    gaps.open_gap(gazette, 1, 2, Gap(after=NOW + HOUR, before=NOW + 2 * HOUR), None, NOW)
    assert gaps.seen_in(gazette, due) is None


def test_what_is_found_in_part_is_kept_and_counted_while_the_gap_stays_open(gazette: Store) -> None:
    gaps.open_gap(gazette, 1, 1, GAP, None, NOW)
    for minutes, number in ((0, 5), (10, 6)):
        (due,) = gaps.due(gazette, NOW + timedelta(minutes=minutes))
        store_healing(gazette, due, replace(NOTHING, entries=(entry(number),)), NOW)
    (row,) = gaps.by_outlet(gazette, "g")
    assert (row["state"], row["recovered"], row["attempts"]) == ("open", 2, 2)
    assert gaps.by_outlet(gazette, "other") == []


def test_open_gaps_are_listed_first(gazette: Store) -> None:
    for hours in range(3):
        gaps.open_gap(
            gazette, 1, 1, Gap(after=NOW + hours * HOUR, before=NOW + (hours + 1) * HOUR), None, NOW
        )
    gaps.healed(gazette, 3, recovered=0, source="s", message="m", now=NOW)
    assert [(row["id"], row["state"]) for row in gaps.by_outlet(gazette)] == [
        (2, "open"),
        (1, "open"),
        (3, "healed"),
    ]


def test_looking_back_takes_no_longer_when_a_feed_has_a_long_past(gazette: Store) -> None:
    plan = gazette.all(
        "EXPLAIN QUERY PLAN SELECT entry_key FROM entries WHERE feed_id = 1 AND last_seen = '2026'"
    )
    assert "entries_seen (feed_id=? AND last_seen=?)" in plan[0]["detail"]
