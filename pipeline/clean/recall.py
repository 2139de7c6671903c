"""The outlet's memory applied to one article: lines that stand in many of its articles leave the body."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.article import CleanArticle, Link, Removal, RemovalKind
from pipeline.lesson import RULE, key_of
from pipeline.memory import ENOUGH, Form, Memory, form_of, rule_of
from pipeline.text import fold

#: memory that wants more of the body than this is not believed: the page is a copy of what it learned from
_MOST = 0.4
#: paragraphs searched for the words of a link
_NEAR = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an earlier version of the article kept in its body, and what memory cut from it, by rule."""

    kept: frozenset[int] = frozenset()
    cut: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of a paragraph or a run of them; ``rule`` where memory cuts it. Places are the block's."""

    block: int
    start: int
    end: int
    text: str
    links: tuple[Link, ...] = ()
    rule: str | None = None
    kind: RemovalKind = RemovalKind.OTHER


_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_UNDECIDED = Decided()


def forget(article: CleanArticle, memory: Memory, decided: Decided = _UNDECIDED) -> CleanArticle:
    """The article without the lines that are its outlet's; they are removals with rule ``memory:seen/of``.

    Nothing comes back into the body. The title and the lead are never cut, nor anything where it would
    be more than two fifths of the body. Body and removals together still rebuild the extracted text.
    What an earlier version has ``decided`` stays so: memory that has grown since is no reason for a further
    version.
    """
    suspects = _suspects(article, memory, decided)
    if not suspects:
        return article
    pieces = [_judged(piece, suspects, memory, decided) for piece in _pieces(article)]
    cut = sum(len(piece.text) for piece in pieces if piece.rule)
    whole = sum(len(piece.text) for piece in pieces)
    if not cut or cut > _MOST * whole:
        return article
    return _without(article, list(_runs(pieces)))


def settle(article: CleanArticle, memory: Memory, decided: Decided) -> CleanArticle:
    """A further version of an article, as :func:`forget` leaves it when an earlier version has decided."""
    return forget(restored(article), memory, decided)


# --- what is suspected ----------------------------------------------------------------------------------


def _suspects(article: CleanArticle, memory: Memory, decided: Decided) -> frozenset[str]:
    """The lines that memory has seen often enough to be looked at, in whatever form."""
    if memory.of < ENOUGH and not decided.cut:
        return frozenset()
    least = Form.LINKED.needed(memory.of)
    lines = {line for text in article.paragraphs for line in text.split("\n") if line.strip()}
    seen, cut = memory.seen, decided.cut
    found = [line for line in lines if seen.get(key := key_of(line), 0) >= least or key in cut]
    own = {fold(article.title), fold(article.meta.lead or "")} if found else set()
    return frozenset(line for line in found if fold(line) not in own)


def _judged(piece: _Piece, suspects: frozenset[str], memory: Memory, decided: Decided) -> _Piece:
    line = piece.text.strip("\n")
    if line not in suspects or (key := key_of(line)) in decided.kept:
        return piece
    linked = min(1.0, sum(len(link.text) for link in piece.links) / len(line))
    found = memory.recurring(key, form_of(line, linked))
    rule = decided.cut.get(key) or (rule_of(*found) if found else None)
    if rule is None:
        return piece
    return replace(piece, rule=rule, kind=memory.kind(key) or _guess(line, linked))


def _guess(line: str, linked: float) -> RemovalKind:
    """A line that is all link and long enough to be a headline is a teaser; of others nothing is known."""
    return RemovalKind.READ_ALSO if linked >= 0.8 and len(line) >= 25 else RemovalKind.OTHER


# --- paragraphs into pieces and back --------------------------------------------------------------------


def _pieces(article: CleanArticle) -> Iterator[_Piece]:
    """Every line of the body with its place and its links; its line break belongs to the line."""
    homes = _links_by_paragraph(article.paragraphs, article.links)
    for (block, at, _), text, links in zip(article.positions, article.paragraphs, homes, strict=True):
        waiting = list(links)
        for line in _LINE.findall(text):
            own = []
            while waiting and waiting[0].text in line:
                own.append(waiting.pop(0))
            yield _Piece(block, at, at + len(line), line, tuple(own))
            at += len(line)


