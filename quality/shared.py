"""The public corpora beside the project (``../shared/extraction/corpora``), where they are present."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from quality.gold import GoldPage, NoiseLine

#: the corpora whose pages carry their whole text; ``transplant`` also its noise lines and traps
SHARED = ("scrapinghub", "fundus-eval", "fundus-tests", "naeb", "daniel", "wcxb-dev", "transplant")
#: the corpora's words for kinds of noise -> ours
_KINDS = {"read_also": "read-also"}


@dataclass(frozen=True, slots=True)
class SharedCorpus:
    """A corpus on disk: its name, its pages one by one, and whether they are only some of it."""

    name: str
    folder: Path
    lines: tuple[dict[str, Any], ...]
    sampled: bool

    def pages(self) -> Iterator[GoldPage]:
        """Its pages, read from disk as they are asked for."""
        notes = _notes(self.folder)
        for line in self.lines:
            yield _page(self.folder, line, notes.get(line["id"], {}))


def shared_corpora(folder: Path, *, sample: int | None = None) -> list[SharedCorpus]:
    """The corpora that are there. ``sample``: at most so many pages of each, always the same ones."""
    present = [name for name in SHARED if (folder / name / "pages.jsonl").is_file()]
    return [_open(name, folder / name, sample) for name in present]


def _open(name: str, folder: Path, sample: int | None) -> SharedCorpus:
    lines = _jsonl(folder / "pages.jsonl")
    if sample is None or sample >= len(lines):
        return SharedCorpus(name, folder, tuple(lines), sampled=False)
    chosen = sorted(lines, key=lambda line: hashlib.sha256(line["id"].encode()).digest())[:sample]
    return SharedCorpus(name, folder, tuple(chosen), sampled=True)


def _notes(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "annotations.jsonl"
    return {note["id"]: note for note in _jsonl(path)} if path.is_file() else {}


def _page(folder: Path, line: dict[str, Any], note: dict[str, Any]) -> GoldPage:
    text = line.get("text")
    return GoldPage(
        id=line["id"],
        html=gzip.decompress((folder / line["file"]).read_bytes()),
        url=line.get("url") or "",
        paragraphs=None if text is None else _paragraphs(text),
        optional=tuple(line.get("optional") or ()),
        traps=tuple(note.get("traps") or ()),
        noise=tuple(_noise(entry) for entry in note.get("noise") or ()),
        title=line.get("title") or None,
        authors=tuple(line.get("authors") or ()) or None,
        published=date.fromisoformat(line["date"]) if line.get("date") else None,
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    """A text's paragraphs: parted by blank lines, or by lines where it has no blank ones."""
    between = "\n\n" if "\n\n" in text else "\n"
    return tuple(piece for piece in text.split(between) if piece.strip())


def _noise(entry: dict[str, Any]) -> NoiseLine:
    return NoiseLine(kind=_KINDS.get(entry["kind"], entry["kind"]), form=entry["form"], text=entry["text"])


def _jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
