"""langchain-openai."""

from __future__ import annotations

from functools import partial

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI

from benchmarks.clients.programs.told import FOLLOW_UP, KEY, QUESTION, URL, attempt, holds, is_answer

MODEL = ChatOpenAI(base_url=f"{URL}/v1", api_key=KEY, model="footnote", temperature=0, max_retries=0)


def chat() -> None:
    said = MODEL.invoke([SystemMessage("Be brief."), HumanMessage(QUESTION)])
    is_answer(said.content)
    history = [HumanMessage(QUESTION), AIMessage(said.content), HumanMessage(FOLLOW_UP)]
    holds("[1]" in MODEL.invoke(history).content, "no footnote in the answer to a follow-up")


def stream() -> None:
    is_answer("".join(str(piece.content) for piece in MODEL.stream(QUESTION)))


tried = partial(attempt, "langchain-openai")
tried("chat", chat)
tried("stream", stream)
