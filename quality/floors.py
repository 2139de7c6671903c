"""Pinned figures: what no change may fall under, kept in ``floors.toml``. For some metrics less is better;
their floor is the figure they may not rise above. Raising floors is one flag, lowering one is named by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.gold import CorpusScore
from quality.score import PINNED, Metric, worst

FLOORS = Path(__file__).parent / "floors.toml"
#: how far under the measured figure a floor is set: less than one page of our corpus costs
MARGIN = 0.004
#: the same for paragraphs lost per 1000
MARGIN_PER_1000 = 2.0
_HEAD = (
    "# What `make quality` must give. Written by `python -m quality --write-floors`, which only tightens.\n"
)

Floors = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A figure on the wrong side of its floor, or one that cannot be compared (``None``)."""

    corpus: str
    metric: str
    figure: float | None
    floor: float | None
    pages: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.floor is None:
            return f"{self.corpus}.{self.metric}: no floor is pinned (--write-floors pins it)"
        if self.figure is None:
            return f"{self.corpus}.{self.metric}: not measured, its floor is {self.floor}"
        pages = f"; worst: {', '.join(self.pages)}" if self.pages else ""
        return f"{self.corpus}.{self.metric} is {self.figure:.4f}, its floor {self.floor:.4f}{pages}"


def load_floors(path: Path = FLOORS) -> Floors:
    """The floors by corpus and metric; none where the file is not there."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def save_floors(floors: Mapping[str, Mapping[str, float]], path: Path = FLOORS) -> None:
    """Writes the floors, corpora and metrics in the order given."""
    tables = (
        f"\n[{corpus}]\n" + "".join(f"{metric} = {value}\n" for metric, value in values.items())
        for corpus, values in floors.items()
    )
    path.write_text(_HEAD + "".join(tables), encoding="utf-8")


def breaches(scores: Iterable[CorpusScore], floors: Mapping[str, Mapping[str, float]]) -> list[Breach]:
    """Every figure under its floor, and every figure or floor without a partner. Samples are not compared."""
    return [
        breach
        for score in scores
        if not score.sampled
        for metric in PINNED
        if (breach := _breach(score, metric, floors.get(score.name, {}).get(metric.name))) is not None
    ]


def _breach(score: CorpusScore, metric: Metric, floor: float | None) -> Breach | None:
    figure = score.figures.get(metric.name)
    if (floor is None and figure is None) or (
        floor is not None and figure is not None and not _worse(metric, figure, floor)
    ):
        return None
    pages = tuple(page.id for page in worst(score, metric.name, 3))
    return Breach(corpus=score.name, metric=metric.name, figure=figure, floor=floor, pages=pages)


def _worse(metric: Metric, figure: float, floor: float) -> bool:
    return figure < floor if metric.better == "higher" else figure > floor


def raised(
    scores: Sequence[CorpusScore], floors: Mapping[str, Mapping[str, float]], *, lower: Iterable[str] = ()
) -> Floors:
    """The floors after these scores: each moved to its figure less the margin where that is stricter.

    ``lower`` names floors (``own.title``) that may also become laxer. Samples change nothing, and floors
    of corpora that were not scored stay.
    """
    lax = frozenset(lower)
    made: Floors = {corpus: dict(values) for corpus, values in floors.items()}
    for score in scores:
        if not score.sampled:
            made[score.name] = _raised(score, made.get(score.name, {}), lax)
    return made


def _raised(score: CorpusScore, floors: Mapping[str, float], lax: frozenset[str]) -> dict[str, float]:
    made: dict[str, float] = {}
    for metric in PINNED:
        figure, floor = score.figures.get(metric.name), floors.get(metric.name)
        if figure is not None:
            wished = _with_margin(metric, figure)
            free = floor is None or f"{score.name}.{metric.name}" in lax
            made[metric.name] = wished if free or _worse(metric, floor or 0.0, wished) else floor or 0.0
        elif floor is not None:
            made[metric.name] = floor
    return made


def _with_margin(metric: Metric, figure: float) -> float:
    """The figure less the margin, within what the metric can be."""
    margin = MARGIN_PER_1000 if metric.scale > 1 else MARGIN
    return round(
        max(0.0, figure - margin) if metric.better == "higher" else min(metric.scale, figure + margin), 4
    )


def floor_names(corpora: Iterable[str]) -> frozenset[str]:
    """What ``--lower`` may name: ``corpus.metric``."""
    return frozenset(f"{corpus}.{metric.name}" for corpus in corpora for metric in PINNED)
