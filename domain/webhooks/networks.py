"""Which addresses on the network a message of ours may be sent to, and which address a host name spells.

A webhook's address comes from a stranger and is called from inside the operator's network, so only what is
certainly public is open. IPv4 is everything but the special ranges, IPv6 is the global unicast range less its
special ones (IANA's two special-purpose registries). The tables are written out instead of asking
`ipaddress.is_private`, whose answers differ between patch releases of Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


# Closed to everyone, whatever the operator allows: nobody receives webhooks there, and metadata services, which
# hand out a machine's credentials, live there.
_NEVER: dict[str, tuple[Network, ...]] = {
    "unspecified": _networks("0.0.0.0/8", "::/128"),
    "link-local": _networks("169.254.0.0/16", "fe80::/10", "fec0::/10"),
    "multicast": _networks("224.0.0.0/4", "ff00::/8"),
    "broadcast": _networks("255.255.255.255/32"),
    "a metadata service": _networks(
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure, in the middle of public space
        "192.0.0.192/32",  # Oracle
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::254/128",  # Google
    ),
    # an IPv4 address in disguise: it would be checked as one thing and reached as another
    "a translated IPv4 address": (
        *_networks("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        *IPv6Network("::/96").address_exclude(IPv6Network("::1/128")),
    ),
}

# Closed unless the operator lists a network that holds the address.
_CLOSED: dict[str, tuple[Network, ...]] = {
    "private": _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "loopback": _networks("127.0.0.0/8", "::1/128"),
    "shared by a provider's customers": _networks("100.64.0.0/10"),
    "for documentation": _networks(
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"
    ),
    "for benchmarks": _networks("198.18.0.0/15"),
    "for protocols": _networks("192.0.0.0/24", "192.88.99.0/24", "2001::/23"),
    "reserved": _networks("240.0.0.0/4"),
}

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where messages may go: the public network, and what the operator allows besides."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Reach":
        """The operator's comma-separated networks, such as `10.1.0.0/16, fd12::/48`; ValueError for others."""
        return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))

    def refusal(self, address: Address) -> str | None:
        """Why nothing is sent to this address, as what it is ("loopback"); None when it is open."""
        if never := _found(_NEVER, address):
            return never
        if isinstance(address, IPv6Address) and address in _NAT64:
            return self._of_translated(address)
        if _holds(self.allowed, address):
            return None
        if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
            return _found(_CLOSED, address) or "reserved"
        return _found(_CLOSED, address)

    def _of_translated(self, address: IPv6Address) -> str | None:
        # On a network with IPv6 only, this prefix is the way to every IPv4 host: open where the operator says
        # so, and then for the hosts that could be reached directly.
        if not _holds(self.allowed, address):
            return "a translated IPv4 address"
        return self.refusal(IPv4Address(int(address) & 0xFFFFFFFF))


def _holds(networks: Iterable[Network], address: Address) -> bool:
    return any(address in network for network in networks)


def _found(table: dict[str, tuple[Network, ...]], address: Address) -> str | None:
    return next((kind for kind, networks in table.items() if _holds(networks, address)), None)


# What a host name spells --------------------------------------------------------------------------


class NotAnAddress(ValueError):
    """The host looks like an address and is none, so no two programs read it alike."""


def literal(host: str) -> Address | None:
    """The address that a host (without brackets) spells, however oddly; None when it is a name.

    `2130706433`, `0x7f.1`, `0177.0.0.1` and `127.0.0.1.` are all read as what the C library would connect to.
    Raises `NotAnAddress` when it can be neither a name nor an address.
    """
    if ":" in host:
        return _ipv6(host)
    # one dot at the end says "this is complete" and changes nothing
    parts = host.removesuffix(".").split(".")
    if not _is_numeric(parts[-1]):
        return None
    if len(parts) > 4:
        raise NotAnAddress
    *octets, rest = [_number(part) for part in parts]
    if any(octet > 255 for octet in octets) or rest >= 256 ** (4 - len(octets)):
        raise NotAnAddress
    return IPv4Address(sum(octet << 8 * (3 - place) for place, octet in enumerate(octets)) + rest)


def _ipv6(host: str) -> IPv6Address:
    # a zone (%eth0) names an interface of this machine: no business of a stranger's
    if "%" in host:
        raise NotAnAddress
    try:
        return IPv6Address(host)
    except ValueError:
        raise NotAnAddress from None


def _is_numeric(part: str) -> bool:
    """Whether a host that ends in this part is an address: no top-level domain is a number."""
    if part.isascii() and part.isdigit():
        return True
    return part[:2] in ("0x", "0X") and all(c in "0123456789abcdefABCDEF" for c in part[2:])


def _number(part: str) -> int:
    """A part of an IPv4 address as the C library reads it: hexadecimal, octal or decimal."""
    if not _is_numeric(part):
        raise NotAnAddress
    if part[:2] in ("0x", "0X"):
        return int(part[2:] or "0", 16)
    base = 8 if part.startswith("0") and part != "0" else 10
    try:
        return int(part, base)
    except ValueError:
        raise NotAnAddress from None
