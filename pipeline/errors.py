"""Exceptions, for bugs and for the operator; expected failures are values (``types.Failure``).

::

    PresswatchError            one clear line, an exit code
     +-- UsageError            2  wrong words on the command line or in the configuration
     +-- NotFoundError         1  the asked-for thing is not there
     +-- StoreError            3  the database cannot be used
     |    +-- NotADatabaseError
     |    +-- NewerDatabaseError
     |    +-- StoreLockedError
     |    +-- StoreFullError
     |    +-- StoreDamagedError
     +-- HeldError             4  another run holds what was asked for
"""

from __future__ import annotations


class PresswatchError(Exception):
    """A fault the user can mend. ``str()`` is one line; ``exit_code`` is the process's."""

    exit_code = 1


class UsageError(PresswatchError):
    """Wrong words on the command line or in the configuration."""

    exit_code = 2


class NotFoundError(PresswatchError):
    """The asked-for outlet, article or file is not there."""

    exit_code = 1


class StoreError(PresswatchError):
    """The database cannot be used."""

    exit_code = 3


class NotADatabaseError(StoreError):
    """The file is not a presswatch database."""


class NewerDatabaseError(StoreError):
    """The database was written by a newer presswatch."""


class StoreLockedError(StoreError):
    """Another program kept the write lock longer than we wait."""


class StoreFullError(StoreError):
    """The disk is full, or the folder or file cannot be written."""


class StoreDamagedError(StoreError):
    """SQLite reports the file as damaged."""


class HeldError(PresswatchError):
    """Another run holds what was asked for."""

    exit_code = 4
