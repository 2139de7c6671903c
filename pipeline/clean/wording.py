"""What a line's words say of it, in the page's language, its neighbours' or English.

Two ways: phrases as the files list them, and composition - a label put together of a label's words, an appeal
that asks for something and says for what - which finds the wordings that no list has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from pipeline.article import RemovalKind
from pipeline.clean import hints, phrases
from pipeline.clean.lines import Cut, Line, Page
from pipeline.clean.outlet_name import leading_name
from pipeline.clean.patterns import is_unspaced, line_key
from pipeline.clean.phrases import Hint, Match, Source

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
#: the same for appeals composed of what they ask and what they are about
_APPEAL_LIMIT = {K.DONATION: 220, K.NEWSLETTER: 190, K.SHARE: 120}
_LINE_LENGTH = 80
_TITLE_LENGTH = 280
_NAME_LENGTH, _NAME_WORDS = 70, 8
_LABEL_LENGTH = 60
#: the longest line with an outlet's name and no more, and with more behind it
_LINK_LENGTH, _CREDIT_LENGTH = 200, 420
#: at the end of the page: spaces in a label that speaks of an article ("this story was first published by"), and the
#: longest line with another one
_SAID_OF_A_TEXT = 3
_SHORT_CREDIT = 120
_DATE_WORDS = 5
# A full stop after two letters is an abbreviation's.
SENTENCES = re.compile(r"(?<=[\w\"”»)]{3})[.!?…؟۔।]['\"”»)]*\s+\S|[。！？]\S")
_QUOTES = re.compile(r"[«»“”„\"「」『』]")
_OPENING_QUOTE = re.compile(r"[«“„\"「『][^«»“”„\"「」『』]{2,120}[»”“\"」』]")
#: signs behind quoted words that make them the subject of a sentence
_TOLD = 20
_BEFORE_TAIL = re.compile(r"(?:[.!?…؟](?:['\"”»)]*)|[»”])\s+(?=\S)|[(\[]|(?<=\s)(?=[►▶→>])|[。！？]")
END = re.compile(r"[.。।۔]['\"”»)]*\s*$")
_COPYRIGHT = re.compile(
    r"(?:copyright|©|\(c\))[\s©]*(?:\(c\)\s*)?(?:19|20)\d\d,?\s+(?:by\s+)?", re.IGNORECASE
)
_LABEL_END = " :：-–—|»>→•[(\u00a0"


def by_phrase(line: Line, page: Page) -> Cut | None:
    """Why the line leaves the body by its words, or None."""
    if len(line.text) <= _LINE_LENGTH and (hit := page.lexicon.lines.get(line.key.rstrip(" :"))):
        return Cut(hit[0], f"phrase:{hit[1]}")
    if _is_told(line):
        return None
    begun, among = phrases.signs(line.key, line.words, page.lexicon)
    if begun and (cut := _begun(line, page, begun)):
        return cut
    if cut := _syndicate(line, page):
        return cut
    return (_contained(line, page, among) if among else None) or _composed(line, page)


def _is_told(line: Line) -> bool:
    """Does the line begin with words in quotation marks and go on to speak of them, as of its subject?"""
    quoted = None if line.links else _OPENING_QUOTE.match(line.text)
    return quoted is not None and len(line.text) - quoted.end() >= _TOLD


def _begun(line: Line, page: Page, begun: Set[Source]) -> Cut | None:
    return _attribution(line, page, begun) or _read_also(line, page, begun) or _labelled(line, page, begun)


# --- teasers --------------------------------------------------------------------------------------------


def read_also(line: Line, page: Page) -> Cut | None:
    """A teaser: its label is followed by a colon, a dash or nothing, or the rest of the line is link."""
    return _read_also(line, page, phrases.signs(line.key, line.words, page.lexicon)[0])


def _read_also(line: Line, page: Page, begun: Set[Source]) -> Cut | None:
    match = phrases.begins(line.key, K.READ_ALSO, page.lexicon, begun)
    return _teaser(line, page, match) if match else None


def _teaser(line: Line, page: Page, match: Match) -> Cut | None:
    if len(line.text) > _TITLE_LENGTH + 60:
        return None
    label, title = split_label(line, match)
    rule = f"phrase:{match.language}"
    if not match.rest:
        return Cut(K.READ_ALSO, rule, label=label) if _stands_alone(line, page, match) else None
    linked = sum(len(link.text) for link in line.links) >= 0.8 * len(title or "")
    if match.weak and line.kind in ("list-item", "table") and not (linked and _leads_home(line, page)):
        return None
    if not (linked and (match.marked or not match.weak)) and not _plain_teaser(match, title or "", line):
        return None
    return Cut(K.READ_ALSO, rule, label=label, title=title)


def _stands_alone(line: Line, page: Page, match: Match) -> bool:
    if line.kind == "heading" and match.weak:
        return followed_by_links(line, page)
    return match.marked or line.linked > 0.9 or line.kind == "heading" or followed_by_links(line, page)


def _leads_home(line: Line, page: Page) -> bool:
    return any(hints.to_article(link, page) for link in line.links)


def _plain_teaser(match: Match, title: str, line: Line) -> bool:
    """Without a link the label needs its colon, and what follows must look like a headline, not prose."""
    if not match.marked or len(title) > _TITLE_LENGTH:
        return False
    prose = len(SENTENCES.findall(title)) >= 1 and END.search(title) is not None
    return not prose and not (match.weak and END.search(title))


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
    if not _introduces(lead, link, page):
        return None
    return starts[-1] - (line.text[starts[-1] - 1] in "([")


def _introduces(lead: str, link: str, page: Page) -> bool:
    key = line_key(lead or link)
    match = phrases.starts(key, K.READ_ALSO, page.lexicon)
    if match is None:
        marked = lead.rstrip()[-1:] in (":", "：", "-", "–", "—")
        return marked and phrases.composes(key.rstrip(" :-"), K.READ_ALSO, page.lexicon) is not None
    if (lead.strip() and match.rest) or not (match.marked or match.end >= 7):
        return False
    return bool(lead.strip()) or match.marked


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
    if at < 0 and is_unspaced(line.key[: match.end]) and line_key(text[: match.end]) == line.key[: match.end]:
        at = match.end
    if at < 0:
        at = _after_words(text, line.key[: match.end].count(" ") + 1)
    label, title = text[:at].strip(_LABEL_END), text[at:].strip(_LABEL_END)
    return label, title.rstrip("])") if title[:1] not in "[(" and text[:1] in "[(" else title or None


def _after_words(text: str, count: int) -> int:
    found = [match.end() for match in re.finditer(r"\S+", text)]
    return found[min(count, len(found)) - 1] if found else 0


# --- attributions ---------------------------------------------------------------------------------------


def _attribution(line: Line, page: Page, begun: Set[Source]) -> Cut | None:
    """ "Read the original article on X": a label and a name, not a sentence."""
    match = phrases.begins(line.key, K.ATTRIBUTION, page.lexicon, begun)
    if match is None or len(line.text) > _CREDIT_LENGTH:
        return None
    rule = f"phrase:{match.language}"
    if match.whole:
        return Cut(K.ATTRIBUTION, rule, title=_written(line, match.rest))
    label, name = split_label(line, match)
    if not name:
        telling = match.marked or line.linked > 0.5 or line.key[: match.end].count(" ") >= 2
        return Cut(K.ATTRIBUTION, rule, label=label) if telling and len(line.text) <= _LINK_LENGTH else None
    if named := _named(name, line, page, match):
        return Cut(K.ATTRIBUTION, rule, label=_without_preposition(label), title=named)
    return None


def _named(name: str, line: Line, page: Page, match: Match) -> str | None:
    """The outlet's name, where that is all that follows the label, or where the line goes on about the text."""
    own, rest = ("", "") if match.marked else _name_and_more(name, line, page)
    words = line_key(rest).split()
    if own and (phrases.goes_on(words, page.lexicon) or _is_date(words)):
        return own
    if len(line.text) <= _LINK_LENGTH and _is_name(name, line, marked=match.marked):
        return name.rstrip(" .。।")
    if not own or line.block < page.tail or not page.tail:
        return None
    of_this_text = line.key[: match.end].count(" ") >= _SAID_OF_A_TEXT
    new_sentence = len(line.text) <= _SHORT_CREDIT and name.removeprefix(own).lstrip("\"'”»").startswith(".")
    return own if not rest or of_this_text or new_sentence else None


