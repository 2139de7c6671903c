"""The screen of ``health``: one line that says how the watch goes, then the outlets, worst first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pipeline.store.connection import iso
from pipeline.store.health import OpenGaps
from pipeline.store.incidents import Incident
from presswatch.cli.terminal import safe, table
from presswatch.cli.words import away, counted, lasting

Row = Mapping[str, Any]

#: states, the worst first, and what the headline calls them
STATES: Final = {
    "gone": "gone",
    "failing": "failing",
    "blocked": "blocked",
    "silent": "silent",
    "no-feeds": "without feeds",
    "partly": "partly failing",
    "ok": "ok",
    "new": "new",
    "paused": "paused",
}
_WELL: Final = frozenset({"ok", "new", "paused"})
#: our own network is taken to be well when any feed answered within this time
_FRESH: Final = timedelta(hours=1)
#: so much later than its time an outlet is asked late: longer than a lease lasts
_LATE: Final = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the screen shows.

    ``outlets`` are light rows of ``outlet_health``, ``gaps`` the open ones of the last week by outlet.
    ``daemon`` says whose daemon runs (``pid``, ``started_at``); ``network`` is our own outage while it lasts.
    """

    outlets: Sequence[Row]
    gaps: Mapping[str, OpenGaps]
    run: Row | None
    daemon: Mapping[str, Any] | None
    network: Incident | None


def worst_first(watch: Watch) -> list[Row]:
    """All outlets: those without news, the longest first; those with less; those with gaps; the rest."""
    order = {state: place for place, state in enumerate(STATES)}

    def place(row: Row) -> tuple[object, ...]:
        missing = row["state"] in _WELL and row["outlet"] not in watch.gaps
        share = (row["feeds_failing"] + row["feeds_gone"]) / max(1, row["feeds"])
        return (missing, order[row["state"]], -share, row["since"] or "~", row["outlet"])

    return sorted(watch.outlets, key=place)


def needs_attention(watch: Watch, row: Row) -> bool:
    """Whether an outlet is to be looked at by a person."""
    return row["state"] not in _WELL or row["outlet"] in watch.gaps


def headline(watch: Watch, now: datetime) -> str:
    """How the whole watch goes, in one line."""
    counts = Counter(row["state"] for row in watch.outlets)
    order = dict.fromkeys(("ok", *STATES))
    states = ", ".join(f"{counts[state]} {STATES[state]}" for state in order if counts[state])
    return safe(
        " · ".join((f"{counted(len(watch.outlets), 'outlet')}: {states}", *_circumstances(watch, now)))
    )


def _circumstances(watch: Watch, now: datetime) -> Iterator[str]:
    yield from _network_words(watch, now)
    yield _daemon_words(watch.daemon, now)
    if watch.run is not None:
        yield _run_words(watch.run, now)
    limit = iso(now - _LATE) or ""
    late = sum(1 for row in watch.outlets if row["next_check"] and row["next_check"] < limit)
    if late:
        yield f"{counted(late, 'outlet')} overdue"
    if watch.gaps:
        yield f"{counted(sum(gaps.count for gaps in watch.gaps.values()), 'open gap')} this week"


def _network_words(watch: Watch, now: datetime) -> Iterator[str]:
    answers = [row["last_success"] for row in watch.outlets if row["last_success"]]
    if watch.network is not None:
        yield f"own network down for {lasting(watch.network.opened_at.isoformat(), now)}"
    elif answers and _since(max(answers), now) < _FRESH:
        yield "own network ok"


def _daemon_words(daemon: Mapping[str, Any] | None, now: datetime) -> str:
    if daemon is None:
        return "daemon not running"
    started, pid = daemon.get("started_at"), daemon.get("pid")
    since = f" for {lasting(started, now)}" if _is_moment(started) else ""
    return f"daemon running{since}{f' (pid {pid})' if pid is not None else ''}"


def _is_moment(text: object) -> bool:
    """Whether it is a time with a zone: it stands in a file that others may write."""
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _run_words(run: Row, now: datetime) -> str:
    if run["ended_at"] is None:
        return f"run {run['run']} going on since {away(run['started_at'], now)}"
    ended = "" if run["ended_why"] == "done" else f", {run['ended_why']}"
    return f"last run {away(run['ended_at'], now)}: {run['new']} new{ended}"


def _since(stored: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(stored)


def causes(watch: Watch) -> str | None:
    """Of what the outlets suffer, the most frequent first; None where there is little to sum up."""
    found = Counter(
        row["failure_class"] for row in watch.outlets if row["state"] not in _WELL and row["failure_class"]
    )
    if found.total() < 4:
        return None
    return "failures: " + " · ".join(f"{count} {safe(name)}" for name, count in found.most_common())


def outlet_table(rows: Sequence[Row], gaps: Mapping[str, OpenGaps], now: datetime, width: int | None) -> str:
    """Whole rows of ``outlet_health`` as a table for people."""
    headers = ("outlet", "state", "since", "why", "next try", "last answer", "24 h", "usual")
    return table([_cells(row, gaps.get(row["outlet"]), now) for row in rows], headers, width)


def _cells(row: Row, gaps: OpenGaps | None, now: datetime) -> tuple[str, ...]:
    usual = row["usual_24h"]
    return (
        safe(row["outlet"]),
        row["state"],
        lasting(row["since"], now),
        safe("; ".join(_reasons(row, gaps))),
        away(row["next_check"], now),
        away(row["last_success"], now),
        str(row["articles_24h"]),
        "-" if usual is None else f"{usual:.0f}" if usual >= 10 else f"{usual:.1f}",
    )


def _reasons(row: Row, gaps: OpenGaps | None) -> Iterator[str]:
    if row["why"]:
        some = (
            f"{row['feeds_failing'] + row['feeds_gone']} of {row['feeds']} feeds: "
            if row["state"] == "partly"
            else ""
        )
        kind = f"{row['failure_class']}: " if row["failure_class"] and row["state"] != "silent" else ""
        yield some + kind + row["why"]
    if gaps is not None:
        missing = f", about {gaps.missing} missing" if gaps.missing else ""
        yield counted(gaps.count, "open gap") + missing
