"""What stands on the wire: which fields, in which order, and which are left out."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from src.api.as_json import messages_json, turn_json
from src.api.chat_events import events
from src.api.completions import chunk, last_chunk
from src.api.event_schemas import CompletionId
from src.api.schemas import dumped
from src.api.sse import data_line, frame
from tests.src.api.turns import ANSWER, ASKED, DONE, FAILED, READING, WRITING

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
ROWS = re.findall(r"^\| (`[a-z_`, ]+`) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
LOOKS = [(None, ASKED), (ASKED, READING), (READING, WRITING), (WRITING, DONE), (ASKED, FAILED)]
PIECE = '{"id": "chatcmpl-1", "created": 5, "model": "footnote", "object": "chat.completion.chunk", "choices": '


def test_an_event_carries_what_its_documentation_lists() -> None:
    carried = defaultdict[str, set[str]](set)
    for before, now in LOOKS:
        for event in events(before, now, "thread", {}):
            carried[event.name] |= set(dumped(event.data))
    listed = {name: set(re.findall(r"`([a-z_]+)`", what)) for names, what in ROWS for name in re.findall(r"\w+", names)}
    assert set(listed) == set(carried)
    tools = {"search", "check_evidence", "verify_sentences"}  # these are values
    assert listed["tool_end"] - tools == carried["tool_end"] == carried["tool_start"] | {"elapsed_s"}
    for name in listed.keys() - {"tool_start", "tool_end"}:
        assert listed[name] <= carried[name], name


def test_the_frames_of_an_answer_keep_their_form() -> None:
    told = [frame(event.name, event.data) for event in events(READING, WRITING, "thread", {"d" * 64: "a.pdf"})]
    assert told == [
        'event: model_selection\ndata: {"event": "model_selection", "data": {"engine": "ollama", "model": "m:1b", '
        '"where": null, "state": "writing", "position": 0, "seconds_left": null, "reason": ""}}\n\n',
        'event: response\ndata: {"event": "response", "data": {"markdown": "So [1].", "citations": [{"marker": 1, '
        f'"document_id": "{"d" * 64}", "document": "a.pdf", "page": 2, "page_label": "", "where": "p. 2", '
        '"quote": "Words", "start": 0, "end": 5, "rects": []}], "engine": "ollama", "model": "m:1b", "where": null, '
        '"final": false}}\n\n',
    ]


def test_an_answer_is_told_in_one_order() -> None:
    composed = "markdown citations sentences answerable engine model where finish_reason notes direct"
    (final,) = [event.data for event in events(WRITING, DONE, "thread", {}) if event.name == "response"]
    assert list(dumped(final)) == f"{composed} final".split()
    whole = turn_json(DONE, ANSWER, "thread")
    assert list(dumped(whole)) == [
        *("thread_id", "message_id", "question", "done"),
        *composed.split(),
        *("error", "tokens", "elapsed_s", "timings"),
    ]


def test_a_piece_of_a_completion_leaves_out_what_it_lacks() -> None:
    completion = CompletionId(id="chatcmpl-1", created=5, model="footnote")
    word = data_line(chunk(completion, content="So"))
    assert word == f'data: {PIECE}[{{"index": 0, "delta": {{"content": "So"}}, "finish_reason": null}}]}}\n\n'
    end = data_line(last_chunk(completion, DONE, []))
    assert end == (
        f'data: {PIECE}[{{"index": 0, "delta": {{}}, "finish_reason": "stop"}}], "citations": [], '
        '"usage": {"prompt_tokens": 40, "completion_tokens": 7, "total_tokens": 47}}\n\n'
    )


def test_an_answer_that_is_being_written_is_an_empty_message() -> None:
    question, answer = messages_json(WRITING)
    assert (question.content, question.done) == ("How?", True)
    assert (answer.content, answer.citations, answer.done, answer.engine) == ("", [], False, "ollama")
