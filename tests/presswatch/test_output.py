"""Data out and in: one document, safe cells, errors with line numbers."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import NotFoundError, UsageError
from presswatch.cli.output import print_json, read_jsonl, write_csv, write_jsonl


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


def test_reading_lines(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes('\ufeff{"a": "Київ"}\r\n\n{"b": 1}'.encode())
    assert list(read_jsonl(path)) == [(1, {"a": "Київ"}), (3, {"b": 1})]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{'a': 1}", r"in\.jsonl, line 2: not JSON: .*column 2"),
        (b"[1]", "line 2: an object in braces is wanted, not a list"),
        (b'{"a": "\xff"}', "line 2: not UTF-8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "line 2: not JSON that can be read"),
        (b"[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: bytes, message: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"a": 1}\n' + line + b"\n")
    with pytest.raises(UsageError, match=message):
        list(read_jsonl(path))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        list(read_jsonl(tmp_path / "none.jsonl"))
    with pytest.raises(UsageError, match="cannot read"):
        list(read_jsonl(tmp_path))
