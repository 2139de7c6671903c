"""What the global options decided, handed to every command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from presswatch.cli.terminal import safe

if TYPE_CHECKING:
    from crawler.options import FetchOptions
    from pipeline.store.connection import Store
    from presswatch.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The global options. ``verbosity`` is -1 with ``-q``, 0, or the number of ``-v``."""

    db: Path
    config_file: Path | None = None
    allow: tuple[str, ...] = ()
    verbosity: int = 0

    def config(self) -> Config:
        """The configuration, read now; without a file the defaults."""
        from presswatch.config import load_config  # commands that only read the store do not need it

        return load_config(self.config_file)

    def fetch_options(self, proxy: str | None = None) -> FetchOptions:
        """How to fetch: the configuration with what the command line adds."""
        return self.config().fetch_options(proxy=proxy, allow=self.allow)

    def read(self) -> Store:
        """The existing database, for reading."""
        from pipeline.store.connection import open_readonly  # sqlite-utils costs more than click itself

        return open_readonly(self.db)

    def write(self, *, create: bool = False) -> Store:
        """The database, for writing; made with ``create``."""
        from pipeline.store.connection import open_store  # see ``read``

        return open_store(self.db, create=create)

    def say(self, message: str) -> None:
        """One message for a person, on stderr, unless ``-q``."""
        if self.verbosity >= 0:
            click.echo(safe(message), err=True)


pass_app = click.make_pass_decorator(App)


def now() -> datetime:
    """The current time: the one clock of the command line."""
    return datetime.now(UTC)
