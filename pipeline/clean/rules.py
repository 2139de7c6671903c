"""Is this line noise, and of which kind? What merely mentions the words of noise stays."""

from __future__ import annotations

import re

from pipeline.article import RemovalKind
from pipeline.clean import hints, phrases
from pipeline.clean.lines import Cut, Line, Page
from pipeline.clean.phrases import Match
from pipeline.text import fold

K = RemovalKind
#: characters of a line that a phrase may judge, by kind
_LIMIT = {
    K.DONATION: 260,
    K.NEWSLETTER: 220,
    K.SUBSCRIPTION: 260,
    K.SHARE: 130,
    K.LEGAL: 320,
    K.COMMENTS: 200,
}
_TITLE_LENGTH = 280
_NAME_LENGTH, _NAME_WORDS = 70, 8
_SENTENCES = re.compile(r"[.!?…。！？؟]['\"”»)]*\s+\S|[。！？]\S")
_QUOTES = re.compile(r"[«»“”„\"「」『』]")
_BEFORE_TAIL = re.compile(r"(?:[.!?…؟](?:['\"”»)]*)|[»”])\s+(?=\S)|[(\[]|(?<=\s)(?=[►▶→>])|[。！？]")
_END = re.compile(r"[.。।]['\"”»)]*\s*$")
_LABEL_END = " :：-–—|»>→•[(\u00a0"


def judge(line: Line, page: Page) -> Cut | None:
    """Why the line leaves the body, or None where it stays. Lines the chooser dropped always leave."""
    cut = _certain(line, page)
    if cut is None and line.chosen:
        return None
    return cut or Cut(K.OTHER, "extractor")


def _certain(line: Line, page: Page) -> Cut | None:
    for rule in (_repeated, _caption, by_phrase, _by_link, _by_class, _link_only):
        cut = rule(line, page)
        if cut is not None:
            return cut
    return None


# --- structure ------------------------------------------------------------------------------------------


def _repeated(line: Line, page: Page) -> Cut | None:
    """The title or the standfirst, where it is printed at the head of the body."""
    early = line.block <= page.first or line.kind == "heading"
    if not early or len(line.text) > 600:
        return None
    folded = fold(line.text)
    if folded in page.titles:
        return Cut(K.TITLE, "structure:title")
    return Cut(K.TITLE, "structure:standfirst") if page.lead and folded == page.lead else None


def _caption(line: Line, page: Page) -> Cut | None:
    return Cut(K.CAPTION, "structure:caption") if line.kind == "caption" else None


def _by_link(line: Line, page: Page) -> Cut | None:
    found = hints.of_links(line, page)
    return Cut(found[0], f"link:{found[1]}") if found else None


def _by_class(line: Line, page: Page) -> Cut | None:
    """A class says what the box is. Against the chooser only a telling one, on text that looks the part."""
    found = hints.of_class(line, page)
    if found is None or found[1] in page.ignored:
        return None
    kind, word = found
    if line.chosen and (kind not in hints.STRONG or not _looks_boxed(line, kind)):
        return None
    return Cut(kind, f"class:{word}", title=_linked_title(line) if kind is K.READ_ALSO else None)


def _looks_boxed(line: Line, kind: RemovalKind) -> bool:
    if kind in (K.READ_ALSO, K.RELATED_LIST, K.TAGS, K.SHARE):
        return line.linked >= 0.5 or (len(line.text) <= 60 and not _END.search(line.text))
    return len(line.text) <= (160 if kind is K.ADVERTISEMENT else 400)


def _linked_title(line: Line) -> str | None:
    return line.links[0].text if line.links else None


def _link_only(line: Line, page: Page) -> Cut | None:
    """A short line that is nothing but a link to another article of the outlet."""
    if line.linked < 0.95 or not 12 <= len(line.text) <= 250 or line.kind == "table":
        return None
    outside = line.block < page.first or line.block > page.last
    if not line.chosen and (outside or line.kind == "list-item"):
        return Cut(
            K.RELATED_LIST if outside else K.READ_ALSO, "structure:link-only", title=_linked_title(line)
        )
    if line.chosen and (_END.search(line.text) or line.partial or page.listing):
        return None
    if all(hints.to_article(link, page) for link in line.links) and len(line.links) == 1:
        return Cut(K.READ_ALSO, "structure:link-only", title=_linked_title(line))
    return None


