"""Where a model server runs, as far as its address tells. Nobody is asked: no name is looked up."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import urlsplit

from shared_utils.network import PRIVATE_NAMES
from shared_utils.types import Where

_SOCKETS = ("unix:", "http+unix:")
_PRIVATE = (*PRIVATE_NAMES, ".svc")  # the last: Kubernetes' services


def where_is(url: str) -> Where:
    """Where the server at `url` runs; a bare host, with or without a port, will do. What cannot be read is elsewhere.

    A host without a dot is a neighbour, such as another container. A machine's own address in its network cannot be
    told from a neighbour's: that, too, is the own network.

    >>> [where_is(url).value for url in ("http://127.0.0.1:11434", "http://[::1]", "localhost:1", "unix:///run/a.sock")]
    ['this machine', 'this machine', 'this machine', 'this machine']
    >>> [where_is(url).value for url in ("http://gpu1:8000/v1", "http://10.0.0.7", "http://box.lan", "http://100.64.0.1")]
    ['own network', 'own network', 'own network', 'own network']
    >>> [where_is(url).value for url in ("https://api.example.com/v1", "http://8.8.8.8", "http://localhost.evil.com")]
    ['elsewhere', 'elsewhere', 'elsewhere']
    """
    if url.lower().startswith(_SOCKETS):
        return Where.THIS_MACHINE
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or "localhost"
    except ValueError:
        return Where.ELSEWHERE
    host = host.rstrip(".")
    if address := _address(host):
        return _where_is_address(address)
    if host == "localhost" or host.endswith(".localhost"):
        return Where.THIS_MACHINE
    return Where.OWN_NETWORK if "." not in host or host.endswith(_PRIVATE) else Where.ELSEWHERE


def farthest(*places: Where | None) -> Where | None:
    """The place farthest away of those that are known.

    >>> farthest(Where.OWN_NETWORK, None, Where.THIS_MACHINE)
    <Where.OWN_NETWORK: 'own network'>
    """
    return max((place for place in places if place), key=[*Where].index, default=None)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """None for a name. Whoever connects reads "127.1" and "134744072" as addresses, and so they are read here."""
    try:
        address = ip_address(host)
    except ValueError:
        try:
            return ip_address(inet_aton(host))
        except (OSError, ValueError):
            return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _where_is_address(address: IPv4Address | IPv6Address) -> Where:
    """0.0.0.0 and :: are what a server listens on; whoever connects to them reaches this machine."""
    if address.is_loopback or address.is_unspecified:
        return Where.THIS_MACHINE
    return Where.ELSEWHERE if address.is_global else Where.OWN_NETWORK
