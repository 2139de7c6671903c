"""Telling a consent wall from an article: pages that want a yes before they show anything. No I/O.

Nearly every European outlet loads a consent platform's script (IAB TCF) beside its articles; that is no wall.
A wall is a page that stands in the article's place: the visitor was led to an address made for it, or the
page has next to no text, belongs to a platform, and speaks of consent. Nothing is worked around.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from crawler.fetched import Fetched
from crawler.glance import Glance, glance, is_html, lowered, paragraphs

#: first labels of hosts that serve nothing but consent dialogs
_GATE_HOSTS: Final = frozenset({"consent", "guce", "myprivacy", "cookiewall", "privacygate", "zustimmung"})
#: whole path segments, without ``-``, ``_``, case and file ending
_GATE_SEGMENTS: Final = frozenset(
    {
        *("consent", "consents", "consenta", "cookieconsent", "gdprconsent", "consentwall", "collectconsent"),
        *("cookiewall", "cookiegate", "privacygate", "privacygateconfirm", "privacywall", "gdpr", "tcf"),
        *(
            "zustimmung",
            "einwilligung",
            "consentement",
            "consentimiento",
            "consenso",
            "samtykke",
            "toestemming",
        ),
    }
)
_FILE_ENDING: Final = re.compile(r"\.(?:html?|php|aspx?|jsp)$")
#: a pattern in the lower-case page or address, the platform
_PLATFORMS: Final = (
    (rb"//consent\.(?:google|youtube)\.|fundingchoicesmessages\.google\.com", "Google"),
    (rb"collectconsent|guce\.|consent\.yahoo\.", "Yahoo"),
    (rb"myprivacy\.dpgmedia\.|dpgmedia\.net/consent", "DPG Media"),
    (rb"privacy-mgmt\.com|sp_message_|sp-prod\.net|_sp_queue|sourcepoint", "Sourcepoint"),
    (rb"cookielaw\.org|otsdkstub|optanon|onetrust", "OneTrust"),
    (rb"privacy-center\.org|didomi", "Didomi"),
    (rb"usercentrics", "Usercentrics"),
    (rb"consentmanager\.(?:net|mgr)", "consentmanager"),
    (rb"cmp\.quantcast\.com|quantcast\.mgr\.consensu|cmp\.inmobi\.com", "Quantcast"),
    (rb"consent\.cookiebot\.(?:com|eu)", "Cookiebot"),
    (rb"consent\.trust(?:arc|e)\.com", "TrustArc"),
    (rb"contentpass\.net", "contentpass"),
    (rb"privacymanager\.io", "LiveRamp"),
    (rb"trustcommander\.net", "Commanders Act"),
    (rb"appconsent\.io", "AppConsent"),
    (rb"iubenda\.com", "iubenda"),
    (rb"axept\.io", "Axeptio"),
    (rb"__tcfapi|\.consensu\.org", "an IAB platform"),
)
#: stems of the words that these pages consist of, in the languages of the outlets we know
_WORDS: Final = re.compile(
    r"cookie|consent|gdpr|rgpd|dsgvo|privacy|tracking|datenschutz|zustimm|einwillig|akzeptier|confidentialit"
    r"|donn[ée]es personnelles|accepter|privacid|consenso|dati personali|toestemming|samtyck|samtykke"
    r"|zgod[aęy]|ciastecz|prywatno|souhlas|s[úu]hlas|hozz[áa]j[áa]rul|sütik|consim[țţt]|συγκατ[άα]θ|απορρ[ήη]τ"
    r"|çerez|gizlilik|соглас|згод[аиу]|конфиденц|конфіденц|персональн|суглас|съгласи|бисквит|куки"
    r"|ملفات تعريف|الخصوصية|موافق|עוגיות|פרטיות|eväste|suostum|nõusolek|piekri|sutik|quyền riêng tư"
)
_CONTROL: Final = re.compile(rb"<button|<form|<iframe|<dialog|role=[\"']?(?:button|dialog)|<input")
#: an article says so, whatever dialogs it loads
_ARTICLE: Final = (b"<article", b"newsarticle", b"articlebody", b'"article"', b"blogposting")
_MAX_PARAGRAPHS: Final = 15
#: a shorter path is found in any address
_TELLING_PATH: Final = 6
_MAX_WORDS: Final = 500
#: hits among the words: at least so many, and one in so many words
_HITS: Final = 3
_ONE_IN: Final = 25
#: a page with fewer words than this is named by its title
_NO_WORDS: Final = 60


def consent_wall_of(fetched: Fetched) -> str | None:
    """Whose consent wall stands in this answer's place (``Sourcepoint``, or the wall's host), or None."""
    if not is_html(fetched):
        return None
    if _led_to_a_gate(fetched):
        return _platform(fetched) or urlsplit(fetched.final_url).hostname or "its own"
    if fetched.status != 200:
        return None
    return _platform(fetched) if _stands_in_place(fetched) else None


def _led_to_a_gate(fetched: Fetched) -> bool:
    """Whether redirects ended at an address made for consent, other than the one asked for."""
    asked, reached = urlsplit(fetched.url), urlsplit(fetched.final_url)
    if (asked.hostname, asked.path) == (reached.hostname, reached.path):
        return False
    if _first_label(reached.hostname) in _GATE_HOSTS and reached.hostname != asked.hostname:
        return True
    if not _gates(reached.path) - _gates(asked.path) or _carries_an_article(fetched):
        return False
    way_back = unquote(unquote(reached.query)) + reached.path
    returns = len(asked.path) >= _TELLING_PATH and asked.path in way_back
    return returns or _speaks_of_consent(_seen(fetched))


def _gates(path: str) -> set[str]:
    segments = (_FILE_ENDING.sub("", part.lower()) for part in path.split("/"))
    return {part.replace("-", "").replace("_", "") for part in segments} & _GATE_SEGMENTS


def _first_label(host: str | None) -> str:
    return (host or "").partition(".")[0]


def _stands_in_place(fetched: Fetched) -> bool:
    """Whether the page, at the address asked for, is nothing but a consent dialog; cheap questions first."""
    if _carries_an_article(fetched) or not _CONTROL.search(lowered(fetched)):
        return False
    return _speaks_of_consent(_seen(fetched))


def _carries_an_article(fetched: Fetched) -> bool:
    if paragraphs(fetched.body) >= _MAX_PARAGRAPHS:
        return True
    page = lowered(fetched)
    return paragraphs(page) >= _MAX_PARAGRAPHS or any(mark in page for mark in _ARTICLE)


def _speaks_of_consent(seen: Glance) -> bool:
    words = seen.words
    if words > _MAX_WORDS:
        return False
    if words < _NO_WORDS and _WORDS.search(seen.title):
        return True
    hits = len(_WORDS.findall(seen.text))
    return hits >= _HITS and hits * _ONE_IN >= words


def _seen(fetched: Fetched) -> Glance:
    return glance(lowered(fetched), fetched.content_type)


def _platform(fetched: Fetched) -> str | None:
    """The platform, by the address the visitor was led to, then by the page."""
    for place in (fetched.final_url.lower().encode("utf-8", "replace"), lowered(fetched)):
        found = next((who for mark, who in _PLATFORMS if re.search(mark, place)), None)
        if found:
            return found
    return None
