"""What a crawl did, as one line and as JSON. Pure."""

from __future__ import annotations

from pipeline.types import RunReport
from presswatch.cli.words import counted


def summary(report: RunReport) -> str:
    """``3 outlets · 41 new · 2 revised · 1 failed · 9.8 s``: what is zero is left out, but for the new."""
    parts = (
        (report.revised, f"{report.revised} revised"),
        (report.duplicate, f"{report.duplicate} duplicate"),
        (report.gone, f"{report.gone} gone"),
        (report.failed, f"{report.failed} failed"),
        (report.feeds_failed, f"{counted(report.feeds_failed, 'feed')} failed"),
        (report.feeds_not_modified, f"{report.feeds_not_modified} not modified"),
    )
    told = [text for count, text in parts if count]
    if report.offline:
        told.append("our own network is down")
    return " · ".join(
        (counted(report.outlets, "outlet"), f"{report.new} new", *told, f"{report.seconds:.1f} s")
    )


def report_dict(report: RunReport) -> dict[str, object]:
    """The document of ``crawl --json``; seconds are to one decimal."""
    return {
        "run": report.run,
        "outlets": report.outlets,
        "feeds": {
            "polled": report.feeds_polled,
            "not_modified": report.feeds_not_modified,
            "failed": report.feeds_failed,
        },
        "articles": {
            "new": report.new,
            "revised": report.revised,
            "unchanged": report.unchanged,
            "duplicate": report.duplicate,
            "gone": report.gone,
            "failed": report.failed,
        },
        "offline": report.offline,
        "seconds": round(report.seconds, 1),
        "failures": [
            {"url": url, "class": kind, "message": message} for url, kind, message in report.failures
        ],
    }
