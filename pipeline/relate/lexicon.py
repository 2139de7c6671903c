"""Words that mean the same in many languages: countries, cities, months, days, notions of the news.

Countries, cities, languages (as nationalities), months and days come from the Common Locale Data Repository
(Unicode Technical Standard 35), through Babel, in any language it knows. Notions come from the tables
``data/*.txt``, which need no programming to be extended: see their first lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from babel import Locale, UnknownLocaleError

from pipeline.relate import clue_ids
from pipeline.text import fold

#: what stands for a word that says nothing
IGNORED: Final = -1
#: a language's name says which nation an adjective means
_NATION: Final = {
    "uk": "UA", "ru": "RU", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pl": "PL", "pt": "PT", "tr": "TR",
    "fa": "IR", "he": "IL", "zh": "CN", "ja": "JP", "ko": "KR", "hi": "IN", "sv": "SE", "da": "DK", "nb": "NO",
    "fi": "FI", "nl": "NL", "el": "GR", "hu": "HU", "ro": "RO", "bg": "BG", "sr": "RS", "hr": "HR", "cs": "CZ",
    "sk": "SK", "be": "BY", "ka": "GE", "hy": "AM", "az": "AZ", "kk": "KZ", "uz": "UZ", "vi": "VN", "th": "TH",
    "id": "ID", "ga": "IE", "cy": "GB", "lt": "LT", "lv": "LV", "et": "EE", "sq": "AL", "mn": "MN", "so": "SO",
}  # fmt: skip
#: without these, scripts that put prepositions and articles before the word
_PREFIXES: Final = {
    "ar": ("وبال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "و", "ب", "ل", "ف", "ك"),
    "he": ("וה", "שה", "מה", "בה", "לה", "כש", "ה", "ו", "ב", "ל", "מ", "ש", "כ"),
}
_ARABIC: Final = frozenset({"ar", "arz", "ary"})
_ONE_WORD: Final = re.compile("(?:[^\\W\\d_]|[-'\u0900-\u0dff])+")
_SHORTEST_STEM: Final = 2
#: of words looked for where spaces got lost: shorter ones are found everywhere
_SHORTEST_INSIDE, _LONGEST_INSIDE = 4, 12
#: scripts without spaces, where words are found by looking at every place
UNSPACED: Final = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words: those that must be met exactly, and stems, each with its clue."""

    exact: dict[str, int]
    stems: dict[str, int]
    #: by the first letters of stems the length of the longest that begins with them
    reach: Mapping[str, int]
    prefixes: tuple[str, ...] = ()
    #: the length of the longest word, for scripts without spaces
    longest: int = 0

    def find(self, word: str) -> int | None:
        """The clue of a folded word, ``IGNORED`` for one that says nothing, None for one not known."""
        found = self._plain(word)
        if found is not None:
            return found
        for prefix in self.prefixes:
            if word.startswith(prefix) and len(word) > len(prefix) + 2:
                found = self._plain(word[len(prefix) :])
                if found is not None:
                    return found
        return None

    def inside(self, run: str) -> list[int]:
        """The clues of the words found in letters that nothing parts, the longest ones first at each place."""
        found: list[int] = []
        index = 0
        while index < len(run):
            for end in range(min(len(run), index + _LONGEST_INSIDE), index + _SHORTEST_INSIDE - 1, -1):
                clue = self.exact.get(run[index:end], self.stems.get(run[index:end]))
                if clue is not None:
                    found += [clue] if clue != IGNORED else []
                    index = end - 1
                    break
            index += 1
        return found

    def _plain(self, word: str) -> int | None:
        found = self.exact.get(word)
        if found is not None:
            return found
        stems = self.stems
        # Most words begin like no stem at all.
        longest = self.reach.get(word[:_SHORTEST_STEM], 0)
        for end in range(min(len(word), longest), _SHORTEST_STEM - 1, -1):
            found = stems.get(word[:end])
            if found is not None:
                return found
        return None


@lru_cache(maxsize=64)
def lexicon(language: str) -> Lexicon:
    """The words of a language (a primary subtag); empty where neither table nor CLDR knows it."""
    exact: dict[str, int] = {}
    stems: dict[str, int] = {}
    for clue, word in (*_from_locale(language), *_from_tables(language)):
        (stems if word.endswith("-") else exact)[fold(word.rstrip("-"))] = clue
    prefixes = _PREFIXES.get("ar" if language in _ARABIC else language, ())
    longest = max(map(len, (*exact, *stems)), default=0) if language in UNSPACED else 0
    reach: dict[str, int] = {}
    for stem in stems:
        head = stem[:_SHORTEST_STEM]
        reach[head] = max(reach.get(head, 0), len(stem))
    return Lexicon(exact, stems, reach, prefixes, longest)


# --- our own tables -------------------------------------------------------------------------------------


def _from_tables(language: str) -> Iterator[tuple[int, str]]:
    for table in sorted(files("pipeline.relate.data").iterdir(), key=lambda file: file.name):
        if table.name.endswith(".txt"):
            yield from _rows(table.read_text("utf-8").splitlines(), language)


def _rows(lines: Iterable[str], language: str) -> Iterator[tuple[int, str]]:
    """Lines ``notion | words in the first language | in the second ...``, the languages in the line ``| en | uk``."""
    column = None
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        notion, *cells = (cell.strip() for cell in line.split("|"))
        if not notion:
            column = cells.index(language) if language in cells else None
        elif column is not None and column < len(cells):
            clue = _clue_of(notion)
            yield from ((clue, word) for word in cells[column].split())


def _clue_of(notion: str) -> int:
    if notion == "-":
        return IGNORED
    if notion.isdigit():
        return clue_ids.number_clue(notion)
    if notion.isupper():  # a territory's code
        return clue_ids.hashed(clue_ids.PLACE, notion)
    return clue_ids.hashed(clue_ids.NOTION, notion)


# --- the locale's ---------------------------------------------------------------------------------------


def _from_locale(language: str) -> Iterator[tuple[int, str]]:
    try:
        locale = Locale(language)
    except (UnknownLocaleError, ValueError):
        return
    for kind, key, written in (*_dates(locale), *_places(locale)):
        word = fold(written)
        if _ONE_WORD.fullmatch(word):
            yield clue_ids.hashed(kind, key), _stem(word, language)


def _stem(word: str, language: str) -> str:
    """A word as a stem: without an ending that changes, where enough is left to tell it."""
    if language in UNSPACED or len(word) < 5:
        return word
    return (word[:-2] if len(word) > 6 else word[:-1]) + "-"


def _dates(locale: Locale) -> Iterator[tuple[int, str, str]]:
    for names, key in ((locale.months, "month"), (locale.days, "day")):
        for form in ("format", "stand-alone"):
            for number, written in names[form]["wide"].items():
                yield clue_ids.DATE, f"{key} {number}", written


def _places(locale: Locale) -> Iterator[tuple[int, str, str]]:
    for zone, names in locale.time_zones.items():
        if "city" in names and not zone.startswith("Etc/"):
            yield clue_ids.PLACE, zone.rpartition("/")[2], names["city"]
    for code, territory in locale.languages.items():
        if code in _NATION:
            yield clue_ids.PLACE, _NATION[code], territory
    for code, territory in locale.territories.items():
        if code.isalpha():
            yield clue_ids.PLACE, code, territory
