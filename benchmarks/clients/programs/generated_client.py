"""openapi-python-client: a client is generated from /api/openapi.json, uploads and asks."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.clients.programs.told import ANOTHER_PDF, KEY, QUESTION, URL, attempt, holds

FOLDER = Path(tempfile.mkdtemp())


def generated() -> Any:
    """The client's package."""
    if not (FOLDER / "footnote_client").exists():
        out = ["--meta", "none", "--output-path", str(FOLDER / "footnote_client")]
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--url", f"{URL}/api/openapi.json", *out]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        holds(done.returncode == 0, done.stdout + done.stderr)
        holds("WARNING" not in done.stdout + done.stderr, done.stdout + done.stderr)
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module("footnote_client")


def client() -> Any:
    return generated().AuthenticatedClient(base_url=URL, token=KEY, timeout=120)


def operation(topic: str, name: str) -> Any:
    return importlib.import_module(f"footnote_client.api.{topic}.{name}")


def models_of() -> Any:
    return importlib.import_module("footnote_client.models")


def uploads() -> str:
    caller, kinds = client(), models_of()
    file = importlib.import_module("footnote_client.types").File
    body = kinds.BodyAddDocument(file=[file(io.BytesIO(ANOTHER_PDF.read_bytes()), "another.pdf", "application/pdf")])
    added = operation("documents", "add_document").sync(client=caller, body=body, wait_s=60)
    holds(added.state == "ready", f"it is {added}")
    listed = operation("documents", "list_documents").sync(client=caller)
    holds(added.id in [document.id for document in listed.documents], "it is not listed")
    operation("documents", "delete_document").sync_detailed(added.id, client=caller)
    return "`add_document`"


def chat() -> str:
    caller, kinds = client(), models_of()
    answer = operation("chat", "chat_sync").sync(client=caller, body=kinds.ChatRequest(message=QUESTION))
    holds("2.84 million tonnes" in answer.markdown and answer.citations[0].quote, f"no answer: {answer}")
    return "`chat_sync`"


def stream() -> str:
    caller, kinds = client(), models_of()
    told = operation("chat", "chat").sync_detailed(client=caller, body=kinds.ChatRequest(message=QUESTION))
    holds(told.status_code == 200 and b"event: stream_end" in told.content, f"{told.status_code}")
    return "`chat`; the events come together, in `content`"


def models() -> None:
    generated()
    caller = client()
    holds(operation("open_ai_compatible", "models").sync(client=caller).data[0].id == "footnote", "another list")


tried = partial(attempt, "openapi-python-client")
tried("models", models)
tried("uploads", uploads)
tried("chat", chat)
tried("stream", stream)
