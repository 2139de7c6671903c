"""Names by their consonants: what is left of a name in every script it is written in.

Vowels hardly survive a change of script, and of the consonants Arabic tells b from p, g from j or v from w no
more. A skeleton is written with ten letters::

    V  a vowel, y or w that begins the name      S  s z sh ch        R L M N  themselves
    K  k c q g j h kh zh                         T  t d th
    B  b p                                       F  f v

Washington, Вашингтон and واشنطن meet in ``VSNKTN``, Zelensky, Зеленського and زيلينسكي in ``SLNSK``. A word
that can be read in two ways (Russian ``В`` is v or w, Arabic ``و`` a letter or "and") has several skeletons.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from pipeline.text import fold

#: the letters a skeleton is written with
LETTERS: Final = "VKBFSTRLMN"
#: consonants beyond this many are not looked at
_LONGEST = 8

# --- Latin ----------------------------------------------------------------------------------------------

#: more than one letter that are one sound, and letters whose sound depends on what follows
_LATIN_CLUSTER = re.compile(
    "tsch|tch|sch|chr|cz|sh|ch|ck|ph|th|kh|gh|zh|dzh|dj|dh|rh|wh|ohn|x|qu|sc(?=[eiy])|c(?=[eiy])|j(?![aeiouy])|(?<=[aeiouy])w"
)
_LATIN_SOUNDS = {
    "tsch": "s", "tch": "s", "sch": "s", "chr": "kr", "cz": "s", "sh": "s", "ch": "s", "ck": "k", "ph": "f",
    "th": "t", "kh": "k", "gh": "k", "zh": "k", "dzh": "k", "dj": "k", "dh": "t", "rh": "r", "wh": "w",
    "ohn": "on", "x": "ks", "qu": "k", "sc": "s", "c": "s", "j": "", "w": "",
}  # fmt: skip
_LATIN_CODES = str.maketrans("kcqgjhbpfvszxtdrlmnaeiouyw", "KKKKKKBBFFSSSTTRLMN" + "v" * 7)
#: c and s with a mark are s, whatever follows
_SIBILANTS = str.maketrans(dict.fromkeys("çćčĉ", "s"))
#: languages that write y as j, that say v for w, that say k for ch
_J_IS_Y = frozenset(
    [
        "de",
        "pl",
        "nl",
        "cs",
        "sk",
        "hr",
        "sr",
        "bs",
        "sl",
        "sv",
        "no",
        "nb",
        "nn",
        "da",
        "fi",
        "et",
        "lv",
        "lt",
        "hu",
        "is",
        "sq",
    ]
)
_W_IS_V = frozenset(["de", "pl", "nl"])
_CH_IS_K = frozenset(["de", "pl", "nl", "cs", "sk", "it", "ro"])
_LATIN_ENDING = re.compile("(?<=...)(?:owi|iem|em|ego|ami|ach|om|ou|ovi|om|a|u|y|e)$")
_INFLECTED_LATIN = frozenset(["pl", "cs", "sk", "hr", "sr", "bs", "sl"])


def _latin(word: str, language: str | None) -> list[str]:
    word = word.partition("'")[0] if word.find("'") > 2 else word.replace("'", "")
    if language in _INFLECTED_LATIN:
        word = _LATIN_ENDING.sub("", word)
    if language in _J_IS_Y:
        word = word.replace("j", "y")
    if language in _CH_IS_K:
        word = word.replace("sch", "s").replace("ch", "k")
    plain = _LATIN_CLUSTER.sub(lambda match: _LATIN_SOUNDS[match[0]], word).translate(_LATIN_CODES)
    if language in _W_IS_V and "w" in word:
        return [plain, word.replace("w", "v").translate(_LATIN_CODES)]
    return [plain]


# --- Cyrillic and Greek ---------------------------------------------------------------------------------

_CYRILLIC_CLUSTER = re.compile("дж|тч|дз")
_CYRILLIC_SOUNDS = {"дж": "г", "тч": "ч", "дз": "з"}
_CYRILLIC_CODES = str.maketrans(
    {
        **dict.fromkeys("кгґхжђћќѓһғқҳҷ", "K"), **dict.fromkeys("бп", "B"), **dict.fromkeys("вф", "F"),
        **dict.fromkeys("зсшчщѕ", "S"), "ц": "TS", **dict.fromkeys("тд", "T"), "р": "R", **dict.fromkeys("лљ", "L"),
        "м": "M", **dict.fromkeys("нњң", "N"), "џ": "K", "ј": "v", "ў": "v",
        **dict.fromkeys("аеёиоуыэюяіїєйѝәөүұ", "v"), "ь": "", "ъ": "", "'": "",
    }
)  # fmt: skip
_CYRILLIC_ENDING = re.compile(
    "(?<=....)(?:ами|ями|ого|его|ому|ему|ими|ыми|ою|ею|єю|ом|ем|єм|ам|ям|ах|ях|ым|им|ых|их|ій|ий|ый)$"
)
_GREEK_CLUSTER = re.compile("μπ|ντ|γκ|γγ|τζ")
_GREEK_SOUNDS = {"μπ": "π", "ντ": "τ", "γκ": "κ", "γγ": "νκ", "τζ": "κ"}
_GREEK_CODES = str.maketrans(
    {
        **dict.fromkeys("γκχ", "K"), "π": "B", **dict.fromkeys("βφ", "F"), **dict.fromkeys("ζσς", "S"),
        **dict.fromkeys("δθτ", "T"), "ρ": "R", "λ": "L", "μ": "M", "ν": "N", "ξ": "KS", "ψ": "BS",
        **dict.fromkeys("αεηιουω", "v"),
    }
)  # fmt: skip


def _cyrillic(word: str) -> list[str]:
    word = _CYRILLIC_ENDING.sub("", word)
    word = _CYRILLIC_CLUSTER.sub(lambda match: _CYRILLIC_SOUNDS[match[0]], word)
    plain = word.translate(_CYRILLIC_CODES)
    return [plain, "v" + plain[1:]] if word[:1] == "в" else [plain]


def _greek(word: str) -> list[str]:
    return [_GREEK_CLUSTER.sub(lambda match: _GREEK_SOUNDS[match[0]], word).translate(_GREEK_CODES)]


# --- Arabic and Hebrew ----------------------------------------------------------------------------------

_ARABIC_ARTICLE = re.compile("^[وف]?(?:ال|بال|كال|لل)(?=...)")
_ARABIC_CODES = str.maketrans(
    {
        **dict.fromkeys("كقغخجگحهژڭھ", "K"), **dict.fromkeys("بپ", "B"), **dict.fromkeys("فڤ", "F"),
        **dict.fromkeys("سزصشچ", "S"), **dict.fromkeys("تدطضثذظٹڈ", "T"), **dict.fromkeys("رڑ", "R"),
        "ل": "L", "م": "M", **dict.fromkeys("نں", "N"), **dict.fromkeys("اويعے", "v"),
    }
)  # fmt: skip
_HEBREW_CODES = str.maketrans(
    {
        **dict.fromkeys("גכךקחה", "K"), **dict.fromkeys("בפ", "B"), "ף": "F", **dict.fromkeys("סזש", "S"),
        **dict.fromkeys("צץ", "TS"), **dict.fromkeys("דטת", "T"), "ר": "R", "ל": "L", **dict.fromkeys("מם", "M"),
        **dict.fromkeys("נן", "N"), **dict.fromkeys("אויע", "v"), "'": "", '"': "",
    }
)  # fmt: skip
_HEBREW_SOUNDS = (("ג'", "ג"), ("ז'", "ג"), ("צ'", "ש"), ("ת'", "ת"))


def _arabic(word: str) -> list[str]:
    bare = _ARABIC_ARTICLE.sub("", word)
    readings = [bare]
    if bare == word and len(word) > 4 and word[0] in "وبل":
        readings.append(word[1:])
    return [_unvoiced(reading).translate(_ARABIC_CODES) for reading in readings]


def _unvoiced(word: str) -> str:
    """Without a last ``ه``, which is how ``ة`` folds; ``تش`` is one sound."""
    return (word[:-1] if word[-1:] == "ه" else word).replace("تش", "ش")


def _hebrew(word: str) -> list[str]:
    for written, sound in _HEBREW_SOUNDS:
        word = word.replace(written, sound)
    if word[-1:] == "ה":
        word = word[:-1]
    readings = [word, word[1:]] if len(word) > 3 and word[0] in "הובלמשכ" else [word]
    plain = [reading.translate(_HEBREW_CODES) for reading in readings]
    soft = [reading.replace("פ", "ף").translate(_HEBREW_CODES) for reading in readings if "פ" in reading]
    return plain + soft


# --- every other script ---------------------------------------------------------------------------------

_NAMED_LETTER = re.compile(r"(?:LETTER|SYLLABLE|CHARACTER|CHOSEONG|JONGSEONG)(?: SMALL| CAPITAL)? (\w+)")


@lru_cache(maxsize=4096)
def _letter_class(char: str) -> str:
    """The class of a letter of any script by its Unicode name (GEORGIAN LETTER GAN begins with a g)."""
    named = _NAMED_LETTER.search(unicodedata.name(char, ""))
    if named is None:
        return "" if unicodedata.category(char).startswith("M") else "v"
    sound = named[1].lower()
    return _latin(sound, None)[0][:1] or "v"


def _any_script(word: str) -> list[str]:
    return ["".join(map(_letter_class, unicodedata.normalize("NFD", word)))]


# --- all ------------------------------------------------------------------------------------------------

_BY_SCRIPT = (
    (re.compile("[a-z]"), None),
    (re.compile("[\u0400-\u052f]"), _cyrillic),
    (re.compile("[\u0600-\u06ff]"), _arabic),
    (re.compile("[\u0590-\u05ff]"), _hebrew),
    (re.compile("[\u0370-\u03ff]"), _greek),
)
#: vowels inside, and signs that none of the tables knows
_NO_LETTER = re.compile(f"[^{LETTERS}]")
_DOUBLED = re.compile(r"(.)\1+")


def skeletons(word: str, language: str | None = None) -> tuple[str, ...]:
    """The consonant skeletons of one word in any script, the likeliest first, without doubles.

    ``language`` is a primary language subtag; it settles how Latin letters are said (``j``, ``w``, ``ch``).
    Letters written twice count once, but for Arabic and Hebrew, where a vowel is between them.
    """
    folded = fold(word.lower().translate(_SIBILANTS))
    first = folded[:1]
    if "a" <= first <= "z":
        readings = _latin(folded, language)
    else:
        reader = next((read for script, read in _BY_SCRIPT if read and script.match(first)), _any_script)
        readings = reader(folded)
        if reader in (_arabic, _hebrew):
            return tuple(dict.fromkeys(_finish(reading) for reading in readings))
    return tuple(dict.fromkeys(_finish(_DOUBLED.sub(r"\1", reading)) for reading in readings))


def _finish(reading: str) -> str:
    begun = "V" + reading[1:] if reading[:1] == "v" else reading
    return _NO_LETTER.sub("", begun)[:_LONGEST]
