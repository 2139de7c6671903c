"""What an article tells of, how well two fit together, which of many tell of one event. Pure."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.relate.stories import (
    Report,
    Terms,
    fit,
    keys_near,
    rarity_of,
    report_of,
    story_keys,
    terms_from_bytes,
    terms_of,
    terms_to_bytes,
    written_terms,
)
from pipeline.relate.story_groups import grouped, settle

DAY = 86_400
HOUR = 3_600
NOON = 20_000 * DAY + DAY // 2

QUAKE = (
    "Strong earthquake shakes Elazig in eastern Turkey",
    "A magnitude 5.8 earthquake struck the province of Elazig in eastern Turkey, the disaster agency AFAD said.",
    "Governor Murat Sezgin said 14 people were taken to hospital in Sivrice.",
)
QUAKE_AGAIN = (
    "Fourteen hurt as 5.8 quake rattles Elazig",
    "Schools in Sivrice stay shut after the earthquake that hit Elazig, governor Murat Sezgin told reporters.",
    "AFAD counted 40 aftershocks.",
)
QUAKE_UK = (
    "У Туреччині стався землетрус магнітудою 5,8",
    "Землетрус стався у провінції Елязиг на сході Туреччини, повідомила агенція AFAD.",
    "За словами губернатора Мурата Сезгіна, у Сівридже постраждали 14 людей.",
)
STRIKE = (
    "Bus drivers in Lyon walk out over pay",
    "Bus drivers in Lyon began a two-day strike on Tuesday, demanding higher wages, the union CGT said.",
    "Half of the lines were closed, operator Keolis said.",
)


def terms(text: tuple[str, ...], language: str = "en") -> Terms:
    return terms_of(text[0], None, text[1:], language)


def report(number: int, text: tuple[str, ...], language: str = "en", hours: float = 0) -> Report:
    return report_of(number, NOON + int(hours * HOUR), language, terms(text, language), {})


def test_reports_of_one_event_fit_and_others_do_not() -> None:
    one, again, other_language = report(1, QUAKE), report(2, QUAKE_AGAIN), report(3, QUAKE_UK, "uk")
    strike = report(4, STRIKE)
    assert fit(one, again) > 0.3
    assert fit(one, other_language) > 0.3
    assert max(fit(strike, other) for other in (one, again, other_language)) < 0.1


def test_what_is_told_days_later_fits_less() -> None:
    one = report(1, QUAKE)
    fits = [fit(one, report(2, QUAKE_AGAIN, hours=hours)) for hours in (0, 8, 24, 60)]
    assert fits[0] == fits[1] > fits[2] > fits[3]


def test_other_days_of_the_week_and_other_places_speak_against() -> None:
    one = report(1, ("Fire at a plant in Turkey", "A fire broke out at the plant Orion in Turkey on Monday."))
    same = report(
        2, ("Fire at a plant in Turkey", "A fire broke out at the plant Orion in Turkey on Monday.")
    )
    later = report(
        3, ("Fire at a plant in Turkey", "A fire broke out at the plant Orion in Turkey on Friday.")
    )
    there = report(
        4, ("Fire at a plant in France", "A fire broke out at the plant Orion in France on Monday.")
    )
    assert fit(one, same) > fit(one, later) + 0.05
    assert fit(one, same) > fit(one, there) + 0.05


def test_a_name_that_is_in_every_article_counts_little() -> None:
    one = ("Kestrel praises the harvest", "Minister Kestrel praised farmers at a fair.")
    two = ("Kestrel opens a bridge", "Minister Kestrel cut the ribbon of a bridge.")
    rarity = rarity_of([terms_to_bytes(terms(one))] * 150)
    known = [report_of(number, NOON, "en", terms(text), rarity) for number, text in ((1, one), (2, two))]
    assert fit(*known) < fit(report(1, one), report(2, two)) / 2


def test_the_keys_lead_to_articles_of_the_days_around_only() -> None:
    known = terms(QUAKE)
    for days in (-3, -1, 0, 1, 3):
        assert set(story_keys(known, NOON)) <= set(keys_near(known, NOON + days * DAY))
    assert not set(story_keys(known, NOON)) & set(keys_near(known, NOON + 7 * DAY))
    assert len(story_keys(known, NOON)) <= 9


def test_evidence_is_written_as_the_article_writes_it() -> None:
    written = written_terms(QUAKE_UK[0], None, QUAKE_UK[1:], "uk")
    known = {term for term, _ in terms(QUAKE_UK, "uk")}
    said = {written[term] for term in known if term in written}
    assert {"Елязиг", "AFAD", "5,8"} <= said


words = st.lists(st.text(alphabet="abcdeгджзابتث ", min_size=1, max_size=12), min_size=1, max_size=30)


@settings(max_examples=60)
@given(words, st.sampled_from(["en", "uk", "ar", "zh", None]))
def test_terms_survive_the_store(text: list[str], language: str | None) -> None:
    known = terms_of(" ".join(text[:3]), None, [" ".join(text)], language)
    assert len(known) <= 40
    kept = terms_from_bytes(terms_to_bytes(known))
    assert [term for term, _ in kept] == [term for term, _ in known]
    assert all(abs(a - b) < 0.02 or b > 6 for (_, a), (_, b) in zip(kept, known, strict=True))


def test_broken_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="five bytes"):
        terms_from_bytes(b"123456")


@settings(max_examples=60)
@given(words, words, st.integers(0, 100))
def test_fit_is_the_same_both_ways_and_never_above_one(one: list[str], two: list[str], hours: int) -> None:
    a, b = report(1, (" ".join(one), *one)), report(2, (" ".join(two), *two), hours=hours)
    assert fit(a, b) == pytest.approx(fit(b, a))
    assert fit(a, b) <= 1.0001


def test_common_words_alone_make_no_event() -> None:
    one = ("A walk in the park", "The morning was bright and people walked slowly beside the quiet water.")
    two = ("A quiet morning", "People walked beside the bright water and slowly left the park.")
    named = [(f"{title} of Norrholm", f"{text} Norrholm was asleep.") for title, text in (one, two)]
    assert fit(report(1, one), report(2, two)) < 0.75 * fit(report(1, named[0]), report(2, named[1]))


def test_a_hundred_and_a_thousand_tell_no_more_than_a_notion() -> None:
    def fits(number: str, written: str) -> float:
        one = (
            "Water in the street",
            f"The police counted {number} people and children in the rain by the school.",
        )
        two = ("Вода на вулиці", f"Поліція нарахувала {written} людей і дітей під дощем біля школи.")
        return fit(report(1, one), report(2, two, "uk"))

    assert fits("a thousand", "тисячу") < 0.75 * fits("2480", "2480")
    assert fits("a hundred", "сто") < 0.75 * fits("2480", "2480")


# --- groups -----------------------------------------------------------------------------------------------


def test_groups_do_not_depend_on_the_order() -> None:
    reports = [
        report(1, QUAKE),
        report(2, STRIKE, hours=1),
        report(3, QUAKE_UK, "uk", hours=2),
        report(4, QUAKE_AGAIN, hours=5),
    ]
    for seed in range(5):
        mixed = random.Random(seed).sample(reports, len(reports))
        assert grouped(mixed) == [(1, 3, 4), (2,)]


def test_what_is_bound_stays_together() -> None:
    assert grouped([report(1, QUAKE), report(2, STRIKE)], [{1, 2}]) == [(1, 2)]


def test_a_story_ends_after_ten_days() -> None:
    reports = [report(day, QUAKE, hours=48 * day) for day in range(9)]
    groups = grouped(reports)
    assert len(groups) > 1
    assert all(max(group) - min(group) <= 5 for group in groups)


def test_a_story_stays_with_most_of_its_articles() -> None:
    settled = settle([(1, 2, 3), (4, 5)], {1: 7, 2: 7, 3: 7, 4: 7})
    assert settled.stories == ((7, (1, 2, 3)), (None, (4, 5)))
    assert not settled.merged


def test_where_stories_meet_the_oldest_keeps_its_number() -> None:
    settled = settle([(1, 2, 3, 4)], {1: 9, 2: 9, 3: 4})
    assert settled.stories == ((4, (1, 2, 3, 4)),)
    assert settled.merged == {9: 4}


@settings(max_examples=80)
@given(st.dictionaries(st.integers(1, 12), st.integers(1, 4)), st.integers(1, 5), st.integers(0, 99))
def test_each_group_gets_one_number_and_no_number_twice(
    before: dict[int, int], count: int, seed: int
) -> None:
    articles = random.Random(seed).sample(range(1, 13), 12)
    groups = [tuple(articles[start::count]) for start in range(count)]
    settled = settle(groups, before)
    numbers = [story for story, _ in settled.stories if story is not None]
    assert len(numbers) == len(set(numbers))
    assert not set(numbers) & set(settled.merged)
    assert set(settled.merged.values()) <= set(numbers)
    assert [group for _, group in settled.stories] == [group for group in groups if len(group) > 1]
