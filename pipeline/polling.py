"""The shell around what a feed's answer means: one answer from the network, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipeline import coverage, decide
from pipeline.decide import PlannedEntry
from pipeline.pace import FeedAnswered, FeedTroubled, Pace, Wishes
from pipeline.rhythm import Rhythm, begin, expected, observed
from pipeline.store import feeds, gaps, incidents, pages, rhythms, runs, subscriptions
from pipeline.store.connection import Store
from pipeline.store.feeds import Attempt, Check, Setback
from pipeline.types import DueFeed, DuePage, Failure, FailureClass, FeedChecked, FeedSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDesk:
    """Where feeds' answers are received: a store, the run they belong to, and who decides the pace.

    ``websub`` says whether the hubs that feeds name are of any use.
    """

    store: Store
    run: int
    pace: Pace
    websub: bool = False

    def answered(self, feed: DueFeed, checked: FeedChecked) -> tuple[DuePage, ...]:
        """Store what a feed said; returns the pages to fetch now, leased to this run.

        Validators, next check and the new entries are one transaction: a validator stored without its
        entries would lose them for ever, because the server would never send them again.
        """
        with self.store.write():
            runs.count(self.store, self.run, "feeds_polled")
            incidents.close_incident(self.store, "network", at=checked.at)
            if feeds.failures_so_far(self.store, feed.feed_id)[0]:
                incidents.close_incident(self.store, "gone", feed_id=feed.feed_id, at=checked.at)
            if checked.moved_to and feeds.adopt_address(self.store, feed.feed_id, checked.moved_to):
                self._note_move(feed, checked.moved_to, checked.at)
            if checked.snapshot is None:
                rhythm = self._unchanged(feed, checked)
                fetched: tuple[DuePage, ...] = ()
            else:
                rhythm, fetched = self._changed(feed, checked, checked.snapshot)
            feeds.record_answer(self.store, checked, self._next_check(feed, checked, rhythm))
        return fetched

    def _next_check(self, feed: DueFeed, checked: FeedChecked, rhythm: Rhythm) -> datetime:
        wishes = _wishes(checked.snapshot) or feeds.wishes_of(self.store, feed.feed_id)
        following = self.pace.after_answer(
            FeedAnswered(
                feed_id=feed.feed_id,
                at=checked.at,
                rhythm=rhythm,
                validators=bool(checked.etag or checked.last_modified),
                wishes=wishes,
                max_age=checked.max_age,
            )
        )
        # A push that was answered with the old document is looked into once more.
        again = subscriptions.second_look(self.store, feed.feed_id, checked.at) if self.websub else None
        return min(following, again) if again and checked.snapshot is None else following

    def _unchanged(self, feed: DueFeed, checked: FeedChecked) -> Rhythm:
        runs.count(self.store, self.run, "feeds_not_modified")
        outcome = "not-modified" if checked.status == 304 else "same-body"
        self._log(feed, at=checked.at, outcome=outcome, status=checked.status)
        return rhythms.feed_rhythm(self.store, feed.feed_id) or begin(checked.at, (), visible=0)

    def _changed(
        self, feed: DueFeed, checked: FeedChecked, snapshot: FeedSnapshot
    ) -> tuple[Rhythm, tuple[DuePage, ...]]:
        feeds.describe(self.store, feed.feed_id, snapshot.title, snapshot.language)
        feeds.keep_wishes(self.store, feed.feed_id, _wishes(snapshot) or Wishes())
        self._offer(feed, checked, snapshot)
        before = gaps.previous_snapshot(self.store, feed.feed_id)
        planned = decide.plan_entries(snapshot)
        wanted = pages.record_entries(self.store, feed.feed_id, feed.outlet_id, planned, checked.at)
        self._log(
            feed,
            at=checked.at,
            outcome="changed",
            status=checked.status,
            entries=len(planned),
            new=len(wanted),
            message=snapshot.problem,
        )
        rhythm = self._learn(feed, checked.at, wanted)
        gap = None if before is None else _gap(feed, before, planned, checked.at)
        if gap is not None:
            missing = round(expected(rhythm, gap.after, gap.before))
            gap = replace(gap, older=snapshot.older)
            gaps.open_gap(self.store, self.run, feed.feed_id, gap, missing, checked.at)
        return rhythm, pages.lease_pages(self.store, self.run, wanted)

    def _learn(self, feed: DueFeed, at: datetime, wanted: Sequence[int]) -> Rhythm:
        new, visible = rhythms.arrivals(self.store, feed.feed_id, at)
        known = rhythms.feed_rhythm(self.store, feed.feed_id)
        came = [published or at for published in new]
        if known is None:
            rhythm = begin(at, [moment for moment in new if moment], visible=visible)
        else:
            rhythm = observed(known, at, came, visible=visible, known=visible - len(new))
        rhythms.keep_feed_rhythm(self.store, feed.feed_id, rhythm)
        self._learn_outlet(feed, at, [moment or at for moment in rhythms.news_among(self.store, wanted, at)])
        return rhythm

    def _learn_outlet(self, feed: DueFeed, at: datetime, news: Sequence[datetime]) -> None:
        if not news:
            return
        known, last = rhythms.outlet_rhythm(self.store, feed.outlet_id)
        if known is None:
            rhythm = begin(at, news, visible=len(news))
        else:
            rhythm = observed(known, at, news, visible=len(news), known=0)
        latest = min(at, max((*news, last) if last else news))
        silent = self.pace.silent_after(rhythm, latest)
        rhythms.keep_outlet_rhythm(self.store, feed.outlet_id, rhythm, last_news=latest, silent_after=silent)

    def _offer(self, feed: DueFeed, checked: FeedChecked, snapshot: FeedSnapshot) -> None:
        hubs, topic = checked.hubs or snapshot.hubs, checked.topic or snapshot.topic
        if self.websub and hubs:
            subscriptions.offered(self.store, feed.feed_id, hubs, topic, checked.at)
        elif self.websub:
            subscriptions.withdrawn(self.store, feed.feed_id)

    def _note_move(self, feed: DueFeed, to: str, at: datetime) -> None:
        incidents.note(
            self.store,
            "moved",
            outlet_id=feed.outlet_id,
            feed_id=feed.feed_id,
            at=at,
            message=f"the feed moved to {to}",
            evidence={"from": feed.url, "to": to},
        )

    def failed(self, feed: DueFeed, url: str, failure: Failure, at: datetime) -> None:
        """Store that a feed did not answer, since when and why; what it brought before stays.

        Where our own network is down, nothing is held against the feed.
        """
        with self.store.write():
            if failure.kind is FailureClass.OWN_NETWORK:
                self._own_fault(feed, failure, at)
                return
            runs.count(self.store, self.run, "feeds_polled")
            runs.count(self.store, self.run, "feeds_failed")
            self._remember(feed, failure, at)
            message = f"{failure.kind}: {failure.message}"
            self._log(feed, at=at, outcome="failed", status=failure.status, message=message)
            attempt = Attempt(url=url, at=at, final=failure.status == 410, feed_id=feed.feed_id)
            feeds.log_failure(self.store, self.run, attempt, failure)

    def _own_fault(self, feed: DueFeed, failure: Failure, at: datetime) -> None:
        """Nothing is held against the feed; that our network is down is an incident of its own."""
        feeds.release(self.store, feed.feed_id, at + decide.OWN_FAULT)
        evidence = {"url": feed.url, "failure": failure.message}
        incidents.open_incident(
            self.store, "network", at=at, message="our own network is down", evidence=evidence
        )

    def _remember(self, feed: DueFeed, failure: Failure, at: datetime) -> None:
        failures, trouble = feeds.failures_so_far(self.store, feed.feed_id)
        weight = self.pace.weight(failure)
        troubled = FeedTroubled(
            feed_id=feed.feed_id, at=at, failure=failure, failures=failures + 1, trouble=trouble + weight
        )
        setback = Setback(failure=failure, at=at, weight=weight, next_check=self.pace.after_failure(troubled))
        feeds.record_failure(self.store, feed.feed_id, setback)
        if failure.status == 410:
            message, evidence = "the feed is gone (HTTP 410)", {"url": feed.url}
            incidents.open_incident(
                self.store, "gone", feed_id=feed.feed_id, at=at, message=message, evidence=evidence
            )

    def _log(self, feed: DueFeed, **what: Any) -> None:
        feeds.log_check(self.store, self.run, Check(feed_id=feed.feed_id, **what))


def _gap(
    feed: DueFeed,
    before: tuple[Sequence[coverage.Seen], datetime],
    planned: Sequence[PlannedEntry],
    at: datetime,
) -> coverage.Gap | None:
    """What may have been missed between a feed's last snapshot and this one."""
    previous, previous_at = before
    current = [
        coverage.Seen(key=entry.key, published=entry.entry.published, title=entry.entry.title)
        for entry in planned
    ]
    ordered = feed.kind != "sitemap"  # whose addresses come in any order
    return coverage.compare(previous, current, previous_at=previous_at, at=at, ordered=ordered)


def _wishes(snapshot: FeedSnapshot | None) -> Wishes | None:
    if snapshot is None:
        return None
    return Wishes(
        ttl_minutes=snapshot.ttl_minutes, skip_hours=snapshot.skip_hours, skip_days=snapshot.skip_days
    )
