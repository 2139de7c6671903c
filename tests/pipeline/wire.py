"""A store into which outlets' articles are put as if they had been imported, and texts of any length for them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.article import Attribution, CleanArticle, PageMeta
from pipeline.importing import Incoming, import_article, outlet_of_host
from pipeline.relate.relating import catch_up
from pipeline.store.articles import article_at
from pipeline.store.connection import Store

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprst" for vowel in "aiou"]


def vocabulary(seed: int = 0, size: int = 3_000) -> list[str]:
    """Words of no language."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(size)]


def sentences(seed: int, count: int = 24) -> list[str]:
    """Sentences of 8 to 22 words; the same for the same seed, others for another."""
    chance, words = random.Random(seed), vocabulary()
    made = [" ".join(chance.choices(words, k=chance.randint(8, 22))) for _ in range(count)]
    return [f"{one.capitalize()}." for one in made]


def text(seed: int, count: int = 24) -> tuple[str, ...]:
    """Paragraphs of two sentences each."""
    said = sentences(seed, count)
    return tuple(" ".join(said[at : at + 2]) for at in range(0, count, 2))


class Wire:
    """Puts articles into a store, minutes after noon, and relates them when asked."""

    def __init__(self, store: Store, now: datetime = NOON + timedelta(days=1)) -> None:
        self.store, self.now = store, now

    def put(self, host: str, paragraphs: tuple[str, ...], minutes: float | None = 0, **words: object) -> int:
        """An article of the outlet at ``host``, published so many minutes after noon, or nobody knows when."""
        article = self.article(host, paragraphs, minutes, **words)
        outlet = outlet_of_host(article.url, host, host)
        import_article(self.store, Incoming(article=article, outlet=outlet), self.now)
        found = article_at(self.store, article.url)
        assert found is not None
        return found

    def article(
        self, host: str, paragraphs: tuple[str, ...], minutes: float | None = 0, **words: object
    ) -> CleanArticle:
        name = words.pop("name", None) or paragraphs[0][:12].replace(" ", "-")
        attribution = words.pop("attribution", None)
        assert attribution is None or isinstance(attribution, Attribution)
        meta = PageMeta(
            url=f"https://{host}/{name}",
            title="A headline of some words",
            published=None if minutes is None else NOON + timedelta(minutes=minutes),
            language="en",
        )
        return CleanArticle(
            meta=replace(meta, **words),  # type: ignore[arg-type]
            paragraphs=paragraphs,
            positions=tuple((index, 0, len(one)) for index, one in enumerate(paragraphs)),
            removals=(),
            attribution=attribution,
        )

    def relate(self) -> int:
        return catch_up(self.store, self.now)

    def said(self) -> set[tuple[str, str, str]]:
        """The relations found by comparing, as the names of both ends and the type."""
        rows = self.store.all(
            "SELECT src_url, type, dst_url FROM lineage WHERE origin = 'text' ORDER BY src_url, type, dst_url"
        )
        return {(_name(row["src_url"]), row["type"], _name(row["dst_url"])) for row in rows}


def _name(url: str) -> str:
    return url.rpartition("/")[2]
