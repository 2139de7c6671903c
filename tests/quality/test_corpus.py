"""Our own corpus: complete, and its answers true of its pages."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.article import RemovalKind
from quality.corpus import load_shelf, own_corpus, own_page
from quality.floors import breaches, load_floors
from quality.gold import GoldPage, PageScore, Reading
from quality.markup import FORMS, parse, plain
from quality.reader import read, score_pages
from quality.score import score_corpus, score_page

_LANGUAGES = {
    "de",
    "fr",
    "es",
    "pl",
    "it",
    "pt",
    "tr",
    "fa",
    "he",
    "el",
    "zh",
    "ja",
    "th",
    "hi",
    "ko",
    "ro",
    "nl",
}
_LAYOUTS = {
    "plain-paragraphs", "plain-divs", "hashed-classes", "standfirst", "live-blog",
    "live-without-data", "gallery", "article-teasers", "two-full-articles", "json-ld-body",
    "embedded-state", "amp", "old-tables", "undeclared-charset", "wrong-charset",
    "utf-8-as-latin-1", "right-to-left", "no-spaces", "paywall", "section-page", "error-page",
    "video-page", "interview", "list", "table", "subheadings", "linked-sentence", "trap-donation",
    "trap-newsletter", "trap-read-also", "donation-plea", "newsletter-box", "newsletter-plain",
    "share-bar", "author-bio", "tags", "comments", "legal-line", "caption", "advertisement",
    "cookie-text", "related-list", "attribution", "line-breaks", "json-ld-teaser",
}  # fmt: skip
_CHARSETS = {
    "utf-8", "windows-1251", "windows-1256", "iso-8859-7", "shift_jis", "gb18030", "windows-1254",
    "iso-8859-2",
}  # fmt: skip
_DATA = re.compile(r"(?s)<script[^>]*>(?:window\.__STATE__ = )?(\{.*?\});?</script>")
_KINDS = {"article", "live-blog", "media", "paywall", "listing", "error"}


class _Text(HTMLParser):
    """What a page shows: its text without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.pieces.append("" if tag in {"a", "b", "strong", "em", "i"} else " ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"}
        self.pieces.append("" if tag in {"a", "b", "strong", "em", "i"} else " ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def shown(page: GoldPage) -> str:
    """The page's visible words, white space folded."""
    reader = _Text()
    reader.feed(page.html.decode(page.charset))
    return " ".join("".join(reader.pieces).split())


def carried(page: GoldPage) -> str:
    """The words of the page's data scripts, tags out."""
    scripts = re.findall(
        r"(?s)<script[^>]*>(?:window\.__STATE__ = )?(\{.*?\});?</script>", page.html.decode(page.charset)
    )
    strings = [text for script in scripts for text in _strings(json.loads(script))]
    return " ".join(" ".join(plain(re.sub(r"</\w+>", " ", text)) for text in strings).split())


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [html.unescape(value)]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _strings(item)]


@pytest.fixture(scope="module")
def pages() -> tuple[GoldPage, ...]:
    return own_corpus()


@pytest.fixture(scope="module")
def readings(pages: tuple[GoldPage, ...]) -> dict[str, Reading]:
    return {page.id: read(page) for page in pages}


def test_languages(pages: tuple[GoldPage, ...]) -> None:
    count = Counter(page.language for page in pages)
    assert len(pages) >= 44
    assert all(count[language] >= 5 for language in ("en", "uk", "ru", "ar"))
    assert count.keys() >= _LANGUAGES


def test_every_layout_charset_kind_and_form_is_there(pages: tuple[GoldPage, ...]) -> None:
    layouts = {layout for page in pages for layout in page.layouts}
    assert not _LAYOUTS - layouts
    assert {page.charset for page in pages} >= _CHARSETS
    assert {page.kind for page in pages} == _KINDS
    assert {line.form for page in pages for line in page.noise} == FORMS


def test_every_kind_of_noise_is_one_a_removal_can_have(pages: tuple[GoldPage, ...]) -> None:
    assert {line.kind for page in pages for line in page.noise} <= {kind.value for kind in RemovalKind}


