"""The frozen types of the gate: a page with its right answers, and what a reader said of it. No logic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseLine:
    """One line inside the body's container that is no body: what it is, and the form it was written in."""

    kind: str
    form: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPage:
    """A page and everything known to be right about it. A field that is ``None`` is not annotated.

    ``paragraphs`` is the body in order; ``optional`` are pieces of it that may stay or go; ``traps`` the
    paragraphs of the body that only look like noise. ``noise`` must leave the body and be kept as data,
    ``chrome`` (the page around the article) must only stay out of the body.
    """

    id: str
    html: bytes
    url: str
    content_type: str | None = None
    paragraphs: tuple[str, ...] | None = None
    optional: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    noise: tuple[NoiseLine, ...] = ()
    chrome: tuple[str, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] | None = None
    #: with a time and zone in our own corpus, a day elsewhere
    published: datetime | date | None = None
    language: str | None = None
    kind: str | None = None
    layouts: tuple[str, ...] = ()
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One removal as the gate compares it: its kind and its words (label and text)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader said of a page. ``seconds`` is the CPU time it took."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str | None = None
    kind: str = "article"
    cuts: tuple[Cut, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageScore:
    """One page's share of every metric: name -> (points, out of), and what went wrong in words."""

    id: str
    parts: dict[str, tuple[float, float]]
    faults: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusScore:
    """A corpus' figures by metric, and the pages they come from."""

    name: str
    pages: tuple[PageScore, ...]
    figures: dict[str, float]
    #: true where only some pages of the corpus were read
    sampled: bool = False

    @property
    def speed(self) -> float:
        """Pages per CPU-second of reading."""
        return len(self.pages) / max(1e-9, sum(page.seconds for page in self.pages))
