"""Outlet rules in TOML: what they mark on a page, when they apply, and how mistakes in them are told."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.catalogue.loader import build_catalogue
from pipeline.errors import UsageError
from pipeline.extract.site.annotate import MARK, RULE, annotate
from pipeline.extract.site.lookup import open_folders, rules_for
from pipeline.extract.site.model import SiteRules
from pipeline.extract.site.tables import parse_rules

URL = "https://gazette.example/story"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EMPTY = build_catalogue([])
LOOSE = '</div>loose words<div class="story">'
PAGE = f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><title>عنوان</title>
<meta name="pubdate" content="2025-05-02"><script type="application/ld+json">
{{"headline": "a </b> & <i>", "name": "Кирилиця"}}</script></head>
<body><h1>The <em>ferry</em><br>returns</h1><div class="by"><a>Ann Lee</a> <a>Bo Ek</a><a>Ann Lee</a></div>
<div class="story">مرحبا بالعالم<p>First one.</p><div class="promo"><p>Buy it</p>{LOOSE}\
<p>Second & last.</p></div></div><time datetime="2025-05-03T09:00Z">yesterday</time></body></html>"""

OUTLET = """
id = "gazette"
name = "The Gazette"
home = "https://gazette.example/"
country = "GB"
language = "en"
timezone = "Europe/London"
hosts = ["gazette.example"]
[[feeds]]
url = "https://gazette.example/rss"
"""


def rules(**table: object) -> SiteRules:
    (found,) = parse_rules([table], "gazette")
    return found


def marks(markup: str) -> dict[str, list[str]]:
    """Mark -> the text of each element that bears it."""
    found: dict[str, list[str]] = {}
    for element in html.document_fromstring(markup).iter():
        if element.get(MARK):
            found.setdefault(f"{element.get(MARK)} {element.get(RULE)}", []).append(
                " ".join(str(element.text_content()).split())
            )
    return found


# --- applying -------------------------------------------------------------------------------------------


def test_body_and_cuts_are_marked_and_nothing_is_lost() -> None:
    found = annotate(PAGE, rules(container=".story", strip=[".nothing", "div.promo"]), URL)
    assert marks(found.markup) == {
        "body site:gazette:container": ["مرحبا بالعالمFirst one.Buy itloose wordsSecond & last."],
        "cut site:gazette:strip.2": ["Buy it"],
    }
    assert found.body == "site:gazette:container"
    assert found.problems == ()
    before, after = (html.document_fromstring(page) for page in (PAGE, found.markup))
    assert after.text_content() == before.text_content()
    assert json.loads(after.findtext(".//script")) == {"headline": "a </b> & <i>", "name": "Кирилиця"}
    assert (after.get("dir"), found.markup[:15]) == ("rtl", "<!DOCTYPE html>")


def test_fields_with_their_sources() -> None:
    found = annotate(PAGE, rules(title=["h6", "h1"], authors=".by a", date="time"), URL)
    assert found.title is not None
    assert (found.title.text, found.title.source) == ("The ferry returns", "site:gazette:title.2")
    assert [author.text for author in found.authors] == ["Ann Lee", "Bo Ek"]
    assert found.published is not None
    assert found.published.text == "2025-05-03T09:00Z"
    assert found.body is None


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ("meta[name=pubdate]", "2025-05-02"),
        ("//meta/@content", "2025-05-02"),
        ("(//time)[1]", "2025-05-03T09:00Z"),
        ("//time/text()", "yesterday"),
    ],
)
def test_a_date_is_found_as_css_or_xpath(selector: str, text: str) -> None:
    published = annotate(PAGE, rules(date=selector), URL).published
    assert published is not None
    assert published.text == text


def test_a_text_node_is_cut_by_an_element_around_it() -> None:
    found = annotate(PAGE, rules(container=".story", strip="//div/text()[contains(., 'loose')]"), URL)
    assert marks(found.markup)["cut site:gazette:strip"] == ["loose words"]
    first = annotate(PAGE, rules(strip="//div[@class='story']/text()[1]"), URL)
    assert "مرحبا بالعالم" in marks(first.markup)["cut site:gazette:strip"]
    assert "مرحبا بالعالم</span><p>First" in first.markup


