"""Fits the weights of ``pipeline/extract/chooser.json`` on annotated pages, and judges them on others.

    python -m bench.train_chooser CORPORA              # writes chooser.json
    python -m bench.train_chooser CORPORA --folds      # out-of-fold F1 of the whole reader; writes nothing

CORPORA is a folder of public corpora as the quality gate reads them. Needs ``pip install catboost``, which
nothing else does. A page's blocks are labelled by how much of them the annotated text has; a fold's sites are
in no other fold. The weights are numbers about layout and length: no text of any page is in them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from catboost import CatBoostRegressor
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from pipeline.article import PageHints
from pipeline.extract import choose, features, model
from pipeline.extract.blocks import RawBlock
from pipeline.extract.decode import decode
from pipeline.extract.features import Told
from pipeline.extract.fields.read import read_fields
from pipeline.extract.walk import segment
from quality.gold import GoldPage
from quality.grams import f1, grams, precision_recall, words
from quality.reader import read
from quality.shared import shared_corpora

TARGET = Path(model.__file__).with_name("chooser.json")
FOLDS = 4
TREES, DEPTH, RATE, SMOOTHING, BORDERS = 200, 6, 0.1, 10, 64
#: transplanted pages repeat the templates of others
WEIGHTS = {"transplant": 0.5}
SIZE = 4
#: a shorter block is labelled by its neighbours' words, too
SHORT = 12
LEAF_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Example:
    """A page as the model sees it: one row, one label and one weight a block."""

    corpus: str
    page: GoldPage
    rows: NDArray[np.float32]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]

    @property
    def fold(self) -> int:
        site = ".".join((urlsplit(self.page.url).hostname or self.page.id).split(".")[-2:])
        return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    """Read the corpora, then fit or judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--folds", action="store_true", help="judge on sites not learned from; write nothing")
    given = parser.parse_args()
    examples = list(_examples(given.corpora))
    if not examples:
        sys.exit(f"no corpora in {given.corpora}")
    if given.folds:
        _judge(examples)
    else:
        TARGET.write_text(json.dumps(_fit(examples), separators=(",", ":")) + "\n", encoding="utf-8")
        print(f"{TARGET.name}: {len(examples)} pages, {TARGET.stat().st_size} bytes")


# --- labels ---------------------------------------------------------------------------------------------


def _examples(folder: Path) -> Iterator[Example]:
    for corpus in shared_corpora(folder):
        for page in corpus.pages():
            if page.paragraphs is not None and (example := _example(corpus.name, page)):
                yield example


def _example(corpus: str, page: GoldPage) -> Example | None:
    document = LexborHTMLParser(decode(page.html, page.content_type))
    fields = read_fields(document, page.url, PageHints())
    told = Told(titles=fields.titles, description=fields.description, body=fields.declared.body)
    segments = segment(document)
    asked = features.candidates(segments.blocks)
    if not asked:
        return None
    labels = _labels(segments.blocks, page.paragraphs or ())
    shares = np.array([labels[block.index] for block in asked])
    sizes = np.array([max(2, len(words(block.text))) for block in asked], dtype=float)
    # Each page counts alike, as in the mean over pages: its body's words share one unit.
    weights = np.minimum((sizes + 4) / max(50.0, float((shares * sizes).sum())), 0.5) * WEIGHTS.get(corpus, 1)
    return Example(corpus, page, features.rows(segments, asked, told), shares, weights)


def _labels(blocks: Sequence[RawBlock], paragraphs: Sequence[str]) -> list[float]:
    """For each block the share of it that is body, by runs of four words that the annotated text has."""
    gold = words("\n".join(paragraphs))
    known = {tuple(gold[at : at + SIZE]) for at in range(len(gold) - SIZE + 1)}
    lines = {tuple(words(line)) for paragraph in paragraphs for line in paragraph.split("\n")}
    found = [words(block.text) for block in blocks]
    covered = _covered([word for one in found for word in one], known)
    labels, at = [], 0
    for one in found:
        labels.append(_label(one, covered[at : at + len(one)], known, lines))
        at += len(one)
    return labels


