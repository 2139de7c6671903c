"""Dates as the press prints them: ISO, RFC 2822, digits, and words in many languages.

Month names come from the Unicode CLDR through Babel. A date without a year takes the one that brings it
nearest to a reference; a time without an offset is in the given zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from pipeline.article import DateMention
from pipeline.text import fold, fold_with_offsets

# Regions of one language that name the months otherwise.
_REGIONS = {
    "ar": ("ar", "ar_SY", "ar_IQ", "ar_LB", "ar_MA", "ar_DZ", "ar_TN"),
    "no": ("nb", "nn"),
    "zh": ("zh",),
}
# Words that belong to a date where they stand before it ("on the day of").
_DAY_WORDS = {"ar": ("يوم",)}
# Languages that print the month before the day.
_MONTH_FIRST = frozenset(("en", "hu", "lt", "lv", "sw", "tl", "ko", "ja", "zh", "hi", "fa"))
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+\-\u2212]\d\d:?\d{0,2})?)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d.])(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?![\d.]\d)\s*"
    r"(a\.?m\b|p\.?m\b|صباحا|مسا|(?:ص|م)(?!\w)|π\.?μ|μ\.?μ|오전|오후)?"
)
_CJK_HALF = re.compile(r"(上午|下午|午前|午後|오전|오후)")
_PM = ("p", "م", "مسا", "μ", "오후", "下午", "午後")
_ZONE = re.compile(
    r"(?:gmt|utc)\s*([+-]\d{1,2})(?::?(\d\d))?|(?<=\d)\s*([+-]\d\d):?(\d\d)\b|\b(gmt|utc)\b|(?<=\d)(z)\b"
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[./\-年년]\s*(\d{1,2})[./\-月월]\s*(\d{1,2})(?!\d)")
_CJK = re.compile(
    r"(?:(?P<year>\d{4})\s*[年년]\s*)?(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일号]"
)
_CJK_LANGUAGES = ("ja", "zh", "ko")
# The figures that the press writes in; several times faster than every decimal of Unicode.
_NUMBER = re.compile("[0-9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19]+")
# The bytes of UTF-8 with which none of these begins: deleting them is the quickest look for a figure.
_NO_FIGURES = bytes(set(range(256)) - set(b"0123456789\xd9\xdb\xe0\xef"))
_LETTERS = re.compile(r"[^\W\d_]+")
#: characters on each side of a day in which its month and year are looked for
_REACH = 40
_EARLIEST = 1990
_NEAR_FUTURE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Clock:
    """What helps to understand a date: where and when it was printed, and in which languages."""

    reference: datetime | None = None
    zone: tzinfo = UTC
    languages: tuple[str, ...] = ("en",)


def zone_of(name: str | None) -> tzinfo:
    """The IANA zone of this name; UTC where there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def parse(raw: str, clock: Clock) -> datetime | None:
    """The moment that ``raw`` names, with its offset as written, or None.

    Understood: ISO 8601, RFC 2822, Unix seconds and milliseconds, ``28.01.2024 10:15``, ``28 січня, 08:05``,
    ``January 28, 2024 at 10:14 AM``, ``2024年1月28日``. Digits may be of any script.
    """
    text = fold(raw)[:200]
    for reader in (_iso, _stamp, _rfc, _printed):
        moment = reader(text, raw, clock)
        if moment is not None:
            return moment if _EARLIEST <= moment.year <= 2100 else None
    return None


def has_offset(raw: str) -> bool:
    """Does a machine-readable date say its zone itself?"""
    match = _ISO.search(fold(raw))
    return bool(match and match[7]) if match else bool(_ZONE.search(fold(raw)))


def _iso(text: str, raw: str, clock: Clock) -> datetime | None:
    match = _ISO.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        naive = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001 - the zone follows
        return naive.replace(tzinfo=_offset(zone) if zone else clock.zone)
    except ValueError:
        return None


def _offset(zone: str) -> tzinfo:
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if not delta:
        return UTC
    return timezone(-delta if zone[0] == "-" else delta)


def _stamp(text: str, raw: str, clock: Clock) -> datetime | None:
    if not re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _rfc(text: str, raw: str, clock: Clock) -> datetime | None:
    if not re.match(r"(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d", text):
        return None
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone)