def test_a_container_within_what_is_cut_is_passed_over() -> None:
    found = annotate(PAGE, rules(container=[".promo p", ".story p"], strip=".promo"), URL)
    assert marks(found.markup)["body site:gazette:container.2"] == ["First one.", "Second & last."]


def test_a_rule_never_cuts_the_whole_page() -> None:
    found = annotate(PAGE, rules(strip=["//*", "//@class", "//comment()"]), URL)
    document = html.document_fromstring(found.markup)
    assert [document.find(tag).get(MARK) for tag in ("head", "body")] == [None, None]
    assert document.find(".//script").get(MARK) is None


def test_a_page_cannot_mark_itself() -> None:
    page = f'<p {MARK}="cut" {RULE}="site:x:1">One</p><p DATA-PRESSWATCH=body>Two data-presswatch</p>'
    found = annotate(page, rules(container=".story"), URL)
    assert marks(found.markup) == {}
    assert "Two data-presswatch" in found.markup


@pytest.mark.parametrize(
    "page", ["", "\0", "<" * 100_000, "<p>" * 70_000, "<b>" * 3000, "<?xml version='1.0'?>", "<!--", "]]>"]
)
def test_any_markup_is_answered(page: str) -> None:
    found = annotate(page, rules(container="p", strip="//text()", title="h1"), URL)
    assert found.title is None


def test_a_page_that_is_too_large_or_deep_is_left_as_it_is() -> None:
    for page, cause in (("<p>" * 70_000, "too large"), ("<b>" * 3000 + "x", "nested too deeply")):
        found = annotate(page, rules(container="p"), URL)
        assert found.markup is page
        assert re.fullmatch(f"gazette: the page is {cause}.*", *found.problems)


