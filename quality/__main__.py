"""Scores reading on our own pages and on the public corpora beside the project, against the pinned floors.

python -m quality [--shared DIR] [--sample N] [--worst N] [--json] [--write-floors [--lower CORPUS.METRIC]...]

Exit codes: 0 every figure holds, 1 one is under its floor, 2 the command is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from quality.corpus import own_corpus
from quality.floors import FLOORS, Floors, breaches, floor_names, load_floors, raised, save_floors
from quality.gold import CorpusScore, GoldPage
from quality.reader import score_pages
from quality.report import as_json, table, worst_pages
from quality.score import score_corpus
from quality.shared import SHARED, shared_corpora

_BESIDE = Path(__file__).resolve().parents[1].parent / "shared" / "extraction" / "corpora"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m quality", description=(__doc__ or "").split("\n", 1)[0])
    add = parser.add_argument
    add("--shared", type=Path, default=_BESIDE, metavar="DIR", help="the folder of the public corpora")
    add(
        "--sample",
        type=_positive,
        metavar="N",
        help="at most N pages of each public corpus, not compared",
    )
    add(
        "--worst",
        type=int,
        default=0,
        metavar="N",
        help="show each corpus' N worst pages and their faults",
    )
    add("--json", action="store_true", help="one JSON document instead of the table")
    add("--write-floors", action="store_true", help="tighten floors.toml to these figures, less a margin")
    add(
        "--lower",
        action="append",
        default=[],
        metavar="CORPUS.METRIC",
        help="this floor may fall",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the command works on: our own pages and the file of floors."""

    own: Callable[[], Iterable[GoldPage]] = own_corpus
    floors: Path = FLOORS


def scored(gate: Gate, shared: Path, sample: int | None) -> list[CorpusScore]:
    """Our own corpus and every public one that is there, read and scored."""
    corpora = [
        score_corpus(corpus.name, score_pages(corpus.pages()), sampled=corpus.sampled)
        for corpus in shared_corpora(shared, sample=sample)
    ]
    return [score_corpus("own", score_pages(gate.own())), *corpora]


def main(arguments: Sequence[str] | None = None, gate: Gate | None = None) -> int:
    """Runs the gate; gives the exit code."""
    gate = gate or Gate()
    options = _options(arguments)
    scores = scored(gate, options.shared, options.sample)
    if options.write_floors:
        save_floors(raised(scores, load_floors(gate.floors), lower=options.lower), gate.floors)
    return _verdict(scores, load_floors(gate.floors), as_document=options.json, number=options.worst)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, checked; wrong ones end the process with 2 before anything is read."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.lower and not options.write_floors:
        parser.error("--lower needs --write-floors")
    unknown = sorted(frozenset(options.lower) - floor_names(("own", *SHARED)))
    if unknown:
        parser.error(f"no such floor: {', '.join(unknown)}")
    return options


def _verdict(scores: Sequence[CorpusScore], floors: Floors, *, as_document: bool, number: int) -> int:
    """Prints the figures and what is under its floor; 1 where anything is."""
    found = breaches(scores, floors)
    if as_document:
        print(json.dumps(as_json(scores, found, number or 5), ensure_ascii=False, indent=1))
    else:
        print(table(scores))
        if number:
            print(worst_pages(scores, number))
    names = {score.name for score in scores if not score.sampled}
    for corpus in floors.keys() - names:
        print(f"{corpus}: not compared (not here, or only a sample)", file=sys.stderr)
    for breach in found:
        print(f"under its floor: {breach}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
