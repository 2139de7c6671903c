"""Judges finding translations on labelled articles, in memory: whole, and with half of one side cut away.

    python -m bench.translations LABELLED.jsonl [--all] [--seed N]

LABELLED has one article a line: ``id``, ``lang``, ``paras`` (the title first) and ``gid``, the same for all
translations of one article, null for distractors. What the relating does is done here in small: candidates by
shared index keys (at most 20, keys that many have ignored), ``similarity``, mutual best of each pair of
languages, ``bar_of``. Groups fall into two halves by a hash: thresholds are set looking at the first only, the
figures that count are the second's. ``--all`` compares every pair instead of candidates.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from pipeline.relate.clues import Clues, clues_of
from pipeline.relate.translation import bar_of, similarity

CANDIDATES = 20
#: a key that more articles hold leads nowhere
CROWD = 64


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled article."""

    id: str
    language: str
    paragraphs: tuple[str, ...]
    group: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A mutual best pair: its value, whether it is right, whether it is of the half that counts."""

    value: float
    #: the least value at which the relating takes it, as far as that depends on the pair
    bar: float
    right: bool
    counts: bool


def read(path: Path) -> list[Labelled]:
    """The labelled articles of a file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Labelled(row["id"], row["lang"], tuple(row["paras"]), row["gid"]) for row in rows]


def halved(article: Labelled, seed: int) -> Labelled:
    """The article with the first half of its paragraphs, or with any half that is of one piece."""
    drawn = random.Random(f"{seed} {article.id}")
    size = max(1, (len(article.paragraphs) + 1) // 2)
    start = drawn.choice((0, drawn.randint(0, len(article.paragraphs) - size)))
    return replace(article, paragraphs=article.paragraphs[start : start + size])


def second_half(text: str) -> bool:
    """Does this group (or distractor) belong to the half whose figures count?"""
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def clues(article: Labelled) -> Clues:
    """The article's clues, its first paragraph taken for the title."""
    body = article.paragraphs[1:] or article.paragraphs
    return clues_of(article.paragraphs[0], body, article.language)


def candidates(one: Sequence[Clues], two: Sequence[Clues]) -> Iterable[tuple[int, int]]:
    """The pairs that share the most keys, at most ``CANDIDATES`` for each article of either side."""
    holders: dict[int, list[int]] = defaultdict(list)
    for index, each in enumerate(two):
        for key in each.keys:
            holders[key].append(index)
    shared: dict[int, Counter[int]] = {}
    for index, each in enumerate(one):
        found = Counter(other for key in each.asked if len(holders[key]) <= CROWD for other in holders[key])
        shared[index] = Counter(dict(found.most_common(CANDIDATES)))
    return [(index, other) for index, found in shared.items() for other in found]


def mutual(pairs: dict[tuple[int, int], float]) -> list[tuple[float, int, int]]:
    """The pairs of which each is the other's best."""
    ahead: dict[int, tuple[float, int]] = {}
    back: dict[int, tuple[float, int]] = {}
    for (one, two), value in pairs.items():
        ahead[one] = max(ahead.get(one, (0.0, -1)), (value, two))
        back[two] = max(back.get(two, (0.0, -1)), (value, one))
    return [(value, one, two) for one, (value, two) in ahead.items() if value and back[two][1] == one]


def matched(
    one: list[Labelled], two: list[Labelled], choose: Callable[..., Iterable[tuple[int, int]]]
) -> list[Found]:
    """The mutual best pairs of two languages' articles."""
    first, second = [clues(each) for each in one], [clues(each) for each in two]
    scores = {(a, b): similarity(first[a], second[b]) for a, b in choose(first, second)}
    values = {pair: score.value for pair, score in scores.items()}
    found = []
    for value, a, b in mutual(values):
        others = [other for pair, other in values.items() if (pair[0] == a) != (pair[1] == b)]
        bar = bar_of(one[a].language, two[b].language, scores[a, b], max(others, default=0.0))
        group = one[a].group or two[b].group
        right = one[a].group is not None and one[a].group == two[b].group
        found.append(Found(value, bar, right, second_half(group or one[a].id)))
    return found


def measured(found: Iterable[Found], gold: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs at or above their bars."""
    taken = [each for each in found if each.value >= each.bar]
    right = sum(each.right for each in taken)
    precision, recall = right / max(1, len(taken)), right / max(1, gold)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def everything(one: Sequence[Clues], two: Sequence[Clues]) -> Iterable[tuple[int, int]]:
    """Every pair."""
    return [(a, b) for a in range(len(one)) for b in range(len(two))]


def report(articles: list[Labelled], seed: int, choose: Callable[..., Iterable[tuple[int, int]]]) -> None:
    """Print one line a pair of languages and a variant."""
    whole = defaultdict(list)
    for article in articles:
        whole[article.language].append(article)
    half = {language: [halved(each, seed) for each in those] for language, those in whole.items()}
    for first, second in combinations(sorted(whole), 2):
        shared = {each.group for each in whole[first]} & {each.group for each in whole[second]} - {None}
        gold = Counter(second_half(str(group)) for group in shared)
        for name, one, two in (("whole", whole, whole), ("cut 1", half, whole), ("cut 2", whole, half)):
            found = matched(one[first], two[second], choose)
            print_line(f"{first}-{second} {name}", found, gold)


def print_line(name: str, found: list[Found], gold: Counter[bool]) -> None:
    """The figures of both halves, the weakest right values and the strongest wrong ones."""
    counted, seen = ([each for each in found if each.counts is half] for half in (True, False))
    figures = " ".join(f"{x:.3f}" for x in measured(counted, gold[True]))
    fitted = " ".join(f"{x:.3f}" for x in measured(seen, gold[False]))
    right = sorted(each.value for each in found if each.right)[:4]
    wrong = sorted((each.value for each in found if not each.right), reverse=True)[:4]
    listed = " ".join(f"{x:.2f}" for x in right), " ".join(f"{x:.2f}" for x in wrong)
    print(
        f"{name:12s} P R F1 {figures}  (first half {fitted})  weakest {listed[0]}  wrong {listed[1]}",
        flush=True,
    )


def cost(articles: list[Labelled]) -> None:
    """Print the cost of clues, warm, and their size for 350 words."""
    for language in sorted({each.language for each in articles}):
        those = [each for each in articles if each.language == language]
        words = sum(len(paragraph.split()) for each in those for paragraph in each.paragraphs) / 350
        began = time.process_time()
        made = [clues(each) for each in those]
        spent = (time.process_time() - began) * 1000 / words
        size = sum(len(each.to_bytes()) for each in made) / words
        print(f"{language}: {spent:.2f} ms and {size:.0f} bytes for 350 words")
    began = time.process_time()
    for each in made[:100]:
        for other in made[-100:]:
            similarity(each, other)
    print(f"similarity: {(time.process_time() - began) * 100:.1f} us")


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--all", action="store_true", help="compare every pair")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    articles = read(options.labelled)
    report(articles, options.seed, everything if options.all else candidates)
    cost(articles)


if __name__ == "__main__":
    main()
