"""``stories``: the list, one story's timeline, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline.store.connection import open_store
from tests.presswatch.kinfolk import DAY, article, put, put_story, tie

Presswatch = Any

ARABIC = "العبارة تبحر من جديد"


@pytest.fixture
def told(presswatch: Presswatch) -> Presswatch:
    """Two stories: 1 with a report, its copy, its translation and another report; 2 of two later ones."""
    put(
        presswatch.db,
        [
            article(1, title="Ferry sails"),
            article(2, 41),
            article(3, 90, language="ar", title=ARABIC),
            article(4, 200),
            article(5, 3 * 1440, language="uk", title=ARABIC),
            article(6, 3 * 1440 + 30),
        ],
        [tie(2, 1), tie(3, 1, "translation-of"), tie(3, 2, "translation-of")],
    )
    put_story(presswatch.db, 1, (1, 2, 3, 4), at=DAY + timedelta(minutes=200))
    put_story(presswatch.db, 2, (5, 6), at=DAY + timedelta(days=3, minutes=30))
    return presswatch


def test_the_list_has_the_latest_story_first(told: Presswatch) -> None:
    lines = told.good("stories").splitlines()
    assert [line.split()[0] for line in lines] == ["id", "2", "1"]
    assert lines[2].split()[3:9] == ["4", "3", "4", "en", "ar", "0.80"]
    assert lines[2].endswith("Ferry sails")
    assert ARABIC in lines[1]


def test_the_list_as_json(told: Presswatch) -> None:
    newest, oldest = told.json("stories")
    assert (newest["id"], newest["articles"], newest["languages"]) == (2, 2, ["uk", "en"])
    assert oldest["first_article"] == 1
    assert oldest["outlets"] == ["paper1", "paper2", "paper3", "paper4"]
    assert "members" not in oldest


def test_since_and_limit(told: Presswatch) -> None:
    assert [story["id"] for story in told.json("stories", "--since", "2026-11-22")] == [2]
    assert [story["id"] for story in told.json("stories", "--limit", 1)] == [2]


def test_no_stories_is_said_aside(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1)])
    result = presswatch("stories")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no stories" in result.stderr
    assert presswatch.json("stories") == []


def test_a_story_is_a_timeline_of_what_each_article_is(told: Presswatch) -> None:
    heading, facts, _, _, *timeline = told.good("stories", 1).splitlines()
    assert heading == "Ferry sails"
    assert facts.startswith("story 1 · 4 articles · 3 reports · 4 outlets · en, ar · ")
    said = [line.split("  ") for line in timeline]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in said]
    assert [line[1] for line in cells] == ["first", "+41 min", "+90 min", "+3 h"]
    assert [line[4] for line in cells] == ["own report", "copy of [1]", "translation of [1]", "own report"]
    assert cells[2][5] == f"[3] {ARABIC}"


def test_a_story_as_json(told: Presswatch) -> None:
    document = told.json("stories", 1)
    made = [(member["article_id"], member["is"], member["of"]) for member in document["members"]]
    assert made == [
        (1, "own-report", None),
        (2, "syndicated-copy-of", 1),
        (3, "translation-of", 1),
        (4, "own-report", None),
    ]
    assert [member["delay_seconds"] for member in document["members"]] == [0, 2460, 5400, 12000]
    assert document["changes"] == []


def test_a_long_story_is_shown_in_part(told: Presswatch) -> None:
    assert "and 2 more" in told.good("stories", 1, "--limit", 2)


def test_a_merged_story_leads_to_the_one_it_went_into(told: Presswatch) -> None:
    put_story(told.db, 3, (), merged_into=1)
    with open_store(told.db) as store:
        for what, story, other, articles in (("merged", 1, 3, "[4]"), ("split", 1, 0, "[6]")):
            store.execute(
                "INSERT INTO story_changes (at, what, story_id, other_id, articles) VALUES (?, ?, ?, ?, ?)",
                (DAY.isoformat(), what, story, other, articles),
            )
    lines = told.good("stories", 3).splitlines()
    assert lines[0] == "story 3 was merged into story 1"
    assert any(line.endswith("story 3 went into story 1") for line in lines)
    assert any(line.endswith("article 6 left story 1 for none") for line in lines)
    assert told.json("stories", 3)["id"] == 1


def test_an_unknown_story_is_a_fault(told: Presswatch) -> None:
    result = told("stories", 99)
    assert result.exit_code == 1
    assert "no story 99" in result.stderr


def test_lineage_names_the_story(told: Presswatch) -> None:
    assert "story 1: 4 articles (presswatch stories 1)" in told.good("lineage", 2)
    assert told.json("lineage", 2)["story"] == 1


def test_the_overview_names_the_command(presswatch: Presswatch) -> None:
    names = [line.split()[0] for line in presswatch.good("--help").splitlines() if line.startswith("  ")]
    assert names.index("stories") == names.index("lineage") + 1
