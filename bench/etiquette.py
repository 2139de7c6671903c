"""A client for a server that scores how politely feeds are polled: one scheduled pass of presswatch.

python -m bench.etiquette WORK FEEDS

WORK is a folder that keeps the database between passes, FEEDS a file with one feed's address a line. The first pass
imports them as an OPML file, as people do who come from a feed reader; every pass crawls what is due.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

#: of `presswatch crawl`: done, and some feeds failed (which is what a faulty server is for)
_FINE = (0, 1)


def main() -> int:
    """One pass; the exit code is 0 unless presswatch itself failed."""
    work, feeds = Path(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    database = work / "presswatch.db"
    if not database.exists():
        subscriptions = work / "subscriptions.opml"
        subscriptions.write_text(_opml(feeds))
        added = _presswatch(database, feeds[0], "outlets", "import", str(subscriptions))
        if added != 0:
            return added
    code = _presswatch(database, feeds[0], "crawl", "--json")
    return 0 if code in _FINE else code


def _opml(feeds: list[str]) -> str:
    outlines = "".join(
        f"<outline type='rss' text={quoteattr(feed)} xmlUrl={quoteattr(feed)}/>" for feed in feeds
    )
    return f"<opml version='2.0'><head><title>feeds</title></head><body>{outlines}</body></opml>"


def _presswatch(database: Path, feed: str, *words: str) -> int:
    address = urlsplit(feed).netloc
    command = [sys.executable, "-m", "presswatch", "--db", str(database), "--allow-address", address, *words]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
