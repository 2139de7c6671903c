"""What an outlet's earlier articles teach about its next page. Pure; ``store.memory`` keeps the rows.

::

    CleanArticle -> lesson() -> Lesson -> (store) -> Remembered... -> build() -> Memory -> recall.forget()

A line that stands in many *distinct* articles of one outlet belongs to the outlet's form and not to any of
its articles. Two versions, addresses or snapshots of one article share their lines, too, and prove nothing:
:func:`same_article` keeps them from being counted twice. How often a line must have been seen depends on what
it looks like (:class:`Form`): an outlet that follows one event retells the background in the same words, and
a daily report differs from yesterday's in its figures only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from pipeline.article import RemovalKind
from pipeline.lesson import PROSE, RULE, Lesson, width
from pipeline.text import words

#: articles remembered of one outlet
REMEMBERED = 60
#: with fewer distinct articles than these, memory has no opinion
ENOUGH = 5

#: a key in so many of the articles is the outlet's, and says nothing of whether two articles are the same
_COMMON = 0.3
_COMMON_LEAST = 3
#: share of the articles whose body stood in the same element, from which on it is expected there
_AT_HOME = 0.6

_DIGIT = re.compile(r"\d")


class Form(Enum):
    """What a line looks like, and so how often it must return: ``(articles at least, share of them)``."""

    #: at least half of it is link
    LINKED = (3, 0.15)
    #: less than three lines of text
    SHORT = (4, 0.25)
    #: with figures: a daily report differs from yesterday's in nothing else, a dateline is on every page
    FIGURES = (5, 0.8)
    #: a paragraph as any article has them, and as those on one event share them
    PROSE = (5, 0.5)

    def needed(self, of: int) -> float:
        """Articles among ``of`` in which such a line must have been seen."""
        least, share = self.value
        return max(float(least), share * of)


def form_of(line: str, linked: float) -> Form:
    """The form of a line of whose characters the share ``linked`` is link text."""
    if linked >= 0.5:
        return Form.LINKED
    if width(line) >= PROSE:
        return Form.PROSE
    return Form.FIGURES if _DIGIT.search(line) else Form.SHORT


# --- many articles --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One remembered article. ``same_as`` names the remembered article of which it is another copy."""

    article_id: int
    title: str
    lesson: Lesson
    same_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of one outlet; built by :func:`build`.

    ``of`` counts the distinct articles, ``seen`` in how many of them each key stands.
    """

    articles: tuple[Remembered, ...] = ()
    of: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    #: keys that are not counted: those of the article that is being looked at again
    own: frozenset[int] = frozenset()

    def times(self, key: int) -> int:
        """In how many distinct articles, other than the one being read, the line was seen."""
        return self.seen.get(key, 0) - (key in self.own)

    def recurring(self, key: int, form: Form) -> tuple[int, int] | None:
        """``(seen, of)`` where the line is the outlet's and not the article's; None where nothing says so."""
        times = self.times(key)
        return (times, self.of) if self.of >= ENOUGH and times >= form.needed(self.of) else None

    def kind(self, key: int) -> RemovalKind | None:
        """What the line was where a rule cut it from another article, by majority; None where none did."""
        kinds = Counter(kind for one in self.articles if (kind := _kind_in(one.lesson, key)) is not None)
        return kinds.most_common(1)[0][0] if kinds else None

    def home(self) -> str | None:
        """The signature of the element that held the body in most articles; None where none dominates."""
        if self.of < ENOUGH:
            return None
        homes = Counter(one.lesson.home for one in self.articles if one.same_as is None)
        home, times = homes.most_common(1)[0]
        return home if times >= _AT_HOME * self.of else None

    def without(self, article_id: int | None) -> Memory:
        """The memory of the other articles: for looking again at one that is remembered itself."""
        mine = next((one for one in self.articles if one.article_id == article_id), None)
        counted = mine if mine is None or mine.same_as is None else self._counted(mine.same_as)
        if counted is None:
            return self
        return replace(self, of=self.of - 1, own=frozenset(counted.lesson.keys))

    def _counted(self, article_id: int) -> Remembered | None:
        return next((one for one in self.articles if one.article_id == article_id and not one.same_as), None)


def _kind_in(one: Lesson, key: int) -> RemovalKind | None:
    start = len(one.keys) - len(one.kinds)
    return one.kinds[one.keys.index(key, start) - start] if key in one.keys[start:] else None


def build(articles: Iterable[Remembered]) -> Memory:
    """The memory of an outlet from its remembered articles; copies of a remembered one are not counted."""
    remembered = tuple(articles)
    counted = [one.lesson.keys for one in remembered if one.same_as is None]
    seen: Counter[int] = Counter()
    for keys in counted:
        seen.update(keys)
    return Memory(articles=remembered, of=len(counted), seen=seen)


def grown(memory: Memory, new: Remembered) -> Memory:
    """The memory with one more article, or with another version of one; the oldest is forgotten.

    Says what :func:`build` says of the same rows, for one article's work: the memory that is given is used
    up, its counts become those of the new one.
    """
    articles = [one for one in memory.articles if one.article_id != new.article_id]
    gone = [one for one in memory.articles if one.article_id == new.article_id]
    articles.append(new)
    if len(articles) > 1 and articles[-2].article_id > new.article_id:
        articles.sort(key=lambda one: one.article_id)
    gone += articles[:-REMEMBERED]
    seen = memory.seen
    _count(seen, new, 1)
    for one in gone:
        _count(seen, one, -1)
    stay = articles[-REMEMBERED:]
    return Memory(articles=tuple(stay), of=sum(one.same_as is None for one in stay), seen=seen)


def _count(seen: dict[int, int], one: Remembered, change: int) -> None:
    for key in one.lesson.keys if one.same_as is None else ():
        times = seen.get(key, 0) + change
        if times:
            seen[key] = times
        else:
            del seen[key]


# --- the same article -----------------------------------------------------------------------------------


def same_article(article_id: int, title: str, new: Lesson, memory: Memory) -> int | None:
    """The remembered article of which this is another version, address or copy; None for a new one.

    Lines that are the outlet's are left out. Two are the same when the shorter one shares four fifths of its
    long lines, or half of them under a similar title.
    """
    if not any(memory.times(key) for key in new.keys[: new.longs]):
        return None
    for one in memory.articles:
        if one.same_as is not None or one.article_id == article_id:
            continue
        share = _shared(new, one.lesson, memory)
        if share > 0.8 or (share > 0.5 and _alike(title, one.title)):
            return one.article_id
    return None


def _shared(one: Lesson, other: Lesson, memory: Memory) -> float:
    both = set(one.keys[: one.longs]).intersection(other.keys[: other.longs])
    if not both:
        return 0.0
    ours, theirs = _telling(one, memory), _telling(other, memory)
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _telling(one: Lesson, memory: Memory) -> set[int]:
    common = max(_COMMON_LEAST, _COMMON * memory.of)
    return {key for key in one.keys[: one.longs] if memory.times(key) < common}


def _alike(title: str, other: str) -> bool:
    ours, theirs = set(words(title)), set(words(other))
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs)) > 0


# --- words ----------------------------------------------------------------------------------------------


def rule_of(seen: int, of: int) -> str:
    """The rule of a cut by memory, as the ledger keeps it: ``memory:14/20``."""
    return f"{RULE}{seen}/{of}"


def in_words(rule: str) -> str:
    """A removal's rule for people: that of a cut by memory spelled out, any other as it is."""
    seen, slash, of = rule.removeprefix(RULE).partition("/")
    if not rule.startswith(RULE) or not slash:
        return rule
    return f"seen in {seen} of {of} articles of this outlet"
