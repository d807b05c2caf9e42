"""From which network somebody comes, where that counts. It is kept in memory only, and never logged."""

from __future__ import annotations

from ipaddress import ip_address

from shared_utils.network import address_of, network_of

NETWORK_SHARE = 4  # an office behind one address gets so many times what one person may have


def counted_network(peer: str, forwarded_for: str, proxies: int) -> str:
    """What counts as one sender (see `network_of`); "" for whoever sits at this machine, whose shares are not counted.

    With a proxy in front nobody does. `peer` and `forwarded_for` are `address_of`'s.

    >>> counted_network("127.0.0.1", "", 0), counted_network("127.0.0.1", "2001:db8:1:2::3", 1)
    ('', '2001:db8:1:2::/64')
    """
    address = address_of(peer, forwarded_for, proxies)
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:  # no address: a socket file, a test
        return ""
    is_here = (getattr(ip, "ipv4_mapped", None) or ip).is_loopback
    return "" if is_here and not proxies else network_of(address)
