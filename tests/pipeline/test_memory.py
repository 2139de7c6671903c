"""Lines that return in distinct articles of an outlet leave the body; what only looks like that stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from pipeline.article import CleanArticle, Link, Removal, RemovalKind
from pipeline.clean.recall import Decided, forget, restored, settle
from pipeline.lesson import MAX_KEYS, key_of, lesson, said, signature
from pipeline.memory import (
    ENOUGH,
    REMEMBERED,
    Memory,
    Remembered,
    grown,
    in_words,
    same_article,
)
from pipeline.read import rebuild

Make = Callable[..., CleanArticle]

PLEA = "Would you like to read more of our stories every day?"
BACKGROUND = (
    "The bridge has been closed since the flood of last spring, when the river rose by three metres and more,"
    " took away two of its pillars and cut the old town off from the station and from the hospital for weeks."
)


def own(number: int, paragraphs: int = 3) -> tuple[str, ...]:
    """Paragraphs that no other article has."""
    names = ("mayor", "baker", "pilot", "singer", "doctor", "farmer", "sailor", "painter", "teacher", "judge")
    who = f"{names[number % 10]} of {names[number // 10 % 10]} street"
    return tuple(
        f"On this day the {who} said in words never heard before that part {names[part]} of the plan for the "
        f"{names[(number + part) % 10]} and the {names[number // 10 % 10]} would have to wait another year."
        for part in range(paragraphs)
    )


def learned(articles: Sequence[CleanArticle]) -> Memory:
    """The memory after these articles, in this order."""
    memory = Memory()
    for number, article in enumerate(articles, 1):
        new = lesson(article)
        same = same_article(number, article.title, new, memory)
        one = Remembered(article_id=number, title=article.title, lesson=new, same_as=same)
        memory = grown(memory, one)
    return memory


@pytest.fixture
def outlet(make_article: Make) -> Callable[..., list[CleanArticle]]:
    """``count`` distinct articles; those of ``which`` (all) end with ``lines``."""

    def make(count: int, *lines: str, which: Sequence[int] | None = None) -> list[CleanArticle]:
        chosen = range(count) if which is None else which
        return [
            make_article(
                paragraphs=(*own(number), *(lines if number in chosen else ())),
                title=f"Story {own(number)[0]}",
            )
            for number in range(count)
        ]

    return make


Outlet = Callable[..., list[CleanArticle]]


def cut_from(article: CleanArticle, memory: Memory) -> list[str]:
    return [cut.text.strip() for cut in forget(article, memory).removals if cut.rule.startswith("memory:")]


# --- what goes ------------------------------------------------------------------------------------------


def test_a_line_of_many_articles_leaves_the_body_and_says_why(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(20, PLEA, which=range(14)))
    article = make_article(paragraphs=(*own(50), PLEA))
    after = forget(article, memory)
    assert after.paragraphs == own(50)
    (cut,) = after.removals
    assert (cut.text, cut.rule, cut.after_paragraph) == (PLEA, "memory:14/20", 3)
    assert in_words(cut.rule) == "seen in 14 of 20 articles of this outlet"
    assert rebuild(after) == rebuild(article)


@pytest.mark.parametrize("name", ["phrase:en", "extractor", "structure:link-only", "memory:odd"])
def test_other_rules_are_shown_as_they_are(name: str) -> None:
    assert in_words(name) == name


def test_dates_and_counts_do_not_make_a_line_a_new_one() -> None:
    same = [
        ("Published 12 Mar 2026, 14:05", "Published 3 April 2026, 9:30"),
        ("Published March 12, 2026 by the newsroom", "Published June 1, 2025 by the newsroom"),
        ("1 234 views of this story", "98 views of this story"),
        ("Опубліковано 12 березня 2026 року", "Опубліковано 1 травня 2025 року"),
        ("تم النشر ١٢ مارس ٢٠٢٦", "تم النشر ٣ مارس ٢٠٢٦"),
        ("  READ MORE of our stories ", "Read more of our stories"),
    ]
    for one, other in same:
        assert key_of(one) == key_of(other), one
    assert key_of("Published by the newsroom") != key_of("Published by the foundation")


def test_keys_are_the_same_on_every_machine() -> None:
    assert key_of(PLEA) == 17062002844765213045


def test_a_line_that_only_a_rule_cut_elsewhere_is_known_and_keeps_its_kind(make_article: Make) -> None:
    def page(number: int) -> CleanArticle:
        cut = Removal(
            kind=RemovalKind.DONATION,
            rule="phrase:en",
            text=PLEA,
            position=(3, 0, len(PLEA)),
            after_paragraph=3,
        )
        return make_article(paragraphs=own(number), removals=(cut,), title=f"T{number}")

    after = forget(make_article(paragraphs=(*own(50), PLEA)), learned([page(n) for n in range(10)]))
    assert [(cut.kind, cut.rule) for cut in after.removals] == [(RemovalKind.DONATION, "memory:10/10")]


def test_a_line_within_a_paragraph_leaves_it_and_the_rest_stays_in_place(
    make_article: Make, outlet: Outlet
) -> None:
    memory = learned(outlet(10, PLEA))
    first, second, third = own(50)
    article = make_article(paragraphs=(f"{first}\n{PLEA}\n\n{second}", third))
    after = forget(article, memory)
    assert after.paragraphs == (first, second, third)
    assert rebuild(after) == rebuild(article)
    assert restored(after) == article


def test_short_lines_are_forgotten_only_where_they_are_links(make_article: Make) -> None:
    link = Link(url="http://gazette.example/world", text="World news")

    def page(number: int) -> CleanArticle:
        made = make_article(paragraphs=(*own(number), "World news", "Reuters", "* * *"), title=f"T{number}")
        return replace(made, links=(link,))

    after = forget(page(50), learned([page(n) for n in range(10)]))
    assert after.paragraphs == (*own(50), "Reuters", "* * *")
    assert after.removals[0].links == (link,)
    assert after.links == ()


def test_the_bodys_other_links_stay(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(10, PLEA))
    first, *others = own(50)
    links = tuple(
        Link(url=f"http://gazette.example/{text}", text=text) for text in ("day", "stories", "year")
    )
    article = replace(make_article(paragraphs=(first, PLEA, *others)), links=links)
    after = forget(article, memory)
    assert [link.text for link in after.links] == ["day", "year"]
    assert [link.text for link in after.removals[0].links] == ["stories"]
    assert set(restored(after).links) == set(links)


# --- what stays -----------------------------------------------------------------------------------------


def test_too_few_articles_teach_nothing(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(ENOUGH - 1, PLEA))
    assert cut_from(make_article(paragraphs=(*own(50), PLEA)), memory) == []
    assert memory.home() is None


def test_versions_and_addresses_of_one_article_count_once(make_article: Make) -> None:
    """Snapshots of an article share every line, however they are titled; with edits they share most."""
    snapshots = [make_article(paragraphs=own(1), title=f"{number}. title of them") for number in range(8)]
    edited = [
        make_article(paragraphs=(*own(1)[:2], *own(n, 1)), title="Title of them") for n in range(20, 26)
    ]
    memory = learned([*snapshots, *edited])
    assert (memory.of, len(memory.articles)) == (1, 14)
    assert cut_from(make_article(paragraphs=own(1)), memory) == []


def test_an_agency_text_that_an_outlet_prints_thrice_is_one_article(
    make_article: Make, outlet: Outlet
) -> None:
    agency = [make_article(paragraphs=own(70, 4), title=title) for title in ("Flood", "River rises", "Water")]
    memory = learned([*outlet(10), *agency])
    assert memory.of == 11
    assert cut_from(make_article(paragraphs=own(70, 4)), memory) == []


def test_articles_with_much_in_common_are_distinct_if_their_stories_are(make_article: Make) -> None:
    """Three long lines of five are the outlet's own: the titles tell that the articles are not the same."""
    form = tuple(f"{word} {BACKGROUND[:90]}" for word in ("Help", "Join", "Read"))
    titles = [
        "Fire at the harbour",
        "Council elects mayor",
        "New bakery opens",
        "Team wins cup",
        "Rain stops",
        "X",
    ]
    memory = learned([make_article(paragraphs=(*own(n, 2), *form), title=t) for n, t in enumerate(titles)])
    assert memory.of == 6


