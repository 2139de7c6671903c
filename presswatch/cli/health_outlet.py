"""The screen of ``health OUTLET``: its feeds, what is wrong, what to do, and what it rests on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.advice import explained
from pipeline.store.incidents import Incident
from pipeline.types import Failure, FailureClass
from presswatch.cli.output import to_json
from presswatch.cli.terminal import safe, table
from presswatch.cli.words import away, counted, how_often, lasting, when

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletReport:
    """One outlet as the views ``outlet_health``, ``feed_health``, ``gaps`` and ``incidents`` have it.

    ``checks`` are its last requests.
    """

    home: str
    outlet: Row
    feeds: Sequence[Row]
    gaps: Sequence[Row]
    incidents: Sequence[Incident]
    checks: Sequence[Row]


def outlet_lines(report: OutletReport, now: datetime, width: int | None) -> Iterator[str]:
    """The screen, part by part."""
    yield from _summary(report, now)
    if report.feeds:
        yield from ("", feed_table(report.feeds, now, width, outlet=False))
    yield from _what_to_do(report.feeds)
    yield from _section(
        "gaps", _gap_rows(report.gaps), ("found", "after", "before", "missing", "state"), width
    )
    incidents = [_incident_row(incident) for incident in report.incidents]
    yield from _section("incidents", incidents, ("began", "ended", "kind", "what", "evidence"), width)
    checks = [_check_row(check) for check in report.checks]
    yield from _section("last checks", checks, ("at", "status", "outcome", "new", "feed", "message"), width)


def _summary(report: OutletReport, now: datetime) -> Iterator[str]:
    outlet = report.outlet
    since = f" for {lasting(outlet['since'], now)}" if outlet["since"] else ""
    yield safe(f"{outlet['outlet']}: {outlet['name']} ({report.home}), {outlet['state']}{since}")
    usual = outlet["usual_24h"]
    known = f", usually {usual:g}" if usual is not None else "; what is usual is not known yet"
    yield f"{counted(outlet['articles_24h'], 'article')} in 24 hours{known}"
    if outlet["last_news"]:
        alarm = f", silent without any until {when(outlet['silent_after'])}" if outlet["silent_after"] else ""
        yield f"last news {away(outlet['last_news'], now)}{alarm}"


def feed_table(feeds: Sequence[Row], now: datetime, width: int | None, *, outlet: bool) -> str:
    """Rows of ``feed_health`` as a table for people; with ``outlet`` it says whose they are."""
    headers = ("state", "since", "last answer", "next poll", "every", "entries", "feed", "trouble")
    rows = [_feed_cells(feed, now) for feed in feeds]
    if not outlet:
        return table(rows, headers, width)
    named = [(safe(feed["outlet"]), *cells) for feed, cells in zip(feeds, rows, strict=True)]
    return table(named, ("outlet", *headers), width)


def _feed_cells(feed: Row, now: datetime) -> tuple[str, ...]:
    trouble = (
        f"{feed['failure_class']}: {feed['failure_message']}"
        if feed["failure_class"]
        else feed["last_problem"]
    )
    return (
        feed["state"],
        lasting(feed["since"], now),
        away(feed["last_success"], now),
        away(feed["next_check"], now),
        how_often(feed["interval_minutes"]),
        str(feed["entries"]),
        safe(feed["url"]),
        safe(trouble or ""),
    )


def _what_to_do(feeds: Sequence[Row]) -> Iterator[str]:
    said = {
        safe(f"→ {feed['failure_class']}: {what}") for feed in feeds if (what := advice(feed)) is not None
    }
    if said:
        yield ""
        yield from sorted(said)


def advice(feed: Row) -> str | None:
    """What a person can do about a feed's last failure; None where there is none, or nothing to do."""
    if feed["failure_class"] not in set(FailureClass):
        return None
    kind = FailureClass(feed["failure_class"])
    return explained(Failure(kind=kind, message=feed["failure_message"] or "", status=feed["last_status"]))


def _section(
    title: str, rows: Sequence[tuple[str, ...]], headers: tuple[str, ...], width: int | None
) -> Iterator[str]:
    if rows:
        yield from ("", f"{title}:", table(rows, headers, width))


def _gap_rows(gaps: Sequence[Row]) -> list[tuple[str, ...]]:
    return [
        (
            when(gap["found_at"]),
            when(gap["after"]),
            when(gap["before"]),
            "?" if gap["estimated"] is None else str(gap["estimated"]),
            safe(_gap_state(gap)),
        )
        for gap in gaps
    ]


def _gap_state(gap: Row) -> str:
    brought = f", {gap['recovered']} brought in" if gap["recovered"] else ""
    source = f" from {gap['healed_from']}" if gap["healed_from"] else ""
    if gap["state"] != "open":
        return f"{gap['state']}{brought}{source}"
    then = f", tried again {when(gap['next_attempt'])}" if gap["next_attempt"] else ", not tried again"
    return f"open{brought}{source}{then}{': ' + gap['message'] if gap['message'] else ''}"


def _incident_row(incident: Incident) -> tuple[str, ...]:
    evidence = ", ".join(
        f"{name} {_word(value)}" for name, value in incident.evidence.items() if value is not None
    )
    return (
        when(incident.opened_at),
        when(incident.closed_at) if incident.closed_at else "lasts",
        safe(incident.kind),
        safe(incident.message),
        safe(evidence),
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else to_json(value)


def _check_row(check: Row) -> tuple[str, ...]:
    return (
        when(check["at"]),
        "-" if check["status"] is None else str(check["status"]),
        safe(check["outcome"]),
        "-" if check["new_entries"] is None else str(check["new_entries"]),
        safe(check["feed"]),
        safe(check["message"] or ""),
    )
