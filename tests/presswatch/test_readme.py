"""README.md shows what really happens: its ``console`` blocks are run, and their output is compared.

After the heading ``## Use`` every block is run, in order, in one folder, within the demo's newsroom an hour
after it opened (so that the copies are published). Lines that begin with ``$ `` are commands, the lines below
are what they print; a line ``…`` stands for any number of lines. Times, durations, numbers of articles, runs
and processes, ports and sizes may differ; the folder is called ``/home/you/news``. Where a list gives an
article another number than the README's list does, the README's later ``show``, ``diff`` and ``lineage`` mean
that one. Blocks with ``make`` are not run.

``python -m tests.presswatch.test_readme --write`` puts the real output into README.md, except into blocks
with ``…``, which it only checks.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presswatch.demo.server import serve
from tests.presswatch.readme_blocks import (
    ANY_LINES,
    Shell,
    blocks_to_run,
    fits,
    later_newsroom,
    missing_targets,
    normalised,
    numbers_in,
    problems,
    refreshed,
    renumbered,
)

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


# --- the README itself ----------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    folder = tmp_path / "news"
    folder.mkdir()
    with serve(later_newsroom()) as served:
        yield Shell(folder, served)


def readme() -> str:
    assert README.is_file(), "README.md is missing"
    return README.read_text("utf-8")


def test_readme_shows_what_happens(shell: Shell) -> None:
    found = problems(readme(), shell)
    hint = "`python -m tests.presswatch.test_readme --write` puts in what is true"
    assert not found, "\n\n".join([*found, hint])


def test_readme_asks_make_for_nothing_it_cannot_do() -> None:
    assert missing_targets(readme(), (ROOT / "Makefile").read_text("utf-8")) == set()


# --- and this harness -----------------------------------------------------------------------------------

SMALL = """# Small

```console
$ make demo
```

## Use it

```console
$ presswatch --version
presswatch 0.1.0
$ printf 'one\\n2026-01-01 10:00\\n' \\
    > file && cat file
one
2020-02-02 11:11
```

Words, and a block that is abridged:

```console
$ pwd && seq 5
/home/you/news
1
…
5
```

```console
$ make test
```
"""


def test_true_readme_has_no_problems(shell: Shell) -> None:
    assert problems(SMALL, shell) == []
    assert refreshed(SMALL, shell) == (SMALL, [])


def test_crawls_are_answered_by_the_newsroom(shell: Shell) -> None:
    outcome = shell.run("presswatch try https://english.nv.ua/rss/all.xml --json")
    assert outcome.code == 0, outcome.lines
    assert "Poland soon to join" in "\n".join(outcome.lines)


def test_wrong_output_is_shown_as_a_difference_and_put_right(shell: Shell) -> None:
    wrong = SMALL.replace("one\n2020", "two\n2020").replace("presswatch 0.1.0", "presswatch 0.0.9")
    version, printed = problems(wrong, shell)
    assert "-presswatch 0.0.9\n+presswatch 0.1.0" in version
    assert "-two\n+one\n TIME" in printed
    text, left = refreshed(wrong, shell)
    assert (problems(text, shell), left) == ([], [])
    assert "one\n2026-01-01 10:00\n```" in text


def test_abridged_blocks_and_failing_commands_are_left_to_people(shell: Shell) -> None:
    abridged = SMALL.replace("…\n5", "…\n6")
    text, (problem,) = refreshed(abridged, shell)
    assert text == abridged
    assert "-6\n" in problem
    failing = SMALL.replace("presswatch --version", "presswatch outlets show nobody; false")
    text, left = refreshed(failing, shell)
    assert text == failing
    assert "exit code 1" in left[0]


def test_make_targets_are_looked_up() -> None:
    assert missing_targets(SMALL, "demo: .venv\n\tmake it\n.PHONY: test\n") == {"test"}
    assert missing_targets(SMALL.replace("make demo", "make PYTHON=python3 demo"), "demo:\ntest:\n") == set()


@pytest.mark.parametrize(
    "text", ["# No use\n\n```console\n$ true\n```\n", "## Use\n", "## Use\n\n```console\nno command\n```\n"]
)
def test_a_readme_without_commands_is_a_fault(text: str) -> None:
    with pytest.raises(AssertionError):
        blocks_to_run(text)


def test_commands_mean_the_articles_that_the_readme_lists() -> None:
    expected = ["id  time", " 1  2026-01-01 10:00  nv  en  Otters", "12  2026-01-01 09:00  nv  en  Bridge"]
    printed = ["id  time", " 3  2026-02-02 11:00  nv  en  Otters", " 1  2026-02-02 09:00  nv  en  Bridge"]
    numbers = numbers_in(expected, printed)
    assert numbers == {"1": "3", "12": "1"}
    assert renumbered("presswatch show --why 1 | head -1", numbers) == "presswatch show --why 3 | head -1"
    assert renumbered("presswatch --db a.db diff 12 1 2", numbers) == "presswatch --db a.db diff 1 1 2"
    for other in ("presswatch articles --limit 1", "presswatch show 5", "head -1 file"):
        assert renumbered(other, numbers) == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4 outlets · 29 new · 4.0 s", "4 outlets · 29 new · 12.5 s"),
        (" 7  2026-11-23 12:25  nv  en  Title", "17  2026-11-22 12:26  nv  en  Title"),
        ("[3] nv, 2024-01-28 06:05: Title", "[31] nv, 2024-01-28 06:14: Title"),
        ('"first_seen": "2026-11-23T08:14:00+00:00"', '"first_seen": "2026-01-02T03:04:05Z"'),
        ("open at http://127.0.0.1:36097", "open at http://127.0.0.1:8080"),
        ("run 7 (pid 812) is crawling", "run 12 (pid 4) is crawling"),
        ('{"run": 7, "seconds": 9.8}', '{"run": 1, "seconds": 10}'),
        ("ok  -  now  in 29 min", "ok  -  1 min ago  in 30 min"),
        ("a  b", "a    b  "),
    ],
)
def test_what_may_differ_does_not_count(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4 outlets · 29 new · 4.0 s", "4 outlets · 28 new · 4.0 s"),
        ("version 2 of 2 · live", "version 1 of 2 · live"),
        ("→ syndicated-copy-of (0.95)", "→ syndicated-copy-of (0.80)"),
    ],
)
def test_what_must_not_differ_counts(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z"))), max_size=6), st.data())
@settings(max_examples=60)
def test_any_output_fits_itself_and_its_abridgement(lines: list[str], data: st.DataObject) -> None:
    assert fits([line for line in lines if line != ANY_LINES], [line for line in lines if line != ANY_LINES])
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    assert fits([*lines[:start], ANY_LINES, *lines[end:]], lines)
    assert not fits(lines, [*lines, "one line more"]) or ANY_LINES in lines


def write() -> int:
    """Make README.md true; exit code 1 where something is left to a person."""
    with tempfile.TemporaryDirectory() as folder, serve(later_newsroom()) as served:
        text, left = refreshed(readme(), Shell(Path(folder), served))
    README.write_text(text, "utf-8")
    for problem in left:
        print(problem, end="\n\n")
    return 1 if left else 0


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.presswatch.test_readme --write")
    sys.exit(write())