def _links_by_paragraph(paragraphs: Sequence[str], links: Iterable[Link]) -> list[list[Link]]:
    """The body's links, each with the paragraph that holds its words; both come in the order of the page."""
    homes: list[list[Link]] = [[] for _ in paragraphs]
    index = cursor = 0
    for link in links:
        for at in range(index, min(index + _NEAR, len(paragraphs))):
            found = paragraphs[at].find(link.text, cursor if at == index else 0)
            if found >= 0:
                index, cursor = at, found + len(link.text)
                break
        if homes:
            homes[index].append(link)
    return homes


def _runs(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Lines that stay and touch are one paragraph again; lines that go stay apart, each with its rule.

    White space between what stays and what goes is given to what goes.
    """
    last: _Piece | None = None
    for piece in pieces:
        if last is None or (last.block, last.end) != (piece.block, piece.start):
            last, ready = piece, last
        elif (last.rule is None and piece.rule is None) or (last.rule and not piece.text.strip()):
            last, ready = _joined(last, piece), None
        elif piece.rule and last.rule is None:
            ready, last = _handed_over(last, piece)
        else:
            last, ready = piece, last
        if ready is not None and ready.text:
            yield ready
    if last is not None:
        yield last


def _joined(one: _Piece, other: _Piece) -> _Piece:
    return replace(one, end=other.end, text=one.text + other.text, links=one.links + other.links)


def _handed_over(stays: _Piece, goes: _Piece) -> tuple[_Piece, _Piece]:
    kept = stays.text.rstrip()
    end = stays.start + len(kept)
    handed = stays.text[len(kept) :]
    return replace(stays, end=end, text=kept), replace(goes, start=end, text=handed + goes.text)


def _without(article: CleanArticle, pieces: Sequence[_Piece]) -> CleanArticle:
    """The article made of these pieces and of the removals it had."""
    stay = [piece for piece in pieces if piece.rule is None]
    gone = [_removal(piece, piece.rule) for piece in pieces if piece.rule is not None]
    return replace(
        article,
        paragraphs=tuple(piece.text for piece in stay),
        positions=tuple((piece.block, piece.start, piece.end) for piece in stay),
        removals=_placed([*article.removals, *gone], stay),
        links=tuple(link for piece in stay for link in piece.links),
        mentioned_dates=tuple(
            mention
            for mention in article.mentioned_dates
            if any(mention.text in piece.text for piece in stay)
        ),
    )


def _removal(piece: _Piece, rule: str) -> Removal:
    return Removal(
        kind=piece.kind,
        rule=rule,
        text=piece.text,
        position=(piece.block, piece.start, piece.end),
        after_paragraph=0,
        title=piece.text.strip() if piece.kind is RemovalKind.READ_ALSO else None,
        links=piece.links,
    )


def _placed(removals: Iterable[Removal], stay: Sequence[_Piece]) -> tuple[Removal, ...]:
    """The removals in the page's order, each with the number of paragraphs before it."""
    places = [(piece.block, piece.start, piece.end) for piece in stay]
    ordered = sorted(removals, key=lambda removal: removal.position)
    return tuple(
        replace(removal, after_paragraph=bisect_left(places, removal.position)) for removal in ordered
    )


def restored(article: CleanArticle) -> CleanArticle:
    """The article as it was before :func:`forget`.

    But for the dates mentioned in what was cut, and the order of links whose words stand in several places.
    """
    if not any(removal.rule.startswith(RULE) for removal in article.removals):
        return article
    back = [
        _Piece(*removal.position, removal.text, removal.links)
        for removal in article.removals
        if removal.rule.startswith(RULE)
    ]
    homes = _links_by_paragraph(article.paragraphs, article.links)
    pieces = [
        _Piece(*position, text, tuple(links))
        for position, text, links in zip(article.positions, article.paragraphs, homes, strict=True)
    ]
    whole = sorted([*pieces, *back], key=lambda piece: (piece.block, piece.start))
    others = [removal for removal in article.removals if not removal.rule.startswith(RULE)]
    return _without(replace(article, removals=tuple(others)), list(_runs(whole)))
