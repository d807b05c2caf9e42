"""What `make audit` makes of pip-audit's report: silence is never taken for safety."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.audit import as_published, unpinned, verdict

ROOT = Path(__file__).resolve().parents[2]
FINE = {"name": "httpx", "version": "0.28.1", "vulns": []}
SKIPPED = {"name": "torch", "skip_reason": "Dependency not found on PyPI and could not be audited"}
VULNERABLE = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}]}


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_every_package_asked_about_and_none_vulnerable_is_well() -> None:
    assert verdict(report(FINE)) == ("Asked about 1 of 1 packages; 0 vulnerable.", 0)


def test_a_package_that_nobody_answers_for_is_not_well() -> None:
    words, code = verdict(report(FINE, SKIPPED))
    assert code == 2
    assert "Nothing is known about torch" in words


def test_a_vulnerable_package_is_named_with_its_remedy() -> None:
    words, code = verdict(report(FINE, SKIPPED, VULNERABLE))
    assert code == 1
    assert "old 1.0: PYSEC-1, mended in 1.1" in words


def test_the_cpu_build_is_asked_about_under_its_public_version() -> None:
    linux, others = 'torch==2.13.0+cpu ; sys_platform == "linux"  # via x', 'torch==2.13.0 ; sys_platform != "linux"'
    pins = f"{linux}\nnumpy==2.4.6  # via y\n{others}"
    assert as_published(pins) == "torch==2.13.0\nnumpy==2.4.6\n"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_to_one_version(file: str) -> None:
    requirements = (ROOT / file).read_text(encoding="utf-8")
    assert "==" in requirements
    assert unpinned(requirements) == []


@pytest.mark.parametrize(
    "line", ["httpx", "httpx>=0.28", "httpx==0.28.*", "httpx~=0.28", "git+https://x.example/y", "-e ."]
)
def test_a_requirement_that_may_be_many_things_is_named(line: str) -> None:
    assert unpinned(f"numpy==2.4.6\n{line}  # via somebody\n") == [line]


def test_images_from_elsewhere_have_a_version() -> None:
    images = re.findall(r"^ARG \w+_IMAGE=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert images
    for image in images:
        assert re.search(r":\d[\w.-]*$|@sha256:[0-9a-f]{64}$", image), image


@pytest.mark.enable_socket
def test_a_service_that_cannot_be_reached_is_told_and_is_no_success() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # nobody answers there once it is closed
    command = [sys.executable, "-m", "tests.security.audit", "--osv-url", f"http://127.0.0.1:{port}/v1", "-s", "osv"]
    ran = subprocess.run([*command, "--timeout", "2"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2, ran.stderr
    assert "cannot be reached" in ran.stderr
    assert "Traceback" not in ran.stderr
