"""The reader under test, as the gate sees it: ``read_page`` and the CPU seconds it takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from pipeline.article import Removal
from pipeline.read import read_page
from quality.gold import Cut, GoldPage, PageScore, Reading
from quality.score import score_page

Reader = Callable[[GoldPage], Reading]


def read(page: GoldPage) -> Reading:
    """What presswatch says of a page."""
    began = time.process_time()
    article = read_page(page.html, page.url, content_type=page.content_type)
    seconds = time.process_time() - began
    return Reading(
        text=article.text,
        title=article.title,
        authors=article.authors,
        published=article.published,
        language=article.language,
        kind=article.kind,
        cuts=tuple(Cut(kind=cut.kind.value, text=_words(cut)) for cut in article.removals),
        seconds=seconds,
    )


def _words(cut: Removal) -> str:
    """A removal's text, with its label where that is not part of it."""
    return cut.text if not cut.label or cut.label in cut.text else f"{cut.label} {cut.text}"


def score_pages(pages: Iterable[GoldPage], reader: Reader = read) -> list[PageScore]:
    """Each page read and scored. The first page is read twice: loading tables is no page's cost."""
    scores: list[PageScore] = []
    for page in pages:
        if not scores:
            reader(page)
        scores.append(score_page(page, reader(page)))
    return scores
