"""One daemon for each database."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.errors import HeldError, StoreError
from scheduler.single import hold, holder, lock_path

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scheduler.single import hold
with hold(Path(sys.argv[1]), datetime(2026, 11, 23, 12, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def other(db: Path) -> subprocess.Popen[str]:
    """Another process that holds ``db`` until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(db)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_daemon_is_told_who_the_first_is_and_exits_with_4(tmp_path: Path, now: datetime) -> None:
    db = tmp_path / "press.db"
    with other(db) as process:
        named = rf"pid {process.pid} since 2026-11-23T12:00:00\+00:00"
        with pytest.raises(HeldError, match=named) as raised, hold(db, now):
            pass
        assert raised.value.exit_code == 4
        found = holder(db)
        assert found is not None
        assert found["pid"] == process.pid
        assert found["host"]
        process.kill()


def test_a_killed_daemon_holds_nothing(tmp_path: Path, now: datetime) -> None:
    db = tmp_path / "press.db"
    with other(db) as process:
        process.kill()
        process.wait()
        assert holder(db) is None
        with hold(db, now):
            found = holder(db)
            assert found is not None
            assert found["pid"] == os.getpid()
    assert holder(db) is None


def test_two_databases_have_two_daemons_and_two_names_of_one_have_one(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "press.db").touch()
    (tmp_path / "link.db").symlink_to("press.db")
    with hold(tmp_path / "press.db", now):
        with hold(tmp_path / "other.db", now):
            pass
        with pytest.raises(HeldError), hold(tmp_path / "link.db", now):
            pass


def test_who_looks_never_keeps_a_daemon_from_starting(tmp_path: Path, now: datetime) -> None:
    db = tmp_path / "press.db"
    with hold(db, now):
        pass
    looking = (
        "import sys\nfrom pathlib import Path\nfrom scheduler.single import holder\nprint('on', flush=True)\n"
        "while True: holder(Path(sys.argv[1]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", looking, str(db)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as watcher:
        assert watcher.stdout is not None
        watcher.stdout.readline()
        for _ in range(20):
            with hold(db, now):
                pass
        watcher.kill()


@pytest.mark.parametrize("words", ["", "no JSON", "[1, 2]", '{"pid": "x"}', "[" * 4000])
def test_a_lock_file_of_strange_content_is_no_trouble(tmp_path: Path, now: datetime, words: str) -> None:
    db = tmp_path / "press.db"
    with hold(db, now):
        lock_path(db).write_text(words)
        found = holder(db)
        assert found == {"pid": None, "started_at": None, "host": None}
        with pytest.raises(HeldError, match="another daemon is at work"), hold(db, now):
            pass


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(StoreError, match=r"press\.db-daemon\.lock"), hold(tmp_path / "no" / "press.db", now):
        pass
    assert holder(tmp_path / "no" / "press.db") is None
