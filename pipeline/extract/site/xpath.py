"""Selectors made safe to evaluate: CSS becomes XPath, and XPath that can take long gets marks to stop it at.

libxml2 evaluates ``//p/following-sibling::*`` in time that grows with the cube of the page and cannot be
interrupted. So every step of an expression that scans the page more than once gets a predicate that is
always true, ``[g:t()]`` or ``[g:l()]``: functions of ours (``evaluate``), which count and stop the
evaluation. ``//p`` in such an expression becomes ``/descendant::p``, which is the same (XPath 1.0, 2.5)
unless a predicate counts positions, and visits fewer nodes.

Grammar: XML Path Language (XPath) 1.0, section 3.7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cssselect import ExpressionError, HTMLTranslator, SelectorError
from lxml import etree

#: the predicates that count; their prefix is bound where the expression is evaluated. After ``HEAVY`` the
#: whole page may be scanned once, ``LIGHT`` stands where nothing follows.
HEAVY = "[g:t()]"
LIGHT = "[g:l()]"
MAX_LENGTH = 4000
_MAX_BRACKETS = 100
_TOKEN = re.compile(
    r"\s*(\"[^\"]*\"|'[^']*'|[0-9]+(?:\.[0-9]*)?|\.[0-9]+|[^\W\d][\w.-]*(?::(?!:)(?:\*|[^\W\d][\w.-]*))?"
    r"|::|//|\.\.|!=|<=|>=|[\[\]()@,./|+=<>*-])"
)
_NAME = re.compile(r"[^\W\d]")
_NODE_TYPES = frozenset(("node", "text", "comment", "processing-instruction"))
#: axes that visit more than a node's children
_SCANS = frozenset(("parent", "preceding", "preceding-sibling", "following", "following-sibling"))
_SCANS |= {"ancestor", "ancestor-or-self", "descendant", "descendant-or-self"}
_NUMBERS = frozenset(("position", "last", "count", "string-length", "number", "sum", "floor", "ceiling"))
_NUMBERS |= {"round"}
_FUNCTIONS = _NUMBERS | {"id", "local-name", "namespace-uri", "name", "string", "concat", "starts-with"}
_FUNCTIONS |= {"contains", "substring-before", "substring-after", "substring", "normalize-space", "translate"}
_FUNCTIONS |= {"boolean", "not", "true", "false", "lang"}
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">=", "and", "or"))
_ARITHMETIC = frozenset(("+", "-", "*", "div", "mod"))
#: after these (and at the beginning) stands an operand: ``*`` is a wildcard and ``div`` an element
_BEFORE_OPERAND = _COMPARISONS | _ARITHMETIC | {"@", "::", "(", "[", ",", "/", "//", "|", ""}


def prepare(selector: str) -> str:
    """The XPath to evaluate for a CSS selector or an XPath (what begins with ``/`` or ``(``).

    Raises ``ValueError`` with the cause.
    """
    if selector.startswith(("/", "(")):
        return prepare_xpath(selector)
    try:
        return prepare_xpath(HTMLTranslator().css_to_xpath(selector, prefix="//"))
    except (SelectorError, ExpressionError) as error:
        raise ValueError(f"{selector!r} is no CSS selector ({error})") from None


def prepare_xpath(xpath: str) -> str:
    """The XPath, with marks where it scans a page more than once. Raises ``ValueError`` with the cause."""
    if len(xpath) > MAX_LENGTH or xpath.count("[") + xpath.count("(") > _MAX_BRACKETS:
        raise ValueError(f"the XPath is too long ({MAX_LENGTH} signs, {_MAX_BRACKETS} brackets)")
    try:
        etree.XPath(xpath, regexp=False)
    except etree.XPathError as error:
        raise ValueError(f"{xpath!r} is no XPath ({error})") from None
    writer = _Writer(xpath, _tokens(xpath))
    marked = writer.write("")
    return marked if writer.scans > 1 else xpath


def _tokens(xpath: str) -> list[re.Match[str]]:
    tokens = []
    at = 0
    end = len(xpath.rstrip())
    while at < end:
        match = _TOKEN.match(xpath, at)
        if match is None:
            raise ValueError(f"{xpath!r}: {xpath[at : at + 10]!r} is not understood")
        tokens.append(match)
        at = match.end()
    return tokens


@dataclass(slots=True)
class _Writer:
    """Writes a valid XPath again, with marks."""

    xpath: str
    tokens: Sequence[re.Match[str]]
    at: int = 0
    #: axes, unions and the like that visit more than a node's children
    scans: int = 0
    #: round brackets and square ones around the present token
    _rounds: int = 0
    _squares: int = 0

    def write(self, closing: str) -> str:
        """Everything up to the token ``closing`` ("" is the end), which is left behind."""
        pieces: list[str] = []
        before = slashes = axis = ""
        while self._peek() != closing:
            word = self._take()
            if word == "//":
                slashes = word
                self.scans += 1
            elif word == "@" or self._peek() == "::":
                axis = self._axis(word)
                word = "::"
            elif _is_node_test(word, before, self._peek()):
                pieces.append(self._step(slashes, axis, word))
                slashes = axis = ""
                word = "name"
            else:
                pieces.append(self._other(word, slashes))
                slashes = ""
                word = ")" if word in ("(", "[") else word
            before = word
        self.at += 1
        return "".join(pieces)

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def _axis(self, word: str) -> str:
        if word == "@":
            return word
        self.scans += word in _SCANS
        return word + self._take()

    def _other(self, word: str, slashes: str) -> str:
        """An operator, a literal, a function's name, ``.`` or ``..``, or a bracket with all in it."""
        if word == "(":
            self._rounds += 1
            inner = self.write(")")
            self._rounds -= 1
            return f"({inner})"
        if word == "[":
            return self._predicate()[0]
        operator = word in _COMPARISONS | _ARITHMETIC
        if self._peek() == "(" and not operator and word not in _FUNCTIONS and _NAME.match(word):
            raise ValueError(f"there is no function {word}()")
        self.scans += word in ("|", "..")
        whole = f" {word} " if operator else word
        return f"/descendant-or-self::node(){HEAVY}/{whole}" if slashes else whole

    def _step(self, slashes: str, axis: str, test: str) -> str:
        if ":" in test:
            raise ValueError(f"{test!r}: prefixes are not known here")
        if test in _NODE_TYPES and self._peek() == "(":
            start = self.at
            while self._take() != ")":
                pass
            test += "".join(token[1] for token in self.tokens[start : self.at])
        predicates, scanning, positional = self._predicates()
        mark = self._mark(axis, scans=scanning < len(predicates))
        step = axis + test + "".join(predicates[:scanning]) + mark + "".join(predicates[scanning:])
        if not slashes:
            return step
        return f"/descendant-or-self::node(){HEAVY}/{step}" if axis or positional else f"/descendant::{step}"

    def _mark(self, axis: str, *, scans: bool) -> str:
        if axis in ("@", "attribute::") and self._squares:
            return ""
        return HEAVY if scans or self._rounds or self._peek() in ("/", "//") else LIGHT

    def _predicates(self) -> tuple[list[str], int, bool]:
        """The predicates, how many stand before the first that scans, whether one counts positions."""
        written: list[str] = []
        scanning: int | None = None
        positional = False
        while self._peek() == "[":
            self.at += 1
            start = self.at
            text, scans = self._predicate()
            if scans and scanning is None:
                scanning = len(written)
            written.append(text)
            words = [token[1] for token in self.tokens[start : self.at - 1]]
            positional = positional or _counts_positions(words)
        return written, len(written) if scanning is None else scanning, positional

    def _predicate(self) -> tuple[str, bool]:
        """A predicate whose ``[`` is behind us, and whether it scans. As it was where it does not."""
        start, scans, rounds = self.tokens[self.at].start(), self.scans, self._rounds
        self._rounds = 0
        self._squares += 1
        inner = self.write("]")
        self._squares -= 1
        self._rounds = rounds
        if self.scans == scans:
            return f"[{self.xpath[start : self.tokens[self.at - 1].start()]}]", False
        self.scans += 1  # a scan for every node: never a single one
        return f"[{inner}]", True


def _is_node_test(word: str, before: str, after: str) -> bool:
    if before not in _BEFORE_OPERAND:
        return False
    return word == "*" or (_NAME.match(word) is not None and (after != "(" or word in _NODE_TYPES))


def _counts_positions(predicate: Sequence[str]) -> bool:
    """Whether the predicate may be a number, or asks for one of the place. In doubt it does."""
    if "position" in predicate or "last" in predicate:
        return True
    depth = 0
    outer = []
    for word in predicate:
        depth -= word in (")", "]")
        if depth == 0:
            outer.append(word)
        depth += word in ("(", "[")
    if any(word in _COMPARISONS for word in outer):
        return False
    first = outer[0]
    return first in _NUMBERS or first[0].isdigit() or first in ("(", "-") or bool(_ARITHMETIC & {*outer[1:]})
