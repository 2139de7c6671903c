"""What an export says was cut, put back into its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.article import Link, Removal, RemovalKind
from presswatch.rows import Row, address_of, is_address, line_of, objects_of, strings_of

#: the rule of a removal that does not say its own
RULE = "import"


def read_cuts(row: Row, paragraphs: int) -> list[Removal]:
    """The removals of a row in the order of the text: of ``removals``, or of ``related`` and ``boilerplate``.

    An export has all three: the first says everything but labels, titles and further links, which the others
    add.
    """
    related, boilerplate = objects_of(row, "related"), objects_of(row, "boilerplate")
    if row.get("removals"):
        found = [_cut(item, paragraphs) for item in objects_of(row, "removals")]
        cuts = [_labelled(_linked(cut, boilerplate), related) for cut in found]
    else:
        cuts = [_teaser(item, paragraphs) for item in related] + [
            _cut(item, paragraphs) for item in boilerplate
        ]
    return sorted((cut for cut in cuts if cut.text), key=lambda cut: cut.after_paragraph)


def _cut(item: Row, paragraphs: int) -> Removal:
    target = address_of(item, "target")
    urls = (target,) if target else tuple(url for url in strings_of(item, "urls") if is_address(url))
    return Removal(
        kind=next((kind for kind in RemovalKind if kind.value == item.get("kind")), RemovalKind.OTHER),
        rule=line_of(item, "rule") or RULE,
        text=line_of(item, "text") or "",
        position=(0, 0, 0),
        after_paragraph=_after(item, paragraphs),
        links=tuple(Link(url=url, text="") for url in urls),
    )


def _linked(cut: Removal, boilerplate: Sequence[Row]) -> Removal:
    """An appeal with all of its links, of which ``removals`` names the first."""
    for item in boilerplate:
        if line_of(item, "text") == cut.text:
            urls = [url for url in strings_of(item, "urls") if is_address(url)]
            return replace(cut, links=tuple(Link(url=url, text="") for url in urls))
    return cut


def _labelled(cut: Removal, related: Sequence[Row]) -> Removal:
    """A teaser with the label and title that ``related`` knows of it."""
    for item in related:
        title = line_of(item, "title")
        same_place = item.get("after_paragraph") == cut.after_paragraph
        if same_place and title and title in cut.text and address_of(item, "url") == cut.target:
            return replace(cut, label=line_of(item, "label"), title=title)
    return cut


def _teaser(item: Row, paragraphs: int) -> Removal:
    label, title, url = line_of(item, "label"), line_of(item, "title"), address_of(item, "url")
    return Removal(
        kind=RemovalKind.READ_ALSO,
        rule=RULE,
        text=": ".join(part for part in (label, title) if part),
        position=(0, 0, 0),
        after_paragraph=_after(item, paragraphs),
        label=label,
        title=title,
        links=(Link(url=url, text=title or ""),) if url else (),
    )


def _after(item: Row, paragraphs: int) -> int:
    value = item.get("after_paragraph")
    return min(max(value, 0), paragraphs) if isinstance(value, int) else paragraphs


def paragraph_places(paragraphs: Sequence[str], cuts: Sequence[Removal]) -> tuple[tuple[int, int, int], ...]:
    """Where each paragraph stands when every paragraph and every cut is a block of its own."""
    before = [sum(cut.after_paragraph <= index for cut in cuts) for index in range(len(paragraphs))]
    return tuple((index + before[index], 0, len(paragraph)) for index, paragraph in enumerate(paragraphs))


def placed(cuts: Sequence[Removal]) -> Iterator[Removal]:
    """The cuts with their places beside :func:`paragraph_places`."""
    for index, cut in enumerate(cuts):
        yield replace(cut, position=(cut.after_paragraph + index, 0, len(cut.text)))