def test_background_retold_by_several_articles_stays(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(20, BACKGROUND, which=(1, 5, 7, 9, 12, 13, 18, 19)))
    assert memory.times(key_of(BACKGROUND)) == 8
    assert cut_from(make_article(paragraphs=(*own(50), BACKGROUND)), memory) == []


def test_a_daily_report_keeps_its_figures(make_article: Make, outlet: Outlet) -> None:
    """Between two reports only the figures differ, and they are the news."""
    reports = [
        make_article(
            paragraphs=(
                *own(n),
                f"The dollar costs {n}.{n} hryvnias today",
                f"Tanks destroyed: {n} 10{n} (+{n})",
            ),
            title=f"Rates of day {n}",
        )
        for n in range(40, 46)
    ]
    memory = learned([*outlet(10), *reports])
    today = make_article(
        paragraphs=(*own(60), "The dollar costs 41.20 hryvnias today", "Tanks destroyed: 11 500 (+9)")
    )
    assert cut_from(today, memory) == []


def test_a_column_keeps_its_fixed_opening(make_article: Make, outlet: Outlet) -> None:
    """It opens every day with the same words, but is one article in ten of the outlet's: they are its own."""
    opening = "Good morning. This is what the city talks about today, from harbour to hills, in five minutes."
    memory = learned(outlet(30, opening, which=range(0, 30, 10)))
    assert cut_from(make_article(paragraphs=(opening, *own(50))), memory) == []


