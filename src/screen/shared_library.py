"""The one library that every visitor of this process shares.

The server owns it: it begins to open it once its port is bound, hands it to the page, and closes it. Where the page
runs without the server, as under `streamlit run`, the page opens it itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared_utils.errors import FootnoteError
from src.screen.page_uploads import PageUploads
from src.settings import Settings

if TYPE_CHECKING:  # its import pulls in models; the port is bound before that
    from src.library.library import Library

_log = logging.getLogger(__name__)


class SharedLibrary:
    """Opened by whoever comes first, while the others wait; what failed is tried again by the next. Thread-safe."""

    def __init__(self, settings: Settings, build: Callable[[Settings], Library] | None = None) -> None:
        self.settings = settings
        self.uploads = PageUploads(settings)
        self._build = build or _build_library
        self.since = time.monotonic()
        self._reason = ""  # why it could not be opened, in a sentence
        self.library: Library | None = None  # None until it is open
        self._opening = threading.Lock()

    @property
    def state(self) -> str:
        """ok, starting, unhealthy (it cannot be opened) or stalled (only a new process helps)."""
        if self.library is not None:
            return "stalled" if self.library.why_stalled() else "ok"
        return "unhealthy" if self._reason else "starting"

    @property
    def reason(self) -> str:
        """Why it is unhealthy or stalled, in a sentence; else ""."""
        if self.library is not None:
            return self.library.why_stalled()
        return self._reason

    def open(self) -> Library:
        """The library, once it is open. Raises FootnoteError where it cannot be opened."""
        with self._opening:
            if self.library is None:
                self.library = self._built()
                self._reason = ""
            return self.library

    def warm_up(self) -> None:
        """Begin to open it in the background; how that went shows in `state`."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def hand_over(self) -> None:
        """See `Library.hand_over`."""
        if self.library is not None:
            self.library.hand_over()

    def close(self) -> None:
        """Close it if it is open. Closing twice does no harm."""
        if self.library is not None:
            self.library.close()

    def _built(self) -> Library:
        try:
            return self._build(self.settings)
        except FootnoteError as exc:
            self._reason = str(exc)
            raise
        except Exception:  # else it would say for ever that it is starting
            self._reason = "The library could not be opened. The server's log says why."
            raise

    def _warm_up(self) -> None:
        try:
            self.open()
        except FootnoteError:
            return  # `reason` says it, and so does the page
        except Exception:  # noqa: BLE001 - a thread has nobody above it who would tell
            _log.exception("the library cannot be opened")


def _build_library(settings: Settings) -> Library:
    from src.wiring import build_library

    return build_library(settings)


_served: SharedLibrary | None = None
_serving = threading.Lock()


def serve(shared: SharedLibrary) -> None:
    """Hand the page the library that it shows from now on."""
    global _served
    with _serving:
        _served = shared


def shared_library() -> SharedLibrary:
    """What was handed over; without a server, the page's own."""
    global _served
    with _serving:
        if _served is None:
            _served = SharedLibrary(Settings.from_env())
        return _served
