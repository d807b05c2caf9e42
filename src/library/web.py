"""Files from web addresses, where the operator allows it: one at a time for each person."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared_utils.conversion.from_web import file_of
from shared_utils.errors import ShareUsedUp, WebAddressError
from shared_utils.web_address import Fetched

ADDRESS_STARTS = ("http://", "https://")


class WebAddresses:
    """Thread-safe. `fetch` is None where the operator does not allow it."""

    def __init__(self, fetch: Callable[[str], Fetched] | None) -> None:
        self._fetch = fetch
        self._fetching: set[str] = set()
        self._lock = threading.Lock()

    @property
    def allowed(self) -> bool:
        return self._fetch is not None

    def file_at(self, person: str, address: str) -> tuple[str, bytes]:
        """Name and bytes of what lies there. Takes up to half a minute. `person` names whoever asks.

        Raises FootnoteError where it is not allowed, cannot be fetched, or is no file that is taken.
        """
        if self._fetch is None:
            raise WebAddressError(
                "This server fetches nothing from web addresses. Please save the file in your browser, then add that."
            )
        with self._lock:
            if person in self._fetching:
                raise ShareUsedUp("Another address is being fetched for you. Try this one when it is there.", again_s=5)
            self._fetching.add(person)
        try:
            return file_of(self._fetch(address))
        finally:
            with self._lock:
                self._fetching.discard(person)
