"""What a feed's answer, or its failure, leaves in the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from pipeline.decide import OWN_FAULT, Polling
from pipeline.pace import FeedAnswered, FeedTroubled, PlainPace
from pipeline.polling import FeedDesk
from pipeline.store import feeds, incidents, outlets, runs, subscriptions
from pipeline.store.connection import Store, iso
from pipeline.types import (
    DueFeed,
    Failure,
    FailureClass,
    FeedChecked,
    FeedEntry,
    FeedSnapshot,
    OutletFeed,
    OutletSpec,
)

RSS = "http://gazette.example/rss"
HOUR = timedelta(hours=1)
#: long enough that a second look is sooner
PACE = PlainPace(Polling(default_interval=3 * HOUR))


@dataclass
class Remembering(PlainPace):
    """A pace that remembers what it was asked, and may break."""

    asked: list[FeedAnswered] = field(default_factory=list)
    troubled: list[FeedTroubled] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        super().__init__(Polling())

    def after_answer(self, answered: FeedAnswered) -> datetime:
        self.asked.append(answered)
        if self.broken:
            raise LookupError("a bug")
        return super().after_answer(answered)

    def after_failure(self, troubled: FeedTroubled) -> datetime:
        self.troubled.append(troubled)
        return super().after_failure(troubled)

    def weight(self, failure: Failure) -> float:
        return 0.5


@pytest.fixture
def desk(store: Store, now: datetime) -> FeedDesk:
    """The desk of a run, at a store with one feed."""
    spec = OutletSpec(
        slug="gazette", name="Gazette", home="http://gazette.example", feeds=(OutletFeed(url=RSS),)
    )
    outlets.add_outlet(store, spec, now - HOUR)
    return FeedDesk(store=store, run=runs.start_run(store, now), pace=Remembering())


def pace_of(desk: FeedDesk) -> Remembering:
    assert isinstance(desk.pace, Remembering)
    return desk.pace


def leased(desk: FeedDesk, at: datetime) -> DueFeed:
    """The feed, taken by the desk's run."""
    desk.store.execute("UPDATE feeds SET next_check = ?", (iso(at),))
    (feed,) = feeds.lease_due(desk.store, desk.run, at)
    return feed


def snapshot(*numbers: int, at: datetime, **said: object) -> FeedSnapshot:
    entries = tuple(
        FeedEntry(
            id=str(n),
            url=f"http://gazette.example/{n}",
            title=f"Story {n}",
            published=at - timedelta(minutes=n),
        )
        for n in numbers
    )
    return FeedSnapshot(url=RSS, format="rss20", title="Gazette", entries=entries, **said)  # type: ignore[arg-type]


