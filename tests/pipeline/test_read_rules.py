"""Outlets' rules, from a file in a folder to the article that is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.article import PageHints
from pipeline.extract.site.lookup import RuleFolders, open_folders
from pipeline.read import read_page, rebuild

URL = "https://gazette.example/2026/11/bridge"
WORDS = "The council of the town spoke about the old bridge for three hours on Monday night."
PAGE = f"""<html><head><title>Gazette</title></head><body>
<div class="top"><h2 class="hl">The bridge stays</h2><span class="who">Jane Roe</span></div>
<div class="c1"><p>{WORDS} One.</p><p class="x9">{WORDS} Strip me.</p><p>{WORDS} Two.</p></div>
<div class="c2"><p>{WORDS} Elsewhere.</p><p>{WORDS} Elsewhere, too.</p><p>{WORDS} And there.</p></div>
</body></html>""".encode()


def folders(tmp_path: Path, until: str = "") -> RuleFolders:
    (tmp_path / "gazette.toml").write_text(
        f"""
        id = "gazette"
        hosts = ["gazette.example"]
        [[rules]]
        container = [".c1"]
        title = [".hl"]
        authors = [".who"]
        strip = [".x9"]
        {until}
        """,
        "utf-8",
    )
    return open_folders(rules=tmp_path)


def test_a_users_rule_decides_what_is_body_and_what_is_cut(tmp_path: Path) -> None:
    article = read_page(PAGE, URL, folders=folders(tmp_path))
    assert [text[-4:] for text in article.paragraphs] == ["One.", "Two."]
    assert (article.title, article.authors) == ("The bridge stays", ("Jane Roe",))
    assert article.meta.sources["title"].startswith("site:gazette")
    (cut,) = [removal for removal in article.removals if "Strip me" in removal.text]
    assert cut.rule == "site:gazette:strip.1"
    assert "Strip me" in rebuild(article)


def test_a_rule_ends_with_its_last_day(tmp_path: Path) -> None:
    known = folders(tmp_path, "valid_until = 2026-11-01")
    then, now = (
        read_page(PAGE, URL, hints=PageHints(reference=datetime(2026, month, 20, tzinfo=UTC)), folders=known)
        for month in (10, 11)
    )
    assert then.title == "The bridge stays"
    assert not any("Elsewhere" in text for text in then.paragraphs)
    assert any("Elsewhere" in text for text in now.paragraphs)


@pytest.mark.parametrize("mark", ["body", "cut"])
def test_a_page_writes_no_marks_of_its_own(mark: str) -> None:
    forged = PAGE.replace(b'<p class="x9"', f'<p data-presswatch="{mark}"'.encode())
    assert read_page(forged, URL).paragraphs == read_page(PAGE, URL).paragraphs
