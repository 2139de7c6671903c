"""The fields of a row of JSON, each as what it must be. Strangers wrote them: nothing is taken on trust."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipeline.text import clean


class BadRowError(ValueError):
    """A row that is no article; ``str()`` is one line that says why."""


Row = dict[str, object]


def is_address(url: str) -> bool:
    """Whether this is an absolute web address that can be stored and shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and url.isprintable()
        and " " not in parts.netloc
    )


def address_of(row: Row, name: str) -> str | None:
    """An address that may be missing or wrong without the row being so."""
    value = row.get(name)
    return value if isinstance(value, str) and is_address(value) else None


def text_of(row: Row, name: str) -> str | None:
    """A field as text, None where it is not there.

    :raises BadRowError: it is something else
    """
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        message = f"{name} is not text"
        raise BadRowError(message)
    return value


def line_of(row: Row, name: str) -> str | None:
    """A field as one clean line, None where it is empty."""
    return clean(text_of(row, name) or "") or None


def list_of(row: Row, name: str) -> list[object]:
    """A field as a list, empty where it is not there.

    :raises BadRowError: it is something else
    """
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        message = f"{name} is not a list"
        raise BadRowError(message)
    return value


def strings_of(row: Row, name: str) -> tuple[str, ...]:
    """A list of clean words; a single text is a list of one."""
    value = row.get(name)
    if isinstance(value, str):
        return (clean(value),) if clean(value) else ()
    return tuple(text for text in (clean(str(item)) for item in list_of(row, name)) if text)


def objects_of(row: Row, name: str) -> list[Row]:
    """The objects in a list; what is none of them is left out."""
    return [item for item in list_of(row, name) if isinstance(item, dict)]


def moment_of(row: Row, name: str) -> datetime | None:
    """A date as ISO 8601 or as e-mail writes it; without an offset it is UTC. None where it is not there.

    :raises BadRowError: it is no date that can be told in UTC
    """
    value = (text_of(row, name) or "").strip()
    if not value:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return found
    message = f"{name} is not a date: {value[:40]!r}"
    raise BadRowError(message)
