"""What has been learnt of a model from what it wrote here: how many of its sentences stood on the pages."""

from __future__ import annotations

import threading

from shared_utils.citations.base_rate import NO_SENTENCES, UNKNOWN, Share

_REMEMBERED = 40.0  # sentences of a model; older ones fade
_COUNTED = 10.0  # at most, against those of the answer itself


class TrackRecord:
    """By the model's name, for as long as the program runs. Shared by everybody; thread-safe."""

    def __init__(self) -> None:
        self._shares: dict[str, Share] = {}
        self._lock = threading.Lock()

    def known(self, model: str) -> Share:
        with self._lock:
            return UNKNOWN.and_also(self._shares.get(model, NO_SENTENCES), _COUNTED)

    def learn(self, model: str, share: Share) -> None:
        with self._lock:
            self._shares[model] = self._shares.get(model, NO_SENTENCES).and_also(share, _REMEMBERED)
