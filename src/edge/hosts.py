"""Which names this server answers to, so that no other site's name can be made to point at it (DNS rebinding)."""

from __future__ import annotations

import socket
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared_utils.network import PRIVATE_NAMES

_PRIVATE = (*PRIVATE_NAMES, ".localhost", ".test")  # the last two: RFC 6761


def is_welcome(host: str, names: Collection[str], own: str | None = None) -> bool:
    """Whether a request under this name (a Host header, with or without a port) is meant for this server.

    Welcome are addresses, which cannot be made to point elsewhere; names without a dot and private ones, which nobody
    elsewhere can have; the machine's own (`own`); and `names`: "*.example.org" is any name within it, "*" any at all.
    So is a request without a name: every browser sends one.

    >>> [is_welcome(host, ()) for host in ("localhost:8501", "[::1]:8501", "192.0.2.7", "mybox.local", "footnote:7860")]
    [True, True, True, True, True]
    >>> is_welcome("evil.example", ()), is_welcome("a.example.org", ("*.example.org",))
    (False, True)
    """
    if not host:
        return True
    name = _name(host)
    if not name:
        return False
    if _is_address(name) or "." not in name or name.endswith(_PRIVATE):
        return True
    own = socket.gethostname() if own is None else own
    return name == own.lower() or any(_covers(pattern.lower().rstrip("."), name) for pattern in names)


def _name(host: str) -> str:
    """Without the port; "" for what no browser would send."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is none
    except ValueError:
        return ""
    if parts.path or parts.query or parts.fragment or "@" in host:
        return ""
    return (parts.hostname or "").rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _covers(pattern: str, name: str) -> bool:
    if pattern == "*":
        return True
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
