"""`make bench-schema`, or `python -m benchmarks.schema [--examples 15]`: requests that schemathesis makes up.

It reads /api/openapi.json and sends what that allows and what it does not to the real server, one operation after
another and in sequences, and holds every answer against the description. The deletion of documents comes last, so that
there is something to ask before. Ends with 1 where there is a finding, or where fewer than 500 cases were sent.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from benchmarks.clients.__main__ import opened, put_in
from benchmarks.main_job import server
from src.library.sample import sample_pdf

CONFIG = Path(__file__).with_name("schemathesis.toml")
LEAST_CASES = 500
_DELETIONS = ("DELETE /api/documents/{document_id}", "DELETE /v1/files/{file_id}")
_COUNTED = re.compile(r"(\d+) generated")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=15, help="of each operation, in each of its two modes")
    chosen = options.parse_args()
    allowed = {"FOOTNOTE_API_PER_MINUTE": "1000000", "FOOTNOTE_START_OLLAMA": "no", "HF_TOKEN": ""}
    cases, findings = 0, False
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, allowed), server(Path(folder)) as address:
        opened(address)
        pdf = Path(folder) / "report.pdf"
        pdf.write_bytes(sample_pdf()[1])
        for option in ("--exclude-name", "--include-name"):
            key = secrets.token_hex(24)
            put_in(address.rstrip("/"), key, pdf)
            named = [argument for name in _DELETIONS for argument in (option, name)]
            sent, failed = tried(Path(folder), address.rstrip("/"), key, chosen.examples, named)
            cases, findings = cases + sent, findings or failed
    print(f"{cases} cases, {'with findings' if findings else 'no finding'}")
    return int(findings or cases < LEAST_CASES)


def tried(folder: Path, address: str, key: str, examples: int, operations: Sequence[str]) -> tuple[int, bool]:
    """How many cases were sent, and whether there is a finding. What schemathesis keeps stays in `folder`."""
    program = Path(sys.executable).with_name("schemathesis")
    options = [f"--max-examples={examples}", "--continue-on-failure", "--generation-deterministic", "--no-color"]
    header = ["--header", f"Authorization: Bearer {key}"]
    described = f"{address}/api/openapi.json"
    command = [str(program), "--config-file", str(CONFIG), "run", described, *header, *options, *operations]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    print(done.stdout[done.stdout.find("= FAILURES") :] if done.returncode else done.stdout[-900:])
    counted = _COUNTED.search(done.stdout)
    return int(counted[1]) if counted else 0, done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
