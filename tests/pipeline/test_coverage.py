"""What two snapshots of a feed prove about the time between them, and what they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.coverage import Gap, Seen, compare

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLL = START + 60 * MINUTE
LATER = START + 180 * MINUTE


def entry(number: int, *, dated: bool = True, **changes: object) -> Seen:
    """The outlet's ``number``-th article, one a minute."""
    published = START + number * MINUTE if dated else None
    return Seen(key=f"news.example/{number}", published=published, title=f"Article {number}", **changes)  # type: ignore[arg-type]


def window(newest: int, size: int = 10, **changes: object) -> list[Seen]:
    return [entry(number, **changes) for number in range(newest, newest - size, -1)]  # type: ignore[arg-type]


def old(number: int) -> Seen:
    return Seen(
        key=f"old/{number}", published=START - timedelta(days=400 + number), title=f"Evergreen {number}"
    )


def gap(previous: Sequence[Seen], current: Sequence[Seen], **more: object) -> Gap | None:
    return compare(previous, current, **{"previous_at": POLL, "at": LATER, **more})  # type: ignore[arg-type]


def test_windows_that_overlap_prove_that_nothing_was_missed() -> None:
    assert gap(window(50), window(59)) is None


def test_windows_that_do_not_overlap_are_a_gap_between_their_ends() -> None:
    assert gap(window(50), window(75)) == Gap(after=START + 50 * MINUTE, before=START + 66 * MINUTE)


def test_the_first_snapshot_and_an_empty_one_have_no_gap() -> None:
    assert gap([], window(50)) is None
    assert gap(window(50), []) is None


def test_a_pinned_entry_is_no_overlap() -> None:
    for place in (0, 4, 9):
        before, after = window(50, 9), window(99, 9)
        before.insert(place, old(1))
        after.insert(place, old(1))
        assert gap(before, after) == Gap(after=START + 50 * MINUTE, before=START + 91 * MINUTE)


def test_three_pinned_entries_are_no_overlap_either() -> None:
    pinned = [old(1), old(2), old(3)]
    assert gap([*pinned, *window(50, 7)], [*pinned, *window(99, 7)]) is not None


def test_what_history_knows_to_be_pinned_proves_nothing_however_many() -> None:
    pinned = [replace(old(number), pinned=True) for number in range(5)]
    shown = [old(number) for number in range(5)]
    assert gap([*pinned, *window(50, 5)], [*shown, *window(99, 5)]) is not None
    assert gap([*pinned, *window(50, 5)], [*shown, *window(54, 5)]) is None


def test_deleted_newest_entries_are_no_gap() -> None:
    left = [known for known in window(50) if known.key not in ("news.example/50", "news.example/49")]
    assert gap(window(50), [*window(55, 5), *left]) is None


def test_an_entry_dated_anew_moved_and_proves_nothing() -> None:
    moved = replace(entry(45), published=START + 101 * MINUTE)
    assert gap(window(50), [moved, *window(99, 9)]) is not None


def test_a_feed_that_dates_everything_anew_goes_by_positions() -> None:
    def stamped(entries: Sequence[Seen], at: datetime) -> list[Seen]:
        return [replace(known, published=at) for known in entries]

    assert gap(stamped(window(50), POLL), stamped(window(57), LATER)) is None
    found = gap(stamped(window(50), POLL), stamped(window(90), LATER))
    assert found is not None
    assert found.after < found.before <= LATER


def test_without_dates_the_end_of_the_list_counts() -> None:
    def undated(newest: int, size: int = 10) -> list[Seen]:
        return window(newest, size, dated=False)

    assert gap(undated(50), undated(59)) is None
    assert gap(undated(50), undated(75)) == Gap(after=POLL, before=LATER)
    on_top = replace(entry(1), published=None)
    assert gap([on_top, *undated(50, 9)], [on_top, *undated(75, 9)]) == Gap(after=POLL, before=LATER)
    oldest_first = list(reversed(undated(53)))
    assert gap(undated(50), oldest_first) is None


def test_changed_addresses_are_no_gap_while_titles_and_dates_stay() -> None:
    churned = [replace(known, key=known.key + "?v=2") for known in window(50)]
    assert gap(window(50), churned) is None
    assert gap(window(50), [*window(58, 8), *churned[:2]]) is None
    undated = [replace(known, published=None) for known in churned]
    assert gap(window(50, dated=False), undated) is None


def test_a_title_that_comes_back_every_day_is_no_overlap() -> None:
    daily = Seen(key="a", published=START + 45 * MINUTE, title="The day in pictures")
    again = Seen(key="b", published=START + 95 * MINUTE, title="The day in pictures")
    assert gap([*window(50, 9), daily], [again, *window(99, 9)]) is not None


def test_a_window_that_is_not_full_lost_nothing() -> None:
    morning = [entry(50), entry(-70), entry(-300)]
    assert gap(morning, window(110, 3), longest=20) is None
    assert gap(morning, window(110, 3)) is not None


