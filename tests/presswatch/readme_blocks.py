"""What README.md shows, and what really happens: the part of ``test_readme.py`` that is no test."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from presswatch.demo.newsroom import Newsroom
from presswatch.demo.server import Served

SHOWN_FOLDER = "/home/you/news"
ANY_LINES = "…"
COMMAND_SECONDS = 120

_BLOCK = re.compile(r"^```console[ ]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
_USE = re.compile(r"^## Use\b", re.MULTILINE)
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")

_LISTED = re.compile(r" *(\d+)  +(?=\d{4}-\d\d-\d\d \d\d:\d\d )")
_NUMBERED = re.compile(r"(?<=presswatch )((?:--db \S+ )?(?:show|diff|lineage) (?:--\w+ )*)(\d+)\b")

#: what may differ from one run to the next, and what stands for it when two outputs are compared
_VARIABLE = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"), "TIME"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "DATE"),
    (re.compile(r"(127\.0\.0\.1|localhost|\[::1\]):\d+"), r"\1:PORT"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "CLOCK"),
    (re.compile(r"\b(now|\d+ (s|min) ago)\b"), "RECENTLY"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s|min|seconds?|minutes?)\b"), "DURATION"),
    (re.compile(r"\b\d+(\.\d+)? ?(bytes|[kKMG]i?B)\b"), "SIZE"),
    (re.compile(r'"(seconds|run|pid|id|src_id|dst_id)": \d+(\.\d+)?'), r'"\1": N'),
    (re.compile(r"\b(run|pid|article|version of article) \d+\b"), r"\1 N"),
    (re.compile(r"\[\d+\]"), "[N]"),
    (re.compile(r"\(presswatch lineage \d+\)"), "(presswatch lineage N)"),
    (re.compile(r"^ *\d+  +(?=TIME|DATE)", re.MULTILINE), "N  "),
    (re.compile(r" {2,}"), "  "),  # columns are as wide as what stands in them
    (re.compile(r" +$", re.MULTILINE), ""),
)


@dataclass(frozen=True)
class Step:
    """One command as written, ``$`` and all, and the lines that should come of it."""

    written: tuple[str, ...]
    expected: tuple[str, ...]

    @property
    def command(self) -> str:
        return "\n".join(self.written).removeprefix("$ ")


@dataclass(frozen=True)
class Block:
    """A ``console`` block; ``start`` and ``end`` say where its lines stand in the text."""

    start: int
    end: int
    steps: tuple[Step, ...]

    @property
    def is_for_make(self) -> bool:
        return any(step.command.startswith("make") for step in self.steps)

    @property
    def is_abridged(self) -> bool:
        return any(ANY_LINES in step.expected for step in self.steps)


@dataclass(frozen=True)
class Outcome:
    """What a command printed on both streams, line by line, and its exit code."""

    lines: tuple[str, ...]
    code: int


def blocks_of(text: str) -> tuple[Block, ...]:
    return tuple(
        Block(match.start(1), match.end(1), tuple(_steps(match[1].splitlines())))
        for match in _BLOCK.finditer(text)
    )


def blocks_to_run(text: str) -> tuple[Block, ...]:
    use = _USE.search(text)
    assert use, 'README.md has no heading "## Use"'
    found = tuple(block for block in blocks_of(text) if block.start > use.start() and not block.is_for_make)
    assert found, 'README.md has no console blocks after "## Use"'
    return found


def _steps(lines: Sequence[str]) -> Iterator[Step]:
    assert lines, "a console block is empty"
    assert lines[0].startswith("$ "), f"a console block begins with {lines[0]!r} and not with a command"
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        below = start + 1
        while lines[below - 1].endswith("\\") and below < end:
            below += 1
        yield Step(tuple(lines[start:below]), _trimmed(lines[below:end]))


def _trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def normalised(text: str) -> str:
    """The text with a word in place of each part that may differ."""
    for pattern, word in _VARIABLE:
        text = pattern.sub(word, text)
    return _DIRECTION_MARKS.sub("", text)


def fits(expected: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the lines are as expected, where ``…`` is any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == ANY_LINES else re.escape(normalised(line)) + r"\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(normalised(line) + "\n" for line in printed)) is not None


def difference(step: Step, outcome: Outcome) -> str | None:
    """What is wrong with a step, for people; None where nothing is."""
    wrong = [f"exit code {outcome.code}"] if outcome.code else []
    if not fits(step.expected, outcome.lines):
        expected, printed = ([normalised(line) for line in lines] for lines in (step.expected, outcome.lines))
        wrong += difflib.unified_diff(expected, printed, "README.md", "really", n=99, lineterm="")
    return "\n".join([*step.written, *wrong]) if wrong else None


def renumbered(command: str, numbers: Mapping[str, str]) -> str:
    """The command with the numbers that its articles really have."""
    return _NUMBERED.sub(lambda match: match[1] + numbers.get(match[2], match[2]), command)


def numbers_in(expected: Sequence[str], printed: Sequence[str]) -> dict[str, str]:
    """Which number an article of an expected list has in the printed one."""
    real = {normalised(line): match[1] for line in printed if (match := _LISTED.match(line))}
    shown = {match[1]: normalised(line) for line in expected if (match := _LISTED.match(line))}
    return {number: real[line] for number, line in shown.items() if line in real}


class Shell:
    """Runs commands in ``folder`` with the project's own ``presswatch``, within a served newsroom."""

    def __init__(self, folder: Path, served: Served) -> None:
        self.numbers: dict[str, str] = {}
        self._folder = folder.resolve()
        script = Path(sys.executable).with_name("presswatch")
        assert script.exists(), f"{script} is missing: install the project into this environment"
        unwanted = {"no_proxy", "presswatch_db", "presswatch_config"}
        kept = {name: value for name, value in os.environ.items() if name.lower() not in unwanted}
        path = f"{script.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), served.proxy)
        fixed = {"SSL_CERT_FILE": str(served.ca_file), "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
        self._environment = kept | proxies | fixed | {"PATH": path}

    def take(self, step: Step) -> Outcome:
        """Run a README's command, on the articles that it means."""
        outcome = self.run(renumbered(step.command, self.numbers))
        self.numbers |= numbers_in(step.expected, outcome.lines)
        return outcome

    def run(self, command: str) -> Outcome:
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=COMMAND_SECONDS,
            check=False,
            cwd=self._folder,
            env=self._environment,
        )
        text = _DIRECTION_MARKS.sub("", ended.stdout).replace(str(self._folder), SHOWN_FOLDER)
        return Outcome(_trimmed(text.splitlines()), ended.returncode)


