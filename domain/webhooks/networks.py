"""Which IP addresses webhooks may be sent to, and which address a host in a URL stands for.

A stranger chooses a webhook's address, and the server calls it from inside the operator's network. So only public
addresses are open: all of IPv4 except its special ranges, and the global unicast range of IPv6 except its special
ranges (IANA's two special-purpose registries). The tables are written out because the answers of
`ipaddress.is_private` differ between patch releases of Python.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


# Closed whatever the operator allows. Nobody receives webhooks there, and metadata services, which give out a
# machine's credentials, are there.
_NEVER: dict[str, tuple[Network, ...]] = {
    "unspecified": _networks("0.0.0.0/8", "::/128"),
    "link-local": _networks("169.254.0.0/16", "fe80::/10", "fec0::/10"),
    "multicast": _networks("224.0.0.0/4", "ff00::/8"),
    "broadcast": _networks("255.255.255.255/32"),
    "a metadata service": _networks(
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure, inside a public range
        "192.0.0.192/32",  # Oracle
        "fd00:ec2::/32",  # Amazon
        "fd20:ce::254/128",  # Google
    ),
    # an IPv4 address inside an IPv6 one: the check would see one address and the connection reach another
    "a translated IPv4 address": (
        *_networks("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"),
        *IPv6Network("::/96").address_exclude(IPv6Network("::1/128")),
    ),
}

# Closed unless the operator allows a network that contains the address.
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
class NetworkPolicy:
    """Which addresses are open: public ones, and the networks that the operator allows."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "NetworkPolicy":
        """Parse comma-separated networks such as `10.1.0.0/16, fd12::/48`. Raises ValueError for anything else."""
        return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))

    def refusal(self, address: Address) -> str | None:
        """Why nothing is sent to this address, as its kind ("loopback"). None when it is open."""
        if never := _kind_in(_NEVER, address):
            return never
        if isinstance(address, IPv6Address) and address in _NAT64:
            return self._nat64_refusal(address)
        if _contains(self.allowed, address):
            return None
        if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
            return _kind_in(_CLOSED, address) or "reserved"
        return _kind_in(_CLOSED, address)

    def _nat64_refusal(self, address: IPv6Address) -> str | None:
        # A network with IPv6 only reaches every IPv4 host through this prefix. It is open if the operator allows it,
        # and then only for IPv4 addresses that are open themselves.
        if not _contains(self.allowed, address):
            return "a translated IPv4 address"
        return self.refusal(IPv4Address(int(address) & 0xFFFFFFFF))


def _contains(networks: Iterable[Network], address: Address) -> bool:
    return any(address in network for network in networks)


def _kind_in(table: dict[str, tuple[Network, ...]], address: Address) -> str | None:
    return next((kind for kind, networks in table.items() if _contains(networks, address)), None)


# Addresses written as hosts ------------------------------------------------------------------------


class NotAnAddress(ValueError):
    """The host looks like an address but is not one, so programs would disagree on how to read it."""


def ip_literal(host: str) -> Address | None:
    """The address that a host (without brackets) stands for in any spelling. None when the host is a name.

    `2130706433`, `0x7f.1`, `0177.0.0.1` and `127.0.0.1.` give the address that the C library would connect to.
    Raises `NotAnAddress` when the host is neither a name nor an address.
    """
    if ":" in host:
        return _ipv6(host)
    # a final dot marks a complete name and changes nothing
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
    # a zone (%eth0) names a network interface of this machine, which strangers may not choose
    if "%" in host:
        raise NotAnAddress
    try:
        return IPv6Address(host)
    except ValueError:
        raise NotAnAddress from None


def _is_numeric(part: str) -> bool:
    """Whether a host with this last part is an address. No top-level domain is a number."""
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
