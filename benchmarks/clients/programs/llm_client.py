"""llm, as a person uses it in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.clients.programs.told import FOLLOW_UP, KEY, QUESTION, URL, attempt, holds, is_answer

HOME = Path(tempfile.mkdtemp())
(HOME / "extra-openai-models.yaml").write_text(
    f"- model_id: footnote\n  model_name: footnote\n  api_base: {URL}/v1\n  api_key_name: footnote\n"
)
(HOME / "keys.json").write_text(f'{{"footnote": "{KEY}"}}')


def llm(*arguments: str) -> str:
    """What the command prints. Raises AssertionError where it fails."""
    command = [sys.executable, "-m", "llm", *arguments]
    home = os.environ | {"LLM_USER_PATH": str(HOME)}
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    holds(done.returncode == 0, done.stderr[-300:])
    return done.stdout


def chat() -> None:
    is_answer(llm("-m", "footnote", "--no-stream", QUESTION))
    holds("[1]" in llm("-c", "--no-stream", FOLLOW_UP), "no footnote in the answer to a follow-up")


def stream() -> None:
    is_answer(llm("-m", "footnote", QUESTION))


def models() -> str:
    holds("footnote" in llm("models"), "it is not listed")
    return "named in extra-openai-models.yaml"


tried = partial(attempt, "llm")
tried("chat", chat)
tried("stream", stream)
tried("models", models)