def problems(text: str, shell: Shell) -> list[str]:
    """Run what a README shows and say where it is wrong."""
    steps = [step for block in blocks_to_run(text) for step in block.steps]
    found = (difference(step, shell.take(step)) for step in steps)
    return [problem for problem in found if problem]


def refreshed(text: str, shell: Shell) -> tuple[str, list[str]]:
    """The README with its outputs made true, and what could not be: abridged blocks, commands that fail."""
    parts, problems, done = [], list[str](), 0
    for block in blocks_to_run(text):
        outcomes = [shell.take(step) for step in block.steps]
        wrong = [difference(step, outcome) for step, outcome in zip(block.steps, outcomes, strict=True)]
        failed = any(outcome.code for outcome in outcomes)
        if block.is_abridged or failed or not any(wrong):
            problems += [problem for problem in wrong if problem]
            continue
        parts += [text[done : block.start], _rendered(block, outcomes)]
        shell.numbers.clear()  # from here on the README's numbers are the real ones
        done = block.end
    return "".join([*parts, text[done:]]), problems


def _rendered(block: Block, outcomes: Sequence[Outcome]) -> str:
    lines = list[str]()
    for step, outcome in zip(block.steps, outcomes, strict=True):
        is_true = difference(step, outcome) is None  # then its times may stay as they are
        lines += [*step.written, *(step.expected if is_true else outcome.lines)]
    return "".join(line + "\n" for line in lines)


def missing_targets(text: str, makefile: str) -> set[str]:
    """What the blocks ask ``make`` for and the Makefile cannot do."""
    commands = (step.command.split() for block in blocks_of(text) for step in block.steps)
    asked = {word for words in commands if words[0] == "make" for word in words[1:] if "=" not in word}
    return asked - set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))


def later_newsroom() -> Newsroom:
    newsroom = Newsroom(datetime.now(UTC) - timedelta(hours=1))
    newsroom.advance()
    return newsroom
