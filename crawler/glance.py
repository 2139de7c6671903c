"""What a page is at a glance, before it is read: is it HTML, does it carry text of its own. Pure, linear.

For telling walls and parked domains from pages; what an article is, ``pipeline.extract`` decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

from crawler.fetched import Fetched

#: more of a page is not looked at, in bytes
_SEARCHED: Final = 256 * 1024
_OTHER_ROOT: Final = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<\?.*?\?>|<!--.*?-->)*(?:<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex|channel)\b|[\[{])",
    re.DOTALL | re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|svg|template|title)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL
)
_TITLE: Final = re.compile(r"<title[^<>]*>([^<]{0,300})")
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,20})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A page's title and visible text, in lower case."""

    title: str
    text: str

    @property
    def words(self) -> int:
        """How many words are visible."""
        return len(self.text.split())


def is_html(fetched: Fetched) -> bool:
    """Whether the answer is an HTML page, judged by its type and, since types lie, by its root element."""
    said = (fetched.content_type or "html").lower()
    return "html" in said and not _OTHER_ROOT.match(fetched.body[:4096])


def lowered(fetched: Fetched) -> bytes:
    """The part of the body that marks are looked for in, its ASCII letters in lower case."""
    return fetched.body[:_SEARCHED].lower()


def paragraphs(page: bytes) -> int:
    """How many ``<p>`` elements a lower-case page opens."""
    return page.count(b"<p>") + page.count(b"<p ")


def glance(page: bytes, content_type: str | None = None) -> Glance:
    """Title and visible text of a lower-case page. What cannot be decoded is replaced; never raises."""
    source = _decoded(page, content_type)
    title = _TITLE.search(source)
    text = unescape(_MARKUP.sub(" ", source)).lower()
    return Glance(title=" ".join(unescape(title[1]).lower().split()) if title else "", text=text)


def _decoded(page: bytes, content_type: str | None) -> str:
    try:
        return page.decode()
    except UnicodeDecodeError:
        pass
    named = _CHARSET.search((content_type or "").encode("ascii", "replace")) or _CHARSET.search(page[:2048])
    try:
        return page.decode(named[1].decode("ascii") if named else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return page.decode("latin-1")