# --- phrases --------------------------------------------------------------------------------------------


def by_phrase(line: Line, page: Page) -> Cut | None:
    """What the line's words say of it, in the page's language, its neighbours' or English."""
    if not line.key:
        return None
    for kind in (K.ADVERTISEMENT, K.EMBED, K.COMMENTS, K.SHARE):
        if len(line.text) <= 80 and (name := phrases.is_line(line.key, kind, page.language)):
            return Cut(kind, f"phrase:{name}")
    for reader in (_attribution, read_also, _labelled):
        if cut := reader(line, page):
            return cut
    return _contained(line, page)


def read_also(line: Line, page: Page) -> Cut | None:
    """A teaser: its label is followed by a colon, a dash or nothing, or the rest of the line is link."""
    match = phrases.starts(line.key, K.READ_ALSO, page.language)
    if match is None or len(line.text) > _TITLE_LENGTH + 60:
        return None
    label, title = split_label(line, match)
    if not match.rest:
        alone = match.marked or line.linked > 0.9 or line.kind == "heading" or followed_by_links(line, page)
        return Cut(K.READ_ALSO, f"phrase:{match.language}", label=label) if alone else None
    linked = sum(len(link.text) for link in line.links) >= 0.8 * len(title or "")
    if not (linked and (match.marked or not match.weak)) and not _plain_teaser(match, title or "", line):
        return None
    return Cut(K.READ_ALSO, f"phrase:{match.language}", label=label, title=title)


def _plain_teaser(match: Match, title: str, line: Line) -> bool:
    """Without a link the label needs its colon, and what follows must look like a headline, not prose."""
    if not match.marked or len(title) > _TITLE_LENGTH:
        return False
    prose = len(_SENTENCES.findall(title)) >= 1 and _END.search(title) is not None
    return not prose and not (match.weak and _END.search(title))


def tail_teaser(line: Line, page: Page) -> int | None:
    """Where a teaser begins that ends a paragraph ("… he said. Read also: <link>"), or None."""
    if not line.links:
        return None
    link = line.links[-1].text
    text = line.text.rstrip(" .)]»")
    if not text.endswith(link.rstrip(" .)]»")) or len(link) >= 0.9 * len(text):
        return None
    at = text.rfind(link.rstrip(" .)]»"))
    starts = [match.end() for match in _BEFORE_TAIL.finditer(line.text, 0, at)]
    if not starts:
        return None
    lead = line.text[starts[-1] : at]
    match = phrases.starts(phrases.line_key(lead or link), K.READ_ALSO, page.language)
    if match is None or (lead.strip() and match.rest) or not (match.marked or match.end >= 7):
        return None
    return starts[-1] - (line.text[starts[-1] - 1] in "([") if lead.strip() or match.marked else None


def followed_by_links(line: Line, page: Page) -> bool:
    """Is the next line on the page nothing but a link?"""
    following = next((other for other in page.lines if other.block > line.block), None)
    return following is not None and following.linked >= 0.8


def split_label(line: Line, match: Match) -> tuple[str, str | None]:
    """``(label, title)`` of a labelled line as written, without what separates them."""
    text, rest = line.text, line.key[match.end :].lstrip()
    at = -1
    if rest.startswith(":") or line.key[: match.end].endswith(":"):
        at = next((index for index, char in enumerate(text) if char in ":："), -1)
    elif line.links and text.endswith(line.links[-1].text) and len(line.links[-1].text) < len(text):
        at = len(text) - len(line.links[-1].text)
    if at < 0:
        at = _after_words(text, line.key[: match.end].count(" ") + 1)
    label, title = text[:at].strip(_LABEL_END), text[at:].strip(_LABEL_END)
    return label, title.rstrip("])") if title[:1] not in "[(" and text[:1] in "[(" else title or None


