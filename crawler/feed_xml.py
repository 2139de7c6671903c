"""Any RSS, Atom, RDF or CDF document, however broken -> a small well-formed one that says the same.

The document is read as a stream of tags and text and written anew: only elements we know, in one spelling of
their namespaces, tags closed in order, references replaced by their characters, every text and every count
bounded, the markup inside texts turned into escaped HTML. What parses the result meets no DOCTYPE, no entity,
no depth and no size that it was not made for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from crawler.feed_asks import Asks
from crawler.feed_names import (
    ATTRIBUTES,
    DECLARED,
    ENTRIES,
    LEAVES,
    MOST_IN_AN_ENTRY,
    MOST_OF_A_KIND,
    ROOTS,
    TEXTS,
    element,
    namespace,
)
from crawler.feed_tokens import Token, attributes_of, decoded, entities_of, tokens

#: entries beyond are left out: a feed is news, not an archive
MAX_ENTRIES = 5000
_MAX_TEXT, _MAX_TITLE, _MAX_LEAF, _MAX_DEPTH = 200_000, 20_000, 4000, 40
_MAX_TAGS_IN_TEXT = 20_000
_MAX_PREFIXES = 100
#: pieces of markup before the outermost element of a feed; a page has more
_MAX_BEFORE = 3000
_SHORT_TEXTS = frozenset(("title", "dc:title", "media:title"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A feed written anew.

    ``root`` is the outermost element, ``attributes`` its attributes as given, ``channel_link`` the channel's
    ``<link>`` as written, ``asks`` what else it says to those who poll it, ``problem`` the first thing that
    had to be mended.
    """

    xml: bytes
    root: str
    attributes: Mapping[str, str]
    channel_link: str
    asks: Asks
    problem: str | None


def rewrite(source: str) -> Rewritten | None:
    """The feed in ``source``, or None where there is none."""
    entities: dict[str, str] = {}
    stream = tokens(source)
    for count, token in enumerate(stream):
        if token.kind == "doctype":
            entities = entities or entities_of(token.text)
        elif token.kind == "start":
            writer = _Writer(entities)
            if writer.begin(token):
                for rest in stream:
                    if not writer.take(rest):
                        break
                return writer.finish()
            if token.name.lower() == "html":
                return None
        if count > _MAX_BEFORE:
            return None
    return None


@dataclass(slots=True)
class _Frame:
    given: str
    written: str | None
    scope: Mapping[str, str]


@dataclass(slots=True)
class _Text:
    """An element whose content is collected before it is written: words, and perhaps markup."""

    given: str
    written: str
    attributes: dict[str, str]
    room: int
    pieces: list[tuple[bool, str]]
    inside: list[str]
    open: Counter[str]
    markup: int = 0

    def add(self, piece: str, *, tag: bool = False) -> None:
        if self.room > 0:
            piece = piece[: self.room] if not tag else piece
            self.room -= len(piece)
            self.pieces.append((tag, piece))
            self.markup += tag

    def start(self, token: Token, entities: Mapping[str, str]) -> None:
        name = _local(token.name)
        if not token.closed:
            self.inside.append(token.name)
            self.open[token.name] += 1
        if self.markup < _MAX_TAGS_IN_TEXT:
            attributes = attributes_of(token.text, entities, most=20)
            written = "".join(
                f" {key}={quoteattr(value)}" for key, value in attributes.items() if ":" not in key
            )
            self.add(f"<{name}{written}{'/' if token.closed else ''}>", tag=True)

    def end(self, name: str) -> bool:
        """Closes the innermost ``name`` of the markup; False where none is open."""
        if not self.open[name]:
            return False
        while True:
            innermost = self.inside.pop()
            self.open[innermost] -= 1
            if self.markup < _MAX_TAGS_IN_TEXT:
                self.add(f"</{_local(innermost)}>", tag=True)
            if innermost == name:
                return True

    def content(self) -> str:
        """What stands between the tags, written as text: HTML source where there is markup, else words."""
        if not self.markup or self.written in LEAVES:
            return "".join(piece for tag, piece in self.pieces if not tag)
        kind = self.attributes.get("type", "")
        exact = "xhtml" in kind or "xml" in kind
        self.attributes["type"] = "text/html"
        self.attributes.pop("mode", None)
        return "".join(escape(piece) if exact and not tag else piece for tag, piece in self.pieces)


