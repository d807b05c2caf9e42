"""Questions and their answers, followed or awaited. Closing the connection stops the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import ExitStack

from fastapi import APIRouter, Request, Response

from src.api import sse
from src.api.as_json import turn_json
from src.api.asking import Asked, Question, asked, finished, followed, stopped
from src.api.chat_events import events
from src.api.errors import Refused
from src.api.event_schemas import BrokenOff
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import ChatAnswer, ChatRequest, Error
from src.views import TurnView

router = APIRouter(tags=["chat"], responses={404: {"model": Error}, 409: {"model": Error}})


@router.post("/api/chat", response_model=ChatAnswer, responses={200: sse.DESCRIBED})
async def chat(request: Request, visit: CurrentVisit, question: ChatRequest) -> Response | ChatAnswer:
    """Ask. The answer comes as server-sent events while it is made.

    Their names: stream_start, tool_start, tool_end, routing, model_selection, response, error, stream_end. Each `data:`
    is {"event": …, "data": {…}}. `response` carries the whole answer so far; `final` says that it is checked.
    """
    if not question.stream:
        return await chat_sync(request, visit, question)
    with ExitStack() as places:
        places.enter_context(visit.stream())
        begun = await asked(visit.services, visit.shelf, question_of(visit, question))
        kept = places.pop_all()

    async def ended() -> None:
        kept.close()
        await stopped(visit.services, begun)

    return sse.Stream(_frames(visit, begun), ended)


@router.post("/api/chat/sync")
async def chat_sync(request: Request, visit: CurrentVisit, question: ChatRequest) -> ChatAnswer:
    """Ask, and wait for the finished answer."""
    with visit.stream():
        begun = await asked(visit.services, visit.shelf, question_of(visit, question))
        turn = await finished(visit.services, begun, request.is_disconnected)
    return answered(turn, begun.thread_id)


def question_of(visit: Visit, request: ChatRequest) -> Question:
    thread_id = request.thread_id or visit.shelf.new_conversation()
    return Question(request.message, thread_id, request.document_id or "")


def answered(turn: TurnView, thread_id: str) -> ChatAnswer:
    """The answer as one object. Raises Refused where there is none."""
    if turn.answer is None:
        raise Refused(422, "unanswered", str(turn.error) or "There is no answer to this question.")
    return turn_json(turn, turn.answer, thread_id)


async def _frames(visit: Visit, begun: Asked) -> AsyncGenerator[str, None]:
    before: TurnView | None = None
    names = await visit.call(begun.names)
    try:
        async for turn in followed(visit.services, begun):
            told = list(events(before, turn, begun.thread_id, names))
            for event in told:
                yield sse.frame(event.name, event.data)
            if not told:
                yield sse.HEARTBEAT
            before = turn
    except Refused as exc:  # deleted under our hands
        yield sse.frame("error", exc.body().error)
        yield sse.frame("stream_end", BrokenOff(thread_id=begun.thread_id))
