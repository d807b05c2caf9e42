"""Known vulnerabilities of what is pinned: `make audit`, or `python -m tests.security.audit [pip-audit's options]`.

pip-audit says "no known vulnerabilities" also where it could ask about nothing, as behind a package mirror without
advisories. Here that is an outcome of its own. Ends with 0: asked about every package, none is known to be vulnerable;
1: some are; 2: not every package could be asked about, so nothing is known of those; 3: a requirement is not pinned to
one version, so nobody knows what would be installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"
_PIN = re.compile(r"[A-Za-z0-9._-]+(?:\[[\w,.-]+\])?==[A-Za-z0-9.+!]+(?: *;.*)?")
_ELSEWHERE = "Run it where pypi.org answers for itself, or choose another service: make audit AUDIT='-s osv'"


def main(options: Sequence[str]) -> int:
    if loose := unpinned(_REQUIREMENTS.read_text(encoding="utf-8")):
        print(f"Not pinned to one version: {_some(loose)}. `make lock` pins them.", file=sys.stderr)
        return 3
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as asked:
        asked.write(as_published(_REQUIREMENTS.read_text(encoding="utf-8")))
        asked.flush()
        command = [sys.executable, "-m", "pip_audit", "-f", "json", "--disable-pip", "--no-deps", "-r", asked.name]
        ran = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if not ran.stdout.strip():
        last = ran.stderr.strip().splitlines()[-1:] or ["pip-audit said nothing"]
        print(f"Nothing was audited: the service cannot be reached. {_ELSEWHERE}\n{last[0]}", file=sys.stderr)
        return 2
    words, code = verdict(ran.stdout)
    print(words)
    return code


def as_published(requirements: str) -> str:
    """requirements.txt with PyTorch's CPU build under the version that advisories name, and each package once.

    >>> as_published("torch==2.13.0+cpu  # via x")
    'torch==2.13.0\\n'
    """
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", requirements, re.MULTILINE))
    return "".join(f"{name}=={version}\n" for name, version in pins.items())


def unpinned(requirements: str) -> list[str]:
    """The lines that leave open which version is installed, or where it comes from.

    >>> unpinned("numpy==2.4.6  # via faiss\\nhttpx>=0.28\\nx @ https://example.org/x.whl\\n-r more.txt")
    ['httpx>=0.28', 'x @ https://example.org/x.whl', '-r more.txt']
    """
    lines = (re.sub(r"(^|\s+)#.*", "", line).strip() for line in requirements.splitlines())
    return [line for line in lines if line and not _PIN.fullmatch(line)]


def verdict(report: str) -> tuple[str, int]:
    """What pip-audit's JSON amounts to, in words, and the exit code."""
    packages = json.loads(report)["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    vulnerable = [package for package in packages if package.get("vulns")]
    lines = [
        f"{package['name']} {package['version']}: {vuln['id']}, mended in {', '.join(vuln['fix_versions']) or 'none'}"
        for package in vulnerable
        for vuln in package["vulns"]
    ]
    lines.append(
        f"Asked about {len(packages) - len(skipped)} of {len(packages)} packages; {len(vulnerable)} vulnerable."
    )
    if skipped:
        lines.append(f"Nothing is known about {_some(skipped)}: the service does not answer for them. {_ELSEWHERE}")
    return "\n".join(lines), 1 if vulnerable else 2 if skipped else 0


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
