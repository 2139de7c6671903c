"""Character sets nobody declares, and text that was encoded twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.decode import charset, decode
from pipeline.extract.twice import mended, shows_in
from pipeline.read import read_page

JAPANESE = "港の市場は日曜日も開くことになった。千人の署名を受けて、町長が決定を取り消したためだ。"
SIMPLIFIED = "这是一个小城的故事。图书馆说,他们要在星期天开门,因为人们都有时间来。"
TRADITIONAL = "這是一個小城的故事。圖書館說,他們要在星期天開門,因為人們都有時間來。"
KOREAN = "시장은 일요일에도 문을 열기로 했다. 천 명이 서명한 뒤에 결정을 바꾸었다."
UKRAINIAN = "Ринок працюватиме і в неділю, бо так попросили мешканці міста."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gb2312"),
        (TRADITIONAL, "big5"),
        (KOREAN, "euc_kr"),
        (UKRAINIAN, "windows-1251"),
    ],
)
@pytest.mark.parametrize("times", [1, 30])
def test_a_set_that_nobody_declares_is_found(text: str, name: str, times: int) -> None:
    html = "<html><body>" + f"<table><tr><td><font size=2>{text}<br><br></font></table>" * times
    assert decode(html.encode(name)) == html


PLAIN = "The café’s owner — “Zoë” — said: it doesn’t matter, the façade won’t be touched…"
ARABIC = "قالت البلدية إن السوق سيفتح يوم الأحد أيضًا بعد أن طلب السكان ذلك"


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize("text", [PLAIN, "«Ринок відкрито», — каже мер міста"])
def test_text_encoded_twice_is_mended(text: str, wrong: str) -> None:
    page = "<html lang=en><article>" + f"<p>{text} It was the third time that day.</p>" * 4 + "</article>"
    # What windows-1252 does not have, those who confuse the sets pass through as it is.
    signs = [bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in page.encode()]
    once = "".join(signs)
    article = read_page(once.encode(), "https://paper.example/a")
    assert article.paragraphs[0].startswith(text)


@pytest.mark.parametrize(
    "text",
    [
        "« Le café », dit-il, et « l’été » ! À l’ÉCOLE» ou «CAFÉ»\u00a0: «\u00a0thé\u00a0»\u00a0; É’, È”, À–",
        "A IRMÃ» e a «MANHû, disse; ÂNGELO°, 20 °C",
        "Die Straße „Übermaß“ – §\u00a05 Ä»",
        "Ø»: smørrebrød på Ærø, Ångström",
        "An example of what goes wrong is Ã© for é.",
        JAPANESE,
        UKRAINIAN,
        ARABIC,
    ],
)
def test_text_that_is_as_it_was_meant_shows_nothing(text: str) -> None:
    assert not shows_in(text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aé èüößñ’“”—€ абвгдїєъьшщ سوق 港の市", max_size=60))
def test_what_was_encoded_twice_comes_back(text: str) -> None:
    assert mended(text.encode().decode("latin-1")) == text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_set(body: bytes) -> None:
    assert isinstance(decode(body), str)
    body.decode(charset(body), "replace")
