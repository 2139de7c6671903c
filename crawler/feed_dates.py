"""Dates as feeds write them -> aware UTC datetimes.

RFC 822/2822 (RSS), RFC 3339 and W3C-DTF (Atom, JSON Feed, sitemaps), asctime, Unix seconds, and what people
type: month names of a dozen languages, zone names, ``Europe/Kyiv``. A date without a zone is taken as UTC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

#: years outside are a mistake of the feed, not a date
FIRST_YEAR, LAST_YEAR = 1970, 2049
_MAX_LENGTH = 100

_TIME = r"(?P<h>\d{1,2}):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?(?:\s*(?P<ampm>[ap]\.?m\.?))?"
_ZONE = (
    r"\s*(?P<zone>\(?[a-z][a-z_/]*\)?(?:\s*[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d{1,2}(?::?\d\d)?)?(?:\s*\([^)]*\))?"
)
_WEEKDAY = r"(?:[^\W\d_]+\.?,?\s*)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        # 2026-11-02T10:00:00Z, 2026-11-02, 2026-11, 20261102T100000
        rf"(?P<y>\d{{4}})[-/](?P<m>\d\d?)(?:[-/](?P<d>\d\d?)(?:[T\s_]+{_TIME}{_ZONE})?)?",
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:T?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?" + _ZONE + ")?",
        # Mon, 02 Nov 2026 10:00:00 +0200
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})[\s.\-]+{_MONTH}[\s.,\-]+(?P<y>\d{{4}}|\d\d)(?:[\s,\-]+{_TIME}{_ZONE})?",
        # Monday, November 2, 2026 - 10:00
        rf"(?:[^\W\d_]+\.?,?\s+)?{_MONTH}\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})(?:[\s,\-]+{_TIME}{_ZONE})?",
        # Mon Nov  2 10:00:00 2026
        rf"[^\W\d_]{{3}}\s+{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<y>\d{{4}})",
        # 02.11.2026 10:00
        rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}})(?:[\s,\-]+{_TIME}{_ZONE})?",
    )
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d\d)?", re.IGNORECASE)

#: hours east of Greenwich
_ZONES: Mapping[str, float] = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "met": 1, "mest": 2, "cet": 1,
    "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "ist": 5.5, "pkt": 5,
    "wib": 7, "ict": 7,
    "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "at": -4, "ast": -4, "adt": -3, "et": -5, "est": -5, "edt": -4, "ct": -6, "cst": -6, "cdt": -5,
    "mt": -7, "mst": -7, "mdt": -6, "pt": -8, "pst": -8, "pdt": -7, "brt": -3, "art": -3,
}  # fmt: skip

# Beginnings of month names, one row a month: en de fr es it pt nl pl uk ru tr ar.
_MONTH_ROWS = (
    "jan ene gen sty січ янв oca يناي",
    "feb fév fev lut лют фев şub فبرا",
    "mar mär mrt бер мар مارس",
    "apr avr abr kwi кві апр nis أبري ابري",
    "may mai mag maj mei тра май мая مايو",
    "jun juin giu cze чер июн haz يوني",
    "jul juil lug lip лип июл tem يولي",
    "aug aoû ago sie сер авг ağu أغسط اغسط",
    "sep set wrz вер сен eyl سبتم",
    "oct okt out ott paź жов окт eki أكتو اكتو",
    "nov lis лис ноя kas نوفم",
    "dec dez déc dic gru гру дек ara ديسم",
)
_MONTHS: Mapping[str, int] = {
    start: number for number, row in enumerate(_MONTH_ROWS, start=1) for start in row.split()
}


def parse_date(raw: str | None) -> datetime | None:
    """The moment ``raw`` names, in UTC; None when it names none or one outside 1970..2049.

    Future dates are kept: whether to believe them is for those who know the time.
    """
    if not raw or len(raw) > _MAX_LENGTH:
        return None
    words = _plain_digits(" ".join(raw.split()))
    if _EPOCH.fullmatch(words):
        seconds = float(words) / (1000 if len(words) == 13 else 1)
        return in_range(datetime.fromtimestamp(seconds, tz=UTC))
    for shape in _SHAPES:
        if match := shape.fullmatch(words):
            return in_range(_moment(match.groupdict()))
    return None


def in_range(moment: datetime | None) -> datetime | None:
    """``moment`` itself, or None where its year is no feed's year."""
    return moment if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _plain_digits(words: str) -> str:
    """Digits of other scripts as 0-9."""
    if words.isascii():
        return words
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in words)


def _moment(parts: Mapping[str, str | None]) -> datetime | None:
    month, zone = _month(parts), _zone(parts.get("zone"))
    if month is None or zone is None:
        return None
    try:
        local = datetime(
            _year(parts["y"] or ""),
            month,
            int(parts.get("d") or 1),
            _hour(parts),
            int(parts.get("mi") or 0),
            min(int(parts.get("s") or 0), 59) if parts.get("s") in (None, "60") else int(parts["s"] or 0),
            tzinfo=zone,
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year(written: str) -> int:
    year = int(written)
    if len(written) > 2:
        return year
    return year + (2000 if year < 69 else 1900)


def _hour(parts: Mapping[str, str | None]) -> int:
    hour = int(parts.get("h") or 0)
    half = (parts.get("ampm") or "").lower()[:1]
    if half and hour <= 12:
        return hour % 12 + (12 if half == "p" else 0)
    return hour


def _month(parts: Mapping[str, str | None]) -> int | None:
    name = parts.get("month")
    if name is None:
        return int(parts.get("m") or 0)
    name = unicodedata.normalize("NFC", name).lower()
    return _MONTHS.get(name[:4], _MONTHS.get(name[:3]))


def _zone(written: str | None) -> tzinfo | None:
    """The zone; UTC where none is written, None where it cannot be understood."""
    if not written:
        return UTC
    name = written.strip(" ()")
    if name.lower() in _ZONES:
        return timezone(timedelta(hours=_ZONES[name.lower()]))
    if match := _OFFSET.fullmatch(name):
        return _offset(match)
    if "/" in name:
        return _named_zone(name)
    return UTC if name.isalpha() else None  # a zone nobody knows is as good as none


def _offset(match: re.Match[str]) -> tzinfo | None:
    minutes = int(match["h"]) * 60 + int(match["m"] or 0)
    if minutes > 14 * 60 or int(match["m"] or 0) > 59:
        return None
    return timezone(timedelta(minutes=-minutes if match["sign"] == "-" else minutes))


def _named_zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no key at all, a folder of the zone data
        return None
