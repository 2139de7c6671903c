"""What a page says of its article in JSON-LD (schema.org), however broken.

Bounded in size and depth; an unreadable script is read for its plain ``"key": "value"`` pairs.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.text import clean

_MAX_DEPTH = 24
_MAX_NODES = 20_000
_MAX_AUTHORS = 30
_MAX_TYPES = 30
_MAX_BASES = 5
_MAX_BODY = 500_000
_BREAK = re.compile(r"</p\s*>|<br\s*/?>|</h\d>|</li>", re.IGNORECASE)
_ARTICLE_TYPES = re.compile(
    r"(?:Article|BlogPosting|Report|LiveBlogPosting|Review|CreativeWork|NewsItem)$", re.IGNORECASE
)
_CONTAINERS = ("WebPage", "ItemPage")
_SIGNS = re.compile(r"[\x00-\x1f]+")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!\[CDATA\[|<!--|//\s*<!\[CDATA\[)|(?:\]\]>|-->|//\s*\]\]>|;)\s*$")
_PAIR = re.compile(
    r'"(headline|datePublished|dateModified|inLanguage|articleSection|description)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_OTHERS = frozenset(
    (
        *(
            "itemListElement",
            "hasPart",
            "relatedLink",
            "isRelatedTo",
            "mentions",
            "liveBlogUpdate",
            "comment",
        ),
        *("isBasedOn", "isBasedOnUrl", "translationOfWork"),
    )
)
#: what an article is made from: https://schema.org/isBasedOn, https://schema.org/translationOfWork
_BASES = ("translationOfWork", "isBasedOn", "isBasedOnUrl")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An article as JSON-LD declares it; empty strings and tuples where it says nothing."""

    type: str = ""
    headline: str = ""
    description: str = ""
    #: people where any author is one, else the organisations
    authors: tuple[str, ...] = ()
    #: every author named is an organisation
    desk: bool = False
    published: str = ""
    modified: str = ""
    language: str = ""
    image: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    publisher: str = ""
    #: ``articleBody`` as given, see ``body``
    raw_body: str = ""
    url: str = ""
    #: ``isBasedOn`` or ``translationOfWork`` -> address as given
    based_on: tuple[tuple[str, str], ...] = ()
    free: bool | None = None
    #: ``@type`` of every object on the page, each once, in the page's order
    types: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The article's text with its paragraphs as lines; "" where none is declared. Not cheap: 0.2 ms."""
        return _body(self.raw_body)


def read(scripts: Sequence[str], url: str) -> Declared:
    """The declaration that concerns the page at ``url`` itself, rather than an article it lists."""
    nodes = [node for script in scripts for node in _nodes(script)]
    by_id = {
        node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1
    }
    rank, _, best = min(
        ((_rank(node, url), order, node) for order, node in enumerate(nodes)),
        default=(_NO_ARTICLE, 0, {}),
        key=lambda found: found[:2],
    )
    if rank >= _NO_ARTICLE:
        return Declared(publisher=_site(nodes), types=_types(nodes))
    return _declared(best, by_id, nodes)


def _types(nodes: Sequence[Node]) -> tuple[str, ...]:
    kinds = (_type(node) for node in nodes)
    return tuple(dict.fromkeys(kind for kind in kinds if kind))[:_MAX_TYPES]


_NO_ARTICLE = 8


def _rank(node: Node, url: str) -> int:
    kind = _type(node)
    if _ARTICLE_TYPES.search(kind):
        named = {str(_plain_url(node.get(key))).rstrip("/") for key in ("url", "mainEntityOfPage", "@id")}
        own = any(name.split("#")[0].rstrip("/") == url.rstrip("/") for name in named if name)
        return (0 if own else 1) + (0 if node.get("headline") or node.get("datePublished") else 4)
    return 6 if kind in _CONTAINERS and node.get("datePublished") else _NO_ARTICLE


def _plain_url(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else ""


def _nodes(script: str) -> list[Node]:
    """Every object of the script, outermost first, without those listed as other articles."""
    data = _load(script)
    if data is None:
        pairs = {key: _unescape(value) for key, value in reversed(_PAIR.findall(script[:200_000]))}
        return [{"@type": "NewsArticle", **pairs}] if "headline" in pairs else []
    return list(_walk(data))


def _load(script: str) -> object | None:
    try:
        plain: object = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return _mended(script)
    return plain


def _mended(script: str) -> object | None:
    """The script as it was meant: wrapped in comments, a comma too many, escaped as markup is."""
    text = _WRAPPING.sub("", _WRAPPING.sub("", script.strip()))
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", _SIGNS.sub(" ", text)), html.unescape(text)):
        try:
            loaded: object = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return loaded
    return None


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _walk(data: object) -> Iterator[Node]:
    waiting: list[tuple[object, int]] = [(data, 0)]
    count = 0
    while waiting and count < _MAX_NODES:
        value, depth = waiting.pop(0) if len(waiting) < 1000 else waiting.pop()
        count += 1
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, dict):
            yield value
            waiting += [
                (inner, depth + 1)
                for key, inner in value.items()
                if isinstance(inner, (dict, list)) and key not in _OTHERS
            ]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value[:2000]]


