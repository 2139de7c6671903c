"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feed_dates import parse_date

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 02 Nov 2026 10:00:00 GMT",
        "Mon, 2 Nov 26 10:00 UT",
        "02 Nov 2026 05:00:00 EST",
        "Mon,02 November 2026 12:00:00 +0200",
        "Пн, 02 лист 2026 12:00:00 +0200",
        "Пн, 02 ноя 2026 13:00:00 MSK",
        "2 ноября 2026, 10:00",
        "2 نوفمبر 2026 10:00",
        "lundi, 2 novembre 2026 11:00 CET",
        "2026-11-02T10:00:00Z",
        "2026-11-02T12:00:00.123456789+02:00",
        "2026-11-02 10:00",
        "20261102T100000Z",
        "November 2, 2026 10:00 AM",
        "Monday, November 2, 2026 - 10:00",
        "Mon Nov  2 10:00:00 2026",
        "Mon Nov 02 2026 12:00:00 GMT+0200 (EET)",
        "02.11.2026 10:00",
        "Mon, 02 Nov 2026 12:00:00 Europe/Kyiv",
        "Mon, 02 Nov 2026 10:00:00 XYZ",
        "1793613600",
        "1793613600000",
        "٢٠٢٦-١١-٠٢T10:00:00Z",
    ],
)
def test_one_moment_written_many_ways(written: str) -> None:
    assert parse_date(written) == TEN


@pytest.mark.parametrize("written", ["2026-11-02", "2 Nov 2026", "02.11.2026", "20261102", "2026/11/02"])
def test_a_day_is_its_midnight(written: str) -> None:
    assert parse_date(written) == MIDNIGHT


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "yesterday",
        "Mon, 31 Feb 2026 10:00:00 GMT",
        "Mon, 02 Nov 0000 10:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "-0001-01-01T00:00:00Z",
        "2026-11-02T25:61:61Z",
        "Mon, 02 Nov 2026 10:00:00 +9999",
        "Mon, 02 Nov 2026 10:00:00 ../etc/passwd",
        "Mon, 02 Nov 2026 10:00:00 Nowhere/City",
        "1e309",
        "9" * 400,
        "Thu, 01 Jan 2099 00:00:00 GMT",
        "1969-12-31",
    ],
)
def test_what_is_no_date_of_a_feed(written: str | None) -> None:
    assert parse_date(written) is None


def test_the_future_is_kept() -> None:
    assert parse_date("2049-12-31T00:00:00Z") == datetime(2049, 12, 31, tzinfo=UTC)


@settings(max_examples=200)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2049, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_iso_and_rfc_dates_round_trip(moment: datetime, offset: int) -> None:
    moment = moment.replace(microsecond=0)
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    wanted = datetime.fromisoformat(moment.isoformat() + zone).astimezone(UTC)
    expected = wanted if 1970 <= wanted.year <= 2049 else None
    assert parse_date(moment.isoformat() + zone) == expected
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S ") + zone.replace(":", "")) == expected


@settings(max_examples=200)
@given(st.text(alphabet="0123456789 -:+TZ,./GMTnovPMлис٢", max_size=40))
def test_anything_is_a_date_in_range_or_none(written: str) -> None:
    moment = parse_date(written)
    assert moment is None or (1970 <= moment.year <= 2049 and moment.tzinfo is UTC)
