"""docs/stories.md shows what really happens: its example is imported, its commands are run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pipeline.store.connection import open_store
from presswatch.cli.main import cli

DOC = Path(__file__).resolve().parents[2] / "docs" / "stories.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOC.read_text("utf-8"), flags=re.S)
    assert found
    return found[1]


def commands() -> Iterator[tuple[list[str], str]]:
    for part in block("console").split("$ presswatch ")[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command), output


def test_the_example_is_real(presswatch: Any) -> None:
    (presswatch.folder / "reports.jsonl").write_text(block("json"), "utf-8")
    for words, output in commands():
        words = [str(presswatch.folder / word) if word.endswith(".jsonl") else word for word in words]
        result = CliRunner().invoke(cli, ["--db", str(presswatch.db), *words], env={"TZ": "UTC"})
        assert result.exit_code == 0, result.output
        assert result.stdout == output


def test_the_example_query_runs(tmp_path: Path) -> None:
    with open_store(tmp_path / "press.db") as store:
        store.all(block("sql"))
