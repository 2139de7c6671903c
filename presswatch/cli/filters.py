"""The filters that `articles`, `search` and `export` share, and dates as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from pipeline.errors import NotFoundError
from pipeline.store.browse import Filters
from pipeline.store.connection import Store
from presswatch.cli.context import now
from presswatch.cli.names import unknown_outlet

F = TypeVar("F", bound=Callable[..., Any])

_AGO = re.compile(r"(\d{1,6})\s*(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_since(text: str, at: datetime) -> datetime:
    """``30m``, ``6h``, ``2d``, ``3w`` before ``at``, or a date or time in ISO 8601 (UTC without an offset).

    :raises ValueError: it is none of these
    """
    ago = _AGO.fullmatch(text.strip().lower())
    try:
        if ago:
            return at - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        message = f"{text!r} is too long ago"
        raise ValueError(message) from None


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2
    """A point in time, as :func:`parse_since` reads it."""

    name = "6h|2d|DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The point in time, or click's usage error."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_since(str(value), now())
        except ValueError:
            self.fail(f"{value!r} is neither like 30m, 6h, 2d, 3w nor a date like 2026-01-31", param, ctx)


def filter_options(most: int | None) -> Callable[[F], F]:
    """Add the filters' options to a command; ``most`` is the usual limit, None for all."""
    options = (
        click.option("--outlet", metavar="OUTLET", help="Only this outlet's articles."),
        click.option("--since", type=Moment(), help="Only articles from then on (30m, 6h, 2d, 2026-01-31)."),
        click.option("--language", metavar="CODE", help="Only this language (en, uk, ar)."),
        click.option("--status", type=click.Choice(("live", "revised", "gone")), help="Only this status."),
        click.option(
            "--originals",
            is_flag=True,
            help="Without copies, versions and translations of other articles in the database.",
        ),
        click.option(
            "--limit",
            type=click.IntRange(min=1),
            default=most,
            show_default=most is not None,
            help="At most so many articles.",
        ),
    )

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def make_filters(store: Store, given: dict[str, Any]) -> Filters:
    """The filters of a command's options.

    :raises NotFoundError: the database knows no such outlet
    """
    from pipeline.store.cli_queries import all_slugs  # keeps `--help` quick

    outlet = given["outlet"]
    if outlet is not None and outlet not in all_slugs(store):
        raise NotFoundError(unknown_outlet(store, outlet))
    language = given["language"]
    return Filters(
        outlet=outlet,
        since=given["since"],
        language=language.lower() if language else None,
        status=given["status"],
        originals=given["originals"],
        limit=given["limit"],
    )
