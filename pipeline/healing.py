"""The shell around a gap that was looked into: what was found, and what became of it, in one transaction."""

from __future__ import annotations

from datetime import datetime

from pipeline.coverage import DueGap, Healing
from pipeline.decide import plan_entries
from pipeline.store import gaps, pages
from pipeline.store.connection import Store
from pipeline.types import FeedSnapshot


def known_elsewhere(store: Store, gap: DueGap) -> Healing | None:
    """How a gap is closed without a request: another feed of the outlet, in the store, has no gap there."""
    url = gaps.seen_in(store, gap)
    if url is None:
        return None
    return Healing(
        entries=(), covered=True, source=url, message=f"nothing is missing: all of it came with {url}"
    )


def store_healing(store: Store, gap: DueGap, healing: Healing, now: datetime) -> tuple[int, ...]:
    """Store what was found and mark the gap; returns the pages that are to be fetched because of it.

    What the feed is known to have listed is left as it is: the feed's own words say more than a sitemap's.
    """
    found = FeedSnapshot(url=gap.feed_url, format="healing", title="", entries=healing.entries)
    planned = plan_entries(found)
    with store.write():
        known = gaps.known_keys(store, gap.feed_id, [entry.key for entry in planned])
        new = [entry for entry in planned if entry.key not in known]
        wanted = pages.record_entries(store, gap.feed_id, gap.outlet_id, new, now)
        gaps.mark_brought_in(store, gap.feed_id, [entry.key for entry in new], gap.gap.after)
        if healing.covered:
            gaps.healed(
                store,
                gap.gap_id,
                recovered=len(new),
                source=healing.source,
                message=healing.message,
                now=now,
            )
        else:
            gaps.tried(store, gap.gap_id, recovered=len(new), message=healing.message)
    return wanted
