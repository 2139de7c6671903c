"""Bytes -> text: which character set a page is really in.

Order of belief: a byte order mark; valid UTF-8 that says something only UTF-8 would say; the ``Content-Type``
header; the page's own ``<meta charset>``; and where the declared set makes gibberish of the page's words, or
nothing is declared, the set that makes the best words. Labels are understood as in the WHATWG Encoding
Standard: ``iso-8859-1`` means windows-1252.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

#: no more of a page than this is read, in bytes
MAX_BYTES = 8 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([a-z0-9_:.\-]+)""", re.IGNORECASE)
_META = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,300}?\b(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_:.\-]+)"""
)
_SAME_AS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso8859-9": "cp1254",
    "iso8859-6": "cp1256",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
}
# The most frequent letters which a legacy set holds in its upper half, by the languages written in it.
_FREQUENT = {
    "cp1251": "оаеинтсрвлкмдпуіья",
    "koi8-u": "оаеинтсрвлкмдпуіья",
    "cp866": "оаеинтсрвлкмдпуіья",
    "iso8859-5": "оаеинтсрвлкмдпуіья",
    "cp1256": "المينروتبدهعةسكفق",
    "cp1253": "αοιετσνηυρπκμλίόάέ",
    "cp1255": "יוהלאתמרבשנדעםחק",
    "cp1252": "éèàçùâêîôûëïöäüßñáíóúãõåøæœìòðþÖÄÜÉÀÅØ’“”–—«»…",
    "cp1250": "ąćęłńóśźżáéíýčěřšžůúőűöüôăâîșţŁŚ’“”„–—",
    "cp1254": "ığüşöçİÖÜŞÇ’“”–",
    "cp874": "านรอกเงมยลวดทสตะ่้ั",
}
_BYTE_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_TAG = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SPACE = re.compile(rb"\s+")
_MULTIBYTE = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會日月"
)
_NO_CONTROLS = bytes({*range(256)} - {*range(9), 11, *range(14, 27), *range(28, 32), 127})
_SAMPLE_BYTES = 200_000
_SAMPLE_TEXT = 20_000
_SAMPLE_WORDS = 1500


def decode(body: bytes, content_type: str | None = None) -> str:
    """The page's text. Never fails: what no set explains becomes U+FFFD. ``content_type`` is the header."""
    body = body[:MAX_BYTES]
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if (wide := _wide(body)) is not None:
        return body.decode(wide, "replace")
    if _is_binary(body):
        return ""
    try:
        return body.decode("utf-8")  # nearly every page; anything else hardly ever looks like it
    except UnicodeDecodeError:
        return body.decode(charset(body, content_type), "replace")


def charset(body: bytes, content_type: str | None = None) -> str:
    """Python's name of the set ``body`` is most likely written in."""
    if _is_utf8(body):
        return "utf-8"
    declared = _declared(body, content_type)
    sample = _sample(body)
    guesses = [name for name in declared if name != "utf-8" and _goodness(sample, name) >= 0.5]
    if guesses:
        return guesses[0]
    best = max((*_FREQUENT, *_MULTIBYTE, "utf-8"), key=lambda name: _goodness(sample, name))
    if _goodness(sample, best) > 0.25:
        return best
    return declared[0] if declared else "utf-8"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    names = _CHARSET.findall(content_type or "")
    names += [match.decode("ascii") for match in _META.findall(body[:4096])]
    return [name for raw in names if (name := _codec(raw)) is not None]


@cache
def _codec(label: str) -> str | None:
    label = label.strip().lower()
    label = _SAME_AS.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding:  # ``rot13`` and the like
        return None
    return _SAME_AS.get(info.name, info.name)


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark shows by a NUL beside every ASCII letter."""
    head = body[:400]
    if len(head) < 20:
        return None
    if head[1::2].count(0) > len(head) * 0.4:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) * 0.4 else None


def _is_binary(body: bytes) -> bool:
    """No text at all (a PDF, a picture): its beginning is full of control signs. ESC belongs to ISO-2022."""
    head = body[:4096]
    controls = len(head.translate(None, _NO_CONTROLS))
    return head.startswith(b"%PDF-") or controls > len(head) * 0.02 + 1


def _is_utf8(body: bytes) -> bool:
    """Valid UTF-8, but for a few broken bytes (a cut, a foreign quotation)."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
        return broken <= 0.02 * (len(text) - len(text.encode("ascii", "ignore")))
    return True


