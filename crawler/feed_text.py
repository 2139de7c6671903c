"""Bytes -> a document's text, its words as plain text, its links as absolute URLs.

Character sets: a byte order mark, then UTF-8 wherever the bytes are valid UTF-8 (nothing else looks like it),
then the ``Content-Type`` header (RFC 7303), then the XML declaration; where these cannot be, the set that
makes the best words. UTF-7 and the like, in which harmless ASCII becomes markup, do not exist here.
"""

from __future__ import annotations

import codecs
import html
import re
import zlib
from urllib.parse import urljoin, urlsplit

from crawler.feed_tokens import tokens
from pipeline.extract.decode import charset
from pipeline.text import clean

#: no more of a document is read, in bytes (of a packed one: after unpacking)
MAX_BYTES = 16 << 20
MAX_TITLE, MAX_SUMMARY, MAX_URL, MAX_ID, MAX_NAME = 1000, 20_000, 4000, 2000, 200

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<" and one sign more, in sets that are no superset of ASCII (XML 1.0, appendix F).
_WIDE = (
    (re.compile(rb"\x00\x00\x00[<{]\x00\x00\x00"), "utf-32-be"),
    (re.compile(rb"[<{]\x00\x00\x00.\x00\x00\x00", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\x00[<{]\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"[<{]\x00[^\x00]\x00"), "utf-16-le"),
)
_LABEL = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML_LABEL = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_:.\-]{1,40})")
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# A list of what may be, not of what may not: new surprises are out by themselves.
_ALLOWED = re.compile(
    r"cp\d+|iso8859-\d+|koi8-\w+|gb18030|big5hkscs|euc_\w+|shift_jisx?\w*|mac-\w+|utf-8|iso2022_\w+|hz"
)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")

_HIDDEN = frozenset(
    ("script", "style", "template", "iframe", "object", "noembed", "noframes", "xmp", "title")
)
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "blink", "cite", "code", "data", "del", "dfn", "em", "font"),
        *("i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var", "wbr"),
    )
)
_CLEARLY_HTML = re.compile(r"</[A-Za-z]|<[A-Za-z][^<>]*=")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&[#A-Za-z]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def unpacked(body: bytes) -> bytes:
    """``body``, or what is inside when it is a gzip file (sitemaps often are); at most ``MAX_BYTES + 1``."""
    if not body.startswith(b"\x1f\x8b"):
        return body[: MAX_BYTES + 1]
    try:
        return zlib.decompressobj(31).decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return b""


def read_document(body: bytes, content_type: str | None = None) -> str:
    """The document's text, whatever the bytes, without characters that XML forbids."""
    text = _decode(body[:MAX_BYTES], content_type)
    return _UNFIT.sub("", text) if _UNFIT.search(text) else text


def _decode(body: bytes, content_type: str | None) -> str:
    body = body.lstrip(b"\t\n\r ") if body[:1].isspace() else body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for pattern, name in _WIDE:
        if pattern.match(body):
            return body.decode(name, "replace")
    declared = _declared(body, content_type)
    for name in _order(body, declared):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return _guessed(body, declared)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = _LABEL.findall(content_type or "")
    labels += [label.decode("ascii") for label in _XML_LABEL.findall(body[:1000])]
    return [name for name in map(_codec, labels) if name]


def _codec(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _SUPERSETS.get(name, name)
    return name if _ALLOWED.fullmatch(name) else None


def _order(body: bytes, declared: list[str]) -> list[str]:
    """The sets to try strictly. Seven-bit sets first where declared: they are valid UTF-8, too."""
    seven_bit = [name for name in declared if name.startswith(("iso2022", "hz"))] if body.isascii() else []
    return [*seven_bit, "utf-8", *(name for name in declared if name != "utf-8")]


def _guessed(body: bytes, declared: list[str]) -> str:
    """Neither UTF-8 nor what is declared, not strictly: UTF-8 with broken bytes, or a legacy set unnamed."""
    legacy = [name for name in declared if name != "utf-8"]
    return body.decode(legacy[0] if legacy else _guess(body), "replace")


def _guess(body: bytes) -> str:
    name = charset(body)
    return name if _ALLOWED.fullmatch(codecs.lookup(name).name) else "utf-8"


def plain(words: str, limit: int, *, literal: bool = False, lines: bool = False) -> str:
    """Words as plain text of at most ``limit`` characters: no markup, no entities, nothing invisible.

    ``literal`` words were declared to be no HTML: they are read as HTML only where they
    close a tag or give one an attribute. ``lines``
    keeps the blocks of the text on lines of their own.
    """
    words = words[: limit * 20 + 10_000]
    if _MARKUP.search(words) and not (literal and not _CLEARLY_HTML.search(words)):
        words = html.unescape(_without_tags(words, "\n" if lines else " "))
    return clean(words[: limit * 4], keep_lines=lines)[:limit].rstrip()


def _without_tags(words: str, gap: str) -> str:
    pieces: list[str] = []
    hidden = ""
    for token in tokens(words):
        name = token.name.lower()
        if hidden:
            hidden = "" if token.kind == "end" and name == hidden else hidden
        elif token.kind == "start" and name in _HIDDEN and not token.closed:
            hidden = name
        elif token.kind in ("text", "cdata"):
            pieces.append(token.text)
        elif token.kind in ("start", "end") and name not in _INLINE:
            pieces.append(gap)
    return "".join(pieces)


def http_url(written: str | None, base: str = "") -> str | None:
    """The absolute http(s) URL that ``written`` names beside ``base``; None for other schemes and for junk.

    White space is treated as browsers do (WHATWG URL): trimmed, tabs and line breaks dropped, blanks escaped.
    """
    address = re.sub(r"[\t\n\r]", "", (written or "")[: MAX_URL + 100].strip()).strip()
    address = clean(address).replace("&amp;", "&").replace(" ", "%20")
    if not address:
        return None
    if address.lower().startswith("www."):
        address = "http://" + address
    try:
        joined = address if _SCHEME.match(address) else urljoin(base, address)
        parts = urlsplit(joined)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a broken IPv6 address, a port of letters
        return None
    return joined if usable and len(joined) <= MAX_URL else None
