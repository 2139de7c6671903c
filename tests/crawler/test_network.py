"""Our own network is told from the outlet's: by other hosts' answers, one probe, and what errors say."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.network import Address, NetworkJudge, guarded_probe, network_judge
from crawler.options import FetchOptions
from crawler.routes import has_default_route
from pipeline.types import Failure
from pipeline.types import FailureClass as F

SLOW = Failure(kind=F.TIMEOUT, message="no complete answer within 60 s")
REFUSED = Failure(kind=F.CONNECT, message="cannot connect to a.org: connection refused")
UNREACHABLE = Failure(kind=F.CONNECT, message="cannot connect to a.org: network is unreachable")
NO_RESOLVER = Failure(kind=F.DNS, message="the name servers give no answer about a.org")
NO_NAME = Failure(kind=F.DNS, message="the host name a.org does not exist")
WITNESSES: tuple[Address, ...] = (("b.org", 443), ("c.org", 443), ("d.org", 80), ("e.org", 443))


@dataclass
class World:
    """A machine whose network is as the test says."""

    up: bool | None = True
    route: bool | None = True
    now: float = 1000.0
    probes: list[tuple[Address, ...]] = field(default_factory=list)

    async def probe(self, addresses: Sequence[Address]) -> bool | None:
        self.probes.append(tuple(addresses))
        await asyncio.sleep(0)
        return self.up

    def judge(self, witnesses: Sequence[Address] = WITNESSES) -> NetworkJudge:
        return NetworkJudge(witnesses, self.probe, has_route=lambda: self.route, clock=lambda: self.now)


def down(judge: NetworkJudge, failure: Failure, host: str = "a.org") -> bool:
    async def ask() -> bool:
        return await judge.is_down(host, failure)

    return asyncio.run(ask())


def test_another_host_that_just_answered_is_proof_without_traffic() -> None:
    world = World(up=False)
    judge = world.judge()
    judge.answered("https://z.org/feed")
    world.now += 1
    assert not any(down(judge, failure) for failure in (SLOW, REFUSED, UNREACHABLE, NO_RESOLVER, NO_NAME))
    assert world.probes == []


def test_an_answer_of_the_same_host_or_from_long_ago_is_none() -> None:
    world = World(up=False)
    judge = world.judge()
    judge.answered("https://a.org/feed")
    assert down(judge, SLOW)
    judge = world.judge()
    judge.answered("https://z.org/feed")
    world.now += 100
    assert down(judge, SLOW)


def test_the_host_that_answered_before_the_failed_one_counts() -> None:
    world = World(up=False)
    judge = world.judge()
    for url in ("https://z.org/", "https://a.org/1", "https://a.org/2"):
        judge.answered(url)
    assert not down(judge, SLOW, "a.org")
    assert not down(judge, SLOW, "z.org")


def test_a_probe_asks_a_few_others_and_decides() -> None:
    for up in (True, False):
        world = World(up=up)
        assert down(world.judge(), SLOW, "c.org") is not up
        assert world.probes == [(("b.org", 443), ("d.org", 80), ("e.org", 443))]


def test_who_answered_in_this_crawl_is_asked_first() -> None:
    world = World()
    judge = world.judge()
    judge.answered("http://y.org:8080/feed")
    world.now += 20
    assert not down(judge, SLOW)
    assert world.probes[0][0] == ("y.org", 8080)


def test_all_who_ask_at_once_share_one_probe_and_a_new_one_waits() -> None:
    world = World(up=False)
    judge = world.judge()

    async def many() -> list[bool]:
        hosts = [f"h{number}.org" for number in range(30)]
        return list(await asyncio.gather(*(judge.is_down(host, SLOW) for host in hosts)))

    async def story() -> None:
        assert all(await many())
        world.now += 20
        world.up = True
        assert all(await many())
        assert len(world.probes) == 1
        world.now += 20
        assert not any(await many())
        assert len(world.probes) == 2

    asyncio.run(story())


def test_an_answer_ends_the_outage_at_once() -> None:
    world = World(up=False)
    judge = world.judge()
    assert down(judge, SLOW)
    judge.answered("https://z.org/feed")
    assert not down(judge, SLOW)


def test_what_came_back_from_a_server_needs_no_probe() -> None:
    world = World(up=False, route=False)
    answered = Failure(kind=F.HTTP, message="HTTP 500", status=500)
    blocked = Failure(kind=F.BLOCKED, message="blocked by Akamai (HTTP 403)")
    assert not any(down(world.judge(), failure) for failure in (REFUSED, answered, blocked))
    assert world.probes == []


@pytest.mark.parametrize(
    ("failure", "route", "verdict"),
    [
        (UNREACHABLE, True, True),
        (NO_RESOLVER, True, True),
        (NO_NAME, False, False),
        (SLOW, True, False),
        (SLOW, None, False),
        (SLOW, False, True),
    ],
)
def test_with_nobody_to_ask_the_error_and_the_route_decide(
    failure: Failure, route: bool | None, verdict: bool
) -> None:
    assert down(World(route=route).judge([("a.org", 443)]), failure) is verdict
    assert down(World(up=None, route=route).judge(), failure) is verdict


def test_a_failure_is_judged_as_a_whole() -> None:
    async def story(up: bool) -> Failure:
        return await World(up=up).judge().judged("https://a.org/feed", UNREACHABLE)

    assert asyncio.run(story(up=True)) is UNREACHABLE
    ours = asyncio.run(story(up=False))
    assert ours.kind is F.OWN_NETWORK
    assert ours.message == f"our own network is down ({UNREACHABLE.message})"


# --- the probe itself ---


@contextmanager
def listening() -> Iterator[tuple[Address, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield ("127.0.0.1", server.getsockname()[1]), server


def allowed(*addresses: Address) -> frozenset[str]:
    return frozenset(f"{host}:{port}" for host, port in addresses)


def run(probe: Callable[[Sequence[Address]], Awaitable[bool | None]], *addresses: Address) -> bool | None:
    async def main() -> bool | None:
        return await probe(addresses)

    return asyncio.run(main())


def test_the_probe_connects_and_says_nothing() -> None:
    with listening() as (address, server):
        assert run(guarded_probe(allowed(address)), address) is True
        connection, _ = server.accept()
        with connection:
            assert connection.recv(100) == b""


def test_a_refusal_is_an_answer() -> None:
    with listening() as (address, _):
        pass
    assert run(guarded_probe(allowed(address)), address) is True


def test_a_private_address_is_never_probed() -> None:
    with listening() as (address, server):
        assert run(guarded_probe(frozenset()), address, ("localhost", address[1])) is None
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_name_that_is_not_found_is_no_sign_and_one_sign_is_enough() -> None:
    nowhere = ("no-such-host.invalid", 80)
    assert run(guarded_probe(frozenset()), nowhere) is False
    with listening() as (address, _):
        assert run(guarded_probe(allowed(address)), nowhere, address) is True


def test_behind_a_proxy_the_proxy_is_asked() -> None:
    with listening() as (address, server):
        options = FetchOptions(proxy=f"http://{address[0]}:{address[1]}")
        judge = network_judge(options, WITNESSES)
        assert down(judge, SLOW) is False
        server.accept()[0].close()


# --- the routing tables ---

V4 = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
LAN4 = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
OUT4 = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
ZERO = "0" * 32
OUT6 = f"{ZERO} 00 {ZERO} 00 fd{'0' * 29}1 00000400 00000003 00000000 00000003     eth0\n"
LO6 = f"{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo\n"


@pytest.mark.parametrize(
    ("v4", "v6", "way_out"),
    [
        (V4 + LAN4 + OUT4, LO6, True),
        (V4 + LAN4, LO6 + OUT6, True),
        (V4 + LAN4, LO6, False),
        (V4, None, False),
        (V4 + OUT4.replace("0003", "0203"), "", False),
        (V4 + "tun0\t00000000\t0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n", None, True),
        (None, None, None),
    ],
)
def test_the_way_out_is_read_from_the_routing_tables(
    tmp_path: Path, v4: str | None, v6: str | None, way_out: bool | None
) -> None:
    for name, table in (("route", v4), ("ipv6_route", v6)):
        if table is not None:
            (tmp_path / name).write_text(table)
    assert has_default_route(tmp_path) is way_out


@settings(max_examples=40)
@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_any_table_gives_an_answer(tmp_path_factory: pytest.TempPathFactory, table: str) -> None:
    folder = tmp_path_factory.mktemp("net")
    (folder / "route").write_text(table)
    assert has_default_route(folder) in {True, False}
