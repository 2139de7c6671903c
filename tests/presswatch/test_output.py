"""Data out and in: one document, safe cells, errors with line numbers."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presswatch.cli.output import print_json, write_csv, write_jsonl


def stdout(encoding: str, monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding, write_through=True, newline="\n"))
    return written


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1251"])
def test_one_json_document_whatever_the_terminal(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = stdout(encoding, monkeypatch)
    moment = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    print_json({"title": "Київ 日本 😀", "at": moment, "half": "\ud800", "none": None, "list": (1, 2)})
    assert json.loads(written.getvalue().decode(encoding)) == {
        "title": "Київ 日本 😀",
        "at": "2026-01-02T01:00:00+00:00",
        "half": "\ufffd",
        "none": None,
        "list": [1, 2],
    }
    assert ("Київ" in written.getvalue().decode(encoding)) == (encoding == "utf-8")


def test_what_is_no_json_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    written = stdout("utf-8", monkeypatch)
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"x": float("nan")})
    with pytest.raises(TypeError, match="object is no JSON"):
        print_json(object())
    assert written.getvalue() == b""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_formulas_are_only_text(start: str) -> None:
    file = io.StringIO(newline="")
    write_csv(file, [{"title": start + "HYPERLINK(1)"}], ["title"])
    file.seek(0)
    assert list(csv.reader(file)) == [["title"], ["'" + start + "HYPERLINK(1)"]]


def test_cells_by_kind() -> None:
    file = io.StringIO(newline="")
    row = {
        "id": -5,
        "authors": ("A. B", "C"),
        "none": None,
        "links": [{"url": "x"}],
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "text": 'a "quoted",\nline',
        "more": 1,
    }
    assert write_csv(file, [row], ["id", "authors", "none", "links", "at", "text", "missing"]) == 1
    file.seek(0)
    assert list(csv.reader(file))[1] == [
        *("-5", "A. B; C", "", '[{"url": "x"}]', "2026-01-01T00:00:00+00:00", 'a "quoted",\nline', "")
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers() | st.none()), max_size=5
    )
)
def test_lines_come_back(rows: list[dict[str, object]]) -> None:
    file = io.StringIO()
    assert write_jsonl(file, rows) == len(rows)
    lines = file.getvalue().split("\n")[:-1]
    assert [json.loads(line) for line in lines] == json.loads(json.dumps(rows))