def _name_and_more(name: str, line: Line, page: Page) -> tuple[str, str]:
    """The outlet's name and what stands behind it: "X under a Creative Commons licence", "X, a newsroom that ..."."""
    linked = next(
        (text for link in line.links if (text := link.text.strip()) and name.startswith(text)), None
    )
    if linked:
        return linked, name[len(linked) :].strip(" .,;")
    own, rest = leading_name(name, lambda word: phrases.goes_on([line_key(word)], page.lexicon))
    return (own, rest) if len(own.split()) <= _NAME_WORDS else ("", "")


def _syndicate(line: Line, page: Page) -> Cut | None:
    """ "© 2026 X. Distributed by Y": whose text it is, in the words of those who sell it on."""
    label = _COPYRIGHT.match(line.text) if line.text[0] in "©(cC" else None
    if label is None or len(line.text) > _LINK_LENGTH:
        return None
    own, rest = leading_name(line.text[label.end() :], lambda _: False)
    if not own or not phrases.goes_on(line_key(rest).split(), page.lexicon):
        return None
    return Cut(K.ATTRIBUTION, "structure:copyright", label=label[0].strip(), title=own)


def _is_date(words: Sequence[str]) -> bool:
    return len(words) <= _DATE_WORDS and any(word.isdigit() for word in words)


