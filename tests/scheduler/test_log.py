"""Log lines: one event, one line, whatever is in it."""

from __future__ import annotations

import io
import json
import logging
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.log import JsonLines, Logfmt, event, install

LOGGER = logging.getLogger("tests.scheduler.log")


class Log:
    """What is logged while it is installed."""

    def __init__(self, *, as_json: bool) -> None:
        self.stream = io.StringIO()
        self.undo = install(self.stream, as_json=as_json)

    @property
    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()


@pytest.fixture
def as_json() -> Iterator[Log]:
    log = Log(as_json=True)
    yield log
    log.undo()


@pytest.fixture
def as_words() -> Iterator[Log]:
    log = Log(as_json=False)
    yield log
    log.undo()


def test_a_machine_gets_a_json_document_a_line(as_json: Log) -> None:
    at = datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1)))
    event(LOGGER, "run_ended", run=7, new=41, seconds=9.80001, outlets=["nv", "kh"], next=at, db=Path("a.db"))
    (line,) = as_json.lines
    said = json.loads(line)
    assert datetime.fromisoformat(said.pop("ts")).utcoffset() == timedelta(0)
    assert said == {
        "level": "info",
        "event": "run_ended",
        "run": 7,
        "new": 41,
        "seconds": 9.8,
        "outlets": ["nv", "kh"],
        "next": "2026-11-23T12:00:00+00:00",
        "db": "a.db",
    }


def test_a_person_gets_time_event_and_words(as_words: Log) -> None:
    event(LOGGER, "run_ended", run=7, outlet="nv", why="no answer", ok=True, rest=None)
    event(LOGGER, "outlet_silent", level=logging.WARNING, outlet="nv")
    first, second = as_words.lines
    datetime.strptime(first[:19], "%Y-%m-%d %H:%M:%S")
    assert first[20:] == 'run_ended run=7 outlet=nv why="no answer" ok=true rest=null'
    assert second[20:] == "warning outlet_silent outlet=nv"


def test_a_stream_that_is_no_terminal_gets_json() -> None:
    stream = io.StringIO()
    undo = install(stream)
    event(LOGGER, "ready")
    undo()
    event(LOGGER, "too late")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["ready"]


def test_others_records_and_tracebacks_are_one_line_each(as_json: Log, as_words: Log) -> None:
    logging.getLogger("apscheduler.executors").info("Running job, again")
    try:
        raise ValueError("a\nb")
    except ValueError:
        logging.getLogger("apscheduler.executors").exception("Job %s raised", "tick\x1b[2J")
    (line,) = as_json.lines
    said = json.loads(line)
    assert said["event"] == "log"
    assert said["logger"] == "apscheduler.executors"
    assert said["message"] == "Job tick[2J raised"
    assert "ValueError: a\nb" in said["traceback"]
    assert len(as_words.lines) == 1


def test_fields_cannot_replace_what_every_line_has(as_json: Log) -> None:
    event(LOGGER, "seen", ts="never", event="other")
    said = json.loads(as_json.lines[0])
    assert said["event"] == "seen"
    assert said["event_"] == "other"
    assert said["ts_"] == "never"
    assert datetime.fromisoformat(said["ts"]) > datetime(2020, 1, 1, tzinfo=UTC)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.text(), VALUES)
def test_no_value_breaks_a_line_or_steers_a_terminal(name: str, value: object) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, name, None, None)
    record.presswatch_fields = {"value": value}
    for formatter in (JsonLines(), Logfmt()):
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in line)
        assert not any(unicodedata.bidirectional(sign) in BIDI_CONTROLS for sign in line)
    json.loads(JsonLines().format(record), parse_constant=lambda name: pytest.fail(name))


BIDI_CONTROLS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
