import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import Reply, Site

from ingest.sources.fetching import Fetcher, FetchFailed
from ingest.sources.ssrf_guard import AddressRefused, Guard, is_public

INSIDE = [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "169.254.170.2", "100.64.0.1", "100.100.100.200", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.5", "::", "::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::7f00:1",
    "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1", "3fff::1",
    "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:7f00:1::",
    "100::1", "4000::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_what_it_is(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    clothed = [(0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80)]
    assert {is_public(ipaddress.IPv6Address(dressed)) for dressed in clothed} == {is_public(address)}


async def refusal(url: str, guard: Guard | None = None) -> str:
    async with Fetcher(0, guard) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(url)
    return str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "0", "0x7f000001", "2130706433", "017700000001", "0x7f.0.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "169.254.169.254", "[fe80::1]", "10.0.0.1",
        "[64:ff9b::7f00:1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "localhost.",
    ],
)  # fmt: skip
async def test_no_way_of_writing_an_inner_address_gets_a_connection(host: str, site: Site) -> None:
    guard = Guard(ports=frozenset({site.port}))
    assert "It is not fetched" in await refusal(f"http://{host}:{site.port}/", guard)
    assert site.asked == []


async def test_a_name_that_resolves_to_an_inner_address_is_refused_at_connect(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that is connected to is looked at, so it does not matter what the name resolved to before."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    looked_up = []

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    next(answers)  # whoever checked the name first was told of a public address
    reason = await refusal(f"http://rebinding.example:{site.port}/", Guard(ports=frozenset({site.port})))
    assert "leads to an address inside a network" in reason
    assert looked_up
    assert site.asked == []


async def test_a_redirect_to_an_inner_address_is_refused(site: Site) -> None:
    only_here = Guard(
        lambda address: address == ipaddress.ip_address("127.0.0.1"), frozenset({site.port, 80})
    )
    for target in (
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//10.0.0.1/x",
    ):
        site.replies["/out"] = Reply(status=302, headers={"Location": target})
        assert "leads to an address inside a network" in await refusal(site.url("/out"), only_here)


async def test_a_redirect_to_another_kind_of_address_is_refused(site: Site) -> None:
    for target in (
        "file:///etc/passwd",
        "ftp://example.org/",
        "http://a:b@127.0.0.1/",
        "http://[",
        "data:,x",
    ):
        site.replies["/out"] = Reply(status=301, headers={"Location": target})
        reason = await refusal(site.url("/out"), site.guard)
        assert "not fetched" in reason or "no address" in reason


async def test_a_port_where_no_web_site_lives_is_refused() -> None:
    for port in (22, 25, 6379, 5432, 9200):
        assert f"port {port} is not" in await refusal(f"http://example.org:{port}/")


def test_the_refusal_names_no_address() -> None:
    with pytest.raises(AddressRefused) as caught:
        Guard().open_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80)))
    assert "10.1.2.3" not in str(caught.value)
