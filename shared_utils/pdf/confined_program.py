"""Give up rights, then become another program, for programs that are not ours. Never imported.

    python -I confined_program.py <terms> <program> <argument>…

The terms are a JSON object of `memory_bytes`, `cpu_s`, and `readable` and `executable`, which are files and folders.
Nothing can be written, nobody called, no process started.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

DESCRIPTORS = 64


def main(terms: str, program: str, *arguments: str) -> None:
    """Raises OSError where the program cannot be started."""
    wanted = json.loads(terms)
    sandbox = ModuleType("sandbox")
    SourceFileLoader("sandbox", str(Path(__file__).with_name("sandbox.py"))).exec_module(sandbox)
    sandbox.limit_resources(wanted["memory_bytes"], wanted["cpu_s"])
    sandbox.limit_processes(DESCRIPTORS)
    sandbox.enter_sandbox(wanted["readable"], wanted["executable"], runs_a_program=True)
    os.execv(program, [program, *arguments])  # noqa: S606 - that no shell is in between is meant


if __name__ == "__main__":
    main(*sys.argv[1:])
