"""The container file and the example unit; neither can be run here, both can be read."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from presswatch.service.unit import STATE, Plan, unit_text
from scheduler.http_message import parse_listen

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
KNOWN = {
    *("ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME"),
    *("EXPOSE", "USER", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD", "LABEL"),
}


def instructions() -> list[tuple[str, str]]:
    """(instruction, words) of the container file, comments left out and lines joined."""
    lines = [
        line
        for line in (PACKAGING / "Containerfile").read_text("utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


@pytest.fixture
def final() -> list[tuple[str, str]]:
    """The instructions of the last stage: those of the image."""
    found = instructions()
    return found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :]


def only(found: list[tuple[str, str]], name: str) -> str:
    (rest,) = [rest for word, rest in found if word == name]
    return rest


def test_every_instruction_is_known() -> None:
    assert {word for word, _ in instructions()} <= KNOWN


def test_everything_that_is_copied_is_there_and_every_package_is_copied() -> None:
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert all((ROOT / source).exists() for source in copied)
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = re.findall(r'"(\w+)\*"', pyproject[pyproject.index("packages.find") :].split("[tool.ruff]")[0])
    assert packages
    assert set(packages) <= set(copied)


def test_the_image_is_not_roots_and_writes_only_to_its_volume(final: list[tuple[str, str]]) -> None:
    user, _, group = only(final, "USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert only(final, "VOLUME") == only(final, "WORKDIR") == "/data"
    environ = dict(word.split("=", 1) for word in shlex.split(only(final, "ENV")))
    for name in ("HOME", "TMPDIR", "SQLITE_TMPDIR", "PRESSWATCH_DB"):
        assert environ[name].startswith("/data")
    assert environ["PYTHONUNBUFFERED"] == environ["PYTHONDONTWRITEBYTECODE"] == "1"
    assert f"-o {user} -g {group}" in only(final, "RUN")


def test_the_health_check_asks_where_the_daemon_listens(final: list[tuple[str, str]]) -> None:
    assert json.loads(only(final, "ENTRYPOINT")) == ["presswatch"]
    command = json.loads(only(final, "CMD"))
    assert command[:2] == ["daemon", "--listen"]
    listen = parse_listen(command[2])
    assert str(listen.port) == only(final, "EXPOSE")
    program, flag, code = json.loads(only(final, "HEALTHCHECK").partition("CMD ")[2])
    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert f"'127.0.0.1', {listen.port}" in code


def test_the_example_unit_is_what_the_command_writes() -> None:
    plan = Plan(
        command=["/usr/local/bin/presswatch", "--db", str(STATE / "presswatch.db"), "daemon"],
        db=STATE / "presswatch.db",
    )
    assert (PACKAGING / "presswatch.service").read_text("utf-8") == unit_text(plan)


@pytest.mark.parametrize(
    ("systemd", "kind", "delay"),
    [(252, "notify", "10"), (253, "notify-reload", "10"), (254, "notify-reload", "2")],
)
def test_newer_systemds_get_what_they_can_do(systemd: int, kind: str, delay: str) -> None:
    for user_manager in (False, True):
        plan = Plan(command=["/p"], db=STATE / "presswatch.db", systemd=systemd, user_manager=user_manager)
        lines = unit_text(plan).splitlines()
        assert f"Type={kind}" in lines
        assert f"RestartSec={delay}" in lines
        assert ("RestartSteps=8" in lines) == (systemd >= 254)
        assert ("ExecReload=/bin/kill -HUP $MAINPID" in lines) == (kind == "notify")
        assert not any(re.search(r"@[a-z_]+@", line) for line in lines)


def test_homes_stay_readable_only_where_something_needed_is_in_one() -> None:
    plan = Plan(command=["/usr/bin/p"], db=STATE / "presswatch.db")
    assert "ProtectHome=yes" in unit_text(plan).splitlines()
    at_home = Plan(command=["/home/anna/bin/p"], db=STATE / "presswatch.db")
    assert "ProtectHome=read-only" in unit_text(at_home).splitlines()
