"""A group that imports a command's module only when that command is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from pipeline.errors import PresswatchError
from presswatch.cli.terminal import safe


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command lives (``module:function``) and its one line in the overview; none where it is empty."""

    where: str
    about: str

    def load(self) -> click.Command:
        """Import the command. A wrong address is a bug and raises as such."""
        module, _, name = self.where.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


class LazyGroup(click.Group):
    """A click group over :class:`LazyCommand`; the overview needs none of the commands' modules.

    Expected faults (:class:`PresswatchError`) end in one line on stderr and their exit code; bugs propagate.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, LazyCommand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they are declared, without those that nobody calls by hand."""
        return [name for name, command in self.lazy.items() if command.about]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None where there is none."""
        found = self.lazy.get(cmd_name)
        return found.load() if found else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview from the declared lines alone."""
        with formatter.section("Commands"):
            rows = [(name, command.about) for name, command in self.lazy.items() if command.about]
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an expected fault into its line and exit code."""
        try:
            return super().invoke(ctx)
        except PresswatchError as error:
            raise Fault(error) from error


class Fault(click.ClickException):
    """An expected fault on its way out: ``presswatch: …`` on stderr, and the fault's exit code."""

    def __init__(self, error: PresswatchError) -> None:
        super().__init__(str(error))
        # click declares one code per class; ours differ per fault, and click itself reads the instance
        self.exit_code = error.exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        """Print the line; it may quote what a stranger wrote, so it is made safe for terminals."""
        click.echo(f"presswatch: {safe(self.message)}", err=True)
