"""Folding, cleaning, words, search queries, direction: what readers and searchers rely on."""

import re
import sqlite3
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text import (
    body_hash,
    clean,
    direction,
    fold,
    fold_with_offsets,
    fts_query,
    search_text,
    words,
)

# Plain text never meets the awkward corners; these characters are in most of them.
AWKWARD = (
    "иіЙЇ\u0306\u0308\u0301\u0345ßİıﬁʼ'’п ء\u0640\u064e\ufe71\ufcf2ﾞｶ가ᄀ\u1161\u11a8\u200d\u202e\xad"
    "\x00\x1f\t\n٣३\ud800"
)
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(AWKWARD)), max_size=40)


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("مُحَمَّد", "محمد"),
        ("كتـــاب", "كتاب"),
        ("أحمد إلى آخر ٱلبيت", "احمد الي اخر البيت"),
        ("مسؤول شئون سماء", "مسوول شيون سما"),
        ("القاهرة", "القاهره"),
        ("کابل ایران", "كابل ايران"),
        ("می‌خواهم", "میخواهم"),
        ("Ёлка", "елка"),
        ("за́мок", "замок"),
        ("п’ять", "п'ять"),
        ("пʼять", "пять"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ørsted Đorđe Æther", "orsted dorde aether"),
        ("İstanbul", "istanbul"),
        ("ısı", "isi"),
        ("Αθήνα ΟΔΟΣ", "αθηνα οδος"),
        ("٢٠٢٦ ۱۲ १२", "2026 12 12"),
        ("ﬁnance ｆｕｌｌ", "finance full"),
        ("“so” — said", '"so" - said'),
        ("a\u200bb\u202ec\u00a0\n d", "abc d"),
        ("שָׁלוֹם", "שלום"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_spellings_of_one_word_fold_alike(written: str, sought: str) -> None:
    assert fold(written) == fold(sought)


@pytest.mark.parametrize(
    ("one", "other"), [("кий", "кии"), ("її", "іі"), ("Й", "И"), ("が", "か"), ("हिन्दी", "हन्द")]
)
def test_different_letters_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert fold(unicodedata.normalize("NFD", one)) == fold(one)


def test_an_elided_article_keeps_its_apostrophe() -> None:
    assert words("l’homme, don't") == ["l", "homme", "don", "t"]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_folding_is_idempotent_and_its_offsets_agree(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    by_offsets, offsets = fold_with_offsets(text)
    assert by_offsets == folded
    assert len(offsets) == len(folded)
    assert list(offsets) == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


def test_every_character_of_the_basic_plane_folds_stably() -> None:
    text = " ".join(map(chr, range(0x20, 0x3400)))
    assert fold(fold(text)) == fold(text)


def test_a_hit_is_found_in_the_original() -> None:
    text = "Той самий  ПʼЯТИЙ  поверх"
    folded, offsets = fold_with_offsets(text)
    start = folded.index(fold("п'ятий"))
    assert text[offsets[start] :].startswith("ПʼЯТИЙ")


def test_folding_is_linear() -> None:
    text = "и\u0301" * 50_000 + "\u0301" * 100_000 + "' " * 50_000
    started = time.process_time()
    fold(text)
    assert time.process_time() - started < 5


# --- cleaning -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dirty", "stored"),
    [
        ("e\u0301", "é"),
        ("a\x1b[31mb\x9bc\x00", "a[31mbc"),
        ("user\u202egnp.exe\u2066x\u2069", "usergnp.exex"),
        ("\u200fשלום\u200e", "שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 ❤\ufe0f", "👩\u200d🚀 ❤\ufe0f"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 hid\U000e0041\U000e0042den", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 hidden"),
        ("a\u00a0\u2003b \r\n\t c ", "a b c"),
        ("x\ud83d\ude00y\ud800z\ufffe\ufeff\u00ad", "x😀yz"),
        ("", ""),
    ],
)
def test_cleaning_takes_out_what_nobody_sees(dirty: str, stored: str) -> None:
    assert clean(dirty) == stored


def test_lines_are_kept_when_asked_for() -> None:
    assert clean(" one \r\n\n two\u2028three\t x \n", keep_lines=True) == "one\n\ntwo\nthree x"


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.booleans())
def test_cleaning_is_idempotent_and_storable(text: str, keep_lines: bool) -> None:
    cleaned = clean(text, keep_lines=keep_lines)
    assert clean(cleaned, keep_lines=keep_lines) == cleaned
    assert len(cleaned.encode()) >= len(cleaned)
    assert all(char == "\n" or unicodedata.category(char) != "Cc" for char in cleaned)


# --- words and hashes -----------------------------------------------------------------------------------


def test_words_of_scripts_with_and_without_spaces() -> None:
    assert words("हिन्दी में, 日本の ニュース 뉴스! foo_bar") == [
        *("हिन्दी", "में", "日", "本", "の", "ニ", "ュ", "ー", "ス", "뉴스", "foo", "bar")
    ]


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_words_of_ascii_are_letters_and_digits(s: str) -> None:
    assert words(s) == re.findall("[a-z0-9]+", fold(s))


def test_the_body_hash_sees_words_only() -> None:
    body = ["Рада ухвалила закон.", "«Це» — важливо, п'ять"]
    assert body_hash(body) == body_hash(["рада  ухвалила ЗАКОН; це", "важливо п’ять\u200b"])
    assert body_hash(body) != body_hash([*body, "нове"])
    assert body_hash(["ab", "c"]) != body_hash(["a", "bc"])
    assert len(body_hash([])) == 64


# --- searching ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
    db.execute(f'CREATE VIRTUAL TABLE t USING fts5(body, tokenize="{tokenize}")')
    return db


def hits(db: sqlite3.Connection, query: str, texts: list[str]) -> list[int]:
    db.execute("DELETE FROM t")
    db.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", enumerate(map(search_text, texts)))
    found = db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", (fts_query(query),))
    return [row for (row,) in found]


TEXTS_TO_FIND = [
    "Drone attack on Kyiv",
    "Дрони над Києвом, Київ уночі",
    "The economy of Łódź: economists and drone makers",
    "أعلن مُحَمَّد عن القاهرة",
    "日本経済新聞のニュース",
    "co-operation in Kyiv without drones",
    "NOT a test OR AND near",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("drone kyiv", [0]),
        ("kyiv drone", [0]),
        ("Kyiv OR Київ", [0, 1, 5]),
        ("drone Kyiv OR Łodz", [0, 2]),
        ('"attack on kyiv"', [0]),
        ('"kyiv on attack"', []),
        ("«attack on kyiv»", [0]),
        ("econom*", [2]),
        ("econom", []),
        ('"drone mak"*', [2]),
        ("kyiv -drones", [0]),
        ("kyiv NOT drones", [0]),
        ('kyiv -"attack on"', [5]),
        ("محمد القاهره", [3]),
        ("経済", [4]),
        ("済経", []),
        ("co-operation", [5]),
        ("cooperation", []),
        ("(drone OR київ) kyiv", [0]),
        ("test near not", [6]),
        ("дрони AND київ", [1]),
        ('"kyiv without', [5]),
    ],
)
def test_queries_find(index: sqlite3.Connection, query: str, found: list[int]) -> None:
    assert hits(index, query, TEXTS_TO_FIND) == found


