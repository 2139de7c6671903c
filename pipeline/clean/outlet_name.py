"""Where an outlet's name ends in a line that goes on: "The Conversation under a Creative Commons licence". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

#: words within names that have no capital
_JOINING: Final = frozenset(
    ("the", "of", "for", "and", "&", "de", "del", "della", "dei", "di", "da", "do", "dos", "das", "du", "des", "der",
     "die", "la", "le", "les", "el", "los", "las", "y", "e", "et", "und", "van", "het", "и", "і", "та", "для")
)  # fmt: skip
_QUOTED: Final = re.compile(r"[«“„\"‘「『](?P<name>[^«»“”„\"‘’「」『』]{2,60})[»”“\"’」』]")
_WORD: Final = re.compile(r"\S+")
_SIGNS: Final = ".,;:!?،؛؟。、।"
#: what ends a name behind its last word, and in a script without capitals
_END: Final = re.compile(rf"[{_SIGNS})]+$")
_PAUSE: Final = re.compile(rf"[{_SIGNS}(—–](?=\s|$)|[。、（]")


def leading_name(text: str, goes_on: Callable[[str], bool]) -> tuple[str, str]:
    """The name that ``text`` begins with, and what follows it; ("", text) where it begins with none.

    A name is in quotation marks, or a run of words with capitals; in a script without capitals it ends with the
    clause or before a word that ``goes_on`` knows as going on about the text.
    """
    text = text.strip()
    if quoted := _QUOTED.match(text):
        return quoted["name"].strip(), _rest(text[quoted.end() :])
    end = _with_capitals(text) if _has_case(text) else _up_to(text, goes_on)
    return _END.sub("", text[:end]).strip(), _rest(text[end:])


def _rest(text: str) -> str:
    return text.strip(f" {_SIGNS}")


def _has_case(text: str) -> bool:
    letter = next((char for char in text if char.isalpha()), "")
    return letter.lower() != letter.upper()


def _with_capitals(text: str) -> int:
    """Where the run of names ends that the text begins with."""
    end, joined = 0, False
    for word in _WORD.finditer(text):
        bare = word[0].strip("()[]\"'“”«»„.,;:!?")
        if any(char.isupper() or char.isdigit() for char in bare):
            end, joined = word.end(), False
            if _END.search(word[0]):
                break
        elif bare in _JOINING and not joined and not _END.search(word[0]):
            joined = True
        else:
            break
    return end


def _up_to(text: str, goes_on: Callable[[str], bool]) -> int:
    pause = _PAUSE.search(text)
    clause = text[: pause.start()] if pause else text
    words = list(_WORD.finditer(clause))
    stop = next((word for word in words[1:] if goes_on(word[0])), None)
    return stop.start() if stop else len(clause)
