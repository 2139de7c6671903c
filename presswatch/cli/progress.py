"""How a crawl goes, told while it goes: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.types import Duplicate, Failure, New, Pruned, Rejected, Revision, Unchanged, Verdict
from presswatch.cli.terminal import safe
from presswatch.cli.words import counted

_WORDS = {
    New: "new",
    Revision: "revised",
    Duplicate: "duplicate",
    Pruned: "duplicate",
    Unchanged: "unchanged",
    Rejected: "failed",
    Failure: "failed",
    type(None): "gone",
}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has been heard of so far."""

    feeds: int = 0
    feeds_done: int = 0
    pages: int = 0
    pages_done: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """One line: how far it is, and what it waits for."""
        found = ", ".join(f"{count} {word}" for word, count in sorted(self.outcomes.items()))
        waiting = [
            counted(left, one)
            for left, one in ((self.feeds - self.feeds_done, "feed"), (self.pages - self.pages_done, "page"))
            if left > 0
        ]
        waits = f"; waiting for {' and '.join(waiting)}" if waiting else ""
        return (found or "nothing yet") + waits


class CrawlProgress:
    """A crawl's watcher. Use it as a context manager around the crawl.

    ``live`` draws a line on stderr that is renewed; ``lines`` writes one plain line per event; ``failures``
    writes one line on stderr for each feed or page that did not arrive.
    """

    def __init__(self, *, live: bool, lines: bool, failures: bool) -> None:
        self._lines, self._failures = lines, failures
        self._tally = Tally()
        self._bar = _bar() if live else None
        self._task: TaskID | None = None

    def __enter__(self) -> CrawlProgress:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def planned(self, feeds: int, outlets: int) -> None:
        """So much is due."""
        self._tally.feeds = feeds
        self._say(f"{counted(feeds, 'feed')} of {counted(outlets, 'outlet')} due")

    def feed_done(self, outlet: str, url: str, failure: Failure | None) -> None:
        """A feed answered, or did not."""
        self._tally.feeds_done += 1
        if failure:
            self._fail(f"{outlet}: {failure.kind}: {failure.message} ({url})")
        else:
            self._say(f"{outlet}: feed read ({url})")

    def pages_queued(self, count: int) -> None:
        """So many pages more are to be fetched."""
        self._tally.pages += count
        self._renew()

    def page_done(self, outlet: str, url: str, verdict: Verdict | Failure | None) -> None:
        """A page was stored, was lost, or is gone."""
        self._tally.pages_done += 1
        word = _WORDS[type(verdict)]
        self._tally.outcomes[word] += 1
        failure = verdict.failure if isinstance(verdict, Rejected) else verdict
        if isinstance(failure, Failure):
            self._fail(f"{outlet}: {failure.kind}: {failure.message} ({url})")
        else:
            self._say(f"{outlet}: {word} ({url})")

    def _say(self, line: str) -> None:
        if self._lines and not self._bar:
            click.echo(safe(line), err=True)
        self._renew()

    def _fail(self, line: str) -> None:
        if self._failures:
            self._print(safe(line))
        self._renew()

    def _print(self, line: str) -> None:
        if self._bar:
            # Above the live line; no markup, no highlighting: the words are a stranger's.
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)

    def _renew(self) -> None:
        if self._bar and self._task is not None:
            tally = self._tally
            total = tally.feeds + tally.pages
            done = tally.feeds_done + tally.pages_done
            self._bar.update(self._task, total=total or None, completed=done, description=tally.words())


def _bar() -> Progress:
    return Progress(
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
