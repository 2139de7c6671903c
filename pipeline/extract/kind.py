"""What kind of page a page is: an article, or something that is to be said to be something else.

No sign decides alone. What a page declares is weighed against what stands on it: the shape of its blocks, and
what cleaning left of its text. A page that is called a listing or an error is not stored, so both need proof;
a short article among hundreds of links is still an article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal
from urllib.parse import urlsplit

from pipeline.extract.blocks import Box, RawBlock
from pipeline.extract.fields.signs import Signs
from pipeline.extract.kind_words import LIVE, NOT_FOUND
from pipeline.extract.page import size_of
from pipeline.text import fold

Kind = Literal["article", "live-blog", "media", "paywall", "listing", "error", "empty"]

#: characters of a paragraph, of a headline that is a link, of a clock and its label
_PROSE = 40
_HEADLINE = 12
_CLOCK_LENGTH = 40
#: boxes above a block in which its card or post is looked for
_CLIMB = 5
#: a card holds at most so many headlines and paragraphs, and characters
_IN_CARD = 3
_CARD = 800
_CARDS = 3
_MANY_CARDS = 4
_POSTS = 3
_COLLECTIONS = frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage"))
_MEDIA = frozenset(
    ("VideoObject", "ImageGallery", "MediaGallery", "VideoGallery", "AudioObject", "PodcastEpisode")
)
#: in characters: an error's text, a paywalled opening, the same with an offer, the words beside a video
_ERROR_LENGTH = 700
_OPENING = 1200
_OFFERED = 800
_BESIDE_MEDIA = 300
_CAPTIONS = 1500
#: characters that introduce a listing
_INTRODUCTION = 400
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.hч]\d{2}(?!\d)")
_LIVE_NAME = re.compile(
    r"(?<![a-z])live(?![a-z])|live-?(?:blog|ticker|updates?|coverage|post)|liveblog", re.I
)
_LIVE_ADDRESS = re.compile(
    r"(?:^|[/_-])(?:live|liveblog|liveticker|live-?updates?|ticker|(?:en-)?directo?|diretta|en-?vivo|ao-?vivo"
    r"|canli|na-zywo|onlain|online|efir)(?=[/_.-]|$)"
)


def _phrases(words: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the phrases in folded text, from the beginning of a word."""
    phrases = [fold(phrase) for line in words.values() for phrase in line.split(", ")]
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, phrases)) + ")")


