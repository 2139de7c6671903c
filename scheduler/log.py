"""Structured log lines: one event, one line.

For a terminal ``2026-11-23 21:04:05 run_ended run=7 new=41``; otherwise one JSON document a line, with ``ts``
(UTC), ``level``, ``event`` and the fields. What strangers wrote is cleaned as everything that is shown: no
value can break a line, steer a terminal or read backwards. The standard library's ``logging`` does the rest.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from pipeline.text import clean

#: libraries that tell each of their steps at INFO
_TALKATIVE: Final = ("apscheduler", "asyncio")
_BARE: Final = re.compile(r"[^\s\"'=\\]+")
_ATTRIBUTE: Final = "presswatch_fields"
_FIXED: Final = ("ts", "level", "event")


def event(logger: logging.Logger, name: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """Log that ``name`` happened. Fields are words, numbers, moments, paths, or lists of these."""
    logger.log(level, name, extra={_ATTRIBUTE: fields})


def install(
    stream: TextIO | None = None, *, level: int = logging.INFO, as_json: bool | None = None
) -> Callable[[], None]:
    """Send what is logged, by anybody, to ``stream`` (stderr); returns what undoes it.

    ``as_json`` is decided by whether the stream is a terminal, where it is not given.
    """
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    machine = not target.isatty() if as_json is None else as_json
    handler.setFormatter(JsonLines() if machine else Logfmt())
    changed = [
        (logging.getLogger(), level),
        *((logging.getLogger(name), logging.WARNING) for name in _TALKATIVE),
    ]
    before = [(logger, logger.level) for logger, _ in changed]
    logging.getLogger().addHandler(handler)
    for logger, wanted in changed:
        logger.setLevel(wanted)

    def undo() -> None:
        logging.getLogger().removeHandler(handler)
        for logger, was in before:
            logger.setLevel(was)

    return undo


class JsonLines(logging.Formatter):
    """A record as one JSON document."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its line feed."""
        moment = datetime.fromtimestamp(record.created, UTC)
        fixed = {"ts": moment.isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        return json.dumps(fixed | _said(self, record), ensure_ascii=False, separators=(",", ":"))


class Logfmt(logging.Formatter):
    """A record for a person: local time, level where it matters, event, ``key=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its line feed."""
        said = _said(self, record)
        words = [f"{datetime.fromtimestamp(record.created).astimezone():%Y-%m-%d %H:%M:%S}"]
        if record.levelno >= logging.WARNING:
            words.append(record.levelname.lower())
        words.append(str(said.pop("event")))
        return " ".join([*words, *(f"{key}={_logfmt(value)}" for key, value in said.items())])


def _said(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, object]:
    """The event and its fields as plain data. A record of somebody else is ``log`` with its message."""
    fields: Mapping[str, object] | None = getattr(record, _ATTRIBUTE, None)
    said: dict[str, object]
    if fields is None:
        said = {"event": "log", "logger": record.name, "message": clean(record.getMessage())}
    else:
        named = {f"{key}_" if key in _FIXED else key: value for key, value in fields.items()}
        said = {"event": clean(record.getMessage())} | {key: _plain(value) for key, value in named.items()}
    if record.exc_info:
        said["traceback"] = clean(formatter.formatException(record.exc_info), keep_lines=True)
    return said


def _plain(value: object) -> object:
    """A value as JSON has it; floats to the thousandth, what is no data as its text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3) if abs(value) < float("inf") else str(value)  # nan compares false, too
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {clean(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return clean(str(value) if isinstance(value, str | Path) else repr(value))


def _logfmt(value: object) -> str:
    """A value as logfmt writes it: bare where that is clear, quoted like JSON where it is not."""
    if isinstance(value, str):
        return value if _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | dict):
        return _logfmt(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return json.dumps(value)
