"""Kill crawls with signal 9 at random moments and check after each what is left.

python -m bench.kill [KILLS]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.crawl_cost import watch
from pipeline.store import care
from pipeline.store.connection import open_store

ARTICLES = 400


def state(db: Path) -> tuple[list[str], dict[str, int]]:
    """What is wrong with a database, and how much is in it."""
    with open_store(db) as store:
        return care.check(store), care.totals(store)


def killed(command: list[str], after: float) -> None:
    """Run a command and kill it after so many seconds."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.kill()
    process.wait()


def trial(folder: Path, address: str, kills: int) -> None:
    """Kill one crawl after the other, with a fresh database whenever one is complete."""
    rng, partial, number = random.Random(1), 0, 0
    db = folder / "0.db"
    watch(db, f"http://{address}")
    kept = 0
    for kill in range(kills):
        crawl = [
            sys.executable,
            "-m",
            "presswatch",
            "--db",
            str(db),
            "--allow-address",
            address,
            "crawl",
            "--all",
        ]
        killed(crawl, rng.uniform(0.3, 3.0))
        problems, totals = state(db)
        assert not problems, (kill, problems)
        assert totals["articles"] >= kept, (kill, totals, kept)
        assert totals["articles"] == totals["versions"], (kill, totals)
        kept = totals["articles"]
        partial += 0 < kept < ARTICLES
        if kept == ARTICLES:
            number, kept = number + 1, 0
            db = folder / f"{number}.db"
            watch(db, f"http://{address}")
    ended = subprocess.run(crawl, capture_output=True, check=False)
    problems, totals = state(db)
    assert not problems, problems
    print(f"{kills} kills, {partial} of them with a part of the articles stored; integrity always ok")
    print(f"last crawl: exit {ended.returncode}, {totals['articles']} of {ARTICLES} articles, none double")


def main() -> None:
    """Serve a site and try."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    command = [sys.executable, "-m", "bench.site", str(ARTICLES)]
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as site,
    ):
        try:
            assert site.stdout is not None
            trial(Path(name), site.stdout.readline().strip(), kills)
        finally:
            site.kill()


if __name__ == "__main__":
    main()
