"""People's names as a byline writes them, without what clings to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.text import clean, fold, words

_BY = re.compile(
    r"^\W*(?:(?:[\w']+\s+){0,5}\bby|(?:(?:zeige\s+)?alle\s+)?(?:ein\s+)?(?:erstellt|verfasst"
    r"|geschrieben|beiträge"
    r"|beitrag|artikel|bericht|kommentar|interview|gastbeitrag|text)\s+von"
    r"|von|par|por|di|de|da|door|av|af|od|about\s+(?:the\s+)?author"
    r"|autor(?:a|en|es|ka)?(?:in|innen)?|auteurs?|autore|author|authors|text|foto|words|redaktion"
    r"|автор(?:ы|и|ка)?(?:\s+(?:статьи|статті|текста|тексту))?|текст|від|от"
    r"|بقلم|كتب(?:ت)?|الكاتب(?:ة)?|تحرير|إعداد|نویسنده|yazan|tekst|מאת|γράφει(?:\s+[οη])?|του|της"
    r"|作者|記者|记者|文|기자|लेखक)"
    r"(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(
    r"^\W*(?:(?:[\w']+\s+){0,3}by|von|par|por|auteurs?|autor(?:en|es|a)?|author|authors|автор|бере|بقلم)\W*$",
    re.IGNORECASE,
)
_BY_GLUED = re.compile(r"^(?:作者|記者|记者|文|责任编辑|责编|编辑|来源)[:：]\s*")
_AFTER = re.compile(r"\s*(?:기자|記者|记者|特派员)$")
_SEPARATORS = re.compile(
    r"\s*(?:[;|•·\n●/]|,\s(?!Jr|Sr)|\s(?:and|und|y|et|e|и|та|і|و|ve|oraz|with|mit|&)\s)\s*"
)
_CUT = re.compile(
    r"\s*(?:\b(?:updated|published|posted|last modified|opublikowano|on behalf of|staff writer)\b"
    r"|<|\s[-–—|]\s"
    r"|[(\[][^)\]]*[)\]]?$|\bfor\s+the\b|@\S+|\S+@\S+).*$",
    re.IGNORECASE | re.DOTALL,
)
#: what else people do for an article
_OTHER_WORK = re.compile(
    r"\b(?:(?:re)?viewed|fact.?checked|edited|photo(?:s|graph(?:s|y|ed))?|illustrat\w+|video"
    r"|translated|verified)"
    r"\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|www\.|\d{3,}|^\d|^(?:admin(?:istrator)?|unknown|none|null|undefined|authors?"
    r"|by ?line|staff|read more|follow|share"
    r"|comments?|subscribe|home|news|guest|sponsored|publisher|paid|anonymous|contributor|editor"
    r"|view all posts|more|bio|see bio|leave a comment|and|und|et|та|oraz|with|mit)$"
    r"|^[a-z]+(?:-[a-z.]+){2,}$|\bread\b.*\barticles?\b|\bmin\b|[!?{}=]",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:editor|editors|reporter|writer|correspondent|journalist|columnist|founder|director"
    r"|manager|officer|head of|staff|chief|ceo"
    r"|analyst|specialist|expert|team|consultant|producer|contributor|intern|fellow|professor"
    r"|marketing|press|news"
    r"|redakteur(?:in)?|korrespondent(?:in)?|chefredakteur(?:in)?|redaktion|journaliste|rédact\w+"
    r"|periodista|redactor\w*"
    r"|корреспондент|редактор|редакция|журналист\w*|обозреватель|кореспондент|журналіст\w*|редакція)\b",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"redaktion|newsroom|news ?desk|editorial|agenc|staff|team\b|редакц|web ?desk|^(?:afp|dpa"
    r"|reuters|ap|sda|apa|efe|ansa|upi)$"
    r"|associated press|correspondent$|تحرير|وكال|риа|тасс|укринформ|укрінформ|نیوز",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?<=\w\s)(?:the associated press|associated press|reuters|afp|canadian press"
    r"|the canadian press|staff(?: writer)?)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+|\S+@\S+\.\S+", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}[.:/]\d{2}|\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)[a-z]*\.?\s*\d{1,2}\b",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(r"^(?:[A-Z][A-Za-z]?\.?){1,4}[A-Z]\.?$|^(?:Ph\.?D|M\.?D|R\.?N|Esq|Jr|Sr)\.?$")
_PARTICLE = frozenset(
    (
        "de",
        "da",
        "di",
        "del",
        "della",
        "der",
        "den",
        "des",
        "van",
        "von",
        "zu",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ben",
        "ibn",
        "dos",
        "do",
        "du",
        "y",
        "e",
        "af",
        "av",
        "ter",
        "ten",
        "bint",
        "st",
        "o",
    )
)


def people(values: Iterable[str], *, split: bool) -> tuple[str, ...]:
    """The names, each once. ``split`` takes a printed line ("By A and B") apart."""
    found: dict[str, str] = {}
    for value in values:
        value = _ADDRESS.sub(" ", value)
        for name in _names_in(value) if split else (_plain(value),):
            if name and _may_be_name(name):
                found.setdefault(fold(name), name)
    return tuple(found.values())


@lru_cache(maxsize=1024)
def site_key(name: str) -> str:
    """A site's name as it is compared: letters and digits, without ``www`` and the article."""
    return "".join(words(name.removeprefix("www."))).removeprefix("the")


