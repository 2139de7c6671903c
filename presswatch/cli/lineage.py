"""``lineage``: what an article was copied or translated from, and what was made of it, with the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import click

from pipeline.store import browse, cli_queries
from pipeline.store.cli_queries import Edge, Head
from presswatch.cli.context import App, pass_app
from presswatch.cli.output import print_json
from presswatch.cli.terminal import safe
from presswatch.cli.words import when


@click.command(epilog="Example: presswatch lineage 17")
@click.argument("article", metavar="ID|URL")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def lineage(app: App, article: str, as_json: bool) -> None:
    """Show an article's copies, translations and originals as a tree, each with the evidence."""
    with app.read() as store:
        asked = browse.resolve(store, article)
        edges = cli_queries.lineage_around(store, asked)
        ends = {end for edge in edges for end in (edge.src_id, edge.dst_id) if end is not None}
        heads = cli_queries.heads(store, sorted(ends | {asked}))
    if as_json:
        listed = [asdict(head) for head in heads.values()]
        print_json({"id": asked, "articles": listed, "relations": [asdict(edge) for edge in edges]})
        return
    for line in tree_lines(asked, edges, heads):
        click.echo(line)


@dataclass(frozen=True, slots=True)
class _Tree:
    edges: Sequence[Edge]
    heads: Mapping[int, Head]


def tree_lines(asked: int, edges: Sequence[Edge], heads: Mapping[int, Head]) -> Iterator[str]:
    """The relations as a tree whose root is the article asked for; no article appears twice.

    ``→`` leads from a copy to its original, ``←`` from an original to what was made of it; ``↔`` where which
    came first is not known.
    """
    yield _name(heads[asked])
    if not edges:
        yield "no copies, translations or originals of it are known"
    yield from _branches(_Tree(edges, heads), asked, {asked}, "")


def _branches(tree: _Tree, node: int, seen: set[int], indent: str) -> Iterator[str]:
    """The lines below a node. ``seen`` grows: every article stands where it is nearest to the root."""
    branches = _new_neighbours(tree, node, seen)
    seen.update(other for _, other in branches if other is not None)
    for index, (edge, other) in enumerate(branches):
        last = index == len(branches) - 1
        below = indent + ("   " if last else "│  ")
        yield f"{indent}{'└─' if last else '├─'} {_relation(edge, node)} {_far_end(tree, edge, other)}"
        for line in edge.evidence:
            yield f"{below}   {safe(line)}"
        if other is not None:
            yield from _branches(tree, other, seen, below)


def _new_neighbours(tree: _Tree, node: int, seen: set[int]) -> list[tuple[Edge, int | None]]:
    """The edges to articles not shown yet, one an article; those that leave the database all."""
    found: dict[int | str, tuple[Edge, int | None]] = {}
    for edge in tree.edges:
        other = _other_end(edge, node)
        if _touches(edge, node) and other not in seen:
            found.setdefault(edge.dst_url if other is None else other, (edge, other))
    return list(found.values())


def _touches(edge: Edge, node: int) -> bool:
    return node in (edge.src_id, edge.dst_id)


def _other_end(edge: Edge, node: int) -> int | None:
    return edge.dst_id if edge.src_id == node else edge.src_id


def _relation(edge: Edge, node: int) -> str:
    arrow = "↔" if not edge.direction_known else "→" if edge.src_id == node else "←"
    return f"{arrow} {edge.type} ({edge.confidence:.2f})"


def _far_end(tree: _Tree, edge: Edge, other: int | None) -> str:
    head = tree.heads.get(other) if other is not None else None
    return _name(head) if head else f"{safe(edge.dst_url)} (not in the database)"


def _name(head: Head) -> str:
    return safe(f"[{head.id}] {head.outlet}, {when(head.published or head.first_seen)}: {head.title}")
