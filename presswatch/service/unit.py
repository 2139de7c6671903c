"""A systemd unit for the daemon, as text. Pure but for reading its templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from pipeline.errors import UsageError

#: the release of systemd that has what it enables
_NOTIFY_RELOAD, _RESTART_STEPS = 253, 254
#: where a system service keeps its database; systemd makes it
STATE: Final = Path("/var/lib/presswatch")
#: what ``ProtectHome=yes`` hides
_HOMES: Final = ("/home", "/root", "/run/user")
_TEMPORARY: Final = ("/tmp", "/var/tmp")  # noqa: S108 (named, not used)
#: MB for the daemon with what is read of the disk, and for each crawl beside it
_HIGH, _HIGH_WORKER, _MAX, _MAX_WORKER = 256, 384, 512, 512
_PLACE: Final = re.compile(r"@([a-z_]+)@")
_UNUSUAL: Final = re.compile(r"""[\s"'\\;#]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a unit is to do.

    ``command`` is the program (an absolute path) and its words; ``needed`` are folders that it must be able to
    read. ``run_as`` names the user of a system service; None lets systemd make one up, whose only folder is
    ``STATE``. ``systemd`` is the release it is written for.
    """

    command: Sequence[str]
    db: Path
    needed: Sequence[Path] = ()
    user_manager: bool = False
    run_as: str | None = None
    workers: int = 2
    systemd: int = 252


def unit_text(plan: Plan) -> str:
    """The unit.

    :raises UsageError: a path that no unit can name
    """
    name = "user" if plan.user_manager else "system"
    template = (resources.files("presswatch.service") / f"{name}.service.txt").read_text("utf-8")
    values = _values(plan)
    # systemd's own groups (@system-service, @resources) have no second @ behind their names
    return _PLACE.sub(lambda place: values[place[1]], template)


def _values(plan: Plan) -> Mapping[str, str]:
    return {
        "type": _type(plan.systemd),
        "command": " ".join(_word(word, first=not at) for at, word in enumerate(plan.command)),
        "folder": _rest_of_line(plan.db.parent),
        "identity": "DynamicUser=yes" if plan.run_as is None else f"User={plan.run_as}",
        "writable": _writable(plan),
        "home": _home([plan.db, *plan.needed, Path(plan.command[0])]),
        "restart": _restart(plan.systemd),
        "memory_high": str(_HIGH + _HIGH_WORKER * plan.workers),
        "memory_max": str(_MAX + _MAX_WORKER * plan.workers),
    }


def _type(systemd: int) -> str:
    if systemd >= _NOTIFY_RELOAD:
        return "Type=notify-reload"
    return "Type=notify\nExecReload=/bin/kill -HUP $MAINPID"


def _restart(systemd: int) -> str:
    if systemd >= _RESTART_STEPS:
        return "Restart=on-failure\nRestartSec=2\nRestartSteps=8\nRestartMaxDelaySec=300"
    return "Restart=on-failure\nRestartSec=10"


def _writable(plan: Plan) -> str:
    """systemd makes the state folder and lets it be written; any other one has to be named."""
    if plan.run_as is None or plan.db.parent == STATE:
        return "StateDirectory=presswatch\nStateDirectoryMode=0700"
    return f"ReadWritePaths={_word(str(plan.db.parent))}"


def _home(paths: Sequence[Path]) -> str:
    """Homes stay readable where something that the service needs is in one."""
    return "read-only" if any(_within(path, _HOMES) for path in paths) else "yes"


def _within(path: Path, folders: Sequence[str]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def hidden_by_private_tmp(paths: Sequence[Path]) -> Path | None:
    """The first path that a system service cannot see, because it gets a ``/tmp`` of its own."""
    return next((path for path in paths if _within(path, _TEMPORARY)), None)


def _word(word: str, *, first: bool = False) -> str:
    """A word of a command line (systemd.service(5), "Command lines"): quoted where needed, ``%`` and ``$`` doubled.

    In the program's own path systemd replaces no variables, so ``first`` leaves ``$`` alone.
    """
    _check(word)
    text = word.replace("%", "%%")
    text = text if first else text.replace("$", "$$")
    if text and not _UNUSUAL.search(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rest_of_line(path: Path) -> str:
    """A path in a setting that takes the line as it is, but for ``%``."""
    _check(str(path))
    return str(path).replace("%", "%%")


def _check(text: str) -> None:
    if not text.isprintable():
        raise UsageError(f"{text!r}: no unit can name a path with control characters; rename it")
