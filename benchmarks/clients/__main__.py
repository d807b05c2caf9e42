"""`make bench-clients`, or `python -m benchmarks.clients [--home FOLDER] [--only PROGRAM …] [--write]`: real clients.

Installs the clients of `PACKAGES` and `NPM_PACKAGES`, in the versions that are current, into an environment of their
own under FOLDER, starts the server with a stand-in for a language model and has every client do what it is for.
`--write` puts the table into docs/api.md. Ends with 1 where anything fails.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx

from benchmarks.main_job import server
from src.library.sample import sample_pdf
from tests.fake_ollama import FakeOllama, Script

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api.md"
BEGIN, END = "<!-- clients: begin -->", "<!-- clients: end -->"
PACKAGES = ("openai", "litellm", "langchain-openai", "llm", "mcp", "httpx-sse", "openapi-python-client")
NPM_PACKAGES = ("openai", "ai", "@ai-sdk/openai-compatible", "@modelcontextprotocol/sdk")
PROGRAMS = ("openai_client", "litellm_client", "langchain_client", "llm_client", "mcp_client", "events_client")
GENERATED = "generated_client"
NPM = "npm_clients"
TRIED = ("chat", "stream", "models", "uploads", "MCP")
_RESULTS = ("fails", "partly", "works")  # the worst first
_LONGEST_S = 300
_SCRIPT = Script(models=["llama3.2:3b"], answer="In 2025 Nordhaven handled 2.84 million tonnes of cargo [1][2][3].")


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one thing that one client tried; `result` is one of works, partly, fails."""

    client: str
    version: str
    what: str
    result: str
    remark: str


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, default=ROOT / "data" / "clients", help="where the clients are installed")
    options.add_argument("--only", nargs="+", choices=[*PROGRAMS, GENERATED, NPM], help="these programs alone")
    options.add_argument("--write", action="store_true", help="put the table into docs/api.md")
    chosen = options.parse_args()
    installed(chosen.home)
    allowed = {"FOOTNOTE_API_PER_MINUTE": "100000", "FOOTNOTE_START_OLLAMA": "no", "HF_TOKEN": ""}
    lines: list[Line] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeOllama(_SCRIPT) as ollama,
        patch.dict(os.environ, allowed),
        server(Path(folder), ollama.url) as address,
    ):
        opened(address)
        for name in chosen.only or [*PROGRAMS, GENERATED, NPM]:
            for line in run(name, address.rstrip("/"), chosen.home, Path(folder)):
                print(f"{line.client} {line.version}: {line.what} {line.result}. {line.remark}", flush=True)
                lines.append(line)
    if chosen.write:
        write(table(lines))
    return int(any(line.result == "fails" for line in lines))


def installed(home: Path) -> None:
    """Bring the clients, once: another `home` brings them anew."""
    if not (home / "venv").exists():
        venv.create(home / "venv", with_pip=True)
        subprocess.run([home / "venv/bin/pip", "install", "-qq", *PACKAGES], check=True)
    if shutil.which("npm") and not (home / "node_modules").exists():
        (home / "package.json").write_text('{"private": true}')
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--silent", *NPM_PACKAGES], cwd=home, check=True)


def opened(address: str) -> None:
    """Return when the library is open. Raises TimeoutError."""
    until = time.monotonic() + 60
    while httpx.get(f"{address}healthz").json()["status"] != "ok":
        if time.monotonic() > until:
            raise TimeoutError("the library was not opened within a minute")
        time.sleep(0.1)


def run(name: str, address: str, home: Path, folder: Path) -> Iterator[Line]:
    """What one program tells of its clients. It has a library of its own, with the sample report in it."""
    program = ROOT / "benchmarks/clients/programs" / f"{name}.mjs"
    command: Sequence[str | Path] = ["node", program]
    if not program.exists():
        command = [home / "venv/bin/python", "-m", f"benchmarks.clients.programs.{name}"]
    elif shutil.which("node") is None or not (home / "node_modules").exists():
        print("node is not installed: its clients are left out")
        return
    key, pdf, another = secrets.token_hex(24), folder / "report.pdf", folder / "another.pdf"
    pdf.write_bytes(sample_pdf()[1])
    another.write_bytes(pdf.read_bytes() + b"% the same, as another file\n")
    put_in(address, key, pdf)
    caller = {
        "FOOTNOTE_URL": address,
        "FOOTNOTE_KEY": key,
        "FOOTNOTE_PDF": str(pdf),
        "FOOTNOTE_ANOTHER_PDF": str(another),
        "FOOTNOTE_NPM": str(home),
    }
    environment = os.environ | caller
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not told or any(line["result"] == "fails" for line in told):
        print(done.stderr[-6000:], file=sys.stderr)
    if done.returncode or not told:
        yield Line(name, "", "chat", "fails", f"the program ended with {done.returncode}")
    yield from (Line(**line) for line in told)


def put_in(address: str, key: str, pdf: Path) -> None:
    """Raises HTTPStatusError."""
    headers = {"Authorization": f"Bearer {key}"}
    with pdf.open("rb") as file:
        added = httpx.post(f"{address}/api/documents?wait_s=60", headers=headers, files={"file": file}, timeout=90)
    added.raise_for_status()


def table(lines: Iterable[Line]) -> str:
    """One row a client, with the worst of what it did in each column; "–" where it has no such thing."""
    rows: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        rows.setdefault((line.client, line.version), []).append(line)
    told = [f"| client | version | {' | '.join(TRIED)} | remark |", f"|---|---|{'---|' * len(TRIED)}---|"]
    for (client, version), tried in rows.items():
        results = [worst(line.result for line in tried if line.what == what) for what in TRIED]
        remarks = "; ".join(dict.fromkeys(line.remark for line in tried if line.remark))
        told.append(f"| {client} | {version} | {' | '.join(results)} | {remarks} |")
    return "\n".join(told)


def worst(results: Iterable[str]) -> str:
    """
    >>> worst(["works", "partly"]), worst([])
    ('partly', '–')
    """
    return min(results, key=_RESULTS.index, default="–")


def write(drawn: str) -> None:
    """Replace the table between the marks of docs/api.md."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    when = datetime.now(UTC).date().isoformat()
    said = f"`make bench-clients` ran these on {when}, each against a server with a stand-in for a language model."
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n\n{drawn}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
