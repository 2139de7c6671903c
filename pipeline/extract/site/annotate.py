"""A page's markup and its outlet's rules -> the markup with marks, and the fields the rules found.

The marks are attributes, so nothing is lost: what a rule cuts is still there to be kept as a removal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.extract.site.evaluate import Evaluator, Node, TooMuchWorkError, evaluator, nodes_of
from pipeline.extract.site.model import Annotated, Found, Selector, SiteRules
from pipeline.extract.site.tree import MAX_MARKUP, parse, serialise
from pipeline.text import clean

MARK = "data-presswatch"
RULE = "data-presswatch-rule"
#: signs of a field that are kept, and how many authors
_FIELD_LENGTH = 1000
_AUTHORS = 20
#: never marked: a rule that cuts the whole page is a mistake, and the others hold no text that is shown
_UNMARKED = frozenset(
    ("html", "head", "body", "script", "style", "meta", "link", "title", "template", "base")
)
#: a span in one of these would be read as text
_NO_SPAN = _UNMARKED | {"textarea", "iframe", "noembed", "noframes", "option", "select"}
_FORGED = etree.XPath(f"//*[@{MARK} or @{RULE}]")
_DECLARED: Mapping[str, str] = {"meta": "content", "time": "datetime"}
#: signs that cannot be put into a tree (but can be read into one)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHOWN_TEXT = "self::text()[not(parent::script or parent::style or parent::template or parent::noscript)]"
_HAS_TEXT = etree.XPath(f"boolean(.//text()[{_SHOWN_TEXT}][normalize-space()])")
#: the text nodes a reader sees, and the elements between which words do not run on
_WORDS = etree.XPath(
    f".//node()[{_SHOWN_TEXT} or self::br or self::p or self::div or self::li]", smart_strings=False
)


@dataclass(slots=True)
class _Page:
    """A parsed page under rules. ``problems`` grows while they are applied."""

    rules: SiteRules
    evaluate: Evaluator
    problems: list[str] = field(default_factory=list)

    def nodes(self, selector: Selector) -> list[Node]:
        """What the selector finds; nothing where it cannot be evaluated (any more)."""
        try:
            return self.evaluate(selector.xpath)
        except TooMuchWorkError:
            cause = "not applied, the rules take too long on this page"
        except etree.XPathError as error:
            cause = str(error)
        self.problems.append(f"{self.rules.source}, {selector.where}: {cause}")
        return []


def annotate(markup: str, rules: SiteRules, url: str) -> Annotated:
    """Apply an outlet's rules to one of its pages. Pure; never fails on any markup.

    ``url`` is the page's address; rules that do not cover it change nothing. A page that is too large, and
    selectors that would take too long on it, are named in ``problems``; the rest is applied.
    """
    if not rules.match(url):
        return Annotated(markup=markup)
    problems: list[str] = []
    tree = parse(_replaced(markup, rules, problems))
    if isinstance(tree, str):
        return Annotated(markup=markup, problems=(f"{rules.source}: {tree}",))
    _take_off_marks(tree.root)
    page = _Page(rules, evaluator(tree), problems)
    title = next(_fields(page, rules.title), None)
    published = next(_fields(page, rules.published), None)
    authors = tuple(_authors(page))
    cuts = [(rules.label(selector.where), page.nodes(selector)) for selector in rules.strip]
    cuts += _named(page)
    body = _mark_all(page, cuts)
    return Annotated(
        markup=serialise(tree.root),
        title=title,
        authors=authors,
        published=published,
        body=body,
        problems=tuple(problems),
    )


def _take_off_marks(root: etree._Element) -> None:
    """A page cannot mark itself."""
    for element in _elements(nodes_of(_FORGED(root))):
        for name in (MARK, RULE):
            if name in element.attrib:
                del element.attrib[name]


def _replaced(markup: str, rules: SiteRules, problems: list[str]) -> str:
    """The page's source with the rules' literal replacements, up to the size that is parsed."""
    for replacement in rules.replacements:
        found = markup.count(replacement.find)
        if len(markup) + found * (len(replacement.put) - len(replacement.find)) > MAX_MARKUP:
            problems.append(
                f"{rules.source}, {replacement.where}: not applied, the page would grow too large"
            )
        elif found:
            markup = markup.replace(replacement.find, replacement.put)
    return markup


def _named(page: _Page) -> list[tuple[str, list[Node]]]:
    """What ``strip_names`` cuts. One look at all names, where an XPath for each would scan the page anew."""
    if not page.rules.strip_names:
        return []
    everything = Selector(xpath="//*[@class or @id]", where=page.rules.strip_names[0].where)
    named = _elements(page.nodes(everything))
    names = [(f"{node.get('class', '')}\n{node.get('id', '')}", node) for node in named]
    return [
        (page.rules.label(name.where), [node for names_of, node in names if name.part in names_of])
        for name in page.rules.strip_names
    ]


def _mark_all(page: _Page, cuts: Sequence[tuple[str, list[Node]]]) -> str | None:
    """Mark what is cut and the body; the label of the rule that found the body.

    The body is looked for before anything is marked, for a selector may ask for attributes and text nodes.
    """
    gone = {node for _, nodes in cuts for node in _markable(nodes)}
    body, label = _body(page, gone)
    for element in body:
        _mark(element, "body", label)
    for cut, nodes in cuts:
        for element in _markable(nodes):
            if element.get(MARK) != "cut":
                _mark(element, "cut", cut)
        for text in nodes:
            if isinstance(text, str):
                _cut_text(text, cut)
    return label or None


def _mark(element: etree._Element, mark: str, label: str) -> None:
    element.set(MARK, mark)
    element.set(RULE, label)


def _body(page: _Page, gone: set[etree._Element]) -> tuple[list[etree._Element], str]:
    """The outermost elements of the first ``container`` that finds one outside of what is cut."""
    for selector in page.rules.container:
        found = {*_elements(page.nodes(selector))}
        outer = [
            node
            for node in found
            if not any(above in gone or above in found for above in node.iterancestors())
        ]
        outer = [node for node in outer if node not in gone and _HAS_TEXT(node)]
        if outer:
            return outer, page.rules.label(selector.where)
    return [], ""


def _elements(nodes: Iterable[Node]) -> Iterator[etree._Element]:
    """The elements among what a selector found, without comments, texts and attributes."""
    return (node for node in nodes if isinstance(node, etree._Element) and isinstance(node.tag, str))


def _markable(nodes: Iterable[Node]) -> Iterator[etree._Element]:
    return (element for element in _elements(nodes) if element.tag not in _UNMARKED)


def _cut_text(text: str, label: str) -> None:
    """Put a text node that a selector found into an element that is marked; attributes are left alone."""
    parent = getattr(text, "getparent", lambda: None)()
    if parent is None or not text.strip() or parent.tag in _NO_SPAN:
        return
    span = etree.Element("span", {MARK: "cut", RULE: label})
    if getattr(text, "is_text", False) and parent.text == text:
        parent.text, span.text = None, _UNFIT.sub("", text)
        parent.insert(0, span)
    elif getattr(text, "is_tail", False) and parent.tail == text:
        parent.tail, span.text = None, _UNFIT.sub("", text)
        parent.addnext(span)


# --- fields ---------------------------------------------------------------------------------------------


def _fields(page: _Page, selectors: Iterable[Selector]) -> Iterator[Found]:
    """What the first selector that finds words finds."""
    for selector in selectors:
        found = [Found(text=text, source=page.rules.label(selector.where)) for text in _words(page, selector)]
        if found:
            yield from found
            return


def _authors(page: _Page) -> Iterator[Found]:
    found = {author.text: author for author in _fields(page, page.rules.authors)}
    yield from [*found.values()][:_AUTHORS]


def _words(page: _Page, selector: Selector) -> Iterator[str]:
    for node in page.nodes(selector):
        text = node if isinstance(node, str) else _shown(node)
        if text := clean(text[: 10 * _FIELD_LENGTH])[:_FIELD_LENGTH]:
            yield text


def _shown(element: etree._Element) -> str:
    """The element's words: a ``meta``'s content, a ``time``'s ``datetime``, otherwise its text."""
    if not isinstance(element.tag, str):
        return element.text or ""
    attribute = _DECLARED.get(element.tag)
    declared = element.get(attribute) if attribute else None
    return declared or "".join(item if isinstance(item, str) else " " for item in nodes_of(_WORDS(element)))
