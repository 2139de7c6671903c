"""Which of two articles came first: what they say, then when they came out, never the order of crawling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Attribution
from pipeline.relate.direction import delay, order
from pipeline.relate.naming import Names
from pipeline.relate.types import Piece

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEN = NOON + timedelta(days=3)
KYIV = timezone(timedelta(hours=2))
NOBODY = Names()


def piece(number: int, published: datetime | None = None, **fields: object) -> Piece:
    given = {
        "id": number,
        "outlet_id": number,
        "outlet": f"Paper {number}",
        "slug": f"paper-{number}",
        "host": f"paper-{number}.example",
        "url": f"https://paper-{number}.example/news/{number}",
        "title": "Bridge opens",
        "paragraphs": ("The bridge over the river opened on Monday.",),
        "published": published,
        "first_seen": SEEN,
    }
    return Piece(**(given | fields))  # type: ignore[arg-type]


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


# --- times ----------------------------------------------------------------------------------------------


def test_the_earlier_published_is_the_first() -> None:
    found = order(piece(1, minutes(41)), piece(2, minutes(0)), names=NOBODY)
    assert (found.first, found.known, found.evidence) == (2, True, ("published 41 min later",))


def test_the_order_of_crawling_says_nothing() -> None:
    late, early = piece(1, None), piece(2, None, first_seen=SEEN - timedelta(hours=2))
    found = order(late, early, names=NOBODY)
    assert (found.first, found.known) == (2, False)
    assert "not known" in found.evidence[0]


@pytest.mark.parametrize(
    ("apart", "words"), [(0, "at the same minute"), (1, "1 min apart"), (2, "2 min apart")]
)
def test_the_same_minute_is_no_order(apart: int, words: str) -> None:
    found = order(piece(1, minutes(apart)), piece(2, minutes(0)), names=NOBODY)
    assert (found.first, found.known) == (1 if not apart else 2, False)
    assert found.evidence == (f"published {words}: which came first is not known",)


def test_an_article_seen_before_the_other_was_published_is_the_first() -> None:
    undated = piece(1, None, first_seen=minutes(0))
    found = order(piece(2, minutes(30)), undated, names=NOBODY)
    assert (found.first, found.known) == (1, True)
    assert found.evidence == ("published after the other had been seen",)
    assert not order(piece(2, minutes(-30)), undated, names=NOBODY).known


def test_a_bare_date_is_the_whole_day_of_its_place() -> None:
    day = piece(1, datetime(2026, 3, 2, tzinfo=KYIV))
    assert not order(day, piece(2, datetime(2026, 3, 2, 9, tzinfo=UTC)), names=NOBODY).known
    assert not order(day, piece(2, datetime(2026, 3, 2, tzinfo=UTC)), names=NOBODY).known
    later = order(day, piece(2, datetime(2026, 3, 3, 9, tzinfo=UTC)), names=NOBODY)
    assert (later.first, later.known, later.evidence) == (1, True, ("published on a later day",))
    earlier = order(day, piece(2, datetime(2026, 3, 1, 21, tzinfo=UTC)), names=NOBODY)
    assert (earlier.first, earlier.known) == (2, True)
    two_days = order(day, piece(2, datetime(2026, 3, 4, tzinfo=KYIV)), names=NOBODY)
    assert (two_days.known, two_days.evidence) == (True, ("published 2 days later",))


def test_a_bare_date_ends_when_the_article_was_seen() -> None:
    day = piece(1, datetime(2026, 3, 2, tzinfo=UTC), first_seen=minutes(-60))
    found = order(day, piece(2, minutes(0)), names=NOBODY)
    assert (found.first, found.known) == (1, True)


def test_a_time_after_the_first_sight_is_put_right() -> None:
    ahead = piece(1, minutes(120), first_seen=minutes(5))
    found = order(ahead, piece(2, minutes(60)), names=NOBODY)
    assert (found.first, found.known, found.evidence) == (1, True, ("published 55 min later",))


# --- what the articles say ------------------------------------------------------------------------------


def test_an_attribution_outweighs_the_clocks_and_both_are_told() -> None:
    names = Names(first_names_second=("attribution line names Paper 2: “From Paper 2”",))
    found = order(piece(1, minutes(0)), piece(2, minutes(14)), names=names)
    assert (found.first, found.known) == (2, True)
    assert found.evidence == (
        "attribution line names Paper 2: “From Paper 2”",
        "though by the times given the other was published 14 min later",
    )


def test_an_attribution_and_the_clocks_agree() -> None:
    names = Names(second_names_first=("dateline names Paper 1",))
    found = order(piece(1, minutes(0)), piece(2, minutes(185)), names=names)
    assert (found.first, found.evidence) == (1, ("dateline names Paper 1", "published 3 h 5 min later"))


def test_an_attribution_needs_no_clock() -> None:
    names = Names(second_names_first=("dateline names Paper 1",))
    assert order(piece(1), piece(2), names=names).known


def test_of_two_that_name_each_other_the_times_decide() -> None:
    names = Names(first_names_second=("byline names Paper 2",), second_names_first=("byline names Paper 1",))
    found = order(piece(1, minutes(0)), piece(2, minutes(20)), names=names)
    assert (found.first, found.known) == (1, True)
    assert found.evidence == ("each names the other", "published 20 min later")
    assert not order(piece(1), piece(2), names=names).known


def test_copies_of_a_third_are_ordered_by_time_and_it_is_said() -> None:
    names = Names(third=("Paper 1: dateline names another outlet, Reuters",))
    found = order(piece(1, minutes(0)), piece(2, minutes(20)), names=names)
    assert (found.first, found.known) == (1, True)
    assert found.evidence == ("Paper 1: dateline names another outlet, Reuters", "published 20 min later")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"based_on": ("https://paper-2.example/news/2",)}, "declares it as its original"),
        ({"based_on": ("http://www.paper-2.example/news/2/?utm_source=x",)}, "declares it as its original"),
        ({"links": ("https://paper-2.example/news/2",)}, "its text links to the other article"),
        (
            {
                "attribution": Attribution(
                    text="From here",
                    label=None,
                    outlet_as_written=None,
                    outlet=None,
                    outlet_home=None,
                    url="https://paper-2.example/news/2",
                )
            },
            "the attribution line links to it",
        ),
    ],
)
def test_addresses_of_the_other_decide(fields: dict[str, object], line: str) -> None:
    found = order(piece(1, None, **fields), piece(2), names=NOBODY)
    assert (found.first, found.known, found.evidence) == (2, True, (line,))


def test_links_within_one_outlet_say_nothing() -> None:
    linking = piece(1, links=("https://paper-2.example/news/2",), outlet_id=2)
    assert not order(linking, piece(2), names=NOBODY).known


# --- properties -----------------------------------------------------------------------------------------

PUBLISHED = (
    st.none()
    | st.integers(-3000, 3000).map(minutes)
    | st.integers(-3, 3).map(lambda day: datetime(2026, 3, 5, tzinfo=KYIV) + timedelta(days=day))
)
LINES = st.sampled_from([(), ("byline",)])


@given(PUBLISHED, PUBLISHED, st.integers(-200, 200), st.integers(-200, 200), LINES, LINES)
@settings(max_examples=200)
def test_the_order_of_asking_changes_nothing(
    one: datetime | None,
    other: datetime | None,
    seen: int,
    seen_other: int,
    left: tuple[str, ...],
    right: tuple[str, ...],
) -> None:
    first = replace(piece(1, one), first_seen=minutes(seen))
    second = replace(piece(2, other), first_seen=minutes(seen_other))
    there = order(first, second, names=Names(left, right))
    back = order(second, first, names=Names(right, left))
    assert there == back
    assert there.evidence


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=41), "41 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(minutes=185), "3 h 5 min"),
        (timedelta(hours=27, minutes=10), "1 day 3 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=5), "2 days"),
    ],
)
def test_delays_in_words(span: timedelta, words: str) -> None:
    assert delay(span) == words