@pytest.mark.parametrize(
    "query", ["", "  ", '"', '""', "*", "-", "-kyiv", "NOT kyiv", "OR", "()", "«»", "😀", "^:{}"]
)
def test_nothing_positive_asked_for_is_no_query(query: str) -> None:
    assert fts_query(query) == ""


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        TEXTS,
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "OR",
                    "AND",
                    "NOT",
                    "NEAR",
                    '"',
                    "*",
                    "-",
                    "(",
                    ")",
                    "^",
                    ":",
                    "+",
                    "{",
                    "}",
                    "b c",
                    "日",
                    "'",
                    ",",
                ]
            ),
            max_size=12,
        ).map(" ".join),
    )
)
def test_no_input_is_a_syntax_error(index: sqlite3.Connection, query: str) -> None:
    match = fts_query(query)
    if match:
        index.execute("SELECT rowid FROM t WHERE t MATCH ?", (match,)).fetchall()


def test_a_very_long_query_is_answered(index: sqlite3.Connection) -> None:
    for query in (
        " ".join(f"w{n}" for n in range(3000)),
        " OR ".join(f"w{n}" for n in range(3000)),
        "x-" * 3000,
    ):
        index.execute("SELECT rowid FROM t WHERE t MATCH ?", (fts_query(query),)).fetchall()


# --- direction ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "", "rtl"),
        ("uk", "", "ltr"),
        (None, "", "ltr"),
        (None, "قالت الحكومة", "rtl"),
        ("en", "قالت الحكومة اليوم إن", "rtl"),
        ("ar", "iPhone 15 Pro Max: مراجعة", "rtl"),
        ("ar", "An English page of an Arabic outlet", "ltr"),
        ("en", "The word سلام means peace", "ltr"),
        ("az-Arab", "", "rtl"),
        ("ku", "Rojnameya kurdî", "ltr"),
        ("he-IL", "2026", "rtl"),
        ("PS_AF", "", "rtl"),
    ],
)
def test_direction(language: str | None, text: str, expected: str) -> None:
    assert direction(language, text) == expected


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text(st.characters(max_codepoint=0x180))), st.booleans())
def test_plain_text_takes_the_short_way_to_the_same_result(text: str, keep_lines: bool) -> None:
    """A zero-width no-break space vanishes in both, but its search is the thorough one."""
    hidden = "\ufeff"
    assert fold(text) == fold(hidden + text)
    assert clean(text, keep_lines=keep_lines) == clean(text + hidden, keep_lines=keep_lines)


@pytest.mark.parametrize(
    "text",
    [
        "`It's` a  \t Test\n",
        "a\x1fb",
        "x\x0by",
        " two\r\nlines ",
        "\u3164a",
        "e\u0301\xa0 \u2028b",
        "ﬁn — “so”",
    ],
)
def test_the_short_way_knows_its_limits(text: str) -> None:
    assert fold(text) == fold(f"\ufeff{text}")
    for keep_lines in (False, True):
        assert clean(text, keep_lines=keep_lines) == clean(f"{text}\ufeff", keep_lines=keep_lines)
