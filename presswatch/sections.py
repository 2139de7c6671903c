"""A TOML file's sections, read strictly: what is unknown or of another kind is a fault that names its key."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from pipeline.errors import UsageError

_YEAR_MINUTES = 366 * 24 * 60


def tables(path: Path) -> dict[str, object]:
    """A TOML file's sections by name.

    :raises UsageError: the file cannot be read
    """
    return parsed(read(path), path)


def read(path: Path) -> str:
    """A TOML file's text.

    :raises UsageError: it cannot be read
    """
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"there is no configuration file {path}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None


def parsed(text: str, path: Path) -> dict[str, object]:
    """The sections in a TOML file's text, by name.

    :raises UsageError: it is no TOML
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise UsageError(f"{path} is not valid TOML: {error}") from None


def known(found: Mapping[str, object], names: Sequence[str], where: str, what: str) -> None:
    """Refuse a name that means nothing: a misspelt key must not be ignored in silence."""
    for name in found:
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
            raise UsageError(f"{where}: unknown {what} {name!r}; {hint}")


@dataclass(frozen=True, slots=True)
class Section:
    """The values of one section, read by kind; None for what is not there."""

    values: Mapping[str, object]
    where: str

    def fault(self, key: str, wanted: str) -> UsageError:
        """The value is not shown: it may hold a password."""
        return UsageError(f"{self.where} {key}: wanted is {wanted}")

    def text(self, key: str, wanted: str) -> str | None:
        """Words, not empty."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.fault(key, wanted)
        return value.strip() if isinstance(value, str) else None

    def number(self, key: str, wanted: str, *, zero: bool = False) -> float | None:
        """A finite number above 0, or from 0."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(key, wanted)
        if not math.isfinite(value) or value < 0 or (value == 0 and not zero):
            raise self.fault(key, wanted)
        return value

    def minutes(self, key: str, wanted: str) -> timedelta | None:
        """So many minutes, at most a year."""
        value = self.number(key, wanted)
        if value is None:
            return None
        if value > _YEAR_MINUTES:
            raise self.fault(key, wanted)
        return timedelta(minutes=value)

    def count(self, key: str) -> int | None:
        """A whole number from 1."""
        wanted = "a whole number, 1 or more"
        value = self.number(key, wanted)
        if value is not None and not isinstance(value, int):
            raise self.fault(key, wanted)
        return value

    def flag(self, key: str) -> bool | None:
        """True or false."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, "true or false")
        return value


def section(tables: Mapping[str, object], name: str, keys: Sequence[str], path: Path) -> Section:
    """The section of that name, which may be missing; it may have these keys only."""
    found = tables.get(name, {})
    where = f"{path}, [{name}]"
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {name} must be a section, [{name}]")
    known(found, keys, where, "key")
    return Section(found, where)