def _after_words(text: str, count: int) -> int:
    found = [match.end() for match in re.finditer(r"\S+", text)]
    return found[min(count, len(found)) - 1] if found else 0


def _attribution(line: Line, page: Page) -> Cut | None:
    """ "Read the original article on X": a label and a name, not a sentence."""
    match = phrases.starts(line.key, K.ATTRIBUTION, page.language)
    if match is None or len(line.text) > 200:
        return None
    if match.whole:
        return Cut(K.ATTRIBUTION, f"phrase:{match.language}", title=_written(line, match.rest))
    label, name = split_label(line, match)
    if not name:
        telling = match.marked or line.linked > 0.5 or line.key[: match.end].count(" ") >= 2
        return Cut(K.ATTRIBUTION, f"phrase:{match.language}", label=label) if telling else None
    if not _is_name(name, line, marked=match.marked):
        return None
    return Cut(
        K.ATTRIBUTION, f"phrase:{match.language}", label=_without_preposition(label), title=name.rstrip(" .")
    )


def _is_name(name: str, line: Line, *, marked: bool) -> bool:
    if len(name) > _NAME_LENGTH or len(name.split()) > _NAME_WORDS or _SENTENCES.search(name):
        return False
    if marked or any(link.text in name for link in line.links):
        return True
    return "," not in name and "،" not in name and not name[:1].islower()


def _without_preposition(label: str) -> str:
    pieces = label.split()
    while len(pieces) > 2 and len(pieces[-1]) <= 3:
        pieces.pop()
    return " ".join(pieces)


def _written(line: Line, folded_name: str) -> str:
    """The name as the line writes it: its words stand at the line's beginning or its end."""
    if line.links:
        return line.links[0].text
    count = folded_name.count(" ") + 1
    pieces = line.text.split()
    for start in range(len(pieces)):
        candidate = " ".join(pieces[start : start + count])
        if phrases.line_key(candidate).startswith(folded_name) or folded_name.startswith(
            phrases.line_key(candidate)
        ):
            return _exact(candidate, folded_name)
    return folded_name


def _exact(candidate: str, folded_name: str) -> str:
    """Scripts without spaces: as many signs of the candidate as the name has."""
    return (
        candidate
        if " " in candidate or len(candidate) <= len(folded_name) + 2
        else candidate[: len(folded_name)]
    )


def _labelled(line: Line, page: Page) -> Cut | None:
    """Tags, photo credits and share bars begin with a word and a colon."""
    for kind in (K.TAGS, K.CAPTION, K.SHARE):
        match = phrases.starts(line.key, kind, page.language)
        if match is None or len(line.text) > 220 or _SENTENCES.search(line.text):
            continue
        several = line.key[: match.end].count(" ") >= 1
        if match.marked or line.linked >= 0.5 or (kind is K.CAPTION and several and len(line.text) <= 120):
            return Cut(kind, f"phrase:{match.language}")
    return None


def _contained(line: Line, page: Page) -> Cut | None:
    """Appeals to the reader, anywhere in a short line."""
    if len(line.text) > 2 * max(_LIMIT.values()) or not phrases.may_contain(line.key, page.language):
        return None
    for kind, limit in _LIMIT.items():
        if len(line.text) > 2 * limit:
            continue
        found = phrases.contains(line.key, kind, page.language)
        if found and _is_appeal(line, kind, hits=found[1], limit=limit):
            return Cut(kind, f"phrase:{found[0]}")
    return None


def _is_appeal(line: Line, kind: RemovalKind, *, hits: int, limit: int) -> bool:
    """One phrase is enough in a short line without quotation; else a link or a second phrase is needed."""
    proof = hits + (kind is K.DONATION and hints.begs(line)) + (kind is K.NEWSLETTER and hints.invites(line))
    if len(line.text) > limit:
        return proof >= 2
    return proof >= 2 or not _QUOTES.search(line.text)
