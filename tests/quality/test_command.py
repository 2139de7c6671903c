"""``python -m quality``: figures out, exit code right, floors moved only when asked."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from quality.__main__ import Gate, main
from quality.corpus import own_corpus
from quality.floors import load_floors
from quality.gold import GoldPage
from quality.shared import shared_corpora

Capture = pytest.CaptureFixture[str]
_PAGE = "<html><head><title>T</title></head><body><article>{}</article></body></html>"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A public corpus of three pages, in the exported layout."""
    folder = tmp_path / "scrapinghub"
    (folder / "html").mkdir(parents=True)
    lines = []
    for number in range(3):
        text = f"Paragraph number {number} has enough words to be read as the body of an article. " * 3
        (folder / "html" / f"{number}.gz").write_bytes(gzip.compress(_PAGE.format(f"<p>{text}</p>").encode()))
        url, file = f"https://x.example/{number}", f"html/{number}.gz"
        lines.append({"id": f"p{number}", "url": url, "text": text, "file": file})
    (folder / "pages.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


def test_corpora_that_are_not_there_are_left_out(shared: Path, tmp_path: Path) -> None:
    assert [corpus.name for corpus in shared_corpora(shared)] == ["scrapinghub"]
    assert shared_corpora(tmp_path / "nowhere") == []


def test_a_sample_is_bounded_and_always_the_same(shared: Path) -> None:
    [one], [two] = shared_corpora(shared, sample=2), shared_corpora(shared, sample=2)
    assert one.sampled
    assert [page.id for page in one.pages()] == [page.id for page in two.pages()]
    assert len(one.lines) == 2
    [whole] = shared_corpora(shared, sample=3)
    assert not whole.sampled


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """Three of our own pages and no floors yet."""
    pages = [page for page in own_corpus() if page.id in {"en-ferry", "uk-most", "ar-jisr"}]
    return Gate(own=lambda: pages, floors=tmp_path / "floors.toml")


def spoilt(gate: Gate) -> Gate:
    """The same pages, every second paragraph gone: what a reader that lost its way would give."""

    def without(page: GoldPage) -> GoldPage:
        body = page.html
        for paragraph in (page.paragraphs or ())[1::2]:
            body = body.replace(paragraph.encode(), b"")
        return replace(page, html=body)

    pages = [without(page) for page in gate.own()]
    return replace(gate, own=lambda: pages)


def test_nothing_passes_before_floors_are_pinned(gate: Gate, tmp_path: Path, capsys: Capture) -> None:
    assert main(["--shared", str(tmp_path)], gate) == 1
    assert "own.f1: no floor is pinned" in capsys.readouterr().err


def test_pinned_floors_hold_and_a_worse_reading_fails(gate: Gate, tmp_path: Path, capsys: Capture) -> None:
    assert main(["--shared", str(tmp_path), "--write-floors"], gate) == 0
    assert main(["--shared", str(tmp_path)], gate) == 0
    pinned = gate.floors.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["--shared", str(tmp_path), "--write-floors"], spoilt(gate)) == 1
    assert "own.f1 is" in (err := capsys.readouterr().err)
    assert "; worst: " in err
    assert gate.floors.read_text(encoding="utf-8") == pinned


def test_a_floor_falls_only_by_its_name(gate: Gate, tmp_path: Path) -> None:
    main(["--shared", str(tmp_path), "--write-floors"], gate)
    before = load_floors(gate.floors)["own"]
    main(["--shared", str(tmp_path), "--write-floors", "--lower", "own.f1"], spoilt(gate))
    after = load_floors(gate.floors)["own"]
    assert after.pop("f1") < before.pop("f1")
    assert after == before


def test_the_json_document_has_every_corpus_and_what_is_under_its_floor(
    gate: Gate, shared: Path, capsys: Capture
) -> None:
    assert main(["--shared", str(shared), "--json", "--worst", "1"], gate) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["corpora"]["scrapinghub"]["pages"] == 3
    assert document["corpora"]["own"]["figures"]["f1"] > 0.8
    assert {entry["corpus"] for entry in document["under_floor"]} == {"own", "scrapinghub"}


def test_a_corpus_that_is_away_or_sampled_is_said_to_be_uncompared(
    gate: Gate, shared: Path, capsys: Capture
) -> None:
    main(["--shared", str(shared), "--write-floors"], gate)
    capsys.readouterr()
    assert main(["--shared", str(shared), "--sample", "1"], gate) == 0
    assert "scrapinghub: not compared" in capsys.readouterr().err
    assert main(["--shared", str(shared / "nowhere"), "--worst", "2"], gate) == 0
    assert "scrapinghub: not compared" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--lower", "own.title"], ["--sample", "0"], ["--write-floors", "--lower", "own.beauty"]]
)
def test_wrong_words_are_refused(arguments: list[str], gate: Gate, shared: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--shared", str(shared), *arguments], gate)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err
