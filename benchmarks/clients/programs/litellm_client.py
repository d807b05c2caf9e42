"""litellm."""

from __future__ import annotations

from functools import partial
from typing import Any

import litellm

from benchmarks.clients.programs.told import ANOTHER_PDF, KEY, QUESTION, URL, attempt, holds, is_answer

WHERE: dict[str, Any] = {"api_base": f"{URL}/v1", "api_key": KEY}
ASKED = {"model": "openai/footnote", "messages": [{"role": "user", "content": QUESTION}], **WHERE}


def chat() -> None:
    is_answer(litellm.completion(**ASKED).choices[0].message.content)
    try:
        litellm.completion(**ASKED | {"model": "openai/another"})
    except litellm.NotFoundError:
        return
    raise AssertionError("another model is not refused")


def stream() -> None:
    told = litellm.completion(stream=True, **ASKED)
    is_answer("".join(chunk.choices[0].delta.content or "" for chunk in told))


def models() -> None:
    found = litellm.get_valid_models(check_provider_endpoint=True, custom_llm_provider="openai", **WHERE)
    holds(any("footnote" in model for model in found), f"the models are {found[:5]}")


def uploads() -> str:
    with ANOTHER_PDF.open("rb") as file:
        added = litellm.create_file(file=file, purpose="assistants", custom_llm_provider="openai", **WHERE)
    listed = litellm.file_list(custom_llm_provider="openai", **WHERE)
    holds(added.id in [file.id for file in listed], "it is not listed")
    litellm.file_delete(file_id=added.id, custom_llm_provider="openai", **WHERE)
    return "`create_file`"


tried = partial(attempt, "litellm")
tried("chat", chat)
tried("stream", stream)
tried("models", models)
tried("uploads", uploads)
