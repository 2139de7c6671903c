"""What is due, what is new, what a page means. Pure: no clock, no I/O; the caller passes the time in."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.article import CleanArticle
from pipeline.lesson import said
from pipeline.revise import changed_parts
from pipeline.text import fold
from pipeline.types import (
    Duplicate,
    Failure,
    FailureClass,
    FeedEntry,
    FeedSnapshot,
    New,
    Rejected,
    Revision,
    Unchanged,
    Verdict,
)
from pipeline.urls import url_key

#: ages of an article at which it is looked at again for edits and deletion
RECHECK_AGES = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=30),
)

#: what could not be asked because our own network was down is tried again after this
OWN_FAULT = timedelta(minutes=5)

#: a body of at least this many words is proof of identity by itself; a shorter one needs the title, too
TELLING_WORDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """The bounds of polling and retrying, from the configuration."""

    min_interval: timedelta = timedelta(minutes=10)
    max_interval: timedelta = timedelta(hours=24)
    default_interval: timedelta = timedelta(minutes=30)
    max_attempts: int = 6
    recheck_ages: tuple[timedelta, ...] = RECHECK_AGES


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEntry:
    """A feed entry with its identity: the key under which the store knows it and its page.

    ``page_key`` is None for an entry without a link. ``guid_is_identity`` is false where several entries
    of one snapshot share the GUID, so that it identifies nothing.
    """

    entry: FeedEntry
    key: str
    page_key: str | None
    guid_is_identity: bool
    words_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store already has that a page may be: an article, and what points to it.

    ``by`` is ``page`` (the recheck of this article, or its own address), ``address`` (redirect or canonical
    link lead to it), ``guid`` (the same feed entry under a new address) or ``body`` (the same folded body).
    ``said`` is the body with what the outlet's memory cut from it, where it did.
    """

    article_id: int
    by: str
    same_outlet: bool
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    said: tuple[str, ...] = ()


def plan_entries(snapshot: FeedSnapshot) -> tuple[PlannedEntry, ...]:
    """Give every entry of a snapshot its identity; entries repeated in it are planned once."""
    guids = Counter(entry.id for entry in snapshot.entries)
    planned: dict[str, PlannedEntry] = {}
    for entry in snapshot.entries:
        page_key = url_key(entry.url) if entry.url else None
        words = _digest(entry.title, entry.summary, entry.updated.isoformat() if entry.updated else "")
        key = page_key or "words:" + _digest(entry.id, entry.title)
        planned.setdefault(
            key,
            PlannedEntry(
                entry=entry,
                key=key,
                page_key=page_key,
                guid_is_identity=guids[entry.id] == 1,
                words_hash=words,
            ),
        )
    return tuple(planned.values())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def judge(article: CleanArticle, known: Iterable[Known]) -> Verdict:
    """Say what a read page is, given what the store has that it may be.

    The order of trust: the page's own article, an address that leads to one, the feed's GUID, the body.
    A page that only *leads* to a known article is another address of it, never a reason for a new version:
    its markup (AMP, print) differs from the article's without the outlet having changed a word.
    """
    rejected = _not_an_article(article)
    if rejected is not None:
        return rejected
    for match in known:
        if match.by == "page":
            return _compare(article, match)
        if match.by == "address":
            return Duplicate(article_id=match.article_id, why="redirect or canonical link leads to it")
        if match.by == "guid":
            verdict = _compare(article, match)
            return verdict if isinstance(verdict, Revision) else _same_guid(match)
        if match.by == "body" and match.same_outlet and _body_is_proof(article, match):
            return Duplicate(article_id=match.article_id, why="the same body")
    return New()


def _same_guid(match: Known) -> Duplicate:
    return Duplicate(article_id=match.article_id, why="the same entry of the feed under another address")


def _body_is_proof(article: CleanArticle, match: Known) -> bool:
    if sum(len(p.split()) for p in article.paragraphs) >= TELLING_WORDS:
        return True
    return fold(article.title) == fold(match.title)


def _compare(article: CleanArticle, match: Known) -> Revision | Unchanged:
    changed = changed_parts(
        match.title, match.lead, match.paragraphs, article.title, article.meta.lead, article.paragraphs
    )
    if "body" in changed and not changed_parts("", "", match.said or match.paragraphs, "", "", said(article)):
        # What the outlet's memory learned or forgot between the two readings is no edit of the outlet's.
        changed = tuple(part for part in changed if part != "body")
    if changed:
        return Revision(article_id=match.article_id, changed=changed)
    return Unchanged(article_id=match.article_id)


def _not_an_article(article: CleanArticle) -> Rejected | None:
    if article.kind in ("listing", "error"):
        return _reject(FailureClass.NOT_NEWS, f"the page is a {article.kind} page, not an article")
    if article.paragraphs or (article.title and article.kind in ("paywall", "media")):
        return None
    if article.kind == "paywall":
        return _reject(FailureClass.PAYWALL, "the page shows no text without a subscription")
    return _reject(FailureClass.NOT_NEWS, "no article text was found on the page")


def _reject(kind: FailureClass, message: str) -> Rejected:
    return Rejected(failure=Failure(kind=kind, message=message, permanent=True))


def same_site(one: str, other: str) -> bool:
    """Whether two URLs' hosts are the same or one lies under the other.

    A canonical link is believed only within a site: across sites it would let any page claim to be
    another outlet's article.
    """
    first, second = ((urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other))
    if not first or not second:
        return False
    return first == second or first.endswith("." + second) or second.endswith("." + first)


def leads_home(url: str, final_url: str) -> bool:
    """Whether a page's address now ends at a site's front page: how many outlets delete an article."""
    return urlsplit(final_url).path in ("", "/") and urlsplit(url).path not in ("", "/")


def next_recheck(
    first_seen: datetime,
    published: datetime | None,
    now: datetime,
    ages: Sequence[timedelta] = RECHECK_AGES,
) -> datetime | None:
    """When an article is looked at again; None when it has passed all ``ages``, which are ascending.

    An age that comes before the article has grown by half since ``now`` is left out: a page first read a day
    after its publication has nothing to tell five minutes later.
    """
    born = min(published, first_seen) if published else first_seen
    born = max(born, first_seen - timedelta(days=30))
    later = (born + age for age in ages if born + age > now and age >= (now - born) * 1.5)
    return next(later, None)


def retry_at(failure: Failure, attempts: int, now: datetime, polling: Polling) -> datetime | None:
    """When a failed page is tried again: 15 min, 30 min, 1 h … up to a day; None when it failed for good."""
    if failure.permanent or attempts >= polling.max_attempts:
        return None
    delay = min(timedelta(minutes=15 << min(attempts - 1, 10)), timedelta(days=1))
    return now + max(delay, _asked(failure))


def _asked(failure: Failure) -> timedelta:
    return timedelta(seconds=failure.retry_after or 0)
