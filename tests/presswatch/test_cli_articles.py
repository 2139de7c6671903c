"""``articles``, ``show``, ``search``, ``diff``, ``lineage``: finding and reading what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presswatch.cli.filters import parse_since
from presswatch.cli.main import cli

Presswatch = Any
Row = Callable[..., dict[str, Any]]

ARABIC = "تمكنت أوكرانيا من الحفاظ على الاهتمام الدولي في مُحَادَثَاتٍ جديدة."


@pytest.fixture
def news(presswatch: Presswatch, row: Row) -> Presswatch:
    """Three articles: English with two versions, Arabic, Ukrainian."""
    presswatch.rows(
        row(1, authors=["Ann"]),
        row(2, outlet="echo", language="ar", title="أوكرانيا اليوم", text=ARABIC),
        row(
            3, outlet="kyiv", language="uk", title="Зеленський у Києві", text="Президент виступив у п'ятницю."
        ),
    )
    presswatch.rows(row(1, text=row(1)["text"].replace("Monday", "Tuesday")))
    return presswatch


def test_articles_are_listed_newest_first_with_their_state(news: Presswatch) -> None:
    lines = news.good("articles").splitlines()
    assert [line.split()[0] for line in lines] == ["id", "3", "2", "1"]
    assert "v2" in lines[3]
    assert "Зеленський у Києві" in lines[1]
    assert "أوكرانيا اليوم" in lines[2]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--outlet", "echo"), [2]),
        (("--language", "UK"), [3]),
        (("--status", "revised"), [1]),
        (("--limit", "2"), [3, 2]),
        (("--since", "2026-11-02"), [3, 2]),
        (("--since", "2026-11-02T08:30:00+01:00"), [3]),
        (("--status", "gone"), []),
    ],
)
def test_filters(news: Presswatch, words: tuple[str, ...], ids: list[int]) -> None:
    assert [found["id"] for found in news.json("articles", *words)] == ids


def test_an_empty_list_is_no_fault(news: Presswatch) -> None:
    result = news("articles", "--status", "gone")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no articles" in result.stderr


def test_the_articles_of_a_removed_outlet_can_be_listed(news: Presswatch) -> None:
    news.good("outlets", "remove", "echo")
    assert [found["id"] for found in news.json("articles", "--outlet", "echo")] == [2]


def test_show_by_id_and_by_any_address(news: Presswatch) -> None:
    shown = news.good("show", "1")
    assert "Harbour opens, part 1" in shown
    assert "Ann" in shown
    assert "opened again on Tuesday" in shown
    assert news.good("show", "https://gazette.example.org/news/1?utm_source=x#top") == shown


def test_the_document_has_the_promised_keys(news: Presswatch) -> None:
    document = news.json("show", "1")
    promised = (
        "id url canonical_url outlet title language direction published modified authors section tags"
        " paragraphs text related boilerplate attribution syndicated_from duplicate_of first_seen"
        " last_checked status version relations"
    )
    assert set(promised.split()) <= set(document)
    assert (document["version"], document["status"]) == (2, "revised")
    assert datetime.fromisoformat(document["first_seen"]).utcoffset() == timedelta(0)
    assert news.json("show", "2")["direction"] == "rtl"


def test_an_older_version_can_be_read(news: Presswatch) -> None:
    assert "opened again on Monday" in news.good("show", "1", "--version", "1")
    assert news("show", "1", "--version", "9").exit_code == 1


def test_versions_say_what_changed(news: Presswatch) -> None:
    lines = news.good("show", "1", "--versions").splitlines()
    assert len(lines) == 2
    assert "body" in lines[1]
    assert [v["changed"] for v in news.json("show", "1", "--versions")["versions"]] == [[], ["body"]]


def test_why_shows_each_cut_in_its_place(presswatch: Presswatch, row: Row) -> None:
    target = "https://gazette.example.org/news/9"
    cut = {"label": "Read also", "title": "Storm", "url": target, "after_paragraph": 1}
    presswatch.rows(row(1, related=[cut]))
    lines = [line for line in presswatch.good("show", "1", "--why").splitlines() if line]
    at = next(index for index, line in enumerate(lines) if "read-also" in line)
    assert target in lines[at]
    assert "import" in lines[at]
    assert lines[at - 1].startswith("The harbour")
    assert lines[at + 1].startswith("Fishermen")
    (removal,) = presswatch.json("show", "1", "--why")["removals"]
    assert (removal["kind"], removal["target"], removal["after_paragraph"]) == ("read-also", target, 1)


def test_raw_is_the_text_before_cleaning(presswatch: Presswatch, row: Row) -> None:
    cut = {"label": "Read also", "title": "Storm", "url": "https://a.example/1", "after_paragraph": 1}
    presswatch.rows(row(1, related=[cut]))
    assert "Fishermen" in presswatch.good("show", "1", "--raw")
    assert "Fishermen" in presswatch.json("show", "1", "--raw")["text"]


def test_what_is_not_there_is_said(news: Presswatch) -> None:
    for name in ("99", "9" * 30, "https://gazette.example.org/none", "nonsense", "http://[", ""):
        result = news("show", name)
        assert result.exit_code == 1
        assert result.stderr.startswith("presswatch: ")


# --- search ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("harbour", [1]),
        ("HARBOUR opened", [1]),
        ("محادثات", [2]),
        ("зеленськии OR зеленський", [3]),
        ("пятницю", [3]),
        ("harbour -tuesday", []),
        ('"northern wall"', [1]),
        ("fisher*", [1]),
    ],
)
def test_search_finds_words_in_any_spelling(news: Presswatch, query: str, ids: list[int]) -> None:
    assert [found["id"] for found in news.json("search", "--", query)] == ids


def test_a_dash_leaves_a_word_out_and_misspelt_options_are_refused(news: Presswatch) -> None:
    assert [found["id"] for found in news.json("search", "harbour", "-monday")] == [1]
    assert news.json("search", "harbour", "-tuesday") == []
    refused = news("search", "harbour", "--limt", "5")
    assert refused.exit_code == 2
    assert "--limit" in refused.stderr


def test_search_shows_the_hit_in_the_words_of_the_original(news: Presswatch) -> None:
    assert "مُحَادَثَاتٍ" in news.good("search", "محادثات")
    assert "п'ятницю" in news.json("search", "п’ятницю")[0]["snippet"]


def test_search_newest_first_or_best_first(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(
        row(1, title="Crane crane crane", text="Crane. Crane."), row(2, text="word " * 80 + "crane")
    )
    assert [found["id"] for found in presswatch.json("search", "crane")] == [2, 1]
    assert [found["id"] for found in presswatch.json("search", "crane", "--best")] == [1, 2]


def test_no_input_is_an_unsafe_query(news: Presswatch) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(max_size=30) | st.text("\"()*:^-+{}NEAR ANDORT'", max_size=30))
    def safe(query: str) -> None:
        result = CliRunner().invoke(cli, ["--db", str(news.db), "search", "--json", "--", query])
        assert result.exit_code == 0, result.output

    safe()


# --- diff and lineage -----------------------------------------------------------------------------------


def test_diff_marks_the_words(news: Presswatch) -> None:
    shown = news.good("diff", "1")
    assert "[-Monday-]{+Tuesday+}" in shown
    assert "title:" not in shown
    assert "\x1b" not in shown
    changes = news.json("diff", "1", "1", "2")["changes"]["body"]
    assert [(c["op"], c["text"].strip()) for c in changes if c["op"] != "equal"] == [
        ("delete", "Monday"),
        ("insert", "Tuesday"),
    ]


def test_diff_of_a_single_version(news: Presswatch) -> None:
    result = news("diff", "2")
    assert result.exit_code == 1
    assert "only one version" in result.stderr


def test_relations_that_run_in_a_circle_end(presswatch: Presswatch, row: Row) -> None:
    for number, other in ((1, 2), (2, 1)):
        line = {"text": "Source", "outlet": "x", "url": row(other)["url"]}
        presswatch.rows(row(number, attribution=line))
    assert len(presswatch.good("lineage", "1").splitlines()) < 10


# --- dates ----------------------------------------------------------------------------------------------

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6h", AT - timedelta(hours=6)),
        ("30m", AT - timedelta(minutes=30)),
        ("2d", AT - timedelta(days=2)),
        ("1w", AT - timedelta(weeks=1)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T02:00+02:00", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_since(text: str, expected: datetime) -> None:
    assert parse_since(text, AT) == expected


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"\d{1,6}[mhdw]", fullmatch=True))
def test_since_is_a_date_or_a_value_error(text: str) -> None:
    try:
        found = parse_since(text, AT)
    except ValueError:
        return
    assert found.tzinfo is not None