def is_person(name: str) -> bool:
    """Two to five words, each with a capital where the script has them, as people's names are?"""
    parts = name.split()
    if (
        parts[:1] == ["The"]
        or _ROLE.search(name)
        or _DESK.search(name)
        or any(char.isdigit() for char in name)
    ):
        return False
    if max(name, default="") > "\u0590":
        return 2 <= len(name) <= 40 and len(parts) <= 5
    capital = [part for part in parts if part.lower() not in _PARTICLE and not part.startswith(("d'", "d’"))]
    return 2 <= len(parts) <= 5 and all(part[:1].isupper() for part in capital) and len(capital) >= 2


def is_byname(name: str) -> bool:
    """Is it one word that may be somebody's name or pen name?"""
    return " " not in name and 2 <= len(name) <= 24 and not name[:1].islower() and not _ROLE.search(name)


def is_desk(name: str) -> bool:
    """Does the name tell an agency or the newsroom rather than a person?"""
    return bool(_DESK.search(name))


def is_label(line: str) -> bool:
    """Is the line only the word that introduces a name ("By", "Written by", "Автор:")?"""
    return len(line) <= 30 and bool(_BY_ALONE.match(line))


def introduced(line: str) -> str | None:
    """What follows the introducing word of a printed byline; None for a line without one."""
    label = _BY_GLUED.match(line) or _BY.match(line)
    if label is None or _OTHER_WORK.search(line):
        return None
    return line[label.end() :]


def _names_in(value: str) -> Iterator[str]:
    """The names of a printed line or lines; what follows a name's role or degree is more of the same."""
    named = False
    for line in value.split("\n"):
        if _OTHER_WORK.search(line) or is_label(line):
            continue
        for part in _SEPARATORS.split(_without_by(line)):
            name = _plain(part) if part else ""
            if named and (_ROLE.search(name) or _CREDENTIAL.match(name)):
                break
            if name:
                named = True
                yield name


def _plain(part: str) -> str:
    name = _AFTER.sub("", clean(_CUT.sub("", _without_by(part)))).strip(" ,.;:|-–—*\"'“”∙")
    alone = _AGENCY.sub("", name).strip(" ,-")
    return alone if " " in alone else name


def _may_be_name(name: str) -> bool:
    return (
        2 <= len(name) <= 80
        and len(name.split()) <= 8
        and not _NO_NAME.search(name)
        and not _DATE.search(name)
    )


def _without_by(text: str) -> str:
    if label := _BY.match(text):
        text = text[label.end() :]
    return text[label.end() :] if (label := _BY_GLUED.match(text)) else text
