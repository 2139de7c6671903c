"""What an outlet's edit changed: which parts, and word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipeline.text import clean, tokens

_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")
# Joiners and variation selectors: ``clean`` keeps them, but an edit of nothing else is none.
_UNSEEN = re.compile(r"[\u034f\u200c\u200d\ufe00-\ufe0f\s]+")
#: above so many pairs of equal units a stretch counts as rewritten: finding its matches would take seconds
_MAX_PAIRS = 250_000


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that is in both versions, only in the new (``insert``) or only in the old."""

    op: Literal["equal", "insert", "delete"]
    text: str


def changed_parts(
    old_title: str,
    old_lead: str | None,
    old_paragraphs: Sequence[str],
    new_title: str,
    new_lead: str | None,
    new_paragraphs: Sequence[str],
) -> tuple[str, ...]:
    """Which of ``title``, ``lead`` and ``body`` say something else, in this order.

    Differences of white space, paragraph breaks and invisible characters are none.
    """
    pairs = {
        "title": (old_title, new_title),
        "lead": (old_lead or "", new_lead or ""),
        "body": ("\n".join(old_paragraphs), "\n".join(new_paragraphs)),
    }
    return tuple(part for part, (old, new) in pairs.items() if old != new and _seen(old) != _seen(new))


def _seen(text: str) -> str:
    return _UNSEEN.sub("", clean(text))


def word_diff(old: str, new: str) -> list[Change]:
    """The way from ``old`` to ``new``, word by word, paragraphs aligned first.

    ``equal`` and ``insert`` joined are ``new``, ``equal`` and ``delete`` joined are ``old``; between two
    equal stretches what was deleted stands before what was inserted. Time is bounded for any input: stretches
    with too much in common to align quickly are shown as rewritten.
    """
    changes: list[Change] = []
    deleted = inserted = ""
    for old_part, new_part in _word_pairs(old, new):
        if old_part != new_part:
            deleted, inserted = deleted + old_part, inserted + new_part
            continue
        changes += _replaced(deleted, inserted)
        deleted = inserted = ""
        if changes and changes[-1].op == "equal":
            old_part = changes.pop().text + old_part
        changes.append(Change("equal", old_part))
    return changes + _replaced(deleted, inserted)


def _replaced(deleted: str, inserted: str) -> list[Change]:
    changes = (Change("delete", deleted), Change("insert", inserted))
    return [change for change in changes if change.text]


def _word_pairs(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The texts cut into pairs of stretches, equal or not; no pair is empty on both sides."""
    for old_part, new_part in _aligned(_PARAGRAPH.findall(old), _PARAGRAPH.findall(new)):
        if old_part == new_part:
            yield old_part, new_part
        else:
            yield from _aligned(tokens(old_part), tokens(new_part))


def _aligned(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Two sequences of units cut into pairs of joined stretches. The common ends need no search."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    spans = [
        (old[:head], new[:head]),
        *((old_middle[a:b], new_middle[c:d]) for a, b, c, d in _matched(old_middle, new_middle)),
        (old[len(old) - tail :], new[len(new) - tail :]),
    ]
    return (("".join(ours), "".join(theirs)) for ours, theirs in spans if ours or theirs)


def _common(old: list[str], new: list[str]) -> int:
    """How many units both begin with."""
    for at, (ours, theirs) in enumerate(zip(old, new, strict=False)):
        if ours != theirs:
            return at
    return min(len(old), len(new))


def _matched(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Ranges ``(old from, to, new from, to)`` of stretches that match or replace each other."""
    there = Counter(new)
    if sum(count * there[unit] for unit, count in Counter(old).items()) > _MAX_PAIRS:
        return [(0, len(old), 0, len(new))]
    return [span[1:] for span in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()]
