"""``diff``: two versions of an article, word by word."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import click

from pipeline.article import CleanArticle, PageMeta
from pipeline.errors import NotFoundError
from pipeline.revise import Change, changed_parts, word_diff
from pipeline.store import browse
from pipeline.store.browse import StoredArticle
from pipeline.store.connection import Store
from presswatch.cli.context import App, pass_app
from presswatch.cli.output import print_json
from presswatch.cli.reading import shown
from presswatch.cli.terminal import safe
from presswatch.cli.words import when


@click.command(epilog="Example: presswatch diff 17 1 3")
@click.argument("article", metavar="ID|URL")
@click.argument("first", type=click.IntRange(min=1), required=False, metavar="FROM")
@click.argument("second", type=click.IntRange(min=1), required=False, metavar="TO")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def diff(app: App, article: str, first: int | None, second: int | None, as_json: bool) -> None:
    """Compare two versions of an article; without numbers the last two.

    In colours on a terminal, as [-deleted-]{+inserted+} elsewhere.
    """
    with app.read() as store:
        old, new = _versions(store, browse.resolve(store, article), first, second)
    changes = compare(old.article, new.article)
    if as_json:
        parts = {part: [asdict(change) for change in made] for part, made in changes.items()}
        print_json({"id": new.id, "from": _version_json(old), "to": _version_json(new), "changes": parts})
        return
    for line in _lines(old, new, changes):
        click.echo(line)


def _versions(
    store: Store, article_id: int, first: int | None, second: int | None
) -> tuple[StoredArticle, StoredArticle]:
    new = browse.load(store, article_id, second)
    start = first if first is not None else new.version - 1
    if start < 1:
        raise NotFoundError(f"article {article_id} has only one version; there is nothing to compare")
    return browse.load(store, article_id, start), new


def compare(old: CleanArticle, new: CleanArticle) -> dict[str, list[Change]]:
    """The parts that say something else (``title``, ``lead``, ``body``), each word by word."""
    texts = {
        "title": (old.title, new.title),
        "lead": (old.meta.lead or "", new.meta.lead or ""),
        "body": (old.text, new.text),
    }
    parts = changed_parts(old.title, old.meta.lead, old.paragraphs, new.title, new.meta.lead, new.paragraphs)
    return {part: word_diff(*texts[part]) for part in parts}


def _version_json(stored: StoredArticle) -> dict[str, object]:
    return {
        "version": stored.version,
        "seen_at": stored.seen_at,
        "cause": stored.cause,
        "title": stored.article.title,
    }


def _lines(old: StoredArticle, new: StoredArticle, changes: dict[str, list[Change]]) -> Iterator[str]:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    versions = (f"{stored.version} ({when(stored.seen_at)})" for stored in (old, new))
    yield f"article {new.id}: version {' → '.join(versions)}"
    if new.cause == "rules":
        yield f"version {new.version} is our own reading with newer rules, not an edit of the outlet's"
    for part, made in changes.items():
        yield ""
        yield f"{part}:"
        tidy = _tidied(made)
        yield from _coloured(tidy) if coloured else _plain(tidy, new.article.meta)
    if not changes:
        others = f"; what differs: {', '.join(new.changed)}" if new.cause == "rules" else ""
        yield f"title, lead and body say the same{others}"


def _tidied(changes: Sequence[Change]) -> list[Change]:
    """The same changes, the space before a replaced word outside of the marks."""
    tidy: list[Change] = []
    for change in changes:
        if tidy and (tidy[-1].op, change.op) == ("delete", "insert"):
            deleted = tidy.pop().text
            space = deleted[: len(deleted) - len(deleted.lstrip())]
            cut = len(space) if change.text.startswith(space) else 0
            tidy += [
                Change("equal", deleted[:cut]),
                Change("delete", deleted[cut:]),
                Change("insert", change.text[cut:]),
            ]
        else:
            tidy.append(change)
    return [change for change in tidy if change.text]


def _plain(changes: Iterable[Change], meta: PageMeta) -> Iterator[str]:
    marks = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
    text = "".join(marks[change.op][0] + change.text + marks[change.op][1] for change in changes)
    return (shown(line, meta) for line in text.split("\n"))


def _coloured(changes: Iterable[Change]) -> Iterator[str]:
    text = "".join(_painted(change) for change in changes)
    return iter(text.split("\n"))


def _painted(change: Change) -> str:
    """A stretch in its colour, line by line: colours end with their line."""
    lines = [safe(line) for line in change.text.split("\n")]
    if change.op == "delete":
        lines = [click.style(line, fg="red", strikethrough=True) for line in lines]
    elif change.op == "insert":
        lines = [click.style(line, fg="green", underline=True) for line in lines]
    return "\n".join(lines)
