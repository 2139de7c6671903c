"""The place in a text where a search hit, in the words of the original. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.text import fold, fold_with_offsets, words

_TERM = re.compile(r'(?P<minus>[-–−]?)(?:["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]|(?P<word>[^\s"“”„«»]+))')


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text around a hit; ``hit`` is empty where the words stand elsewhere (in the title)."""

    before: str
    hit: str
    after: str

    @property
    def text(self) -> str:
        """The whole piece."""
        return self.before + self.hit + self.after


def wanted_words(query: str) -> tuple[str, ...]:
    """What a query asks to find, folded, phrases whole and first; without what it asks to leave out."""
    phrases, single, negated = [], [], False
    for match in _TERM.finditer(query):
        if match["word"] in ("AND", "OR", "NOT") and not match["minus"]:
            negated = match["word"] == "NOT"
            continue
        if not match["minus"] and not negated:
            found = words(match["phrase"] or match["word"] or "")
            phrases.extend([" ".join(found)] if len(found) > 1 else [])
            single.extend(found)
        negated = False
    return tuple(dict.fromkeys((*phrases, *single)))


def make_snippet(query: str, paragraphs: Sequence[str], width: int) -> Snippet:
    """About ``width`` characters of the paragraph that says most of the query, around its first hit."""
    return snippet_of(wanted_words(query), paragraphs, width)


def snippet_of(terms: Sequence[str], paragraphs: Sequence[str], width: int) -> Snippet:
    """The same for folded words and phrases, the most wanted first."""
    best = max(paragraphs, key=lambda paragraph: _score(terms, paragraph), default="")
    start, end = _first_hit(terms, best)
    before, after = _context(best, start, end, width)
    return Snippet(before, best[start:end], after)


def _score(terms: Sequence[str], paragraph: str) -> int:
    folded = fold(paragraph)
    return sum(_find(term, folded) is not None for term in terms)


def _find(term: str, folded: str) -> tuple[int, int] | None:
    """Where a folded term stands: as a word, as a word's beginning, or anywhere (scripts without spaces)."""
    pattern = r"\W+".join(re.escape(word) for word in term.split(" "))
    for tried in (rf"(?<!\w){pattern}(?!\w)", rf"(?<!\w){pattern}", pattern.replace(r"\W+", r"\W*")):
        match = re.search(tried, folded)
        if match:
            return match.span()
    return None


def _first_hit(terms: Sequence[str], text: str) -> tuple[int, int]:
    """The span in the original; ``(0, 0)`` where nothing hits."""
    folded, offsets = fold_with_offsets(text)
    found = next((span for span in (_find(term, folded) for term in terms) if span), None)
    if found is None:
        return 0, 0
    end = offsets[found[1]] if found[1] < len(offsets) else len(text)
    start = offsets[found[0]]
    return start, start + len(text[start:end].rstrip())


def _context(text: str, start: int, end: int, width: int) -> tuple[str, str]:
    room = max(0, width - (end - start))
    left = max(0, min(start - room // 2, len(text) - width))
    right = min(len(text), max(end, left + width))
    if left:  # begin at a word
        left = min(start, 1 + text.find(" ", left, start) or left)
    if right < len(text):
        right = max(end, text.rfind(" ", end, right))
    return ("…" if left else "") + text[left:start], text[end:right] + ("…" if right < len(text) else "")
