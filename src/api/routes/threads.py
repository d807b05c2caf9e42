"""Conversations: begun, listed, read, deleted. A thread of the API is a conversation of the page."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from src.api.as_json import Json, conversation_json, turn_json
from src.api.errors import Refused
from src.api.routes.visit import CurrentVisit
from src.api.schemas import Conversation, Error, Thread, ThreadId, Threads

router = APIRouter(tags=["threads"])
_GONE: dict[int | str, dict[str, object]] = {404: {"model": Error}}


@router.post("/api/threads", status_code=201)
async def new_thread(visit: CurrentVisit) -> Thread:
    """An id for a new conversation, which exists once it has a question."""
    return Thread(thread_id=visit.shelf.new_conversation())


@router.get("/api/threads", response_model=Threads)
async def list_threads(visit: CurrentVisit) -> Json:
    """Every conversation, the latest first."""
    views = await visit.call(visit.shelf.conversations)
    return {"threads": [conversation_json(view) for view in views]}


@router.delete("/api/threads/{thread_id}", status_code=204, responses=_GONE)
async def delete_thread(visit: CurrentVisit, thread_id: ThreadId) -> None:
    """Delete a conversation for good; what is being answered in it stops."""
    if not await visit.call(partial(visit.shelf.turns, thread_id)):
        raise _no_such_thread()
    await visit.call(partial(visit.shelf.delete_conversation, thread_id))


@router.get("/api/conversation/{thread_id}", response_model=Conversation, responses=_GONE)
async def get_conversation(visit: CurrentVisit, thread_id: ThreadId) -> Json:
    """A conversation's messages, oldest first; the answers with their citations and verdicts."""
    turns = await visit.call(partial(visit.shelf.turns, thread_id))
    if not turns:
        raise _no_such_thread()
    messages: list[Json] = []
    for turn in turns:
        answer = turn_json(turn)
        messages.append({"role": "user", "content": turn.question, "message_id": turn.id, "done": True})
        messages.append({"role": "assistant", "content": answer["markdown"], **answer})
    return {"thread_id": thread_id, "messages": messages}


def _no_such_thread() -> Refused:
    return Refused(404, "thread_gone", "There is no such thread. GET /api/threads lists yours.")
