"""Give up rights, then become another program, for programs that are not ours. Never imported.

    python -I confined_program.py <terms> <program> <argument>…

The terms are a JSON object: `memory_bytes`, `cpu_s`; `environment`, what is set, and `passed_on`, the names of what is
kept of ours, in which keys may stand; `readable` and `executable`, files and folders, to which the variables with these
names in `readable_by` and `executable_by` add theirs; `is_confined`, whether there is a sandbox: in it nothing can be
written, nobody called, no process started.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
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
    environment = {name: os.environ[name] for name in wanted["passed_on"] if name in os.environ}
    readable = wanted["readable"] + folders(environment, wanted["readable_by"])
    executable = wanted["executable"] + folders(environment, wanted["executable_by"])
    if wanted["is_confined"]:
        sandbox.limit_processes(DESCRIPTORS)
        sandbox.enter_sandbox(readable, executable, runs_a_program=True)
    os.execve(program, [program, *arguments], environment | wanted["environment"])  # noqa: S606 - no shell is meant


def folders(environment: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """Those that these variables list."""
    return [folder for name in names for folder in environment.get(name, "").split(os.pathsep) if folder]


if __name__ == "__main__":
    main(*sys.argv[1:])
