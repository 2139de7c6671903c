"""Words without what grammar put before and behind them: Arabic and Hebrew particles, case endings. Pure.

Only what adds or hides a consonant has to go for a key to stay the same, but ``alike`` is the surer the less is
left over. Where more than one cut is possible all are tried: a wrong one finds nothing that sounds alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: letters that must be left
_LEAST = 3

_ARABIC_PREFIX = re.compile("(?:[وف]?(?:[بك]ال|لل|ال)|[وف][بكل]|[وفبكل])(?=.{3})")
_HEBREW_PREFIX = re.compile("(?:[וש]?[הבלמשכ]|ו)(?=.{3})")
_ENDINGS = (
    (
        "\u0400",
        "\u052f",
        re.compile(
            "(?:(?:ь|и)?(?:ого|ому|ем|ею)|ими|ыми|іми|ого|его|ому|ему|ом|ем|єм|им|ым|ім|ой|ою|ею|єю|ей|ій|ый|ий|их|ых|іх|"
            "ами|ями|ам|ям|ах|ях|ові|еві|єві|ов|ев|єв|ів|їв|ою|ата|ът|ят|та|[аяуюеєоиыії])$"
        ),
    ),
    ("\u0370", "\u03ff", re.compile("[αηοιυε]?[σς]$|ου$|[αηοε]$")),
    ("\u0530", "\u058f", re.compile("(?:ին|ից|ով|ում|ի|ը|ն)$")),
    ("\u10a0", "\u10ff", re.compile("(?:მა|ის|ით|ად|ს|მ|ო|ი|ში|ზე|თან)$")),
    (
        "a",
        "z",
        re.compile("(?:i?ego|i?emu|[iy]m|em|om|owi|ovi|ou|ami|ach|is|[oe]s|as|s|[aeou])$"),
    ),
    ("\uac00", "\ud7a3", re.compile("[는은이가을를의에도와과로]$")),
)


#: what it costs to have cut off: an article, an ending, a particle that may as well be the name's first letter
_ARTICLE, _ENDING, _LETTER = 0.03, 0.05, 0.1
_CYRILLIC_VOWELS = "аяуюеєоиыії"
# Ukrainian: Прага, у Празі; Америка, в Америці
_SOFTENED = {"ці": "к", "зі": "г", "сі": "х"}


def stems(word: str) -> Iterator[tuple[str, float]]:
    """The folded word itself, then what is left when particles or an ending are cut off; each with its cost."""
    yield word, 0.0
    head = word[:1]
    if "\u0590" <= head <= "\u08ff":
        yield from _without_prefix(_HEBREW_PREFIX if head < "\u0600" else _ARABIC_PREFIX, word)
        return
    ending = next((pattern for first, last, pattern in _ENDINGS if first <= head <= last), None)
    match = ending.search(word) if ending else None
    if match and match.start() >= _LEAST:
        yield word[: match.start()], _LETTER if head < "\u0370" else _ENDING
    if match and match.start() != len(word) - 1 >= _LEAST and word[-1] in _CYRILLIC_VOWELS:
        yield word[:-1], _ENDING
    if word[-2:] in _SOFTENED and len(word) > _LEAST + 1:
        yield word[:-2] + _SOFTENED[word[-2:]], _ENDING


def _without_prefix(prefix: re.Pattern[str], word: str) -> Iterator[tuple[str, float]]:
    match = prefix.match(word)
    if match:
        cut = match.end()
        yield word[cut:], _ARTICLE if cut > 1 and match[0].endswith("ل") else _LETTER
        if cut > 1 and len(word) - 1 > _LEAST:  # the first letter alone: و in front of a name in ال
            yield word[1:], _LETTER
