"""``service``: the daemon under systemd."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click
from click.core import ParameterSource

from pipeline.errors import UsageError
from presswatch.cli.context import App
from presswatch.cli.terminal import safe
from presswatch.service.unit import STATE, Plan, hidden_by_private_tmp, unit_text
from scheduler.http_message import parse_listen

_NAME = "presswatch.service"
_SYSTEM_FOLDER = Path("/etc/systemd/system")
#: Debian 12's; what is written for it works everywhere after
_OLDEST_SYSTEMD = 252
_USUAL_WORKERS, _MOST_WORKERS = 2, 64


class Wanted(TypedDict):
    """The options of ``service install``."""

    of_user: bool
    only_print: bool
    db: Path | None
    listen: str | None
    workers: int | None
    run_as: str | None
    force: bool


@click.group(epilog="Example: presswatch service install --print")
def service() -> None:
    """Run the daemon as a systemd service."""


@service.command(
    epilog="Examples: sudo presswatch service install; presswatch service install --user --db ~/news/press.db"
)
@click.option("--user", "of_user", is_flag=True, help="A service of your own, without root.")
@click.option("--print", "only_print", is_flag=True, help="Print the unit; write nothing.")
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    help="The database.  [default: /var/lib/presswatch/presswatch.db]",
)
@click.option("--listen", metavar="ADDRESS:PORT", help="Where /healthz and /metrics are.")
@click.option("--workers", type=click.IntRange(1, _MOST_WORKERS), help="How many crawls may run at once.")
@click.option("--run-as", metavar="USER", help="The service's user, for a database elsewhere.")
@click.option("--force", is_flag=True, help="Replace a unit that differs.")
@click.pass_context
def install(ctx: click.Context, **wanted: Unpack[Wanted]) -> None:
    """Write a hardened systemd unit for the daemon, and say what to do next.

    Without --db a system service keeps its database in /var/lib/presswatch, one of your own in
    ~/.local/share/presswatch. A database elsewhere is watched as the user whose folder it is in, or --run-as.
    """
    app: App = ctx.obj
    given = wanted["db"] or _global_db(ctx, app) or _default_db(wanted["of_user"])
    plan = _plan(app, given.expanduser().absolute(), wanted)
    text = unit_text(plan)
    for warning in _warnings(plan):
        app.say(f"warning: {warning}")
    if wanted["only_print"]:
        click.echo(text, nl=False)
        return
    file = (_user_folder() if plan.user_manager else _SYSTEM_FOLDER) / _NAME
    written = _write(file, text, wanted["force"])
    if plan.user_manager:
        plan.db.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    click.echo(safe(f"{file} {'written' if written else 'is up to date'}; now:"))
    click.echo(safe("\n".join(f"  {line}" for line in _next(plan))))


def _global_db(ctx: click.Context, app: App) -> Path | None:
    """``presswatch --db FILE`` or $PRESSWATCH_DB; its default, in the current folder, is none for a service."""
    source = ctx.find_root().get_parameter_source("db")
    return None if source in (None, ParameterSource.DEFAULT) else app.db


def _default_db(of_user: bool) -> Path:
    if not of_user:
        return STATE / "presswatch.db"
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path.home() / ".local/share") / "presswatch/presswatch.db"


def _user_folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if config.startswith("/") else Path.home() / ".config") / "systemd/user"


def _run_as(db: Path, given: str | None) -> str | None:
    """The user of a system service: as asked; the owner of the database's folder; made up by systemd."""
    if given is not None:
        return _known_user(given)
    if db.parent == STATE:
        return None
    if not db.parent.is_dir():
        raise UsageError(f"{db}: the folder {db.parent} does not exist")
    owner = db.parent.stat().st_uid
    if owner == 0:
        raise UsageError(f"{db.parent} belongs to root; name a user who may write there with --run-as")
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        raise UsageError(f"{db.parent} belongs to no known user; name one with --run-as") from None


def _known_user(name: str) -> str:
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        raise UsageError(f"--run-as {name}: there is no such user on this machine") from None


def _plan(app: App, db: Path, wanted: Wanted) -> Plan:
    options = ["--db", str(db)]
    needed = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__)]
    if app.config_file is not None:
        options += ["--config", str(app.config_file.absolute())]
        needed.append(app.config_file.absolute())
    for address in app.allow:
        options += ["--allow-address", address]
    return Plan(
        command=[*_program(), *options, "daemon", *_daemon_options(wanted)],
        db=db,
        needed=needed,
        user_manager=wanted["of_user"],
        run_as=None if wanted["of_user"] else _run_as(db, wanted["run_as"]),
        workers=wanted["workers"] or _USUAL_WORKERS,
        systemd=_systemd_release(),
    )


def _daemon_options(wanted: Wanted) -> Iterator[str]:
    if wanted["listen"] is not None:
        yield from ("--listen", str(parse_listen(wanted["listen"])))
    if wanted["workers"] is not None:
        yield from ("--workers", str(wanted["workers"]))


def _program() -> list[str]:
    """The installed command: as this one was called, else the one beside this Python, else this Python."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name) if called.name == sys.argv[0] else str(called.absolute())
    beside = Path(sys.executable).with_name("presswatch")
    for program in (found, str(beside)):
        if program and Path(program).name == "presswatch" and os.access(program, os.X_OK):
            return [program]
    return [sys.executable, "-m", "presswatch"]


def _systemd_release() -> int:
    """The release of systemd on this machine; where there is none, the oldest that we write for."""
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        return _OLDEST_SYSTEMD
    shown = subprocess.run(  # noqa: S603 (a program of the system, no words of a stranger)
        [systemctl, "--version"], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    found = re.match(r"systemd (\d+)", shown.stdout)
    return int(found[1]) if found else _OLDEST_SYSTEMD


def _warnings(plan: Plan) -> Iterator[str]:
    """What would keep the service from starting."""
    if plan.user_manager:
        return
    program = Path(plan.command[0])
    hidden = hidden_by_private_tmp([program, *plan.needed, plan.db])
    if hidden is not None:
        yield f"{hidden}: a service has a /tmp of its own and cannot see it; install presswatch elsewhere"
    closed = next((folder for folder in program.parents if not _open_to_all(folder)), None)
    if closed is not None and plan.run_as != "root":
        advice = "install presswatch elsewhere, or use --user"
        yield f"{program}: the service's user may not look into {closed}; {advice}"


def _open_to_all(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except OSError:
        return False


def _write(file: Path, text: str, force: bool) -> bool:
    """Write the unit in one step; False where it is there already, word for word."""
    part = file.with_name(f".{file.name}.part")
    try:
        if file.exists():
            if file.read_text("utf-8", "replace") == text:
                return False
            if not force:
                raise UsageError(f"{file} differs; compare it with --print, replace it with --force")
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, "utf-8")
        part.chmod(0o644)
        part.replace(file)
    except PermissionError:
        raise UsageError(f"cannot write {file}; use sudo, or --user for a service of your own") from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
    return True


def _next(plan: Plan) -> Sequence[str]:
    control = "systemctl --user" if plan.user_manager else "sudo systemctl"
    journal = (
        "journalctl --user -u presswatch -f" if plan.user_manager else "sudo journalctl -u presswatch -f"
    )
    who = [] if plan.user_manager else ["sudo"]
    lines = [
        f"{control} daemon-reload",
        f"{control} enable --now presswatch",
        journal,
        shlex.join([*who, *plan.command[: plan.command.index("--db") + 2], "outlets", "add", "URL"]),
    ]
    if plan.user_manager:
        lines.append("loginctl enable-linger    # so that it runs while you are logged out, too")
    return lines
