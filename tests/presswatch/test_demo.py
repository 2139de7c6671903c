"""``presswatch demo``, run once as users run it: what it says, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.connection import open_store
from pipeline.store.outlets import add_outlet
from presswatch.demo.newsroom import Newsroom
from presswatch.demo.truth import Step

ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = Newsroom(datetime(2026, 3, 29, 11, 0, tzinfo=UTC)).truth()


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # Whatever proxy this machine uses or does not use, the demo's crawls go to the demo's newsroom.
    elsewhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "no_proxy": "*"}
    return subprocess.run(
        words,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | elsewhere,
    )


def python_m(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "presswatch", *words)


@dataclass(frozen=True)
class Done:
    """A demo that has run in ``folder``."""

    folder: Path
    output: str
    errors: str

    @property
    def db(self) -> Path:
        return self.folder / "my news" / "presswatch.db"

    @property
    def summaries(self) -> list[dict[str, int]]:
        """The crawls' own lines, as counts by word."""
        lines = [line for line in self.output.splitlines() if re.fullmatch(r"\d+ outlets ·.* s", line)]
        return [{word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)", line)} for line in lines]

    @property
    def commands(self) -> list[list[str]]:
        """The commands it proposes."""
        lines = [line for line in self.output.splitlines() if "--db" in line]
        return [shlex.split(line) for line in lines]

    def json(self, *words: str) -> Any:
        result = run(*python_m("--db", str(self.db), *words, "--json"), cwd=self.folder)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The demo, run where an earlier one has left its database, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("demo")
    old = folder / "my news" / "presswatch.db"
    old.parent.mkdir()
    with open_store(old) as store:
        for spec in Newsroom(datetime.now(UTC)).outlets:
            add_outlet(store, spec, datetime.now(UTC))
    result = run(*python_m("demo", "--keep", "my news"), cwd=folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return Done(folder, result.stdout, result.stderr)


def test_both_summaries_tell_what_happened(done: Done) -> None:
    assert [counts_of(summary) for summary in done.summaries] == [expected(FIRST), expected(SECOND)]
    assert done.errors == ""
    assert re.findall(r"^\d\d:\d\d  ", done.output, re.MULTILINE)


def counts_of(summary: dict[str, int]) -> dict[str, int]:
    """A summary's counts of articles; what it leaves out is none."""
    return {word: summary.get(word, 0) for word in ("new", "revised", "gone", "duplicate", "failed")}


def expected(step: Step) -> dict[str, int]:
    return {
        "new": len(step.new),
        "revised": len(step.edited),
        "gone": len(step.deleted),
        "duplicate": 0,
        "failed": 0,
    }


def test_database_holds_what_was_published(done: Done) -> None:
    listed = done.json("articles", "--limit", "1000")
    assert {line["url"] for line in listed} == FIRST.new | SECOND.new
    assert {line["url"] for line in listed if line["status"] == "gone"} == SECOND.deleted
    assert {line["url"] for line in listed if line["version"] > 1} == SECOND.edited
    assert {line["language"] for line in listed} == {"en", "uk", "ru", "ar"}


def test_database_is_sound(done: Done) -> None:
    result = run(*python_m("--db", str(done.db), "db", "check"), cwd=done.folder)
    assert result.returncode == 0, result.stdout + result.stderr
    assert sorted(path.name for path in done.db.parent.iterdir()) == [
        "presswatch.db",
        "presswatch.pages.db",
    ]


def test_the_three_proposed_commands_show_something_worth_seeing(done: Done) -> None:
    shown = [run(*command, cwd=done.folder) for command in done.commands]
    assert [result.returncode for result in shown] == [0, 0, 0], [result.stderr for result in shown]
    listed, found, explained = (result.stdout for result in shown)
    assert len(listed.splitlines()) == 1 + len(FIRST.new | SECOND.new)
    assert all(name in found for name in ("Zelenskyy", "Зеленський", "زيلينسكي"))
    assert all(kind in explained for kind in ("[read-also ·", "[donation ·", "[attribution ·"))


def test_lineage_leads_from_the_translated_copy_to_its_original(done: Done) -> None:
    ((copy, original),) = [
        (copy, original) for copy, kind, original in SECOND.relations if kind == "translation-of"
    ]
    family = done.json("lineage", copy)
    own = [edge for edge in family["relations"] if (edge["src_url"], edge["dst_url"]) == (copy, original)]
    assert {edge["type"] for edge in own} == {"translation-of", "syndicated-copy-of"}
    assert all("attribution line" in edge["evidence"][0] for edge in own)
    assert done.json("show", original)["id"] in {edge["dst_id"] for edge in family["relations"]}


def test_the_stories_are_two_families_and_nothing_else_is_put_together(done: Done) -> None:
    told = [(story["articles"], story["reports"], len(story["languages"])) for story in done.json("stories")]
    assert sorted(told) == [(4, 1, 4), (5, 1, 4)]


def test_a_database_that_is_not_the_demos_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "presswatch.db"
    precious.write_text("not a database at all")
    assert run(*python_m("demo", "--keep", "."), cwd=tmp_path).returncode == 2
    assert precious.read_text() == "not a database at all"
    precious.unlink()
    with open_store(precious) as store:
        add_outlet(store, Newsroom(datetime.now(UTC)).outlets[1], datetime.now(UTC))
    before = precious.read_bytes()
    result = run(*python_m("demo", "--keep", "."), cwd=tmp_path)
    assert result.returncode == 2
    assert "name another folder with --keep" in result.stderr
    assert precious.read_bytes() == before
