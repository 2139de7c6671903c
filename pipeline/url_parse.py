"""http(s) addresses taken apart as browsers do it (WHATWG URL Standard, the part about special schemes).

Browsers forgive white space, backslashes, line breaks inside, missing slashes and strange IP notations, and
feeds and pages are full of them. Anything that is not http(s), or has no usable host, is None.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import unquote

import idna

#: longer addresses are not read: no server takes them, and reading them costs time
MAX_LENGTH = 16_384

Scheme = Literal["http", "https"]

_DEFAULT_PORT = {"http": 80, "https": 443}
_OUTER = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_BROKEN_INSIDE = re.compile(r"[\t\n\r]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# The WHATWG percent-encode sets of the parts.
_PATH_UNSAFE = re.compile(r"[^!$%&\'()*+,\-./0-9:;=@A-Z\[\\\]_a-z|~]+")
_QUERY_UNSAFE = re.compile(r"[^!$%&()*+,\-./0-9:;=?@A-Z\[\\\]^_`a-z{|}~]+")
_FRAGMENT_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\\\]^_a-z{|}~]+")
_USER_UNSAFE = re.compile(r"[^!$%&'()*+,\-.0-9A-Z_a-z~]+")
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_ADDRESS = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(?:0*([0-9]{1,5}))?)?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)
_ZERO_GROUPS = re.compile(r"(?:^|:)0(?::0)+(?=:|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An http(s) address. ``host`` is ASCII, IPv6 in brackets; ``port`` None is the scheme's own.

    ``user`` is ``name`` or ``name:password`` or ""; ``path`` begins with a slash; ``query`` and ``fragment``
    are None where there is none (their sign excluded).
    """

    scheme: Scheme
    host: str
    path: str
    port: int | None = None
    user: str = ""
    query: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = "" if self.port is None else f":{self.port}"
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{user}{self.host}{port}{self.path}{query}{fragment}"


def percent_encoded(text: str, unsafe: re.Pattern[str]) -> str:
    """``text`` with what ``unsafe`` matches written as percent-encoded UTF-8."""
    return unsafe.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)


def parse(url: str, base: Parts | None = None) -> Parts | None:
    """The address ``url``, seen from the page at ``base`` if given; None where it is not http(s)."""
    if len(url) > MAX_LENGTH:
        return None
    url = _SURROGATE.sub("\ufffd", _BROKEN_INSIDE.sub("", url.strip(_OUTER)))
    url, hash_sign, fragment = url.partition("#")
    parts = _parse_before_fragment(url, base)
    if parts is None or not hash_sign:
        return parts
    return replace(parts, fragment=percent_encoded(fragment, _FRAGMENT_UNSAFE))


def _parse_before_fragment(url: str, base: Parts | None) -> Parts | None:
    match = _SCHEME.match(url)
    scheme = match[1].lower() if match else base.scheme if base else ""
    if scheme not in ("http", "https"):
        return None
    rest, question, query = url[match.end() if match else 0 :].partition("?")
    rest = rest.replace("\\", "/")
    encoded = percent_encoded(query, _QUERY_UNSAFE) if question else None
    if base is not None and not rest.startswith("//") and scheme == base.scheme:
        return _relative(base, rest, encoded)
    authority, slash, path = rest.lstrip("/").partition("/")
    return _absolute("https" if scheme == "https" else "http", authority, slash + path, encoded)


def _relative(base: Parts, path: str, query: str | None) -> Parts:
    if not path:
        return replace(base, query=base.query if query is None else query, fragment=None)
    folder = "" if path.startswith("/") else base.path[: base.path.rindex("/") + 1]
    return replace(base, path=clean_path(folder + path), query=query, fragment=None)


def _absolute(scheme: Scheme, authority: str, path: str, query: str | None) -> Parts | None:
    user, _, address = authority.rpartition("@")
    match = _ADDRESS.fullmatch(address)
    host = parse_host(match[1]) if match else None
    if match is None or host is None or int(match[2] or "0") > 65535:
        return None
    port = None if match[2] is None or int(match[2]) == _DEFAULT_PORT[scheme] else int(match[2])
    return Parts(
        scheme=scheme, host=host, path=clean_path(path), port=port, user=_clean_user(user), query=query
    )


def _clean_user(user: str) -> str:
    name, _, password = user.partition(":")
    name, password = percent_encoded(name, _USER_UNSAFE), percent_encoded(password, _USER_UNSAFE)
    return f"{name}:{password}" if password else name


def clean_path(path: str) -> str:
    """``path`` percent-encoded where needed, without dot segments (RFC 3986 5.2.4), slash first."""
    out: list[str] = []
    segments = percent_encoded(path, _PATH_UNSAFE).removeprefix("/").split("/")
    for position, segment in enumerate(segments):
        bare = _DOT.sub(".", segment)
        if bare == ".." and out:
            out.pop()
        if bare not in (".", ".."):
            out.append(segment)
        elif position == len(segments) - 1:
            out.append("")
    return "/" + "/".join(out)


# --- hosts ----------------------------------------------------------------------------------------------


def parse_host(host: str) -> str | None:
    """The host in its one spelling: IDNA (UTS 46), lower case, IP addresses in their usual notation."""
    if host.startswith("["):
        return _ipv6(host[1:-1]) if host.endswith("]") else None
    name = _ascii_name(unquote(host, errors="replace"))
    if not name or len(name) > 255 or _FORBIDDEN_IN_HOST.search(name):
        return None
    last = name.removesuffix(".").rpartition(".")[2]
    return _ipv4(name.removesuffix(".")) if _NUMBER.fullmatch(last) else name


def _ascii_name(name: str) -> str | None:
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    try:
        mapped = idna.uts46_remap(name, std3_rules=False)
        return ".".join(map(_ascii_label, mapped.split(".")))
    except (idna.IDNAError, UnicodeError):
        return None


def _ascii_label(label: str) -> str:
    if label.startswith("xn--"):
        label[4:].encode("ascii").decode("punycode")  # UnicodeError where it is none
        return label
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _ipv4_number(text: str) -> int | None:
    if not _NUMBER.fullmatch(text):
        return None
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    octal = len(text) > 1 and text.startswith("0")
    return None if octal and not set(text) <= set("01234567") else int(text, 8 if octal else 10)


def _ipv4(text: str) -> str | None:
    """An IPv4 address from any notation browsers take (``0x7f.1``, ``2130706433``), or None."""
    numbers = [_ipv4_number(part) for part in text.split(".")]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers) or len(known) > 4 or any(number > 255 for number in known[:-1]):
        return None
    if known[-1] >= 256 ** (5 - len(known)):
        return None
    value = known[-1] + sum(number << (24 - 8 * place) for place, number in enumerate(known[:-1]))
    return str(ipaddress.IPv4Address(value))


def _ipv6(text: str) -> str | None:
    if "%" in text:
        return None
    try:
        packed = ipaddress.IPv6Address(text).packed
    except ValueError:
        return None
    groups = [f"{packed[at] << 8 | packed[at + 1]:x}" for at in range(0, 16, 2)]
    return f"[{_compressed(groups)}]"


def _compressed(groups: Sequence[str]) -> str:
    """The longest run of zero groups as ``::`` (RFC 5952 4.2)."""
    text = ":".join(groups)
    runs = sorted(_ZERO_GROUPS.finditer(text), key=lambda match: (-match[0].count("0"), match.start()))
    if not runs:
        return text
    return f"{text[: runs[0].start()]}::{text[runs[0].end() :].removeprefix(':')}"
