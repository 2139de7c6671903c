"""What countries and cities are called in other languages, where that is another name and not another spelling.

Brussels is بروكسل and Βρυξέλλες, Lebanon is Ліван: no comparing of letters finds that. The names come from the
Common Locale Data Repository (Unicode Technical Standard 35), through Babel: all countries and territories, and the
cities that time zones are named after. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

from pipeline.names_stems import stems
from pipeline.text import words

#: what the zones' own identifiers are written in; CLDR leaves out a city's name where it is the same
_OF_ZONES: Final = "en"
#: no places: unknown region, pseudo-locales
_NO_PLACES: Final = frozenset({"ZZ", "XA", "XB"})
#: of a word without its ending so much must be left to tell a place
_LEAST: Final = 4

#: a language that names the cities of all zones
_OTHER: Final = "uk"
#: the languages that a word of a script is likely to be of
_USUAL: Final = (
    ("a", "z", ("de", "fr", "es", "it", "pl", "pt", "tr")),
    ("\u0370", "\u03ff", ("el",)),
    ("\u0400", "\u052f", ("uk", "ru")),
    ("\u0530", "\u058f", ("hy",)),
    ("\u0590", "\u05ff", ("he",)),
    ("\u0600", "\u06ff", ("ar", "fa")),
    ("\u0900", "\u097f", ("hi",)),
    ("\u10a0", "\u10ff", ("ka",)),
    ("\u3040", "\u30ff", ("ja",)),
    ("\u4e00", "\u9fff", ("zh", "ja")),
    ("\uac00", "\ud7a3", ("ko",)),
)
#: what the press calls them in English beside the name that CLDR prefers
_ENGLISH: Final = {
    "AE": "UAE", "CD": "Congo", "CI": "Ivory Coast", "CZ": "Czech Republic", "GB": "Britain", "MK": "Macedonia",
    "MM": "Burma", "SZ": "Swaziland", "TR": "Turkey", "US": "USA", "VA": "Vatican",
}  # fmt: skip

Names = Mapping[str, tuple[str, ...]]


def also_called(asked: str, languages: Iterable[str]) -> tuple[str, ...]:
    """The names of the place that folded words name, in these languages (primary subtags); none where it is no place.

    ``asked`` may have an ending, and may be in another language, if it is one of the usual ones of its script. The
    names are folded, their words one space apart, without ``asked`` itself. Languages that CLDR does not know have
    none; English is always among them.

    >>> also_called("brussels", ("en", "uk"))
    ('брюссель',)
    """
    spoken = sorted({*languages, _OF_ZONES})
    script = next((usual for first, last, usual in _USUAL if first <= asked[:1] <= last), ())
    forms = _forms(asked)
    codes = {code for one in {*spoken, *script} for form in forms for code in _places(one).get(form, ())}
    found = dict.fromkeys(
        name for one in spoken for code in sorted(codes) for name in _names(one).get(code, ())
    )
    return tuple(name for name in found if name != asked)


def _forms(name: str) -> set[str]:
    """A name as it stands and without its ending."""
    return {name, *(stem for stem, _ in stems(name) if len(stem) >= _LEAST)}


@lru_cache(maxsize=64)
def _places(language: str) -> Names:
    """The places that each name is one of, with and without its ending."""
    found: dict[str, tuple[str, ...]] = {}
    for code, called in _names(language).items():
        for form in {form for name in called for form in _forms(name)}:
            found[form] = (*found.get(form, ()), code)
    return found


@lru_cache(maxsize=64)
def _names(language: str) -> Names:
    """The folded names of each place in one language."""
    try:
        locale = Locale(language)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for code, written in _written(locale):
        name = " ".join(words(written))
        if name:
            found[code] = (*found.get(code, ()), name)
    return found


def _written(locale: Locale) -> Iterator[tuple[str, str]]:
    for code, territory in locale.territories.items():
        if code.isalpha() and code not in _NO_PLACES:
            yield code, territory
    for zone, names in locale.time_zones.items():
        area, _, place = zone.rpartition("/")
        city = names.get("city")
        if area not in ("", "Etc") and city:
            yield place, city
    if locale.language == _OF_ZONES:
        yield from _ENGLISH.items()
        yield from _named_like_their_zone(locale)


def _named_like_their_zone(locale: Locale) -> Iterator[tuple[str, str]]:
    for zone in Locale(_OTHER).time_zones:
        area, _, place = str(zone).rpartition("/")
        if area not in ("", "Etc") and "city" not in locale.time_zones.get(zone, {}):
            yield place, place.replace("_", " ")
