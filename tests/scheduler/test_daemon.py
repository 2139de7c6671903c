"""The daemon's hours, whatever the clock says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.store import incidents
from pipeline.store.connection import open_store
from scheduler.daemon import _Every

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


@settings(max_examples=50)
@given(seconds=st.floats(0.1, 86_400), years=st.integers(-50, 50))
def test_a_turn_comes_so_long_after_the_last_and_none_is_made_up_for(seconds: float, years: int) -> None:
    now = NOON + timedelta(days=365 * years)
    assert _Every(seconds).get_next_fire_time(NOON, now) == now + timedelta(seconds=seconds)
    assert _Every(seconds).get_next_fire_time(None, now) > now


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


class Timed:
    """A daemon that watches nothing, and whose clock can be set."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.db = folder, folder / "press.db"
        self.set(timedelta(0))
        (folder / "c.toml").write_text("[daemon]\ntick_seconds = 0.2\n")
        options = ["--db", str(self.db), "--config", str(folder / "c.toml")]
        faked = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(folder / "offset"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(ROOT),
        }
        with (folder / "events").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "presswatch", *options, "daemon", "--listen", "127.0.0.1:0"],
                stdout=subprocess.PIPE,
                stderr=err,
                env=os.environ | faked,
            )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith(b"ready")
        self.process.stdout.close()

    def set(self, by: timedelta) -> None:
        (self.folder / "new").write_text(f"{by.total_seconds():+.0f}\n")
        (self.folder / "new").replace(self.folder / "offset")

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = (self.folder / "events").read_text().splitlines()
        said = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in said if event["event"] == name]


@pytest.fixture
def timed(tmp_path: Path) -> Iterator[Timed]:
    """The daemon at work."""
    if FAKETIME is None:
        pytest.skip("libfaketime is not installed")
    daemon = Timed(tmp_path)
    yield daemon
    daemon.process.kill()
    daemon.process.wait()


def test_a_clock_put_back_by_a_day_does_not_send_it_to_sleep_for_a_day(timed: Timed) -> None:
    for number, by in enumerate((timedelta(days=-1), timedelta(days=400), timedelta(0)), 1):
        timed.set(by)

        def noted(number: int = number) -> bool:
            with open_store(timed.db) as store:
                return len(incidents.recent(store, NOON - timedelta(days=9999))) == number

        until(noted)
    words = [event["message"] for event in timed.events("clock")]
    assert [word.split(" by ")[0].split(",")[0] for word in words] == [
        "the clock went back",
        "the clock went forward",
        "the clock went back",
    ]
    timed.process.terminate()
    assert timed.process.wait(20) == 0
