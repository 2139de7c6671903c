"""Children that work, talk nonsense, hang, and die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.supervisor import STOPPED, Ended, Limits, Supervisor

#: a child that hangs, having started one of its own whose number it prints; {ignore} TERM or not
HANGS = """
import os, signal, subprocess, sys, time
{ignore}
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(inner.pid))
print('{{"beat": true}}', flush=True)
time.sleep(600)
"""
IGNORE = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie that waits for the reaper."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.01)


def lived(code: str, *arguments: str, **limits: float) -> Ended:
    """The account of a child that runs ``code``."""

    async def run() -> Ended:
        ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        supervisor = Supervisor(
            [sys.executable, "-c", code, *arguments], Limits(**limits), ended.set_result, {"GIVEN": "yes"}
        )
        pid = await supervisor.start()
        assert supervisor.pids == (pid,)
        account = await asyncio.wait_for(ended, 30)
        assert (account.pid, supervisor.running) == (pid, 0)
        return account

    return asyncio.run(run())


def test_a_child_that_reports() -> None:
    ended = lived(
        "import os, sys; print('{\"report\": {\"new\": 3}}'); sys.exit(os.environ['GIVEN'] != 'yes')"
    )
    assert (ended.code, ended.report, ended.forced, ended.errors) == (0, {"new": 3}, None, ())


def test_nonsense_on_its_output_is_passed_over() -> None:
    code = (
        "import sys\n"
        "for line in ['', 'no JSON', '[1]', '{\"report\": 3}', '[' * 5000, 'x' * 300_000, '\\x00\\x1b[2J', '7']:\n"
        "    print(line)\n"
        "    print(line, file=sys.stderr)\n"
        'print(\'{"report": {"new": 1}}\')\n'
    )
    ended = lived(code)
    assert ended.report == {"new": 1}
    assert all(len(line) <= 2000 for line in ended.errors)
    assert ended.errors[-1] == "7"


def test_the_last_lines_of_a_traceback_are_kept() -> None:
    ended = lived("for n in range(50): import sys; print(n, file=sys.stderr)\nraise ValueError('the reason')")
    assert (ended.code, ended.report, ended.why) == (1, None, "exit code 1")
    assert ended.errors[-1] == "ValueError: the reason"
    assert len(ended.errors) == 20


@pytest.mark.parametrize("ignore", ["", IGNORE])
def test_a_child_that_hangs_is_ended_with_all_it_started(tmp_path: Path, ignore: str) -> None:
    ended = lived(HANGS.format(ignore=ignore), str(tmp_path / "inner"), silence=1.0, grace=0.2)
    assert ended.code == -(signal.SIGKILL if ignore else signal.SIGTERM)
    assert ended.forced == "no sign of life for 1 s"
    inner = int((tmp_path / "inner").read_text())
    asyncio.run(until(lambda: not alive(inner)))


def test_what_is_no_message_is_no_sign_of_life() -> None:
    code = "import time\nwhile True: print('still here', flush=True); time.sleep(0.01)"
    ended = lived(code, silence=0.5, grace=5.0)
    assert ended.forced == "no sign of life for 0.5 s"


def test_a_child_that_lives_too_long_is_ended_though_it_beats() -> None:
    code = "import time\nwhile True: print('{\"beat\": true}', flush=True); time.sleep(0.01)"
    ended = lived(code, silence=5.0, whole=0.6, grace=5.0)
    assert ended.forced == "still at work after 0.6 s"
    assert ended.why == "still at work after 0.6 s; killed by signal 15"


def test_what_a_dead_child_left_behind_keeps_nobody_waiting(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(str(inner.pid))\n"
    )
    ended = lived(code, str(tmp_path / "inner"))
    assert (ended.code, ended.forced) == (0, None)
    inner = int((tmp_path / "inner").read_text())
    asyncio.run(until(lambda: not alive(inner)))


def test_stop_lets_children_finish_and_kills_those_that_do_not(tmp_path: Path) -> None:
    finishing = (
        "import signal, sys, time\n"
        'def end(*_): print(\'{"report": {"finished": 1}}\', flush=True); sys.exit(0)\n'
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[1], 'w').close()\n"
        "time.sleep(600)\n"
    )
    stubborn = f"import signal, sys, time\n{IGNORE}\nopen(sys.argv[1], 'w').close()\ntime.sleep(600)"

    async def run() -> list[Ended]:
        ended: list[Ended] = []
        supervisor = Supervisor([], Limits(grace=0.5), ended.append)
        for code in (finishing, stubborn):
            supervisor.command = (sys.executable, "-c", code, str(tmp_path / f"{len(code)}"))
            await supervisor.start()
        await until(lambda: len(list(tmp_path.iterdir())) == 2)
        await supervisor.stop()
        assert supervisor.running == 0
        assert await supervisor.start() is None
        return ended

    first, second = asyncio.run(run())
    assert (first.code, first.report, first.forced) == (0, {"finished": 1}, STOPPED)
    assert (second.code, second.report, second.forced) == (-signal.SIGKILL, None, STOPPED)


def test_a_stop_while_a_child_is_being_started_ends_it_too() -> None:
    async def run() -> int:
        supervisor = Supervisor([sys.executable, "-c", "import time; time.sleep(600)"], Limits(), print)
        starting = asyncio.ensure_future(supervisor.start())
        await asyncio.sleep(0)
        await supervisor.stop()
        assert supervisor.running == 0
        pid = await starting
        assert pid is not None
        return pid

    assert not alive(asyncio.run(run()))


def test_a_command_that_is_not_there_is_an_os_error() -> None:
    async def run() -> None:
        supervisor = Supervisor(["/no/such/program"], Limits(), print)
        with pytest.raises(FileNotFoundError):
            await supervisor.start()
        assert supervisor.running == 0

    asyncio.run(run())


def test_a_bug_in_who_is_told_does_not_go_unheard() -> None:
    def bug(_: Ended) -> None:
        raise LookupError("a bug")

    async def run() -> object:
        heard: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: heard.set_result(context["exception"])
        )
        await Supervisor([sys.executable, "-c", ""], Limits(), bug).start()
        return await asyncio.wait_for(heard, 20)

    assert isinstance(asyncio.run(run()), LookupError)


def test_a_child_sees_the_end_of_its_input_when_we_are_gone(tmp_path: Path) -> None:
    child = "import sys; sys.stdin.read(); open(sys.argv[1], 'w').write('alone')"
    parent = (
        "import asyncio, sys\n"
        "from scheduler.supervisor import Limits, Supervisor\n"
        "async def run():\n"
        f"    await Supervisor([sys.executable, '-c', {child!r}, sys.argv[1]], Limits(), print).start()\n"
        "    print('started', flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(run())\n"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path / "said")],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        process.kill()
    asyncio.run(until((tmp_path / "said").exists))


def test_nothing_of_systemd_reaches_a_child() -> None:
    root = Path(__file__).resolve().parents[2]
    child = "import json, os; print(json.dumps({'report': {'seen': sorted(os.environ)}}))"
    parent = (
        "import asyncio, json, sys\n"
        "from scheduler.supervisor import Limits, Supervisor\n"
        "async def run():\n"
        "    done = asyncio.get_running_loop().create_future()\n"
        f"    await Supervisor([sys.executable, '-c', {child!r}], Limits(), done.set_result).start()\n"
        "    print(json.dumps((await done).report))\n"
        "asyncio.run(run())\n"
    )
    given = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "PYTHONPATH": str(root)}
    said = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, check=True, env=os.environ | given
    ).stdout
    seen = json.loads(said)["seen"]
    assert "PYTHONPATH" in seen
    assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & set(seen)
