"""Nothing a stranger writes into a feed reaches the machine's own network."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.guard import origin_of, refuse_address, refuse_ip

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

REFUSED = [
    *("http://127.0.0.1/", "http://127.9/", "http://2130706433/", "http://0x7F000001/", "http://0177.1/"),
    *("http://0/", "http://10.1.2.3/", "http://172.20.0.1/", "http://192.168.1.1/", "http://100.100.0.1/"),
    *("http://169.254.1.1/", "http://198.19.0.1/", "http://239.0.0.1/", "http://250.0.0.1/"),
    *("http://[::]/", "http://[::1]:8080/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25en0]/"),
    *("http://[64:ff9b::10.0.0.1]/", "http://[2002:a00:1::]/", "http://[2001:0:1::1]/", "http://[fd12::1]/"),
    *("http://localhost/", "http://LocalHost.:80/", "http://a.localhost/", "http://printer.local/"),
    *("http://db.internal/", "http://intranet/", "http://router.lan/", "http://x.home.arpa/"),
    *("http://１２７.0.0.1/", "http://①27。0。0。1/", "http://local\u00adhost/", "http://ⓛocalhost/"),
    *("http://news.example@10.0.0.1/", "http://10.0.0.1:80\\@news.example/", "http://a@b@news.example/"),
    *("http://news.example%2f@10.0.0.1/", "http://%6c%6f%63alhost/", "http:///news.example/"),
    *("http://news.example:0/", "http://news.example:65536/", "http://news.example:8o/", "http://[::1/"),
    *(
        "http://news.example:٨٠/",
        "http://news\n.example/",
        "http://news.example/\r\nX: y",
        "\thttp://news.example/",
    ),
    *("http://news.example/\x00", "http://" + "a" * 64 + ".example/", "http://" + "a." * 130 + "example/"),
    *("http://.example./..", "http://..", "http://-", "http://", "", "news.example", "//news.example/"),
    *(
        "ftp://news.example/",
        "file:///etc/hosts",
        "data:text/html,x",
        "javascript:alert(1)",
        "http:news.example",
    ),
    *("https://news.example/" + "a" * 9000, "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.1.1/"),
]
ALLOWED = [
    *(
        "http://news.example.org/",
        "https://news.example.org:8443/a?b#c",
        "http://news.example.org./",
        "HTTP://N.ORG",
    ),
    *("http://9.9.9.9/", "http://[2606:4700::1111]/", "http://[64:ff9b::9.9.9.9]/", "http://172.32.0.1/"),
    *("https://пример.рф/новости", "https://xn--e1afmkfd.xn--p1ai/", "https://u:p@news.example.org/"),
    *(
        "http://localhost.news.org/",
        "http://127.0.0.1.news.org/",
        "http://a_b.news.org/",
        "http://n.org/a@b/c:d",
    ),
    *("http://news.org/?u=http://127.0.0.1/", "http://news.org/a b"),
]


@pytest.mark.parametrize("url", REFUSED)
def test_refuses(url: str) -> None:
    reason = refuse_address(url)
    assert reason
    assert "\n" not in reason


@pytest.mark.parametrize("url", ALLOWED)
def test_lets_public_addresses_pass(url: str) -> None:
    assert refuse_address(url) is None


def test_the_reason_says_how_to_allow() -> None:
    reason = refuse_address("http://127.0.0.1:8801/feed")
    assert reason == "private address 127.0.0.1 refused (allow with --allow-address 127.0.0.1:8801)"


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("http://127.0.0.1:8801/x", True),
        ("http://127.0.0.1:8802/x", False),
        ("http://127.0.0.2:8801/x", False),
        ("http://localhost:8801/x", False),
        ("http://2130706433:8801/x", False),
        ("http://[::1]:80/x", True),
        ("http://[0:0::1]/x", True),
        ("http://wiki:80/", True),
        ("http://WIKI/", True),
        ("ftp://127.0.0.1:8801/", False),
    ],
)
def test_lifts_the_guard_for_exactly_what_is_allowed(url: str, passes: bool) -> None:
    allow = frozenset({"127.0.0.1:8801", "[::1]:80", "wiki:80"})
    assert (refuse_address(url, allow=allow) is None) is passes


private_v4 = st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16"]).flatmap(
    lambda block: st.integers(0, ipaddress.IPv4Network(block).num_addresses - 1).map(
        lambda number: ipaddress.IPv4Network(block)[number]
    )
)


@settings(max_examples=60)
@given(private_v4)
def test_refuses_a_private_address_in_every_notation(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    first, second, *_ = address.packed
    hosts = [str(address), str(number), hex(number), f"0{number:o}", f"{first}.{number & 0xFFFFFF}"]
    hosts += [f"{first:#x}.{second:#o}.{number & 0xFFFF}".replace("0o", "0"), f"[::ffff:{address}]"]
    hosts += [f"[64:ff9b::{address}]", f"{address}."]
    assert [host for host in hosts if refuse_address(f"http://{host}/") is None] == []
    assert refuse_ip(str(address), 80)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    for url in (text, f"http://{text}", f"http://news.example.org{text}", f"https://[{text}]/"):
        reason = refuse_address(url)
        assert reason is None or reason


@settings(max_examples=100)
@given(st.ip_addresses())
def test_a_literal_is_judged_like_the_connection(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    assert refuse_address(f"http://{host}/") == refuse_ip(str(address), 80)


@pytest.mark.parametrize("ip", ["", "news.example.org", "1.2.3", "fe80::1%eth0", "2606:4700::1%1"])
def test_refuses_to_connect_to_what_is_no_plain_address(ip: str) -> None:
    assert refuse_ip(ip, 80)


def test_names_the_origin() -> None:
    assert origin_of("HTTPS://News.Example.ORG./a") == ("https", "news.example.org", 443)
    with pytest.raises(ValueError, match="only http"):
        origin_of("ftp://news.example.org/")


@pytest.mark.shared
def test_all_shared_cases() -> None:
    file = SHARED / "cases" / "ssrf_urls.jsonl"
    if not file.exists():
        pytest.skip("the measuring data is not here")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row for row in rows if (refuse_address(row["url"]) is None) is not row["allow"]] == []
