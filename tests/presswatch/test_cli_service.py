"""``service install``: what is written, where, and what is said about it."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from presswatch.cli.lazy import LazyCommand, LazyGroup
from presswatch.cli.main import cli

SERVICE = LazyCommand("presswatch.cli.service:service", "Run the daemon as a systemd service.")
#: a user of this machine who is not root
SOMEBODY = next(user.pw_name for user in pwd.getpwall() if user.pw_uid)
NEEDS_ANALYZE = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


class Install:
    """``presswatch … service install …`` for somebody whose home is ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frame = LazyGroup(
            "presswatch", params=cli.params, callback=cli.callback, lazy={"service": SERVICE}
        )

    @property
    def unit(self) -> Path:
        return self.folder / "config/systemd/user/presswatch.service"

    def __call__(self, *words: object, before: tuple[object, ...] = (), **environ: str) -> Result:
        result = CliRunner().invoke(
            self.frame,
            [str(word) for word in (*before, "service", "install", *words)],
            env={
                "XDG_CONFIG_HOME": str(self.folder / "config"),
                "XDG_DATA_HOME": str(self.folder / "data"),
                "PRESSWATCH_DB": None,
                **environ,
            },
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def printed(self, *words: object, before: tuple[object, ...] = ()) -> str:
        result = self("--print", *words, before=before)
        assert result.exit_code == 0, result.output
        return result.stdout


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return Install(tmp_path)


def setting(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit, re.M)


def words_of(unit: str) -> list[str]:
    """The command's words as systemd reads them; our quoting is a part of the shell's."""
    (command,) = setting(unit, "ExecStart")
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command)]


def test_a_system_unit_keeps_its_state_where_systemd_makes_it(install: Install) -> None:
    unit = install.printed("--listen", "127.0.0.1:9000", "--workers", 3)
    words = words_of(unit)
    at = words.index("--db")
    assert Path(words[0]).is_absolute()
    assert os.access(words[0], os.X_OK)
    assert words[at:] == [
        *("--db", "/var/lib/presswatch/presswatch.db"),
        *("daemon", "--listen", "127.0.0.1:9000", "--workers", "3"),
    ]
    assert setting(unit, "StateDirectory") == ["presswatch"]
    assert setting(unit, "DynamicUser") == ["yes"]
    assert setting(unit, "MemoryMax") == ["2048M"]
    assert not install.unit.exists()


def test_global_options_that_were_given_become_the_services(install: Install) -> None:
    config = install.folder / "our press.toml"
    before = ("--config", config, "--allow-address", "127.0.0.1:8801")
    words = words_of(install.printed("--user", before=before))
    assert words[words.index("--config") + 1] == str(config)
    assert words[words.index("--allow-address") + 1] == "127.0.0.1:8801"
    assert words[words.index("--db") + 1] == str(install.folder / "data/presswatch/presswatch.db")


@pytest.mark.parametrize("given", ["global", "environment", "own"])
def test_a_database_is_taken_from_wherever_it_was_named(install: Install, given: str) -> None:
    db = install.folder / "press.db"
    if given == "global":
        result = install("--user", "--print", before=("--db", db))
    elif given == "environment":
        result = install("--user", "--print", PRESSWATCH_DB=str(db))
    else:
        result = install("--user", "--print", "--db", db)
    assert words_of(result.stdout)[-2:] == [str(db), "daemon"]


def test_a_database_elsewhere_is_watched_as_its_user(install: Install) -> None:
    unit = install.printed("--db", install.folder / "press.db", "--run-as", SOMEBODY)
    assert setting(unit, "User") == [SOMEBODY]
    assert setting(unit, "DynamicUser") == []
    assert setting(unit, "ReadWritePaths") == [str(install.folder)]


