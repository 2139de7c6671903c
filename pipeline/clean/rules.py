"""Is this line noise, and of which kind? Structure first, words second; what merely mentions the words of
noise stays."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.article import RemovalKind
from pipeline.catalogue.loader import load_catalogue
from pipeline.clean import hints
from pipeline.clean.lines import Cut, Line, Page, host_of
from pipeline.clean.patterns import is_unspaced, title_key
from pipeline.clean.wording import END, by_phrase
from pipeline.text import fold

K = RemovalKind
_LABEL_LENGTH, _LABEL_WORDS = 45, 6
_TEASER_LENGTH = 300
_LEAD_LENGTH = 600
_CREDIT_LENGTH, _CREDIT_WORDS = 120, 12
_MARKS = ":：-–—→►▶»>|"
_BULLETS = "0123456789.)· •●▪■►▶>»-–—*"
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔]['\"”»)]*\s*$")
#: networks as share bars name them, folded
# fmt: off
_NETWORKS = frozenset([
    "facebook", "fb", "x", "twitter", "whatsapp", "telegram", "linkedin", "pinterest", "reddit", "viber",
    "messenger", "line", "vk", "vkontakte", "ok", "email", "e-mail", "mail", "threads", "bluesky",
    "mastodon", "weibo", "wechat", "tumblr", "xing", "pocket", "flipboard", "instagram", "signal", "sms",
    "odnoklassniki", "copy", "skype", "фейсбук", "твиттер", "твіттер", "телеграм", "телеграмм", "вайбер",
    "ватсап", "вотсап", "вконтакте", "одноклассники", "فيسبوك", "تويتر", "واتساب", "تلغرام", "تيليجرام",
    "تليجرام", "ايكس", "اكس", "لينكدان", "انستغرام", "فيسبوک", "توييتر", "تلگرام", "لينكدين", "ואטסאפ",
    "וואטסאפ", "פייסבוק", "טוויטר", "טלגרם", "फेसबुक", "ट्विटर", "व्हाट्सऐप", "व्हाट्सएप", "टेलीग्राम",
    "페이스북", "트위터", "카카오톡", "밴드", "라인", "네이버",
    "微信", "微博", "朋友圈", "qq", "qq空间", "臉書", "脸书", "推特",
    "フェイスブック", "ライン", "はてな",
])
# fmt: on
_BAR = re.compile(r"[\s|/·•,،、;:]+")


def judge(line: Line, page: Page) -> Cut | None:
    """Why the line leaves the body, or None where it stays. Lines the chooser dropped always leave."""
    cut = _certain(line, page)
    if line.rule is not None:  # an outlet's rule has the last word; what the line is, it does not say
        return replace(cut, rule=line.rule) if cut else Cut(K.OTHER, line.rule)
    if cut is None and line.chosen:
        return None
    return cut or Cut(K.OTHER, "extractor")


def _certain(line: Line, page: Page) -> Cut | None:
    if line.kind == "caption":
        return Cut(K.CAPTION, "structure:caption")
    if (line.block <= page.first or line.kind == "heading") and (cut := _repeated(line, page)):
        return cut
    if line.key and (cut := by_phrase(line, page) or _share_bar(line, page)):
        return cut
    if not line.links:
        return _by_class(line, page) or _outlet(line, page)
    for rule in (_by_link, _by_class, _link_only, _labelled_link, _outlet):
        if cut := rule(line, page):
            return cut
    return None


# --- the line by itself ---------------------------------------------------------------------------------


def _repeated(line: Line, page: Page) -> Cut | None:
    """The title or the standfirst, where it is printed at the head of the body."""
    if len(line.text) > _LEAD_LENGTH:
        return None
    key = line.key or title_key(line.text)
    if key in page.titles:
        return Cut(K.TITLE, "structure:title")
    if not page.lead or key != page.lead or (line.chosen and _SENTENCE_END.search(line.text)):
        return None  # a lead of whole sentences that the chooser wants is the first paragraph
    return Cut(K.TITLE, "structure:standfirst")


def _share_bar(line: Line, page: Page) -> Cut | None:
    """Names of networks in a row, after a label of at most three words: "Pass on: Facebook | X"."""
    if not 8 <= len(line.text) <= 140 or line.kind == "table" or _NETWORKS.isdisjoint(line.words):
        return None
    if not any(sign in line.text for sign in "|/·•,،、:：") and line.linked < 0.8:
        return None
    words = [word for word in _BAR.split(fold(line.text).replace("：", ":")) if word]
    named = [word in _NETWORKS for word in words]
    bar = named.count(True) >= 2 and named.index(True) <= 3
    return Cut(K.SHARE, "structure:networks") if bar and all(named[named.index(True) :]) else None


# --- links and classes ----------------------------------------------------------------------------------


def _by_link(line: Line, page: Page) -> Cut | None:
    found = hints.of_links(line, page)
    return Cut(found[0], f"link:{found[1]}") if found else None


def _by_class(line: Line, page: Page) -> Cut | None:
    """A class says what the box is. Against the chooser only a telling one, on text that looks the part."""
    found = hints.of_class(line, page)
    if found is None:
        return None
    kind, word = found
    if line.chosen and (kind not in hints.STRONG or not _looks_boxed(line, kind)):
        return None
    return Cut(kind, f"class:{word}", title=_linked_title(line) if kind is K.READ_ALSO else None)


def _looks_boxed(line: Line, kind: RemovalKind) -> bool:
    if kind in (K.READ_ALSO, K.RELATED_LIST, K.TAGS, K.SHARE):
        return line.linked >= 0.5 or (len(line.text) <= 60 and not END.search(line.text))
    return len(line.text) <= (160 if kind is K.ADVERTISEMENT else 400)


def _linked_title(line: Line) -> str | None:
    return line.links[0].text if line.links else None


def _link_only(line: Line, page: Page) -> Cut | None:
    """A short line that is nothing but a link to another article of the outlet."""
    if not 12 <= len(line.text) <= 250 or line.kind == "table" or not _is_all_link(line):
        return None
    outside = line.block < page.first or line.block > page.last
    if not line.chosen and (outside or line.kind == "list-item"):
        return Cut(
            K.RELATED_LIST if outside else K.READ_ALSO, "structure:link-only", title=_linked_title(line)
        )
    if line.chosen and (END.search(line.text) or line.partial or page.listing or _is_mixed(line, page)):
        return None
    if len(line.links) == 1 and hints.to_article(line.links[0], page):
        return Cut(K.READ_ALSO, "structure:link-only", title=_linked_title(line))
    return None


def _is_all_link(line: Line) -> bool:
    """Is there nothing but link text, a bullet or a number before it left aside?"""
    return line.linked >= 0.95 or (
        line.linked >= 0.6
        and len(line.links) == 1
        and line.text.lstrip(_BULLETS) == line.links[0].text.lstrip(_BULLETS)
    )


def _is_mixed(line: Line, page: Page) -> bool:
    """Is the line an item of a list that holds other things than links to articles?"""
    if line.kind != "list-item":
        return False
    same = [other for other in page.lines if other.path == line.path and abs(other.block - line.block) <= 2]
    return any(other.linked < 0.8 for other in same)


def _labelled_link(line: Line, page: Page) -> Cut | None:
    """A few words set off by a colon, a dash or bold type, then a headline linked to an own article."""
    link = line.links[-1]
    text = line.text.rstrip(" ]»)")
    if not len(link.text) >= 12 or len(text) > _TEASER_LENGTH or not text.endswith(link.text.rstrip(" ]»)")):
        return None
    label = text[: -len(link.text.rstrip(" ]»)"))].rstrip()
    set_off = label[-1:] in _MARKS if label else False
    if not label.strip(_MARKS + " ") or not (set_off or line.strong >= len(label)):
        return None
    if line.kind in ("table", "heading") or not _is_headline(link.text):
        return None
    if len(label) > _LABEL_LENGTH or len(label.split()) > _LABEL_WORDS or END.search(text):
        return None
    if len(line.links) > 1 or not hints.to_article(link, page):
        return None
    return Cut(K.READ_ALSO, "structure:label-link", label=label.rstrip(_MARKS + " "), title=link.text)


def _is_headline(text: str) -> bool:
    """Long enough for a title: three words, or a dozen signs of a script without spaces."""
    return text.count(" ") >= 2 or (is_unspaced(text) and len(text) >= 12)


def _outlet(line: Line, page: Page) -> Cut | None:
    """A short last line that ends with the name of, or a link to, an outlet that the catalogue knows."""
    if line.block < page.tail or len(line.text) > _CREDIT_LENGTH or line.kind in ("heading", "table"):
        return None
    words = line.text.split()
    if not 2 <= len(words) <= _CREDIT_WORDS or "," in line.text:
        return None
    for link in line.links:
        host = host_of(link.url)
        if (
            host
            and host != page.host
            and load_catalogue().by_host(host)
            and line.text.rstrip(" .").endswith(link.text)
        ):
            return Cut(K.ATTRIBUTION, "structure:outlet-link", title=link.text)
    if _SENTENCE_END.search(line.text):
        return None
    for size in range(min(5, len(words) - 1), 0, -1):
        name = " ".join(words[-size:]).strip("«»“”\"'() ")
        if name[:1].isupper() and load_catalogue().by_name(name):
            return Cut(K.ATTRIBUTION, "structure:outlet-name", title=name)
    return None
