"""Who sent a request, as far as limits are concerned."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers

from shared_utils.network import address_of, network_of


def sender_of(scope: MutableMapping[str, Any], headers: Headers, proxies: int) -> str:
    """The network that a request or a websocket came from, behind so many trusted proxies: `shared_utils.network`."""
    peer = scope["client"][0] if scope.get("client") else ""
    return network_of(address_of(peer, ",".join(headers.getlist("x-forwarded-for")), proxies))
