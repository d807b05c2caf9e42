"""A question put to a shelf, its answer followed, and stopped when nobody follows it any more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial

import anyio

from shared_utils.errors import CollectionError
from src.answering.asked import checked_question
from src.answering.ingestion import IndexedDocument
from src.api.errors import Refused, no_such_collection, no_such_document
from src.api.following import changes, documents_loaded
from src.api.services import ApiServices
from src.events import Stage
from src.library.shelf import Shelf
from src.views import TurnView

_BUSY_STAGES = (Stage.RETRIEVING, Stage.CHECKING)  # what keeps a core; waiting for a model and its words does not
_LONGEST_BUSY_S = 20.0
_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """`again` takes the place of the thread's last question instead of following it."""

    text: str
    thread_id: str
    document_id: str = ""
    again: bool = False
    collection: str = ""  # its id or its name; "" = all documents


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is being answered."""

    shelf: Shelf
    thread_id: str
    turn_id: str

    def look(self) -> TurnView:
        """Raises Refused once its thread has been deleted."""
        for turn in self.shelf.turns(self.thread_id):
            if turn.id == self.turn_id:
                return turn
        raise Refused(404, "thread_gone", "This thread was deleted while the answer was being written.")

    def stop(self) -> None:
        """Stop the answer, if it is being written."""
        with suppress(Refused):
            if not self.look().done:
                self.shelf.stop(self.thread_id)

    def names(self) -> dict[str, str]:
        return {view.document_id: view.name for view in self.shelf.documents()}


async def asked(services: ApiServices, shelf: Shelf, question: Question) -> Asked:
    """Begin to answer. Returns when the documents have been searched, which is what keeps a core.

    Raises QuestionError, or Refused where there is no such document, where too many ask at once, or where the thread
    has an answer running.
    """
    await documents_loaded(services.blocking, shelf)
    left = threading.Event()
    begin = partial(_begin, shelf, question, services.settings.max_question_chars, left)
    try:
        return await services.bounded.answers.run(shelf.name, begin)
    except asyncio.CancelledError:
        left.set()
        raise


def _begin(shelf: Shelf, question: Question, most_chars: int, left: threading.Event) -> Asked:
    if any(not turn.done for turn in shelf.turns(question.thread_id)):
        raise Refused(
            409, "thread_busy", "An answer is being written in this thread. Wait for it, or ask in another thread."
        )
    documents = documents_asked(shelf, question.document_id, question.collection)
    among = tuple(d.document.id for d in documents) if question.collection else ()
    checked_question(question.text, most_chars, documents)  # what cannot be asked is not kept either
    if question.again:
        shelf.regenerate(question.thread_id, only=question.document_id)
        turn_id = shelf.turns(question.thread_id)[-1].id
    else:
        turn_id = shelf.ask(question.thread_id, question.text, only=question.document_id, among=among)
    begun = Asked(shelf, question.thread_id, turn_id)
    until = time.monotonic() + _LONGEST_BUSY_S
    while not left.is_set() and time.monotonic() < until:
        version = shelf.version()  # before looking: a change meanwhile is one more round
        if begun.look().stage not in _BUSY_STAGES:
            break
        shelf.wait(version, _LOOK_S)
    if left.is_set():
        begun.stop()
    return begun


def documents_asked(shelf: Shelf, document_id: str, collection: str = "") -> list[IndexedDocument]:
    """What can be searched now: all, the one with this id, or those of a collection (its id or its name). Raises
    Refused where there is no such document or collection, and where no document of the collection can be asked."""
    views = shelf.documents()
    if document_id and all(view.document_id != document_id for view in views):
        raise no_such_document()
    found = [d for d in shelf.searchable() if document_id in ("", d.document.id)]
    if not collection:
        return found
    try:
        entries = shelf.collections.found(collection).entries
    except CollectionError as exc:
        raise no_such_collection() from exc
    held = {view.document_id for view in views if view.entry_id in entries}
    if not (among := [d for d in found if d.document.id in held]):
        raise Refused(422, "empty_collection", "No document of this collection can be asked yet.", param="collection")
    return among


async def followed(services: ApiServices, begun: Asked) -> AsyncGenerator[TurnView, None]:
    """The answer each time it has changed, and now and then without; last when it is done."""
    async with aclosing(changes(services.blocking, begun.shelf, begun.look, lambda turn: turn.done)) as looks:
        async for turn in looks:
            yield turn


async def stopped(services: ApiServices, begun: Asked) -> None:
    """Stop an answer that nobody follows any more; one that is done stays as it is. Even when cancelled."""
    with anyio.CancelScope(shield=True):
        await services.blocking.call(begun.stop)


async def finished(services: ApiServices, begun: Asked, has_left: Callable[[], Awaitable[bool]]) -> TurnView:
    """The finished answer. Raises Refused where the client has left meanwhile, and the answer is then stopped, or where
    this process is being stopped."""
    last: TurnView | None = None
    try:
        with anyio.CancelScope() as scope:
            watching = asyncio.create_task(_cancel_when(has_left, scope))
            try:
                async for turn in followed(services, begun):
                    last = turn
            finally:
                watching.cancel()
    finally:
        await stopped(services, begun)
    if (last is None or not last.done) and begun.shelf.leaving():
        said = "This process is being stopped. Your question is kept and answered by the next: read the thread again."
        raise Refused(503, "stopping", said, retry_after_s=1)
    if last is None or not last.done:
        raise Refused(499, "left", "The client left before the answer was there.")
    return last


async def _cancel_when(has_left: Callable[[], Awaitable[bool]], scope: anyio.CancelScope) -> None:
    while not await has_left():
        await anyio.sleep(_LOOK_S)
    scope.cancel()
