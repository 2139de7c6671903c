"""What a clue is as a number: 16 bits, laid out so that its class, and so its weight, is told from it.

====================  =================================================================================
0 - 1023              a country, a city, a nationality
1024 - 1151           a month, a day of the week
1152 - 4095           a common notion of the news (police, election, oil)
4096 - 5095           a name of three consonants, exactly
5096 - 15095          a name of four consonants, exactly
15096 - 15127         a number up to 31
15128 - 15327         a year from 1900 to 2099
15328 - 24575         any other number
24576 - 32767         an acronym, a Latin word in another script, an address: exactly as written
32768 - 65535         a name of five consonants and more
====================  =================================================================================

A hash decides the place in the classes that are not exact: two clues that fall together by chance are as rare
as 1 in some thousand.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from pipeline.relate.skeleton import LETTERS

PLACE, DATE, NOTION, NAME3, NAME4, SMALL, YEAR, NUMBER, EXACT, NAME5 = range(10)
_STARTS: Final = (0, 1024, 1152, 4096, 5096, 15096, 15128, 15328, 24576, 32768, 65536)
CLASSES: Final = len(_STARTS) - 1
_DIGIT: Final = {ord(letter): str(index) for index, letter in enumerate(LETTERS)}
#: of the exact class, by id: the class of each clue there is
CLASS_OF: Final = bytes(kind for kind in range(CLASSES) for _ in range(_STARTS[kind], _STARTS[kind + 1]))


def hashed(kind: int, text: str) -> int:
    """The clue of ``text`` in a class where a hash decides."""
    start = _STARTS[kind]
    return start + crc32(text.encode()) % (_STARTS[kind + 1] - start)


def name_clue(skeleton: str) -> int | None:
    """The clue of a name by its skeleton, None where it is too short to tell anything."""
    length = len(skeleton)
    if length < 3:
        return None
    if length > 4:
        return hashed(NAME5, skeleton)
    return _STARTS[NAME3 if length == 3 else NAME4] + int(skeleton.translate(_DIGIT))


def number_clue(number: str) -> int:
    """The clue of a number written with ASCII digits, ``.`` for the decimal point, nothing between thousands."""
    if number.isdigit() and len(number) <= 4:
        value = int(number)
        if value <= 31:
            return _STARTS[SMALL] + value
        if 1900 <= value < 2100:
            return _STARTS[YEAR] + value - 1900
    return hashed(NUMBER, number)
