"""Floors: what falls under one fails, raising is one flag, lowering is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quality.floors import FLOORS, breaches, load_floors, raised, save_floors
from quality.gold import CorpusScore, PageScore
from quality.score import PINNED


def score(*, sampled: bool = False, **figures: float) -> CorpusScore:
    pages = (PageScore(id="bad", parts={"title": (0.0, 1.0), "noise_left": (2.0, 3.0)}),)
    return CorpusScore(name="own", pages=pages, figures=figures, sampled=sampled)


def test_a_figure_under_its_floor_is_named_with_its_pages() -> None:
    [breach] = breaches([score(title=0.89)], {"own": {"title": 0.9}})
    assert str(breach) == "own.title is 0.8900, its floor 0.9000; worst: bad"


def test_where_less_is_better_the_floor_is_a_ceiling() -> None:
    floors = {"own": {"noise_left": 0.03}}
    assert not breaches([score(noise_left=0.02)], floors)
    assert len(breaches([score(noise_left=0.04)], floors)) == 1


def test_a_figure_without_a_floor_fails_and_so_does_a_floor_without_a_figure() -> None:
    [unpinned] = breaches([score(title=1.0)], {})
    [unmeasured] = breaches([score()], {"own": {"title": 0.9}})
    assert "no floor is pinned" in str(unpinned)
    assert "not measured" in str(unmeasured)


def test_a_sample_is_not_compared() -> None:
    assert not breaches([score(sampled=True, title=0.1)], {"own": {"title": 0.9}})


def test_floors_only_rise_unless_named() -> None:
    floors = {"own": {"title": 0.9, "noise_left": 0.03}, "absent": {"f1": 0.5}}
    worse = [score(title=0.5, noise_left=0.5)]
    assert raised(worse, floors) == floors
    assert raised(worse, floors, lower=["own.title"])["own"] == {"noise_left": 0.03, "title": 0.496}
    better = raised([score(title=0.99, noise_left=0.0)], floors)
    assert better["own"] == {"title": 0.986, "noise_left": 0.004}
    assert better["absent"] == {"f1": 0.5}


def test_a_raised_floor_holds_for_the_figure_it_was_raised_from() -> None:
    now = [score(f1=0.9731, lost_per_1000=4.7, title=1.0, noise_left=0.0)]
    assert not breaches(now, raised(now, {}))


def test_floors_do_not_move_by_a_sample() -> None:
    assert raised([score(sampled=True, title=1.0)], {"own": {"title": 0.9}}) == {"own": {"title": 0.9}}


def test_floors_survive_the_file(tmp_path: Path) -> None:
    floors = {"own": {"f1": 0.97, "lost_per_1000": 6.0}, "wcxb-dev": {"f1": 0.9}}
    save_floors(floors, tmp_path / "floors.toml")
    assert load_floors(tmp_path / "floors.toml") == floors
    assert load_floors(tmp_path / "none.toml") == {}


def test_every_metric_of_our_own_corpus_has_a_floor() -> None:
    assert load_floors(FLOORS)["own"].keys() == {metric.name for metric in PINNED}


@pytest.mark.parametrize("metric", [metric.name for metric in PINNED])
def test_a_worse_figure_than_the_pinned_one_fails(metric: str, worsen: Callable[[str, float], float]) -> None:
    floors = load_floors(FLOORS)["own"]
    held = replace(score(), figures=floors)
    assert not breaches([held], {"own": floors})
    fallen = replace(held, figures={**floors, metric: worsen(metric, floors[metric])})
    assert [breach.metric for breach in breaches([fallen], {"own": floors})] == [metric]


@pytest.fixture
def worsen() -> Callable[[str, float], float]:
    """A figure a little on the wrong side of the one given."""
    better = {metric.name: metric.better for metric in PINNED}
    return lambda metric, figure: figure - 0.001 if better[metric] == "higher" else figure + 0.001
