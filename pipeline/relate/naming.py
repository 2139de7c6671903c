"""Does an article name another's outlet: in an attribution line, a dateline, a byline, a signature? Pure.

Datelines and signatures as agencies write them: "KYIV, Jan 27 (Reuters) -", "МОСКВА, 27 янв - РИА Новости.",
"МОСКВА, 27 января. /ТАСС/.", "كييف (رويترز) -", "新华社北京1月28日电", "【キーウ共同】", "… (dpa/AFP)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.catalogue.names import stem_key
from pipeline.relate.crediting import credit
from pipeline.relate.types import Piece
from pipeline.text import words
from pipeline.urls import host_of

#: written name -> hosts of the outlets that bear it, empty where nobody or more than one does
KnownAs = Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """Which of two articles names the other's outlet, as evidence lines for a person; empty = does not.

    ``third`` is lines about outlets that are neither's: then both may be copies of something else.
    """

    first_names_second: tuple[str, ...] = ()
    second_names_first: tuple[str, ...] = ()
    third: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where an article names a source: its name as written, or its host, or both."""

    place: str
    written: str
    host: str = ""
    #: the line as it stands, where it says more than the name
    line: str = ""


def names_each_other(first: Piece, second: Piece, known_as: KnownAs) -> Names:
    """What two articles say of one another's outlets.

    ``known_as`` is asked for a few short names, at most some dozens; whoever asks a database may remember the answers.
    An article that names its own outlet says nothing; nor do two articles of one outlet.
    """
    if first.outlet_id == second.outlet_id:
        return Names()
    said = [_said(one, other, known_as) for one, other in ((first, second), (second, first))]
    third = [
        f"{piece.outlet}: {line}"
        for piece, (_, lines) in zip((first, second), said, strict=True)
        for line in lines
    ]
    return Names(said[0][0], said[1][0], tuple(third))


