"""Telling that an outlet is no longer where it was: parked domains, feeds that now lead to a page. No I/O."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from crawler.fetched import Fetched
from crawler.glance import glance, is_html, lowered, paragraphs

#: sites that sell or park domains: being led there by an outlet's address says that the outlet has left it
_DEALERS: Final = (
    ("hugedomains.com", "HugeDomains"),
    ("sedo.com", "Sedo"),
    ("sedoparking.com", "Sedo"),
    ("dan.com", "Dan"),
    ("afternic.com", "Afternic"),
    ("bodis.com", "Bodis"),
    ("parkingcrew.net", "ParkingCrew"),
    ("buydomains.com", "BuyDomains"),
    ("domainmarket.com", "DomainMarket"),
    ("above.com", "Above"),
    ("undeveloped.com", "Undeveloped"),
)
#: part of the lower-case page, who
_PAGE_MARKS: Final = (
    *((b"sedoparking.com", "Sedo"), (b"sedo.com/search/details", "Sedo")),
    *((b"parkingcrew.net", "ParkingCrew"), (b"d38psrni17bvxu.cloudfront.net", "ParkingCrew")),
    *((b"bodis.com", "Bodis"), (b"bodiscdn.com", "Bodis")),
    *((b"/parking-lander/", "GoDaddy"), (b"cashparking.com", "GoDaddy"), (b"godaddy.com/forsale", "GoDaddy")),
    (b"hugedomains.com", "HugeDomains"),
    *((b"afternic.com/forsale", "Afternic"), (b"//afternic.com", "Afternic")),
    *((b"//dan.com/buy-domain", "Dan"), (b"//dan.com/orders", "Dan")),
    *((b"parking.reg.ru", "Reg.ru"), (b"reg.ru/domain/shop", "Reg.ru")),
    *((b"dsparking.com", "a domain dealer"), (b"parklogic.com", "a domain dealer")),
    *((b"skenzo.com", "a domain dealer"), (b"data-adblockkey=", "a domain dealer")),
)
#: ``ww1.``, ``ww25.``: where parked names send their visitors
_PARKED_LABEL: Final = re.compile(r"ww\d{1,3}\.")
_MAX_PARAGRAPHS: Final = 8
_MAX_WORDS: Final = 250


def parked_at(fetched: Fetched) -> str | None:
    """Who parks the domain that was asked for (``Sedo``), or None where nobody does that we know."""
    if fetched.status >= 500 or not is_html(fetched):
        return None
    asked, reached = _host(fetched.url), _host(fetched.final_url)
    if reached != asked:
        dealer = next(
            (who for name, who in _DEALERS if _under(reached, name) and not _under(asked, name)), None
        )
        if dealer:
            return dealer
        if _PARKED_LABEL.match(reached):
            return "a domain dealer"
    if paragraphs(fetched.body) >= _MAX_PARAGRAPHS:
        return None
    page = lowered(fetched)
    if paragraphs(page) >= _MAX_PARAGRAPHS or b"<article" in page:
        return None
    who = next((who for mark, who in _PAGE_MARKS if mark in page), None)
    return who if who and glance(page, fetched.content_type).words <= _MAX_WORDS else None


def leads_elsewhere(fetched: Fetched) -> str | None:
    """Where a feed's address leads now that an HTML page is in its place; None where it was not led on."""
    if fetched.final_url == fetched.url or not is_html(fetched):
        return None
    asked, reached = _host(fetched.url), _host(fetched.final_url)
    front = urlsplit(fetched.final_url).path in {"", "/"}
    other = not _under(reached, asked) and not _under(asked, reached)
    where = "the front page" if front else "an HTML page"
    return f"{where} of {reached}" + (", another site" if other else "")


def _under(host: str, name: str) -> bool:
    return host == name or host.endswith("." + name)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
