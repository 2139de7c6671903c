"""Which addresses may be fetched. No I/O.

A monitor fetches what strangers write into feeds and redirects; none of it may reach the machine's own
network (server-side request forgery, OWASP SSRF prevention sheet). ``refuse_address`` judges a URL as text,
``refuse_ip`` an address at the moment of connecting, after DNS had its say.
"""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

_URL: Final = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_USERINFO: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:%-]*")
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_MAX_URL = 8192
_MAX_HOST = 253

#: names that never mean a public host: RFC 6761, 6762, 8375 and ICANN's .internal
_LOCAL_SUFFIXES: Final = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "arpa"}
)

#: IANA IPv4 special-purpose registry (RFC 6890), multicast and the former class E
_REFUSED_V4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
#: inside 2000::/3, the only global unicast space: protocol assignments with Teredo, documentation, 6to4
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    ipaddress.IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
#: DNS64 resolvers answer with these for every IPv4-only host (RFC 6052): judged by the address inside
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class _UnusableError(ValueError):
    """The URL cannot be fetched whatever it points at; the text is the reason."""


def refuse_address(url: str, *, allow: frozenset[str] = frozenset()) -> str | None:
    """The reason why ``url`` may not be fetched, in one line, or None where it may.

    Only absolute http and https URLs with an unambiguous authority pass. Host names are read as a resolver
    would (IDNA, NFKC digits and dots), IP addresses in any notation ``inet_aton`` knows. ``allow`` holds
    ``HOST:PORT`` (IPv6 in brackets) for which private addresses are accepted. No name is looked up.
    """
    try:
        host, port = _authority(url)
    except _UnusableError as error:
        return str(error)
    if f"{host}:{port}" in allow:
        return None
    if host.startswith("["):
        return refuse_ip(host[1:-1], port, allow)
    last = host.rpartition(".")[2]
    if _NUMERIC.fullmatch(last):
        return _refuse_numeric(host, port, allow)
    if "." not in host or last in _LOCAL_SUFFIXES:
        return _private(host, host, port)
    return None


def refuse_ip(ip: str, port: int, allow: frozenset[str] = frozenset()) -> str | None:
    """The reason why no connection may be made to ``ip``, or None where one may.

    Anything that is not an address is refused, and an IPv6 address with a scope, too.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return f"not an address: {ip[:60]!r}"
    if host_port(str(address), port) in allow or is_public(address):
        return None
    return _private(str(address), ip, port)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is globally reachable unicast, by IANA's special-purpose registries.

    Written out rather than left to ``ipaddress.is_global``, whose answer differs between Python releases.
    """
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_V6 and not any(address in block for block in _REFUSED_V6)


def host_port(host: str, port: int) -> str:
    """``HOST:PORT`` as ``allow`` lists it: IPv6 addresses in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def origin_of(url: str) -> tuple[str, str, int]:
    """``(scheme, host, port)`` of a URL that ``refuse_address`` let pass. Raises ValueError for others."""
    host, port = _authority(url)
    return url.partition(":")[0].lower(), host, port


def _authority(url: str) -> tuple[str, int]:
    """Host (ASCII, lower case, no root dot, IPv6 bracketed and compressed) and port, or _UnusableError."""
    if len(url) > _MAX_URL:
        raise _UnusableError("the URL is too long")
    if _CONTROL.search(url):
        raise _UnusableError("control characters in the URL")
    found = _URL.match(url)
    if not found:
        raise _UnusableError("only http:// and https:// URLs are fetched")
    userinfo, _, host_and_port = found[2].rpartition("@")
    if not _USERINFO.fullmatch(userinfo):
        raise _UnusableError("ambiguous host in the URL")
    host, port = _split_port(host_and_port)
    return _plain_host(host), _port_number(port, found[1].lower())


def _split_port(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, bracket, port = text.partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise _UnusableError("broken IPv6 address in the URL")
        return host + "]", port[1:]
    host, _, port = text.partition(":")
    return host, port


def _port_number(text: str, scheme: str) -> int:
    if not text:
        return _DEFAULT_PORT[scheme]
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise _UnusableError("bad port in the URL")
    return int(text)


def _plain_host(host: str) -> str:
    if host.startswith("["):
        return f"[{_ipv6(host[1:-1])}]"
    try:
        # The codec Scrapy escapes hosts with: what it maps (full-width digits, soft hyphens) we judge mapped.
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _UnusableError("not a host name in the URL") from None
    ascii_host = ascii_host.removesuffix(".")
    labels = ascii_host.split(".")
    if len(ascii_host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise _UnusableError("not a host name in the URL")
    if labels[-1].startswith("-") or labels[-1].endswith("-"):
        raise _UnusableError("not a host name in the URL")
    return ascii_host


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise _UnusableError("broken IPv6 address in the URL") from None


def _refuse_numeric(host: str, port: int, allow: frozenset[str]) -> str | None:
    """Judge a host that ends in a number, which ``inet_aton`` takes for an address in many spellings."""
    try:
        return refuse_ip(str(IPv4Address(host)), port, allow)
    except ValueError:
        return f"refused: {host[:60]} is a number, not a host name"


def _private(shown: str, host: str, port: int) -> str:
    return f"private address {shown} refused (allow with --allow-address {host_port(host, port)})"
