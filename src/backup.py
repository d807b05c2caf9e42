"""`python -m src.backup > footnote.tar`: everything people keep here, while the server goes on.

Unpack it into `store` in the data folder of a server that is not running, and start that.
"""

from __future__ import annotations

import sys

from shared_utils.errors import FootnoteError
from shared_utils.storage.backup import write_backup
from src.settings import Settings


def main() -> int:
    """0: done; 1: it could not be; 2: called in a way that cannot be meant."""
    if sys.stdout.isatty():
        print("This writes a tar file to its output: python -m src.backup > footnote.tar", file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
        if settings.store:
            print("This server keeps everything in PostgreSQL: back that up with pg_dump.", file=sys.stderr)
            return 2
        count = write_backup(settings.data_dir / "store", sys.stdout.buffer)
    except FootnoteError as exc:
        print(exc, file=sys.stderr)
        return 1
    print(f"{count} files.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