def _local(name: str) -> str:
    local = name.rpartition(":")[2]
    return local if local.isascii() and local.replace("-", "").isalnum() else "span"


class _Writer:
    def __init__(self, entities: Mapping[str, str]) -> None:
        self.entities = entities
        self.out: list[str] = []
        self.frames: list[_Frame] = []
        self.open: Counter[str] = Counter()
        self.text: _Text | None = None
        self.kinds: Counter[str] = Counter()
        self.channel_kinds: Counter[str] = Counter()
        self.entries = 0
        self.in_entry = False
        self.entry_start = 0
        self.entry_empty = False
        self.channel_link = ""
        self.asks = Asks()
        self.problem: str | None = None
        self.root = ""
        self.attributes: Mapping[str, str] = {}

    # --- the outermost element --------------------------------------------------------------------------

    def begin(self, token: Token) -> bool:
        """Starts with ``token`` if it is a feed's outermost element."""
        attributes = attributes_of(token.text, self.entities)
        scope = _scope(attributes, {})
        if "" in scope and namespace(scope[""]) is None:
            scope = {**scope, "": ""}
        written = element(token.name, scope)
        if written not in ROOTS:
            return False
        self.root, self.attributes = written, attributes
        declared = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in DECLARED.items())
        default = f" xmlns={quoteattr(scope[''])}" if scope.get("") else ""
        if written == "entry":
            self.out.append("<feed>")
        self._write_start(_Frame(token.name, written, scope), attributes, declared + default)
        return True

    def finish(self) -> Rewritten:
        if self.frames or self.text:
            self._mend("the document ends too early")
            if self.in_entry and self._is_half():
                self.text = None
                self._drop_last_entry()
        self._close_text()
        while self.frames:
            self._close_one()
        if self.root == "entry":
            self.out.append("</feed>")
        return Rewritten(
            xml="".join(self.out).encode("utf-8"),
            root=self.root,
            attributes=self.attributes,
            channel_link=self.channel_link,
            asks=self.asks,
            problem=self.problem,
        )

    def _is_half(self) -> bool:
        """Is the entry at the end cut before, or inside, what makes it known again?"""
        cut_inside = self.text is not None and self.text.written in LEAVES
        return cut_inside or not any(self.kinds[name] for name in ("link", "guid", "id"))

    def _mend(self, what: str) -> None:
        self.problem = self.problem or what

    # --- the stream -------------------------------------------------------------------------------------

    def take(self, token: Token) -> bool:
        """Reads one piece; False when nothing more is wanted."""
        if token.kind == "start":
            self._start(token)
        elif token.kind == "end":
            self._end(token.name)
        elif token.kind in ("text", "cdata"):
            self._words(token)
        elif token.kind == "cut":
            self._mend("the document ends too early")
        if self.entries > MAX_ENTRIES:
            self._mend(f"more than {MAX_ENTRIES} entries: the rest was not read")
            self._drop_last_entry()
            return False
        return bool(self.frames)

    def _words(self, token: Token) -> None:
        words = token.text if token.kind == "cdata" else decoded(token.text, self.entities)
        if token.text == "<" and token.kind == "text":
            self._mend("a bare < in the text")
        if self.text is not None:
            self.text.add(words)
        elif words.strip():
            self.entry_empty = False
            if self.frames[-1].written in ("author", "managingeditor", "source"):
                self.out.append(escape(words[:200]))
            elif not self.in_entry:
                self.asks.words([frame.given for frame in self.frames[-2:]], words)

    def _start(self, token: Token) -> None:
        scope = self.frames[-1].scope
        attributes = attributes_of(token.text, self.entities)
        scope = _scope(attributes, scope)
        written = element(token.name, scope)
        if written in ENTRIES and token.closed and not attributes:
            return  # <item/> says nothing, not even that the entry around it is over
        self.entry_empty = False
        if self.text is not None:
            if not self._breaks_out(written):
                self.text.start(token, self.entities)
                return
            self._mend(f"<{self.text.given}> is never closed")
            self._close_text()
        if written in ENTRIES:
            self._open_entry()
            self.entry_empty = not attributes
        frame = _Frame(token.name, written if self._wanted(written) else None, scope)
        if frame.written in TEXTS or frame.written in LEAVES:
            self._open_text(frame, attributes, closed=token.closed)
        elif token.closed:
            self._write_start(frame, attributes)
            self._close_one()
        else:
            self._write_start(frame, attributes)

    def _end(self, name: str) -> None:
        if self.text is not None:
            if self.text.end(name):
                return
            if name == self.text.given:
                self._close_text()
                return
            if not self.open[name]:
                return
            self._mend(f"<{self.text.given}> is never closed")
            self._close_text()
        if not self.open[name]:
            self._mend(f"</{name[:40]}> closes nothing")
            return
        if self.frames[-1].given != name:
            self._mend(f"<{self.frames[-1].given[:40]}> is never closed")
        while self._close_one() != name:
            pass

    def _breaks_out(self, written: str | None) -> bool:
        """Does this element, met inside a text, show that the text was never closed?"""
        if self.text is None or written is None:
            return False
        short = self.text.written in LEAVES or self.text.written in _SHORT_TEXTS
        return written in ENTRIES or (short and written in LEAVES)

    # --- elements ---------------------------------------------------------------------------------------

    def _wanted(self, written: str | None) -> bool:
        """Is this element read, and within what one entry may have?"""
        if written is None or len(self.frames) > _MAX_DEPTH or written in ("rss", "rdf:RDF", "feed"):
            return False
        if written in ENTRIES:
            return True
        kinds = self.kinds if self.in_entry else self.channel_kinds
        kinds[written] += 1
        kinds[""] += 1
        return kinds[""] <= MOST_IN_AN_ENTRY and kinds[written] <= MOST_OF_A_KIND.get(written, 100)

    def _open_entry(self) -> None:
        if self.in_entry:
            self._mend("an entry is never closed")
            while self._close_one_written() not in ENTRIES:
                pass
        self.in_entry = True
        self.entries += 1
        self.entry_start = len(self.out)
        self.kinds.clear()

    def _drop_last_entry(self) -> None:
        """Takes back the start of the entry that is one too many."""
        while self.frames and self._close_one_written() not in ENTRIES:
            pass
        del self.out[self.entry_start :]

    def _write_start(self, frame: _Frame, attributes: Mapping[str, str], declared: str = "") -> None:
        self.frames.append(frame)
        self.open[frame.given] += 1
        if frame.written is not None:
            self.out.append(f"<{frame.written}{declared}{_kept(attributes)}>")

    def _close_one(self) -> str:
        """Closes the innermost element; its name as given."""
        frame = self.frames.pop()
        self.open[frame.given] -= 1
        if frame.written is not None:
            self.out.append(f"</{frame.written}>")
        if frame.written in ENTRIES:
            self.in_entry = False
            if self.entry_empty:  # <item/> says nothing
                del self.out[self.entry_start :]
        return frame.given

    def _close_one_written(self) -> str | None:
        written = self.frames[-1].written
        self._close_one()
        return written

    def _open_text(self, frame: _Frame, attributes: dict[str, str], *, closed: bool) -> None:
        written = frame.written or ""
        room = _MAX_LEAF if written in LEAVES else _MAX_TITLE if written in _SHORT_TEXTS else _MAX_TEXT
        self.text = _Text(frame.given, written, dict(attributes), room, [], [], Counter())
        if closed:
            self._close_text()

    def _close_text(self) -> None:
        text, self.text = self.text, None
        if text is None:
            return
        content = text.content()
        if text.written in ("guid", "id"):
            text.attributes["ispermalink"] = _permalink(text.attributes, content)
        if text.written == "link" and not self.in_entry:
            self.asks.link(self.frames[-1].written, text.attributes)
            if self.frames[-1].written == "channel":
                self.channel_link = self.channel_link or content.strip()
        self.out.append(f"<{text.written}{_kept(text.attributes)}>{escape(content)}</{text.written}>")


def _scope(attributes: Mapping[str, str], outer: Mapping[str, str]) -> Mapping[str, str]:
    declared = {name[6:]: uri for name, uri in attributes.items() if name.startswith("xmlns:")}
    if "xmlns" in attributes:
        declared[""] = attributes["xmlns"]
    return {**outer, **declared} if declared and len(outer) < _MAX_PREFIXES else outer


def _kept(attributes: Mapping[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if key in ATTRIBUTES)


def _permalink(attributes: Mapping[str, str], content: str) -> str:
    """``true`` only for a GUID that is an address and does not deny it."""
    denied = attributes.get("ispermalink", "true").strip().lower() == "false"
    return "true" if not denied and content.strip().lower().startswith(("http://", "https://")) else "false"
