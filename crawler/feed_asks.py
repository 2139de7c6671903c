"""What a feed's channel asks of those who poll it, and where it says more can be had.

``skipHours`` and ``skipDays`` (RSS 2.0), hub and topic (WebSub 4 and 5.1, atom:link), the older entries
(RFC 5005). feedparser keeps none of them apart from an entry's own, so ``feed_xml`` collects the words here
as it passes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from crawler.feed_text import http_url

#: hubs beyond are not told of: one is enough, a few are usual
MAX_HUBS: Final = 5
_MOST, _LONGEST, _LONGEST_LINK = 60, 20, 4000
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: where an atom:link of the whole feed stands; inside an image or an author it is something else
_CHANNELS: Final = frozenset(("channel", "feed", "rss", "rdf:RDF"))
_IANA: Final = "http://www.iana.org/assignments/relation/"


@dataclass(slots=True)
class Asks:
    """The words as they were met. ``links`` are (relation, address) pairs, as written."""

    hours: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def words(self, around: Sequence[str], words: str) -> None:
        """Notes what stands in ``skipHours/hour`` or ``skipDays/day``; ``around`` names the elements."""
        where = [name.rpartition(":")[2].lower() for name in around[-2:]]
        kept = self.hours if where == ["skiphours", "hour"] else self.days
        if where in (["skiphours", "hour"], ["skipdays", "day"]) and len(kept) < _MOST:
            kept.append(words.strip()[:_LONGEST])

    def link(self, parent: str | None, attributes: Mapping[str, str]) -> None:
        """Notes a link of the channel that says what it is to it."""
        href = attributes.get("href", "")
        if parent not in _CHANNELS or not href or len(href) > _LONGEST_LINK or len(self.links) >= _MOST:
            return
        for relation in attributes.get("rel", "").lower().split():
            self.links.append((relation.removeprefix(_IANA), href))


def skip_hours(written: Iterable[str]) -> tuple[int, ...]:
    """Hours of the day, 0 to 23 in UTC, in order; 24 is midnight, as in RSS 0.91.

    What is no hour is left out. All 24 would mean never: a mistake, taken as none.
    """
    numbers = (int(word) for word in written if word.isascii() and word.isdigit() and len(word) <= 2)
    hours = sorted({number % 24 for number in numbers if number <= 24})
    return tuple(hours) if len(hours) < 24 else ()


def skip_days(written: Iterable[str]) -> tuple[int, ...]:
    """Days of the week, 0 is Monday, from their English names; all seven are taken as none."""
    names = {word.lower() for word in written}
    days = [number for number, name in enumerate(_DAYS) if name in names or name[:3] in names]
    return tuple(days) if len(days) < 7 else ()


def hubs(links: Iterable[tuple[str, str]], base: str) -> tuple[str, ...]:
    """The hubs named, each once, absolute."""
    found = (http_url(href, base) for relation, href in links if relation == "hub")
    return tuple(dict.fromkeys(hub for hub in found if hub))[:MAX_HUBS]


def topic(links: Iterable[tuple[str, str]], base: str) -> str | None:
    """The address under which hubs know the feed: the first ``self`` that is one."""
    found = (http_url(href, base) for relation, href in links if relation == "self")
    return next((address for address in found if address), None)


def older(links: Sequence[tuple[str, str]], base: str, url: str) -> str | None:
    """The document before this one: its ``prev-archive``, else its ``next`` page (RFC 5005, 3 and 4).

    A document that names itself names none.
    """
    wanted = [href for kind in ("prev-archive", "next") for relation, href in links if relation == kind]
    found = (http_url(href, base) for href in wanted)
    return next((address for address in found if address and address != url), None)
