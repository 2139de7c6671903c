"""A text's words, and what each is a clue of: remembered, as the words of the press repeat."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

from pipeline.relate import clue_ids
from pipeline.relate.clue_ids import CLASS_OF, hashed, name_clue, number_clue
from pipeline.relate.lexicon import IGNORED, lexicon
from pipeline.relate.skeleton import skeletons
from pipeline.text import fold

#: in a script without capitals, a "word" beyond this many letters is a line whose spaces got lost
_GLUED: Final = 20
#: words remembered of one language
_REMEMBERED: Final = 30_000

# --- tokens ---------------------------------------------------------------------------------------------

_SIGNS = r"\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u200c\u0900-\u0dff"
TOKEN: Final = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f,.'’٬]\d{3})+(?:[.,٫]\d{1,2})?(?!\d)|\d+(?:[.,٫:]\d+)*"
    rf"|(?:[^\W\d_]+|[{_SIGNS}]+)+(?:['’ʼ״׳\"](?=[^\W\d_])(?:[^\W\d_]+|[{_SIGNS}]+)+)*"
    r"|[.!?…:\"“”„«»‹›؟。！？\n]"
)
_STOPS: Final = frozenset('.!?…:"“”„«»‹›؟。！？\n')
_THOUSANDS = re.compile(r"^\d{1,3}(?:[ \u00a0\u202f,.'’٬]\d{3})+(?=[.,٫]\d{1,2}$|$)")
#: words of datelines and source lines: two texts of one agency have them in common
_SOURCES: Final = frozenset(
    {"the", "reuters", "associated", "press", "afp", "ap", "interfax", "tass", "upi", "dpa"}
)
_NO_DIGIT = re.compile(r"\D")
_CASED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u0531-\u058f]")
_LATIN = re.compile("[A-Za-z]")


class Reading(NamedTuple):
    """What one word is a clue of, as pairs of clue and key: always, and as a name."""

    known: tuple[tuple[int, int], ...]
    names: tuple[tuple[int, int], ...]
    #: a capital makes it a name only where no sentence begins
    capital: bool = False
    #: so many words it stands for
    words: int = 1


#: the end of a sentence, or a quotation mark: the next word's capital says nothing
STOP: Final = Reading((), (), True, 0)


class Readings(dict[str, Reading | None]):
    """Every word of a language read so far: its reading, None where it is no clue. Forgets all when full."""

    def __init__(self, language: str, latin: bool) -> None:
        super().__init__()
        self.language = language
        self.latin = latin

    def __missing__(self, token: str) -> Reading | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[token] = reading = self._read(token)
        return reading

    def _read(self, token: str) -> Reading | None:
        if token in _STOPS:
            return STOP
        if token[0].isdigit():
            return Reading((_number(token),), ())
        return _read(token, self.language, self.latin)


@lru_cache(maxsize=16)
def readings(language: str, latin: bool) -> Readings:
    """The words of texts in ``language`` (a primary subtag); ``latin``: its script is Latin."""
    return Readings(language, latin)


def _read(word: str, language: str, latin: bool) -> Reading | None:
    """A word of a text in ``language``, of whose script ``latin`` says whether it is Latin; None: no clue."""
    folded = word.lower() if word.isascii() else fold(word)
    cased = _CASED.match(word) is not None
    if len(word) > _GLUED and not cased:
        found = lexicon(language).inside(folded)
        return Reading(tuple((clue, 0) for clue in found), (), words=len(word) // 6)
    notion = lexicon(language).find(folded)
    if notion == IGNORED:
        return None
    foreign = not latin and _LATIN.match(word) is not None
    known = [] if notion is None else [(notion, 0)]
    acronym = cased and word.isupper() and len(word) < 7
    if len(word) > 1 and (foreign or acronym) and folded not in _SOURCES:
        known.append(_keyed(hashed(clue_ids.EXACT, folded), folded))
    names = (
        _name_clues(folded, language, cased) if notion is None and (not cased or word[0].isupper()) else ()
    )
    return Reading(tuple(known), names, cased and not foreign) if known or names else None


def _keyed(clue: int, text: str) -> tuple[int, int]:
    return clue, crc32(text.encode()) or 1


def _name_clues(folded: str, language: str, cased: bool) -> tuple[tuple[int, int], ...]:
    """The clues of a name; where any word may be one, only of the long ones, which mean something."""
    found = [skeleton for skeleton in skeletons(folded, language) if len(skeleton) > (2 if cased else 3)]
    clues = ((name_clue(skeleton), skeleton) for skeleton in found)
    return tuple(
        _keyed(clue, skeleton) if len(skeleton) > 3 else (clue, 0)
        for clue, skeleton in clues
        if clue is not None
    )


def _number(written: str) -> tuple[int, int]:
    """The clue and key of a number: ``2,500``, ``2 500`` and ``٢٥٠٠`` are one, ``3,50`` is 3.5."""
    digits = fold(written).replace("٫", ".")
    thousands = _THOUSANDS.match(digits)
    if thousands:
        digits = _NO_DIGIT.sub("", thousands[0]) + digits[thousands.end() :]
    plain = digits.replace(",", ".")
    if plain.count(".") == 1:
        plain = plain.rstrip("0").rstrip(".")
    plain = plain.lstrip("0") or "0"
    clue = number_clue(plain)
    return _keyed(clue, plain) if CLASS_OF[clue] == clue_ids.NUMBER and len(plain) > 2 else (clue, 0)