def _said(piece: Piece, other: Piece, known_as: KnownAs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Lines about the other's outlet, lines about a third one."""
    about: dict[str, None] = {}
    third: dict[str, None] = {}
    for mention in _mentions(piece, other, known_as):
        hosts = known_as(mention.written) if mention.written else frozenset()
        if _is_of(other, mention, hosts):
            about[_line(mention, other)] = None
        elif (hosts or mention.host) and not _is_of(piece, mention, hosts):
            third[f"{mention.place} names another outlet, {mention.written or mention.host}"] = None
    if not about and (passage := credit(piece, other)):
        about[f"its text credits {other.outlet}: “{passage}”"] = None
    return tuple(about), () if about else tuple(third)


def _line(mention: Mention, other: Piece) -> str:
    if mention.line:
        return f"{mention.place} names {other.outlet}: “{mention.line}”"
    same = stem_key(mention.written) == stem_key(other.outlet)
    return f"{mention.place} names {other.outlet if same else f'{other.outlet} (“{mention.written}”)'}"


def _is_of(piece: Piece, mention: Mention, hosts: frozenset[str]) -> bool:
    """Is the outlet mentioned the piece's? A catalogued name decides before the likeness of two names."""
    own = _hosts(piece)
    if mention.host and _meet((mention.host,), own):
        return True
    if hosts:
        return _meet(hosts, own)
    written = mention.written.strip()
    return bool(written) and (stem_key(written) == stem_key(piece.outlet) or _meet((written.lower(),), own))


def _hosts(piece: Piece) -> tuple[str, ...]:
    return tuple(host for host in (piece.host, host_of(piece.url).removeprefix("www.")) if host)


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Is a host of these one of those, or does it lie under one, or one under it?"""
    held = tuple(others)
    return any(
        one == other or one.endswith("." + other) or other.endswith("." + one)
        for one in some
        if "." in one
        for other in held
    )


# --- where a name may stand -----------------------------------------------------------------------------


def _mentions(piece: Piece, other: Piece, known_as: KnownAs) -> Iterator[Mention]:
    yield from _attributed(piece, other, known_as)
    for name in _in_dateline(piece):
        yield Mention("dateline", name)
    for name in _in_bylines(piece.authors):
        yield Mention("byline", name)
    for name in _in_signature(piece):
        yield Mention("signature at the end", name)


def _attributed(piece: Piece, other: Piece, known_as: KnownAs) -> Iterator[Mention]:
    attribution = piece.attribution
    if attribution is None:
        return
    target = host_of(attribution.url or attribution.outlet_home or "").removeprefix("www.")
    written = attribution.outlet_as_written or attribution.outlet or ""
    if not target and not (written and _is_name(written, known_as)):
        written = _found_in(attribution.text, other.outlet, known_as) or written
    yield Mention("attribution line", written, target, attribution.text)


def _is_name(written: str, known_as: KnownAs) -> bool:
    return bool(known_as(written))


#: names are looked for in lines up to so many words, and are up to so many words long
_MAX_LINE, _MAX_NAME = 16, 5


def _found_in(text: str, outlet: str, known_as: KnownAs) -> str | None:
    """A name within an attribution line: the other's outlet's own, or the longest one that anyone is known by."""
    parts = text.split()
    if len(parts) > _MAX_LINE:
        return None
    if f" {stem_key(outlet)} " in f" {stem_key(text)} ":
        return outlet
    runs = (
        " ".join(parts[start : start + length])
        for length in range(min(_MAX_NAME, len(parts)), 0, -1)
        for start in range(len(parts) - length + 1)
    )
    return next((run for run in runs if _tells(run) and known_as(run)), None)


def _tells(run: str) -> bool:
    """Short words in small letters are seldom names: "ft", "ap"."""
    return len(run) > 3 or run.isupper() or not run.isascii()


#: what may stand about a name
_SIGNS = " .:-–—()/[]\"'“”„«»"
_DATELINE_SPAN, _SIGNATURE_SPAN = 120, 60
#: a dateline is so many parts long, each of so many words
_MAX_PARTS, _MAX_PART = 7, 4
_DATELINE_PARTS = re.compile(r"[()（）\[\]/—–:,،【】«»]|\s-{1,2}\s|\.(?:\s|-)")
_EAST_ASIAN = re.compile(
    "^[【(（]?(?P<before>新华社|新華社|中新社|中央社)|^[【（(](?P<within>[^】）)]{2,30})[】）)]"
)
_EAST_ASIAN_NAME = re.compile("共同|時事|ロイター|AFP|AP|聯合|タス|新華社")
_CLOSING = re.compile(
    r"[(/\[（]([^()/\[\]（）]{2,40}(?:/[^()/\[\]（）]{2,30})*)[)/\]）]?\.?\s*$|[—–]\s*([^—–.]{2,30})\.?\s*$"
)
_PARTED = re.compile(r"\s*[/,;،、|&]\s*|\s+(?:and|und|et|та|і|и|y|ve)\s+")


def _in_dateline(piece: Piece) -> tuple[str, ...]:
    """The names in the first words of the body, or of the lead."""
    openings = (piece.paragraphs[0] if piece.paragraphs else "", piece.lead or "")
    return tuple(dict.fromkeys(name for text in openings for name in _dateline_names(text[:_DATELINE_SPAN])))


def _dateline_names(opening: str) -> Iterator[str]:
    """The short parts that the text begins with, up to the first long one: place, date, agency."""
    if east := _EAST_ASIAN.match(opening):
        yield from (east["before"],) if east["before"] else _EAST_ASIAN_NAME.findall(east["within"])
    for part in _DATELINE_PARTS.split(opening)[:_MAX_PARTS]:
        if len(part.split()) > _MAX_PART:
            return
        if len(part.strip()) > 1 and not part.strip().isdigit():
            yield part.strip(_SIGNS)


def _in_bylines(authors: Iterable[str]) -> tuple[str, ...]:
    names = (name for author in tuple(authors)[:6] for name in (author, *_each(_spoken(author))))
    return tuple(dict.fromkeys(names))


def _spoken(author: str) -> str:
    """ "Ann Example for Reuters" -> ", Reuters"."""
    return re.sub(r"\s+(?:for|für|pour|para|для|at)\s+", ", ", author)


def _in_signature(piece: Piece) -> tuple[str, ...]:
    """The names that the last paragraph ends with, or consists of."""
    last = piece.paragraphs[-1] if len(piece.paragraphs) > 1 else ""
    if len(words(last)) <= 6:
        return (last, *_each(last.strip(_SIGNS))) if last else ()
    closing = _CLOSING.search(last[-_SIGNATURE_SPAN:])
    return tuple(_each(closing[1] or closing[2])) if closing else ()


def _each(names: str) -> Iterator[str]:
    """The single names of "AP/Reuters"."""
    for name in (names, *_PARTED.split(names)):
        if bare := name.strip(_SIGNS):
            yield bare
