"""OpenAI's protocol, so that any client made for it can ask the library. Only what asking takes."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from functools import partial

from fastapi import APIRouter, Request, Response

from src.api import sse
from src.api.asking import Asked, asked, finished, followed, stopped
from src.api.completions import MODEL, chunk, finish_reason, growth, last_chunk, question_of, reply, usage
from src.api.errors import Refused
from src.api.event_schemas import CompletionId
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Choice, Completion, CompletionMessage, CompletionRequest, Error, Model, Models

router = APIRouter(tags=["OpenAI-compatible"])
_DONE = "data: [DONE]\n\n"
_SINCE = 1_760_000_000  # clients want a date of the model; this one says nothing


@router.get("/v1/models")
async def models(_: CurrentVisit) -> Models:
    """One model: “footnote”, whoever writes here now."""
    return Models(data=[Model(id=MODEL, created=_SINCE)])


@router.post(
    "/v1/chat/completions",
    response_model=Completion,
    responses={200: sse.DESCRIBED, 404: {"model": Error}, 409: {"model": Error}},
)
async def completions(request: Request, visit: CurrentVisit, wanted: CompletionRequest) -> Response | Completion:
    """Ask the library. The content has [n] in the text and the sources at its end; `citations` has them as data."""
    if wanted.model != MODEL:
        raise Refused(404, "model_not_found", f"There is one model here: “{MODEL}”. Ask for it.")
    question = await visit.call(partial(question_of, visit.shelf, wanted.messages))
    completion = CompletionId(id=f"chatcmpl-{secrets.token_hex(12)}", created=int(time.time()), model=MODEL)
    with ExitStack() as places:
        places.enter_context(visit.stream())
        begun = await asked(visit.services, visit.shelf, question)
        if not wanted.stream:
            return await _whole(request, visit, begun, completion)
        kept = places.pop_all()

    async def ended() -> None:
        kept.close()
        await stopped(visit.services, begun)

    return sse.Stream(_frames(visit, begun, completion), ended)


async def _whole(request: Request, visit: Visit, begun: Asked, completion: CompletionId) -> Completion:
    turn = await finished(visit.services, begun, request.is_disconnected)
    said = reply(turn, "", await visit.call(begun.names))
    message = CompletionMessage(content=said.text, citations=said.citations)
    return Completion(
        **dict(completion),
        choices=[Choice(message=message, finish_reason=finish_reason(turn))],
        usage=usage(turn),
        citations=said.citations,
    )


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
