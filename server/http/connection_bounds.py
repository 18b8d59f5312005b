"""How much one connection, one address and all of them together may take before anybody is authenticated.

`Bounds` are numbers, `Connections` counts what is open. Nothing here knows HTTP.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of connections. Times are seconds, sizes bytes."""

    header_bytes: int = 65_536
    header_count: int = 100
    header_seconds: float = 10
    body_seconds: float = 60
    idle_seconds: float = 75
    connections: int = 10_000
    connections_per_address: int = 1_000
    # Proxies, as in VIVA_FORWARDED_ALLOW_IPS: many clients stand behind one address, so theirs are not counted apart.
    proxies: str = ""


def address_group(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which is what one customer has."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)


class Proxies:
    """The addresses of an operator's proxies: addresses and networks, comma-separated, or `*` for all."""

    def __init__(self, text: str) -> None:
        names = [each.strip() for each in text.split(",") if each.strip()]
        self._all = "*" in names
        self._networks = [network for name in names if (network := _network(name)) is not None]
        self._names = frozenset(names)

    def __contains__(self, host: str) -> bool:
        if self._all or host in self._names:
            return True
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _network(name: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(name)
    except ValueError:
        return None


class Connections:
    """Counts open connections, in all and by address."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._proxies = Proxies(bounds.proxies)
        self._open: dict[asyncio.BaseTransport, str | None] = {}
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, transport: asyncio.BaseTransport, host: str | None) -> None:
        """Count a connection that was just made."""
        address = None if host is None or host in self._proxies else address_group(host)
        self._open[transport] = address
        if address is not None:
            self._by_address[address] += 1

    def close(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection. Doing it twice is harmless."""
        address = self._open.pop(transport, None)
        if address is None:
            return
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def too_many(self) -> bool:
        """Whether there are more than the server takes."""
        return len(self._open) > self._bounds.connections

    def too_many_of(self, transport: asyncio.BaseTransport) -> bool:
        """Whether the address of this connection has more than it may."""
        address = self._open.get(transport)
        return address is not None and self._by_address[address] > self._bounds.connections_per_address