def _is_name(name: str, line: Line, *, marked: bool) -> bool:
    if len(name) > _NAME_LENGTH or len(name.split()) > _NAME_WORDS or SENTENCES.search(name):
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
        key = line_key(candidate)
        if key.startswith(folded_name) or folded_name.startswith(key):
            return _exact(candidate, folded_name)
    return folded_name


def _exact(candidate: str, folded_name: str) -> str:
    """As many signs of the candidate as the name has: what is written on to it is a particle, or the next word."""
    if line_key(candidate) == folded_name:
        return candidate
    cut = candidate[: len(folded_name)]
    return cut if line_key(cut) == folded_name else candidate


# --- other labels and appeals ---------------------------------------------------------------------------


def _labelled(line: Line, page: Page, begun: Set[Source]) -> Cut | None:
    """Tags, photo credits and share bars begin with a word and a colon."""
    for kind in (K.TAGS, K.CAPTION, K.SHARE):
        match = phrases.begins(line.key, kind, page.lexicon, begun)
        if match is None or len(line.text) > 220 or SENTENCES.search(line.text):
            continue
        several = line.key[: match.end].count(" ") >= 1
        if match.marked or line.linked >= 0.5 or (kind is K.CAPTION and several and len(line.text) <= 120):
            return Cut(kind, f"phrase:{match.language}")
    return None


def _contained(line: Line, page: Page, among: Set[Hint]) -> Cut | None:
    """Appeals to the reader, anywhere in a short line."""
    kinds = {kind for _, kind, _ in among}
    for kind, limit in _LIMIT.items():
        if kind not in kinds or len(line.text) > 2 * limit:
            continue
        found = phrases.contains(line.key, kind, page.lexicon, among)
        if found and _is_appeal(line, kind, hits=found[1], limit=limit):
            return Cut(kind, f"phrase:{found[0]}")
    return _asks(line, page, among)


def _is_appeal(line: Line, kind: RemovalKind, *, hits: int, limit: int) -> bool:
    """One phrase is enough in a short line without quotation; else a link or a second phrase is needed."""
    proof = hits + (kind is K.DONATION and hints.begs(line)) + (kind is K.NEWSLETTER and hints.invites(line))
    if len(line.text) > limit:
        return proof >= 2
    return proof >= 2 or not _QUOTES.search(line.text)


