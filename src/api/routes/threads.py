"""Conversations: begun, listed, read, deleted. A thread of the API is a conversation of the page."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from src.api.as_json import conversation_json, messages_json
from src.api.errors import Refused
from src.api.routes.visit import CurrentVisit
from src.api.schemas import Conversation, Error, Thread, ThreadId, Threads

router = APIRouter(tags=["threads"])
_GONE: dict[int | str, dict[str, object]] = {404: {"model": Error}}


@router.post("/api/threads", status_code=201)
async def new_thread(visit: CurrentVisit) -> Thread:
    """An id for a new conversation, which exists once it has a question."""
    return Thread(thread_id=visit.shelf.new_conversation())


@router.get("/api/threads")
async def list_threads(visit: CurrentVisit) -> Threads:
    """Every conversation, the latest first."""
    views = await visit.call(visit.shelf.conversations)
    return Threads(threads=[conversation_json(view) for view in views])


@router.delete("/api/threads/{thread_id}", status_code=204, responses=_GONE)
async def delete_thread(visit: CurrentVisit, thread_id: ThreadId) -> None:
    """Delete a conversation for good; what is being answered in it stops."""
    if not await visit.call(partial(visit.shelf.turns, thread_id)):
        raise _no_such_thread()
    await visit.call(partial(visit.shelf.delete_conversation, thread_id))


@router.get("/api/conversation/{thread_id}", responses=_GONE)
async def get_conversation(visit: CurrentVisit, thread_id: ThreadId) -> Conversation:
    """A conversation's messages, oldest first; the answers with their citations and verdicts."""
    turns = await visit.call(partial(visit.shelf.turns, thread_id))
    if not turns:
        raise _no_such_thread()
    return Conversation(thread_id=thread_id, messages=[message for turn in turns for message in messages_json(turn)])


def _no_such_thread() -> Refused:
    return Refused(404, "thread_gone", "There is no such thread. GET /api/threads lists yours.")
