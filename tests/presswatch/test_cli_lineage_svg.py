"""``lineage --svg``: a picture that opens anywhere, in which nothing overlaps and nothing a page wrote does harm."""

from __future__ import annotations

from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.presswatch.kinfolk import article, put, tie

Presswatch = Any
SVG = "{http://www.w3.org/2000/svg}"
ARABIC = "عودة العبارة بين الجزيرتين"


def picture(presswatch: Presswatch, asked: int = 1, *words: object) -> ET.Element:
    return ET.fromstring(presswatch.good("lineage", asked, "--svg", "-", *words))


def boxes(drawn: ET.Element) -> list[tuple[float, float, float, float]]:
    """The articles' boxes as left, top, right, bottom."""
    found = [
        [float(box.get(name, "0")) for name in ("x", "y", "width", "height")]
        for box in drawn.iter(f"{SVG}svg")
    ]
    return [(x, y, x + width, y + height) for x, y, width, height in found[1:]]


def paths(drawn: ET.Element) -> list[ET.Element]:
    """The relations drawn: neither marks of the axis nor the legend."""
    return [path for path in drawn.findall(f"{SVG}path") if "H" in path.get("d", "")]


@pytest.mark.parametrize("size", [1, 2, 50])
def test_boxes_stand_apart_and_within_the_picture(presswatch: Presswatch, size: int) -> None:
    put(
        presswatch.db,
        (article(number, number * number % 97, outlet=f"paper{number % 7}") for number in range(1, size + 1)),
        (tie(number, 1) for number in range(2, size + 1)),
    )
    drawn = picture(presswatch)
    found = boxes(drawn)
    assert len(found) == size
    assert len(paths(drawn)) == size - 1
    for one, other in combinations(found, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert max(box[2] for box in found) <= float(drawn.get("width", "0"))
    assert max(box[3] for box in found) <= float(drawn.get("height", "0"))


def test_lines_say_what_they_are(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        [article(number, number) for number in range(1, 6)],
        [
            tie(2, 1),
            tie(3, 1, "translation-of"),
            tie(4, 1, "quotes"),
            tie(5, 1, "same-as", direction_known=0),
        ],
    )
    drawn = [(path.get("stroke-dasharray"), path.get("marker-end")) for path in paths(picture(presswatch))]
    head = "url(#head)"
    assert sorted(drawn, key=str) == sorted(
        [(None, head), ("7 4", head), ("1.5 4", head), (None, None)], key=str
    )


def test_time_runs_from_left_to_right(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2, 5), article(3, 4000)], [tie(2, 1), tie(3, 1)])
    first, second, third = (box[0] for box in boxes(picture(presswatch)))
    assert first < second < third


def test_what_pages_wrote_is_text_and_reads_in_its_own_direction(presswatch: Presswatch) -> None:
    nasty = '</text><script>alert(1)</script> & "quoted" ]]>'
    put(
        presswatch.db,
        [article(1, title=nasty), article(2, 9, language="ar", title=ARABIC, text=ARABIC)],
        [tie(2, 1, "translation-of")],
    )
    drawn = picture(presswatch)
    assert not list(drawn.iter(f"{SVG}script"))
    assert nasty in (drawn.findtext(f"{SVG}title") or "")
    words = ARABIC.split()[0]
    directions = [
        text.get("direction") for text in drawn.iter(f"{SVG}text") if (text.text or "").startswith(words)
    ]
    assert directions == ["rtl"]


def test_a_title_without_spaces_is_broken(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1, title="冬の嵐の後、二つの島を結ぶ航路が再開された", language="ja")])
    (box,) = list(picture(presswatch).iter(f"{SVG}svg"))[1:]
    lines = [text.text or "" for text in box.iter(f"{SVG}text")]
    assert lines[:2] == ["冬の嵐の後、二つの島を結ぶ", "航路が再開された"]


def test_many_outlets_share_lanes_by_language(presswatch: Presswatch) -> None:
    put(
        presswatch.db,
        (article(number, number, language="en" if number % 2 else "uk") for number in range(1, 21)),
        (tie(number, 1) for number in range(2, 21)),
    )
    lanes = [text.text for text in picture(presswatch).findall(f"{SVG}text") if text.get("x") == "16"]
    assert "uk" in lanes
    assert "paper2" not in lanes


def test_what_is_left_out_is_said(presswatch: Presswatch) -> None:
    put(presswatch.db, (article(n, n) for n in range(1, 8)), (tie(n, 1) for n in range(2, 8)))
    assert "and 4 more of 7 articles in all" in presswatch.good("lineage", 1, "--svg", "-", "--limit", 3)


def test_the_same_family_gives_the_same_file(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1), article(2, 5)], [tie(2, 1)])
    file = presswatch.folder / "family.svg"
    result = presswatch("lineage", 2, "--svg", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert file.read_text("utf-8") == presswatch.good("lineage", 2, "--svg", "-")


def test_faults(presswatch: Presswatch) -> None:
    put(presswatch.db, [article(1)])
    assert presswatch("lineage", 1, "--svg", "-", "--json").exit_code == 2
    result = presswatch("lineage", 1, "--svg", presswatch.folder / "missing" / "x.svg")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
