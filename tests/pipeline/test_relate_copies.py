"""Copies, versions, quotations: what two articles are to one another by their words."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.relate.copies import judge, worth_reading
from pipeline.relate.fingerprint import prints_of, text_words
from pipeline.relate.overlap import overlap
from pipeline.relate.types import COPIES, Kind, Piece, Tie

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TITLE = "Old harbour bridge closes for repairs"
SYLLABLES = (
    "ba",
    "den",
    "for",
    "gil",
    "hat",
    "jun",
    "kel",
    "lom",
    "mar",
    "nes",
    "pol",
    "sol",
    "tur",
    "vin",
    "wex",
)
PLEAS = (
    "Sign up for our newsletter to get the top stories in your inbox.",
    "Support independent journalism. Make a donation today!",
    "Follow us on Facebook and Twitter.",
    "(Reporting by Ann Miller; Editing by Tom Brown)",
)


def prose(words: int, seed: int) -> str:
    """A paragraph of no language."""
    rng = random.Random(seed)
    return (
        " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 3))) for _ in range(words)).capitalize()
        + "."
    )


def body(paragraphs: int, seed: int, words: int = 40) -> tuple[str, ...]:
    return tuple(prose(words, seed * 1_000 + number) for number in range(paragraphs))


def piece(paragraphs: Sequence[str], *, title: str = TITLE, outlet: int = 1, **fields: Any) -> Piece:
    known: dict[str, Any] = {"language": "en", "published": MONDAY, "first_seen": MONDAY}
    return Piece(
        id=outlet,
        outlet_id=outlet,
        outlet=f"Outlet {outlet}",
        slug=f"outlet-{outlet}",
        host=f"outlet-{outlet}.example",
        url=f"https://outlet-{outlet}.example/{len(paragraphs)}",
        title=title,
        paragraphs=tuple(paragraphs),
        **(known | fields),
    )


def tie(first: Piece, second: Piece) -> Tie | None:
    one, other = text_words(first.title, first.paragraphs), text_words(second.title, second.paragraphs)
    return judge(first, second, overlap(one, other))


def kind(first: Piece, second: Piece) -> Kind | None:
    """What they are to one another, from whichever side they are looked at."""
    found, turned = tie(first, second), tie(second, first)
    assert (found and found.kind) == (turned and turned.kind)
    return found.kind if found else None


ORIGINAL = body(8, 1)


# --- the same -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlet", [1, 2])
def test_the_same_words_and_title_are_the_same_article(outlet: int) -> None:
    noisy = [paragraph.replace(" ", "\u00a0", 1).upper() for paragraph in ORIGINAL]
    assert kind(piece(ORIGINAL), piece(noisy, title=TITLE.upper(), outlet=outlet)) is Kind.SAME_AS


@pytest.mark.parametrize("outlet", [1, 2])
def test_pleas_and_bylines_put_in_make_no_other_article(outlet: int) -> None:
    wrapped = (*ORIGINAL[:2], PLEAS[0], *ORIGINAL[2:5], PLEAS[1], PLEAS[2], *ORIGINAL[5:], PLEAS[3])
    assert kind(piece(ORIGINAL), piece(wrapped, outlet=outlet)) is Kind.SAME_AS


def test_a_strange_short_line_is_an_outlets_own_change_and_another_outlets_boilerplate() -> None:
    longer = (*ORIGINAL, prose(9, 77))
    assert kind(piece(ORIGINAL), piece(longer, outlet=2)) is Kind.SAME_AS
    assert kind(piece(ORIGINAL), piece(longer, outlet=1)) is Kind.VERSION_OF


def test_one_other_word_in_the_text_is_a_change() -> None:
    changed = (*ORIGINAL[:7], ORIGINAL[7].replace(ORIGINAL[7].split()[20], "otherwise", 1))
    assert kind(piece(ORIGINAL), piece(changed)) is Kind.VERSION_OF
    assert kind(piece(ORIGINAL), piece(changed, outlet=2)) is Kind.SYNDICATED_COPY_OF


# --- copies and versions --------------------------------------------------------------------------------


def test_another_headline_makes_a_version_of_its_own_outlet_and_a_copy_of_another() -> None:
    assert kind(piece(ORIGINAL), piece(ORIGINAL, title="Bridge shut")) is Kind.VERSION_OF
    assert kind(piece(ORIGINAL), piece(ORIGINAL, title="Bridge shut", outlet=2)) is Kind.SYNDICATED_COPY_OF


def test_a_quarter_of_the_original_among_pleas_is_a_copy() -> None:
    cut = (f"LONDON (Agency) - {ORIGINAL[0]}", PLEAS[0], PLEAS[1], ORIGINAL[1], PLEAS[2], PLEAS[3])
    assert kind(piece(ORIGINAL), piece(cut, title="Bridge shut", outlet=2)) is Kind.SYNDICATED_COPY_OF


def test_the_original_inside_a_text_twice_its_length_is_a_version() -> None:
    enlarged = (*body(5, 2), *ORIGINAL, *body(5, 3))
    assert kind(piece(ORIGINAL), piece(enlarged, title="Bridge shut")) is Kind.VERSION_OF


def test_shuffled_sentences_with_dropped_words_are_a_copy() -> None:
    rng = random.Random(4)
    kept = [
        " ".join(word for word in p.split() if rng.random() > 0.08) for p in (*ORIGINAL[4:7], *ORIGINAL[:3])
    ]
    assert kind(piece(ORIGINAL), piece(kept, title="Bridge shut", outlet=2)) is Kind.SYNDICATED_COPY_OF


def test_a_flash_is_a_copy_of_the_same_flash() -> None:
    flash = (prose(14, 5),)
    assert kind(piece(flash), piece(flash, title="Now", outlet=2)) is Kind.SYNDICATED_COPY_OF


def test_the_same_flash_days_later_tells_of_another_event() -> None:
    flash = (prose(14, 5),)
    assert kind(piece(flash), piece(flash, published=MONDAY + timedelta(days=4))) is None


def test_a_text_without_spaces_is_compared_like_any_other() -> None:
    rng = random.Random(6)
    lines = tuple("".join(chr(rng.randint(0x4E00, 0x5E00)) for _ in range(90)) + "。" for _ in range(8))
    cut = (*lines[:2], "广告")
    assert kind(piece(lines, language="zh"), piece(cut, title="短", outlet=2, language="zh")) in COPIES
    others = tuple("".join(chr(rng.randint(0x4E00, 0x5E00)) for _ in range(90)) for _ in range(8))
    assert kind(piece(lines, language="zh"), piece(others, outlet=2, language="zh")) is None


# --- quotations -----------------------------------------------------------------------------------------


def quoter(passage: str, seed: int = 7) -> Piece:
    own = body(6, seed)
    return piece((*own[:2], f'He said: "{passage}"', *own[2:]), title="Something else", outlet=2)


def test_one_quoted_paragraph_is_a_quotation_and_the_plain_text_is_quoted() -> None:
    original, other = piece(ORIGINAL), quoter(ORIGINAL[3])
    assert kind(original, other) is Kind.QUOTES
    found, turned = tie(original, other), tie(other, original)
    assert found is not None
    assert found.quoted_from_first is True
    assert turned is not None
    assert turned.quoted_from_first is False


def test_a_paragraph_quoted_from_a_short_text_is_no_copy_though_it_is_most_of_it() -> None:
    short = (prose(20, 8), prose(60, 9), prose(20, 10))
    assert kind(piece(short), quoter(short[1])) is Kind.QUOTES


def test_the_same_passage_unmarked_in_two_texts_is_a_quotation_of_unknown_direction() -> None:
    other = (*body(4, 11), ORIGINAL[3], *body(4, 12))
    found = tie(piece(ORIGINAL), piece((*other[:4], f"{prose(12, 13)} {other[4]}", *other[5:]), outlet=2))
    assert found is not None
    assert (found.kind, found.quoted_from_first) == (Kind.QUOTES, None)


def test_a_short_article_among_many_in_a_digest_is_quoted() -> None:
    item = body(2, 14)
    digest = (*body(6, 15), *item, *body(8, 16))
    assert kind(piece(item), piece(digest, title="The day in brief", outlet=2)) is Kind.QUOTES


# --- neither --------------------------------------------------------------------------------------------


def test_common_pleas_are_nothing_in_common() -> None:
    assert kind(piece((*ORIGINAL, *PLEAS)), piece((*body(6, 17), *PLEAS), outlet=2)) is None
    assert kind(piece((*body(1, 18), *PLEAS)), piece((*body(1, 19), *PLEAS), outlet=2)) is None


def test_a_common_line_no_phrase_explains_is_no_quotation() -> None:
    line = prose(30, 20)
    assert kind(piece((*ORIGINAL, line)), piece((*body(6, 21), line), outlet=2)) is None


def weather(seed: int) -> Piece:
    rng = random.Random(seed)
    day = rng.choice(("Monday", "Tuesday", "Friday"))
    low, high, wind, gusts, pressure = (
        rng.randint(*span) for span in ((0, 9), (10, 20), (2, 6), (7, 15), (740, 770))
    )
    return piece(
        (
            f"On {day} the sky over the city will be {rng.choice(('clear', 'cloudy'))}, the weather service said.",
            f"Temperatures will range from {low} degrees in the morning to {high} degrees in the afternoon.",
            f"The wind will blow at {wind} metres per second with gusts of up to {gusts} metres per second.",
            f"The air pressure will be {pressure} millimetres and the humidity {rng.randint(40, 95)} percent.",
            f"The sun rises at {rng.randint(5, 8)}:{rng.randint(10, 59)} and sets at 19:{rng.randint(10, 59)}.",
        ),
        title=f"The weather on {day}",
    )


@pytest.mark.parametrize("seed", range(2, 12))
def test_reports_alike_but_for_their_figures_are_no_copies(seed: int) -> None:
    assert kind(weather(1), weather(seed)) is None


def test_a_corrected_figure_is_a_version() -> None:
    before = [f"{paragraph} That is {number} in all." for number, paragraph in enumerate(ORIGINAL, 30)]
    after = [f"{paragraph} That is {number} in all." for number, paragraph in enumerate(ORIGINAL, 70)]
    assert kind(piece(before), piece(after, title="Update")) is Kind.VERSION_OF


@pytest.mark.parametrize("paragraphs", [(), ("",), ("...",)])
def test_empty_articles_are_nothing_to_one_another(paragraphs: tuple[str, ...]) -> None:
    assert kind(piece(paragraphs, title=""), piece(ORIGINAL, outlet=2)) is None
    assert kind(piece(paragraphs, title=""), piece(paragraphs, title="", outlet=2)) is None


# --- confidence, evidence, candidates -------------------------------------------------------------------


def test_the_more_is_shared_the_surer_it_is() -> None:
    cuts = [tie(piece(ORIGINAL), piece((*ORIGINAL[:kept], *body(2, 22)), outlet=2)) for kept in (2, 4, 8)]
    found = [cut.confidence for cut in cuts if cut is not None]
    assert len(found) == 3
    assert found == sorted(found)
    assert 0 < found[0] < found[-1] < 1


def test_the_evidence_can_be_read() -> None:
    copy, quotation = (
        tie(piece(ORIGINAL), piece(ORIGINAL[:4], outlet=2)),
        tie(piece(ORIGINAL), quoter(ORIGINAL[3])),
    )
    assert copy is not None
    assert quotation is not None
    assert copy.evidence == (
        "shares 160 of 160 words in order with a text of 320",
        "one passage of 160 words in common",
        "same title",
    )
    assert quotation.evidence[1:] == (
        "one passage of 40 words in common",
        "in quotation marks in “Something else” only",
    )


def test_one_print_in_common_is_enough_for_short_texts_only() -> None:
    assert worth_reading(1, 6, 28)
    assert not worth_reading(1, 28, 28)
    assert worth_reading(2, 28, 120)
    assert not worth_reading(0, 3, 3)


PARAGRAPHS = st.lists(
    st.sampled_from([*ORIGINAL[:3], *PLEAS, '"', "", f'So: "{ORIGINAL[0]}" (end)', "京都京都京都京都京都"]),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(PARAGRAPHS, PARAGRAPHS, st.integers(1, 2))
def test_any_two_articles_are_judged_alike_from_either_side(
    one: list[str], other: list[str], outlet: int
) -> None:
    kind(piece(one), piece(other, title="Other", outlet=outlet))


# --- the labelled articles ------------------------------------------------------------------------------


@pytest.mark.shared
def test_labelled_variants_are_told_apart_from_quotations(shared: Path) -> None:
    lines = (shared / "dedup" / "near-duplicates.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    originals = {row["src"]: row for row in rows if row["rel"] == "orig"}
    right, all_of, copied = Counter[str](), Counter[str](), 0
    for row in rows[::2]:
        if row["rel"] == "orig":
            continue
        told = labelled(originals[row.get("hard_of", row["src"])], row)
        all_of[row["kind"]] += 1
        right[row["kind"]] += told is not None and told.kind == row["rel"].replace("related", "quotes")
        copied += row["rel"] == "related" and told is not None and told.kind in COPIES
    assert copied <= 0.03 * all_of["neg-quote"]
    assert {name: right[name] / count for name, count in all_of.items() if right[name] < 0.95 * count} == {}


def labelled(original: dict[str, Any], row: dict[str, Any]) -> Tie | None:
    """What the two are, if their prints make them candidates or one quotes the other."""
    found = []
    for article in (original, row):
        title, *paragraphs = article["text"].split("\n")
        home = article["rel"] in ("orig", "version-of")
        found.append(
            piece(paragraphs or [title], title=title, outlet=1 if home else 2, language=article["lang"])
        )
    prints = [set(prints_of(text_words(one.title, one.paragraphs))) for one in found]
    candidates = worth_reading(len(prints[0] & prints[1]), len(prints[0]), len(prints[1]))
    return tie(*found) if candidates or row["rel"] == "related" else None
