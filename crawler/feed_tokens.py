"""Markup -> tokens, for XML and HTML of any brokenness, in time linear in its length.

No element is known here and nothing is ever raised: what is no tag is text. External entities do not exist
in this reading, and internal ones are only words (``entities_of``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from html.entities import html5
from typing import Literal, NamedTuple

_NAME = r"[A-Za-z_:][^\s<>/\"'=]{0,80}+"
# XML allows no "<" inside attribute values, which bounds every attempt by the next "<".
_TAG = re.compile(rf"<(/?)({_NAME})((?>[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_TAG_WITH_ANGLES = re.compile(rf"<(/?)({_NAME})((?>[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_TAG_BROKEN_QUOTES = re.compile(rf"<(/?)({_NAME})([^<>]*+)>")
#: an HTML tag with "<" in its attributes is looked for no further than this many characters
_LONGEST_ODD_TAG = 1000
_LONGEST_INSTRUCTION = 4000
_ATTRIBUTE = re.compile(
    r"([A-Za-z_:][\w.:\-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))", re.ASCII
)
_SUBSET_END = re.compile(r"\]\s*>")
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.\-]*)\s+(?:"([^"<%]{0,256})"|'([^'<%]{0,256})')\s*>""")
_REFERENCE = re.compile(r"&(#[0-9]{1,10}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9._\-]{0,31});")
_MAX_ENTITIES = 300
_XML_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Token(NamedTuple):
    """One piece of markup. ``text`` is the raw source: of attributes for tags, of the piece otherwise."""

    kind: Literal["start", "end", "text", "cdata", "doctype", "comment", "cut"]
    name: str
    text: str
    closed: bool = False


def tokens(source: str) -> Iterator[Token]:
    """The document's pieces in order. ``cut`` says that it ends inside a comment or CDATA section."""
    position, size = 0, len(source)
    while position < size:
        mark = source.find("<", position)
        if mark != position:
            yield Token("text", "", source[position : mark if mark >= 0 else size])
        if mark < 0:
            return
        found, position = _markup(source, mark)
        yield from found


def _markup(source: str, mark: int) -> tuple[tuple[Token, ...], int]:
    following = source[mark + 1 : mark + 2]
    if following == "!":
        return _declaration(source, mark)
    if following == "?":
        end = source.find("?>", mark + 2, mark + _LONGEST_INSTRUCTION)
        end = end + 1 if end >= 0 else source.find(">", mark)
        return (), end + 1 if end >= 0 else len(source)
    match = (
        _TAG.match(source, mark)
        or _TAG_WITH_ANGLES.match(source, mark, mark + _LONGEST_ODD_TAG)
        or _TAG_BROKEN_QUOTES.match(source, mark)
    )
    if match is None:
        return (Token("text", "", "<"),), mark + 1
    slash, name, attributes = match.groups()
    if slash:
        return (Token("end", name, ""),), match.end()
    return (Token("start", name, attributes, attributes.endswith("/")),), match.end()


def _declaration(source: str, mark: int) -> tuple[tuple[Token, ...], int]:
    if source.startswith("<!--", mark):
        end = source.find("-->", mark + 4)
        return ((Token("comment", "", ""),), end + 3) if end >= 0 else ((Token("cut", "", ""),), len(source))
    if source.startswith("<![CDATA[", mark):
        end = source.find("]]>", mark + 9)
        if end >= 0:
            return (Token("cdata", "", source[mark + 9 : end]),), end + 3
        return (Token("cdata", "", source[mark + 9 :]), Token("cut", "", "")), len(source)
    end = _declaration_end(source, mark)
    return (Token("doctype", "", source[mark:end]),), end


def _declaration_end(source: str, mark: int) -> int:
    end = source.find(">", mark)
    subset = source.find("[", mark, end if end >= 0 else len(source))
    if subset >= 0 and source[mark : mark + 9].upper() == "<!DOCTYPE":
        match = _SUBSET_END.search(source, subset)
        return match.end() if match else len(source)
    return end + 1 if end >= 0 else len(source)


def attributes_of(raw: str, entities: Mapping[str, str], *, most: int = 40) -> dict[str, str]:
    """A start tag's attributes: names lower-case, values decoded, the first of two with one name."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(raw):
        value = next(part for part in match.groups()[1:] if part is not None)
        found.setdefault(match[1].lower(), decoded(value[:8000], entities))
        if len(found) >= most:
            break
    return found


def entities_of(doctype: str) -> dict[str, str]:
    """The harmless entities a DOCTYPE declares: short words, no entity inside another, no files, no URLs."""
    found: dict[str, str] = {}
    for match in _ENTITY.finditer(doctype[:200_000]):
        value = match[2] if match[2] is not None else match[3]
        if "&" not in value.replace("&#", ""):
            found[match[1]] = html.unescape(value)
        if len(found) >= _MAX_ENTITIES:
            break
    return found


def decoded(text: str, entities: Mapping[str, str]) -> str:
    """Text with its references replaced: XML's five, HTML's, those of ``entities``, numeric ones.

    What is no known reference stays as written; numbers that are no character vanish.
    """
    if "&" not in text:
        return text
    return _REFERENCE.sub(lambda match: _character(match, entities), text)


def _character(match: re.Match[str], entities: Mapping[str, str]) -> str:
    name = match[1]
    if name[0] == "#":
        return _numbered(name)
    if name in _XML_ENTITIES:
        return _XML_ENTITIES[name]
    return entities.get(name) or html5.get(name + ";") or match[0]


def _numbered(name: str) -> str:
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE:
        return ""
    if code < 32:
        return chr(code) if code in (9, 10, 13) else ""
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code <= 0x9F else chr(code)
