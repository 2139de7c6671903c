"""What the service manager hears."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.systemd import Notifier, watchdog_seconds


class Manager:
    """A service manager's socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.bind(address)

    def heard(self) -> list[str]:
        return self.socket.recv(65536).decode().split("\n")


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Manager, Notifier]]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@presswatch-test-{os.getpid()}"
    made = Manager(name.replace("@", "\0"))
    with made.socket:
        yield made, Notifier.of({"NOTIFY_SOCKET": name})


def test_each_message_is_one_datagram_of_the_protocol(manager: tuple[Manager, Notifier]) -> None:
    heard, notifier = manager[0].heard, manager[1]
    assert notifier.ready("100 outlets")
    assert heard() == ["READY=1", "STATUS=100 outlets"]
    assert notifier.ready()
    assert heard() == ["READY=1"]
    assert notifier.alive()
    assert heard() == ["WATCHDOG=1"]
    assert notifier.stopping()
    assert heard() == ["STOPPING=1"]


def test_a_reload_says_when_by_the_monotonic_clock(manager: tuple[Manager, Notifier]) -> None:
    before = time.monotonic_ns() // 1000
    assert manager[1].reloading()
    first, second = manager[0].heard()
    assert first == "RELOADING=1"
    name, _, at = second.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(at) <= time.monotonic_ns() // 1000


def test_a_status_cannot_smuggle_another_assignment(manager: tuple[Manager, Notifier]) -> None:
    manager[1].status("crawling\nREADY=1\u2028\x1b[31m")
    assert manager[0].heard() == ["STATUS=crawling READY=1 [31m"]


@pytest.mark.parametrize("address", [None, "", "vsock:2:1234", "/nowhere/at/all", "/" + "x" * 200, "@nobody"])
def test_without_a_manager_it_is_silent(address: str | None) -> None:
    notifier = Notifier(address)
    assert not notifier.ready()
    assert not notifier.alive()


def test_the_sign_of_life_is_due_at_half_the_watchdogs_time() -> None:
    assert watchdog_seconds({"WATCHDOG_USEC": "90000000"}) == 45
    assert watchdog_seconds({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}) == 1.5
    assert watchdog_seconds({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getppid())}) is None
    assert watchdog_seconds({}) is None


@given(st.text())
def test_a_strange_environment_is_no_watchdog_or_a_positive_one(text: str) -> None:
    seconds = watchdog_seconds({"WATCHDOG_USEC": text})
    assert seconds is None or seconds > 0
