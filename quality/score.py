"""One page's reading against its gold, and a corpus' figures from its pages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from quality.gold import CorpusScore, Cut, GoldPage, NoiseLine, PageScore, Reading
from quality.grams import Bag, f1, folded, grams, precision_recall, words

#: a line counts as kept in the text from this share of its runs on
LINE_LEFT = 0.5
#: a paragraph counts as lost, and a line as not kept as data, under this share of its runs
LINE_WHOLE = 0.8


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: what it is, whether more of it is better, and what its shares are multiplied by.

    Not ``pinned``: shown, but without a floor, because a change may give some of it for more of another.
    """

    name: str
    better: str = "higher"
    scale: float = 1.0
    pinned: bool = True


#: every metric a corpus may have, in the order they are printed
METRICS = (
    Metric("f1"),
    Metric("precision", pinned=False),
    Metric("recall", pinned=False),
    Metric("page_f1"),
    Metric("lost_per_1000", "lower", 1000.0),
    Metric("noise_left", "lower"),
    Metric("noise_kept"),
    Metric("chrome_left", "lower"),
    Metric("traps_lost", "lower"),
    Metric("title"),
    Metric("authors"),
    Metric("day"),
    Metric("language"),
    Metric("kind"),
)
PINNED = tuple(metric for metric in METRICS if metric.pinned)
_SCALES = {metric.name: metric.scale for metric in METRICS}

#: kinds of removal that name the same thing to a reader: gold -> also right
_ALSO_RIGHT = {
    "read-also": frozenset({"related-list"}),
    "newsletter": frozenset({"subscription"}),
    "subscription": frozenset({"newsletter"}),
}


