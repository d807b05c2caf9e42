"""What the stand-in for Ollama says: its frames, the progress of downloads, and an answer that quotes the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

CREATED = "2026-08-01T12:00:00.000000Z"
_PASSAGE = re.compile(r"^\[(\d+)\](?: \([^)]*\))? (.+)$", re.MULTILINE)
_QUESTION = re.compile(r"^Question: (.+)$", re.MULTILINE)


def same(one: str, other: str) -> bool:
    return one == other or f"{one}:latest" == other or one == f"{other}:latest"


def tag(name: str, digest: str) -> dict[str, object]:
    details = {"format": "gguf", "family": "llama", "parameter_size": "1.2B", "quantization_level": "Q8_0"}
    return {"name": name, "model": name, "modified_at": CREATED, "size": 1_321_098_329, "digest": digest} | {
        "details": details
    }


def frame(model: str, content: str) -> dict[str, object]:
    message = {"role": "assistant", "content": content}
    return {"model": model, "created_at": CREATED, "message": message, "done": False}


def in_tokens(text: str) -> Iterator[str]:
    """Pieces as a model would send them: a word with the space before it."""
    yield from re.findall(r"\s*\S+", text)


def quoting_answer(prompt: str) -> str:
    """The first sentence of each of the two passages that share most words with the question, or the refusal."""
    questions = _QUESTION.findall(prompt)
    if not questions:
        return "Hello."
    asked = _words(questions[-1])
    shared = [(len(asked & _words(text)), -int(marker), text) for marker, text in _PASSAGE.findall(prompt)]
    best = sorted((entry for entry in shared if entry[0]), reverse=True)[:2]
    if not best:
        return "The documents do not say."
    return " ".join(f"{_first_sentence(text)} [{-marker}]" for _, marker, text in best)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[^\d][.!?])\s", text, maxsplit=1)[0]  # "1. Traffic" is none


def layer_progress(layers: list[int], fetched: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """(digest, completed, total) as the server tells it, layer by layer; each goes on where it stopped."""
    for number, total in enumerate(layers):
        digest = f"sha256:{number:064d}"
        for step in range(9):
            completed = total * step // 8
            if completed >= fetched.get(digest, 0):
                yield digest, completed, total


def common_beginning(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
