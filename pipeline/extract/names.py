"""Authors and titles as a page writes them, without what clings to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.text import clean, fold, words

_BY = re.compile(
    r"^\W*(?:(?:written|posted|reported|published|words|text|story)\s+by|by|von|par|por|di|de|da|door|av|af|od|"
    r"autor(?:a|en|es|ka)?|auteurs?|autore|author|authors|text|foto|"
    r"автор(?:ы|и|ка)?(?:\s+(?:статьи|статті|текста|тексту))?|текст|від|от|"
    r"بقلم|كتب(?:ت)?|الكاتب(?:ة)?|تحرير|إعداد|نویسنده|yazan|tekst|מאת|γράφει(?:\s+[οη])?|του|της|作者|記者|记者|文|기자|लेखक)"
    r"(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_BY_GLUED = re.compile(r"^(?:作者|記者|记者|文)[:：]?\s*")
_SEPARATORS = re.compile(r"\s*(?:[;|•·\n]|,\s(?!Jr|Sr|MD|PhD)|\s(?:and|und|y|et|e|и|та|і|و|ve|oraz|&)\s)\s*")
_CUT = re.compile(
    r"\s*(?:\b(?:updated|published|posted|last modified|opublikowano|updated on)\b|[<(\[]|\s[-–—|]\s"
    r"|\bfor\s+the\b|@\S+|\S+@\S+).*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NAME = re.compile(
    r"https?:|www\.|\d{3,}|^\d|^(?:admin|administrator|unknown|none|null|author|authors|byline|staff)$",
    re.IGNORECASE,
)
_DATEISH = re.compile(r"\d{1,2}[.:/]\d{2}|\b(?:19|20)\d\d\b")
_SITE_SEPARATOR = re.compile(r"\s+[|\-–—·•»:/]+\s+|\s*[|»]\s*")


def authors(values: Iterable[str], *, split: bool) -> tuple[str, ...]:
    """People's (or desks') names, each once. ``split`` takes a printed line ("By A and B") apart."""
    found: dict[str, str] = {}
    for value in values:
        for part in _SEPARATORS.split(_without_by(value)) if split else (value,):
            name = clean(_CUT.sub("", _without_by(part))).strip(" ,.;:|-–—*") if part else ""
            if (
                2 <= len(name) <= 80
                and len(name.split()) <= 8
                and not _NO_NAME.search(name)
                and not _DATEISH.search(name)
            ):
                found.setdefault(fold(name), name)
    return tuple(found.values())


def _without_by(text: str) -> str:
    return _BY_GLUED.sub("", _BY.sub("", text, count=1))


def without_site(title: str, names: Sequence[str]) -> str:
    """The title without the site's name at its end or beginning, where one of ``names`` is it."""
    folded = {key for name in names if (key := _key(name))}
    for _ in range(3):
        pieces = list(_SITE_SEPARATOR.finditer(title))
        if not pieces:
            return title
        last, first = pieces[-1], pieces[0]
        if _key(title[last.end() :]) in folded and last.start() > 0:
            title = title[: last.start()].rstrip()
        elif _key(title[: first.start()]) in folded and title[first.end() :].strip():
            title = title[first.end() :].lstrip()
        else:
            return title
    return title


def _key(name: str) -> str:
    return "".join(words(name.removeprefix("www."))).removeprefix("the")


def alike(a: str, b: str) -> bool:
    """Do two titles say the same, word for word but for a few at the end?"""
    first, second = set(words(a)), set(words(b))
    if not first or not second:
        return False
    return len(first & second) >= 0.6 * min(len(first), len(second))
