"""What class names and link targets say about a line. Structure that outlets build on purpose is better
evidence than words, and needs no language."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.article import Link, RemovalKind
from pipeline.clean.lines import Line, Page, host_of

K = RemovalKind
# Class and id words, most telling first. ``_`` and ``-`` are one, ``-?`` may be missing.
_WORDS: tuple[tuple[RemovalKind, str], ...] = (
    (K.COMMENTS, r"comments?|respond|disqus|comment-(?:list|form|area|notes)"),
    (
        K.READ_ALSO,
        (
            r"(?:read|see|watch|media)-?(?:also|next|too)|read-?more|see-?more-?(?:links?|box|articles?|stories)|"
            r"also-?(?:read|news|like)|lire-aussi|leggi-anche|lea-tambien|leia-(?:mais|tambem)|czytaj-?(?:takze|tez|wiecej)|"
            r"lees-?ook|inline-?(?:related|article|link|promo|teaser)|in-?article-?(?:related|link)|"
            r"article-?(?:related|teaser)|recirc\w*"
        ),
    ),
    (
        K.RELATED_LIST,
        (
            r"related|relacionad[oa]s?|similar|recommend\w*|also|more-?(?:news|stories|articles|from|on)|"
            r"most-?(?:read|popular|viewed)|popular|trending|teasers?|you-?may-?(?:also-?)?like|outbrain|taboola|"
            r"next-?(?:post|article)s?|prev-?next|post-?nav\w*|latest|onward\w*|further-?reading|suggest\w*"
        ),
    ),
    (
        K.DONATION,
        r"donat\w*|donor|support-?(?:us|box|banner)|contribut(?:e|ion)-?\w*|patreon|fundrais\w*|crowdfund\w*",
    ),
    (
        K.NEWSLETTER,
        (
            r"news-?letters?|mailing-?list|mailchimp|sign-?up|subscribe(?:-?(?:box|form|block|widget))?|"
            r"subscription-?(?:box|form|banner)|telegram-?\w*|whatsapp-?(?:channel|banner)|follow-?(?:us|box)|"
            r"app-?(?:promo|banner)|google-?news\w*"
        ),
    ),
    (K.SHARE, r"(?:social-?)?shar(?:e|es|ing)(?:-?\w+)?|social(?:-?\w+)?|addthis|sharedaddy|addtoany"),
    (
        K.ADVERTISEMENT,
        (
            r"ads?|advert\w*|adv|ad-?(?:slot|unit|container|wrapper|block|label|inline)|ads-?inline|adsbygoogle|"
            r"banner|sponsor\w*|promo(?:tion)?|dfp|reklama"
        ),
    ),
    (
        K.CAPTION,
        (
            r"(?:wp-)?caption(?:-?\w+)?|figcaption|img-?info|image-?(?:info|caption|credit|copyright|description|text)|"
            r"photo-?(?:caption|credit|info|description|author)|copyright-?image|media-?(?:caption|credit)|"
            r"img-?(?:caption|credit|desc)\w*|credits?"
        ),
    ),
    (
        K.AUTHOR_BIO,
        r"about-?authors?|authors?-?(?:bio|box|info|card|description|about|block|profile)|bio|autor-?box",
    ),
    (
        K.TAGS,
        (
            r"tags?|tag-?(?:s|list|cloud|links)?|tagcloud|post-?tags|article-?tags|longread-?tags|topics|keywords|"
            r"post-?categor\w*|cat-?links"
        ),
    ),
    (
        K.EMBED,
        (
            r"video-?(?:wrapper|container|player|embed|block|title)|player|nts-?video-?\w*|embed\w*|jwplayer|"
            r"twitter-?tweet|instagram-?media|gallery\w*|slideshow"
        ),
    ),
    (
        K.BYLINE,
        (
            r"by-?line|authors?(?:-?(?:name|meta|line|link))?|post-?meta|entry-?meta|article-?meta|meta|publi\w+|"
            r"dates?|time(?:stamp)?|post-?date|views|reading-?time|article-?(?:head-?)?additional-?\w*|info-?line"
        ),
    ),
    (
        K.NAVIGATION,
        r"bread-?crumbs?|nav|navigation|menu|pagination|pager|page-?links|toc|table-?of-?contents|skip-?link",
    ),
    (K.LEGAL, r"copyright|disclaimer|legal|license|correction-?form|orfo\w*|mistape\w*"),
)
_CLASSES = tuple(
    (kind, re.compile(rf"(?:^|[.#\-])(?:{words})(?=\d{{0,2}}(?:$|[.#\-]))")) for kind, words in _WORDS
)


def _openings(word: str) -> list[str]:
    """The first letters that a piece of ``_WORDS`` can begin with."""
    group = re.match(r"\(\?:([^()]*)\)(\??)(.*)", word)
    if group is None:
        return [re.match(r"[a-z]+?(?=[a-z]\?|[^a-z]|$)", word)[0][:3]]  # type: ignore[index]
    return [*(one[:3].rstrip("-") for one in group[1].split("|")), *([group[3][:3]] if group[2] else [])]


#: how the words above begin, three letters or fewer
_HEADS = frozenset(
    head for _, words in _WORDS for word in re.split(r"\|(?![^()]*\))", words) for head in _openings(word)
)
_SHORT = tuple(head for head in _HEADS if len(head) < 3)
_HEAD = re.compile(r"(?:^|[.#\-])([a-z]{3})")
_SHORT_HEAD = re.compile(rf"(?:^|[.#\-])(?:{'|'.join(_SHORT)})")
_DASHES = re.compile("-{2,}")
#: ids of text elements are made of their words
_TEXTUAL = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "span", "a", "td", "dt", "dd"))
#: a box that holds more of the body than this is no box of noise
_OWN_SHARE = 0.35

#: kinds that a class may take from the body although the chooser wanted it
STRONG = frozenset(
    (
        K.COMMENTS,
        K.READ_ALSO,
        K.RELATED_LIST,
        K.DONATION,
        K.NEWSLETTER,
        K.SHARE,
        K.ADVERTISEMENT,
        K.CAPTION,
        K.AUTHOR_BIO,
        K.TAGS,
    )
)

# The rest of a link to one of these hosts says that it shares a page, asks for money, or offers a channel.
_SHARER = re.compile(
    r"sharer|dialog|intent|share|home\?status|whatsapp\.com/send|wa\.me/\?|sharing|pin/create|submit|connect\.ok\.ru|"
    r"line\.me/r/msg|social-plugins|getpocket\.com/(?:save|edit)|b\.hatena\.ne\.jp/add"
)
_CHANNEL = re.compile(
    r"t\.me/|telegram\.me/|whatsapp\.com/|viber\.com|news\.google\.com/(?:publications|s)|/preferences/source|discord\.gg"
)
# fmt: off
_NETWORKS = frozenset([
    "facebook.com", "twitter.com", "x.com", "whatsapp.com", "wa.me", "t.me", "telegram.me",
    "linkedin.com", "pinterest.com", "reddit.com", "vk.com", "ok.ru", "weibo.com", "line.me",
    "getpocket.com", "hatena.ne.jp", "ne.jp", "google.com", "viber.com", "discord.gg",
])
# fmt: on
# fmt: off
_TILLS = frozenset([
    "patreon.com", "buymeacoffee.com", "ko-fi.com", "patronite.pl", "boosty.to", "liberapay.com",
    "steady.com", "steadyhq.com", "steady.de", "opencollective.com", "donorbox.org", "paypal.com",
    "paypal.me", "gofundme.com", "savelife.in.ua", "in.ua", "monobank.ua", "tipeee.com", "ulule.com",
    "darujme.cz", "petje.af", "apoia.se", "catarse.me", "zrzutka.pl",
])
# fmt: on
_IN_UA = frozenset(("savelife.in.ua", "www.savelife.in.ua"))
# A page of the outlet itself, by the first steps of its path: an article may be about donations.
# fmt: off
_TILL_STEPS = frozenset([
    "donate", "donation", "donations", "donar", "support", "support-us", "supportus", "contribute",
    "membership", "spenden", "soutenir", "dona", "don", "patron", "unterstuetzen", "sostieni", "apoie",
    "wesprzyj", "podpora", "tuki", "stod", "doneren",
])
# fmt: on
_LETTER_STEPS = re.compile(
    r"(?:news-?letters?|subscribe|subscription|signup|sign-up|mailing|abonn\w*|podpisk\w*|rss|feed)"
)
_ARTICLE_PATH = re.compile(r"\d{4,}|[^/]{18,}(?:/|$)|/(?:news|articles?|story|20\d\d)/[^/]+")


def of_class(line: Line, page: Page) -> tuple[RemovalKind, str] | None:
    """``(kind, the class word)`` by the classes of the line's element and its ancestors below the body's."""
    if line.path not in page.boxes:
        page.boxes[line.path] = _by_path(line.path, page)
    return page.boxes[line.path]


def _by_path(path: str, page: Page) -> tuple[RemovalKind, str] | None:
    best: tuple[int, str] | None = None
    for step in _below(path, page.home):
        found = _of_step(step) if "." in step or "#" in step else None
        if found and (best is None or found[0] < best[0]) and not _holds_body(step, page):
            best = found
    return (_WORDS[best[0]][0], best[1]) if best else None


def _holds_body(step: str, page: Page) -> bool:
    """Does much of the body stand below an element with these classes? Then they are the template's."""
    return sum(size for path, size in page.mass.items() if step in path) > _OWN_SHARE * page.size


