"""Which language a text is in: what the page declares, unless its letters clearly say otherwise.

The statistical detector (py3langid) costs half a second to load and errs on short texts, so it is asked only
where nothing is declared or the declaration cannot be true.
"""

from __future__ import annotations

import re
from collections import Counter

import py3langid

from pipeline.text import words

#: characters of the body that are looked at
_SAMPLE = 3000
#: fewer letters than this prove nothing
_ENOUGH = 120
_SCRIPTS = {
    "latin": re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]", re.IGNORECASE),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "han": re.compile(r"[\u4e00-\u9fff]"),
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "hangul": re.compile(r"[\uac00-\ud7a3]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "georgian": re.compile(r"[\u10a0-\u10ff]"),
    "armenian": re.compile(r"[\u0530-\u058f]"),
}
_WRITTEN_IN = {
    **dict.fromkeys(["ru", "uk", "be", "bg", "mk", "ky", "tg", "mn"], "cyrillic"),
    **dict.fromkeys(["ar", "fa", "ur", "ps", "ckb"], "arabic"),
    **dict.fromkeys(["he", "yi"], "hebrew"),
    **dict.fromkeys(["el"], "greek"),
    **dict.fromkeys(["zh"], "han"),
    **dict.fromkeys(["ja"], "kana"),
    **dict.fromkeys(["ko"], "hangul"),
    **dict.fromkeys(["hi", "mr", "ne"], "devanagari"),
    **dict.fromkeys(["th"], "thai"),
    **dict.fromkeys(["ka"], "georgian"),
    **dict.fromkeys(["hy"], "armenian"),
    **dict.fromkeys(
        [
            "en",
            "de",
            "fr",
            "es",
            "it",
            "pt",
            "pl",
            "tr",
            "nl",
            "ro",
            "cs",
            "sk",
            "hr",
            "sl",
            "hu",
            "sv",
            "da",
            "no",
            "nb",
            "fi",
            "et",
            "lv",
            "lt",
            "id",
            "vi",
            "ca",
        ],
        "latin",
    ),
}
# Letters that one of two neighbours has and the other has not.
_UKRAINIAN = frozenset("іїєґ")
_RUSSIAN = frozenset("ыэъё")
_PERSIAN = frozenset("پچژگ")
_ENGLISH_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "that",
        "is",
        "for",
        "on",
        "with",
        "was",
        "as",
        "by",
        "at",
        "from",
        "it",
    ]
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_FORMER = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "ua": "uk",
    "nb": "no",
    "nn": "no",
    "cn": "zh",
    "jp": "ja",
    "gr": "el",
}


def tag(declared: str) -> str | None:
    """The primary subtag of a BCP 47 tag (or ``en_US``), lower case; None where it is no tag."""
    match = _TAG.fullmatch(declared.strip())
    if not match:
        return None
    primary = re.split("[-_]", declared.strip())[0].lower()
    primary = _FORMER.get(primary, primary)
    return None if primary in ("und", "mul", "zxx", "xx") else primary


def decide(declared: str | None, text: str) -> tuple[str | None, str]:
    """``(language, source)`` of the text; the source is ``declared`` or ``detected``.

    ``declared`` is a primary subtag. Without letters enough the declaration stands, right or wrong.
    """
    sample = text[:_SAMPLE]
    letters = Counter({name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS.items()})
    total = sum(letters.values())
    if declared and (total < _ENOUGH or not _contradicted(declared, sample, letters, total)):
        return declared, "declared"
    if total < 20:
        return declared, "declared"
    detected = _detect(sample, letters)
    return detected or declared, "detected" if detected else "declared"


def _contradicted(declared: str, sample: str, letters: Counter[str], total: int) -> bool:
    script = _WRITTEN_IN.get(declared)
    if script is None:
        return False
    own = letters[script] + (letters["han"] if script == "kana" else 0)
    if own < 0.3 * total:
        return True
    if script == "kana":
        return letters["kana"] < 0.05 * total
    if script == "han":
        return letters["kana"] > 0.15 * total
    return _neighbour(declared, sample.casefold(), own)


def _neighbour(declared: str, sample: str, own: int) -> bool:
    """Does the text show another language of the same script?"""
    count = Counter(sample)
    ukrainian, russian = (sum(count[char] for char in group) for group in (_UKRAINIAN, _RUSSIAN))
    persian = sum(count[char] for char in _PERSIAN)
    if declared == "ru":
        return ukrainian > 0.03 * own and russian < 0.005 * own
    if declared == "uk":
        return russian > 0.015 * own and ukrainian < 0.005 * own
    if declared in ("ar", "fa"):
        return (persian > 0.015 * own) == (declared == "ar")
    if declared == "en":
        found = words(sample)
        return len(found) >= 40 and sum(word in _ENGLISH_WORDS for word in found) < 0.08 * len(found)
    return False


def _detect(sample: str, letters: Counter[str]) -> str | None:
    script, size = letters.most_common(1)[0]
    if size and (sole := _SOLE.get(script)):
        return sole
    if letters["kana"] > 0.1 * letters.total():
        return "ja"
    found = str(py3langid.classify(sample)[0])
    return _FORMER.get(found, found)


_SOLE = {"hangul": "ko", "thai": "th", "georgian": "ka", "armenian": "hy", "greek": "el", "kana": "ja"}