def _printed(text: str, raw: str, clock: Clock) -> datetime | None:
    found = _printed_day(text, clock)
    if found is None:
        return None
    day, (start, end) = found
    rest = f"{text[:start]} {text[end:]}"
    time = _TIME.search(rest)
    zone = _printed_zone(rest) or clock.zone
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    if not time:
        return moment
    half = time[4] or (m[1] if (m := _CJK_HALF.search(rest)) else "")
    hour = _hour(int(time[1]), half)
    if hour > 23 or int(time[2]) > 59:
        return moment
    return moment.replace(hour=hour, minute=int(time[2]), second=min(59, int(time[3] or 0)))


def _hour(hour: int, half: str) -> int:
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half.startswith(_PM) else 0)


def _printed_zone(text: str) -> tzinfo | None:
    match = _ZONE.search(text)
    if not match:
        return None
    hours, minutes = match[1] or match[3], match[2] or match[4] or "0"
    if not hours:
        return UTC
    delta = timedelta(hours=abs(int(hours)), minutes=int(minutes))
    if delta >= timedelta(hours=15):
        return None
    return timezone(-delta if hours.startswith("-") else delta)


def _printed_day(text: str, clock: Clock) -> tuple[date, tuple[int, int]] | None:
    if match := _YEAR_FIRST.search(text):
        return _dated(match.span(), int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.search(text):
        return _numeric(match, clock)
    for language in clock.languages:
        for start, end, year, month, day in _worded(text, language, both_orders=True):
            return _dated((start, end), year or _nearest(month, day, clock.reference), month, day)
    return None


def _dated(
    span: tuple[int, int], year: int | None, month: int, day: int
) -> tuple[date, tuple[int, int]] | None:
    if year is None:
        return None
    try:
        return date(year, month, day), span
    except ValueError:
        return None


def _numeric(match: re.Match[str], clock: Clock) -> tuple[date, tuple[int, int]] | None:
    """Day first, as nearly everywhere; month first where the numbers allow nothing else."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += 2000 if year < 100 else 0
    if second > 12 and first <= 12:
        first, second = second, first
    return _dated(match.span(), year, second, first)


def _nearest(month: int, day: int, reference: datetime | None) -> int | None:
    """The year that brings the day nearest to the reference."""
    if reference is None:
        return None
    near = [found[0] for year in (-1, 0, 1) if (found := _dated((0, 0), reference.year + year, month, day))]
    return min(near, key=lambda candidate: abs(candidate - reference.date())).year if near else None


# --- words ----------------------------------------------------------------------------------------------


@cache
def month_names(language: str) -> dict[str, int]:
    """Folded month names, full and abbreviated, in every grammatical form CLDR knows -> 1 to 12."""
    names: dict[str, int] = {}
    for code in _REGIONS.get(language, (language,)):
        try:
            months = Locale.parse(code).months
        except (UnknownLocaleError, ValueError):
            continue
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    names.setdefault(fold(name).rstrip("."), number)
    names.update(_EXTRA.get(language, {}))
    return {name: number for name, number in names.items() if len(name) > 1 and not name[0].isdigit()}


@cache
def _month_words(language: str) -> frozenset[str]:
    """The first word of each month's name."""
    return frozenset(match[0] for name in month_names(language) if (match := _LETTERS.search(name)))


_EXTRA = {
    "en": {"sept": 9},
    "ru": {"мая": 5, "май": 5},
    "pt": {"março": 3, "marco": 3},
}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    names = sorted(month_names(language), key=len, reverse=True)
    if not names:
        return ()
    month = rf"(?P<month>{'|'.join(map(re.escape, names))})"
    year = r"(?:,?\.?\s+(?:de\s+|del\s+)?(?P<year>(?:19|20)\d\d)(?!\d))?"
    day = r"(?<![\w.,:])(?P<day>\d{1,2})(?:st|nd|rd|th|er|o|a|-го|-ro|\.)?\s+(?:of\s+|de\s+|d'\s*)?"
    day_first = rf"{day}{month}(?!\w)\.?{year}"
    month_first = rf"(?<!\w){month}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:]){year}"
    return re.compile(day_first), re.compile(month_first)


def _worded(
    text: str, language: str, *, both_orders: bool
) -> Iterator[tuple[int, int, int | None, int, int]]:
    """``(start, end, year or None, month, day)`` of dates in folded text, in its order."""
    if language in _CJK_LANGUAGES:
        for match in _CJK.finditer(text):
            yield (
                *match.span(),
                int(match["year"]) if match["year"] else None,
                int(match["month"]),
                int(match["day"]),
            )
        return
    patterns = _patterns(language)
    names = month_names(language)
    hits: list[tuple[int, int, int | None, int, int]] = []
    for pattern in patterns if both_orders or language in _MONTH_FIRST else patterns[:1]:
        for match in pattern.finditer(text):
            year = int(match["year"]) if match["year"] else None
            hits.append((*match.span(), year, names[match["month"]], int(match["day"])))
    taken = -1
    for hit in sorted(hits):
        if hit[0] >= taken:
            taken = hit[1]
            yield hit


def mentions(
    paragraphs: Iterable[str], language: str | None, published: datetime | None
) -> tuple[DateMention, ...]:
    """Calendar days named in the text, as written, each once; an unwritten year inferred from ``published``.

    Without ``published`` only dates with a year are understood. Dates are ISO ``YYYY-MM-DD``.
    """
    found: dict[tuple[str, str], DateMention] = {}
    primary = (language or "en").split("-")[0]
    for paragraph in paragraphs:
        if not paragraph.encode("utf-8", "surrogatepass").translate(None, _NO_FIGURES):
            continue
        for piece in _near_days(paragraph):
            folded = fold(piece)
            if not _may_name_month(folded, primary) or not any(_worded(folded, primary, both_orders=False)):
                continue
            for mention in _mentioned(piece, primary, published):
                found.setdefault((mention.text, mention.date), mention)
    return tuple(found.values())


def _near_days(paragraph: str) -> Iterator[str]:
    """Parts of the paragraph, whole words, about numbers that may be days; joined where they meet."""
    start = end = -1
    for match in _NUMBER.finditer(paragraph):
        if match.end() - match.start() > 2:
            continue
        first = paragraph.rfind(" ", 0, max(0, match.start() - _REACH)) + 1
        last = paragraph.find(" ", match.end() + _REACH)
        last = last if last >= 0 else len(paragraph)
        if start >= 0 and first > end:
            yield paragraph[start:end]
            start = first
        start = first if start < 0 else start
        end = last
    if start >= 0:
        yield paragraph[start:end]


def _may_name_month(folded: str, language: str) -> bool:
    """Much faster than looking for dates: does any word begin a month's name?"""
    if language in _CJK_LANGUAGES:
        return "月" in folded or "월" in folded
    return not _month_words(language).isdisjoint(_LETTERS.findall(folded))


def _mentioned(piece: str, language: str, published: datetime | None) -> Iterator[DateMention]:
    folded, offsets = _folded(piece)
    for start, end, year, month, day in _worded(folded, language, both_orders=False):
        dated = _dated((start, end), year or _nearest(month, day, published), month, day)
        if dated is None:
            continue
        stop = offsets[end] if end < len(offsets) else len(piece)
        text = piece[offsets[_with_day_word(folded, start, language)] : stop].strip(" ,،")
        yield DateMention(text=_trim(text), date=dated[0].isoformat())


def _folded(piece: str) -> tuple[str, Sequence[int]]:
    """As ``fold_with_offsets``, word by word: only the few that change their length need a close look."""
    folded = fold(piece)
    written, words = piece.split(" "), folded.split(" ")
    if len(written) != len(words):
        return fold_with_offsets(piece)
    offsets: list[int] = []
    at = 0
    for word, key in zip(written, words, strict=True):
        if len(word) == len(key) and (word.isascii() or word.isalnum()):
            offsets += range(at, at + len(word) + 1)
        else:
            offsets += [at + offset for offset in (*fold_with_offsets(word)[1], len(word))]
        at += len(word) + 1
    return folded, offsets[:-1]


def _trim(text: str) -> str:
    """Without the full stop that ends the sentence; an abbreviated month before its day keeps its own."""
    return text.rstrip(".") if text[-2:-1].isdigit() or len(text.split()[-1]) > 5 else text


def _with_day_word(folded: str, start: int, language: str) -> int:
    for word in _DAY_WORDS.get(language, ()):
        if folded[:start].endswith(f"{word} "):
            return start - len(word) - 1
    return start
