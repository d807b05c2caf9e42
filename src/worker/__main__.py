"""`python -m src.worker`: reads files for the web processes on one database, until it is asked to end.

0: it was asked to end; 1: the database cannot be used, or work stood still; 2: a setting that cannot be meant.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from shared_utils.errors import FootnoteError
from shared_utils.processes.collector import collect_seldom
from shared_utils.processes.undumpable import make_undumpable
from src.settings import Settings, SettingsError
from src.wiring import build_rag, open_store
from src.worker.worker import Stalled, Worker

_NICE = 5  # beside a web process of the same machine, whoever looks at a page comes first
_log = logging.getLogger("src.worker")


def main() -> int:
    make_undumpable()  # before any file of a stranger is opened
    collect_seldom()
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", stream=sys.stderr, level=logging.WARNING)
    _log.setLevel(logging.INFO)
    try:
        settings = Settings.from_env()
    except SettingsError as exc:
        print(exc, file=sys.stderr)
        return 2
    if not settings.store:
        print("A worker needs FOOTNOTE_STORE; without a database the web process reads files itself.", file=sys.stderr)
        return 2
    with suppress(OSError):
        os.nice(_NICE)
    try:
        return work(settings)
    except FootnoteError as exc:
        print(exc, file=sys.stderr)
        return 1


def work(settings: Settings) -> int:
    """The exit code. Raises StorageError where the database cannot be used."""
    store = open_store(settings)
    jobs = store.reading_jobs
    assert jobs is not None  # noqa: S101 - a database has them
    rag = build_rag(settings)
    rag.embedder.start()  # once for all the files of this worker
    worker = Worker(rag, store, jobs, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        # in a thread of its own: the interrupted one may hold the lock that stopping needs
        signal.signal(number, lambda *_: threading.Thread(target=worker.stop, name="stop", daemon=True).start())
    _log.info("reading files")
    try:
        worker.run()
    except Stalled as exc:
        _log.error("no sign of life of: %s; only a new process helps", exc)
        os._exit(1)  # threads that stand still cannot be waited for
    _log.info("asked to end: what is half read is handed over")
    worker.close()
    rag.viewer.close()
    store.close()
    return 0


def leave(code: int) -> NoReturn:
    """End at once: the embedding model may still be loading, in a thread that the interpreter would wait for."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
