"""The figures as a table for people and as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from quality.floors import Breach
from quality.gold import CorpusScore, PageScore
from quality.score import METRICS, worst

_SHORT = {
    "precision": "prec",
    "lost_per_1000": "lost",
    "noise_left": "left",
    "noise_kept": "kept",
    "chrome_left": "chrome",
    "traps_lost": "traps",
    "language": "lang",
}
_LEGEND = """\
f1 prec recall page_f1: 4-gram shingles · lost: body paragraphs per 1000 · left: noise lines in the body
kept: noise lines held as data of the right kind · chrome: lines of the page around it in the body
traps: look-alikes lost · title authors day lang kind: fields right · p/s: pages per CPU-second, no floor"""


def table(scores: Sequence[CorpusScore]) -> str:
    """One line a corpus, one column a metric."""
    heads = [_SHORT.get(metric.name, metric.name) for metric in METRICS]
    lines = [f"{'corpus':<13}{'pages':>6}" + "".join(f"{head:>8}" for head in heads) + f"{'p/s':>7}"]
    for score in scores:
        cells = [_cell(score.figures.get(metric.name), metric.scale) for metric in METRICS]
        mark = "*" if score.sampled else ""
        lines.append(f"{score.name + mark:<13}{len(score.pages):>6}{''.join(cells)}{score.speed:>7.0f}")
    return "\n".join([*lines, _LEGEND])


def _cell(figure: float | None, scale: float) -> str:
    if figure is None:
        return f"{'-':>8}"
    return f"{figure:>8.1f}" if scale > 1 else f"{figure:>8.3f}"


def worst_pages(scores: Sequence[CorpusScore], number: int) -> str:
    """The pages with the lowest F1 or the most faults of each corpus, with what was wrong with them."""
    return "\n".join(line for score in scores for line in _worst_of(score, number))


def _worst_of(score: CorpusScore, number: int) -> list[str]:
    pages = _ranked(score, number)
    return [f"\n{score.name}:", *(line for page in pages for line in _page_lines(page))]


def _ranked(score: CorpusScore, number: int) -> list[PageScore]:
    """Those that cost most F1; where fewer than ``number`` cost any, those with the most faults."""
    costly = worst(score, "f1", number)
    faulty = sorted((page for page in score.pages if page.faults), key=lambda page: -len(page.faults))
    return [*costly, *(page for page in faulty if page not in costly)][:number]


def _page_lines(page: PageScore) -> list[str]:
    points, _ = page.parts.get("page_f1", (1.0, 1.0))
    return [f"  {points:.3f} {page.id}", *(f"        {fault}" for fault in page.faults[:12])]


def as_json(scores: Sequence[CorpusScore], found: Sequence[Breach], number: int) -> Mapping[str, object]:
    """Everything the table says, and the worst pages."""
    return {
        "corpora": {
            score.name: {
                "pages": len(score.pages),
                "sampled": score.sampled,
                "pages_per_cpu_s": round(score.speed, 1),
                "figures": {metric: round(figure, 5) for metric, figure in score.figures.items()},
                "worst": [{"id": page.id, "faults": list(page.faults)} for page in _ranked(score, number)],
            }
            for score in scores
        },
        "under_floor": [asdict(breach) for breach in found],
    }