@lru_cache(maxsize=8192)
def _of_step(step: str) -> tuple[int, str] | None:
    """``(rank, word)`` of the most telling word among the classes and the id of one path step."""
    marks = _marks(step)
    if _HEADS.isdisjoint(_HEAD.findall(marks)) and not _SHORT_HEAD.search(marks):
        return None
    for rank, (_, pattern) in enumerate(_CLASSES):
        if found := pattern.search(marks):
            return rank, found[0].strip(".#-")
    return None


def _marks(step: str) -> str:
    """A path step's classes and id without its tag; runs of dashes (BEM) become one."""
    at = min((step.find(sign) for sign in ".#" if sign in step), default=-1)
    if at < 0:
        return ""
    marks = step[at:].partition("#")[0] if step[:at] in _TEXTUAL else step[at:]
    return _DASHES.sub("-", marks.replace("_", "-").lower())


def _below(path: str, home: str) -> list[str]:
    """The steps of ``path`` that it does not share with ``home``."""
    if path.startswith(home) and path[len(home) : len(home) + 1] in ("", ">"):
        return path[len(home) + 1 :].split(">")
    own, shared = path.split(">"), home.split(">")
    count = 0
    for a, b in zip(own, shared, strict=False):
        if a != b:
            break
        count += 1
    return own[count:]


