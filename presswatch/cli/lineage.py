"""``lineage``: what an article was copied or translated from, and what was made of it, with the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import UsageError
from pipeline.store import browse, stories
from pipeline.store import lineage as families
from pipeline.store.lineage import Edge, Family, Head
from pipeline.store.stories import Size
from presswatch.cli.context import App, pass_app
from presswatch.cli.lineage_tree import Bond, Node, delay, grow, make_bonds, time_of
from presswatch.cli.output import print_json
from presswatch.cli.reading import story_lines
from presswatch.cli.terminal import rtl_line, safe
from presswatch.cli.words import when

if TYPE_CHECKING:
    from pipeline.store.connection import Store

_HEADINGS = {"quotes": "quotes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """What there is to tell of an article: its family as a tree, and what it is tied to beside that."""

    family: Family
    heads: Mapping[int, Head]
    tree: Node
    #: the story that the article asked for is part of
    story: Size | None = None

    @property
    def asked(self) -> int:
        """The article asked for."""
        return self.family.asked

    def aside(self, kind: str) -> list[Bond]:
        """The relations of one type that make no family, the likeliest first."""
        return make_bonds([edge for edge in self.family.aside if edge.type == kind], self.heads)


@click.command(
    epilog="Examples: presswatch lineage 17; presswatch lineage 17 --svg family.svg; "
    "presswatch lineage 17 --json | jq .tree"
)
@click.argument("article", metavar="ID|URL")
@click.option("--svg", metavar="FILE", help='Draw a picture into FILE ("-": standard output).')
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="Show at most so many articles of the family, and of each list below it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@pass_app
def lineage(app: App, article: str, svg: str | None, limit: int, as_json: bool) -> None:
    """Show an article's copies, translations and originals as a tree, each with the evidence.

    The original stands at the root, the article asked for is marked with ◄. ← made from the article above it,
    → the other way round, ↔ not known which came first. Below the tree: who quotes whom.
    """
    if svg == "-" and as_json:
        raise UsageError("--svg - and --json both want the standard output; name a file for the picture")
    with app.read() as store:
        kin = kin_of(store, browse.resolve(store, article), limit)
    if svg:
        _draw(app, kin, svg, limit)
    if as_json:
        print_json(kin_json(kin))
    elif not svg:
        for line in kin_lines(kin, limit):
            click.echo(line)


def kin_of(store: Store, article_id: int, limit: int) -> Kin:
    """The family of an article, at most ``limit`` members of it, and what else it is tied to."""
    family = families.family(store, article_id, limit)
    ends = {end for edge in family.aside for end in (edge.src_id, edge.dst_id) if end is not None}
    heads = families.heads(store, sorted(ends | set(family.members)))
    members = {one: heads[one] for one in family.members}
    return Kin(
        family=family,
        heads=heads,
        tree=grow(family.root, family.edges, members),
        story=stories.size_of_story(store, article_id),
    )


def _draw(app: App, kin: Kin, file: str, limit: int) -> None:
    from presswatch.cli.lineage_svg import Quote, picture

    quotes = kin.aside("quotes")[:limit]
    drawn = picture(
        kin.tree,
        asked=kin.asked,
        quotes=[Quote(bond=bond, heads=kin.heads) for bond in quotes],
        note=_rest(kin.family),
    )
    if file == "-":
        click.echo(drawn, nl=False)
        return
    try:
        Path(file).write_text(drawn, encoding="utf-8")
    except OSError as error:
        message = f"{file}: cannot be written ({error.strerror})"
        raise UsageError(message) from error
    app.say(f"picture written to {file}")


# --- for people -------------------------------------------------------------------------------------------


def kin_lines(kin: Kin, limit: int) -> Iterator[str]:
    """The tree, then what makes no family: at most ``limit`` lines of a kind."""
    yield from _tree_lines(kin)
    rest = _rest(kin.family)
    if rest:
        yield rest
    for kind, heading in _HEADINGS.items():
        bonds = kin.aside(kind)
        if bonds:
            yield f"\n{heading}"
        for bond in bonds[:limit]:
            yield from _aside_lines(kin, bond)
        if len(bonds) > limit:
            yield f"and {len(bonds) - limit:,} more"
    yield from (f"\n{line}" for line in story_lines(kin.story))


def _rest(family: Family) -> str:
    """How many of the family are not shown; nothing where all are."""
    more = family.count - len(family.members)
    least = "" if family.counted_all else "at least "
    return f"and {least}{more:,} more of {family.count:,} articles in all" if more > 0 else ""


def _tree_lines(kin: Kin) -> Iterator[str]:
    """The tree from its root down, without recursion: a family may be a chain."""
    tree = kin.tree
    yield _name(tree.head, kin)
    if not (tree.children or tree.outside):
        yield "no copies, translations or originals of it are known"
    yield from _outside_lines(tree, "" if not tree.children else "│  ")
    waiting = [(child, "", child is tree.children[-1]) for child in reversed(tree.children)]
    while waiting:
        node, indent, last = waiting.pop()
        below = indent + ("   " if last else "│  ")
        yield f"{indent}{'└─' if last else '├─'} {_relation(node)} {_name(node.head, kin)}"
        under = below + ("│  " if node.children else "   ")
        yield from (f"{under}{safe(line)}" for line in (node.bond.evidence if node.bond else ()))
        yield from _outside_lines(node, under)
        waiting.extend((child, below, child is node.children[-1]) for child in reversed(node.children))


def _outside_lines(node: Node, indent: str) -> Iterator[str]:
    """The originals that an article names and the database does not have."""
    for bond in node.outside:
        arrow = "→" if bond.known else "↔"
        kinds = ", ".join(bond.types)
        yield f"{indent}{arrow} {kinds} ({bond.confidence:.2f}) {safe(bond.url)} (not in the database)"
        yield from (f"{indent}   {safe(line)}" for line in bond.evidence)


def _relation(node: Node) -> str:
    assert node.bond is not None
    return f"{node.arrow} {', '.join(node.bond.types)} ({node.bond.confidence:.2f})"


def _name(head: Head, kin: Kin) -> str:
    """Number, outlet, language, time, delay and title; the article asked for stands out."""
    root = kin.tree.head
    later = delay(head, root) if head.id != root.id else ""
    facts = ", ".join(filter(None, (head.outlet, head.language, when(head.published or head.first_seen)))) + (
        f" ({later})" if later else ""
    )
    line = f"{safe(f'[{head.id}] {facts}')}: {_title(head)}"
    if head.id != kin.asked or len(kin.family.members) == 1:
        return line
    # Escape sequences around a right-to-left title would stand on the wrong side of it.
    return f"{line} ◄" if head.direction == "rtl" else click.style(f"{line} ◄", bold=True)


def _title(head: Head) -> str:
    return rtl_line(head.title) if head.direction == "rtl" else safe(head.title)


def _aside_lines(kin: Kin, bond: Bond) -> Iterator[str]:
    from_here = bond.copy == kin.asked
    other = kin.heads.get((bond.original or 0) if from_here else bond.copy)
    arrow = "↔" if not bond.known else "→" if from_here else "←"
    name = _name(other, kin) if other else f"{safe(bond.url)} (not in the database)"
    yield f"{arrow} ({bond.confidence:.2f}) {name}"
    yield from (f"      {safe(line)}" for line in bond.evidence)


# --- for programs -----------------------------------------------------------------------------------------


def kin_json(kin: Kin) -> dict[str, Any]:
    """The document of ``lineage --json``."""
    family = kin.family
    edges: Sequence[Edge] = (*family.edges, *family.aside)
    return {
        "id": kin.asked,
        "articles": [asdict(kin.heads[one]) for one in sorted(kin.heads)],
        "relations": [asdict(edge) for edge in edges],
        "family": {
            "original": family.root,
            "articles": family.count,
            "shown": len(family.members),
            "complete": family.counted_all,
        },
        "tree": _tree_json(kin),
        "story": kin.story.story if kin.story else None,
    }


def _tree_json(kin: Kin) -> dict[str, Any]:
    """The tree as documents within documents; ``type`` and what follows it tie a node to the one around it."""
    top = _node_json(kin, kin.tree)
    waiting = [(kin.tree, top)]
    while waiting:
        node, document = waiting.pop()
        below = [_node_json(kin, child) for child in node.children]
        document["children"].extend(below)
        waiting.extend(zip(node.children, below, strict=True))
    return top


def _node_json(kin: Kin, node: Node) -> dict[str, Any]:
    head = node.head
    document: dict[str, Any] = {
        "id": head.id,
        "url": head.url,
        "asked": head.id == kin.asked,
        "delay_seconds": round((time_of(head) - time_of(kin.tree.head)).total_seconds()),
    }
    if node.bond:
        made = "unknown" if not node.bond.known else "copy" if node.bond.copy == head.id else "original"
        document |= _bond_json(node.bond) | {"is": made}
    outside = [_bond_json(bond) | {"url": bond.url} for bond in node.outside]
    return document | {"not_in_database": outside, "children": []}


def _bond_json(bond: Bond) -> dict[str, Any]:
    return {
        "type": bond.kind,
        "types": list(bond.types),
        "confidence": bond.confidence,
        "direction_known": bond.known,
        "evidence": list(bond.evidence),
    }
