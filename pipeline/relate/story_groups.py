"""Which articles of a neighbourhood tell of one event, and which story keeps its number. Pure.

Groups are made bottom up by average linkage (Sokal and Michener 1958): two groups become one while the articles of
one fit those of the other on average, and at least two of them fit well. What comes out does not depend on the
order in which the articles came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.relate.stories import WINDOW, Report, fit

#: from here on articles fit together, on average; and the best two of them
JOIN: Final = 0.14
CLOSE: Final = 0.17
#: from the first report to the last
SPAN: Final = 10 * 86400

Group = tuple[int, ...]


@dataclass(slots=True)
class _Bond:
    """How the articles of one group fit those of another."""

    total: float
    pairs: int
    best: float

    @property
    def average(self) -> float:
        return self.total / self.pairs

    def joined(self, other: _Bond | None) -> _Bond:
        if other is None:
            return self
        return _Bond(self.total + other.total, self.pairs + other.pairs, max(self.best, other.best))


_Bonds = dict[int, dict[int, _Bond]]


def grouped(reports: Iterable[Report], bound: Iterable[Iterable[int]] = ()) -> list[Group]:
    """The articles' ids in groups, the earliest report first in each and of all.

    ``bound`` are articles that belong together whatever their terms: copies and translations of each other.
    """
    ordered = sorted(reports, key=lambda report: (report.at, report.id))
    units = _units(ordered, bound)
    bonds = _bonds(ordered, units)
    members = {
        number: [r for r in ordered if units[r.id] == number] for number in sorted(set(units.values()))
    }
    while (pair := _best(bonds, members)) is not None:
        _join(bonds, members, *pair)
    found = [sorted(group, key=lambda report: (report.at, report.id)) for group in members.values()]
    found.sort(key=lambda group: (group[0].at, group[0].id))
    return [tuple(report.id for report in group) for group in found]


def _units(ordered: Sequence[Report], bound: Iterable[Iterable[int]]) -> dict[int, int]:
    """For each article the number of the group it begins in."""
    units = {report.id: number for number, report in enumerate(ordered)}
    for together in bound:
        numbers = {units[one] for one in together if one in units}
        if len(numbers) > 1:
            least = min(numbers)
            units = {one: least if number in numbers else number for one, number in units.items()}
    return units


def _bonds(ordered: Sequence[Report], units: Mapping[int, int]) -> _Bonds:
    bonds: _Bonds = {number: {} for number in units.values()}
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.at - one.at > WINDOW:
                break
            a, b = units[one.id], units[other.id]
            if a != b:
                value = fit(one, other)
                bonds[a][b] = bonds[b][a] = _Bond(value, 1, value).joined(bonds[a].get(b))
    return bonds


def _best(bonds: _Bonds, members: Mapping[int, Sequence[Report]]) -> tuple[int, int] | None:
    """The two groups that fit best, if any two do; of equals the earliest."""
    found: tuple[float, int, int] | None = None
    for a, others in bonds.items():
        for b, bond in others.items():
            if a < b and bond.best >= CLOSE and bond.average >= JOIN:
                candidate = (-bond.average, a, b)
                if (found is None or candidate < found) and _span((*members[a], *members[b])) <= SPAN:
                    found = candidate
    return found and found[1:]


def _span(reports: Sequence[Report]) -> int:
    times = [report.at for report in reports]
    return max(times) - min(times)


def _join(bonds: _Bonds, members: dict[int, list[Report]], into: int, gone: int) -> None:
    members[into] += members.pop(gone)
    for other, bond in bonds.pop(gone).items():
        del bonds[other][gone]
        if other != into:
            bonds[into][other] = bonds[other][into] = bond.joined(bonds[into].get(other))


# --- numbers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of the stories of a neighbourhood.

    ``stories`` has for each group the story that it is, None where it is a new one; groups of one article are
    left out. ``merged`` has for each story that goes into another one that other.
    """

    stories: tuple[tuple[int | None, Group], ...]
    merged: Mapping[int, int]


def settle(groups: Sequence[Group], before: Mapping[int, int]) -> Settled:
    """Which story each group is. ``before`` has the stories of those articles that have one.

    A story stays with the group that has most of its articles, of equals the earliest; where several meet in one
    group, the oldest keeps its number and the others go into it.
    """
    heirs: dict[int, list[int]] = {}
    for story in sorted(set(before.values())):
        counts = Counter(
            {index: sum(before.get(one) == story for one in group) for index, group in enumerate(groups)}
        )
        index = max(counts, key=lambda index: (counts[index], -index))
        if len(groups[index]) > 1:
            heirs.setdefault(index, []).append(story)
    merged = {gone: oldest for oldest, *others in heirs.values() for gone in others}
    stories = tuple(
        (heirs[index][0] if index in heirs else None, group)
        for index, group in enumerate(groups)
        if len(group) > 1
    )
    return Settled(stories=stories, merged=merged)