def of_links(line: Line, page: Page) -> tuple[RemovalKind, str] | None:
    """What the targets of a line that is nearly all link say: a share button, a plea, a channel."""
    if line.linked < 0.6 or len(line.text) > 250:
        return None
    kinds = {_of_url(link.url) for link in line.links}
    if K.SHARE in kinds and len(line.text) <= 200:
        return K.SHARE, "sharer"
    if line.linked < 0.8:
        return None
    if K.DONATION in kinds:
        return K.DONATION, "donation-page"
    return (K.NEWSLETTER, "channel") if K.NEWSLETTER in kinds else None


def _of_url(url: str) -> RemovalKind | None:
    """Does the link share the page, lead to a place for giving money, or to a channel?"""
    scheme, _, rest = url.partition("://")
    if not rest:
        return K.SHARE if scheme.startswith(("mailto:?", "whatsapp:", "viber:")) else None
    host, _, path = rest.lower().partition("/")
    base = ".".join(host.rsplit(".", 2)[-2:])
    if base in _TILLS and (base != "in.ua" or host in _IN_UA):
        return K.DONATION
    if base in _NETWORKS or scheme in ("whatsapp", "viber"):
        return (
            K.SHARE
            if _SHARER.search(rest.lower())
            else K.NEWSLETTER
            if _CHANNEL.search(rest.lower())
            else None
        )
    return _of_path(path)


def _of_path(path: str) -> RemovalKind | None:
    steps = (
        path.partition("?")[0]
        .partition("#")[0]
        .rstrip("/")
        .removesuffix(".html")
        .removesuffix(".htm")
        .split("/")
    )
    if len(steps) > 1 and len(steps[0]) in (2, 5):
        del steps[0]  # a language
    if len(steps) == 1 and steps[0] in _TILL_STEPS:
        return K.DONATION
    return K.NEWSLETTER if len(steps) <= 3 and any(map(_LETTER_STEPS.fullmatch, steps)) else None


def begs(line: Line) -> bool:
    """Does any link of the line lead to a place for giving money?"""
    return any(_of_url(link.url) is K.DONATION for link in line.links)


def invites(line: Line) -> bool:
    """Does any link of the line lead to a channel or a subscription?"""
    return any(_of_url(link.url) is K.NEWSLETTER for link in line.links)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def to_article(link: Link, page: Page) -> bool:
    """Does the link lead to another article of this outlet?"""
    host = host_of(link.url)
    same = host == page.host or host.endswith(f".{page.host}") or page.host.endswith(f".{host}")
    if not same or link.url.split("#")[0].rstrip("/") == page.url.split("#")[0].rstrip("/"):
        return False
    return _ARTICLE_PATH.search(_path(link.url)) is not None
