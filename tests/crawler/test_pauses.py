"""Who asked us to wait, and for how long."""

from __future__ import annotations

import pytest

from crawler.pauses import HostPauses, Pause


@pytest.mark.parametrize(
    ("status", "retry_after", "left"),
    [
        (429, 60.0, 60.0),
        (429, None, 900.0),
        (503, 30.0, 30.0),
        (503, None, None),
        (500, 60.0, None),
        (200, 9.0, None),
    ],
)
def test_what_begins_a_pause(status: int, retry_after: float | None, left: float | None) -> None:
    pauses = HostPauses()
    pauses.note("g.example", status, retry_after, 1000.0)
    assert pauses.pause("g.example", 1000.0) == (Pause(status, left) if left else None)


def test_a_pause_ends_and_is_of_one_host_only() -> None:
    pauses = HostPauses()
    pauses.note("g.example", 429, 60.0, 1000.0)
    assert pauses.pause("g.example", 1059.0) == Pause(429, 1.0)
    assert pauses.pause("g.example", 1060.0) is None
    assert pauses.pause("other.example", 1001.0) is None
