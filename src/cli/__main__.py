"""`python -m src.cli`: see commands.py."""

from __future__ import annotations

import sys

from src.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
