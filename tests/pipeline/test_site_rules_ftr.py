"""Site-config files: what of the public text format is used, and which file is for a page."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.catalogue.loader import build_catalogue
from pipeline.extract.site.annotate import MARK, RULE, annotate
from pipeline.extract.site.ftr import parse_site_config
from pipeline.extract.site.lookup import check_site_config, open_folders, rules_for

URL = "https://news.example/1"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
EMPTY = build_catalogue([])
PAGE = """<html><head><meta property="og:title" content="Tide tables"></head><body>
<h1>Tide tables - News</h1><span class=who>By Ida Moe</span><i>3 May</i>
<div id="text"><p>One.</p><div class="shareBar">Share</div><div id="x-share">Share</div><p>Two.</p>
<img src="https://ads.example/1.gif"><aside>Also</aside><noscript><p>Three.</p></noscript></div></body></html>"""
CONFIG = """# a comment
title: //h6
title: substring-before(//h1, ' - ')
title: //h1
author: //span[@class = "who"]
date: //i
body: //div[@id='text']

strip: //aside
strip_id_or_class: "share"
strip_image_src: ads.example
replace_string(<noscript>): <div class="late">
find_string: </noscript>
replace_string: </div>
tidy: no
prune: no
single_page_link: //a[@class='all']
http_header(user-agent): Some/1.0
test_url: https://news.example/1
test https://news.example/2
author:
"""


def cut(markup: str) -> dict[str, str]:
    """The line of a rule -> the text or the name of the element that it cut."""
    found = html.document_fromstring(markup).iterfind(f".//*[@{MARK}='cut']")
    return {str(node.get(RULE)).rpartition(":")[2]: node.text or str(node.tag) for node in found}


def test_everything_in_a_file_is_applied() -> None:
    rules = parse_site_config(CONFIG, "news.example.txt")
    assert rules.problems == ()
    found = annotate(PAGE, rules, URL)
    assert found.problems == ()
    assert found.title is not None
    assert (found.title.text, found.title.source) == ("Tide tables", "site:news.example.txt:3")
    assert [author.text for author in found.authors] == ["By Ida Moe"]
    assert found.published is not None
    assert found.published.text == "3 May"
    assert found.body == "site:news.example.txt:7"
    assert cut(found.markup) == {"9": "Also", "10": "Share", "11": "img"}
    assert len(html.document_fromstring(found.markup).xpath(f"//div[@{MARK}='cut']")) == 2
    assert '<div class="late"><p>Three.</p></div>' in found.markup


def test_what_is_ignored_is_counted() -> None:
    assert dict(parse_site_config(CONFIG, "x").ignored) == {
        "author without value": 1,
        "http_header": 1,
        "lines without directive": 1,
        "prune": 1,
        "single_page_link": 1,
        "tidy": 1,
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("body: //div[", "x.txt, line 2: '//div[' is no XPath (Invalid expression)"),
        ("strip: //a[php:function('f')]", "x.txt, line 2: there is no function php:function()"),
        ("strip_id_or_class: ''", "x.txt, line 2: '' names nothing"),
        (
            "find_string: a",
            "x.txt, line 2: 1 find_string and 0 replace_string do not pair; none of them is applied",
        ),
    ],
)
def test_a_bad_line_is_named_and_the_rest_works(line: str, problem: str) -> None:
    rules = parse_site_config(f"title: //h1\n{line}\nstrip: //aside\n", "x.txt")
    assert rules.problems == (problem,)
    found = annotate(PAGE, rules, URL)
    assert found.title is not None
    assert cut(found.markup) == {"3": "Also"}


def test_an_empty_replacement_takes_out_what_was_found() -> None:
    empty = "find_string: <noscript>\nreplace_string:\nreplace_string(</noscript>):"
    text = f"{empty}\nfind_string: Two\nreplace_string: 2"
    found = annotate(PAGE, parse_site_config(text, "x.txt"), URL)
    assert "<p>2.</p>" in found.markup
    assert "</aside><p>Three.</p></div>" in found.markup


def test_replacements_cannot_make_a_page_grow_without_end() -> None:
    lines = [f"replace_string(e): {'e' * 200}"] * 20
    found = annotate(PAGE, parse_site_config("\n".join(lines), "x.txt"), URL)
    assert len(found.markup) < 7_000_000
    assert any("grow too large" in problem for problem in found.problems)


@given(st.text(alphabet="abdeilopstrt_:()#[]/@'\" \n*.=", max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    rules = parse_site_config(text, "x.txt")
    assert all(problem.startswith("x.txt, line ") and "\n" not in problem for problem in rules.problems)
    assert "Tide tables - News" in annotate(PAGE, rules, URL).markup or rules.replacements


# --- which file -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "file"),
    [
        ("news.example", "news.example.txt"),
        ("www.news.example", "news.example.txt"),
        ("NEWS.example", "news.example.txt"),
        ("sport.news.example", ".news.example.txt"),
        ("a.sport.news.example", ".news.example.txt"),
        ("live.news.example", "live.news.example.txt"),
        ("xnews.example", None),
        ("example", None),
        ("only.example", None),
        ("www.only.example", None),
        ("sub.only.example", ".only.example.txt"),
    ],
)
def test_the_file_is_chosen_by_host(host: str, file: str | None, tmp_path: Path) -> None:
    for name in ("news.example.txt", ".news.example.txt", "live.news.example.txt", ".only.example.txt"):
        (tmp_path / name).write_text("title: //h1")
    (tmp_path / ".example.txt").write_text("title: //h2")
    found = rules_for(
        f"https://{host}/story", NOW, catalogue=EMPTY, folders=open_folders(site_config=tmp_path)
    )
    assert (found.source if found else None) == file


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "news.example.txt"
    folders = open_folders(site_config=tmp_path)
    assert rules_for(URL, NOW, catalogue=EMPTY, folders=folders) is None
    for selector, changed in (("//h1", 1), ("//h2", 2)):
        file.write_text(f"title: {selector}")
        os.utime(file, (changed, changed))
        found = rules_for(URL, NOW, catalogue=EMPTY, folders=folders)
        assert found is not None
        assert [title.xpath for title in found.title] == [selector]
    assert rules_for(URL, NOW, catalogue=EMPTY, folders=folders) is found


def test_own_rules_come_before_site_config_files(tmp_path: Path) -> None:
    (tmp_path / "news.example.txt").write_text("title: //h1")
    (tmp_path / "news.example.toml").write_text("[[rules]]\nvalid_until = 2026-05-01\ntitle = 'h2'")
    folders = open_folders(rules=tmp_path, site_config=tmp_path)
    sources = [
        found.source
        for day in (1, 2)
        if (found := rules_for(URL, datetime(2026, 5, day, tzinfo=UTC), catalogue=EMPTY, folders=folders))
    ]
    assert sources == ["news.example", "news.example.txt"]


def test_a_whole_folder_is_checked(tmp_path: Path) -> None:
    (tmp_path / "a.example.txt").write_text(CONFIG)
    (tmp_path / ".b.example.txt").write_bytes(b"\xef\xbb\xbftidy: yes\ntitle: //p[\nbody: //\xff")
    (tmp_path / "README.md").write_text("title: //h1")
    report = check_site_config(tmp_path)
    assert (report.files, report.selectors) == (2, 9)
    assert dict(report.ignored)["tidy"] == 2
    assert [problem.partition(":")[0] for problem in report.problems] == [
        ".b.example.txt, line 2",
        ".b.example.txt, line 3",
    ]
