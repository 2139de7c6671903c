"""docs/rules.md: its example works as written, and the configuration it names is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html

from pipeline.catalogue.loader import build_catalogue
from pipeline.errors import UsageError
from pipeline.extract.site.annotate import MARK, RULE, annotate
from pipeline.extract.site.lookup import rules_for
from presswatch.config import load_config

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
URL = "https://gazette.example/story"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the files of the page's example."""
    for name, text in re.findall(
        r"^```\w+ (\S+)\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


def test_the_example_does_what_the_page_says(written: Path) -> None:
    folders = load_config(written / "presswatch.toml").rule_folders()
    rules = rules_for(URL, datetime(2025, 5, 2, tzinfo=UTC), catalogue=build_catalogue([]), folders=folders)
    assert rules is not None
    found = annotate((written / "story.html").read_text("utf-8"), rules, URL)
    assert [author.text for author in found.authors] == ["Ann Lee"]
    assert found.published is not None
    assert found.published.text == "2025-05-02T08:00:00Z"
    page = html.document_fromstring(found.markup)
    cut = page.xpath(f"//*[@{MARK}='cut']")
    assert {node.get(RULE) for node in cut} == set(re.findall(r"`(site:[^`]+)`", PAGE.read_text("utf-8")))
    (body,) = page.xpath(f"//*[@{MARK}='body']")
    assert len(body.xpath(f".//p[not(ancestor-or-self::*[@{MARK}='cut'])]")) == 2


def test_folders_are_seen_from_the_configuration_file(tmp_path: Path) -> None:
    config = tmp_path / "presswatch.toml"
    config.write_text('[extract]\nrules = "own"\nsite_config = "/somewhere/ftr"\n')
    extract = load_config(config).extract
    assert (extract.rules, extract.site_config) == (tmp_path / "own", Path("/somewhere/ftr"))
    with pytest.raises(UsageError, match=r"\[extract\] rules: there is no folder .*own"):
        load_config(config).rule_folders()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule = 'x'", "unknown key 'rule'; did you mean rules?"),
        ("rules = 1", "rules: wanted is the name of a folder"),
    ],
)
def test_a_wrong_key_is_told(text: str, message: str, tmp_path: Path) -> None:
    config = tmp_path / "presswatch.toml"
    config.write_text(f"[extract]\n{text}\n")
    with pytest.raises(UsageError, match=re.escape(message)):
        load_config(config)
