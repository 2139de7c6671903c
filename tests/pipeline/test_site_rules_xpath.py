"""Selectors under a bound: they find what they found without it, and the worst of them are stopped."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.extract.site.annotate import annotate
from pipeline.extract.site.evaluate import TooMuchWorkError, evaluator
from pipeline.extract.site.ftr import parse_site_config
from pipeline.extract.site.tree import Tree, parse
from pipeline.extract.site.xpath import HEAVY, LIGHT, prepare, prepare_xpath

EXPRESSIONS = """
//div//p
//div[.//p]//p
//div//p[1]
(//div//p)[1]
//div//p[position() < 3]
//div//p[last()]
//div//p[- 1 + 2]
//div//p[a * 1]
//div//p[(a)]
//div//p[count(a)]
//div//p[not(@id)][2]
//div//p[2][not(@id)]
//div//p[a and position() mod 2 = 0]
//div[position() = 1]//a
//div[p[2]]//a/@href
//div[count(.//p) = 2]
//div//p[a/text()='1' or . = "w1"]
//div [ @class ] // p
//p[preceding::p[@id]]
//p[count(preceding::p) > 1]
//p/following-sibling::*
//a/parent::p/following-sibling::p[1]
//p | //div[a]
//p/self::p | //p/following-sibling::*
//a/..
//p[../a]
//body/div/p[../p[@id]]
//p[a = //a]
//p[//a/@id=@id]
//div//*[not(self::p)]
//div//a[string-length(.) > 2]//text()
//*[contains(@class,'a') or contains(concat(' ', @id, ' '), ' b ')]//text()
//div[@class='a' and .//a[@href]]/p[a]//text()[normalize-space()]
//*[name() = 'p']/ancestor::div[1]
//*[self::p or self::div][a]/descendant::a
//div//@*
//div//./p
//div//child::p[1]
//div//comment()
//p//node()[self::a]
//div//div[div]
//*[@id="x"]//p
id('x')//p
substring-before(//div//p, 'w')
string(//div//p[2])
count(//div//p)
html//div//p
""".strip().splitlines()
#: on ten thousand elements each of these takes libxml2 alone more than a second, some of them hours
SLOW = (
    "//p/following-sibling::*",
    "//p/following::*",
    "//p[preceding::p[@id]]",
    "//p[../p[@id]]",
    "//div//p//preceding::*//following::*",
    "//*[.//*[.//*[@id='q']]]",
    "//a[@href=//p/@id]",
    "//div//div//div//p",
)


def document(seed: int) -> Tree:
    """A small page of nested divs, paragraphs and links with few names, so that selectors find things."""
    choose = random.Random(seed)

    def inside(depth: int) -> str:
        return "".join(element(depth) for _ in range(choose.randint(1, 4)))

    def element(depth: int) -> str:
        tag = choose.choice(["div", "p", "a", "p"])
        attributes = choose.choice(["", " class=a", " id=x", " class='a b' id=b", " href=u"])
        link = choose.choice(["", "<a id=x>1</a>", "<!-- c -->"])
        content = inside(depth + 1) if tag == "div" and depth < 5 else f"w{choose.randint(0, 3)}{link}"
        return f"<{tag}{attributes}>{content}</{tag}>"

    tree = parse(f"<html><body>{inside(0)}</body></html>")
    assert isinstance(tree, Tree)
    return tree


@given(st.sampled_from(EXPRESSIONS), st.integers(0, 100_000))
@settings(max_examples=150, deadline=None)
def test_a_selector_finds_the_same_with_and_without_marks(expression: str, seed: int) -> None:
    tree = document(seed)
    plain = etree.XPathDocumentEvaluator(tree.root.getroottree(), regexp=False)(expression)
    expected = plain if isinstance(plain, list) else [plain if isinstance(plain, str) else f"{plain:g}"]
    assert evaluator(tree)(prepare_xpath(expression)) == expected


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_scans_more_than_once_is_marked(expression: str) -> None:
    marked = prepare_xpath(expression)
    assert (HEAVY in marked or LIGHT in marked) == (expression not in ("id('x')//p",))


@pytest.mark.parametrize(
    "expression",
    ["//p", "//div[contains(@class, 'a b')]/p[1]", "//meta[@name='x']/@content", "/html/body/p[2]"],
)
def test_a_single_scan_is_left_as_it_is(expression: str) -> None:
    assert prepare_xpath(expression) == expression


@pytest.mark.parametrize(
    ("css", "count"), [("p", 3), ("div > p", 2), ("div p.a", 1), ("p + p, a", 2), ("#x p:first-of-type", 1)]
)
def test_css_selects(css: str, count: int) -> None:
    tree = parse("<div id=x><p class='b a'>1</p><p>2</p></div><section><p>3</p></section><a>4</a>")
    assert isinstance(tree, Tree)
    assert len(evaluator(tree)(prepare(css))) == count


@pytest.mark.parametrize("expression", SLOW)
def test_the_worst_is_stopped(expression: str) -> None:
    page = "<div>" * 60 + "<div><p id=a>word <a href=b>link</a></p></div>" * 5000
    tree = parse(page)
    assert isinstance(tree, Tree)
    began = time.process_time()
    with pytest.raises(TooMuchWorkError):
        evaluator(tree)(prepare_xpath(expression))
    assert time.process_time() - began < 3


def test_one_slow_selector_does_not_stop_the_others() -> None:
    page = "<p>word</p>" * 10_000 + "<h1>Title</h1>"
    rules = parse_site_config("strip: //p/following::p\ntitle: //h1\nbody: //div\nstrip: //h1", "x.txt")
    found = annotate(page, rules, "https://x.example/")
    assert found.problems == ("x.txt, 1: not applied, the rules take too long on this page",)
    assert found.title is not None
    assert 'data-presswatch-rule="site:x.txt:4">Title' in found.markup
