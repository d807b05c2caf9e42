"""What Streamlit would look up by itself, and need not."""

from __future__ import annotations

from pathlib import Path

from streamlit import net_util
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import ComponentManifest


def ask_nobody_for_our_address() -> None:
    """Have Streamlit look up neither this machine's address in the network nor the one it has in the world.

    To greet whoever starts it on 0.0.0.0, and for every websocket that another site's page opens, it asks
    checkip.amazonaws.com for the second and connects a socket to 8.8.8.8 for the first. Nobody here uses either: `Edge`
    decides whose websockets are taken, and startup.py says where the page is.
    """
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown


def look_for_no_packaged_components() -> None:
    """Have Streamlit read no installed package's metadata at its start, which takes a third of a second.

    It looks for components that packages bring; ours are handed to it by the page (browser.py).
    """
    manifest_scanner.scan_component_manifests = _none


def _none(max_workers: int | None = None) -> list[tuple[ComponentManifest, Path]]:  # noqa: ARG001 - as it is called
    return []


def _unknown() -> None:
    return None