def test_title_and_lead_are_never_cut(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(10, "The evening letter of the editors", PLEA))
    letter = make_article(
        title="The evening letter of the editors",
        lead=PLEA,
        paragraphs=("The Evening Letter of the editors", PLEA, *own(50)),
    )
    assert forget(letter, memory) is letter


def test_a_short_article_is_never_cut_to_nothing(make_article: Make, outlet: Outlet) -> None:
    memory = learned(outlet(10, PLEA, "There is no more news of it today."))
    for paragraphs in (
        (PLEA,),
        (PLEA, "There is no more news of it today."),
        ("It rained in the town.", PLEA),
    ):
        article = make_article(paragraphs=paragraphs)
        assert forget(article, memory) is article


def test_memory_of_the_article_itself_is_no_evidence(make_article: Make, outlet: Outlet) -> None:
    line = "A line of some length that four of them have"
    articles = outlet(8, line, which=(0, 1, 2, 3))
    memory = learned(articles)
    assert cut_from(make_article(paragraphs=(*own(50), line)), memory) == [line]
    assert cut_from(articles[0], memory.without(1)) == []
    assert (memory.without(1).of, memory.without(99).of, memory.without(None).of) == (7, 8, 8)


def test_the_copy_of_a_remembered_article_is_no_evidence_for_it(make_article: Make, outlet: Outlet) -> None:
    line = "A line of some length that four of them have"
    articles = outlet(8, line, which=(0, 1, 2, 3))
    memory = learned([*articles, replace(articles[0])])
    assert memory.articles[-1].same_as == 1
    assert cut_from(articles[0], memory.without(9)) == []


# --- further versions -----------------------------------------------------------------------------------


def test_what_memory_cut_is_still_what_the_outlet_said(make_article: Make, outlet: Outlet) -> None:
    article = make_article(paragraphs=(own(50)[0], PLEA, *own(50)[1:]))
    after = forget(article, learned(outlet(10, PLEA)))
    assert after.paragraphs == own(50)
    assert said(after) == article.paragraphs
    assert restored(after) == article


def test_a_further_version_keeps_what_the_first_decided(make_article: Make, outlet: Outlet) -> None:
    other = "Follow us wherever you like to follow others"
    memory = learned(outlet(10, PLEA))
    article = make_article(paragraphs=(*own(50), PLEA, other))
    decided = Decided(kept=frozenset({key_of(PLEA)}), cut={key_of(other): "memory:5/9"})
    after = settle(forget(article, memory), memory, decided)
    assert after.paragraphs == (*own(50), PLEA)
    assert [(cut.text, cut.rule) for cut in after.removals] == [(other, "memory:5/9")]


# --- home -----------------------------------------------------------------------------------------------


def test_the_bodys_home_is_learned_where_one_dominates(make_article: Make) -> None:
    def at(*paths: str) -> Memory:
        return learned(
            [
                make_article(paragraphs=own(n), title=own(n)[0], sources={"body": signature(path)})
                for n, path in enumerate(paths)
            ]
        )

    posts = [f"main>article.post-{n}>div.entry" for n in range(6)]
    assert at(*posts, "main>div.live").home() == "main>article.post-0>div.entry"
    assert at(*posts[:3], "main>div.live", "main>div.live", "main>table").home() is None
    assert learned([make_article(paragraphs=own(n), title=own(n)[0]) for n in range(6)]).home() is None


# --- bounds and invariants ------------------------------------------------------------------------------


def test_what_is_remembered_is_bounded(make_article: Make) -> None:
    many = make_article(
        paragraphs=tuple(
            f"{line} of the long list {line} in words {line}" * 3 for line in map(chr, range(97, 5000))
        )
    )
    assert len(lesson(many).keys) <= MAX_KEYS
    memory = learned([make_article(paragraphs=own(n), title=own(n)[0]) for n in range(REMEMBERED + 20)])
    assert len(memory.articles) == memory.of == REMEMBERED
    assert memory.articles[0].article_id == 21
