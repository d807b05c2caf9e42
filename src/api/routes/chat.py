"""Questions and their answers, followed or awaited. Closing the connection stops the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from src.api import sse
from src.api.as_json import turn_json
from src.api.asking import Asked, Question, asked, finished, followed, stopped
from src.api.chat_events import events, events_again
from src.api.errors import Refused
from src.api.event_schemas import BrokenOff
from src.api.resuming import EventId, event_id, read_id, turn_of, was_stopped
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import ChatAnswer, ChatRequest, Error
from src.views import TurnView

router = APIRouter(tags=["chat"], responses={404: {"model": Error}, 409: {"model": Error}})


@router.post(
    "/api/chat",
    response_model=ChatAnswer,
    responses={200: sse.DESCRIBED, 204: {"description": "The event that was seen last was the end: nothing follows."}},
)
async def chat(
    request: Request,
    visit: CurrentVisit,
    question: ChatRequest,
    last_event_id: Annotated[str, Header(max_length=160, description="The last event seen of an answer.")] = "",
) -> Response | ChatAnswer:
    """Ask. The answer comes as server-sent events while it is made.

    Their names: stream_start, tool_start, tool_end, routing, model_selection, response, error, stream_end. Each `data:`
    is {"event": …, "data": {…}}. `response` carries the whole answer so far; `final` says that it is checked. Where the
    connection broke, the same request with `Last-Event-ID` goes on with the same answer.
    """
    if not question.stream:
        return await chat_sync(request, visit, question)
    seen = read_id(last_event_id)
    turn = await visit.call(partial(turn_of, visit.shelf, seen, question.message)) if seen else None
    if seen and turn and seen.is_last:
        return Response(status_code=204)
    with ExitStack() as places:
        places.enter_context(visit.stream())
        begun, again = await _begun_or_taken_up(visit, question, seen, turn)
        visit.services.followers.come(begun.turn_id)
        kept = places.pop_all()

    async def ended() -> None:
        kept.close()
        if visit.services.followers.leave(begun.turn_id):
            await stopped(visit.services, begun)

    return sse.Stream(_frames(visit, begun, again=again), ended)


async def _begun_or_taken_up(
    visit: Visit, question: ChatRequest, seen: EventId | None, turn: TurnView | None
) -> tuple[Asked, bool]:
    """A question that is being answered, and whether it is one whose `turn` is followed on.

    An answer that nobody followed any more was stopped; where it is the last of its thread, it is begun anew.
    """
    if seen is None or turn is None:
        return await asked(visit.services, visit.shelf, question_of(visit, question)), False
    known = Asked(visit.shelf, seen.thread_id, turn.id)
    if not turn.done and visit.services.followers.gone(turn.id):  # it is being stopped
        async for look in followed(visit.services, known):
            turn = look
    if was_stopped(turn) and (await visit.call(partial(visit.shelf.turns, seen.thread_id)))[-1].id == turn.id:
        anew = replace(question_of(visit, question), thread_id=seen.thread_id, again=True)
        return await asked(visit.services, visit.shelf, anew), False
    return known, True


@router.post("/api/chat/sync")
async def chat_sync(request: Request, visit: CurrentVisit, question: ChatRequest) -> ChatAnswer:
    """Ask, and wait for the finished answer."""
    with visit.stream():
        begun = await asked(visit.services, visit.shelf, question_of(visit, question))
        turn = await finished(visit.services, begun, request.is_disconnected)
    return answered(turn, begun.thread_id)


def question_of(visit: Visit, request: ChatRequest) -> Question:
    thread_id = request.thread_id or visit.shelf.new_conversation()
    return Question(request.message, thread_id, request.document_id or "", collection=request.collection or "")


def answered(turn: TurnView, thread_id: str) -> ChatAnswer:
    """The answer as one object. Raises Refused where there is none."""
    if turn.answer is None:
        raise Refused(422, "unanswered", str(turn.error) or "There is no answer to this question.")
    return turn_json(turn, turn.answer, thread_id)


async def _frames(visit: Visit, begun: Asked, *, again: bool) -> AsyncGenerator[str, None]:
    before: TurnView | None = None
    names, place = await visit.call(begun.names), 0

    def told(event: str, data: BaseModel) -> str:
        identity = event_id(begun.thread_id, begun.turn_id, place, is_last=event == "stream_end")
        return sse.frame(event, data, identity)

    try:
        async for turn in followed(visit.services, begun):
            first = again and before is None
            new = events_again(turn, begun.thread_id, names) if first else events(before, turn, begun.thread_id, names)
            quiet = True
            for event in new:
                place, quiet = place + 1, False
                yield told(event.name, event.data)
            if quiet:
                yield sse.HEARTBEAT
            before = turn
    except Refused as exc:  # deleted under our hands
        yield told("error", exc.body().error)
        yield told("stream_end", BrokenOff(thread_id=begun.thread_id))