def _covered(stream: Sequence[str], known: set[tuple[str, ...]]) -> list[bool]:
    covered = [False] * len(stream)
    for at in range(len(stream) - SIZE + 1):
        if tuple(stream[at : at + SIZE]) in known:
            covered[at : at + SIZE] = [True] * SIZE
    return covered


def _label(
    one: Sequence[str], covered: Sequence[bool], known: set[tuple[str, ...]], lines: set[tuple[str, ...]]
) -> float:
    if not one:
        return 0.0
    if len(one) >= SHORT:
        runs = [tuple(one[at : at + SIZE]) in known for at in range(len(one) - SIZE + 1)]
        return sum(runs) / len(runs)
    share = sum(covered) / len(one)
    return max(share, 0.9 if len(one) > 1 else 0.6) if tuple(one) in lines else share


# --- fitting --------------------------------------------------------------------------------------------


def _fit(examples: Sequence[Example]) -> dict[str, Any]:
    """The model as ``chooser.json`` holds it."""
    learner = CatBoostRegressor(
        iterations=TREES,
        depth=DEPTH,
        learning_rate=RATE,
        l2_leaf_reg=SMOOTHING,
        border_count=BORDERS,
        random_seed=1,
        verbose=0,
        allow_writing_files=False,
    )
    learner.fit(
        np.vstack([one.rows for one in examples]),
        np.concatenate([one.labels for one in examples]),
        sample_weight=np.concatenate([one.weights for one in examples]),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        learner.save_model(str(path), format="json")
        written = json.loads(path.read_text("utf-8"))
    scale, (bias,) = written["scale_and_bias"]
    trees = [_tree(tree, scale) for tree in written["oblivious_trees"]]
    return {"features": examples[0].rows.shape[1], "bias": round(bias, 5), "trees": trees}


def _tree(tree: dict[str, Any], scale: float) -> list[list[float]]:
    """``[columns, borders, leaves]``; a tree with fewer levels asks questions that are never answered yes."""
    columns = [split["float_feature_index"] for split in tree["splits"]]
    borders = [round(split["border"], 5) for split in tree["splits"]]
    leaves = [round(value * scale * LEAF_SCALE) for value in tree["leaf_values"]]
    while len(columns) < DEPTH:
        columns, borders, leaves = [*columns, 0], [*borders, 1e9], leaves * 2
    return [columns, borders, leaves]


# --- judging --------------------------------------------------------------------------------------------


def _judge(examples: Sequence[Example]) -> None:
    """The 4-gram F1 of mean precision and recall of the whole reader, with weights that saw no such site."""
    found: dict[str, list[tuple[float, float]]] = {}
    for fold in range(FOLDS):
        weights = model.from_json(_fit([one for one in examples if one.fold != fold]))
        choose_loaded = choose.model.load
        choose.model.load = lambda weights=weights: weights  # type: ignore[assignment,misc]
        try:
            for one in examples:
                if one.fold == fold:
                    found.setdefault(one.corpus, []).append(_score(one.page))
        finally:
            choose.model.load = choose_loaded  # type: ignore[misc]
    for corpus, scores in found.items():
        precision = statistics.mean(score[0] for score in scores)
        recall = statistics.mean(score[1] for score in scores)
        figures = f"P {precision:.3f}  R {recall:.3f}  F1 {f1(precision, recall):.3f}"
        print(f"{corpus:14} n={len(scores):4}  {figures}")


def _score(page: GoldPage) -> tuple[float, float]:
    got = grams(words(read(page).text), SIZE)
    pieces = [piece for piece in page.paragraphs or () if piece not in page.optional]
    golds = {"\n\n".join(page.paragraphs or ()), "\n\n".join(pieces)}
    scores = [precision_recall(grams(words(gold), SIZE), got) for gold in golds]
    plain = [(precision or 0.0, recall or 0.0) for precision, recall in scores]
    return max(plain, key=lambda pair: f1(*pair))


if __name__ == "__main__":
    main()
