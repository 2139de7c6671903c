"""The frame: help, exit codes, one clear line for every fault that a user can mend."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from presswatch.cli.lazy import LazyGroup
from presswatch.cli.main import COMMANDS, cli

Presswatch = Any  # the fixture of this folder's conftest
Row = Callable[..., dict[str, Any]]

HEAVY = ("scrapy", "twisted", "trafilatura", "lxml", "feedparser", "sqlite_utils", "rich.progress")


def _leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        names = command.list_commands(context)
        return [
            leaf
            for name in names
            for leaf in _leaves(command.get_command(context, name) or command, (*path, name))
        ]
    return [(path, command)]


@pytest.mark.parametrize("path", [path for path, _ in _leaves(cli)], ids=" ".join)
def test_every_command_explains_itself_with_an_example(presswatch: Presswatch, path: tuple[str, ...]) -> None:
    shown = presswatch.good(*path, "--help")
    assert "Example" in shown
    assert "presswatch" in shown.split("Example", 1)[1]


def test_the_overview_lists_all_commands_and_imports_nothing_heavy() -> None:
    probe = (
        "import sys\nfrom presswatch.cli.main import _run\n_run(['--help'])\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, encoding="utf-8", check=True)
    assert "HEAVY []" in ended.stdout
    assert all(f"  {name} " in ended.stdout for name, command in COMMANDS.items() if command.about)
    assert " work " not in ended.stdout


@pytest.mark.parametrize("command", ["crawl", "try", "show", "import"])
def test_no_command_imports_the_crawler_or_the_reader_to_explain_itself(command: str) -> None:
    probe = (
        f"import sys\nfrom presswatch.cli.main import _run\n_run([{command!r}, '--help'])\n"
        "print('HEAVY', [name for name in ('scrapy', 'trafilatura', 'lxml') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, encoding="utf-8", check=True)
    assert "HEAVY []" in ended.stdout


def test_commands_are_found_lazily_and_nowhere_else() -> None:
    assert isinstance(cli, LazyGroup)
    assert cli.get_command(click.Context(cli), "craw") is None


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("articles", "--limit", "0"),
        ("articles", "--since", "soon"),
        ("--what", "articles"),
        ("show",),
    ],
)
def test_wrong_words_are_usage_errors(presswatch: Presswatch, words: tuple[str, ...]) -> None:
    result = presswatch(*words)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def _fails(ended: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One line on stderr that names the cause, the exit code, no traceback, nothing on stdout."""
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == ""
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("presswatch: ")
    for word in words:
        assert word in lines[0]


def test_no_database_yet(presswatch: Presswatch) -> None:
    _fails(presswatch.spawn("--db", "none.db", "articles"), 3, "none.db", "outlets add")
    assert not (presswatch.folder / "none.db").exists()


def test_not_a_database(presswatch: Presswatch) -> None:
    file = presswatch.folder / "notes.txt"
    file.write_text("this is not a database\n" * 100)
    _fails(presswatch.spawn("--db", file, "articles"), 3, "notes.txt", "not a")
    _fails(presswatch.spawn("--db", file, "crawl"), 3, "notes.txt")
    assert file.read_text().startswith("this is not")


def test_a_database_of_another_program(presswatch: Presswatch) -> None:
    with sqlite3.connect(presswatch.db) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    _fails(presswatch.spawn("--db", presswatch.db, "outlets", "add", "nv"), 3, "another program")


def test_a_newer_database(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    with sqlite3.connect(presswatch.db) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    _fails(presswatch.spawn("--db", presswatch.db, "articles"), 3, "newer")
    _fails(presswatch.spawn("--db", presswatch.db, "crawl"), 3, "newer")


def test_a_damaged_database_is_noticed(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(*(row(number) for number in range(1, 20)))
    with sqlite3.connect(presswatch.db) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.close()
    size = presswatch.db.stat().st_size
    with presswatch.db.open("r+b") as file:
        for offset in range(size // 3, size, 4096):
            file.seek(offset)
            file.write(b"\xff" * 600)
    ended = presswatch.spawn("--db", presswatch.db, "db", "check")
    assert ended.returncode == 3
    assert "Traceback" not in ended.stderr
    assert "presswatch: " in ended.stderr
    doctor = presswatch.spawn("--db", presswatch.db, "doctor")
    assert doctor.returncode == 3
    assert "✗ database" in doctor.stdout


def test_a_folder_that_cannot_be_written(presswatch: Presswatch) -> None:
    # Even an administrator cannot make a file there.
    folder = next((Path(place) for place in ("/proc/self", "/dev/fd") if Path(place).is_dir()), None)
    if folder is None:
        pytest.skip("this system has no folder that nobody can write")
    _fails(presswatch.spawn("--db", folder / "news.db", "outlets", "add", "nv"), 3, "news.db")


def test_no_such_folder(presswatch: Presswatch) -> None:
    for words in (("articles",), ("crawl",), ("outlets", "add", "nv")):
        _fails(presswatch.spawn("--db", presswatch.folder / "no" / "such" / "x.db", *words), 3)


def test_an_unknown_outlet_names_the_nearest(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    for words in (("crawl", "gazete"), ("health", "gazete"), ("articles", "--outlet", "gazete")):
        _fails(presswatch.spawn("--db", presswatch.db, *words), 1, "gazete", "'gazette'")


def test_an_unknown_configuration_key_is_a_usage_error(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(row())
    (presswatch.folder / "presswatch.toml").write_text('[fetch]\nprox = "x"\n')
    _fails(presswatch.spawn("--db", presswatch.db, "crawl"), 2, "prox", "proxy")


def test_the_database_is_named_by_the_environment(presswatch: Presswatch) -> None:
    ended = presswatch.spawn("db", "path", PRESSWATCH_DB="other.db")
    assert ended.stdout.strip() == str(presswatch.folder / "other.db")


def test_a_reader_that_has_had_enough_is_no_fault(presswatch: Presswatch, row: Row) -> None:
    presswatch.rows(*(row(number, text=f"Report {number}. " + "word " * 3000) for number in range(1, 28)))
    process = subprocess.Popen(
        [sys.executable, "-m", "presswatch", "--db", presswatch.db, "export", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=presswatch.folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert process.stdout
    assert process.stderr
    process.stdout.read(10)
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    process.wait(30)
    assert "Traceback" not in said
    assert "Exception ignored" not in said