def _asks(line: Line, page: Page, among: Set[Hint]) -> Cut | None:
    """An appeal by what it asks for and what it is about. Of several kinds the one with most such words."""
    if len(line.text) > max(_APPEAL_LIMIT.values()) or _QUOTES.search(line.text):
        return None
    if line.kind in ("heading", "list-item", "table") and line.linked < 0.8:
        return None
    best: tuple[int, RemovalKind, str] | None = None
    for kind, limit in _APPEAL_LIMIT.items():
        if len(line.text) > limit:
            continue
        found = phrases.appeals((line.key, line.words, line.text), kind, page.lexicon, among)
        if found and (best is None or found[1] > best[0]):
            best = found[1], kind, found[0]
    return Cut(best[1], f"words:{best[2]}") if best else None


# --- composition ----------------------------------------------------------------------------------------


def _composed(line: Line, page: Page) -> Cut | None:
    short = len(line.text) <= _LABEL_LENGTH or line.links or line.strong or " : " in line.key[:_LABEL_LENGTH]
    if not (short or line.block >= page.tail) or not page.lexicon.composed.begin(line.key, line.words[0]):
        return None
    return _composed_teaser(line, page) or _composed_attribution(line, page)


def _composed_teaser(line: Line, page: Page) -> Cut | None:
    if line.kind == "table":
        return None
    for label, marked in _labels(line):
        name = phrases.composes(label, K.READ_ALSO, page.lexicon)
        if name is None:
            continue
        rest = line.key[len(label) :].lstrip(" :-")
        if rest and not (_is_headline(rest) and (marked or _is_linked_teaser(line, page))):
            continue
        match = Match(K.READ_ALSO, name, len(label), marked=marked, rest=rest, weak=marked or not rest)
        if cut := _teaser(line, page, match):
            return Cut(cut.kind, f"words:{name}", label=cut.label, title=cut.title)
    return None


def _labels(line: Line) -> list[tuple[str, bool]]:
    """What may be the line's label, as keys, each with whether a mark (a colon, bold type) sets it off."""
    before, colon, _ = line.key[:_LABEL_LENGTH].partition(" : ")
    if colon:
        return [(before, True)]
    if 0 < line.strong < min(_LABEL_LENGTH, len(line.text)):
        return [(line_key(line.text[: line.strong]).rstrip(" :"), True)]
    if line.links and line.text.endswith(line.links[-1].text) and line.linked < 1:
        return [(line_key(line.text[: -len(line.links[-1].text)]).rstrip(" :"), False)]
    return (
        [(line.key.rstrip(" :"), line.text.rstrip()[-1:] in ":：")] if len(line.text) <= _LABEL_LENGTH else []
    )


def _is_headline(rest: str) -> bool:
    return rest.count(" ") >= 1 or (len(rest) >= 8 and not rest.isascii())


def _is_linked_teaser(line: Line, page: Page) -> bool:
    """Without a mark behind the label, only a long linked title of the outlet itself is one."""
    link = line.links[-1] if line.links else None
    if link is None or END.search(line.text) or line.kind in ("heading", "list-item"):
        return False
    return len(link.text) >= 25 and hints.to_article(link, page)


def _composed_attribution(line: Line, page: Page) -> Cut | None:
    """A beginning of an attribution's words only, then a name: "First printed by X"."""
    if len(line.text) > 160 or line.kind in ("heading", "list-item", "table"):
        return None
    words = line.key.replace(" : ", " ").split(" ")
    found = phrases.prefix(words, K.ATTRIBUTION, page.lexicon)
    if found is None or found[0] == len(words) or (found[0] < 2 and not line.links):
        return None
    name = " ".join(line.text.split()[found[0] :]).strip(_LABEL_END)
    near_end = line.block >= page.tail or line.linked > 0
    if not name or not near_end or not _is_name(name, line, marked=False) or len(words) - found[0] > 5:
        return None
    label = " ".join(line.text.split()[: found[0]]).strip(_LABEL_END)
    return Cut(K.ATTRIBUTION, f"words:{found[2]}", label=_without_preposition(label), title=name.rstrip(" ."))
