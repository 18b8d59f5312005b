"""Which addresses are open, and that no spelling of a closed one is accepted."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webhooks.networks import NetworkPolicy, NotAnAddress, ip_literal

PUBLIC = NetworkPolicy()
EVERYTHING = NetworkPolicy.parse("0.0.0.0/0, ::/0")

OPEN = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.0",
    "223.255.255.255",
    "2606:4700::1111",
]
CLOSED = {
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.255.255", "fc00::1", "fd12:3456::1"],
    "loopback": ["127.0.0.1", "127.255.255.255", "::1"],
    "shared by a provider's customers": ["100.64.0.1", "100.127.255.255"],
    "for documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"],
    "for benchmarks": ["198.18.0.1", "198.19.255.255"],
    "for protocols": ["192.0.0.1", "192.88.99.1", "2001:10::1", "2001:20::1"],
    "reserved": ["240.0.0.1", "255.255.255.254", "100::1", "4000::1", "5f00::1"],
}
NEVER = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "link-local": ["169.254.169.254", "169.254.170.2", "fe80::1", "febf::1", "fec0::1"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1"],
    "broadcast": ["255.255.255.255"],
    "a metadata service": [
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    ],
    "a translated IPv4 address": [
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
}


def pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(address, kind) for kind, addresses in table.items() for address in addresses]


@pytest.mark.parametrize("address", OPEN)
def test_what_is_public_is_open(address: str) -> None:
    assert PUBLIC.refusal(ip_address(address)) is None


@pytest.mark.parametrize(("address", "kind"), pairs(CLOSED))
def test_what_is_not_public_is_closed_until_the_operator_opens_it(address: str, kind: str) -> None:
    assert PUBLIC.refusal(ip_address(address)) == kind
    assert NetworkPolicy.parse(address).refusal(ip_address(address)) is None


@pytest.mark.parametrize(("address", "kind"), pairs(NEVER))
def test_some_addresses_stay_closed_whatever_the_operator_allows(address: str, kind: str) -> None:
    for policy in (PUBLIC, EVERYTHING, NetworkPolicy.parse(address)):
        assert policy.refusal(ip_address(address)) == kind


def test_allowing_a_network_opens_nothing_outside_it() -> None:
    policy = NetworkPolicy.parse("10.1.0.0/16, fd12::/48")
    assert policy.refusal(ip_address("10.1.255.255")) is None
    assert policy.refusal(ip_address("fd12::7")) is None
    assert policy.refusal(ip_address("10.2.0.0")) == "private"
    assert policy.refusal(ip_address("fd12:0:1::")) == "private"


def test_nat64_can_be_allowed_and_then_reaches_only_open_ipv4_addresses() -> None:
    public, inside = ip_address("64:ff9b::808:808"), ip_address("64:ff9b::a00:1")
    metadata = ip_address("64:ff9b::a9fe:a9fe")
    opened = NetworkPolicy.parse("64:ff9b::/96")
    assert PUBLIC.refusal(public) == "a translated IPv4 address"
    assert opened.refusal(public) is None
    assert opened.refusal(inside) == "private"
    assert EVERYTHING.refusal(metadata) == "link-local"


def test_an_empty_setting_allows_no_network() -> None:
    assert NetworkPolicy.parse("") == NetworkPolicy.parse(" , ") == NetworkPolicy()


@pytest.mark.parametrize("text", ["intranet", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0-10.0.0.9"])
def test_a_malformed_network_raises(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever ipaddress says names the network
        NetworkPolicy.parse(text)


@given(st.ip_addresses())
def test_what_is_open_is_global_to_the_standard_library_too(address: IPv4Address | IPv6Address) -> None:
    if PUBLIC.refusal(address) is None:
        assert address.is_global
        assert not address.is_multicast


# Spellings ----------------------------------------------------------------------------------------------

NUMBERS = {
    "decimal": "{}",
    "octal": "0{:o}",
    "hexadecimal": "0x{:x}",
    "HEXADECIMAL": "0X{:X}",
    "padded": "00{:o}",
}


@st.composite
def spelled(draw: st.DrawFn) -> tuple[IPv4Address, str]:
    """An address, written in one to four parts, each in any base, perhaps with a dot at the end."""
    address = IPv4Address(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 4))
    octets = list(address.packed)
    numbers = [*octets[: count - 1], int.from_bytes(bytes(octets[count - 1 :]), "big")]
    parts = [NUMBERS[draw(st.sampled_from(sorted(NUMBERS)))].format(number) for number in numbers]
    return address, ".".join(parts) + draw(st.sampled_from(["", "."]))


@given(spelled())
def test_every_spelling_of_an_ipv4_address_is_read_as_that_address(case: tuple[IPv4Address, str]) -> None:
    address, host = case
    assert ip_literal(host) == address


@given(st.text("0123456789abcdefx.", min_size=1, max_size=24))
def test_whatever_the_c_library_reads_as_an_address_is_not_taken_for_a_name(host: str) -> None:
    try:
        reached = IPv4Address(socket.inet_aton(host))
    except OSError:
        return
    with suppress(NotAnAddress):  # refused is as safe
        assert ip_literal(host) == reached


@pytest.mark.parametrize(
    "host",
    ["1.2.3.4.5", "256.1.1.1", "1.1.1.256", "1.16777216", "4294967296", "08.1.1.1", "a.1", "1..1", "0x.g.1"],
)
def test_what_ends_in_a_number_and_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(NotAnAddress):
        ip_literal(host)


@pytest.mark.parametrize("host", ["::g", "1::2::3", "fe80::1%eth0", "fe80::1%251", "::1%0"])
def test_a_bad_ipv6_address_or_one_with_a_zone_is_refused(host: str) -> None:
    with pytest.raises(NotAnAddress):
        ip_literal(host)


@pytest.mark.parametrize(
    "host", ["example.com", "1.example", "0x7f.example", "deadbeef", "localhost", "1e3", "a.0xg"]
)
def test_a_name_is_a_name(host: str) -> None:
    assert ip_literal(host) is None


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_is_read_in_short_and_in_full(address: IPv6Address) -> None:
    assert ip_literal(address.compressed) == ip_literal(address.exploded) == address
