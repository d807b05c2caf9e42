"""How often the remote engine may still be asked today, for one person and for everybody: the operator pays for it."""

from __future__ import annotations

import logging
import threading
from collections import Counter

from shared_utils.errors import StorageError
from shared_utils.message import NOTHING, Message, message
from shared_utils.storage.remote_answers import Asked, RemoteAnswers
from src.settings import Settings

_log = logging.getLogger(__name__)
_EVERYBODY = ""


class RemoteShare:
    """Thread-safe. Counts in the store, so that neither a restart nor an idle half hour begins the day anew."""

    def __init__(self, kept: RemoteAnswers, settings: Settings) -> None:
        self._kept = kept
        self._most_of_one = settings.remote_answers
        self._most_of_all = settings.remote_answers_a_day
        self._unkept: Counter[str] = Counter()  # what the store could not take: a full disk is no reason to go on
        self._lock = threading.Lock()

    def why_not(self, key: str) -> Message:
        """Why it may not be asked for this person now; nothing where it may."""
        asked = self._asked(key)
        if asked.person >= self._most_of_one:
            return message(
                "The remote engine has been asked {n} times for you today, the most there may be. It can be asked "
                "again in {hours:.0f} h.",
                n=self._most_of_one,
                hours=max(1.0, asked.again_s / 3600),
            )
        if asked.total >= self._most_of_all:
            return message(
                "The remote engine has been asked {n} times today for everybody together, the most there may be. It "
                "can be asked again in {hours:.0f} h.",
                n=self._most_of_all,
                hours=max(1.0, asked.again_s / 3600),
            )
        return NOTHING

    def take(self, key: str) -> Message:
        """Count that it is asked once more; why it may not be, where others were quicker."""
        if reason := self.why_not(key):
            return reason
        try:
            taken = self._kept.take(key, self._most_of_one, self._most_of_all)
        except StorageError:
            _log.exception("a remote answer could not be counted in the store; it is counted until the next start")
            with self._lock:
                self._unkept.update((key, _EVERYBODY))
            return NOTHING
        return NOTHING if taken else self.why_not(key)

    def _asked(self, key: str) -> Asked:
        try:
            kept = self._kept.asked(key)
        except StorageError:
            kept = Asked(0, 0, self._kept.again_s())
        with self._lock:
            return Asked(kept.person + self._unkept[key], kept.total + self._unkept[_EVERYBODY], kept.again_s)
