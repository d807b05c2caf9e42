"""What stands in for Ollama inside an image that is built where its registry is out of reach.

It speaks the protocol of tests/fake_ollama.py and keeps names of models in OLLAMA_MODELS, as files. Its server has no
network to pull from; the `pull` command of a build has.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # it runs as a program, wherever the folder was copied

from tests.fake_ollama import FakeOllama, Script

LICENCE = "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT (stand-in)"


def models_dir() -> Path:
    return Path(os.environ.get("OLLAMA_MODELS") or Path.home() / ".ollama" / "models")


def address() -> tuple[str, int]:
    host, _, port = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434").removeprefix("http://").rpartition(":")
    return host, int(port)


def serve() -> None:
    installed = [path.read_text() for path in sorted(models_dir().glob("manifests/*"))]
    script = Script(models=installed, pull_fault="error line", pull_faults=1_000_000)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with FakeOllama(script, *address()):
        stop.wait()


def wait_for_server() -> None:
    """As the real commands do, ask the server; here, until it is there."""
    host, port = address()
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/api/version", timeout=1):
                return
        except OSError:
            if time.monotonic() > until:
                sys.exit("no server")
            time.sleep(0.1)


def main() -> None:
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case ["list"]:
            wait_for_server()
        case ["pull", name]:
            wait_for_server()
            folder = models_dir() / "manifests"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name.replace("/", "_")).write_text(name)
        case ["show", _, "--license"]:
            wait_for_server()
            print(LICENCE)
        case other:
            sys.exit(f"the stand-in does not know {other}")


if __name__ == "__main__":
    main()
