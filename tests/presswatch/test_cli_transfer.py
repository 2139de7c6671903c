"""``export`` and ``import``: what goes out comes in again, once."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Presswatch = Any
Row = Callable[..., dict[str, Any]]

#: what the database that stores an article decides by itself
OWN = ("id", "last_checked", "version", "status")


def exported(presswatch: Presswatch) -> list[dict[str, Any]]:
    return [json.loads(line) for line in presswatch.good("export", "-").splitlines()]


def full(row: Row) -> list[dict[str, Any]]:
    """Rows with everything that an export may say."""
    copy = row(
        2,
        outlet="صدى الأخبار",
        url="https://echo.example.net/%D8%A3?id=2",
        language="ar",
        title="يقول زيلينسكي إن أوكرانيا نجحت في حشد الدعم",
        text="تمكنت أوكرانيا من الحفاظ على الاهتمام الدولي.\n\nوقال الرئيس إن المفاوضات جارية.",
        authors=["فريق التحرير"],
        tags=["أوكرانيا"],
        section="العالم",
        related=[
            {
                "label": "إقرأ أيضاً",
                "title": "عنوان",
                "url": "https://echo.example.net/1",
                "after_paragraph": 1,
            }
        ],
        boilerplate=[{"kind": "donation", "text": "ادعمنا", "urls": ["https://echo.example.net/help"]}],
        attribution={
            "text": "اقرأ المقال الأصلي",
            "label": None,
            "outlet_as_written": "Gazette",
            "outlet": "Gazette",
            "outlet_home": None,
            "url": "https://gazette.example.org/news/1",
        },
    )
    return [row(1), copy, row(3, published=None, subtitle="What happened at the harbour.")]


def test_an_export_read_into_an_empty_database_exports_the_same(
    presswatch: Presswatch, row: Row, tmp_path: Path
) -> None:
    presswatch.rows(*full(row))
    first = exported(presswatch)
    presswatch.good("export", tmp_path / "all.jsonl")
    (tmp_path / "second").mkdir()
    second = type(presswatch)(tmp_path / "second")
    assert second.good("import", tmp_path / "all.jsonl").startswith("3 new")
    again = exported(second)
    for before, after in zip(first, again, strict=True):
        assert {k: v for k, v in after.items() if k not in OWN} == {
            k: v for k, v in before.items() if k not in OWN
        }
    assert len(first) == 3


def test_importing_an_export_again_stores_nothing(presswatch: Presswatch, row: Row, tmp_path: Path) -> None:
    presswatch.rows(*full(row))
    before = exported(presswatch)
    presswatch.good("export", tmp_path / "all.jsonl")
    assert presswatch.good("import", tmp_path / "all.jsonl").strip() == "0 new · 3 unchanged"
    assert exported(presswatch) == before


def test_an_old_export_is_no_edit(presswatch: Presswatch, row: Row, tmp_path: Path) -> None:
    presswatch.rows(row(1))
    presswatch.good("export", tmp_path / "old.jsonl")
    presswatch.rows(row(1, text="The harbour stays closed.\n\nNobody knows for how long."))
    assert presswatch.good("import", tmp_path / "old.jsonl").strip() == "0 new · 1 unchanged"
    assert presswatch.json("show", 1)["paragraphs"] == [
        "The harbour stays closed.",
        "Nobody knows for how long.",
    ]


def test_a_row_that_says_less_keeps_what_is_known(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row(1, lead="At last.", authors=["Ann"], section="Local"))
    bare = {"url": row(1)["url"] + "?utm_source=mail", "title": row(1)["title"], "text": "Closed again."}
    assert presswatch.rows(bare).stdout.strip() == "0 new · 1 revised"
    shown = presswatch.json("show", 1)
    assert (shown["subtitle"], shown["authors"], shown["language"]) == ("At last.", ["Ann"], "en")
    assert shown["published"] == "2026-11-01T07:00:00+00:00"
    assert shown["status"] == "revised"
    assert [outlet["slug"] for outlet in presswatch.json("outlets", "list")] == ["gazette"]


def test_the_same_text_under_another_address_is_a_duplicate(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row(1))
    twin = row(1, url="https://gazette.example.org/print/1")
    assert presswatch.rows(twin).stdout.strip() == "0 new · 1 duplicate"
    assert presswatch.json("show", twin["url"])["id"] == 1


def test_an_attribution_relates_an_import_to_its_original(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(*full(row))
    relation = presswatch.json("show", 2)["relations"][0]
    assert (relation["type"], relation["id"]) == ("syndicated-copy-of", 1)
    assert presswatch.json("show", 2)["syndicated_from"]["url"] == "https://gazette.example.org/news/1"


def test_what_another_database_found_is_not_the_page_s_own_word(presswatch: Presswatch, row: Row) -> None:
    told = {"type": "quotes", "url": "https://away.example.org/1", "confidence": 0.7, "direction_known": True}
    presswatch.rows(row(1, relations=[{**told, "origin": "text"}, {**told, "type": "same-as"}]))
    relations = presswatch.json("show", 1)["relations"]
    assert {one["type"]: one["origin"] for one in relations} == {"quotes": "imported", "same-as": "declared"}
    again = exported(presswatch)[0]["relations"]
    assert {one["type"]: one["origin"] for one in again} == {"quotes": "imported", "same-as": "declared"}


BAD = [
    ("not json", "not JSON"),
    ("[1, 2]", "not a JSON object"),
    ('{"title": "x", "text": "y"}', "url is missing"),
    ('{"url": "ftp://a.example/x", "title": "x", "text": "y"}', "not a web address"),
    ('{"url": "https://a.example/x", "title": "x"}', "neither text nor html"),
    ('{"url": "https://a.example/x", "text": "y"}', "title is missing"),
    ('{"url": "https://a.example/x", "title": 3, "text": "y"}', "title is not text"),
    (
        '{"url": "https://a.example/x", "title": "x", "text": "y", "published": "soon"}',
        "published is not a date",
    ),
    (
        '{"url": "https://a.example/x", "title": "x", "text": "y", "published": "0001-01-01T00:00+05:00"}',
        "date",
    ),
    ('{"url": "https://a.example/x", "title": "x", "text": "y", "language": "English"}', "language"),
    ('{"url": "https://a.example/x", "title": "x", "text": "\\u200b"}', "neither text nor html"),
    ('{"url": "https://a.example/\\ud800", "title": "x", "text": "y"}', "not a web address"),
    ('{"x": ' + "[" * 100_000, "not JSON"),
    ('{"x": ' + "9" * 10_000 + "}", "not JSON"),
]


@pytest.mark.parametrize(("line", "cause"), BAD, ids=[cause for _, cause in BAD])
def test_a_bad_line_is_named_and_costs_only_itself(
    presswatch: Presswatch, row: Row, tmp_path: Path, line: str, cause: str
) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_text(f"{json.dumps(row(1))}\n\n{line}\n{json.dumps(row(2))}\n", encoding="utf-8")
    result = presswatch("import", file)
    assert result.exit_code == 1
    assert result.stdout.strip() == "2 new · 1 bad line"
    assert result.stderr.startswith("line 3: ")
    assert cause in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_bad_bytes_cost_only_their_line(presswatch: Presswatch, row: Row, tmp_path: Path) -> None:
    file = tmp_path / "latin.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"url": "\xe9"}\n' + json.dumps(row(1)).encode() + b"\n")
    document = presswatch.json("import", file)
    assert (document["new"], document["bad"]) == (1, 1)
    assert document["errors"] == [{"line": 1, "message": "not UTF-8"}]


def test_lone_surrogates_and_controls_do_not_stop_an_import(presswatch: Presswatch, row: Row) -> None:
    strange = row(1, title="Har\ud800bour\x1b[31m", authors=["A\udfff\x00nn"], related=[{"url": "\ud800"}])
    assert presswatch.rows(strange).stdout.strip() == "1 new"
    shown = presswatch.good("show", 1)
    assert "\x1b" not in shown
    assert "Harbour[31m" in shown


def test_a_raw_page_is_read_like_a_fetched_one(presswatch: Presswatch, site: Any, row: Row) -> None:
    site.page("/x", "Harbour opens")
    html = site.answers["/x"][1]
    assert presswatch.rows({"url": row(1)["url"], "html": html}).stdout.strip() == "1 new"
    shown = presswatch.json("show", 1)
    assert shown["title"] == "Harbour opens"
    assert shown["paragraphs"][0].startswith("The harbour of Kalmar")
    assert shown["outlet"] == "gazette.example.org"


def test_import_reads_standard_input_and_dates_as_mail_writes_them(presswatch: Presswatch, row: Row) -> None:
    line = json.dumps(row(1, published="Sun, 01 Nov 2026 08:00:00 +0100"))
    assert presswatch("import", "-", stdin=line).stdout.strip() == "1 new"
    assert presswatch.json("show", 1)["published"] == "2026-11-01T07:00:00+00:00"


def test_csv_is_flat_and_no_formula(presswatch: Presswatch, row: Row, tmp_path: Path) -> None:
    presswatch.rows(row(1, title='=HYPERLINK("http://evil.example")', authors=["Ann", "Bob"]))
    presswatch.good("export", tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        (line,) = csv.DictReader(file)
    assert line["title"].startswith("'=")
    assert line["authors"] == "Ann; Bob"
    assert line["text"] == row(1)["text"]
    assert line["published"] == "2026-11-01T07:00:00+00:00"


def test_filters_choose_what_is_exported(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row(1), row(2, language="uk"), row(3, outlet="other"))
    assert len(presswatch.good("export", "-", "--language", "uk").splitlines()) == 1
    assert len(presswatch.good("export", "-", "--outlet", "gazette").splitlines()) == 2
    assert len(presswatch.good("export", "-", "--since", "2026-11-02").splitlines()) == 2


@pytest.mark.parametrize("words", [("all.parquet",), ("all",), ("all.jsonl", "--format", "parquet")])
def test_a_format_that_is_not_there_is_a_usage_error(
    presswatch: Presswatch, row: Row, words: tuple[str, ...], tmp_path: Path
) -> None:
    presswatch.rows(row(1))
    result = presswatch("export", tmp_path / words[0], *words[1:])
    assert result.exit_code == 2
    assert "jsonl" in result.stderr
    assert "csv" in result.stderr
    assert not (tmp_path / words[0]).exists()


def test_a_file_that_cannot_be_written_or_read(presswatch: Presswatch, row: Row, tmp_path: Path) -> None:
    presswatch.rows(row(1))
    assert presswatch("export", tmp_path / "no" / "all.jsonl").exit_code == 2
    assert presswatch("import", tmp_path / "none.jsonl").exit_code == 1
