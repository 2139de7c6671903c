"""What class names and link targets say about a line. Structure that outlets build on purpose is better
evidence than words, and needs no language."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipeline.article import Link, RemovalKind
from pipeline.clean.lines import Line, Page, host_of

K = RemovalKind
# Class and id words, most telling first. ``_`` and ``-`` are one; words match whole or glued to a number.
_CLASSES: tuple[tuple[RemovalKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:^|[.#\-])(?:{pattern})(?=$|[.#\-\d])"))
    for kind, pattern in (
        (K.COMMENTS, r"comments?|respond|disqus|comment-(?:list|form|area|notes)"),
        (
            K.READ_ALSO,
            r"(?:read|see|watch|media)-?(?:also|more|next|too)|also-?(?:read|news|like)|lire-aussi|leggi-anche|lea-tambien|leia-(?:mais|tambem)|czytaj-?(?:takze|tez|wiecej)|inline-?(?:related|article|link|promo|teaser)|in-?article-?(?:related|link)|article-?(?:related|teaser)|recirc\w*|readmore|readalso",
        ),
        (
            K.RELATED_LIST,
            r"related|relacionad[oa]s?|similar|recommend\w*|recommended|also|more-?(?:news|stories|articles|from|on)|most-?(?:read|popular|viewed)|popular|trending|teasers?|you-?may-?(?:also-?)?like|outbrain|taboola|next-?(?:post|article)s?|prev-?next|post-?nav\w*|latest|onward\w*|further-?reading|suggest\w*",
        ),
        (
            K.DONATION,
            r"donat\w*|donor|support-?(?:us|box|banner)|contribut(?:e|ion)-?\w*|patreon|fundrais\w*|crowdfund\w*",
        ),
        (
            K.NEWSLETTER,
            r"news-?letters?|mailing-?list|mailchimp|sign-?up|subscribe(?:-?(?:box|form|block|widget))?|subscription-?(?:box|form|banner)|telegram-?\w*|whatsapp-?(?:channel|banner)|follow-?(?:us|box)|app-?(?:promo|banner)|google-?news\w*",
        ),
        (K.SHARE, r"(?:social-?)?shar(?:e|es|ing)(?:-?\w+)?|social(?:-?\w+)?|addthis|sharedaddy|addtoany"),
        (
            K.ADVERTISEMENT,
            r"ads?|advert\w*|adv|ad-?(?:slot|unit|container|wrapper|block|label|inline)|ads-?inline|adsbygoogle|banner|sponsor\w*|promo(?:tion|ted)?|dfp|reklama",
        ),
        (
            K.CAPTION,
            r"(?:wp-)?caption(?:-?\w+)?|figcaption|img-?info|image-?(?:info|caption|credit|copyright|description|text)|photo-?(?:caption|credit|info|description|author)|copyright-?image|media-?(?:caption|credit)|img-?(?:caption|credit|desc)\w*|credits?",
        ),
        (
            K.AUTHOR_BIO,
            r"about-?authors?|authors?-?(?:bio|box|info|card|description|about|block|profile)|bio|autor-?box",
        ),
        (
            K.TAGS,
            r"tags?|tag-?(?:s|list|cloud|links)?|tagcloud|post-?tags|article-?tags|longread-?tags|topics|keywords|post-?categor\w*|cat-?links",
        ),
        (
            K.EMBED,
            r"video-?(?:wrapper|container|player|embed|block|title)|player|nts-?video-?\w*|embed\w*|jwplayer|twitter-?tweet|instagram-?media|gallery\w*|slideshow",
        ),
        (
            K.BYLINE,
            r"by-?line|authors?(?:-?(?:name|meta|line|link))?|post-?meta|entry-?meta|article-?meta|meta|publi\w+|dates?|time(?:stamp)?|post-?date|views|reading-?time|article-?(?:head-?)?additional-?\w*|info-?line",
        ),
        (
            K.NAVIGATION,
            r"bread-?crumbs?|nav|navigation|menu|pagination|pager|page-?links|toc|table-?of-?contents|skip-?link",
        ),
        (K.LEGAL, r"copyright|disclaimer|legal|license|correction-?form|orfo\w*|mistape\w*"),
    )
)
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
_NOT_ALONE = frozenset((K.ADVERTISEMENT, K.RELATED_LIST, K.SHARE))

_SHARERS = re.compile(
    r"facebook\.com/(?:sharer|dialog)|(?:twitter|x)\.com/(?:intent|share|home\?status)|(?:api|web)\.whatsapp\.com/send|wa\.me/\?|whatsapp://|"
    r"(?:telegram|t)\.me/share|linkedin\.com/(?:share|sharing)|pinterest\.[a-z]+/pin/create|reddit\.com/submit|vk\.com/share|connect\.ok\.ru|"
    r"viber://|mailto:\?|service\.weibo\.com/share|line\.me/R/msg|social-plugins\.line\.me|getpocket\.com/(?:save|edit)|b\.hatena\.ne\.jp/add",
    re.IGNORECASE,
)
_DONATION_HOSTS = re.compile(
    r"(?:^|\.)(?:patreon\.com|buymeacoffee\.com|ko-fi\.com|patronite\.pl|boosty\.to|liberapay\.com|steady(?:hq)?\.(?:com|de)|opencollective\.com|donorbox\.org|paypal\.(?:com|me)|gofundme\.com|savelife\.in\.ua|base\.monobank\.ua|send\.monobank\.ua|tipeee\.com|ulule\.com)$"
)
_DONATION_PATHS = re.compile(
    r"/(?:donat(?:e|ion|ions)|support(?:-?us)?(?:\.html)?|contribute|membership|spenden|soutenir|dona|don|support-us|patron)(?:/|\.html?|\?|$)",
    re.IGNORECASE,
)
_CHANNELS = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:t\.me/(?!share)|telegram\.me/(?!share)|whatsapp\.com/channel|chat\.whatsapp\.com|invite\.viber\.com|news\.google\.com/(?:publications|s)|google\.com/preferences/source|discord\.gg)",
    re.IGNORECASE,
)
_LETTERS_PATHS = re.compile(
    r"/(?:news-?letters?|subscribe|subscription|signup|sign-up|mailing|abonn\w*|podpisk\w*|rss|feed)(?:/|\.html?|\?|$)",
    re.IGNORECASE,
)
_ARTICLE_PATH = re.compile(r"\d{4,}|[^/]{18,}(?:/|$)|/(?:news|articles?|story|20\d\d)/[^/]+")


def of_class(line: Line, page: Page) -> tuple[RemovalKind, str] | None:
    """``(kind, the class word)`` by the classes of the line's element and its ancestors below the body's."""
    if line.path not in page.boxes:
        page.boxes[line.path] = _by_path(line.path, page.home)
    return page.boxes[line.path]


def _by_path(path: str, home: str) -> tuple[RemovalKind, str] | None:
    steps = [_marks(step) for step in _below(path, home).replace("_", "-").lower().split(">")]
    steps = [step for step in steps if step]
    if not steps:
        return None
    for kind, pattern in _CLASSES:
        for step in steps:
            if found := pattern.search(step):
                return kind, found[0].strip(".#-")
    return None


def _marks(step: str) -> str:
    """A path step's classes and id without its tag; runs of dashes (BEM) become one."""
    at = min((step.find(sign) for sign in ".#" if sign in step), default=-1)
    return re.sub("-+", "-", step[at:]) if at >= 0 else ""


