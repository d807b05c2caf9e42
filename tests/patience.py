"""How tests ask a server: patiently. httpx gives up after five seconds, which one answer of a busy machine may take."""

from __future__ import annotations

import ssl

import httpx

PATIENT = httpx.Timeout(90.0)  # longer than the 60 s for which the API may be asked to wait for a file


def patient_client(address: str, key: str = "", *, verify: ssl.SSLContext | bool = True) -> httpx.Client:
    """A client for `address`, as the person who holds `key`; without one, as a stranger."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=address, headers=headers, timeout=PATIENT, verify=verify)
