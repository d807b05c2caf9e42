"""`python -m src.cli`: see commands.py."""

from __future__ import annotations

import sys

from shared_utils.processes.collector import collect_seldom
from shared_utils.processes.undumpable import make_undumpable
from src.cli.commands import main

if __name__ == "__main__":
    make_undumpable()  # before any file is opened: keys may stand in its environment
    collect_seldom()
    sys.exit(main())
