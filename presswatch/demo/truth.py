"""What happens in the newsroom, known beforehand: the measure of a crawl of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presswatch.demo.editions import Edition, Story, load_editions
from presswatch.demo.site import seed_files, translations


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one crawl has to find. All addresses are as the feeds write them."""

    new: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    #: (copy, what it is, original) for every copy that is new in this step
    relations: frozenset[tuple[str, str, str]] = frozenset()


def steps() -> tuple[Step, Step]:
    """The first crawl, and the one after an hour has passed."""
    stories = [(edition, story) for edition in load_editions() for story in edition.stories]
    first = Step(
        new=frozenset({*(edition.url(story.path) for edition, story in stories), *_announced(0)}),
        relations=frozenset({*_own_translations(stories), *_seed_relations(0)}),
    )
    second = Step(
        new=frozenset(_announced(1)),
        edited=frozenset(edition.url(story.path) for edition, story in stories if story.edit),
        deleted=frozenset(edition.url(story.path) for edition, story in stories if story.gone),
        relations=frozenset(_seed_relations(1)),
    )
    return first, second


def _announced(hour: int) -> Iterator[str]:
    """Pages of the other outlets that their feeds name from ``hour`` on."""
    return (file.url for file in seed_files() if file.hour == hour and file.in_feed and not file.is_feed)


def _seed_relations(hour: int) -> Iterator[tuple[str, str, str]]:
    for file in seed_files():
        if file.hour == hour and file.relation and file.original:
            yield file.url, file.relation, file.original


def _own_translations(stories: list[tuple[Edition, Story]]) -> Iterator[tuple[str, str, str]]:
    for edition, story in stories:
        for original, told_first in translations(story.group)[:1]:
            if original != edition:
                yield edition.url(story.path), "translation-of", original.url(told_first.path)
