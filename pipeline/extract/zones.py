"""What the names of an element say: is it navigation, a side bar, the article's body?

Outlets name their elements for their style sheets, in a few words of English that all content systems share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

NAV = 1
ASIDE = 2
FOOTER = 4
HEADER = 8
FORM = 16
ARTICLE = 32
MAIN = 64
#: named as the article's text
BODY = 128
#: named as something beside the article
NOISE = 256
HIDDEN = 512
FIGURE = 1024
COMMENTS = 2048
LEAD = 4096
#: an outlet rule says: cut, or body
CUT = 8192
RULED = 16384
TEASER = 32768

OUTSIDE = NAV | ASIDE | FOOTER | FORM | COMMENTS | HIDDEN

_TAGS = {
    "nav": NAV,
    "aside": ASIDE,
    "footer": FOOTER,
    "header": HEADER,
    "form": FORM,
    "fieldset": FORM,
    "menu": NAV,
    "article": ARTICLE,
    "main": MAIN,
    "figure": FIGURE,
    "figcaption": FIGURE,
    "dialog": HIDDEN,
}
_ROLES = {
    "navigation": NAV,
    "menu": NAV,
    "complementary": ASIDE,
    "contentinfo": FOOTER,
    "banner": HEADER,
    "search": FORM,
    "article": ARTICLE,
    "main": MAIN,
    "dialog": HIDDEN,
    "alertdialog": HIDDEN,
}
# A name is split into words at ``-``, ``_`` and in ``camelCase``; they match whole or with an ending (``-s``,
# a number). A style sheet's condition on other elements or sizes (``md:hidden``, ``[&_h4]:text-lg``) says
# nothing.
_WORDS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (bit, re.compile(rf"(?:^|[ :])(?:{words})s?\d*(?=$|[ :])"))
    for bit, words in (
        (
            BODY,
            (
                r"(?:article|entry|post|story|news|blog|page|content|detail|main|single|text) ?(?:body"
                r"|text|content|copy|inner|main|detail|txt|paragraph|full)|rich ?text"
                r"|body ?(?:text|copy|content)|paragraph|prose|texto?|cuerpo|corps|contenido|full ?text"
                r"|article p|wysiwyg|body"
            ),
        ),
        (
            NOISE,
            (
                r"related|recommend\w*|side ?bar|foot\w*|popular|trending|most ?(?:read|viewed)|widget"
                r"|read ?(?:also|more|next)|promo\w*|breaking|latest|next ?post|shar(?:e|ing)|social\w*"
                r"|news ?letter\w*|subscri\w+|sign ?up|banner|cookie\w*|consent|gdpr|advert\w*|ad|adv"
                r"|sponsor\w*|outbrain|taboola|donat\w*|paywall|pop ?up|modal|overlay|bread ?crumb|tag"
                r"|topic|author\w*|byline|bio|meta|pagination|pager|toolbar|rating|login|copyright"
                r"|disclaimer|caption|credit|gallery|carousel|slider|ticker|rail|recirc\w*"
                r"|more ?(?:news|stories|on|from)|also|toc|table ?of ?contents|live ?blog ?nav|timeline"
                r"|embed|tweet|instagram|player|info ?box|fact ?box|call ?out|cta|aside"
            ),
        ),
        (COMMENTS, r"comment\w*|disqus|respond"),
        (
            TEASER,
            (
                r"teaser|card|item|list ?item|news ?list|grid|feed|thumb\w*|headline ?list|entry ?summary"
                r"|tile"
            ),
        ),
        (NAV, r"nav|menu|nav ?bar|navigation|bread ?crumb"),
        (
            HIDDEN,
            (
                r"hidden|hide|d ?none|visually ?hidden|sr ?only|screen ?reader\w*|invisible|visuallyhidden"
                r"|assistive"
            ),
        ),
        (
            LEAD,
            (
                r"sub ?title|sub ?head(?:line|ing)?|stand ?first|lead|lede|dek|deck|intro\w*|excerpt"
                r"|summary|chapo|entradilla|sottotitolo|occhiello|vorspann|strap ?line|bajada|anons|perex"
                r"|ingress|teaser ?text|description"
            ),
        ),
    )
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PARTS = re.compile(r"[-_./#]+")
#: what any of them needs, for the many names that say nothing
_TELLING = re.compile("|".join(pattern.pattern for _, pattern in _WORDS))
_UNSEEN = re.compile(r"display\s*:\s*none|clip\s*:\s*rect\(|clip-path\s*:\s*inset\(50%", re.IGNORECASE)
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def of_tag(tag: str) -> int:
    """What an element without attributes is."""
    return _TAGS.get(tag, 0)


#: attributes that :func:`of_attributes` reads
TELLING = frozenset(("role", "itemprop", "hidden", "aria-hidden", "style", "data-presswatch"))


def of_attributes(attributes: Mapping[str, str | None]) -> int:
    """What an element's attributes other than its class and id say."""
    own = _ROLES.get(attributes.get("role") or "", 0)
    if "articleBody" in (attributes.get("itemprop") or ""):
        own |= BODY | ARTICLE
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        own |= HIDDEN
    style = attributes.get("style")
    if style and _NO_DISPLAY.search(style):
        own |= HIDDEN
    mark = attributes.get("data-presswatch")
    if mark:
        own |= CUT if mark == "cut" else RULED
    return own


@lru_cache(maxsize=16_384)
def of_names(names: str) -> int:
    """What class and id words say. Cached: pages repeat their names, and content systems share them."""
    bits = 0
    for name in names.split():
        bits |= of_name(name)
    return bits


@lru_cache(maxsize=16_384)
def of_name(name: str) -> int:
    """What one class or id says."""
    if ":" in name or "[" in name:
        return 0
    words = _PARTS.sub(" ", _CAMEL.sub(" ", name)).strip().lower()
    if not _TELLING.search(words):
        return 0
    bits = 0
    for bit, pattern in _WORDS:
        if pattern.search(words):
            bits |= bit
    return bits


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Is an inline element there for screen readers only, or not shown at all?"""
    style = attributes.get("style")
    if style and _UNSEEN.search(style):
        return True
    names = attributes.get("class")
    return bool(names and of_names(names) & HIDDEN) or "hidden" in attributes
