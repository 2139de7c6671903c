"""Text made comparable (``fold``, ``words``, ``body_hash``), findable (``fts_query``), storable (``clean``).

``fold`` is for comparing and searching and is never shown; ``clean`` keeps what the author wrote and takes
out only what nobody can see. All functions are pure, linear and total (any ``str``, even lone surrogates).

Normalisation forms: Unicode Standard Annex 15. Bidirectional controls: Unicode Standard Annex 9.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

# --- tables ---------------------------------------------------------------------------------------------

_APOSTROPHES = "`´‘’‚‛ʹʻʼʽʾʿˈ′‵՚׳ꞌ＇"
_QUOTES = "“”„‟«»‹›″‶〝〞〟״＂"
_DASHES = "‐‑‒–—―⁃−⸺⸻﹘﹣－־"
_PUNCTUATION = (
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"') | dict.fromkeys(_DASHES, "-") | {"⁄": "/"}
)
#: letters that no decomposition reaches. ``أ إ آ ؤ ئ ё`` and the like are decomposed and lose their mark.
_LETTERS = (
    _PUNCTUATION
    | {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t"}
    | {"ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ە": "ه", "ۃ": "ه"}
)
# Arabic vowel signs, Koranic marks and the hamza, alone or above; tatweel.
_ARABIC_MARKS = (
    "\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u0674\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u08d3-\u08e1\u08e3-\u08ff"
)
# Signs that are no part of the text: controls that are not white space, default ignorables, noncharacters.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_DROPPED = re.compile(f"[{_INVISIBLE}{_NONCHARACTERS}{_ARABIC_MARKS}]+")
# The same without what lies beyond the Basic Multilingual Plane: a table instead of one test for each range.
_DROPPED_BASIC = re.compile("[" + _INVISIBLE.partition("\U0001bca0")[0] + f"\ufffe\uffff{_ARABIC_MARKS}]+")
# Searching for signs and replacing those found is several times faster than ``str.translate``.
_PUNCTUATION_SIGN = re.compile(f"[{re.escape(''.join(_PUNCTUATION))}]")
_LETTER_SIGN = re.compile(f"[{re.escape(''.join(_LETTERS))}]")
# Marks above and below Latin, Greek, Cyrillic and Hebrew letters. Those of Indic scripts, Thai and kana carry
# meaning of their own and stay.
_ACCENTS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f\ufe20-\ufe2f"
)
# й and ї are letters, not и and і with something above: кий is not кии.
_ACCENTED = re.compile(
    f"(и)[{_ACCENTS}]*\u0306[{_ACCENTS}]*|(і)[{_ACCENTS}]*\u0308[{_ACCENTS}]*|[{_ACCENTS}]+"
)
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
#: the apostrophe of п'ять, written five ways and often left out
_INNER_APOSTROPHE = re.compile(r"(?<=[\u0400-\u052f])'(?=[\u0400-\u052f])")
_SPACE = re.compile(r"\s+")

# --- folding --------------------------------------------------------------------------------------------


def _bare(match: re.Match[str]) -> str:
    return "й" if match[1] else "ї" if match[2] else ""


def _digit(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))


def _core(s: str) -> str:
    """The part of ``fold`` that looks at one cluster at a time, so that pieces can be folded apart."""
    if s.isascii():
        return _DROPPED.sub("", s.lower()).replace("`", "'")
    s = _PUNCTUATION_SIGN.sub(_punctuation, s)
    if s.isascii():  # English with the press's own quotes and dashes
        return _DROPPED.sub("", s.lower())
    s = unicodedata.normalize("NFKD", _without_dropped(unicodedata.normalize("NFKD", s)).casefold())
    s = _ACCENTED.sub(_bare, _LETTER_SIGN.sub(_letter, s))
    return unicodedata.normalize("NFC", _FOREIGN_DIGIT.sub(_digit, s))


def _without_dropped(s: str) -> str:
    return (_DROPPED_BASIC if max(s, default="") <= "\uffff" else _DROPPED).sub("", s)


def _punctuation(match: re.Match[str]) -> str:
    return _PUNCTUATION[match[0]]


def _letter(match: re.Match[str]) -> str:
    return _LETTERS[match[0]]


def _continues(char: str) -> bool:
    """Does ``char`` combine with what stands before it, or vanish?"""
    if char.isascii() and char.isprintable():
        return False
    jamo = "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff" or "\uffa0" <= char <= "\uffdc"
    if jamo or char in "ﾞﾟ" or unicodedata.category(char).startswith("M"):
        return True
    return _DROPPED.fullmatch(unicodedata.normalize("NFKD", char)) is not None


def _lone(char: str) -> bool:
    """Does ``char`` fold the same whatever stands beside it?"""
    return unicodedata.category(char)[0] not in "MC" and not _continues(char)


# What the press is written in: Latin, Greek, Cyrillic, Hebrew, Arabic, their punctuation, kana, Han, Hangul.
# One search finds out that a text holds nothing else, a second what in it folds to something else.
_USUAL = "".join(
    chr(code)
    for block in (range(0x20, 0x700), range(0x1E00, 0x2070), range(0x20A0, 0x20D0), range(0x2190, 0x2200))
    for code in block
    if _lone(chr(code))
)
_PLAIN_SCRIPTS = "\u3001-\u301c\u3041-\u3096\u30a1-\u30fb\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_UNUSUAL = re.compile(f"[^{re.escape(_USUAL)}{_PLAIN_SCRIPTS}\n]")
_FOLDS = {char: folded for char in _USUAL if (folded := _core(char)) != char}
_FOLDED_SIGN = re.compile(f"[{re.escape(''.join(_FOLDS))}]")


def _folded(match: re.Match[str]) -> str:
    return _FOLDS[match[0]]


def fold(s: str) -> str:
    """The text as it is compared and searched, in any of its usual spellings; never for showing.

    Compatibility forms, case, accents, Arabic vowel signs, tatweel and hamza, ``ё``, apostrophes in Cyrillic
    words, digits of any script, quotes, dashes, invisible characters and white space are unified. ``й`` and
    ``ї`` stay letters of their own. Idempotent.
    """
    spaced = " ".join(s.split())
    if spaced.isascii() and spaced.isprintable():  # most Latin text: nothing else can change
        return spaced.lower().replace("`", "'")
    lowered = spaced.replace("İ", "i").lower()
    if _UNUSUAL.search(lowered):
        return " ".join(_INNER_APOSTROPHE.sub("", _core(s)).split())
    folded = _FOLDED_SIGN.sub(_folded, lowered)
    if "'" in folded:
        folded = _INNER_APOSTROPHE.sub("", folded)
    return " ".join(folded.split())


def _clusters(s: str) -> Iterator[tuple[int, str]]:
    """``(index, piece)`` of pieces that fold independently of each other."""
    start = 0
    for index in range(1, len(s)):
        if not _continues(s[index]):
            yield start, s[start:index]
            start = index
    if s:
        yield start, s[start:]


def fold_with_offsets(s: str) -> tuple[str, tuple[int, ...]]:
    """``fold(s)``, and for each of its characters the index in ``s`` where its source begins."""
    if s.isascii() and s.isprintable() and s == " ".join(s.split()):
        return fold(s), tuple(range(len(s)))
    pairs = [(char, index) for index, piece in _clusters(s) for char in _core(piece)]
    dropped = {match.start() for match in _INNER_APOSTROPHE.finditer("".join(char for char, _ in pairs))}
    kept: list[tuple[str, int]] = []
    for position, (char, index) in enumerate(pairs):
        if position in dropped:
            continue
        if not char.isspace():
            kept.append((char, index))
        elif kept and kept[-1][0] != " ":
            kept.append((" ", index))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return "".join(char for char, _ in kept), tuple(index for _, index in kept)


# --- storing --------------------------------------------------------------------------------------------

_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Of the invisible characters, joiners (Persian, Indic, emoji) and variation selectors belong to the text.
_CLEANED_OUT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    f"\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb{_NONCHARACTERS}]+"
)
#: the invisible ones that Unicode calls letters
_FILLERS = "\u115f\u1160\u3164\uffa0"
# Tag characters spell the flags of England, Scotland and Wales; anywhere else they are hidden text.
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f)|[\U000e0000-\U000e007f]+")


def clean(s: str, *, keep_lines: bool = False) -> str:
    """The text as it is stored and shown: NFC, nothing invisible but joiners, white space folded.

    ``keep_lines`` keeps line breaks (as ``\\n``); otherwise they are white space like any other. Idempotent.
    """
    lines = [" ".join(line.split()) for line in (s.splitlines() if keep_lines else (s,))]
    if _is_plain(s, lines):
        return unicodedata.normalize("NFC", "\n".join(lines).strip("\n"))
    return _clean_thoroughly(s, keep_lines=keep_lines)


def _is_plain(s: str, lines: Sequence[str]) -> bool:
    """Is there nothing to take out but white space? Much faster to find out than to search for each thing.

    ``isprintable`` excludes controls, format characters, surrogates and what is unassigned.
    """
    if "\x1f" in s or not all(map(str.isprintable, lines)):
        return False
    return s.isascii() or not any(filler in s for filler in _FILLERS)


def _clean_thoroughly(s: str, *, keep_lines: bool) -> str:
    if _SURROGATE.search(s):  # two halves of one character are joined, a lone half is dropped
        s = s.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    s = _CLEANED_OUT.sub("", _LINE_BREAK.sub("\n", s))
    s = unicodedata.normalize("NFC", _TAGS.sub(r"\1", s))
    if keep_lines:
        return "\n".join(_SPACE.sub(" ", line).strip() for line in s.split("\n")).strip("\n")
    return _SPACE.sub(" ", s).strip()


# --- words ----------------------------------------------------------------------------------------------

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, bopomofo, Han.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u3096\u3099\u309a\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# ``\w`` knows no combining marks, without which Hindi or Tamil words fall apart.
_MARKED_BLOCKS = "\u0900-\u1dbf\ua800-\uabff\U00011000-\U00011fff"
_MARKS = "".join(
    chr(code)
    for block in (range(0x0900, 0x1DC0), range(0xA800, 0xAC00), range(0x11000, 0x12000))
    for code in block
    if unicodedata.category(chr(code)) in ("Mn", "Mc") and not re.match(f"[{_UNSPACED}]", chr(code))
)
_WORD = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]+|[{_MARKS}]+)+")
_EASY_WORD = re.compile(r"[^\W_]+")
#: ASCII with a space in the place of every sign that is of no word
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 0x20 for code in range(128)).ljust(256)
_UNEASY = re.compile(f"[{_UNSPACED}{_MARKED_BLOCKS}]")
# As written, words have accents and joiners besides.
_TOKEN = re.compile(
    rf"\s*(?:[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]+|[{_MARKS}{_ACCENTS}{_ARABIC_MARKS}\u200c\u200d]+)+|\S)|\s+\Z"
)


def words(s: str) -> list[str]:
    """The folded words of ``s``; scripts written without spaces (Han, kana, Thai …) give one a character."""
    folded = fold(s)
    if folded.isascii():  # the same words, in a third of the time
        return folded.encode().translate(_ASCII_WORDS).decode().split()
    return (_WORD if _UNEASY.search(folded) else _EASY_WORD).findall(folded)


def tokens(s: str) -> list[str]:
    """``s`` as written, cut before each word and sign; the white space before it belongs to it."""
    return _TOKEN.findall(s)


def search_text(s: str) -> str:
    """``s`` as the search index holds it: its words, one space between. ``fts_query`` asks for these.

    For an FTS5 table tokenised ``unicode61 remove_diacritics 0 categories 'L* M* N* Co'``: folding is done
    here, and marks are parts of words.
    """
    return " ".join(words(s))


def body_hash(paragraphs: Iterable[str]) -> str:
    """SHA-256 (hex) of the body's words: the same whatever its white space, punctuation, case, paragraphs."""
    return words_hash(map(search_text, paragraphs))