@pytest.mark.parametrize(
    "name", ["our press", "50%", "a$HOME", "q'u\"o", "пресса", "back\\slash", "a;b", "#x"]
)
def test_a_folder_of_any_name_is_quoted(install: Install, name: str) -> None:
    folder = install.folder / name
    folder.mkdir()
    unit = install.printed("--db", folder / "press.db", "--run-as", SOMEBODY)
    words = words_of(unit)
    assert words[words.index("--db") + 1] == str(folder / "press.db")
    assert setting(unit, "WorkingDirectory") == [str(folder).replace("%", "%%")]


def test_what_cannot_work_is_one_line_and_exit_code_2(install: Install) -> None:
    for words, said in (
        (("--listen", "everywhere"), "wanted is an address and a port"),
        (("--run-as", "nobody-of-this-name", "--db", install.folder / "a.db"), "there is no such user"),
        (("--db", install.folder / "no" / "a.db"), "does not exist"),
        (("--user", "--db", install.folder / "a\nb" / "a.db"), "control characters"),
    ):
        result = install("--print", *words)
        assert result.exit_code == 2, result.output
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_a_user_unit_is_written_and_the_next_steps_are_said(install: Install) -> None:
    result = install("--user")
    assert result.exit_code == 0, result.output
    assert install.unit.read_text("utf-8") == install.printed("--user")
    assert oct(install.unit.stat().st_mode & 0o777) == "0o644"
    assert (install.folder / "data/presswatch").is_dir()
    for step in (
        "systemctl --user daemon-reload",
        "enable --now presswatch",
        "journalctl --user -u presswatch",
    ):
        assert step in result.stdout


def test_a_unit_that_differs_is_kept_without_force(install: Install) -> None:
    assert install("--user").exit_code == 0
    again = install("--user")
    assert again.exit_code == 0
    assert "is up to date" in again.stdout
    changed = install.unit.read_text("utf-8").replace("MemoryMax=", "MemoryMax=9")
    install.unit.write_text(changed, "utf-8")
    refused = install("--user")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert install.unit.read_text("utf-8") == changed
    assert install("--user", "--force").exit_code == 0
    assert install.unit.read_text("utf-8") == install.printed("--user")


def test_what_the_service_cannot_see_is_warned_of(install: Install) -> None:
    """A service has a /tmp of its own; one of the user's has not."""
    db = Path("/tmp/press.db")
    result = install("--print", "--db", db, "--run-as", SOMEBODY)
    assert result.exit_code == 0
    assert "warning: " in result.stderr
    assert "a service has a /tmp of its own" in result.stderr
    assert "warning" not in install("--print", "--user", "--db", db).stderr


# --- what systemd says of it ------------------------------------------------------------------------------


def unit_files(install: Install) -> list[Path]:
    """The system units: as packaged by default, and for a database of some user's."""
    files = []
    for name, words in (
        ("dynamic", ()),
        ("own", ("--db", install.folder / "press.db", "--run-as", SOMEBODY)),
    ):
        file = install.folder / name / "presswatch.service"
        file.parent.mkdir()
        file.write_text(install.printed(*words), "utf-8")
        files.append(file)
    return files


@NEEDS_ANALYZE
def test_systemd_finds_the_unit_well_guarded(install: Install) -> None:
    for file in unit_files(install):
        ended = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--no-pager", str(file)],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        found = re.search(r"Overall exposure level for \S+ ([0-9.]+)", ended.stdout)
        assert found is not None, ended.stdout
        assert float(found[1]) <= 1.5


@NEEDS_ANALYZE
def test_systemd_has_no_complaint(install: Install) -> None:
    assert install("--user").exit_code == 0
    for mode, file in (*(("--system", file) for file in unit_files(install)), ("--user", install.unit)):
        ended = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", mode, str(file)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "XDG_RUNTIME_DIR": str(install.folder)},
        )
        ours = [line for line in ended.stderr.splitlines() if "presswatch" in line]
        assert (ended.returncode, ours) == (0, []), ended.stderr
