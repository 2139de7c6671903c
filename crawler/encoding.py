"""Undoing Content-Encoding with a limit on what comes out (RFC 9110 8.4), because four kilobytes can hold
four gigabytes (Scrapy GHSA-7j7m-v7m3-jqm7, CVE-2025-6176). No I/O."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Final

import brotli
import zstandard

from crawler.failures import FetchError, fetch_error
from pipeline.types import FailureClass

_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
#: how markup, JSON and byte order marks begin
_TEXT_STARTS: Final = (b"<", b"{", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
#: so many bytes without a binary one are no accident
_SURE_TEXT: Final = 64
_MAX_CODINGS: Final = 4
#: members of one gzip file or frames of one zstd stream; each costs a copy of the rest
_MAX_PARTS: Final = 256
#: the largest window a zstd response may ask for (RFC 9659)
_ZSTD_WINDOW: Final = 8 * 1024 * 1024
_CHUNK: Final = 64 * 1024
#: bytes that text does not contain
_BINARY: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b")


class _BrokenError(ValueError):
    """The stream is not what its name says, or ends early."""


class _TooLongError(ValueError):
    """More comes out than may."""


def decode_body(body: bytes, content_encoding: str, *, limit: int, cut: bool = False) -> bytes:
    """``body`` as it was before the codings in ``content_encoding`` (the header's value) were applied.

    ``limit`` is the most bytes to give out; with ``cut`` what is beyond it, or after a break, is dropped
    instead of being a fault. A body that is plain although the header says otherwise is taken as it is, and
    one that is still a gzip file after decoding (``sitemap.xml.gz``) is unpacked. Raises FetchError.
    """
    try:
        for coding in reversed(_codings(content_encoding)):
            body = _undo(body, coding, limit, cut=cut)
        if body.startswith(_GZIP_MAGIC):
            body = _gunzip(body, limit, cut=cut)
    except _TooLongError:
        raise too_large(limit) from None
    except _BrokenError as error:
        raise fetch_error(FailureClass.HTTP, f"the compressed answer is broken: {error}") from None
    return body


def too_large(limit: int) -> FetchError:
    """The error for an answer of more than ``limit`` bytes."""
    return fetch_error(FailureClass.TOO_LARGE, f"the answer is larger than {limit / 1048576:.3g} MiB")


def _codings(header: str) -> list[str]:
    names = [name.strip().lower() for name in header.split(",")]
    codings = [name for name in names if name and name != "identity"]
    if len(codings) > _MAX_CODINGS:
        raise _BrokenError(f"{len(codings)} content encodings")
    return codings


def _undo(body: bytes, coding: str, limit: int, *, cut: bool) -> bytes:
    if not body:
        return body
    undo = _DECODERS.get(coding)
    if undo is None:
        if _looks_plain(body):
            return body
        raise _BrokenError(f"unknown content encoding {coding[:40]}")
    try:
        return undo(body, limit, cut=cut)
    except _BrokenError:
        if _looks_plain(body):
            return body
        raise


def _looks_plain(body: bytes) -> bool:
    """Whether the body starts like text, which no compressed stream does."""
    head = body[:256]
    if head.startswith(_TEXT_STARTS):
        return True
    return len(head) >= _SURE_TEXT and len(head.translate(None, _BINARY)) == len(head)


def _gunzip(body: bytes, limit: int, *, cut: bool) -> bytes:
    """All members of a gzip file; other bytes after the last member are ignored, as browsers do."""
    if not body.startswith(_GZIP_MAGIC):
        raise _BrokenError("not gzip")
    out = bytearray()
    for _ in range(_MAX_PARTS):
        part, body = _inflate(body, zlib.MAX_WBITS | 16, limit - len(out), cut=cut)
        out += part
        if not body.startswith(_GZIP_MAGIC) or (cut and len(out) >= limit):
            return bytes(out)
    raise _BrokenError("too many parts")


def _deflate(body: bytes, limit: int, *, cut: bool) -> bytes:
    """zlib as the RFC says, or raw deflate as many servers send."""
    try:
        return _inflate(body, zlib.MAX_WBITS, limit, cut=False)[0]
    except _BrokenError:
        # ``cut`` forgives an early end, so it may only count once the right form is known.
        wbits = zlib.MAX_WBITS if _zlib_header(body) else -zlib.MAX_WBITS
        return _inflate(body, wbits, limit, cut=cut)[0]
    except _TooLongError:
        if not cut:
            raise
        return _inflate(body, zlib.MAX_WBITS, limit, cut=True)[0]


def _zlib_header(body: bytes) -> bool:
    return len(body) >= 2 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _inflate(body: bytes, wbits: int, limit: int, *, cut: bool) -> tuple[bytes, bytes]:
    """One deflate stream and what follows it."""
    stream = zlib.decompressobj(wbits)
    try:
        out = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise _BrokenError(str(error)) from None
    if len(out) > limit:
        if not cut:
            raise _TooLongError
        return out[:limit], b""
    if not stream.eof and not cut:
        raise _BrokenError("it ends early")
    return out, stream.unused_data


def _unbrotli(body: bytes, limit: int, *, cut: bool) -> bytes:
    stream = brotli.Decompressor()
    out = bytearray()
    pending = body
    try:
        while not stream.is_finished():
            part = stream.process(pending, output_buffer_limit=_CHUNK)
            out += part
            pending = b""
            if len(out) > limit or (not part and stream.can_accept_more_data()):
                break
    except brotli.error as error:
        raise _BrokenError(str(error)) from None
    return _bounded(bytes(out), limit, finished=stream.is_finished(), cut=cut)


def _unzstd(body: bytes, limit: int, *, cut: bool) -> bytes:
    if not body.startswith(_ZSTD_MAGIC) and not 0x50 <= body[0] <= 0x5F:  # the latter: skippable frames
        raise _BrokenError("not zstd")
    plain = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    reader = plain.stream_reader(io.BytesIO(body), read_across_frames=True)
    out = bytearray()
    try:
        while len(out) <= limit and (part := reader.read(_CHUNK)):
            out += part
        # The reader ends as quietly on half a frame as on a whole one: a bounded stream is read once more.
        finished = len(out) > limit or _whole_frames(plain, body)
    except zstandard.ZstdError as error:
        raise _BrokenError(str(error)) from None
    return _bounded(bytes(out), limit, finished=finished, cut=cut)


def _whole_frames(plain: zstandard.ZstdDecompressor, body: bytes) -> bool:
    for _ in range(_MAX_PARTS):
        frame = plain.decompressobj()
        frame.decompress(body)
        if not frame.eof:
            return False
        body = frame.unused_data
        if not body:
            return True
    raise _BrokenError("too many parts")


def _bounded(out: bytes, limit: int, *, finished: bool, cut: bool) -> bytes:
    if len(out) > limit and not cut:
        raise _TooLongError
    if not finished and not cut:
        raise _BrokenError("it ends early")
    return out[:limit]


_DECODERS: Final[dict[str, Callable[..., bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
