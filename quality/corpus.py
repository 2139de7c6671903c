"""Our own corpus: ``pages/*.toml`` (texts and answers) put into ``templates/*.toml`` and ``words/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from quality.gold import GoldPage, NoiseLine
from quality.markup import Line, body_texts, parse, plain
from quality.render import render
from quality.story import Chrome, Story, Template

HERE = Path(__file__).parent
#: kinds of page that have no body to compare
_BODILESS = frozenset({"listing", "error", "empty"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Everything pages are made of: templates and words by name."""

    templates: Mapping[str, Template]
    words: Mapping[str, Chrome]


def own_corpus(folder: Path = HERE) -> tuple[GoldPage, ...]:
    """All pages of our own writing, rendered, in the order of their names."""
    shelf = load_shelf(folder)
    return tuple(own_page(path, shelf) for path in _files(folder / "pages"))


def load_shelf(folder: Path = HERE) -> Shelf:
    """The templates and words of a folder."""
    usual = _toml(folder / "marks.toml")
    templates = {path.stem: _template(path, usual) for path in _files(folder / "templates")}
    words = {path.stem: Chrome(**_toml(path)) for path in _files(folder / "words")}
    return Shelf(templates=templates, words=words)


def own_page(path: Path, shelf: Shelf) -> GoldPage:
    """One page with its answers. The answers come from the same lines as the page, so they cannot drift."""
    spec = _toml(path)
    story = _story(path.stem, spec)
    template, chrome = shelf.templates[spec["template"]], shelf.words[spec["language"]]
    page = render(story, template, chrome)
    kind = spec.get("kind", "article")
    return GoldPage(
        id=path.stem,
        html=page.html.encode(story.charset, "xmlcharrefreplace"),
        url=story.url,
        content_type=spec.get("content_type"),
        paragraphs=None if kind in _BODILESS else body_texts(story.lines),
        optional=tuple(text for line in story.lines if line.role == "optional" for text in line.texts),
        traps=tuple(text for line in story.lines if line.role == "trap" for text in line.texts),
        noise=_noise(story.lines),
        chrome=() if kind in _BODILESS else tuple(plain(text) for text in page.chrome),
        title=None if kind in _BODILESS else story.title,
        authors=story.authors or None,
        published=story.published,
        language=story.language,
        kind=kind,
        layouts=tuple(spec["layouts"]),
        charset=story.charset,
    )


def _story(stem: str, spec: Mapping[str, Any]) -> Story:
    return Story(
        slug=stem,
        url=spec["url"],
        language=spec["language"],
        title=spec["title"],
        section=spec.get("section", ""),
        authors=tuple(spec.get("authors", ())),
        published=datetime.fromisoformat(spec["published"]) if "published" in spec else None,
        lines=parse(spec.get("body", "")),
        second_title=spec.get("second_title", ""),
        second=parse(spec.get("second", "")),
        carrier=spec.get("carrier", "html"),
        ld_words=spec.get("ld_words", 0),
        charset=spec.get("charset", "utf-8"),
        declared=spec.get("declared", spec.get("charset", "utf-8")),
    )


def _noise(lines: tuple[Line, ...]) -> tuple[NoiseLine, ...]:
    return tuple(
        NoiseLine(kind=line.kind, form=line.form, text=text)
        for line in lines
        if line.role == "noise"
        for text in line.texts
    )


def _template(path: Path, usual: Mapping[str, str]) -> Template:
    spec = _toml(path)
    return Template(page=spec["page"], marks={**usual, **spec.get("marks", {})})


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
