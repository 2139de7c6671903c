"""What reaches a terminal: nothing that steers it, lines that fit it."""

import io
from typing import TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from presswatch.cli.terminal import rtl_line, safe, shorten, table


class Screen(io.StringIO):
    """A stdout that says it is a terminal."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07ok", "[2J]0;titleok"),
        ("\x9b31mred\r\x08\x7f", "31mred"),
        ("a\tb\nc", "a\tb\nc"),
        ("user\u202egnp.exe\u2066\u2069", "usergnp.exe"),
        ("می\u200cخواهم 👩\u200d🚀", "می\u200cخواهم 👩\u200d🚀"),
        ("\ud800x", "\ufffdx"),
    ],
)
def test_safe(written: str, shown: str) -> None:
    assert safe(written) == shown


@pytest.mark.parametrize(
    ("stream", "shown"),
    [
        (Screen("utf-8"), "\u2067iPhone: مراجعة\u2069\n\n\u2067ب\u2069"),
        (Screen("latin-1"), "iPhone: مراجعة\n\nب"),
        (io.StringIO(), "iPhone: مراجعة\n\nب"),
    ],
)
def test_right_to_left_lines_are_isolated_on_terminals_only(
    stream: TextIO, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", stream)
    assert rtl_line("iPhone:\u2069 مراجعة\n\n\x1bب") == shown


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.integers(1, 30))
def test_shortened_text_fits(text: str, cells: int) -> None:
    plain = " ".join(safe(text).split())
    short = shorten(plain, cells)
    assert cell_len(short) <= cells
    assert short == plain or short.endswith("…")


def test_a_cut_isolate_stays_closed() -> None:
    assert shorten("\u2067" + "ش" * 20 + "\u2069", 5) == "\u2067شششش…\u2069"


ROWS = [
    ("1", "uk", "Рада ухвалила закон про державний бюджет"),
    ("23", "ja", "日本経済新聞のニュース一覧です"),
    ("456", "ar", "أعلن مُحَمَّد عن القاهرة"),
]


def test_columns_stand_below_each_other() -> None:
    lines = table(ROWS, ("id", "lang", "title"), None).split("\n")
    assert lines[0] == " id  lang  title"
    assert lines[1] == "  1  uk    Рада ухвалила закон про державний бюджет"
    assert lines[3].startswith("456  ar    أعلن")


@pytest.mark.parametrize("width", [30, 40, 60, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    for line in table(ROWS, ("id", "lang", "title"), width).split("\n"):
        assert cell_len(line) <= width


def test_the_widest_column_gives_way_first() -> None:
    rows = [("short", "a title much longer than everything else around it")]
    assert table(rows, ("a", "b"), 30).split("\n")[1] == "short  a title much longer th…"


def test_a_narrow_terminal_still_gets_something() -> None:
    assert "title" in table(ROWS, ("id", "lang", "title"), 5)


def test_a_line_feed_in_a_cell_does_not_break_the_table() -> None:
    assert table([("a\nb", "c")], ("x", "y"), None) == "x    y\na b  c"
    assert table([], ("x", "y"), 80) == "x  y"