class _Sample(NamedTuple):
    """What sets are tried on: words for those of one byte a letter, running text for the others.

    A letter of two bytes may hold an ASCII sign as its second, and would be torn apart between words.
    """

    words: list[bytes]
    text: bytes


def _sample(body: bytes) -> _Sample:
    text = _TAG.sub(b" ", body[: _SAMPLE_BYTES * 4])[:_SAMPLE_BYTES]
    words = [word for word in _BYTE_WORD.findall(text) if not word.isascii()]
    if len(words) < 20:
        words += [word for word in _BYTE_WORD.findall(body[:_SAMPLE_BYTES]) if not word.isascii()]
    return _Sample(words[:_SAMPLE_WORDS], _SPACE.sub(b" ", text)[:_SAMPLE_TEXT])


def _goodness(sample: _Sample, name: str) -> float:
    """How much the words look like words when read as ``name``: about 0 (gibberish) to 1."""
    if not sample.words:
        return 0.0
    if name in _MULTIBYTE:
        return _goodness_multibyte(sample.text, name)
    words = [word.decode(name, "replace") for word in sample.words]
    frequent = frozenset(_FREQUENT.get(name, ""))
    if not frequent:
        family = next((key for key in _FREQUENT if key in _kin(name)), None)
        frequent = frozenset(_FREQUENT[family]) if family else frozenset()
    return sum(_word_goodness(word, frequent) for word in words) / len(words)


def _kin(name: str) -> tuple[str, ...]:
    return {
        "iso8859-2": ("cp1250",),
        "iso8859-15": ("cp1252",),
        "iso8859-7": ("cp1253",),
        "iso8859-8": ("cp1255",),
        "koi8-r": ("koi8-u",),
        "tis-620": ("cp874",),
        "mac-roman": ("cp1252",),
        "mac-cyrillic": ("cp1251",),
    }.get(name, ())


def _word_goodness(word: str, frequent: frozenset[str]) -> float:
    high = [char for char in word if not char.isascii()]
    if not high or any("\x80" <= char <= "\x9f" or char == "\ufffd" for char in high):
        return 0.0
    if any(a.islower() and b.isupper() for a, b in pairwise(word)):
        return 0.0  # the sign of one Cyrillic set read as another
    latin = "a" <= word[0].lower() <= "\u024f" or word[0].isascii()
    if latin and len(word) > 3 and len(high) > len(word) / 2:
        return 0.0  # no language writes mostly accented letters
    if any(char.isascii() and char.isalpha() for char in word) and any(
        char > "\u024f" for char in high if char.isalpha()
    ):
        return 0.0  # two scripts in a word
    return sum(char in frequent or char.lower() in frequent for char in high) / len(high)


def _goodness_multibyte(text: bytes, name: str) -> float:
    decoded = text.decode(name, "replace")
    chars = [char for char in decoded if not char.isascii()]
    if not chars or decoded.count("\ufffd") > len(chars) * 0.02:
        return 0.0
    kana = sum("\u3040" <= char <= "\u30ff" for char in chars) / len(chars)
    hangul = sum("\uac00" <= char <= "\ud7a3" for char in chars) / len(chars)
    han = sum(char in _COMMON_HAN for char in chars) / len(chars)
    if name in ("cp932", "euc_jp"):
        return (
            min(1.0, kana * 2.5) if sum("\uff61" <= c <= "\uff9f" for c in chars) < len(chars) * 0.2 else 0.0
        )
    return hangul if name == "cp949" else min(1.0, han * 6)
