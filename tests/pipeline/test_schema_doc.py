"""docs/schema.md and the database say the same."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.store.connection import Store

DOC = Path(__file__).resolve().parents[2] / "docs" / "schema.md"


def documented() -> dict[str, list[str]]:
    sections = re.split(r"^## ", DOC.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {
        section.split("\n", 1)[0].strip(): re.findall(r"^\| (\w+) \|", section, flags=re.M)[1:]
        for section in sections
    }


def test_every_view_is_documented_column_by_column(store: Store) -> None:
    views = [row["name"] for row in store.all("SELECT name FROM sqlite_master WHERE type = 'view'")]
    in_database = {
        view: [row["name"] for row in store.all("SELECT name FROM pragma_table_info(?)", (view,))]
        for view in views
    }
    assert documented() == in_database


def test_the_example_queries_run(store: Store) -> None:
    examples = re.findall(r"```sql\n(.*?)```", DOC.read_text(encoding="utf-8"), flags=re.S)
    statements = [statement for example in examples for statement in example.split(";") if statement.strip()]
    assert len(statements) >= 4
    for statement in statements:
        store.all(statement)
