"""What a person downloads outlives the drawing of the page that offered it.

Streamlit forgets a download's address, and what would make the file, as soon as the page is drawn anew, whoever's page
that is: a click in that moment answers 404. Here both are kept for a while after nobody shows them any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.runtime import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorage

KEPT_S = 120.0  # a slow connection's click, and browsers that fetch a file twice


class KeptDownloads(MediaFileManager):
    """Streamlit's own, in no haste. Thread-safe as that is: what is overridden here runs under its lock."""

    def __init__(self, storage: MediaFileStorage, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(storage)
        self._clock = clock
        self._due: dict[str, tuple[object, float]] = {}  # id -> what is to go, and when
        self._tidying = False

    def _delete_file(self, file_id: str) -> None:
        if self._is_due(file_id, self._file_metadata[file_id]):
            super()._delete_file(file_id)

    def _remove_orphaned_deferred_callables(self) -> None:
        self._tidying = True
        try:
            super()._remove_orphaned_deferred_callables()
        finally:
            self._tidying = False

    def _drop_deferred_id(self, file_id: str) -> None:
        """At once where a button was disabled; in a while where the page was merely drawn anew."""
        entry = self._deferred_callables.get(file_id)
        if entry is None or not self._tidying or self._is_due(file_id, entry["callable"]):
            self._due.pop(file_id, None)
            super()._drop_deferred_id(file_id)

    def _is_due(self, file_id: str, what: object) -> bool:
        """Whether it has been in nobody's page for KEPT_S. The same bytes offered again begin anew."""
        known, due = self._due.get(file_id, (None, 0.0))
        if known is not what:
            self._due[file_id] = what, self._clock() + KEPT_S
            return False
        if self._clock() < due:
            return False
        del self._due[file_id]
        return True


def keep_downloads() -> None:
    """Have the page's server keep them. Call it before the server is made."""
    runtime.MediaFileManager = KeptDownloads  # type: ignore[attr-defined]
