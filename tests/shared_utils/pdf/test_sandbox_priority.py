from __future__ import annotations

import os
import subprocess
import sys

import pytest

from src.models.ollama_process import ollama_command
from src.settings import Settings

_NICENESS = """
import os
from shared_utils.pdf.sandbox import limit_resources
before = os.nice(0)
limit_resources(8 * 2**30, None)
print(os.nice(0) - before)
"""


@pytest.mark.skipif(os.nice(0) > 9, reason="started with a priority so low that none lower is left")
def test_who_reads_a_file_gives_way_to_the_model_that_writes() -> None:
    command = ollama_command(Settings(), "ollama")
    model = int(command[command.index("nice") + 2])
    reader = subprocess.run([sys.executable, "-c", _NICENESS], capture_output=True, text=True, check=True)
    assert int(reader.stdout) > model
