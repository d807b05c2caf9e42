"""Questions whose process is gone are taken up for everybody at once, before all else that others have changed.

Whose person is with this process is answered here, as soon as it is told of. Where nobody is, a question that was
handed over in order waits a moment for its person to turn up; then whichever process looks first goes on with it, and
they are shown its words wherever they come to (docs/adr/0141-answered-though-its-person-is-nowhere.md). What a killed
process was at waits for its person: it may be what killed it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial

from shared_utils.errors import FootnoteError
from shared_utils.storage.conversation_store import ConversationStore, LeftTurn, LetGo, StoredTurn
from shared_utils.storage.workspaces import WorkspaceId
from src.library.conversations import LEASE_S
from src.library.shelf import Shelf

_log = logging.getLogger(__name__)

GRACE_S = 0.8  # a browser whose connection broke is back with another process before that
_AT_ONCE = 8  # of those whose person is nowhere; the next after a pause, in which other processes take their share
_PAUSE_S = 0.1
_FRESH_S = 600.0  # what was asked longer ago waits for its person


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="take-up", daemon=True).start()


class TakingUp:
    """Not thread-safe: one thread looks. `shelves` are those that are open; `open_` opens one of nobody's who came,
    which is done `beside`, several at a time."""

    def __init__(
        self,
        store: ConversationStore,
        owner: str,
        shelves: Mapping[WorkspaceId, Shelf],
        open_: Callable[[WorkspaceId], Shelf],
        clock: Callable[[], float],
        today: Callable[[], float],
        beside: Callable[[Callable[[], None]], None] = _in_a_thread,
    ) -> None:
        self._store = store
        self._owner = owner
        self._shelves = shelves
        self._open = open_
        self._clock = clock
        self._today = today
        self._beside = beside
        self._since: dict[str, float] = {}  # turn -> when it was first seen to be left, its person with nobody

    def look(self) -> float | None:
        """Take up what is left; the seconds after which there is more to look at, None where there is not.
        Raises StorageError."""
        left = self._store.left()
        here = {turn.person for turn in left if self._is_here(turn.person)}
        others, again_s = self._due([turn for turn in left if turn.person not in here and self._may_go_on(turn)])
        for turn in self._store.take(sorted(here) + others, owner=self._owner, lease_s=LEASE_S):
            if turn.person in here:
                self._go_on(turn)
            else:
                self._beside(partial(self._go_on, turn))
        return again_s

    def _go_on(self, turn: StoredTurn) -> None:
        """Taken before its shelf is opened, which may take long where much is to be done; else let go again."""
        try:
            self._open(turn.person).under_way.go_on(turn)
        except FootnoteError:
            _log.exception("a question that was taken up cannot be gone on with; it is let go")
            self._store.hand_over([LetGo(turn.person, turn.turn_id, turn.body)], owner=self._owner)

    def _due(self, left: list[LeftTurn]) -> tuple[list[WorkspaceId], float | None]:
        """Of those whose person is nowhere: who have waited long enough, as many as are taken at once; and when the
        next have."""
        now = self._clock()
        self._since = {turn.turn_id: self._since.get(turn.turn_id, now) for turn in left}
        waited = {turn.person: None for turn in left if self._since[turn.turn_id] <= now - GRACE_S}
        due, more = list(waited)[:_AT_ONCE], len(waited) > _AT_ONCE
        waiting = [self._since[turn.turn_id] for turn in left if turn.person not in waited]
        if more or not waiting:
            return due, _PAUSE_S if more else None
        return due, max(_PAUSE_S, GRACE_S + min(waiting) - now)

    def _is_here(self, person: WorkspaceId) -> bool:
        shelf = self._shelves.get(person)
        return shelf is not None and shelf.is_here()

    def _may_go_on(self, turn: LeftTurn) -> bool:
        return turn.handed_over and turn.asked_at > self._today() - _FRESH_S
