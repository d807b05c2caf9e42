"""Questions whose process is gone are taken up for everybody at once, before all else that others have changed.

Whose person is with this process is answered here, as soon as it is told of. Where nobody is, a question that was
handed over in order waits a moment for its person to turn up; then whichever process looks first goes on with it, and
they are shown its words wherever they come to (docs/adr/0141-answered-though-its-person-is-nowhere.md). What a killed
process was at waits for its person: it may be what killed it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from shared_utils.storage.conversation_store import ConversationStore, LeftTurn
from shared_utils.storage.workspaces import WorkspaceId
from src.library.conversations import LEASE_S
from src.library.shelf import Shelf

_log = logging.getLogger(__name__)

GRACE_S = 0.8  # a browser whose connection broke is back with another process before that
_AT_ONCE = 2  # of those whose person is nowhere; the next after a pause, in which other processes take their share
_PAUSE_S = 0.1
_FRESH_S = 600.0  # what was asked longer ago waits for its person


class TakingUp:
    """Not thread-safe: one thread looks. `shelves` are those that are open; `open_` opens one of nobody's who came."""

    def __init__(
        self,
        store: ConversationStore,
        owner: str,
        shelves: Mapping[WorkspaceId, Shelf],
        open_: Callable[[WorkspaceId], Shelf],
        clock: Callable[[], float],
        today: Callable[[], float],
    ) -> None:
        self._store = store
        self._owner = owner
        self._shelves = shelves
        self._open = open_
        self._clock = clock
        self._today = today
        self._since: dict[str, float] = {}  # turn -> when it was first seen to be left, its person with nobody

    def look(self) -> float | None:
        """Take up what is left; the seconds after which there is more to look at, None where there is not.
        Raises StorageError."""
        left = self._store.left()
        here = {turn.person for turn in left if self._is_here(turn.person)}
        for turn in self._store.take(sorted(here), owner=self._owner, lease_s=LEASE_S):
            self._open(turn.person).under_way.go_on(turn)
        return self._look_at_others([turn for turn in left if turn.person not in here and self._may_go_on(turn)])

    def _look_at_others(self, left: list[LeftTurn]) -> float | None:
        now = self._clock()
        self._since = {turn.turn_id: self._since.get(turn.turn_id, now) for turn in left}
        due = {turn.person: None for turn in left if self._since[turn.turn_id] <= now - GRACE_S}
        for person in list(due)[:_AT_ONCE]:
            self._open(person).catch_up()
        if len(due) > _AT_ONCE:
            return _PAUSE_S
        return max(_PAUSE_S, GRACE_S + min(self._since.values()) - now) if len(left) > len(due) else None

    def _is_here(self, person: WorkspaceId) -> bool:
        shelf = self._shelves.get(person)
        return shelf is not None and shelf.is_here()

    def _may_go_on(self, turn: LeftTurn) -> bool:
        return turn.handed_over and turn.asked_at > self._today() - _FRESH_S
