"""``health``: one screen that says how the watch goes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import incidents, outlets
from pipeline.store.connection import Store, iso, open_store
from pipeline.store.health import OpenGaps
from pipeline.store.incidents import Incident
from pipeline.types import OutletFeed, OutletSpec
from presswatch.cli.health_outlet import advice
from presswatch.cli.health_overview import (
    STATES,
    Watch,
    causes,
    headline,
    needs_attention,
    outlet_table,
    worst_first,
)
from presswatch.cli.words import how_often, lasting
from scheduler.single import hold

ROOT = Path(__file__).resolve().parents[2]
Presswatch = Any
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def ago(hours: float) -> str:
    return (NOW - hours * HOUR).isoformat()


def row(outlet: str, state: str = "ok", **fields: object) -> dict[str, Any]:
    """A row of outlet_health."""
    trouble = int(state in ("failing", "blocked", "partly"))
    return {
        "outlet": outlet,
        "state": state,
        "since": None,
        "failure_class": None,
        "why": None,
        "last_success": None,
        "next_check": None,
        "feeds": 2,
        "feeds_failing": trouble,
        "feeds_gone": 0,
        "articles_24h": 3,
        "usual_24h": None,
    } | fields


def watch(*rows: Mapping[str, Any], **fields: Any) -> Watch:
    given: dict[str, Any] = {"outlets": rows, "gaps": {}, "run": None, "daemon": None, "network": None}
    return Watch(**(given | fields))


def run(**fields: object) -> dict[str, Any]:
    return {"run": 7, "started_at": ago(1), "ended_at": ago(0.5), "ended_why": "done", "new": 41} | fields


# --- the headline ---------------------------------------------------------------------------------------


def test_the_headline_counts_states_the_well_first() -> None:
    rows = [row("a"), row("b"), row("c", "paused"), row("d", "silent"), row("e", "failing")]
    assert headline(watch(*rows), NOW) == (
        "5 outlets: 2 ok, 1 failing, 1 silent, 1 paused · daemon not running"
    )


def test_the_headline_says_what_the_watch_itself_does() -> None:
    found = headline(
        watch(
            row("a", last_success=ago(0.2), next_check=ago(2)),
            row("b", next_check=ago(0.5)),
            daemon={"pid": 42, "started_at": ago(72), "host": "h"},
            run=run(),
            gaps={"a": OpenGaps(count=3, missing=12)},
        ),
        NOW,
    )
    assert found == (
        "2 outlets: 2 ok · own network ok · daemon running for 3 d (pid 42) · last run 30 min ago: 41 new"
        " · 1 outlet overdue · 3 open gaps this week"
    )


def test_runs_that_go_on_or_ended_badly() -> None:
    assert "run 7 going on since 60 min ago" in headline(watch(row("a"), run=run(ended_at=None)), NOW)
    died = run(ended_why="died: its process is gone")
    assert "last run 30 min ago: 41 new, died: its process is gone" in headline(
        watch(row("a"), run=died), NOW
    )


def test_our_own_network_is_down_known_to_be_well_or_not_known() -> None:
    outage = Incident(
        id=1,
        kind="network",
        outlet=None,
        feed=None,
        opened_at=NOW - 3 * HOUR,
        closed_at=None,
        message="m",
        evidence={},
    )
    assert "own network down for 3 h" in headline(watch(row("a", last_success=ago(0)), network=outage), NOW)
    assert "own network" not in headline(watch(row("a", last_success=ago(5))), NOW)


@pytest.mark.parametrize("started", [None, "yesterday", "2026-11-23T11:00:00", "\x1b[31m"])
def test_a_lock_file_with_nonsense_is_still_a_daemon(started: str | None) -> None:
    said = headline(watch(row("a"), daemon={"pid": None, "started_at": started}), NOW)
    assert said.endswith("· daemon running")


# --- the outlets ----------------------------------------------------------------------------------------


def test_worst_first_and_within_a_state_the_longest_first() -> None:
    rows = [
        row("paused", "paused"),
        row("ok"),
        row("gaps"),
        row("partly", "partly", since=ago(900)),
        row("mostly", "partly", since=ago(1), feeds_gone=1),
        row("late", "failing", since=ago(1)),
        row("long", "failing", since=ago(99)),
        row("quiet", "silent", since=ago(9)),
        row("walled", "blocked", since=ago(999)),
        row("gone", "gone"),
    ]
    found = watch(*rows, gaps={"gaps": OpenGaps(count=1, missing=0)})
    names = [one["outlet"] for one in worst_first(found)]
    assert names == ["gone", "long", "late", "walled", "quiet", "mostly", "partly", "gaps", "ok", "paused"]
    assert [one["outlet"] for one in rows if not needs_attention(found, one)] == ["paused", "ok"]


@given(st.lists(st.sampled_from(list(STATES)), max_size=30))
@settings(max_examples=50)
def test_every_outlet_is_ranked_and_counted(states: list[str]) -> None:
    found = watch(*(row(f"o{number}", state) for number, state in enumerate(states)))
    ranked = worst_first(found)
    assert sorted(one["outlet"] for one in ranked) == sorted(one["outlet"] for one in found.outlets)
    attention = [needs_attention(found, one) for one in ranked]
    assert attention == sorted(attention, reverse=True)
    for state in set(states):
        assert f"{states.count(state)} {STATES[state]}" in headline(found, NOW)


def test_the_table_says_why_and_how_much_came() -> None:
    rows = [
        row("a", "partly", since=ago(50), failure_class="http", why="HTTP 404", usual_24h=40.4, feeds=3),
        row("b", "silent", failure_class="dns", why="nothing new since …", usual_24h=1.25),
        row("c", next_check=(NOW + HOUR).isoformat()),
    ]
    text = outlet_table(rows, {"a": OpenGaps(count=2, missing=15)}, NOW, None)
    first, second, third = text.splitlines()[1:]
    assert "1 of 3 feeds: http: HTTP 404; 2 open gaps, about 15 missing" in first
    assert first.split()[-2:] == ["3", "40"]
    assert "dns" not in second
    assert second.split()[-1] == "1.2"
    assert "in 60 min" in third


def test_nothing_a_stranger_wrote_steers_the_terminal() -> None:
    bad = row("a\x1b[2J", "failing", failure_class="http", why="\x1b]0;title\x07\u202e gone\nline")
    found = outlet_table([bad], {}, NOW, 80) + headline(watch(bad), NOW)
    assert not {"\x1b", "\x07", "\u202e"} & set(found)
    assert len(found.splitlines()) == 2


def test_causes_are_summed_up_where_there_are_many() -> None:
    rows = [row(str(n), "failing", failure_class="dns" if n < 3 else "http") for n in range(5)]
    assert causes(watch(*rows)) == "failures: 3 dns · 2 http"
    assert causes(watch(*rows[:2])) is None


# --- small words ----------------------------------------------------------------------------------------


def test_a_feed_that_failed_has_its_advice_and_no_other() -> None:
    def said(kind: str | None, status: int | None = None) -> str | None:
        return advice({"failure_class": kind, "failure_message": None, "last_status": status})

    assert said("http", 404) != said("http", 503)
    assert said("dns")
    assert said(None) is None
    assert said("of a later version") is None


def test_durations_and_intervals() -> None:
    assert [how_often(minutes) for minutes in (None, -5.0, 0.4, 10.2, 119.0, 180.0, 4320.0)] == [
        "-",
        "-",
        "0 min",
        "10 min",
        "119 min",
        "3 h",
        "3 d",
    ]
    assert [lasting(moment, NOW) for moment in (None, ago(0), ago(5), ago(-5))] == [
        "-",
        "now",
        "5 h",
        "in 5 h",
    ]


# --- the command ----------------------------------------------------------------------------------------


@pytest.fixture
def today() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def filled(presswatch: Presswatch, today: datetime) -> Presswatch:
    """Twenty outlets: one fails (404), one is silent, one has a gap; the others are well."""
    with open_store(presswatch.db) as store:
        for number in range(20):
            _add(store, f"o{number:02}", today)
        store.execute("UPDATE feeds SET last_success = ?, last_checked = ?", (iso(today), iso(today)))
        store.execute(
            "UPDATE feeds SET failures = 3, failure_class = 'http', failure_message = 'HTTP 404', last_status = 404,"
            " failing_since = ? WHERE id = 5",
            (iso(today - 5 * HOUR),),
        )
        incidents.open_incident(
            store,
            "silence",
            at=today,
            message="quiet since noon",
            evidence={"usual": "2 h", "hours": [9, None]},
            outlet_id=7,
        )
        store.execute(
            'INSERT INTO feed_gaps (feed_id, found_at, "after", "before", estimated, healed_from, message)'
            " VALUES (9, ?, ?, ?, 12, NULL, 'no sitemap')",
            (iso(today), iso(today - 9 * HOUR), iso(today)),
        )
    return presswatch


def _add(store: Store, slug: str, today: datetime) -> None:
    feed = OutletFeed(url=f"http://{slug}.example/rss")
    outlets.add_outlet(
        store, OutletSpec(slug=slug, name=slug.upper(), home=f"http://{slug}.example", feeds=(feed,)), today
    )


def test_the_screen_lists_what_needs_attention(filled: Presswatch) -> None:
    result = filled("health")
    top, empty, _, *rows = result.stdout.splitlines()
    assert top.startswith("20 outlets: 18 ok, 1 failing, 1 silent · own network ok · daemon not running")
    assert top.endswith("1 open gap this week")
    assert empty == ""
    assert [line.split()[0] for line in rows] == ["o04", "o06", "o08"]
    assert "http: HTTP 404" in rows[0]
    assert "quiet since noon" in rows[1]
    assert "about 12 missing" in rows[2]
    assert "17 outlets in good health" in result.stderr
    assert "--all" in result.stderr


def test_a_terminal_gets_one_screen(filled: Presswatch, today: datetime) -> None:
    with open_store(filled.db) as store:
        store.execute(
            "UPDATE feeds SET failures = 1, failure_class = 'dns', failing_since = ?", (iso(today),)
        )
    outer, inner = pty.openpty()
    with os.fdopen(outer, "rb", buffering=0) as terminal:
        ended = subprocess.run(
            [sys.executable, "-m", "presswatch", "--db", str(filled.db), "health"],
            env={**os.environ, "LINES": "18", "COLUMNS": "90", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=inner,
            stderr=subprocess.PIPE,
            timeout=60,
            check=True,
        )
        os.close(inner)
        lines = terminal.read(65536).decode().splitlines()
    # the headline may take two lines of the screen
    assert len(lines) + 1 + len(ended.stderr.decode().splitlines()) <= 18
    assert all(len(line) <= 90 for line in lines[1:])
    assert "10 more outlets in need of attention" in ended.stderr.decode()


def test_all_of_them_and_all_of_few(filled: Presswatch, today: datetime) -> None:
    assert len(filled.good("health", "--all").splitlines()) == 23
    with open_store(filled.db) as store:
        for number in range(9, 20):
            outlets.remove_outlet(store, f"o{number:02}", today)
    result = filled("health")
    assert len(result.stdout.splitlines()) == 12
    assert "--all" not in result.stderr


def test_a_running_daemon_is_seen(filled: Presswatch, today: datetime) -> None:
    with hold(filled.db, today - 5 * HOUR):
        assert "daemon running for 5 h (pid " in filled.good("health")
    assert "daemon not running" in filled.good("health")


def test_one_outlet_with_what_to_do(filled: Presswatch) -> None:
    text = filled.good("health", "o04")
    assert text.startswith("o04: O04 (http://o04.example), failing for 5 h\n")
    assert "http://o04.example/rss" in text
    assert "→ http: nothing is at this address" in text
    assert "gaps:" not in text


def test_one_outlet_with_its_silence_gaps_and_checks(filled: Presswatch, today: datetime) -> None:
    with open_store(filled.db) as store:
        store.execute("INSERT INTO crawls (started_at, pid, process_token) VALUES (?, 1, 'x')", (iso(today),))
        store.execute(
            "INSERT INTO feed_checks (feed_id, run_id, at, status, outcome, new_entries)"
            " VALUES (9, 1, ?, 200, 'changed', 7)",
            (iso(today),),
        )
        store.execute(
            "INSERT INTO outlet_rhythms (outlet_id, state, last_news, silent_after) VALUES (7, '{}', ?, ?)",
            (iso(today - 9 * HOUR), iso(today - HOUR)),
        )
    silent = filled.good("health", "o06")
    assert "silent for 9 h" in silent
    assert "quiet since noon" in silent
    assert "usual 2 h, hours [9, null]" in silent
    assert "lasts" in silent
    gap = filled.good("health", "o08")
    assert "gaps:" in gap
    assert "open, not tried again: no sitemap" in gap
    assert "last checks:" in gap
    assert "changed" in gap


def test_the_documents(filled: Presswatch) -> None:
    feeds = filled.json("health")
    assert len(feeds) == 20
    assert {"outlet", "feed_id", "state", "since", "next_check", "failures", "open_gaps"} <= set(feeds[0])
    assert [one["state"] for one in filled.json("health", "o04")] == ["failing"]
    rows = filled.json("health", "--outlets")
    assert [one["outlet"] for one in rows] == [f"o{number:02}" for number in range(20)]
    assert rows[6]["state"] == "silent"
    (only,) = filled.json("health", "o08", "--outlets")
    assert (only["open_gaps"], only["usual_24h"]) == (1, None)


def test_feeds_as_a_table(filled: Presswatch) -> None:
    lines = filled.good("health", "--feeds").splitlines()
    assert len(lines) == 21
    assert lines[5].startswith("o04")
    assert "http: HTTP 404" in lines[5]
    (_, only) = filled.good("health", "o04", "--feeds").splitlines()
    assert only.split() == lines[5].split()


def test_without_outlets_it_is_said_how_to_add_one(presswatch: Presswatch) -> None:
    open_store(presswatch.db).close()
    for words in (("health",), ("health", "--feeds")):
        result = presswatch(*words)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "outlets add" in result.stderr
    assert presswatch.json("health") == []
