"""The docs show what really happens: their examples are imported, their commands are run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.store.connection import open_store
from presswatch.cli.main import cli

DOCS = Path(__file__).resolve().parents[2] / "docs"


def block(doc: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / doc).read_text("utf-8"), flags=re.S)
    assert found
    return found[1]


def commands(doc: str) -> Iterator[tuple[list[str], str]]:
    for part in block(doc, "console").split("$ presswatch ")[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command), output


@pytest.mark.parametrize("doc", ["stories.md", "search.md"])
def test_the_example_is_real(presswatch: Any, doc: str) -> None:
    for words, output in commands(doc):
        if words[0] == "import":
            given = presswatch.folder / words[1]
            given.write_text(block(doc, "json"), "utf-8")
            words[1] = str(given)
        result = CliRunner().invoke(cli, ["--db", str(presswatch.db), *words], env={"TZ": "UTC"})
        assert result.exit_code == 0, result.output
        assert result.stdout == output


def test_the_example_query_runs(tmp_path: Path) -> None:
    with open_store(tmp_path / "press.db") as store:
        store.all(block("stories.md", "sql"))
