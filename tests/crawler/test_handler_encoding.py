"""Content encodings come off, but never grow beyond the limit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.encoding import decode_body
from crawler.failures import FetchError

MIB = 1024 * 1024


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


CODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
}
each_coder = pytest.mark.parametrize("name", CODERS)


@each_coder
@settings(max_examples=25)
@given(body=st.binary(min_size=1, max_size=3000))
def test_undoes_what_servers_do(name: str, body: bytes) -> None:
    header, coder = CODERS[name]
    expected = b"<" + body
    assert decode_body(coder(expected), header.upper(), limit=MIB) == expected


@each_coder
def test_stops_at_the_limit(name: str) -> None:
    header, coder = CODERS[name]
    bomb = coder(b" " * (20 * MIB))
    with pytest.raises(FetchError, match="larger than 1 MiB"):
        decode_body(bomb, header, limit=MIB)
    assert decode_body(bomb, header, limit=MIB, cut=True) == b" " * MIB


@each_coder
def test_the_limit_itself_fits(name: str) -> None:
    header, coder = CODERS[name]
    assert len(decode_body(coder(b"x" * 5000), header, limit=5000)) == 5000
    with pytest.raises(FetchError):
        decode_body(coder(b"x" * 5001), header, limit=5000)


@each_coder
@settings(max_examples=25)
@given(share=st.floats(0.1, 0.95))
def test_a_stream_that_ends_early_is_broken(name: str, share: float) -> None:
    header, coder = CODERS[name]
    body = coder(bytes(number * number % 251 for number in range(20_000)))
    with pytest.raises(FetchError, match="broken"):
        decode_body(body[: int(len(body) * share)], header, limit=MIB)


@each_coder
@settings(max_examples=40)
@given(body=st.binary(min_size=64, max_size=400))
def test_junk_gives_bytes_or_one_error(name: str, body: bytes) -> None:
    with suppress(FetchError):
        assert len(decode_body(body, CODERS[name][0], limit=MIB)) <= MIB


@pytest.mark.parametrize("header", ["gzip", "deflate", "br", "zstd", "utf-8", "none", "x-snappy"])
def test_a_plain_body_is_taken_plain(header: str) -> None:
    assert decode_body(b'<?xml version="1.0"?><rss/>', header, limit=MIB) == b'<?xml version="1.0"?><rss/>'


def test_stacked_codings() -> None:
    twice = gzip.compress(brotli.compress(b"<rss/>"))
    assert decode_body(twice, "br, gzip", limit=MIB) == b"<rss/>"
    assert decode_body(b"<rss/>", ", ".join(["identity"] * 2000), limit=MIB) == b"<rss/>"
    with pytest.raises(FetchError, match="5 content encodings"):
        decode_body(twice, "gzip, gzip, gzip, gzip, gzip", limit=MIB)


def test_files_in_parts_and_gz_files() -> None:
    assert decode_body(gzip.compress(b"<a>") + gzip.compress(b"</a>"), "gzip", limit=MIB) == b"<a></a>"
    assert (
        decode_body(zstandard.compress(b"<a>") + zstandard.compress(b"</a>"), "zstd", limit=MIB) == b"<a></a>"
    )
    assert decode_body(gzip.compress(b"<urlset/>"), "", limit=MIB) == b"<urlset/>"
    with pytest.raises(FetchError, match="too many parts"):
        decode_body(gzip.compress(b"") * 5000, "gzip", limit=MIB)


@pytest.mark.parametrize("header", ["gzip", "br", ""])
def test_nothing_stays_nothing(header: str) -> None:
    assert decode_body(b"", header, limit=MIB) == b""
