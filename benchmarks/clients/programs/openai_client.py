"""openai (PyPI)."""

from __future__ import annotations

import asyncio
from functools import partial

import openai

from benchmarks.clients.programs.told import ANOTHER_PDF, FOLLOW_UP, KEY, QUESTION, URL, attempt, holds, is_answer

CLIENT = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0, timeout=120)
ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]


def chat() -> str:
    said = CLIENT.chat.completions.create(model="footnote", messages=ASKED, temperature=0, max_tokens=400, seed=1)
    text = said.choices[0].message.content
    is_answer(text)
    holds(said.choices[0].message.citations[0]["quote"], "no citation as data")
    history = [*ASKED, {"role": "assistant", "content": text}, {"role": "user", "content": FOLLOW_UP}]
    holds("[1]" in CLIENT.chat.completions.create(model="footnote", messages=history).choices[0].message.content, "")
    hello = CLIENT.chat.completions.create(model="footnote", messages=[{"role": "user", "content": "Hello"}])
    holds(hello.choices[0].finish_reason == "stop", "a greeting is refused")
    for error, more in ((openai.NotFoundError, {"model": "gpt-4"}), (openai.BadRequestError, {"n": 2})):
        try:
            CLIENT.chat.completions.create(**{"model": "footnote", "messages": ASKED} | more)
        except error as exc:
            holds(
                exc.type == "invalid_request_error" and exc.param in more, "the refusal does not say what it is about"
            )
        else:
            raise AssertionError(f"{more} is not refused")
    return "`citations` beside the content"


def stream() -> str:
    pieces, last = [], None
    options = {"include_usage": True}
    for chunk in CLIENT.chat.completions.create(model="footnote", messages=ASKED, stream=True, stream_options=options):
        pieces += [choice.delta.content or "" for choice in chunk.choices]
        last = chunk if getattr(chunk, "citations", None) else last
    is_answer("".join(pieces))
    holds(last and any(citation["rects"] for citation in last.citations), "no checked citation at the end")

    async def one() -> str:
        async with openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY) as client:
            told = await client.chat.completions.create(model="footnote", messages=ASKED, stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in told])

    is_answer(asyncio.run(one()))
    return "checked citations in the last piece"


def models() -> None:
    holds([model.id for model in CLIENT.models.list()] == ["footnote"], "another list")
    holds(CLIENT.models.retrieve("footnote").id == "footnote", "another model")


def uploads() -> str:
    added = CLIENT.files.create(file=ANOTHER_PDF, purpose="user_data")
    holds(CLIENT.files.wait_for_processing(added.id, poll_interval=0.2).status == "processed", "it is not read")
    holds(added.id in [file.id for file in CLIENT.files.list()], "it is not listed")
    parts = [{"type": "file", "file": {"file_id": added.id}}, {"type": "text", "text": QUESTION}]
    said = CLIENT.chat.completions.create(model="footnote", messages=[{"role": "user", "content": parts}])
    holds(said.choices[0].message.citations[0]["document_id"] == added.id, "another file is asked")
    holds(CLIENT.files.delete(added.id).deleted, "it is not deleted")
    return "`files`: create, wait, list, delete, asked by `file_id`"


tried = partial(attempt, "openai")
tried("chat", chat)
tried("stream", stream)
tried("models", models)
tried("uploads", uploads)
