"""Keys stay where they were put: not in the repository, the image, a child's environment, or the log."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from shared_utils.processes.child import masked
from src.models.ollama_process import ollama_command
from src.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "HF_TOKEN": "hf_" + "Ab1" * 11,
    "FOOTNOTE_API_KEYS": "first-key-0123456789-abcdefghijkl,second-key-0123456789-abcdefghijk",
    "FOOTNOTE_ENDPOINT_KEY": "sk-endpoint-0123456789",
    "FOOTNOTE_STORE": "postgresql://footnote:pass-word-0123@db.example/footnote",
}
_LOOKS_SECRET = re.compile(r"hf_[A-Za-z]{34}\b|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|-----BEGIN [A-Z ]*PRIVATE KEY-----")


def values() -> list[str]:
    """Every secret by itself."""
    return [*SECRETS["FOOTNOTE_API_KEYS"].split(","), *(v for k, v in SECRETS.items() if k != "FOOTNOTE_API_KEYS")]


def test_every_variable_with_a_secret_is_known_as_one() -> None:
    known = Settings.from_env(SECRETS).secrets()
    assert set(values()) <= set(known)


def test_a_line_that_names_one_is_masked_in_the_log() -> None:
    known = Settings.from_env(SECRETS).secrets()
    for value in values():
        assert value not in masked(f"GET /x?key={value} failed", known)


def test_ollama_is_started_without_them(tmp_path: Path) -> None:
    program = tmp_path / "ollama"
    program.write_text("#!/bin/sh\nexec env\n")
    program.chmod(0o755)
    command = ollama_command(Settings.from_env(SECRETS), str(program))
    seen = subprocess.run(command, env=os.environ | SECRETS, capture_output=True, text=True, check=True).stdout
    assert "OLLAMA_HOST=" in seen
    for value in values():
        assert value not in seen


def test_the_image_is_built_without_them() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    arguments = re.findall(r"^ARG (\w+)", dockerfile, re.MULTILINE)
    assert arguments
    assert not [name for name in arguments if re.search("TOKEN|KEY|SECRET|PASSWORD", name)]
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*", "a file such as .env stays out"


def test_nothing_in_the_repository_looks_like_one() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            found = _LOOKS_SECRET.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert found is None, f"{name} holds {found[0][:12]}…" if found else ""