def _below(path: str, home: str) -> str:
    """The steps of ``path`` that it does not share with ``home``."""
    own, shared = path.split(">"), home.split(">")
    count = 0
    for a, b in zip(own, shared, strict=False):
        if a != b:
            break
        count += 1
    return ">".join(own[count:])


def of_links(line: Line, page: Page) -> tuple[RemovalKind, str] | None:
    """What the targets of a line that is nearly all link say: a share button, a plea, a channel."""
    if not line.links:
        return None
    urls = [link.url for link in line.links]
    if any(_SHARERS.search(url) for url in urls) and line.linked >= 0.6 and len(line.text) <= 200:
        return K.SHARE, "sharer"
    if line.linked < 0.8 or len(line.text) > 250:
        return None
    if any(_DONATION_HOSTS.search(host_of(url)) or _DONATION_PATHS.search(_path(url)) for url in urls):
        return K.DONATION, "donation-page"
    if any(_CHANNELS.match(url) or _LETTERS_PATHS.search(_path(url)) for url in urls):
        return K.NEWSLETTER, "channel"
    return None


def begs(line: Line) -> bool:
    """Does any link of the line lead to a place for giving money?"""
    return any(
        _DONATION_HOSTS.search(host_of(link.url)) or _DONATION_PATHS.search(_path(link.url))
        for link in line.links
    )


def invites(line: Line) -> bool:
    """Does any link of the line lead to a channel or a subscription?"""
    return any(_CHANNELS.match(link.url) or _LETTERS_PATHS.search(_path(link.url)) for link in line.links)


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
