"""The container's entry point: `python startup.py` starts the page, Ollama and its model, and keeps them running."""

from __future__ import annotations

import sys

from shared_utils.processes.undumpable import make_undumpable
from src.models.supervisor import supervise
from src.settings import Settings, SettingsError


def main() -> int:
    """The exit code: the page's own, 0 when asked to end, 2 for a setting that cannot be meant."""
    make_undumpable()  # its environment may hold keys
    try:
        settings = Settings.from_env()
    except SettingsError as exc:
        print(exc, file=sys.stderr)
        return 2
    return supervise(settings)


if __name__ == "__main__":
    sys.exit(main())
