"""OpenAI's protocol, so that any client made for it can ask the library. Only what asking takes."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from functools import partial

import anyio
from fastapi import APIRouter, Request, Response

from src.api import sse
from src.api.asking import Asked, asked, finished, followed, stopped
from src.api.completions import (
    MODEL,
    NOTHING_USED,
    Reply,
    check,
    chunk,
    finish_reason,
    growth,
    in_pieces,
    last_chunk,
    question_of,
    replied_at_once,
    reply,
    usage,
    whole,
)
from src.api.errors import Refused
from src.api.event_schemas import CompletionId
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Completion, CompletionRequest, Error, Model, Models

router = APIRouter(tags=["OpenAI-compatible"])
_DONE = "data: [DONE]\n\n"
_OURS = Model(id=MODEL, created=1_760_000_000)  # clients want a date of the model; this one says nothing


@router.get("/v1/models")
async def models(_: CurrentVisit) -> Models:
    """One model: “footnote”, whoever writes here now."""
    return Models(data=[_OURS])


@router.get("/v1/models/{model}", responses={404: {"model": Error}})
async def model(_: CurrentVisit, model: str) -> Model:
    """The one model there is."""
    if model != MODEL:
        raise Refused(404, "model_not_found", f"There is one model here: “{MODEL}”.", param="model")
    return _OURS


@router.post(
    "/v1/chat/completions",
    response_model=Completion,
    responses={200: sse.DESCRIBED, 404: {"model": Error}, 409: {"model": Error}},
)
async def completions(request: Request, visit: CurrentVisit, wanted: CompletionRequest) -> Response | Completion:
    """Ask the library. The content has [n] in the text and the sources at its end; `citations` has them as data.

    A greeting and what a front end asks for itself (a title, tags) are answered without the documents and not kept.
    """
    check(wanted)
    kept = wanted.store is not False
    completion = CompletionId(id=f"chatcmpl-{secrets.token_hex(12)}", created=int(time.time()), model=MODEL)
    at_once = replied_at_once(wanted.messages)
    if at_once is not None:
        if wanted.stream:
            return sse.Stream(_at_once(completion, at_once))
        return whole(completion, Reply(at_once, []), "stop", NOTHING_USED)
    question = await visit.call(partial(question_of, visit.shelf, wanted.messages, kept=kept))
    with ExitStack() as places:
        places.enter_context(visit.stream())
        begun = await asked(visit.services, visit.shelf, question)
        if not wanted.stream:
            try:
                return await _whole(request, visit, begun, completion)
            finally:
                await _ended(visit, begun, kept=kept)
        held = places.pop_all()

    async def ended() -> None:
        held.close()
        await _ended(visit, begun, kept=kept)

    return sse.Stream(_frames(visit, begun, completion), ended)


async def _ended(visit: Visit, begun: Asked, *, kept: bool) -> None:
    """Nobody follows the answer any more; where it is not to be kept, its conversation goes. Even when cancelled."""
    await stopped(visit.services, begun)
    if not kept:
        with anyio.CancelScope(shield=True):
            await visit.call(partial(visit.shelf.delete_conversation, begun.thread_id))


async def _at_once(completion: CompletionId, text: str) -> AsyncGenerator[str, None]:
    for piece in in_pieces(completion, text):
        yield sse.data_line(piece)
    yield _DONE


async def _whole(request: Request, visit: Visit, begun: Asked, completion: CompletionId) -> Completion:
    turn = await finished(visit.services, begun, request.is_disconnected)
    said = reply(turn, "", await visit.call(begun.names))
    return whole(completion, said, finish_reason(turn), usage(turn))


async def _frames(visit: Visit, begun: Asked, completion: CompletionId) -> AsyncGenerator[str, None]:
    sent, names = "", await visit.call(begun.names)
    yield sse.data_line(chunk(completion, role="assistant", content=""))
    try:
        async for turn in followed(visit.services, begun):
            if not turn.done:
                more = growth(turn, sent)
                yield sse.data_line(chunk(completion, content=more)) if more else sse.HEARTBEAT
                sent += more
                continue
            said = reply(turn, sent, names)
            yield sse.data_line(chunk(completion, content=said.text))
            yield sse.data_line(last_chunk(completion, turn, said.citations))
    except Refused as exc:
        yield sse.data_line(exc.body())
    yield _DONE