def _type(node: Node) -> str:
    kind = node.get("@type")
    if isinstance(kind, list):
        kind = next((item for item in kind if isinstance(item, str) and _ARTICLE_TYPES.search(item)), "")
    return kind.rsplit("/", 1)[-1] if isinstance(kind, str) else ""


def _declared(node: Node, by_id: Mapping[str, Node], nodes: Sequence[Node]) -> Declared:
    free = node.get("isAccessibleForFree")
    authors, desk = _authors(node.get("author") or node.get("creator"), by_id)
    return Declared(
        type=_type(node),
        headline=_text(node.get("headline") or node.get("name")),
        description=_text(node.get("description")),
        authors=authors,
        desk=desk,
        published=_text(node.get("datePublished") or node.get("dateCreated")),
        modified=_text(node.get("dateModified")),
        language=_language(node.get("inLanguage")),
        image=_image(node.get("image"), by_id) or _image(node.get("thumbnailUrl"), by_id),
        section=next(iter(_texts(node.get("articleSection"))), ""),
        keywords=tuple(_keywords(node.get("keywords"))),
        publisher=next(iter(_names(node.get("publisher"), by_id)), "") or _site(nodes),
        raw_body=_joined(node.get("articleBody")),
        url=_plain_url(node.get("url")),
        based_on=_based_on(node),
        free=None if free is None else str(free).strip().lower() not in ("false", "0", "no"),
        types=_types(nodes),
    )


def _based_on(node: Node) -> tuple[tuple[str, str], ...]:
    given = ((key, node[key]) for key in _BASES if node.get(key))
    listed = ((key, item) for key, value in given for item in (value if isinstance(value, list) else [value]))
    # A link to an object of the page ("#video") is no address of another article; url tells more than @id.
    found = (
        (
            key.removesuffix("Url"),
            str(item.get("url") or "") if isinstance(item, Mapping) and item.get("url") else _plain_url(item),
        )
        for key, item in listed
    )
    return tuple(dict.fromkeys((key, url) for key, url in found if url and not url.startswith("#")))[
        :_MAX_BASES
    ]


def _site(nodes: Sequence[Node]) -> str:
    return next(
        (_text(node.get("name")) for node in nodes if _type(node) == "WebSite" and node.get("name")), ""
    )


def _text(value: object) -> str:
    """A plain string: markup and entities (often doubly encoded) undone."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str):
        return ""
    if "<" in value:
        value = _TAG.sub(" ", value)
    return clean(html.unescape(html.unescape(value)) if "&" in value else value)


def _texts(value: object) -> list[str]:
    return [text for item in (value if isinstance(value, list) else [value]) if (text := _text(item))]


def _keywords(value: object) -> list[str]:
    found = _texts(value)
    if len(found) == 1:
        found = [clean(part) for part in re.split(r"[,;،、]", found[0])]
    plain = [word for word in found if word and ":" not in word and len(word) <= 80]
    return list(dict.fromkeys(plain))[:40]


def _names(value: object, by_id: Mapping[str, Node]) -> list[str]:
    found: list[str] = []
    for item in (value if isinstance(value, list) else [value])[:_MAX_AUTHORS]:
        node = item
        if isinstance(item, Mapping) and not item.get("name") and isinstance(item.get("@id"), str):
            node = by_id.get(str(item["@id"]), item)
        name = node.get("name") if isinstance(node, Mapping) else node
        found += _texts(name)
    return [name for name in found if not name.startswith(("http://", "https://"))]


def _authors(value: object, by_id: Mapping[str, Node]) -> tuple[tuple[str, ...], bool]:
    """``(names, are they organisations)``."""
    people: list[str] = []
    organisations: list[str] = []
    for item in (value if isinstance(value, list) else [value])[:_MAX_AUTHORS]:
        node = by_id.get(str(item.get("@id")), item) if isinstance(item, Mapping) else item
        kind = _type(node) if isinstance(node, Mapping) else ""
        (organisations if "Organization" in kind else people).extend(_names(item, by_id))
    return tuple(people or organisations), not people and bool(organisations)


def _image(value: object, by_id: Mapping[str, Node]) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        if not value.get("url") and isinstance(value.get("@id"), str):
            value = by_id.get(str(value["@id"]), value)
        value = value.get("url") or value.get("contentUrl")
    if isinstance(value, list):
        value = value[0] if value else None
    return clean(value) if isinstance(value, str) else ""


def _language(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("alternateName") or value.get("name")
    text = _text(value)
    return text if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*", text) else ""


def _joined(value: object) -> str:
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    return value[:_MAX_BODY] if isinstance(value, str) else ""


def _body(value: str) -> str:
    text = _BREAK.sub("\n", html.unescape(value))
    return clean(_TAG.sub("", text), keep_lines=True)
