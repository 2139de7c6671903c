"""``reprocess``: today's rules over the stored pages."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import UsageError
from pipeline.revise import Change
from presswatch.cli.compare import compare
from presswatch.cli.context import App, now
from presswatch.cli.filters import filter_options, make_filters
from presswatch.cli.output import print_json
from presswatch.cli.reading import shown
from presswatch.cli.terminal import safe
from presswatch.cli.words import counted

if TYPE_CHECKING:
    from pipeline.reprocess import Reading, Reprocessor

#: characters of unchanged text left on either side of a change
_AROUND = 40


@click.command(
    epilog="Examples: presswatch reprocess --dry-run; presswatch reprocess --outlet nv --since 30d"
)
@filter_options(most=None)
@click.option("--dry-run", is_flag=True, help="Only say what would change; write nothing.")
@click.option(
    "--diffs", type=click.IntRange(min=0), default=20, show_default=True, help="Show at most so many changes."
)
@click.option("--relations", is_flag=True, help="Read no pages: find all copies and translations anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def reprocess(
    ctx: click.Context, /, dry_run: bool, diffs: int, relations: bool, as_json: bool, **given: Any
) -> None:
    """Read the stored pages again with today's rules, the latest of each article, newest first.

    What changes becomes a version whose cause is "rules": it is never taken for an edit of the outlet. Where
    today's rules find no article on a page, the stored one stays. Can be stopped at any time and run again,
    also while a crawl runs. Exit code 1 where a kept page is damaged.
    """
    from pipeline.relate.relating import catch_up  # these are slow to import
    from pipeline.reprocess import Reprocessor
    from pipeline.store.archive import existing_archive

    app: App = ctx.obj
    if relations:
        _relate_anew(app, dry_run=dry_run, given=given, as_json=as_json)
        return
    report = _Report(dry_run=dry_run, most=diffs)
    with app.read() if dry_run else app.write() as store, existing_archive(app.db) as archive:
        filters = make_filters(store, given)
        reprocessor = Reprocessor(store=store, archive=archive, folders=app.config().rule_folders())
        try:
            for reading in _readings(reprocessor, filters, write=not dry_run):
                lines = report.add(reading)
                for line in () if as_json else lines:
                    click.echo(line)
        except KeyboardInterrupt:
            app.say(f"{report.summary()} · stopped; what was changed so far stays")
            raise
        if not dry_run:
            catch_up(store, now())
    if as_json:
        print_json(report.document())
    else:
        click.echo(report.summary())
    ctx.exit(1 if report.outcomes["damaged"] else 0)


def _relate_anew(app: App, *, dry_run: bool, given: dict[str, Any], as_json: bool) -> None:
    """Forget what comparing found, and find it again; what pages declare stays."""
    from pipeline.relate.relating import catch_up
    from pipeline.store import story_reports, traits

    if dry_run or any(given.values()):
        raise UsageError("--relations finds the relations of all articles anew; it takes no other choices")
    started = time.monotonic()
    with app.write() as store:
        with store.write():
            traits.forget_all(store)
            story_reports.forget_all(store)
        count = catch_up(store, now())
    seconds = round(time.monotonic() - started, 1)
    if as_json:
        print_json({"related": count, "seconds": seconds})
    else:
        click.echo(f"{counted(count, 'article')} related anew · {seconds} s")


def _readings(reprocessor: Reprocessor, filters: Any, *, write: bool) -> Iterator[Reading]:
    from pipeline.store.browse import newest_ids

    for article_id in newest_ids(reprocessor.store, filters):
        reading = reprocessor.look(article_id)
        yield reprocessor.write(reading, now()) if write and reading.outcome == "changed" else reading


@dataclass(slots=True, kw_only=True)
class _Report:
    """What has come of it so far; no more than ``most`` changes are remembered."""

    dry_run: bool
    most: int
    started: float = field(default_factory=time.monotonic)
    outcomes: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    shown: list[dict[str, object]] = field(default_factory=list)
    kept_as_is: list[dict[str, object]] = field(default_factory=list)

    def add(self, reading: Reading) -> list[str]:
        """Count one reading; returns the lines that tell of it."""
        self.outcomes[reading.outcome] += 1
        if reading.why and len(self.kept_as_is) < self.most:
            self.kept_as_is.append({**_which(reading), "outcome": reading.outcome, "why": reading.why})
            return [safe(f"article {reading.old.id}: {reading.why}; it stays as it is")]
        if reading.outcome != "changed":
            return []
        self.parts.update(reading.parts)
        if len(self.shown) >= self.most:
            return []
        assert reading.new is not None
        changes = compare(reading.old.article, reading.new)
        told = {part: [asdict(change) for change in made] for part, made in changes.items()}
        self.shown.append({**_which(reading), "parts": list(reading.parts), "changes": told})
        return list(_lines(reading, changes))

    def document(self) -> dict[str, object]:
        """All of it as JSON."""
        return {
            "dry_run": self.dry_run,
            "articles": self.outcomes.total(),
            "changed": self.outcomes["changed"],
            "unchanged": self.outcomes["same"],
            "refused": self.outcomes["refused"],
            "no_page": self.outcomes["no-page"],
            "damaged": self.outcomes["damaged"],
            "overtaken": self.outcomes["overtaken"],
            "parts": dict(self.parts.most_common()),
            "seconds": round(time.monotonic() - self.started, 1),
            "changes": self.shown,
            "kept_as_is": self.kept_as_is,
        }

    def summary(self) -> str:
        """One line for people."""
        read = self.outcomes.total() - self.outcomes["no-page"]
        found = ", ".join(f"{part} {count}" for part, count in self.parts.most_common())
        parts = [
            f"{counted(read, 'page')} read again",
            f"{self.outcomes['changed']} {'would change' if self.dry_run else 'changed'}"
            + (f" ({found})" if found else ""),
        ]
        for outcome, words in (
            ("refused", "no article by today's rules"),
            ("damaged", "with a damaged page"),
            ("overtaken", "overtaken by a crawl"),
            ("no-page", "without a kept page"),
        ):
            parts += [f"{self.outcomes[outcome]} {words}"] if self.outcomes[outcome] else []
        return " · ".join((*parts, f"{time.monotonic() - self.started:.1f} s"))


def _which(reading: Reading) -> dict[str, object]:
    old = reading.old
    return {"id": old.id, "outlet": old.outlet, "url": old.article.url, "version": old.version}


def _lines(reading: Reading, changes: dict[str, list[Change]]) -> Iterator[str]:
    old, new = reading.old, reading.new
    assert new is not None
    yield safe(f"article {old.id} ({old.outlet}): {', '.join(reading.parts)}")
    for part, made in changes.items():
        for line in _marked(made).split("\n"):
            yield f"  {part}: {shown(line, new.meta)}" if line.strip() else ""


def _marked(changes: Iterable[Change]) -> str:
    """The changes as ``[-deleted-]{+inserted+}`` with a little of what stands around them."""
    marks = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
    return "".join(
        marks[change.op][0]
        + (_shortened(change.text) if change.op == "equal" else change.text)
        + marks[change.op][1]
        for change in changes
    )


def _shortened(text: str) -> str:
    """Unchanged text without its middle."""
    folded = " ".join(text.split("\n"))
    return text if len(text) <= 3 * _AROUND else f"{folded[:_AROUND]} … {folded[-_AROUND:]}"
