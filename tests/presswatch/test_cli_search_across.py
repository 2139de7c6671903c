"""``search --across-scripts``: one spelling of a name finds it in other scripts."""

from __future__ import annotations

from typing import Any

from tests.presswatch.conftest import Presswatch

TEXTS = {
    1: ("en", "On Tuesday President Zelenskyy spoke to the miners of the northern harbour."),
    2: ("uk", "У вівторок до шахтарів приїхав президент Зеленський і говорив із ними годину."),
    3: ("ar", "وفي يوم الثلاثاء تحدث الرئيس زيلينسكي إلى عمال المناجم في الشمال"),
    4: ("en", "The council discussed the harbour and adjourned until Thursday without a vote."),
}


def stored(presswatch: Presswatch, row: Any, texts: dict[int, tuple[str, str]]) -> None:
    presswatch.rows(
        *(
            row(number, language=language, title=f"Report {number}", text=text)
            for number, (language, text) in texts.items()
        )
    )


def test_one_query_finds_the_name_in_every_script_with_its_place(presswatch: Presswatch, row: Any) -> None:
    stored(presswatch, row, TEXTS)
    assert {hit["id"] for hit in presswatch.json("search", "Zelenskyy")} == {1}
    found = presswatch.json("search", "--across-scripts", "Zelenskyy")
    assert {hit["id"] for hit in found} == {1, 2, 3}
    assert "Зеленський" in presswatch.good("search", "--across-scripts", "Zelenskyy")


PLACES = {
    1: ("en", "The ministers of Saudi Arabia and Lebanon met in Brussels on Monday."),
    2: ("uk", "Міністри Саудівської Аравії та Лівану зустрілися в понеділок у Брюсселі."),
    3: ("ar", "التقى وزراء المملكة العربية السعودية ولبنان يوم الاثنين في بروكسل"),
    4: ("zh", "沙特阿拉伯和黎巴嫩的部长周一在布鲁塞尔会面。"),
}


def test_a_place_is_found_where_it_has_another_name(presswatch: Presswatch, row: Any) -> None:
    stored(presswatch, row, PLACES)
    for asked, found in (
        ("Lebanon", {1, 2, 3, 4}),
        ("Брюссель", {1, 2, 3, 4}),
        ('"Saudi Arabia"', {1, 2, 3, 4}),
    ):
        assert {hit["id"] for hit in presswatch.json("search", "--across-scripts", asked)} == found
