"""Writing stories: which article stands in which, and what became of a story. Reading is in ``stories``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.relate.types import COPIES, Kind
from pipeline.store.connection import Store, dumps, iso

#: from this confidence on a translation belongs where its original does; a wrong one would make one story of two
_SURE: Final = 0.75
_FAMILY: Final = ", ".join(f"'{kind}'" for kind in sorted((*COPIES, Kind.TRANSLATION_OF)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an article stands: its story, whether as a report of its own, with how much confidence and why."""

    article_id: int
    story_id: int
    own: bool
    confidence: float
    evidence: tuple[str, ...]


def stories_of(store: Store, ids: Iterable[int]) -> dict[int, int]:
    """The stories of those of these articles that have one."""
    rows = store.all(
        "SELECT article_id, story_id FROM story_articles WHERE article_id IN (SELECT value FROM json_each(?))",
        (dumps(sorted(ids)),),
    )
    return {row["article_id"]: row["story_id"] for row in rows}


def members_near(store: Store, story_id: int, at: int, most: int) -> list[int]:
    """The articles of a story that can still be compared, the nearest in time to ``at`` (seconds since 1970)."""
    rows = store.all(
        "SELECT m.article_id FROM story_articles m CROSS JOIN story_reports r ON r.article_id = m.article_id"
        " WHERE m.story_id = ? ORDER BY abs(r.at - ?), m.article_id LIMIT ?",
        (story_id, at, most),
    )
    return [row["article_id"] for row in rows]


def count_members(store: Store, story_id: int) -> int:
    """How many articles a story has."""
    return int(store.value("SELECT count(*) FROM story_articles WHERE story_id = ?", (story_id,)))


def kin_among(store: Store, ids: Iterable[int]) -> list[tuple[int, int, bool]]:
    """The pairs of these articles that comparing found to be copies or translations of each other, and how surely."""
    listed = dumps(sorted(ids))
    rows = store.all(
        "SELECT src_id, dst_id, type <> 'translation-of' OR confidence >= ? AS sure FROM relations WHERE src_id IN (SELECT value FROM json_each(?))"
        " AND dst_id IN (SELECT value FROM json_each(?))"
        f" AND origin = 'text' AND type IN ({_FAMILY}) ORDER BY src_id, dst_id",
        (_SURE, listed, listed),
    )
    return [(row["src_id"], row["dst_id"], bool(row["sure"])) for row in rows]


def address(store: Store, article_id: int) -> str:
    """The URL of an article."""
    return str(store.value("SELECT url FROM articles WHERE id = ?", (article_id,)))


def begin(store: Store, now: datetime) -> int:
    """A new story, without articles yet; returns its number."""
    return int(
        store.value(
            "INSERT INTO story_heads (made_at, changed_at, last_at) VALUES (?, ?, 0) RETURNING id",
            (iso(now), iso(now)),
        )
    )


def put(store: Store, place: Place, now: datetime) -> None:
    """Let an article stand in a story, and in no other."""
    store.execute(
        "INSERT INTO story_articles (article_id, story_id, own, confidence, evidence, added_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id,"
        " own = excluded.own, confidence = excluded.confidence, evidence = excluded.evidence,"
        " added_at = iif(story_id = excluded.story_id, added_at, excluded.added_at)",
        (
            place.article_id,
            place.story_id,
            int(place.own),
            round(place.confidence, 3),
            dumps(place.evidence),
            iso(now),
        ),
    )


def mark_own(store: Store, ids: Iterable[int], *, own: bool) -> None:
    """Note of articles whether each is a report of its own or the copy of another one in its story."""
    store.executemany(
        "UPDATE story_articles SET own = ? WHERE article_id = ? AND own <> ?",
        [(int(own), one, int(own)) for one in ids],
    )


def leave(store: Store, ids: Iterable[int]) -> None:
    """Let articles stand in no story."""
    store.executemany("DELETE FROM story_articles WHERE article_id = ?", [(one,) for one in ids])


def touch(store: Store, story_id: int, now: datetime) -> None:
    """Note that the articles of a story have changed, and when the latest of them was published."""
    store.execute(
        "UPDATE story_heads SET changed_at = ?, last_at = max(coalesce((SELECT max(t.at) FROM story_articles m"
        " JOIN traits t ON t.article_id = m.article_id WHERE m.story_id = story_heads.id), 0), coalesce(("
        " SELECT max(r.at) FROM story_articles m JOIN story_reports r ON r.article_id = m.article_id"
        " WHERE m.story_id = story_heads.id), 0)) WHERE id = ?",
        (iso(now), story_id),
    )


def merge(store: Store, gone: int, into: int, now: datetime) -> None:
    """Let all articles of a story stand in another one, which takes its place."""
    moved = store.all("SELECT article_id FROM story_articles WHERE story_id = ?", (gone,))
    store.execute("UPDATE story_articles SET story_id = ? WHERE story_id = ?", (into, gone))
    store.execute(
        "UPDATE story_heads SET merged_into = ?, changed_at = ? WHERE id = ?", (into, iso(now), gone)
    )
    _note(store, now, "merged", (into, gone), [row["article_id"] for row in moved])


def split(store: Store, left: int, joined: int | None, articles: Sequence[int], now: datetime) -> None:
    """Note that articles have left a story for another one, or for none."""
    _note(store, now, "split", (left, joined or 0), articles)


def _note(store: Store, now: datetime, what: str, stories: tuple[int, int], articles: Sequence[int]) -> None:
    store.execute(
        "INSERT INTO story_changes (at, what, story_id, other_id, articles) VALUES (?, ?, ?, ?, ?)",
        (iso(now), what, *stories, dumps(sorted(articles))),
    )
