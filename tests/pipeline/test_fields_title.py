"""Titles: the article's own words, without the site's name, a section, a kicker set apart."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract.fields.read import Fields, read_fields

URL = "https://www.valleynews.example/2024/03/05/bridge"


def read(head: str, body: str = "", *, url: str = URL, hints: PageHints | None = None) -> Fields:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_fields(LexborHTMLParser(page), url, hints or PageHints())


@pytest.mark.parametrize(
    ("written", "site", "plain"),
    [
        ("Council votes for the bridge - Valley News", "Valley News", "Council votes for the bridge"),
        ("Council votes for the bridge | Opinion", "Valley News", "Council votes for the bridge"),
        (
            "Valley News: Council votes for the bridge",
            "Valley News",
            "Valley News: Council votes for the bridge",
        ),
        ("Рада погодила міст — Новини Долини", "Новини Долини", "Рада погодила міст"),
        ("المجلس يوافق على الجسر | أخبار الوادي", "أخبار الوادي", "المجلس يوافق على الجسر"),
        ("市议会同意建造新桥并公布预算_河谷新闻", "河谷新闻", "市议会同意建造新桥并公布预算"),
        ("Bridge – and then what?", "Valley News", "Bridge – and then what?"),
    ],
)
def test_a_title_loses_the_sites_name_only(written: str, site: str, plain: str) -> None:
    fields = read(f'<meta property="og:site_name" content="{site}"><title>{written}</title>')
    assert fields.title == plain


def test_the_heading_a_reader_sees_wins_over_the_one_for_machines() -> None:
    fields = read(
        '<meta property="og:title" content="Bridge vote: what the council decided on Monday">',
        "<h1>What the council decided on Monday about the bridge</h1>",
    )
    assert fields.title == "What the council decided on Monday about the bridge"
    assert fields.sources["title"] == "html"
    assert "Bridge vote: what the council decided on Monday" in fields.titles


@pytest.mark.parametrize("logo", ["Valley News", "Valley News logo", "Politics"])
def test_a_heading_that_names_the_site_or_a_section_is_no_title(logo: str) -> None:
    fields = read(
        '<meta property="og:title" content="Council votes for the new bridge over the river">'
        '<meta property="og:site_name" content="Valley News">',
        f"<header><h1>{logo}</h1></header><h2>Council votes</h2>",
    )
    assert fields.title == "Council votes for the new bridge over the river"


def test_a_kicker_inside_the_heading_is_left_out_where_the_page_itself_does() -> None:
    fields = read(
        '<meta property="og:title" content="Stadtrat stimmt für die neue Brücke">',
        "<h1><span>Verkehr</span> <span>Stadtrat stimmt für die neue Brücke</span></h1>",
    )
    assert fields.title == "Stadtrat stimmt für die neue Brücke"


def test_an_initial_in_an_element_of_its_own_stays_in_its_word() -> None:
    fields = read(
        '<meta property="og:title" content="Council votes again">', "<h1><b>C</b>ouncil votes again</h1>"
    )
    assert fields.title == "Council votes again"


def test_a_title_cut_at_a_quotation_mark_is_completed() -> None:
    fields = read(
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":'
        '"The mayor calls the plan for the bridge"}</script>'
        '<title>The mayor calls the plan for the bridge "a mistake"</title>'
    )
    assert fields.title == 'The mayor calls the plan for the bridge "a mistake"'


def test_the_hint_serves_a_page_that_says_nothing() -> None:
    fields = read("", hints=PageHints(title="From the feed"))
    assert (fields.title, fields.sources["title"]) == ("From the feed", "hint")


OLD = (
    "<html><head><title>The Daily Post :: A mill that grinds for the whole valley</title></head><body><table>"
    "<tr><td><a href='/'><font size=5><b>The Daily Post</b></font></a></td></tr>"
    "<tr><td><font size=1>17.06.2008, 11:30 | Town</font><br><font size=4><b>A mill that grinds for the whole"
    " valley</b></font><br><font size=2><i>By Anna Miller</i></font><br><br>{}</td></tr></table></body></html>"
)


def test_a_page_without_headings_or_metas_names_its_site_in_the_link_home() -> None:
    text = "The mill has four stones, and on Fridays all of them turn for whoever comes first. " * 3
    page = LexborHTMLParser(OLD.format(f"{text}<br><br>{text}"))
    article = read_fields(page, "https://old.example/n17.htm", PageHints())
    assert article.title == "A mill that grinds for the whole valley"
    assert article.published is not None
    assert article.published.date().isoformat() == "2008-06-17"
    assert article.authors == ("Anna Miller",)