_IS_NOT_FOUND = _phrases(NOT_FOUND)
_IS_LIVE = _phrases(LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the blocks of a page say of its kind.

    ``prose`` counts the characters of the chosen paragraphs, ``carded`` those of them that stand in a card: a
    box of its own with a headline that leads elsewhere; ``headed`` those that follow such a headline at once.
    ``cards`` counts these boxes, ``all_cards`` those of the whole page, ``posts`` the most boxes side by side
    that have a clock each.
    """

    prose: int = 0
    carded: int = 0
    headed: int = 0
    cards: int = 0
    all_cards: int = 0
    posts: int = 0
    #: an element around the posts is named as live
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is known of a page before it is cleaned.

    ``type`` is the JSON-LD type of the article it declares, "" where it declares none; ``dated`` is true
    where JSON-LD or a meta element gives its day of publication.
    """

    url: str
    signs: Signs
    type: str
    title: str
    dated: bool
    shape: Shape

    @property
    def declared(self) -> bool:
        """Does the page call itself an article?"""
        return is_declared(self.signs, self.type, dated=self.dated)


def is_declared(signs: Signs, type_: str, *, dated: bool) -> bool:
    """Does a page call itself an article? Archives do so, too, in ``og:type`` alone."""
    return bool(type_) or (signs.og_type == "article" and dated and not _COLLECTIONS & {*signs.types})


def kind_of(page: Page, paragraphs: Sequence[str], *, offered: bool) -> Kind:
    """The kind of the page whose body is ``paragraphs``; ``offered``: a subscription was offered in it."""
    size = sum(map(len, paragraphs))
    if size < _ERROR_LENGTH and not page.declared and _IS_NOT_FOUND.search(fold(page.title)):
        return "error"
    if not any(char.isalpha() for paragraph in paragraphs for char in paragraph):
        return "empty"
    if _is_live(page):
        return "live-blog"
    if (page.signs.free is False and size < _OPENING) or (offered and size < _OFFERED):
        return "paywall"
    if _is_media(page, size):
        return "media"
    return "listing" if _is_listing(page) else "article"


def _is_live(page: Page) -> bool:
    if page.type == "LiveBlogPosting":
        return True
    posts = page.shape.posts >= _POSTS and 2 * page.shape.carded <= page.shape.prose
    if not posts and "LiveBlogPosting" not in page.signs.types:
        return False
    if _LIVE_ADDRESS.search(urlsplit(page.url).path.lower()) or _IS_LIVE.search(fold(page.title)):
        return True
    return page.shape.live and posts


def _is_media(page: Page, size: int) -> bool:
    """A video or a gallery with a few words beside it; with a text of its own it is an article."""
    shown = page.signs.og_type.startswith(("video", "music"))
    own = size - page.shape.carded
    if page.type:
        return shown and own < _BESIDE_MEDIA
    galleries = {kind for kind in page.signs.types if kind.endswith("Gallery")}
    if galleries:
        return own < _CAPTIONS
    return (shown or bool(_MEDIA & {*page.signs.types})) and own < _BESIDE_MEDIA


def _is_listing(page: Page) -> bool:
    shape, signs = page.shape, page.signs
    if page.declared:
        return False
    collection = bool(_COLLECTIONS & {*signs.types})
    if collection and shape.all_cards >= _MANY_CARDS and shape.prose - shape.carded < _INTRODUCTION:
        return True
    if shape.cards < (_CARDS if collection or signs.section_path else _MANY_CARDS):
        return False
    share = min(shape.carded, shape.headed) / max(1, shape.prose)
    return share >= (0.5 if collection or signs.section_path else 0.6)


# --- the shape ------------------------------------------------------------------------------------------


def shape(blocks: Sequence[RawBlock], chosen: Collection[int], url: str, *, cards: bool) -> Shape:
    """The shape of a page at ``url``, from all its blocks and the indices of those chosen as body. Pure.

    Cards are looked for where ``cards`` says so: on a page that declares an article they mean nothing.
    """
    body = [blocks[index] for index in sorted(chosen) if _is_prose(blocks[index])]
    posts = _posts(blocks, body)
    live = any(_LIVE_NAME.search(box.names) for post in posts[:1] for box in _above(post, 12))
    made = Shape(prose=sum(len(block.text) for block in body), posts=len(posts), live=live)
    return _with_cards(made, blocks, body, urlsplit(url).path or "/") if cards else made


def _with_cards(made: Shape, blocks: Sequence[RawBlock], body: Sequence[RawBlock], path: str) -> Shape:
    headlines = [block for block in blocks if _is_headline(block, path)]
    if len(headlines) < _CARDS:
        return made
    cards = _cards(headlines, [block for block in blocks if _is_prose(block)])
    heads = {block.index for block in headlines}
    in_cards = [(block, own) for block in body if (own := _among(block.box, cards)) is not None]
    return replace(
        made,
        carded=sum(len(block.text) for block, _ in in_cards),
        headed=sum(len(block.text) for block in body if heads & {block.index - 1, block.index - 2}),
        cards=len({id(own) for _, own in in_cards}),
        all_cards=len(cards),
    )


def _is_headline(block: RawBlock, path: str) -> bool:
    """A link that is a block of its own and leads to another page."""
    if block.link_share <= 0.8 or not block.hrefs or size_of(block.text) < _HEADLINE:
        return False
    href = block.hrefs[0][0].strip()
    if href.startswith(("#", "?", "javascript:", "mailto:")):
        return False
    return _path(href) != path


def _path(href: str) -> str:
    try:
        return urlsplit(href).path or "/"
    except ValueError:
        return "/"


def _is_prose(block: RawBlock) -> bool:
    return block.link_share < 0.5 and block.kind != "heading" and size_of(block.text) >= _PROSE


def _above(box: Box, steps: int = _CLIMB) -> Iterator[Box]:
    """The box and those around it."""
    node: Box | None = box
    while node is not None and steps:
        yield node
        node, steps = node.parent, steps - 1


def _cards(headlines: Sequence[RawBlock], prose: Sequence[RawBlock]) -> dict[int, Box]:
    """The smallest boxes that hold a headline and words, and of both no more than a card does."""
    titles = Counter(id(box) for block in headlines for box in _above(block.box))
    words: dict[int, list[int]] = {}
    for block in prose:
        for box in _above(block.box):
            words.setdefault(id(box), []).append(len(block.text))
    cards: dict[int, Box] = {}
    for block in headlines:
        card = next((box for box in _above(block.box) if id(box) in words), None)
        if card is None or titles[id(card)] > _IN_CARD:
            continue
        if len(words[id(card)]) <= _IN_CARD and sum(words[id(card)]) <= _CARD:
            cards[id(card)] = card
    return cards


def _among(box: Box, boxes: dict[int, Box]) -> Box | None:
    return next((own for own in _above(box) if id(own) in boxes), None)


def _posts(blocks: Sequence[RawBlock], body: Sequence[RawBlock]) -> list[Box]:
    """The most boxes side by side of which each has a clock and a part of the body."""
    clocks = [block for block in blocks if len(block.text) <= _CLOCK_LENGTH and _CLOCK.search(block.text)]
    if len(clocks) < _POSTS:
        return []
    held = Counter(id(box) for block in clocks for box in _above(block.box))
    posts: dict[int, Box] = {}
    for block in body:
        post = next((box for box in islice(_above(block.box), 1, None) if id(box) in held), None)
        if post is not None and held[id(post)] <= _IN_CARD:
            posts[id(post)] = post
    rows: dict[int, list[Box]] = {}
    for post in posts.values():
        rows.setdefault(id(post.parent), []).append(post)
    return max(rows.values(), key=len, default=[])