@given(
    st.lists(
        st.sampled_from(
            ["<div class=a>", "</div>", "<p id=b>", "</p>", "one ", "דו ", "&lt;&amp;", "<!-- c -->"]
        )
        | st.text(max_size=5),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_marking_keeps_every_word(pieces: list[str]) -> None:
    """Compared with a run of rules that find nothing, for the parser itself mends broken markup."""
    page = "<body>x" + "".join(pieces)
    plain = annotate(page, rules(container="h6"), URL).markup
    marked = annotate(page, rules(container=".a", strip=["#b", "//div/text()", "p + p"]), URL).markup
    without_marks = re.sub(f"<span {MARK}[^>]*>(.*?)</span>", r"\1", marked, flags=re.DOTALL)
    texts = [html.document_fromstring(each).text_content() for each in (plain, without_marks)]
    assert re.sub(r"[\x00-\x1f\ufffe\uffff]", "", texts[0]) == re.sub(
        r"[\x00-\x1f\ufffe\uffff]", "", texts[1]
    )


# --- which rules ----------------------------------------------------------------------------------------


def test_rules_are_chosen_by_day_and_address() -> None:
    old, live, new = parse_rules(
        [
            {"valid_until": date(2025, 3, 31), "container": ".old"},
            {"url": "/live/", "container": ".live"},
            {"container": ".new"},
        ],
        "gazette",
    )
    text = OUTLET.replace("[[feeds]]", "[[rules]]\ncontainer = 'p'\n[[feeds]]")
    assert len(build_catalogue([("gb/gazette.toml", text)]).rules_of("m.gazette.example")) == 1
    last_day = datetime(2025, 3, 31, 23, 59, tzinfo=UTC)
    assert old.covers(URL, last_day)
    assert not old.covers(URL, datetime(2025, 4, 1, tzinfo=UTC))
    assert new.covers(URL, NOW)
    assert live.covers("https://gazette.example/live/1", NOW)
    assert not live.covers(URL, NOW)


def test_the_catalogue_s_rules_are_found_and_the_user_s_own_come_first(tmp_path: Path) -> None:
    text = OUTLET + "[[rules]]\nvalid_until = 2025-03-31\ncontainer = '.old'\n[[rules]]\ncontainer = '.new'\n"
    catalogue = build_catalogue([("gb/gazette.toml", text)])
    old = rules_for(URL, datetime(2024, 1, 1, tzinfo=UTC), catalogue=catalogue)
    new = rules_for(URL.replace("gazette", "www.gazette"), NOW, catalogue=catalogue)
    assert old is not None
    assert old.valid_until == date(2025, 3, 31)
    assert new is not None
    assert new.valid_until is None
    assert rules_for("https://other.example/", NOW, catalogue=catalogue) is None
    assert rules_for("not an address", NOW, catalogue=catalogue) is None
    (tmp_path / "mine.toml").write_text(
        "hosts = ['gazette.example']\nid = 'mine'\n[[rules]]\nurl='st'\nstrip='p'"
    )
    folders = open_folders(rules=tmp_path)
    mine = rules_for(URL, NOW, catalogue=catalogue, folders=folders)
    assert mine is not None
    assert mine.source == "mine"
    elsewhere = rules_for("https://gazette.example/x", NOW, catalogue=catalogue, folders=folders)
    assert elsewhere is not None
    assert elsewhere.source == "gazette"


def test_a_whole_outlet_s_file_may_stand_in_the_user_s_folder(tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_text(OUTLET + "[[rules]]\ncontainer = '.new'\n")
    found = rules_for(URL, NOW, catalogue=EMPTY, folders=open_folders(rules=tmp_path))
    assert found is not None
    assert found.source == "gazette"


# --- mistakes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rules]]\nbody = 'p'", "gazette, rules 1: unknown key 'body'"),
        ("[[rules]]\nurl = 'x'", "gazette, rules 1: none of container, title"),
        ("[[rules]]\ncontainer = 5", "gazette, rules 1: container: wanted is a selector"),
        ("[[rules]]\ncontainer = []", "gazette, rules 1: container: wanted is a selector"),
        (
            "[[rules]]\ncontainer = 'p'\nstrip = ['p', 'p[']",
            r"gazette, rules 1: strip\.2: 'p\[' is no CSS selector",
        ),
        ("[[rules]]\ntitle = '//p['", r"gazette, rules 1: title: '//p\[' is no XPath \(Invalid"),
        ("[[rules]]\ntitle = '//p[foo()]'", r"title: there is no function foo\(\)"),
        ("[[rules]]\ntitle = '//svg:p'", "title: 'svg:p': prefixes are not known here"),
        ("[[rules]]\ntitle = '//p[$a]'", "title: .* is not understood"),
        (f"[[rules]]\ntitle = '{'//p' * 2000}'", "title: the XPath is too long"),
        ("[[rules]]\ntitle = 'p::before'", "title: .*"),
        ("[[rules]]\ntitle = 'p'\nvalid_until = '2025-01-01'", "valid_until: wanted is a day without quotes"),
        ("[[rules]]\ntitle = 'p'\nvalid_until = 2025-01-01T00:00:00", "valid_until: wanted is a day"),
        ("[[rules]]\ntitle = 'p'\nurl = '('", r"url: '\(' is no regular expression"),
        ("[[rules]]\ntitle = 'p'\n[[rules]]\ntitle = 'b'", "rules 2: valid_until: never reached"),
        ("rules = 'p'", r"rules are \[\[rules\]\]"),
    ],
)
def test_a_mistake_is_told_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "gazette.example.toml").write_text(f'id = "gazette"\n{text}')
    with pytest.raises(UsageError, match=rf"gazette\.example\.toml: .*{message}") as own:
        open_folders(rules=tmp_path)
    assert "\n" not in str(own.value)
    top, _, tables = OUTLET.partition("[[feeds]]")
    with pytest.raises(ValueError, match=rf"^gb/gazette\.toml: .*{message}"):
        build_catalogue([("gb/gazette.toml", f"{top}\n{text}\n[[feeds]]{tables}")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("host = ['x.example']", "unknown key 'host'; known: hosts, id, rules"),
        ("hosts = ['https://x.example']", "hosts: wanted is a list of host names"),
        ("id = 'two words'", "id: wanted is a short name"),
        ("= 1", "x.example.toml: Invalid"),
    ],
)
def test_a_mistake_in_the_user_s_file_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.example.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        open_folders(rules=tmp_path)


def test_two_files_for_one_host_and_missing_folders_are_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text("hosts = ['x.example']\n[[rules]]\ntitle = 'p'")
    with pytest.raises(UsageError, match=r"b\.toml: host x\.example is taken by .*a\.toml"):
        open_folders(rules=tmp_path)
    with pytest.raises(UsageError, match=r"\[extract\] rules: there is no folder .*none"):
        open_folders(rules=tmp_path / "none")
    with pytest.raises(UsageError, match=r"\[extract\] site_config: there is no folder .*none"):
        open_folders(site_config=tmp_path / "none")