def checked(at: datetime, found: FeedSnapshot | None, **given: object) -> FeedChecked:
    plain = FeedChecked(
        feed_id=1,
        at=at,
        status=200 if found else 304,
        final_url=RSS,
        moved_to=None,
        etag='"e"',
        last_modified=None,
        body_hash=f"hash at {at}" if found else None,
        snapshot=found,
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def row(desk: FeedDesk) -> dict[str, object]:
    found = desk.store.one("SELECT * FROM feeds WHERE id = 1")
    assert found is not None
    return dict(found)


def test_an_answer_is_stored_with_its_entries_and_its_pages_are_taken(desk: FeedDesk, now: datetime) -> None:
    pages = desk.answered(leased(desk, now), checked(now, snapshot(1, 2, at=now)))
    assert [page.url for page in pages] == ["http://gazette.example/1", "http://gazette.example/2"]
    assert desk.store.value("SELECT count(*) FROM pages WHERE lease_run = ?", (desk.run,)) == 2
    known = row(desk)
    assert (known["etag"], known["last_success"], known["lease_run"]) == ('"e"', iso(now), None)
    assert known["next_check"] == iso(now + Polling().default_interval)
    report = runs.report(desk.store, desk.run)
    assert (report.feeds_polled, report.feeds_not_modified, report.feeds_failed) == (1, 0, 0)


def test_nothing_of_an_answer_is_stored_unless_all_is(desk: FeedDesk, now: datetime) -> None:
    feed = leased(desk, now)
    before = row(desk)
    pace_of(desk).broken = True
    with pytest.raises(LookupError):
        desk.answered(feed, checked(now, snapshot(1, 2, at=now), moved_to="http://gazette.example/new"))
    assert row(desk) == before
    for table in ("entries", "pages", "feed_rhythms", "feed_checks", "incident_log"):
        assert desk.store.value(f"SELECT count(*) FROM {table}") == 0, table
    pace_of(desk).broken = False
    assert len(desk.answered(feed, checked(now, snapshot(1, 2, at=now)))) == 2


def test_the_same_answer_twice_brings_nothing_new(desk: FeedDesk, now: datetime) -> None:
    desk.answered(leased(desk, now), checked(now, snapshot(1, 2, at=now)))
    later = now + HOUR
    assert desk.answered(leased(desk, later), checked(later, snapshot(1, 2, at=now))) == ()
    assert desk.store.value("SELECT count(*) FROM pages") == 2


def test_what_a_feed_asks_for_holds_until_its_next_document(desk: FeedDesk, now: datetime) -> None:
    said = snapshot(1, at=now, ttl_minutes=180.0, skip_hours=(3, 4), skip_days=(6,))
    desk.answered(leased(desk, now), checked(now, said))
    wishes = pace_of(desk).asked[-1].wishes
    assert (wishes.ttl_minutes, wishes.skip_hours, wishes.skip_days) == (180.0, (3, 4), (6,))
    later = now + 3 * HOUR
    desk.answered(leased(desk, later), checked(later, None))
    assert pace_of(desk).asked[-1].wishes == wishes
    assert row(desk)["next_check"] == iso(later + 3 * HOUR)
    assert runs.report(desk.store, desk.run).feeds_not_modified == 1
    latest = later + 3 * HOUR
    desk.answered(leased(desk, latest), checked(latest, snapshot(1, 2, at=now)))
    assert pace_of(desk).asked[-1].wishes.ttl_minutes is None


def test_our_own_network_is_held_against_nobody(desk: FeedDesk, now: datetime) -> None:
    down = Failure(kind=FailureClass.OWN_NETWORK, message="no route")
    feed = leased(desk, now)
    before = row(desk)
    for minute in range(3):
        at = now + timedelta(minutes=minute)
        desk.failed(feed, RSS, down, at)
        assert row(desk) == before | {"lease_run": None, "next_check": iso(at + OWN_FAULT)}
    assert [(one.kind, one.outlet) for one in incidents.open_ones(desk.store)] == [("network", None)]
    assert desk.store.value("SELECT count(*) FROM fetch_failures") == 0
    assert runs.report(desk.store, desk.run).feeds_failed == 0
    later = now + HOUR
    desk.answered(leased(desk, later), checked(later, snapshot(1, at=now)))
    assert incidents.open_ones(desk.store) == ()
    (over,) = incidents.recent(desk.store, now)
    assert (over.opened_at, over.closed_at) == (now, later)


def test_a_failure_is_weighed_remembered_and_forgiven(desk: FeedDesk, now: datetime) -> None:
    fault = Failure(kind=FailureClass.HTTP, message="500", status=500)
    for hour in range(2):
        at = now + HOUR * hour
        desk.failed(leased(desk, at), RSS, fault, at)
    asked = pace_of(desk).troubled
    assert [(one.failures, one.trouble) for one in asked] == [(1, 0.5), (2, 1.0)]
    known = row(desk)
    assert (known["failures"], known["failing_since"], known["failure_class"]) == (2, iso(now), "http")
    later = now + 3 * HOUR
    desk.answered(leased(desk, later), checked(later, snapshot(1, at=now)))
    known = row(desk)
    assert (known["failures"], known["trouble"], known["failing_since"]) == (0, 0, None)


def test_a_move_is_noted_once(desk: FeedDesk, now: datetime) -> None:
    to = "http://gazette.example/feeds/all"
    for hour in range(2):
        at = now + HOUR * hour
        desk.answered(leased(desk, at), checked(at, snapshot(1, at=now), moved_to=to))
    assert row(desk)["url"] == to
    (moved,) = incidents.recent(desk.store, now)
    assert (moved.kind, moved.feed, moved.evidence) == ("moved", to, {"from": RSS, "to": to})


def test_snapshots_that_share_nothing_are_a_gap(desk: FeedDesk, now: datetime) -> None:
    desk.answered(leased(desk, now), checked(now, snapshot(*range(1, 11), at=now)))
    later = now + 24 * HOUR
    older = "http://gazette.example/rss?page=2"
    desk.answered(
        leased(desk, later), checked(later, snapshot(*range(101, 111), at=later + 2 * HOUR, older=older))
    )
    gaps = desk.store.all("SELECT * FROM feed_gaps")
    assert [(gap["feed_id"], gap["state"], gap["older"]) for gap in gaps] == [(1, "open", older)]
    following = later + HOUR
    overlapping = snapshot(*range(103, 113), at=later + 2 * HOUR)
    desk.answered(leased(desk, following), checked(following, overlapping))
    assert desk.store.value("SELECT count(*) FROM feed_gaps") == 1


@pytest.mark.parametrize("websub", [True, False])
def test_a_push_that_was_answered_with_the_old_document_is_looked_into_once_more(
    desk: FeedDesk, now: datetime, websub: bool
) -> None:
    desk = replace(desk, websub=websub, pace=PACE)
    offer = snapshot(1, at=now, hubs=("https://hub.example/",))
    desk.answered(leased(desk, now), checked(now, offer, topic=RSS))
    subscribed = subscriptions.of_feed(desk.store, 1)
    assert (subscribed is not None) is websub
    later = now + 2 * HOUR
    if subscribed is not None:
        subscriptions.pushed(desk.store, subscribed, later)
    at = later + timedelta(seconds=5)
    desk.answered(leased(desk, at), checked(at, None))
    following = datetime.fromisoformat(str(row(desk)["next_check"]))
    assert (following < at + timedelta(minutes=10)) is websub
    if websub:
        last = following
        desk.answered(leased(desk, last), checked(last, None))
        assert row(desk)["next_check"] == iso(last + 3 * HOUR)
