from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared_utils.errors import GeneratorUnavailable
from src.models.ollama_process import BackgroundTending, is_poll, ollama_command, why_no_ollama
from src.models.status import ModelState, ModelStatus
from src.settings import Settings


def test_ollama_listens_here_only_for_one_question_at_a_time_and_learns_no_secret() -> None:
    command = ollama_command(Settings(ollama_url="http://127.0.0.1:11500", num_ctx=2048), "/usr/bin/ollama")
    assert {"OLLAMA_HOST=127.0.0.1:11500", "OLLAMA_NUM_PARALLEL=1", "OLLAMA_CONTEXT_LENGTH=2048"} <= set(command)
    assert command[command.index("HF_TOKEN") - 1] == "-u"
    assert command[-2:] == ["/usr/bin/ollama", "serve"]


@pytest.mark.parametrize(
    ("settings", "binary", "words"),
    [
        (Settings(), None, "https://ollama.com/download"),
        (Settings(start_ollama=False), "/usr/bin/ollama", "ollama serve"),
        (Settings(ollama_url="http://gpu.example:11434"), "/usr/bin/ollama", "not this machine's to start"),
        (Settings(), "/usr/bin/ollama", ""),
    ],
)
def test_one_sentence_tells_why_no_ollama_is_started(settings: Settings, binary: str | None, words: str) -> None:
    reason = why_no_ollama(settings, binary)
    assert words in str(reason)
    assert bool(reason) is bool(words)


def test_a_tending_that_fails_is_over_and_its_reason_logged() -> None:
    def failing() -> Iterator[ModelStatus]:
        yield ModelStatus(ModelState.LOADING, "m")
        raise GeneratorUnavailable("Nothing answers.")

    lines: list[str] = []
    tending = BackgroundTending(failing(), lines.append)
    tending._thread.join(20)
    assert tending.ended
    assert tending.status.state is ModelState.LOADING
    assert lines == ["Nothing answers."]


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ('[GIN] 2026/11/28 - 10:00:00 | 200 |      41.2µs |       127.0.0.1 | GET      "/api/version"', True),
        ('[GIN] 2026/11/28 - 10:00:00 | 200 |      41.2µs |       127.0.0.1 | GET      "/api/tags"', True),
        ('[GIN] 2026/11/28 - 10:00:00 | 200 |      41.2µs |       127.0.0.1 | HEAD     "/"', True),
        ('[GIN] 2026/11/28 - 10:00:00 | 500 |      41.2µs |       127.0.0.1 | GET      "/api/version"', False),
        ('[GIN] 2026/11/28 - 10:00:00 | 200 | 12.3s |       127.0.0.1 | POST     "/api/chat"', False),
        ('time=2026-11-28 level=WARN msg="GET \\"/api/version\\" failed"', False),
    ],
)
def test_a_look_that_was_answered_is_not_worth_a_line_and_a_failure_is(line: str, is_one: bool) -> None:
    assert is_poll(f"ollama | {line}") is is_one