def test_a_window_of_hours_loses_what_is_older_than_the_pause() -> None:
    """Three entries of the last hour, then three days of silence of ours: what came between is gone."""
    late = START + timedelta(days=3)
    news = [Seen(key=f"n{number}", published=late - number * MINUTE) for number in range(1, 4)]
    assert gap(window(50, 20), news, at=late, longest=30) is not None


def test_a_list_in_another_order_than_time_has_no_gaps() -> None:
    favourites = [entry(number) for number in (90, 12, 77, 3, 60, 95, 41, 8, 70, 33)]
    assert gap(window(50), favourites) is None
    hits = [entry(number) for number in (5, 49, 22, 31, 11, 47, 2, 40, 18, 36)]
    assert gap(hits, favourites) is None


def test_old_entries_that_appear_are_a_stale_copy_and_no_gap() -> None:
    assert gap(window(50), window(35)) is None


def test_a_list_of_which_most_outlived_newer_entries_is_no_window() -> None:
    ranked = [replace(known, pinned=True) for known in window(50, 6, dated=False)]
    assert gap([*ranked, *window(20, 4, dated=False)], window(90, dated=False)) is None


@pytest.mark.parametrize("years", [1, 20])
def test_dates_from_the_future_bound_nothing(years: int) -> None:
    calendar = Seen(key="fair", published=LATER + timedelta(days=365 * years), title="Fair")
    assert gap([calendar, *window(50, 9)], [calendar, *window(99, 9)]) == Gap(
        after=START + 50 * MINUTE, before=START + 91 * MINUTE
    )


def test_a_time_zone_gone_wrong_still_finds_gaps_and_overlaps() -> None:
    def ahead(entries: Sequence[Seen]) -> list[Seen]:
        return [
            replace(known, published=(known.published or START) + timedelta(hours=3)) for known in entries
        ]

    assert gap(ahead(window(59)), ahead(window(68)), at=POLL + 10 * MINUTE) is None
    found = gap(ahead(window(59)), ahead(window(99)), at=POLL + 40 * MINUTE)
    assert found is not None
    assert found.after < found.before <= POLL + 40 * MINUTE


def test_a_news_sitemap_in_any_order_is_compared_by_its_dates() -> None:
    shuffled = [entry(number) for number in range(1000) if number % 7] + [entry(n) for n in range(0, 1000, 7)]
    late = START + 1000 * MINUTE
    grown = sorted([*shuffled[30:], *(entry(n) for n in range(1000, 1030))], key=lambda known: known.key)
    times = {"previous_at": late, "at": late + 30 * MINUTE, "ordered": False}
    assert gap(shuffled, grown, **times) is None
    other_days = [entry(number + 5000) for number in range(1000)]
    other_days.sort(key=lambda known: known.key)
    times["at"] = START + 6000 * MINUTE
    assert gap(shuffled, other_days, **times) == Gap(after=START + 999 * MINUTE, before=START + 5000 * MINUTE)


def test_fractions_of_seconds_that_the_store_does_not_keep_change_nothing() -> None:
    exact = [
        replace(known, published=(known.published or START) + timedelta(microseconds=7))
        for known in window(59)
    ]
    assert gap(window(50), exact) is None


# --- properties -----------------------------------------------------------------------------------------

sizes = st.integers(2, 60)
pinned_counts = st.integers(0, 1)


@given(sizes, st.data(), pinned_counts)
@settings(max_examples=60, deadline=None)
def test_any_overlap_by_an_unpinned_entry_is_no_gap(size: int, data: st.DataObject, pinned: int) -> None:
    moved = data.draw(st.integers(0, size - 1))
    evergreen = [old(number) for number in range(pinned)]
    before, after = window(500, size), window(500 + moved, size)
    assert gap([*evergreen, *before], [*evergreen, *after], at=START + 600 * MINUTE) is None
    assert gap([*evergreen, *before], [*after, *evergreen], at=START + 600 * MINUTE, longest=size * 2) is None


@given(st.integers(4, 60), st.integers(0, 300), pinned_counts)
@settings(max_examples=60, deadline=None)
def test_a_window_that_rolled_over_is_a_gap_with_the_right_ends(size: int, missing: int, pinned: int) -> None:
    evergreen = [old(number) for number in range(pinned)]
    before, after = window(500, size), window(500 + missing + size, size)
    found = gap(
        [*evergreen, *before],
        [*evergreen, *after],
        previous_at=START + 501 * MINUTE,
        at=START + 1000 * MINUTE,
    )
    assert found == Gap(after=START + 500 * MINUTE, before=START + (501 + missing) * MINUTE)


moments = st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2049, 1, 1), timezones=st.just(UTC))
anything = st.lists(
    st.builds(
        Seen, key=st.text(max_size=2), published=moments, title=st.text(max_size=2), pinned=st.booleans()
    ),
    max_size=12,
)


@given(anything, anything)
@settings(max_examples=150, deadline=None)
def test_whatever_feeds_show_a_gap_ends_after_it_begins_and_not_in_the_future(
    previous: list[Seen], current: list[Seen]
) -> None:
    found = gap(previous, current)
    assert found is None or found.after < found.before <= LATER
