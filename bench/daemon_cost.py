"""What the daemon costs: at rest, with 60,000 feeds in its store, and each crawl it starts.

python -m bench.daemon_cost [--minutes 2] [--feeds 2000]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.crawl_cost import site
from bench.daemon_store import fill, measure
from bench.process import Usage, usage
from pipeline.store import outlets
from pipeline.store.connection import open_store
from pipeline.types import OutletFeed, OutletSpec

#: a crawl child: what it is when it has imported all it needs, and at its end
_CHILD: Final = """
import json, resource, sys
from pathlib import Path

from crawler.options import FetchOptions
from crawler.run import CrawlOptions, crawl
from crawler.work import Drain
from pipeline.decide import Polling
from scheduler.cadence import Cadence

def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

imports = cpu()
if len(sys.argv) > 3:
    from crawler import settings
    components = settings._components
    settings._components = lambda: components() | {"TWISTED_REACTOR_ENABLED": True}
fetch, polling = FetchOptions(allow_addresses=frozenset({sys.argv[2]}), delay=0), Polling()
report = crawl(CrawlOptions(db=Path(sys.argv[1]), fetch=fetch, polling=polling, pace=Cadence(polling),
                            drain=Drain(linger=0, step=0.05)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(imports=imports, cpu=cpu(), peak=peak, polls=report.feeds_polled,
                      unchanged=report.feeds_not_modified)))
"""


def _watch(db: Path, address: str, feeds: int) -> None:
    """That many outlets with a feed each."""
    with open_store(db) as store, store.write():
        for number in range(feeds):
            feed = OutletFeed(url=f"http://{address}/rss/{number}")
            home = f"http://o{number}.example"
            outlets.add_outlet(
                store, OutletSpec(slug=f"o{number}", name="Bench", home=home, feeds=(feed,)), _now()
            )


def _now() -> datetime:
    return datetime.now(UTC)


def _make_due(db: Path) -> None:
    with open_store(db) as store:
        store.execute("UPDATE feeds SET next_check = '2026-01-01T00:00:00+00:00'")
        store.execute("UPDATE pages SET next_attempt = NULL")


def _child(db: Path, address: str, *, reactor: bool = False) -> dict[str, Any]:
    command = [sys.executable, "-c", _CHILD, str(db), address, *(["reactor"] if reactor else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _polls(folder: Path, feeds: int, *, reactor: bool = False) -> dict[str, Any]:
    """A crawl of that many feeds that all answer 304."""
    db = folder / f"polls-{feeds}-{reactor}.db"
    with site(1) as address:
        _watch(db, address, feeds)
        _child(db, address)
        _make_due(db)
        result = _child(db, address, reactor=reactor)
    assert result["unchanged"] == feeds, result
    return result


def at_rest(folder: Path, seconds: float) -> tuple[Usage, Usage]:
    """The daemon with 100 outlets of which nothing is due: a while after its start, and ``seconds`` later."""
    db, config = folder / "rest.db", folder / "rest.toml"
    config.write_text("[crawl]\nmin_interval_minutes = 600\nrecheck_hours = [100]\n")
    with site(1) as address:
        _watch(db, address, 100)
        _child(db, address)
        with open_store(db) as store:
            store.execute("UPDATE feeds SET next_check = '2126-01-01T00:00:00+00:00'")
            store.execute("UPDATE pages SET next_attempt = NULL")
        command = [sys.executable, "-m", "presswatch", "--db", str(db), "--config", str(config), "daemon"]
        with subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                assert process.stdout is not None
                process.stdout.readline()
                time.sleep(10)
                first = usage(process.pid)
                time.sleep(seconds)
                last = usage(process.pid)
            finally:
                process.terminate()
    assert first is not None
    assert last is not None
    return first, last


def _print_rest(folder: Path, seconds: float) -> None:
    first, last = at_rest(folder, seconds)
    share = (last.cpu - first.cpu) / seconds
    print(f"at rest, 100 outlets, {seconds:.0f} s: {last.rss:.1f} MB resident (peak {last.peak:.1f})")
    print(
        f"  CPU to start {first.cpu:.2f} s, then {100 * share:.2f} % of a core, {3600 * share:.1f} s an hour"
    )


def _print_polls(folder: Path, feeds: int) -> None:
    one = _polls(folder, 1)
    for reactor in (False, True):
        many = _polls(folder, feeds, reactor=reactor)
        each = 1000 * (many["cpu"] - one["cpu"]) / (feeds - 1)
        kind = "with Twisted's reactor" if reactor else "without a reactor"
        print(f"{feeds} polls answered 304, {kind}: {each:.2f} ms CPU each, peak {many['peak']:.0f} MB")
    print(f"a crawl of one feed: {one['cpu']:.2f} s CPU ({one['imports']:.2f} imports), {one['peak']:.0f} MB")


def _print_store(folder: Path) -> None:
    db = folder / "store.db"
    fill(db)
    print("60,000 feeds of 20,000 outlets, 200,000 pages; ms: CPU, wall, longest wall")
    for situation, figures in measure(db):
        print(situation)
        for timed in figures:
            print(f"  {timed.what:<30}{timed.cpu:8.1f}{timed.wall:8.1f}{timed.longest:8.1f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--only", choices=("rest", "polls", "store"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only in (None, "rest"):
            _print_rest(folder, options.minutes * 60)
        if options.only in (None, "polls"):
            _print_polls(folder, options.feeds)
        if options.only in (None, "store"):
            _print_store(folder)


if __name__ == "__main__":
    main()
