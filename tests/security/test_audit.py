"""What `make audit` makes of pip-audit's report: silence is never taken for safety."""

from __future__ import annotations

import json

from tests.security.audit import as_published, verdict

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
