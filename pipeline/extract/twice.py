"""Text that was encoded as UTF-8 twice: "caf\u00c3\u00a9" for "caf\u00e9".

Somewhere on the outlet's side its UTF-8 was taken for Latin-1 or windows-1252 and encoded once more. Each
letter then is the run of letters that its bytes are in that set: a first that no language puts before such a
second.
"""

from __future__ import annotations

import re

#: fewer telling runs than this may be anything: an example in an article on character sets
_ENOUGH = 3
#: characters that are looked at
_SAMPLE = 5_000
# The letters of windows-1252 in place of the control signs of Latin-1, and their bytes.
_SIGNS = {
    bytes([code]).decode("cp1252"): code for code in {*range(0x80, 0xA0)} - {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_SECOND = "[\u0080-\u00bf" + "".join(map(re.escape, _SIGNS)) + "]"
_RUN = re.compile(f"[\u00c2-\u00df]{_SECOND}|[\u00e0-\u00ef]{_SECOND}{{2}}|[\u00f0-\u00f4]{_SECOND}{{3}}")
# No language writes these: a control sign, a capital with tilde before a sign, the beginning of a dash.
_TELLING = re.compile(
    "[\u00c2-\u00f4][\u0080-\u009f]|\u00c3[\u00a1-\u00ba\u00bc-\u00bf]|\u00e2\u20ac"
    "|[\u00d0\u00d1\u00d8\u00d9][\u00b0-\u00ba\u00bc-\u00bf\u2026\u20ac]"
)
# What may follow a letter as it is meant: quotation marks, dashes, spaces.
_CLOSING = frozenset(
    "\u00bb\u00ab\u00a0\u2019\u2018\u201d\u201c\u201e\u2013\u2014\u2026\u203a\u2122\u00ad\u00b7"
)
_ALWAYS = frozenset("\u00c2\u00c3\u00d0\u00d1")


def shows_in(text: str) -> bool:
    """Does the text hold enough letters that are doubly encoded? Cheap: for an article's text."""
    return not text.isascii() and len(_TELLING.findall(text, 0, _SAMPLE)) >= _ENOUGH


def mended(markup: str) -> str:
    """The page with its doubly encoded letters as they were meant."""
    once = _RUN.sub(_letter, markup)
    return _RUN.sub(_letter, once) if shows_in(once) else once


def _letter(run: re.Match[str]) -> str:
    first, rest = run[0][0], run[0][1:]
    if first not in _ALWAYS and _CLOSING.issuperset(rest):
        return run[0]
    try:
        return bytes([ord(first), *(_SIGNS.get(char) or ord(char) for char in rest)]).decode("utf-8")
    except ValueError:
        return run[0]
