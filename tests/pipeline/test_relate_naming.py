"""Does an article name another's outlet? As agencies and republishers write it, in any case and script."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Attribution, Removal, RemovalKind
from pipeline.catalogue.agencies import bearers, parse_agencies
from pipeline.catalogue.loader import load_catalogue
from pipeline.catalogue.names import NameIndex, stem_key
from pipeline.clean.attribution import understand
from pipeline.relate.naming import Names, names_each_other
from pipeline.relate.types import Piece

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NV = {"outlet": "The New Voice of Ukraine", "slug": "nv", "host": "english.nv.ua"}
REUTERS = {"outlet": "Reuters", "slug": "reuters", "host": "reuters.com"}


def known_as(written: str) -> frozenset[str]:
    found = bearers(written)
    return found[0].hosts if len(found) == 1 else frozenset()


def piece(number: int, **fields: object) -> Piece:
    """An article of an outlet of its own, unless fields say otherwise."""
    host = fields.get("host", f"paper-{number}.example")
    given = {
        "id": number,
        "outlet_id": number,
        "outlet": f"Paper {number}",
        "slug": f"paper-{number}",
        "host": host,
        "url": f"https://{host}/news/{number}",
        "title": "Bridge opens",
        "paragraphs": ("The bridge over the river opened on Monday.", "Crowds came to see it at noon."),
        "first_seen": NOW,
    }
    return Piece(**(given | fields))  # type: ignore[arg-type]


def line(text: str, written: str | None = None, url: str | None = None) -> Attribution:
    return Attribution(
        text=text, label=None, outlet_as_written=written, outlet=written, outlet_home=None, url=url
    )


def slugs(written: str) -> list[str]:
    return [one.name for one in bearers(written)]


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("صوت أوكرانيا الجديد", "The New Voice of Ukraine"),
        ("لصوت أوكرانيا الجديد", "The New Voice of Ukraine"),
        ("عن صوت أوكرانيا الجديد", "The New Voice of Ukraine"),
        ("Нового голосу України", "The New Voice of Ukraine"),
        ("Новим голосом України", "The New Voice of Ukraine"),
        ("Нового времени", "The New Voice of Ukraine"),
        ("агентства Рейтер", "Reuters"),
        ("ورويترز", "Reuters"),
        ("وكالة رويترز للأنباء", "Reuters"),
        ("Reuters'", "Reuters"),
        ("Української правди", "Ukrainska Pravda"),
        ("видання «Українська правда»", "Ukrainska Pravda"),
        ("Медузой", "Meduza"),
        ("des Spiegels", "Der Spiegel"),
        ("Spiegels", "Der Spiegel"),
        ("Anadolu Ajansı'nın", "Anadolu Agency"),
        ("Anadolu Ajansının", "Anadolu Agency"),
        ("Gazety Wyborczej", "Gazeta Wyborcza"),
        ("للشرق الأوسط", "Asharq Al-Awsat"),
        ("בהארץ", "Haaretz"),
        ("interfax.ru", "Interfax"),
        ("www.nv.ua", "The New Voice of Ukraine"),
    ],
)
def test_a_name_is_known_however_it_is_declined(written: str, name: str) -> None:
    assert slugs(written) == [name]


@pytest.mark.parametrize(
    "written", ["Time", "The leader", "Нова Каховка", "Natura", "Ann Example", "المكتبة الوطنية", "", "—"]
)
def test_what_only_looks_like_a_name_names_nobody(written: str) -> None:
    assert slugs(written) == []


def test_a_declined_name_of_two_outlets_names_neither() -> None:
    index = NameIndex([("Новий день", 1), ("Новый день", 2), ("Вечір", 3)])
    assert index.find("Нового дня") is None
    assert index.find("Вечора") is None
    assert index.find("Новый день") == 2


def test_the_cleaner_knows_a_declined_name() -> None:
    cut = Removal(
        kind=RemovalKind.ATTRIBUTION,
        rule="phrase:uk",
        text="За матеріалами Нового голосу України",
        position=(0, 0, 36),
        after_paragraph=3,
        label="За матеріалами",
        title="Нового голосу України",
    )
    found = understand([cut], "https://paper.example/1")
    assert found is not None
    assert (found.outlet, found.outlet_home) == ("The New Voice of Ukraine", "https://english.nv.ua")
    assert found.outlet_as_written == "Нового голосу України"


def test_every_catalogued_name_leads_home() -> None:
    for entry in load_catalogue().entries:
        for name in entry.names:
            found = bearers(name)
            assert len(found) != 1 or found[0].home == entry.spec.home, (entry.spec.slug, name, found)


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_any_words_can_be_looked_up(written: str) -> None:
    bearers(written)
    assert stem_key(stem_key(written)) is not None


def test_an_agency_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match="an agency has name"):
        parse_agencies('[[agency]]\nname = "A"\nnames = []\nhost = ["a.example"]\n')
    with pytest.raises(ValueError, match="lists of texts"):
        parse_agencies('[[agency]]\nname = "A"\nnames = []\nhosts = []\n')


# --- places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "agency", "host"),
    [
        ("KYIV, Jan 27 (Reuters) - The bridge opened on Monday, officials said.", "Reuters", "reuters.com"),
        ("(Reuters) - The bridge opened on Monday, officials said.", "Reuters", "reuters.com"),
        ("KIEW (dpa/Reuters) – Die Brücke ist am Montag eröffnet worden.", "Reuters", "reuters.com"),
        ("كييف (رويترز) - افتتح الجسر يوم الاثنين بحضور مسؤولين", "Reuters", "reuters.com"),
        ("Київ. 28 січня. УНІАН. Міст через річку відкрили в понеділок.", "UNIAN", "unian.net"),
        ("МОСКВА, 27 янв - РИА Новости. Мост через реку открыли.", "RIA Novosti", "ria.ru"),
        ("МОСКВА, 27 января. /ТАСС/. Мост через реку открыли.", "TASS", "tass.ru"),
        ("新华社北京1月28日电 大桥星期一通车", "Xinhua", "news.cn"),
        ("【キーウ共同】橋が月曜日に開通した。", "Kyodo News", "english.kyodonews.net"),
    ],
)
def test_a_dateline_names_the_agency(opening: str, agency: str, host: str) -> None:
    copy = piece(1, paragraphs=(opening, "Crowds came to see it at noon."))
    original = piece(2, outlet=agency, host=host, paragraphs=(opening,))
    found = names_each_other(copy, original, known_as)
    assert found.first_names_second[0].startswith(f"dateline names {agency}")
    assert found.second_names_first == ()
    assert names_each_other(original, copy, known_as).second_names_first == found.first_names_second


@pytest.mark.parametrize(
    "fields",
    [
        {"authors": ("Reuters",)},
        {"authors": ("Ann Example, Reuters",)},
        {"authors": ("Ann Example for Reuters",)},
        {"paragraphs": ("The bridge opened on Monday.", "Crowds came to see it at noon, he said. (Reuters)")},
        {
            "paragraphs": (
                "The bridge opened on Monday.",
                "Crowds came to see it at noon, he said. (dpa/Reuters)",
            )
        },
        {"paragraphs": ("The bridge opened on Monday.", "Crowds came to see it at noon, he said — Reuters")},
        {"paragraphs": ("The bridge opened on Monday.", "AP/Reuters")},
    ],
)
def test_bylines_and_signatures_name_the_agency(fields: dict[str, object]) -> None:
    found = names_each_other(piece(1, **fields), piece(2, **REUTERS), known_as)
    assert found.first_names_second
    assert "Reuters" in found.first_names_second[0]
    assert found.third == ()


@pytest.mark.parametrize(
    "attribution",
    [
        line("اقرأ المقال الأصلي عن صوت أوكرانيا الجديد", "صوت أوكرانيا الجديد"),
        line("Джерело: за матеріалами Нового голосу України", None),
        line("Читайте оригінал тут", "тут", "https://english.nv.ua/nation/bridge.html"),
        line("Read the original article on The New Voice of Ukraine", "The New Voice of Ukraine"),
        line("Source: nv.ua", "nv.ua"),
    ],
)
def test_an_attribution_line_names_the_outlet(attribution: Attribution) -> None:
    found = names_each_other(piece(1, attribution=attribution), piece(2, **NV), known_as)
    assert found.first_names_second == (
        f"attribution line names The New Voice of Ukraine: “{attribution.text}”",
    )


def test_an_outlet_nobody_knows_is_recognised_by_its_own_name() -> None:
    attribution = line("Originally published by The River Gazette", "The River Gazette")
    gazette = piece(2, outlet="River Gazette", host="river.example")
    found = names_each_other(piece(1, attribution=attribution), gazette, lambda _: frozenset())
    assert found.first_names_second


def test_a_third_outlet_is_said_to_be_one() -> None:
    copies = [
        piece(n, paragraphs=("KYIV (Reuters) - The bridge opened on Monday.", "It is long.")) for n in (1, 2)
    ]
    found = names_each_other(copies[0], copies[1], known_as)
    assert (found.first_names_second, found.second_names_first) == ((), ())
    assert found.third == (
        "Paper 1: dateline names another outlet, Reuters",
        "Paper 2: dateline names another outlet, Reuters",
    )


def test_a_line_that_links_elsewhere_is_about_elsewhere() -> None:
    elsewhere = line("Source: NV", "Source", "https://reuters.com/world/1")
    found = names_each_other(piece(1, attribution=elsewhere), piece(2, **NV), known_as)
    assert found.first_names_second == ()
    assert len(found.third) == 1


def test_articles_of_one_outlet_do_not_name_each_other() -> None:
    one = piece(1, **REUTERS, paragraphs=("KYIV (Reuters) - The bridge opened on Monday.",))
    assert names_each_other(one, replace(one, id=9, url="https://reuters.com/9"), known_as) == Names()


def test_an_outlet_mentioned_in_passing_is_no_source() -> None:
    passing = piece(
        1,
        paragraphs=("The head of Reuters (72) crossed the bridge on Monday, ministers said.", "It is long."),
    )
    assert names_each_other(passing, piece(2, **REUTERS), known_as) == Names()


@given(st.text(string.printable + "()—/«»רויترز", max_size=80), st.text(max_size=40))
@settings(max_examples=100)
def test_any_text_can_be_asked(body: str, author: str) -> None:
    odd = piece(1, paragraphs=(body, author), authors=(author,), attribution=line(body, author or None))
    found = names_each_other(odd, piece(2, **NV), known_as)
    swapped = names_each_other(piece(2, **NV), odd, known_as)
    assert (found.first_names_second, found.second_names_first) == (
        swapped.second_names_first,
        swapped.first_names_second,
    )


# --- credits in the text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "outlet", "host"),
    [
        (
            "The bridge has opened, the minister told Ukrainska Pravda on Monday.",
            "Ukrainska Pravda",
            "pravda.com.ua",
        ),
        ("According to the news agency Reuters, the bridge has opened.", "Reuters", "reuters.com"),
        ("The bridge has opened, Reuters reported on Monday.", "Reuters", "reuters.com"),
        (
            "Міст відкрили, пише Українська правда з посиланням на міністра.",
            "Ukrainska Pravda",
            "pravda.com.ua",
        ),
        ("Про це повідомляє «Українська правда».", "Ukrainska Pravda", "pravda.com.ua"),
        ("Мост открыли, сообщили изданию «Медуза» в министерстве.", "Meduza", "meduza.io"),
        ("Об этом министр рассказал в интервью Медузе.", "Meduza", "meduza.io"),
        ("افتتح الجسر يوم الاثنين بحسب وكالة رويترز نقلا عن الوزير", "Reuters", "reuters.com"),
        ("وقال الوزير لصوت أوكرانيا الجديد في مقابلة إن الجسر مفتوح", "NV", "english.nv.ua"),
        ("Die Brücke ist offen, berichtet der Spiegel am Montag.", "Der Spiegel", "spiegel.de"),
        ("Köprü açıldı, Anadolu Ajansının haberine göre Pazartesi günü.", "Anadolu Agency", "aa.com.tr"),
        ("The bridge has opened, The River Gazette reported.", "River Gazette", "river.example"),
    ],
)
def test_a_text_credits_the_outlet(sentence: str, outlet: str, host: str) -> None:
    copy = piece(1, paragraphs=("The bridge is long.", sentence, "Crowds came to see it at noon, he said."))
    found = names_each_other(copy, piece(2, outlet=outlet, host=host), known_as)
    (line,) = found.first_names_second
    assert line.startswith(f"its text credits {outlet}: “")
    assert line.removeprefix(f"its text credits {outlet}: “").removesuffix("”") in sentence
    assert found.second_names_first == ()


@pytest.mark.parametrize(
    ("sentence", "outlet", "host"),
    [
        (
            "The head of Reuters resigned on Monday after the bridge had opened at last.",
            "Reuters",
            "reuters.com",
        ),
        ("He told them to focus on the bridge.", "Focus Online", "focus.de"),
        (
            "According to the National Health Service the bridge has opened.",
            "The National",
            "thenationalnews.com",
        ),
        ("According to Business Insider the bridge has opened.", "The Insider", "theins.ru"),
        ("Leaders said on Monday that the bridge had opened.", "Leaders", "leaders.com.tn"),
        ("Правда о мосте, сообщил министр, никому не нужна.", "Ukrainska Pravda", "pravda.com.ua"),
        ("According to the minister the bridge has opened.", "Paper 2", "paper-2.example"),
    ],
)
def test_a_text_about_an_outlet_credits_nobody(sentence: str, outlet: str, host: str) -> None:
    copy = piece(1, paragraphs=(sentence, "Crowds came to see it at noon, he said."))
    assert names_each_other(copy, piece(2, outlet=outlet, host=host), known_as) == Names()
