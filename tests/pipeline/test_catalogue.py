"""The catalogue: every packaged file is sound, and the outlets are found by what people write."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

import pipeline.catalogue
from pipeline.catalogue.loader import build_catalogue, load_catalogue
from pipeline.catalogue.parse import parse_entry
from pipeline.types import OutletSpec

DATA = Path(pipeline.catalogue.__file__).parent / "data"
FILES = sorted(DATA.glob("*/*.toml"))

GAZETTE = """
id = "gazette"
name = "The Gazette"
home = "https://gazette.example/"
country = "GB"
language = "en"
timezone = "Europe/London"
hosts = ["gazette.example"]
[names]
ru = ["Газета", "Вестник"]
[[feeds]]
url = "https://gazette.example/rss"
"""


def second(**changes: str) -> str:
    """A second outlet's file, with some values written otherwise."""
    values = {"gazette": "herald", "The Gazette": "The Herald", "Вестник": "Вестник-2"} | changes
    text = GAZETTE
    for old, new in values.items():
        text = text.replace(old, new)
    return text


def slug_of(outlet: OutletSpec | None) -> str | None:
    return outlet.slug if outlet else None


# --- the packaged files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_packaged_file_is_complete(file: Path) -> None:
    spec = parse_entry(file.read_text("utf-8"), file.name).spec
    assert (file.parent.name, file.stem) == ((spec.country or "").lower(), spec.slug)
    assert Locale.parse("und_" + (spec.country or "")).territory_name != spec.country
    assert ZoneInfo(spec.timezone or "")
    languages = {spec.language, *spec.names, *(feed.language for feed in spec.feeds)}
    assert all(Locale.parse(language or "").english_name for language in languages)
    check_addresses(spec)


def check_addresses(spec: OutletSpec) -> None:
    urls = [url for feed in spec.feeds for url in (feed.url, *feed.alternatives)]
    assert len(set(urls)) == len(urls)
    assert spec.home.startswith("https://")
    assert all(feed.url.startswith("https://") for feed in spec.feeds)
    assert slug_of(load_catalogue().by_host(spec.home.split("/")[2])) == spec.slug


def test_catalogue_is_broad() -> None:
    outlets = load_catalogue().outlets
    assert len(outlets) == len(FILES) >= 120
    assert len({feed.language for outlet in outlets for feed in outlet.feeds}) >= 15
    assert [outlet.slug for outlet in outlets] == sorted(outlet.slug for outlet in outlets)


def test_feeds_are_polled_once() -> None:
    urls = [feed.url for outlet in load_catalogue().outlets for feed in outlet.feeds]
    assert len(set(urls)) == len(urls)


# --- finding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("صوت أوكرانيا الجديد", "nv"),
        ("صوت اوكرانيا الجديد", "nv"),
        ("The New Voice of Ukraine", "nv"),
        ("  new voice  of UKRAINE ", "nv"),
        ("НВ", "nv"),
        ("english.nv.ua", "nv"),
        ("رويترز", "reuters"),
        ("Українська правда", "pravda"),
        ("Украинская правда", "pravda"),
        ("Би-би-си", "bbc"),
        ("الجزيرة", "aljazeera"),
        ("Медуза", "meduza"),
        ("El Pais", "elpais"),
        ("Nobody's Paper", None),
        ("unknown.example", None),
        ("", None),
    ],
)
def test_outlet_is_found_by_a_written_name(written: str, slug: str | None) -> None:
    assert slug_of(load_catalogue().by_name(written)) == slug


def test_name_of_two_outlets_names_neither() -> None:
    both = build_catalogue([("gb/gazette.toml", GAZETTE), ("gb/herald.toml", second())])
    assert both.by_name("Газета") is None
    assert slug_of(both.by_name("Вестник")) == "gazette"


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("english.nv.ua", "nv"),
        ("www.nv.ua", "nv"),
        ("NV.UA", "nv"),
        ("sport.nv.ua.", "nv"),
        ("news.bbc.co.uk", "bbc"),
        ("evil-nv.ua", None),
        ("nv.ua.evil.example", None),
        ("ua", None),
        ("", None),
    ],
)
def test_outlet_is_found_by_host(host: str, slug: str | None) -> None:
    assert slug_of(load_catalogue().by_host(host)) == slug


@given(st.sampled_from(load_catalogue().outlets), st.from_regex(r"[a-z]{1,8}", fullmatch=True))
@settings(max_examples=50)
def test_every_subdomain_belongs_to_an_outlet(outlet: OutletSpec, label: str) -> None:
    catalogue = load_catalogue()
    assert all(catalogue.by_host(host) is outlet for host in outlet.hosts)
    assert all(catalogue.by_host(f"{label}.{host}") is not None for host in outlet.hosts)