def test_every_paragraph_noise_line_and_title_stands_on_its_page(pages: tuple[GoldPage, ...]) -> None:
    for page in pages:
        visible = shown(page)
        text = carried(page) if {"json-ld-body", "embedded-state"} & set(page.layouts) else visible
        for line in (*(page.paragraphs or ()), *(line.text for line in page.noise)):
            assert line in text, (page.id, line)
        assert page.title is None or page.title in visible, page.id
        assert all(line in visible for line in page.chrome), page.id


def test_paragraphs_stand_in_their_order(pages: tuple[GoldPage, ...]) -> None:
    for page in pages:
        text, end = f"{shown(page)} {carried(page)}", 0
        for line in page.paragraphs or ():
            end = text.find(line, end)
            assert end >= 0, (page.id, line)


def test_traps_are_body_and_no_line_is_both_body_and_noise(pages: tuple[GoldPage, ...]) -> None:
    for page in pages:
        body = page.paragraphs or ()
        assert set(page.traps) <= set(body), page.id
        assert not set(body) & ({line.text for line in page.noise} | set(page.chrome)), page.id


def test_every_page_is_read_without_an_error(readings: dict[str, Reading]) -> None:
    assert len(readings) >= 44
    assert sum(bool(reading.text) for reading in readings.values()) > 35


def _nothing(_: GoldPage, __: Reading) -> Reading:
    return Reading(kind="empty", language="xx")


def _everything(page: GoldPage, _: Reading) -> Reading:
    return Reading(text=shown(page))


def _embellished(_: GoldPage, reading: Reading) -> Reading:
    return Reading(title=f"{reading.title} | Site", authors=(*reading.authors, "The Desk"))


_Spoil = Callable[[GoldPage, Reading], Reading]
_BROKEN: list[tuple[_Spoil, tuple[str, ...]]] = [
    (_nothing, ("f1", "page_f1", "lost_per_1000", "traps_lost", "day", "kind", "language")),
    (_everything, ("f1", "page_f1", "noise_left", "noise_kept", "chrome_left")),
    (_embellished, ("title", "authors")),
]


@pytest.mark.parametrize(("spoil", "metrics"), _BROKEN)
def test_a_broken_reader_falls_under_the_floors(
    pages: tuple[GoldPage, ...], readings: dict[str, Reading], spoil: _Spoil, metrics: tuple[str, ...]
) -> None:
    """A reader that gives nothing, keeps everything or embellishes fails on every metric it gets wrong."""
    scores = score_corpus("own", [score_page(page, spoil(page, readings[page.id])) for page in pages])
    found = {breach.metric for breach in breaches([scores], load_floors())}
    assert not set(metrics) - found


def test_breaking_a_page_lowers_its_score(pages: tuple[GoldPage, ...]) -> None:
    page = next(page for page in pages if page.id == "en-ferry")
    body = page.html
    for paragraph in page.paragraphs or ():
        body = body.replace(paragraph.encode(), paragraph[:40].encode())
    [good], [bad] = score_pages([page]), score_pages([replace(page, html=body)])
    assert _f1(good) > 0.9 > _f1(bad)


def _f1(score: PageScore) -> float:
    points, out_of = score.parts["page_f1"]
    return points / out_of


def test_a_line_that_is_no_block_is_refused() -> None:
    with pytest.raises(ValueError, match="no such block: 'para words'"):
        parse("para words")
    with pytest.raises(ValueError, match="no such form: 'ribbon'"):
        parse("- ribbon read-also | words")


def test_a_page_is_written_by_a_few_lines(tmp_path: Path) -> None:
    """What someone who adds a page relies on: lines in, a document and its answers out."""
    path = tmp_path / "en-new.toml"
    body = "p One [link](/a).\np! Trap.\n- tail read-also | See also: [Other](/b)\nli Item."
    head = """
        template = "harbour"
        layouts = ["x"]
        language = "en"
        url = "https://x.example/a"
        title = "New & old"
        authors = ["Ann Lee"]
        published = "2026-01-02T03:04:00+00:00"
    """
    path.write_text(f"{head}\nbody = '''\n{body}\n'''\n", encoding="utf-8")
    page = own_page(path, load_shelf())
    assert page.paragraphs == ("One link.", "Trap.", "Item.")
    assert page.traps == ("Trap.",)
    assert [line.text for line in page.noise] == ["See also: Other"]
    assert b'<p>Trap. See also: <a href="/b">Other</a></p>' in page.html
    assert b"<h1>New &amp; old</h1>" in page.html
