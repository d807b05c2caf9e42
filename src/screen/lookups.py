"""What Streamlit would ask the network by itself, and need not."""

from __future__ import annotations

from streamlit import net_util


def ask_nobody_for_our_address() -> None:
    """Have Streamlit look up neither this machine's address in the network nor the one it has in the world.

    To greet whoever starts it on 0.0.0.0, and for every websocket that another site's page opens, it asks
    checkip.amazonaws.com for the second and connects a socket to 8.8.8.8 for the first. Nobody here uses either: `Edge`
    decides whose websockets are taken, and startup.py says where the page is.
    """
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


def _unknown() -> None:
    return None