def test_search_takes_the_beginnings_of_words_in_any_script() -> None:
    catalogue = load_catalogue()
    assert "nv" in {outlet.slug for outlet in catalogue.search("new voice ukr")}
    assert [outlet.slug for outlet in catalogue.search("Украинская ПРАВДА")] == ["pravda"]
    assert not catalogue.search("nv nobody-has-this-word")


def test_slug_is_exact_and_a_mistyped_one_gets_a_suggestion() -> None:
    catalogue = load_catalogue()
    assert slug_of(catalogue.get("meduza")) == "meduza"
    assert catalogue.get("Meduza") is None
    assert catalogue.suggest("meduzza") == "meduza"
    assert catalogue.suggest("zzzzzzzzzz") is None


def test_nv_has_its_three_editions() -> None:
    nv = load_catalogue().get("nv")
    assert nv is not None
    assert {feed.language: feed.url for feed in nv.feeds} == {
        "en": "https://english.nv.ua/rss/all.xml",
        "uk": "https://nv.ua/ukr/rss/all.xml",
        "ru": "https://nv.ua/rss/all.xml",
    }


# --- strictness -----------------------------------------------------------------------------------------


def test_values_left_out_of_a_feed_are_the_outlets() -> None:
    feed = parse_entry(GAZETTE, "x").spec.feeds[0]
    assert (feed.language, feed.kind, feed.title, feed.alternatives) == ("en", "feed", None, ())


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id = "gazette"', 'id = "Gazette!"', "id"),
        ('name = "The Gazette"', "", "name"),
        ('name = "The Gazette"', 'nmae = "The Gazette"', "nmae"),
        ("https://gazette.example/rss", "ftp://gazette.example/rss", "ftp"),
        ("https://gazette.example/rss", "https://gazette.example/a b", "a b"),
        ("https://gazette.example/rss", "file:///etc/passwd", "file"),
        ("https://gazette.example/rss", "https://gazette.example/новости", "новости"),
        ('"https://gazette.example/rss"', '"https://gazette.example/rss"\nkind = "podcast"', "podcast"),
        ('"https://gazette.example/rss"', '"https://gazette.example/rss"\nlnaguage = "en"', "lnaguage"),
        ('["gazette.example"]', '["https://gazette.example"]', "hosts"),
        ('["gazette.example"]', '["www.gazette.example"]', "hosts"),
        ('["gazette.example"]', "[]", "hosts"),
        ('country = "GB"', 'country = "gb"', "country"),
        ('language = "en"', 'language = "English"', "language"),
        ('"Europe/London"', '"+01:00"', "timezone"),
        ('ru = ["Газета", "Вестник"]', "ru = []", "ru"),
        ('ru = ["Газета", "Вестник"]', 'Russian = "Газета"', "Russian"),
        ("[[feeds]]", "[feeds]", "feeds"),
        ('id = "gazette"', "id = gazette", "line 2"),
    ],
)
def test_faulty_file_is_refused_by_name(old: str, new: str, problem: str) -> None:
    with pytest.raises(ValueError, match=rf"^gb/gazette\.toml: .*{problem}"):
        build_catalogue([("gb/gazette.toml", GAZETTE.replace(old, new, 1))])


def test_id_and_host_belong_to_one_file() -> None:
    with pytest.raises(ValueError, match=r"^gb/herald\.toml: host gazette\.example is taken by gb/gazette"):
        build_catalogue(
            [
                ("gb/gazette.toml", GAZETTE),
                ("gb/herald.toml", second().replace('["herald.example"]', '["gazette.example"]')),
            ]
        )
    with pytest.raises(ValueError, match=r"^fr/gazette\.toml: id gazette is taken by gb/gazette"):
        build_catalogue([("gb/gazette.toml", GAZETTE), ("fr/gazette.toml", GAZETTE.replace("GB", "FR"))])


@pytest.mark.parametrize("path", ["gb/gazete.toml", "fr/gazette.toml"])
def test_file_lies_where_its_country_and_id_say(path: str) -> None:
    with pytest.raises(ValueError, match=rf"^{path}: .*gb/gazette\.toml"):
        build_catalogue([(path, GAZETTE)])


@given(
    st.integers(0, len(GAZETTE)),
    st.text(max_size=8) | st.sampled_from(["\n", "[", '"', "= 1", "[[feeds]]\n"]),
)
@settings(max_examples=150)
def test_a_damaged_file_raises_nothing_but_value_error(place: int, inserted: str) -> None:
    with suppress(ValueError):
        entry = parse_entry(GAZETTE[:place] + inserted + GAZETTE[place:], "x")
        assert entry.names[0] == entry.spec.name
