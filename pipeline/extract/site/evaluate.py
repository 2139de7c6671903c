"""Evaluating selectors on one page within a bounded amount of work."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from pipeline.extract.site.tree import Tree

#: visits of nodes for all selectors of a page together. One takes 10 to 30 ns; a page of 1,000 elements and
#: fifty selectors needs 3 million.
BUDGET = 80_000_000
#: the part of it that one selector may spend, so that the others still work
_SHARE = 4
_NAMESPACE = "urn:presswatch:count"

Node = etree._Element | str


def nodes_of(value: object) -> list[Node]:
    """The elements, comments, texts and attributes in the value of an XPath; a text or number as a text."""
    if isinstance(value, bool):
        return []
    if isinstance(value, float):
        return [f"{value:g}"]
    found = value if isinstance(value, list) else [value]
    return [node for node in found if isinstance(node, etree._Element | str)]


class TooMuchWorkError(Exception):
    """The selector's share of the budget is spent, or all of it."""


@dataclass(slots=True)
class Evaluator:
    """Evaluates XPath on one tree. A call that takes too much raises ``TooMuchWorkError``."""

    nodes: int
    #: what one scan of the tree costs at most: string values are made for every element from all below it
    scan: int
    #: visits left for all calls to come, and for the present one
    left: int
    share: int
    _here: int = 0
    _evaluate: etree.XPathDocumentEvaluator | None = None

    def __call__(self, xpath: str) -> list[Node]:
        """Elements, comments, texts and attributes a prepared expression finds; its value where it is a text.

        Raises ``etree.XPathError`` for an expression that cannot be evaluated.
        """
        self._here = self.share
        self._pay(self.scan)
        assert self._evaluate is not None
        return nodes_of(self._evaluate(xpath))

    def heavy(self, _context: object) -> bool:
        """The function of ``xpath.HEAVY``: behind it may stand a scan of the whole tree."""
        self._pay(self.nodes)
        return True

    def light(self, _context: object) -> bool:
        """The function of ``xpath.LIGHT``: what is found is compared with all that was found before."""
        self._pay(self.nodes // 16 + 1)
        return True

    def _pay(self, visits: int) -> None:
        self.left -= visits
        self._here -= visits
        if self.left < 0 or self._here < 0:
            raise TooMuchWorkError


def evaluator(tree: Tree, budget: int = BUDGET) -> Evaluator:
    """An evaluator for the page that visits at most about ``budget`` nodes."""
    made = Evaluator(tree.tags, tree.tags * tree.depth, budget, budget // _SHARE)
    functions = {(_NAMESPACE, "t"): made.heavy, (_NAMESPACE, "l"): made.light}
    made._evaluate = etree.XPathDocumentEvaluator(
        tree.root.getroottree(), namespaces={"g": _NAMESPACE}, extensions=functions, regexp=False
    )
    return made
