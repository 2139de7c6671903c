"""Stories in the store: which articles are on one event, since when, and what became of a story."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from pipeline.store.connection import Row, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a story; times as the store writes them.

    ``published`` is the outlet's own word; ``at`` the same corrected by the outlet's clock error, or when the
    article was first seen. ``own`` is False for the copy or translation of another article of the story.
    ``evidence`` is lines for a person.
    """

    article_id: int
    outlet: str
    language: str | None
    title: str
    url: str
    published: str | None
    first_seen: str
    at: str
    own: bool
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a story.

    ``what`` is ``merged`` (``other_id`` went into ``story_id``) or ``split`` (``articles`` left ``story_id`` for
    ``other_id``, which is 0 where they belong to no story any more).
    """

    at: str
    what: str
    story_id: int
    other_id: int
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles on one event, the first report first. A suggestion: ``confidence`` is between 0 and 1.

    ``title`` is the first report's, in its language. ``first_report`` and ``last_report`` are corrected times
    of publication. ``articles`` counts ``members``; ``outlets`` and ``languages`` are in the order in which
    they came in.
    """

    id: int
    title: str
    articles: int
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    first_report: str
    last_report: str
    confidence: float
    members: tuple[Member, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many articles a story has, and how many of them are no copy or translation of another one in it."""

    story: int
    articles: int
    reports: int


def recent_stories(store: Store, since: datetime | None = None, limit: int = 50) -> list[Story]:
    """The stories with a report since then, the latest report first."""
    after = int(since.timestamp()) if since else 0
    rows = store.all(
        "SELECT id FROM story_heads h WHERE merged_into IS NULL AND last_at >= ?"
        " AND (SELECT count(*) FROM (SELECT 1 FROM story_articles m WHERE m.story_id = h.id LIMIT 2)) = 2"
        " ORDER BY last_at DESC, id DESC LIMIT ?",
        (after, limit),
    )
    found = (story(store, row["id"]) for row in rows)
    return [one for one in found if one is not None]


def story(store: Store, story_id: int) -> Story | None:
    """The story of that id, or the one it has been merged into; None where there is none, or none any more."""
    standing = _standing(store, story_id)
    members = _members(store, standing) if standing else ()
    if standing is None or len(members) < 2:
        return None
    return Story(
        id=standing,
        title=members[0].title,
        articles=len(members),
        outlets=tuple(dict.fromkeys(member.outlet for member in members)),
        languages=tuple(dict.fromkeys(member.language for member in members if member.language)),
        first_report=members[0].at,
        last_report=members[-1].at,
        confidence=round(sum(member.confidence for member in members) / len(members), 2),
        members=members,
        changes=_changes(store, standing),
    )


def story_of(store: Store, article_id: int) -> int | None:
    """The story that an article belongs to."""
    found = store.value("SELECT story_id FROM story_articles WHERE article_id = ?", (article_id,))
    return None if found is None else int(found)


def size_of_story(store: Store, article_id: int) -> Size | None:
    """How large the story is that an article belongs to; None where it belongs to none."""
    row = store.one(
        "SELECT m.story_id AS story, count(*) AS articles, sum(o.own) AS reports"
        " FROM story_articles m JOIN story_articles o ON o.story_id = m.story_id WHERE m.article_id = ?"
        " HAVING count(*) > 1",
        (article_id,),
    )
    return Size(**dict(row)) if row else None


def _standing(store: Store, story_id: int) -> int | None:
    found = store.value(
        "WITH RECURSIVE chain (id, next) AS ("
        "  SELECT id, merged_into FROM story_heads WHERE id = ?"
        "  UNION SELECT h.id, h.merged_into FROM chain c JOIN story_heads h ON h.id = c.next)"
        " SELECT id FROM chain WHERE next IS NULL",
        (story_id,),
    )
    return None if found is None else int(found)


def _members(store: Store, story_id: int) -> tuple[Member, ...]:
    rows = store.all(
        "SELECT article_id, outlet, language, title, url, published, first_seen, at, own, confidence, evidence"
        " FROM story_members WHERE story = ? ORDER BY at, article_id",
        (story_id,),
    )
    return tuple(
        Member(
            **{name: row[name] for name in _MEMBER},
            own=bool(row["own"]),
            evidence=tuple(json.loads(row["evidence"])),
        )
        for row in rows
    )


_MEMBER = ("article_id", "outlet", "language", "title", "url", "published", "first_seen", "at", "confidence")


def _changes(store: Store, story_id: int) -> tuple[Change, ...]:
    rows = store.all(
        "SELECT id, at, what, story_id, other_id, articles FROM story_changes WHERE story_id = :id"
        " UNION SELECT id, at, what, story_id, other_id, articles FROM story_changes WHERE other_id = :id"
        " ORDER BY id",
        {"id": story_id},
    )
    return tuple(_change(row) for row in rows)


def _change(row: Row) -> Change:
    return Change(
        at=row["at"],
        what=row["what"],
        story_id=row["story_id"],
        other_id=row["other_id"],
        articles=tuple(json.loads(row["articles"])),
    )
