"""Names of outlets learned from attribution lines, beside those of the catalogue."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.article import Attribution
from pipeline.store.aliases import hosts_named, learn
from pipeline.store.connection import Store, open_store


def line(written: str | None, url: str | None) -> Attribution:
    return Attribution(
        text=f"Source: {written}",
        label="Source",
        outlet_as_written=written,
        outlet=written,
        outlet_home=None,
        url=url,
    )


def taught(store: Store, *lines: tuple[str | None, str | None]) -> None:
    for written, url in lines:
        learn(store, line(written, url))


def learned(store: Store) -> int:
    return int(store.value("SELECT count(*) FROM outlet_aliases"))


def test_a_line_with_a_name_and_a_link_teaches(store: Store) -> None:
    taught(store, ("Річкова газета", "https://www.river.example/news/1"))
    assert hosts_named(store, "Річкова газета") == {"river.example"}
    assert hosts_named(store, "Річкової газети") == {"river.example"}
    assert hosts_named(store, "видання «РІЧКОВА ГАЗЕТА»") == {"river.example"}
    assert hosts_named(store, "Озерна газета") == frozenset()


def test_an_arabic_name_is_found_behind_its_particles(store: Store) -> None:
    taught(store, ("صحيفة النهر اليومية", "https://river.example/ar/1"))
    assert hosts_named(store, "لصحيفة النهر اليومية") == {"river.example"}


def test_what_the_catalogue_knows_is_not_learned_otherwise(store: Store) -> None:
    taught(store, ("رويترز", "https://river.example/1"), ("BBC", "https://river.example/2"))
    assert learned(store) == 0
    assert hosts_named(store, "رويترز") == {"reuters.com"}
    assert "bbc.co.uk" in hosts_named(store, "BBC")


def test_a_link_to_a_known_outlet_gives_all_its_hosts(store: Store) -> None:
    taught(
        store,
        ("Den Nya Rösten", "https://nv.ua/ukr/1.html"),
        ("Den Nya Rösten", "https://english.nv.ua/2.html"),
    )
    assert learned(store) == 1
    assert hosts_named(store, "den nya rosten") == {"nv.ua", "english.nv.ua"}


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (None, "https://river.example/1"),
        ("River Gazette", None),
        ("River Gazette", "not an address"),
        ("River Gazette", "https://t.me/river/17"),
        ("River Gazette", "https://uk-ua.facebook.com/river"),
        ("here", "https://river.example/1"),
        ("المصدر", "https://river.example/1"),
        ("https://river.example/1", "https://river.example/1"),
        ("—", "https://river.example/1"),
        ("They wrote of it at length in the paper of the river valley today", "https://river.example/1"),
    ],
)
def test_other_lines_teach_nothing(store: Store, written: str | None, url: str | None) -> None:
    taught(store, (written, url))
    assert learned(store) == 0


def test_a_name_linked_to_two_outlets_names_neither_until_one_prevails(store: Store) -> None:
    taught(store, ("The Valley", "https://valley.example/1"), ("The Valley", "https://dale.example/1"))
    assert hosts_named(store, "The Valley") == frozenset()
    taught(store, *[("The Valley", f"https://valley.example/{n}") for n in range(2, 12)])
    assert hosts_named(store, "The Valley") == {"valley.example"}


def test_what_was_learned_does_not_depend_on_the_order(tmp_path: Path) -> None:
    lines = [
        ("Valley", "https://valley.example/1"),
        ("Dale", "https://dale.example/1"),
        ("Vallеy", "https://x.example/"),
    ]
    tables = []
    for number, order in enumerate((lines, lines[::-1])):
        with open_store(tmp_path / f"{number}.db") as store:
            taught(store, *order)
            tables.append(
                [
                    tuple(row)
                    for row in store.all("SELECT alias, host, times FROM outlet_aliases ORDER BY 1, 2")
                ]
            )
    assert tables[0] == tables[1]


def test_two_crawls_count_together(tmp_path: Path) -> None:
    path = tmp_path / "presswatch.db"
    open_store(path).close()

    def crawl(_: int) -> None:
        with open_store(path) as store:
            for number in range(20):
                learn(store, line("The Valley", f"https://valley.example/{number}"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(crawl, range(2)))
    with open_store(path) as store:
        assert store.value("SELECT times FROM outlet_aliases") == 40