@dataclass(slots=True)
class _Sheet:
    """Points out of possible points by metric, and the faults in words, of one page."""

    parts: dict[str, tuple[float, float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def mark(self, metric: str, points: float, fault: str = "") -> None:
        """One more answer, worth ``points`` of 1; ``fault`` says what was wrong with it."""
        have, out_of = self.parts.get(metric, (0.0, 0.0))
        self.parts[metric] = (have + points, out_of + 1)
        if fault:
            self.faults.append(f"{metric}: {fault}")


def score_page(page: GoldPage, reading: Reading) -> PageScore:
    """Every metric that the page's annotation allows."""
    sheet = _Sheet()
    if page.paragraphs is not None:
        _score_text(sheet, page, reading)
        _score_lines(sheet, page, reading)
    _score_fields(sheet, page, reading)
    return PageScore(id=page.id, parts=sheet.parts, faults=tuple(sheet.faults), seconds=reading.seconds)


def score_corpus(name: str, pages: Iterable[PageScore], *, sampled: bool = False) -> CorpusScore:
    """A corpus' figures: ``f1`` of the mean precision and recall, of the others the points by chances."""
    scored = tuple(pages)
    figures = {
        metric.name: figure
        for metric in METRICS
        if metric.name != "f1" and (figure := _figure(metric.name, scored)) is not None
    }
    if "recall" in figures:
        figures = {"f1": f1(figures.get("precision", 0.0), figures["recall"]), **figures}
    return CorpusScore(name=name, pages=scored, figures=figures, sampled=sampled)


def _figure(metric: str, pages: Sequence[PageScore]) -> float | None:
    parts = [page.parts[metric] for page in pages if metric in page.parts]
    out_of = sum(chances for _, chances in parts)
    return _SCALES[metric] * sum(points for points, _ in parts) / out_of if out_of else None


# --- the body -------------------------------------------------------------------------------------------


def _score_text(sheet: _Sheet, page: GoldPage, reading: Reading) -> None:
    """4-gram precision, recall and F1; with optional pieces, of the kinder of all and none of them."""
    got = grams(words(reading.text), 4)
    found = [precision_recall(grams(words(text), 4), got) for text in _golds(page)]
    precision, recall = max(found, key=lambda pair: f1(pair[0] or 0.0, pair[1] or 0.0))
    if precision is not None:
        sheet.mark("precision", precision)
    if recall is not None:
        sheet.mark("recall", recall)
    page_f1 = f1(precision or 0.0, recall or 0.0)
    sheet.mark("page_f1", page_f1, f"{page_f1:.3f}" if page_f1 < 0.9 else "")


def _golds(page: GoldPage) -> list[str]:
    """The texts that count as right: with every optional piece, and with none."""
    paragraphs = page.paragraphs or ()
    needed = [text for text in paragraphs if text not in page.optional]
    return ["\n\n".join(paragraphs), *(["\n\n".join(needed)] if page.optional else [])]


def _score_lines(sheet: _Sheet, page: GoldPage, reading: Reading) -> None:
    """Paragraphs and traps lost; noise and chrome left; noise kept as data of its kind."""
    got, gold = Bag(reading.text), Bag("\n\n".join(page.paragraphs or ()))
    for text in page.paragraphs or ():
        if text not in page.optional:
            _mark_lost(sheet, "lost_per_1000", text, got)
    for text in page.traps:
        _mark_lost(sheet, "traps_lost", text, got)
    for text in page.chrome:
        _mark_left(sheet, "chrome_left", text, got.share_of(Bag(text), beyond=gold))
    cuts = [(cut, Bag(cut.text)) for cut in reading.cuts]
    for line in page.noise:
        shown = f"{line.text[:80]} ({line.kind}, {line.form})"
        _mark_left(sheet, "noise_left", shown, got.share_of(Bag(line.text), beyond=gold))
        fault = _kept_fault(line, cuts)
        sheet.mark("noise_kept", 0.0 if fault else 1.0, fault and f"{shown}: {fault}")


def _mark_lost(sheet: _Sheet, metric: str, text: str, got: Bag) -> None:
    lost = got.share_of(Bag(text)) < LINE_WHOLE
    sheet.mark(metric, float(lost), text[:80] if lost else "")


def _mark_left(sheet: _Sheet, metric: str, shown: str, share: float) -> None:
    left = share >= LINE_LEFT
    sheet.mark(metric, float(left), shown[:120] if left else "")


def _kept_fault(line: NoiseLine, cuts: Sequence[tuple[Cut, Bag]]) -> str:
    """Nothing where some removal holds the line with a right kind; otherwise what holds it."""
    text = Bag(line.text)
    kinds = {cut.kind for cut, bag in cuts if bag.share_of(text) >= LINE_WHOLE}
    right = kinds & ({line.kind} | _ALSO_RIGHT.get(line.kind, frozenset()))
    return "" if right else ", ".join(sorted(kinds)) or "in no removal"


# --- the fields -----------------------------------------------------------------------------------------


def _score_fields(sheet: _Sheet, page: GoldPage, reading: Reading) -> None:
    if page.title:
        _mark_same(sheet, "title", folded(page.title), folded(reading.title))
    if page.authors:
        _mark_authors(sheet, page.authors, reading.authors)
    if page.published:
        _mark_same(sheet, "day", *_days(page, reading))
    if page.language:
        _mark_same(sheet, "language", page.language, (reading.language or "").split("-")[0])
    if page.kind:
        _mark_same(sheet, "kind", page.kind, reading.kind)


def _mark_same(sheet: _Sheet, metric: str, gold: str, got: str) -> None:
    sheet.mark(metric, float(gold == got), "" if gold == got else f"{got or 'nothing'!r}, not {gold!r}")


def _mark_authors(sheet: _Sheet, gold: Iterable[str], got: Iterable[str]) -> None:
    """F1 of the two sets of names."""
    wanted, given = {folded(name) for name in gold}, {folded(name) for name in got} - {""}
    points = 2 * len(wanted & given) / (len(wanted) + len(given))
    sheet.mark("authors", points, "" if points == 1 else f"{sorted(given)}, not {sorted(wanted)}")


def _days(page: GoldPage, reading: Reading) -> tuple[str, str]:
    """The gold's day and the reading's; on the gold's own clock where that is known."""
    gold, got = page.published, reading.published
    if isinstance(gold, datetime):
        shown = got.astimezone(gold.tzinfo) if got and got.tzinfo else got
        return gold.date().isoformat(), shown.date().isoformat() if shown else ""
    return gold.isoformat() if gold else "", got.date().isoformat() if got else ""


def worst(score: CorpusScore, metric: str, number: int) -> list[PageScore]:
    """The pages that cost the metric most, the costliest first; those that cost nothing are left out."""
    by_page = "page_f1" if metric in {"f1", "precision", "recall"} else metric
    lower = any(entry.name == by_page and entry.better == "lower" for entry in METRICS)

    def cost(page: PageScore) -> float:
        points, out_of = page.parts.get(by_page, (0.0, 0.0))
        return points if lower else out_of - points

    return [page for page in sorted(score.pages, key=cost, reverse=True)[:number] if cost(page) > 0]
