"""A family of articles as a tree: every article below the one it was most likely made from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from pipeline.store.lineage import Edge, Head

#: branches do not grow longer than this; what comes after hangs beside
DEEPEST = 60
#: confidences this close to each other say the same
SAME_CONFIDENCE = 0.05

_TRANSLATION = "translation-of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """All relations of two articles in one, from ``copy`` to ``original`` (None: not in the database).

    ``types`` has the one that says most first: languages that differ make a translation of a declared copy.
    """

    copy: int
    original: int | None
    url: str
    types: tuple[str, ...]
    confidence: float
    known: bool
    evidence: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The type that says most."""
        return self.types[0]


@dataclass(slots=True, kw_only=True)
class Node:
    """An article in the tree. ``bond`` ties it to the node above, ``outside`` to originals not in the database."""

    head: Head
    bond: Bond | None = None
    outside: tuple[Bond, ...] = ()
    children: list[Node] = field(default_factory=list)

    @property
    def arrow(self) -> str:
        """``←`` made from the article above, ``→`` the other way round, ``↔`` not known."""
        if self.bond is None or not self.bond.known:
            return "↔"
        return "←" if self.bond.copy == self.head.id else "→"


def walk(root: Node) -> Iterator[Node]:
    """The nodes, each before its children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def time_of(head: Head) -> datetime:
    """When an article was published, or where nothing says when, first seen."""
    return datetime.fromisoformat(head.published or head.first_seen)


def delay(head: Head, root: Head) -> str:
    """How much later than the root an article came, as :func:`after` says it."""
    return after(time_of(head) - time_of(root))


def after(waited: timedelta) -> str:
    """``+41 min``, ``+3 h``, ``+2 d``; ``-5 min`` for earlier."""
    seconds = waited.total_seconds()
    size = abs(seconds)
    units = ((86400 * 2, 86400, "d"), (3600 * 2, 3600, "h"), (0, 60, "min"))
    unit, name = next((unit, name) for least, unit, name in units if size >= least)
    amount = round(size / unit)
    return f"{'-' if seconds < 0 and amount else '+'}{amount} {name}"


# --- bonds ------------------------------------------------------------------------------------------------


def make_bonds(edges: Iterable[Edge], heads: Mapping[int, Head]) -> list[Bond]:
    """One bond for every two articles, and for every article and original outside the database."""
    pairs: dict[tuple[int | str, ...], list[Edge]] = {}
    for edge in edges:
        inside = edge.dst_id is not None
        key = tuple(sorted((edge.src_id, edge.dst_id or 0))) if inside else (edge.src_id, edge.dst_url)
        pairs.setdefault(key, []).append(edge)
    return [_bond(together, heads) for together in pairs.values()]


def _bond(edges: Sequence[Edge], heads: Mapping[int, Head]) -> Bond:
    """The relations of one pair; where they contradict each other, the one known best says which way."""
    best = max(edges, key=lambda edge: (edge.direction_known, edge.confidence, edge.type, -edge.src_id))
    agreeing = [edge for edge in edges if edge.src_id == best.src_id or not edge.direction_known]
    ends = [heads[one].language for one in (best.src_id, best.dst_id or 0) if one in heads]
    foreign = len(set(ends)) > 1 and None not in ends
    types = sorted(
        {edge.type for edge in agreeing}, key=lambda kind: ((kind == _TRANSLATION) != foreign, kind)
    )
    return Bond(
        copy=best.src_id,
        original=best.dst_id,
        url=best.dst_url,
        types=tuple(types),
        confidence=max(edge.confidence for edge in agreeing),
        known=best.direction_known,
        evidence=tuple(dict.fromkeys(line for edge in agreeing for line in edge.evidence)),
    )


# --- the tree ---------------------------------------------------------------------------------------------


def grow(root: int, edges: Iterable[Edge], heads: Mapping[int, Head]) -> Node:
    """The tree of a family. ``heads`` are its members; those that nothing ties to the root are left out."""
    tree = _Growing(root, make_bonds(edges, heads), heads)
    while (found := tree.next_one()) is not None:
        tree.hang(found)
    return tree.nodes[root]


def _leads_from(one: int, bond: Bond) -> bool:
    """Whether it is known that the article was made from the other one."""
    return bond.known and bond.copy == one


class _Growing:
    """A tree while it grows: articles come in when those they were made from are in, the earliest first."""

    def __init__(self, root: int, bonds: Sequence[Bond], heads: Mapping[int, Head]) -> None:
        self.bonds: dict[int, dict[int, Bond]] = {one: {} for one in heads}
        outside: dict[int, list[Bond]] = {}
        for bond in bonds:
            if bond.original is None:
                outside.setdefault(bond.copy, []).append(bond)
            else:
                self.bonds[bond.copy][bond.original] = self.bonds[bond.original][bond.copy] = bond
        self.nodes = {
            one: Node(head=head, outside=tuple(outside.get(one, ()))) for one, head in heads.items()
        }
        self.rank = sorted(heads, key=lambda one: (time_of(heads[one]), one))
        #: how many of an article's known sources are not in yet
        self.lacks = {one: sum(map(partial(_leads_from, one), self.bonds[one].values())) for one in heads}
        self.reached: set[int] = set()
        self.above: dict[int, int] = {}
        self.depth: dict[int, int] = {}
        self._enter(root, 0)

    def _enter(self, one: int, depth: int) -> None:
        """Count an article as in; ``depth`` keeps the order in which they came."""
        self.depth[one] = depth
        self.reached.discard(one)
        for other, bond in self.bonds[one].items():
            if other not in self.depth:
                self.reached.add(other)
                self.lacks[other] -= _leads_from(other, bond)

    def next_one(self) -> int | None:
        """The next article to come in; None where no other is tied to one that is in."""
        waiting = [one for one in self.rank if one in self.reached]
        return next((one for one in waiting if not self.lacks[one]), waiting[0] if waiting else None)

    def hang(self, one: int) -> None:
        """Put an article below the one it was most likely made from."""
        parent = self._parent(one)
        node = self.nodes[one]
        node.bond = self.bonds[one][parent]
        while self.depth[parent] >= DEEPEST:
            parent = self.above[parent]
        self.nodes[parent].children.append(node)
        self.above[one] = parent
        self._enter(one, self.depth[parent] + 1)

    def _parent(self, one: int) -> int:
        """Known to be its source first, then of its own language, then the likeliest; of equals the first."""
        choices = [other for other in self.depth if other in self.bonds[one]]

        def standing(other: int) -> tuple[bool, bool]:
            bond = self.bonds[one][other]
            return _leads_from(one, bond), bond.kind != _TRANSLATION

        best = max(standing(other) for other in choices)
        choices = [other for other in choices if standing(other) == best]
        likeliest = max(self.bonds[one][other].confidence for other in choices)
        return next(
            other for other in choices if self.bonds[one][other].confidence >= likeliest - SAME_CONFIDENCE
        )
