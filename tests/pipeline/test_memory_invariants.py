"""Whatever is learned and forgotten: counts are those of the rows, no text is lost, every place is exact."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import CleanArticle, PageMeta, Removal, RemovalKind
from pipeline.clean.recall import forget, restored
from pipeline.lesson import Lesson, key_of, said
from pipeline.memory import Memory, Remembered, build, grown
from pipeline.read import rebuild

PLEA = "Would you like to read more of our stories every day?"
FOLLOW = "Follow us wherever you follow others"
STORY = "The mayor told the council that the bridge to the island must be repaired before the winter comes."

LESSONS = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.lists(st.integers(0, 9), unique=True, max_size=6),
        st.one_of(st.none(), st.integers(1, 12)),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(LESSONS)
def test_a_grown_memory_is_the_one_built_from_its_rows(
    lessons: list[tuple[int, list[int], int | None]],
) -> None:
    memory = Memory()
    for number, keys, same in lessons:
        taught = Lesson(keys=tuple(keys), longs=len(keys))
        memory = grown(memory, Remembered(article_id=number, title="", lesson=taught, same_as=same))
        anew = build(memory.articles)
        assert (memory.of, memory.seen) == (anew.of, dict(anew.seen))
    assert all(one.article_id < other.article_id for one, other in pairwise(memory.articles))


LINE = st.sampled_from([PLEA, "Share this story", FOLLOW, "", "  ", STORY, STORY[4:], STORY * 3])


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(LINE, min_size=1, max_size=5).map("\n".join), max_size=8), st.booleans())
def test_forgetting_moves_text_and_loses_none(texts: list[str], grouped: bool) -> None:
    """Body and removals rebuild the extracted text, places are exact, and the way back leads back."""
    article = placed([text for text in texts if text.strip()], grouped=grouped)
    form = (PLEA, FOLLOW)
    keys = tuple({key_of(line): None for line in form})
    rows = [Remembered(article_id=n, title="", lesson=Lesson(keys=keys)) for n in range(1, 9)]
    after = forget(article, build(rows))
    assert rebuild(after) == rebuild(article)
    assert restored(after) == article
    assert " ".join(said(after)).split() == " ".join(article.paragraphs).split()
    for (_, start, end), text in zip(after.positions, after.paragraphs, strict=True):
        assert (end - start, text.strip()) == (len(text), text)
    for cut in after.removals:
        assert sum(place < cut.position for place in after.positions) == cut.after_paragraph


def placed(texts: Sequence[str], *, grouped: bool) -> CleanArticle:
    """An article of these paragraphs, each its own block, or all of one with a cut after each."""
    texts = [text.strip() for text in texts]
    positions, removals, at = [], [], 0
    for index, text in enumerate(texts):
        block = 0 if grouped else index
        start = at if grouped else 0
        positions.append((block, start, start + len(text)))
        at = start + len(text)
        if grouped:
            place = (0, at, at + 6)
            removals.append(
                Removal(
                    kind=RemovalKind.SHARE,
                    rule="x",
                    text="\nShare",
                    position=place,
                    after_paragraph=index + 1,
                )
            )
            at += 6
    return CleanArticle(
        meta=PageMeta(url="http://gazette.example/1", title="T"),
        paragraphs=tuple(texts),
        positions=tuple(positions),
        removals=tuple(removals),
    )
