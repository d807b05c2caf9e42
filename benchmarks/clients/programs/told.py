"""What a program tells the script that started it: one line of JSON for each thing tried."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

URL = os.environ["FOOTNOTE_URL"]
KEY = os.environ["FOOTNOTE_KEY"]
PDF = Path(os.environ["FOOTNOTE_PDF"])  # in the library already
ANOTHER_PDF = Path(os.environ["FOOTNOTE_ANOTHER_PDF"])  # not yet
QUESTION = "How much cargo did Nordhaven handle in 2025?"
FOLLOW_UP = "And how many ships called?"


class Partly(Exception):
    """It does something of what it should; the message says what not."""


def holds(condition: object, otherwise: str) -> None:
    """Raises AssertionError; also where Python leaves `assert` out."""
    if not condition:
        raise AssertionError(otherwise)


def is_answer(text: str) -> None:
    """Raises AssertionError unless this is the right answer with its footnote and its source."""
    holds("2.84 million tonnes" in text, f"no answer: {text[:200]!r}")
    holds("[1]" in text, f"no footnote: {text[:200]!r}")
    holds("Sources:" in text, f"no source: {text[:200]!r}")


def attempt(package: str, what: str, job: Callable[[], str | None]) -> None:
    """Try one thing; `job` returns a remark, or nothing."""
    try:
        result, remark = "works", job() or ""
    except Partly as exc:
        result, remark = "partly", str(exc)
    except BaseException as exc:  # noqa: BLE001 - whatever a client raises is what is told
        traceback.print_exc()
        result, remark = "fails", f"{type(exc).__name__}: {exc}".splitlines()[0][:160]
    line = {"client": package, "version": version(package), "what": what, "result": result, "remark": remark}
    print(json.dumps(line), flush=True)
