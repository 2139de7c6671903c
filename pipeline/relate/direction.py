"""Which of two related articles came first. Pure.

What the articles say themselves decides: an attribution, a dateline or byline of the other's outlet, a declared
original, a link to the other. Then the times of publication; an article without one was published no later than it
was first seen. The order in which a crawler came by says nothing: then the direction is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from pipeline.relate.naming import Names
from pipeline.relate.types import Order, Piece
from pipeline.urls import url_key

#: publication times closer than this do not tell which came first
TIE = timedelta(minutes=2)
#: a wrong zone puts a time at most so far into the future
_WRONG_ZONE = timedelta(hours=14)
_DAY = timedelta(days=1)
_EVER = datetime(1, 1, 2, tzinfo=UTC)


def order(first: Piece, second: Piece, *, names: Names) -> Order:
    """Which of two articles came first, and why; ``names`` is what :func:`names_each_other` found.

    Swapping the two articles (and the names) changes nothing but the order of evidence about third outlets.
    """
    of_first = (*names.first_names_second, *_points_at(first, second))
    of_second = (*names.second_names_first, *_points_at(second, first))
    if bool(of_first) != bool(of_second):
        copy, original = (first, second) if of_first else (second, first)
        lines = (*(of_first or of_second), *_beside(copy, original))
        return Order(first=original.id, known=True, evidence=lines)
    contrary = ("each names the other",) if of_first and of_second else ()
    timed = _by_time(first, second)
    return Order(first=timed.first, known=timed.known, evidence=(*contrary, *names.third, *timed.evidence))


# --- what an article says -------------------------------------------------------------------------------


def _points_at(piece: Piece, other: Piece) -> tuple[str, ...]:
    """Lines about addresses in the one article that lead to the other."""
    target = url_key(other.url)
    lines = []
    if piece.attribution and piece.attribution.url and url_key(piece.attribution.url) == target:
        lines.append("the attribution line links to it")
    if any(url_key(url) == target for url in piece.based_on):
        lines.append("declares it as its original")
    if (
        not lines
        and piece.outlet_id != other.outlet_id
        and any(url_key(url) == target for url in piece.links)
    ):
        # Within one outlet both ways are common: "read also" lists are made anew with each look at the page.
        lines.append("its text links to the other article")
    return tuple(lines)


# --- times ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Span:
    """When an article was published: not before ``earliest``, not after ``latest``."""

    earliest: datetime
    latest: datetime
    #: the day, where the page gives no time of day
    day: bool = False

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest


def _spans(first: Piece, second: Piece) -> tuple[_Span, _Span]:
    """The spans of both; a time after the first sight is put right, unless the clocks make no sense at all."""
    believed = not (_is_early(first) and _is_early(second))
    return _span(first, believed), _span(second, believed)


def _is_early(piece: Piece) -> bool:
    """Was it seen before the time it gives?"""
    return piece.published is not None and piece.first_seen < piece.published


def _span(piece: Piece, believed: bool) -> _Span:
    published, seen = piece.published, piece.first_seen
    if published is None:
        return _Span(_EVER, seen)
    if published.timetz().replace(tzinfo=None) == time():
        end = published + _DAY
        return _Span(published, min(end, seen) if published < seen else end, day=True)
    if believed and timedelta() < published - seen <= _WRONG_ZONE:
        published = seen
    return _Span(published, published)


def _by_time(first: Piece, second: Piece) -> Order:
    spans = _spans(first, second)
    for (before, early), (_, late) in (
        ((first, spans[0]), (second, spans[1])),
        ((second, spans[1]), (first, spans[0])),
    ):
        if _precedes(early, late):
            return Order(first=before.id, known=True, evidence=(_later(early, late),))
    return Order(first=_presumed(first, second, spans).id, known=False, evidence=(_tie(*spans),))


def _precedes(early: _Span, late: _Span) -> bool:
    if early.exact and late.exact:
        return late.earliest - early.latest > TIE
    if early.day and late.day:
        return early.earliest + _DAY <= late.earliest
    return early.latest + TIE < late.earliest


def _later(early: _Span, late: _Span) -> str:
    if early.earliest == _EVER:
        return "published after the other had been seen"
    if early.exact and late.exact:
        return f"published {delay(late.earliest - early.earliest)} later"
    if early.day and late.day:
        return f"published {delay((late.earliest - early.earliest) // _DAY * _DAY)} later"
    return "published on a later day"


def _tie(one: _Span, other: _Span) -> str:
    unknown = "which came first is not known"
    if _EVER in (one.earliest, other.earliest):
        return f"without a publication date, {unknown}"
    if one.exact and other.exact:
        apart = abs(one.earliest - other.earliest)
        when = "at the same minute" if apart < timedelta(minutes=1) else f"{delay(apart)} apart"
        return f"published {when}: {unknown}"
    return f"published on the same day, without a time of day: {unknown}"


def _presumed(first: Piece, second: Piece, spans: tuple[_Span, _Span]) -> Piece:
    """The one to be written down as the first where none is known to be."""
    exact = spans[0].exact and spans[1].exact

    def rank(piece: Piece, span: _Span) -> tuple[datetime, datetime, int]:
        return (span.earliest if exact else _EVER, piece.first_seen, piece.id)

    return first if rank(first, spans[0]) <= rank(second, spans[1]) else second


def _beside(copy: Piece, original: Piece) -> tuple[str, ...]:
    """What the times say beside explicit evidence: that they agree, that they contradict it, or nothing."""
    timed = _by_time(copy, original)
    if not timed.known:
        return ()
    if timed.first == original.id:
        return timed.evidence
    return tuple(f"though by the times given the other was {line}" for line in timed.evidence)


def delay(span: timedelta) -> str:
    """A time span in words: "41 min", "3 h 5 min", "1 day 3 h", "2 days"."""
    minutes = max(0, round(span / timedelta(minutes=1)))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days > 1:
        return f"{days} days"
    if days:
        return f"1 day {hours} h" if hours else "1 day"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"
