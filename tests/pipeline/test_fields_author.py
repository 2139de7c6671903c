"""Authors: people before the desk, declared before printed, never a photographer or a reader."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract.fields.names import is_person, people
from pipeline.extract.fields.read import Fields, read_fields


def read(head: str, body: str = "") -> Fields:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_fields(LexborHTMLParser(page), "https://valleynews.example/bridge", PageHints())


def ld(author: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Council votes for the bridge", "author": author}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Field and Bo Lund", ("Ann Field", "Bo Lund")),
        ("Written by Ann Field, Head of Marketing, Community Development", ("Ann Field",)),
        ("Von Jörg Maier", ("Jörg Maier",)),
        ("Ein Artikel von Jörg Maier", ("Jörg Maier",)),
        ("Автор: Олена Коваль", ("Олена Коваль",)),
        ("بقلم: سلمى حداد", ("سلمى حداد",)),
        ("记者：王小明", ("王小明",)),
        ("By\nAnn Field\nand\nBo Lund\nMarch 5, 2024", ("Ann Field", "Bo Lund")),
        ("Medically reviewed by Dr. Ivo Stern", ()),
        ("https://social.example/annfield", ()),
        ("Ann Field | Sponsored", ("Ann Field",)),
        ("John Reed The Associated Press", ("John Reed",)),
        ("admin", ()),
    ],
)
def test_printed_lines(line: str, names: tuple[str, ...]) -> None:
    assert people([line], split=True) == names


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ann Field", True),
        ("Ludwig van der Berg", True),
        ("Олена Коваль", True),
        ("Money Reporter", False),
        ("The Valley Post", False),
        ("read more", False),
        ("March 5", False),
    ],
)
def test_what_is_written_as_a_person(name: str, person: bool) -> None:
    assert is_person(name) is person


def test_json_ld_names_people_before_organisations() -> None:
    person = {"@type": "Person", "name": "Ann Field"}
    desk = {"@type": "Organization", "name": "Valley Agency"}
    assert read(ld([desk, person])).authors == ("Ann Field",)
    assert read(ld([desk])).authors == ("Valley Agency",)


def test_a_printed_person_replaces_a_declared_desk() -> None:
    desk = {"@type": "Organization", "name": "Valley News"}
    fields = read(
        ld(desk), '<h1>Council votes for the bridge</h1><div class="article-byline">By Ann Field</div>'
    )
    assert (fields.authors, fields.sources["authors"]) == (("Ann Field",), "html")


def test_the_site_as_author_is_the_last_choice() -> None:
    head = '<meta name="author" content="Valley News"><meta property="og:site_name" content="Valley News">'
    assert read(head, '<a rel="author" href="/staff/1">Ann Field</a>').authors == ("Ann Field",)
    assert read(head).authors == ("Valley News",)


def test_the_first_byline_counts_and_not_those_of_teasers() -> None:
    body = (
        '<h1>Council votes for the bridge</h1><p><a rel="author" href="/a/1">Ann Field</a>, '
        '<a rel="author" href="/a/2">Bo Lund</a></p><div><p>Text.</p></div>'
        '<section><div class="related"><article><p><span><a rel="author" href="/a/3">Cy Moss</a></span></p>'
        "</article>"
        "</div></section>"
    )
    assert read("", body).authors == ("Ann Field", "Bo Lund")


@pytest.mark.parametrize(
    "lines",
    [
        "<p>By</p><p>Ann Field</p>",
        "<p>05.03.2024 - Ann Field</p>",
        "<span>Ann Field</span><small>March 5, 2024</small>",
        "<p>Автор:</p><div>Ann Field</div>",
    ],
)
def test_a_name_beside_the_headline_needs_no_class(lines: str) -> None:
    assert read("", f"<div><h1>Council votes for the bridge</h1>{lines}</div>").authors == ("Ann Field",)


def test_a_photographer_is_no_author() -> None:
    body = "<h1>Council votes for the bridge</h1><figure><p>By Ann Field</p></figure><p>Photo by Bo Lund</p>"
    assert read("", body).authors == ()


def test_the_author_line_of_a_card() -> None:
    head = (
        '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Jörg Maier">'
    )
    assert read(head).authors == ("Jörg Maier",)
