"""Data out of the command line: JSON, JSON lines, CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO

_SURROGATE = re.compile("[\ud800-\udfff]")
# What spreadsheets take for a formula (OWASP, "CSV Injection"), in full width too.
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")


def to_json(data: object, *, indent: int | None = None) -> str:
    """``data`` as one JSON document, in its own letters; times as ISO 8601 UTC.

    Lone surrogates, which no encoding can carry, become U+FFFD. ValueError for NaN and infinity, TypeError
    for what is no data: bugs of the caller.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent, default=_moment)
    return _SURROGATE.sub("\ufffd", text)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    message = f"{type(value).__name__} is no JSON"
    raise TypeError(message)


def print_json(data: object) -> None:
    """One JSON document and a line feed on stdout; escaped to ASCII where stdout is not UTF-8."""
    text = to_json(data, indent=2)
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = json.dumps(json.loads(text), indent=2)
    sys.stdout.write(text + "\n")


def print_line(data: object) -> None:
    """One JSON object on a line of its own, at once, for a program that listens; ASCII."""
    sys.stdout.write(json.dumps(json.loads(to_json(data))) + "\n")
    sys.stdout.flush()


def write_jsonl(file: TextIO, rows: Iterable[object]) -> int:
    """Each row as a line of JSON. Returns how many."""
    count = 0
    for row in rows:
        file.write(to_json(row) + "\n")
        count += 1
    return count


def write_csv(file: TextIO, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> int:
    """The named columns of the rows as RFC 4180 CSV with a header line. Returns how many rows.

    ``file`` must be opened with ``newline=""``. Text that a spreadsheet would run as a formula gets a leading
    ``'``. Lists of words are joined by ``; ``, other structures are JSON, None is empty.
    """
    writer = csv.writer(file)
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
        count += 1
    return count


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        value = "; ".join(value)
    text = (
        value if isinstance(value, str) else _moment(value) if isinstance(value, datetime) else to_json(value)
    )
    text = _SURROGATE.sub("\ufffd", text)
    return f"'{text}" if _FORMULA.match(text) else text
