"""The chooser's weights: a sum of small decision trees over a block's numbers.

Oblivious trees (Kohavi 1994; Prokhorenkova et al. 2018): every level of a tree asks one question of all
blocks, so that the answers of a level are one comparison of arrays. ``chooser.json`` holds them;
``bench/train_chooser.py`` makes it from annotated public corpora, none of whose text is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Model:
    """``depth`` questions of each of the trees, all first ones first: a column and its border.

    ``leaves``: what each tree adds for each answer, in ten-thousandths; whole numbers, whose sum is the same
    in any order and on any machine. ``offsets``: where a tree's leaves begin.
    """

    features: int
    bias: float
    depth: int
    columns: NDArray[np.intp]
    borders: NDArray[np.float32]
    leaves: NDArray[np.int32]
    offsets: NDArray[np.intp]

    def predict(self, numbers: NDArray[np.float32]) -> list[float]:
        """For each row of numbers how much of the block is body, about 0 to 1."""
        answers = numbers.T.take(self.columns, axis=0) > self.borders
        levels = answers.view(np.uint8).reshape(self.depth, -1, len(numbers))
        leaf = levels[-1]
        for level in levels[-2::-1]:
            leaf = leaf * np.uint8(2) + level
        sums = self.leaves.take(leaf + self.offsets).sum(axis=0)
        shares: list[float] = (sums / _SCALE + self.bias).tolist()
        return shares


@cache
def load() -> Model:
    """The packaged model, read once."""
    return from_json(json.loads((resources.files(__package__) / "chooser.json").read_text("utf-8")))


def from_json(data: Mapping[str, Any]) -> Model:
    """A model as ``bench/train_chooser.py`` writes it."""
    columns, borders, leaves = zip(*data["trees"], strict=True)
    depth, size = len(columns[0]), len(leaves[0])
    return Model(
        features=data["features"],
        bias=data["bias"],
        depth=depth,
        columns=np.array(columns, dtype=np.intp).T.ravel(),
        borders=np.array(borders, dtype=np.float32).T.reshape(-1, 1),
        leaves=np.array(leaves, dtype=np.int32).ravel(),
        offsets=np.arange(len(leaves), dtype=np.intp)[:, None] * size,
    )
