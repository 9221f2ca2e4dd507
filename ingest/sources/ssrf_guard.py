"""Which network addresses a fetch may connect to: the public internet, and nothing behind our own walls."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_INSIDE_CLOUDS = tuple(
    ipaddress.IPv4Network(network)
    for network in ("168.63.129.16/32", "192.0.0.0/24")  # host agents in what Python takes for public space
)
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_UNICAST = ipaddress.ip_network("2000::/3")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64: the last four bytes are an IPv4 address


class AddressRefused(OSError):
    """A name resolved to an address that may not be connected to. An OSError, so that the other ones are tried."""


def is_public(address: IP) -> bool:
    """Whether it is an ordinary address of the public internet.

    IPv4 addresses that IPv6 carries (mapped, 6to4, Teredo, NAT64) are looked at as what they are.
    """
    if isinstance(address, ipaddress.IPv4Address):
        inside = any(address in network for network in _INSIDE_CLOUDS)
        return address.is_global and not address.is_multicast and not inside
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _TRANSLATED:
        return is_public(ipaddress.IPv4Address(address.packed[-4:]))
    if address.sixtofour is not None:
        return is_public(address.sixtofour)
    if address.teredo is not None:
        return all(is_public(carried) for carried in address.teredo)
    return address in _UNICAST and address.is_global and address not in _DOCUMENTATION


@dataclass(frozen=True, slots=True)
class Guard:
    """Says no before a connection is made. Only tests make one with other values than these."""

    may_connect: Callable[[IP], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})

    def check_port(self, url: str) -> None:
        """Raise AddressRefused for a port where no web site lives."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if port not in self.ports:
            allowed = ", ".join(map(str, sorted(self.ports)))
            raise AddressRefused(f"port {port} is not one of a web site's ({allowed})")

    def open_socket(self, target: tuple[Any, ...]) -> socket.socket:
        """The socket for one resolved address, (family, type, protocol, name, socket address).

        It is asked at the last moment, with the address that is then connected to, so a name that resolves otherwise
        the second time gains nothing.
        """
        family, kind, protocol, _, place = target
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not self.may_connect(address):
            raise AddressRefused(
                "it leads to an address inside a network (private, loopback, link-local or metadata)"
            )
        return socket.socket(family, kind, protocol)
