"""``read_page`` as the measuring scripts call it: ``(html: bytes, url: str) -> dict``."""

from __future__ import annotations

from pipeline.read import read_page


def presswatch(html: bytes, url: str) -> dict[str, object]:
    """Text, title, authors, date, language and what was cut, of one page."""
    article = read_page(html, url)
    return {
        "text": article.text,
        "title": article.title,
        "authors": list(article.authors),
        "date": article.published,
        "language": article.language,
        "removals": [
            {"kind": removal.kind.value, "text": removal.text.strip(), "target": removal.target}
            for removal in article.removals
        ],
    }
