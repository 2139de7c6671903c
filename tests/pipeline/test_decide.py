"""The pure decisions: identity of entries, what a page means, when to look again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import decide
from pipeline.article import CleanArticle
from pipeline.decide import Known, Polling
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
)

Make = Callable[..., CleanArticle]
BODY = ("The bridge opened on Monday.", "Crowds came to see it.")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def snapshot(*entries: FeedEntry) -> FeedSnapshot:
    return FeedSnapshot(url="http://g.example/rss", format="rss20", title="G", entries=entries)


def known(by: str = "page", **fields: object) -> Known:
    values = {"article_id": 7, "same_outlet": True, "title": "Bridge opens", "lead": None, "paragraphs": BODY}
    return Known(by=by, **(values | fields))  # type: ignore[arg-type]


def failure(**fields: object) -> Failure:
    return Failure(**({"kind": FailureClass.HTTP, "message": "500"} | fields))  # type: ignore[arg-type]


def test_new_guids_and_tracking_links_do_not_make_new_entries() -> None:
    first = decide.plan_entries(
        snapshot(FeedEntry(id="g1", url="http://g.example/a?utm_source=rss", title="A"))
    )
    later = decide.plan_entries(snapshot(FeedEntry(id="g2", url="https://www.g.example/a/", title="A")))
    assert first[0].key == later[0].key


def test_an_entry_repeated_in_one_snapshot_is_planned_once() -> None:
    entry = FeedEntry(id="1", url="http://g.example/a", title="A")
    assert len(decide.plan_entries(snapshot(entry, entry))) == 1


def test_a_guid_that_several_entries_share_identifies_none() -> None:
    entries = [FeedEntry(id="same", url=f"http://g.example/{n}", title=str(n)) for n in range(3)]
    planned = decide.plan_entries(snapshot(*entries))
    assert len(planned) == 3
    assert not any(entry.guid_is_identity for entry in planned)


def test_entries_without_a_link_are_kept_apart_by_their_words() -> None:
    planned = decide.plan_entries(
        snapshot(FeedEntry(id="1", url=None, title="One"), FeedEntry(id="2", url=None, title="Two"))
    )
    assert [entry.page_key for entry in planned] == [None, None]
    assert planned[0].key != planned[1].key


def test_an_unknown_page_is_new(make_article: Make) -> None:
    assert decide.judge(make_article(), ()) == New()


def test_the_same_words_are_unchanged(make_article: Make) -> None:
    assert decide.judge(make_article(), (known(),)) == Unchanged(article_id=7)


def test_an_edited_headline_is_a_revision_that_says_so(make_article: Make) -> None:
    verdict = decide.judge(make_article(title="Bridge opens at last"), (known(),))
    assert verdict == Revision(article_id=7, changed=("title",))


def test_an_added_paragraph_is_a_revision(make_article: Make) -> None:
    verdict = decide.judge(make_article(paragraphs=(*BODY, "Updated later.")), (known(),))
    assert verdict == Revision(article_id=7, changed=("body",))


def test_white_space_is_no_edit(make_article: Make) -> None:
    article = make_article(paragraphs=("The  bridge opened\u00a0on Monday.", "Crowds came to see it."))
    assert decide.judge(article, (known(),)) == Unchanged(article_id=7)


def test_another_address_of_an_article_is_a_duplicate_even_if_its_markup_reads_otherwise(
    make_article: Make,
) -> None:
    verdict = decide.judge(make_article(paragraphs=("The bridge opened",)), (known("address"),))
    assert isinstance(verdict, Duplicate)


def test_a_guid_under_a_new_address_with_new_words_is_a_revision(make_article: Make) -> None:
    assert isinstance(decide.judge(make_article(title="Other"), (known("guid"),)), Revision)
    assert isinstance(decide.judge(make_article(), (known("guid"),)), Duplicate)


def test_a_short_body_needs_the_same_title_to_be_the_same_article(make_article: Make) -> None:
    assert decide.judge(make_article(title="Other"), (known("body"),)) == New()
    assert isinstance(decide.judge(make_article(), (known("body"),)), Duplicate)


def test_a_long_body_is_proof_by_itself_but_only_within_the_outlet(make_article: Make) -> None:
    long = (" ".join(f"word{n}" for n in range(decide.TELLING_WORDS)),)
    article = make_article(title="Other", paragraphs=long)
    assert isinstance(decide.judge(article, (known("body", paragraphs=long),)), Duplicate)
    assert decide.judge(article, (known("body", paragraphs=long, same_outlet=False),)) == New()


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"paragraphs": ()}, FailureClass.NOT_NEWS),
        ({"kind": "listing"}, FailureClass.NOT_NEWS),
        ({"kind": "error"}, FailureClass.NOT_NEWS),
        ({"paragraphs": (), "kind": "paywall", "title": ""}, FailureClass.PAYWALL),
    ],
)
def test_what_is_no_article_is_rejected_with_a_reason(
    make_article: Make, fields: dict[str, object], kind: FailureClass
) -> None:
    verdict = decide.judge(make_article(**fields), ())
    assert isinstance(verdict, Rejected)
    assert verdict.failure.kind is kind
    assert verdict.failure.permanent


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://www.g.example/a", "https://g.example/b", True),
        ("http://news.g.example/a", "https://g.example/b", True),
        ("http://g.example/a", "https://evil.example/a", False),
        ("http://notg.example/a", "https://g.example/a", False),
        ("", "https://g.example/a", False),
    ],
)
def test_sites(one: str, other: str, same: bool) -> None:
    assert decide.same_site(one, other) is same


@given(first_seen=MOMENTS, now=MOMENTS, published=st.none() | MOMENTS)
def test_a_recheck_lies_ahead_or_never(
    first_seen: datetime, now: datetime, published: datetime | None
) -> None:
    again = decide.next_recheck(first_seen, published, now)
    assert again is None or again > now


def test_the_recheck_ladder() -> None:
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    after = [seen, seen + timedelta(minutes=15), seen + timedelta(days=3), seen + timedelta(days=30)]
    ages = [decide.next_recheck(seen, seen, now) for now in after]
    assert ages == [seen + timedelta(minutes=15), seen + timedelta(hours=1), seen + timedelta(days=30), None]


def test_a_page_is_tried_again_ever_later_and_then_no_more(now: datetime) -> None:
    polling = Polling(max_attempts=4)
    waits = [decide.retry_at(failure(), attempts, now, polling) for attempts in (1, 2, 3, 4)]
    assert waits == [now + timedelta(minutes=15), now + timedelta(minutes=30), now + timedelta(hours=1), None]


def test_a_failure_for_good_is_not_tried_again(now: datetime) -> None:
    assert decide.retry_at(failure(permanent=True), 1, now, Polling()) is None


def test_retry_after_is_obeyed(now: datetime) -> None:
    asked = failure(retry_after=7200.0)
    assert decide.retry_at(asked, 1, now, Polling()) == now + timedelta(hours=2)


def test_an_article_first_read_late_is_not_looked_at_again_at_once(now: datetime) -> None:
    assert decide.next_recheck(now, now - timedelta(hours=23, minutes=55), now) == now + timedelta(
        days=2, minutes=5
    )


def test_an_address_that_now_leads_to_the_front_page_is_noticed() -> None:
    assert decide.leads_home("http://g.example/a", "http://g.example/")
    assert not decide.leads_home("http://g.example/", "http://g.example/")
    assert not decide.leads_home("http://g.example/a", "http://g.example/b")