def words_hash(texts: Iterable[str]) -> str:
    """The ``body_hash`` of paragraphs that ``search_text`` has been through already."""
    digest = hashlib.sha256()
    for text in texts:
        if text:
            digest.update(text.encode() + b" ")
    return digest.hexdigest()


# --- searching ------------------------------------------------------------------------------------------

_QUERY_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<after>\*?)|(?P<word>[^\s"]+))')
_TYPED_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»״＂", '"') | dict.fromkeys("–−", "-"))


def _term(match: re.Match[str]) -> str:
    """One term as an FTS5 string, or "" where it has no words."""
    text = match["phrase"] if match["phrase"] is not None else match["word"]
    inside = search_text(text)
    prefix = "*" if match["after"] or text.endswith("*") else ""
    return f'"{inside}"{prefix}' if inside else ""


def _any_of(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _query_terms(query: str) -> tuple[list[list[str]], list[str]]:
    """What must be found (of each inner list one) and what must not."""
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    joining = negating = False
    for match in _QUERY_TERM.finditer(query.translate(_TYPED_QUOTES)):
        operator = match["word"] if not match["minus"] else None
        if operator in ("AND", "OR", "NOT"):
            joining, negating = operator == "OR", operator == "NOT"
            continue
        term = _term(match)
        if term and (match["minus"] or negating):
            unwanted.append(term)
        elif term and joining and wanted:
            wanted[-1].append(term)
        elif term:
            wanted.append([term])
        joining = negating = False
    return wanted, unwanted


def fts_query(query: str) -> str:
    """A user's words as an SQLite FTS5 query over ``search_text``; never a syntax error.

    All words must occur; ``"a phrase"`` in its order; ``a OR b`` one of the two (it binds its neighbours:
    ``drone Kyiv OR Київ`` is drone and one of both names); ``NOT a`` or ``-a`` not; ``econ*`` any ending.
    Everything else is a separator. "" where nothing positive is asked for.
    """
    wanted, unwanted = _query_terms(query)
    if not wanted:
        return ""
    found = " AND ".join(_any_of(group) for group in wanted)
    if not unwanted:
        return found
    return f"{found if len(wanted) == 1 else f'({found})'} NOT {_any_of(unwanted)}"


# --- direction ------------------------------------------------------------------------------------------

_RTL_LANGUAGES = re.compile("ar|arc|ary|arz|ckb|dv|fa|he|iw|ji|nqo|pnb|prs|ps|sd|syr|ug|ur|yi")
_RTL_SCRIPTS = re.compile("adlm|arab|hebr|mand|nkoo|rohg|samr|syrc|thaa")
_LETTER = re.compile(r"[^\W\d_]")
_RTL_LETTER = re.compile(
    "[\u05d0-\u05f2\u0620-\u064a\u066e-\u08c7\ufb1d-\ufdfb\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001e943]"
)
_NO_RTL = bytes(set(range(256)) - {*range(0xD7, 0xE1), 0xEF, 0xF0})
_DIRECTION_SAMPLE = 4000


def _declared_rtl(language: str | None) -> bool | None:
    """What a BCP 47 tag says about direction; None where it says nothing (``ku`` is written both ways)."""
    if not language:
        return None
    primary, *rest = language.lower().replace("_", "-").split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    if scripts:
        return bool(_RTL_SCRIPTS.fullmatch(scripts[0]))
    return None if primary in ("ku", "und", "mul") else bool(_RTL_LANGUAGES.fullmatch(primary))


def _rtl_letters(sample: str) -> int:
    """Their number; deleting all bytes of UTF-8 that begin none is the quickest look for one."""
    if not sample.encode("utf-8", "surrogatepass").translate(None, _NO_RTL):
        return 0
    return len(_RTL_LETTER.findall(sample))


def direction(language: str | None, text: str) -> Literal["ltr", "rtl"]:
    """The text's base direction, from its letters and its declared language (a BCP 47 tag).

    Letters outweigh a wrong declaration; the declaration decides a headline full of foreign names.
    """
    declared = _declared_rtl(language)
    sample = text[:_DIRECTION_SAMPLE]
    rtl = _rtl_letters(sample)
    letters = len(_LETTER.findall(sample)) if rtl or declared else 0
    if not letters:
        return "rtl" if declared else "ltr"
    share = rtl / letters
    return "rtl" if share > (0.1 if declared else 0.5 if declared is False else 0.4) else "ltr"
