"""Whose connection it is: the client's address behind proxies, and the network that counts as one sender."""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address

# Names that mean something else in every network, and that nobody can buy: RFC 6762 appendix G, RFC 8375.
PRIVATE_NAMES = (
    ".local",
    ".lan",
    ".home",
    ".home.arpa",
    ".internal",
    ".intranet",
    ".private",
    ".corp",
    ".localdomain",
)
_ONE_LINE = 64  # bits: what a provider gives to one household, who may take any address within it (RFC 6177)


def address_of(peer: str, forwarded_for: str, proxies: int) -> str:
    """The client's address: the connection's own (`peer`), or what the outermost trusted proxy saw.

    `forwarded_for` is X-Forwarded-For, several lines of it joined by commas in their order. Every proxy appends whom it
    spoke with, and a client may begin the list with anything: so it is read from its end. A port beside an address is
    left out, as it would make each connection another client.

    >>> address_of("10.0.0.1", "6.6.6.6, 7.7.7.7", proxies=1)
    '7.7.7.7'
    >>> address_of("10.0.0.1", "6.6.6.6, 7.7.7.7", proxies=0)
    '10.0.0.1'
    """
    seen = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if 0 < proxies <= len(seen):
        return _without_port(seen[-proxies])
    return peer


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address by itself, of an IPv6 address the /64 that it may choose from.

    IPv4 written as IPv6 is IPv4. What is no address, such as the name in a test, stands for itself.

    >>> network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:192.0.2.7"), network_of("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return f"{IPv6Address(int(ip) >> _ONE_LINE << _ONE_LINE)}/{_ONE_LINE}"


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def stands_for(name: str) -> str:
    """What is written down where one address or key is told from another, without the address or key; "" for ""."""
    return hashlib.sha256(b"footnote sender\0" + name.encode("utf-8", "surrogatepass")).hexdigest()[:24] if name else ""
