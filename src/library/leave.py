"""Which models a person's question may be sent to, and why not to the others."""

from __future__ import annotations

from functools import partial

from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.types import EngineKind, Where
from src.answering.writing import Writer, guarded, staying
from src.library.services import Person, Services
from src.library.turns import Turn
from src.models.wish import wish_of


class Leave:
    """Every method may be called from any thread."""

    def __init__(self, person: Person, services: Services) -> None:
        self._person = person
        self._engines = services.engines
        self._remote = services.remote

    def writers(self, turn: Turn) -> list[Writer]:
        preferences = self._person.preferences()
        offered = self._engines.writers(preferences.model)
        near = staying(offered) if preferences.keep_here else offered
        writers = [writer for writer in near if not self._why_not_ask(writer.engine.name, writer.where)]
        return [guarded(writer, partial(self._why_not_send, turn, writer.engine.name)) for writer in writers]

    def why_nobody(self) -> Message:
        """Why no model may write for this person now; nothing where they wanted none."""
        preferences = self._person.preferences()
        if wish_of(preferences.model).engine is EngineKind.EXTRACTIVE:
            return NOTHING
        offered = self._engines.writers(preferences.model)
        reasons = [self._engines.why_nobody(), *(self._why_not_ask(w.engine.name, w.where) for w in offered)]
        return joined(*dict.fromkeys(reasons))

    def _why_not_ask(self, engine: EngineKind, where: Where | None, *, counted: bool = False) -> Message:
        """What forbids to ask an engine, for any question.

        `counted`: for a question that the remote engine was asked already: its next model is asked on the same account.
        """
        if where is not Where.THIS_MACHINE and self._person.preferences().keep_here:
            return message("You chose to keep everything on this server, so no model on another machine was asked.")
        if engine is EngineKind.REMOTE and not counted:
            return self._remote.why_not(self._person.key)
        return NOTHING

    def _why_not_send(self, turn: Turn, engine: EngineKind, where: Where) -> Message:
        """What forbids, at this moment, that a question's passages are sent to a model there.

        Asked again just before they would be: minutes may have passed in line, and a mind may have been changed.
        """
        if where is Where.THIS_MACHINE:
            return NOTHING
        if reason := self._why_not_ask(engine, where, counted=turn.remote_asked):
            return reason
        present = {indexed.document.id for indexed in self._person.documents()}
        spans = turn.evidence.spans if turn.evidence else ()
        if any(span.document_id not in present for span in spans):
            return message("A document was removed meanwhile, so no model on another machine was asked.")
        if engine is EngineKind.REMOTE and not turn.remote_asked:
            if reason := self._remote.take(self._person.key):
                return reason
            turn.remote_asked = True  # whatever becomes of the answer, it was asked for
        return NOTHING
