"""PDFs of Office documents by LibreOffice, where it is installed: a program of its own, in a sandbox of its own.

https://help.libreoffice.org/latest/en-US/text/shared/guide/start_parameters.html
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from shared_utils.conversion.locked import is_locked
from shared_utils.conversion.office_program import NOT_CONFINED
from shared_utils.conversion.sheets import FLAT, MOST_FLAT_BYTES, fitted
from shared_utils.errors import PdfTooLarge, UnreadablePdf
from shared_utils.pdf.isolation import WorkerCancelled
from shared_utils.types import Cancelled

_PROGRAM = Path(__file__).with_name("office_program.py")
_MEMORY_BYTES = 2_500_000_000  # of address space, of which libraries take one
_CPU_S = 120
_WALL_S = 240.0
_STEP_S = 0.1
_TOO_LONG = (-signal.SIGXCPU, -signal.SIGKILL)  # its allowance of computing is used up
_AGAIN = 81  # it has made its profile, and wants to be started anew
_STARTS = 3
_SOCKETS = Path("/tmp")  # noqa: S108 - LibreOffice asks for no other place
_RTF = "Rich Text Format"
# Named, so that what is damaged is not read as some text. By the names in LibreOffice's filter/source/config/fragments.
_FILTERS = {
    "docx": "MS Word 2007 XML",
    "xlsx": "Calc MS Excel 2007 XML",
    "pptx": "Impress MS PowerPoint 2007 XML",
    "odt": "writer8",
    "ods": "calc8",
    "odp": "impress8",
    "rtf": _RTF,
    "doc": "MS Word 97",
    "xls": "MS Excel 97",
    "ppt": "MS PowerPoint 97",
    "docm": "MS Word 2007 XML VBA",
    "xlsm": "Calc MS Excel 2007 VBA XML",
    "pptm": "Impress MS PowerPoint 2007 XML VBA",
    FLAT: "OpenDocument Spreadsheet Flat XML",
}
_SHEETS = ("xlsx", "xlsm", "xls", "ods")
_SETTING = '<item oor:path="/org.openoffice.Office.Common/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'  # noqa: E501
_SETTINGS = (
    ("Security/Scripting", "MacroSecurityLevel", "3"),
    ("Security/Scripting", "DisableMacrosExecution", "true"),
    ("Security/Scripting", "BlockUntrustedRefererLinks", "true"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}'
    "</oor:items>"
)


@lru_cache(maxsize=1)
def office_program() -> str | None:
    """LibreOffice's own file; None where it is not installed, or where it could not be confined (not on Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    command = shutil.which("soffice") or shutil.which("libreoffice")
    places = [Path(command).resolve().parent] if command else []
    places += [Path("/usr/lib/libreoffice/program"), Path("/usr/lib64/libreoffice/program")]
    return next((str(place / "soffice.bin") for place in places if (place / "soffice.bin").is_file()), None)


def office_pdf(program: str, path: Path, suffix: str, most_bytes: int, cancelled: Cancelled) -> bytes:
    """The PDF. Macros are not run, and nothing that a document links to is fetched.

    Raises DocumentError with what is wrong, WorkerCancelled once `cancelled`.
    """
    with TemporaryDirectory(prefix="footnote-office-", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        user = folder / "profile" / "user"
        user.mkdir(parents=True)
        items = "".join(_SETTING.format(path=place, name=name, value=value) for place, name, value in _SETTINGS)
        (user / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")
        source, out = folder / f"document.{suffix}", folder / "out"
        out.mkdir()
        shutil.copyfile(path, source)
        with source.open("rb") as file:
            read_by = _FILTERS[suffix] if not file.read(5).startswith(b"{\\rtf") else _RTF
        deadline = time.monotonic() + _WALL_S
        if suffix in _SHEETS and (wide := _as_wide_as_it_is(program, folder, source, read_by, deadline, cancelled)):
            source, read_by = wide, _FILTERS[FLAT]
        result = _made(program, folder, source, read_by, "pdf", deadline, cancelled)
        if result is None:
            _raise_unreadable(path)
        if result.stat().st_size > most_bytes:
            raise PdfTooLarge("The pages made of this file would be far larger than it is. Please split it.")
        return result.read_bytes()


def _raise_unreadable(path: Path) -> NoReturn:
    if is_locked(path.read_bytes()):
        raise UnreadablePdf(
            "This file is protected by a password. Please remove it in the program the file comes from, then add the "
            "file again."
        )
    raise UnreadablePdf(
        "No pages can be made of this file: it is damaged, or needs more memory than a file gets. Please save it "
        "anew, or split it."
    )


def _as_wide_as_it_is(
    program: str, folder: Path, source: Path, read_by: str, deadline: float, cancelled: Cancelled
) -> Path | None:
    """The spreadsheet with pages on which its rows are whole; None where it is too large, or could not be written."""
    flat = _made(program, folder, source, read_by, FLAT, deadline, cancelled)
    if flat is None or flat.stat().st_size > MOST_FLAT_BYTES:
        return None
    wide = folder / f"document.{FLAT}"
    wide.write_text(fitted(flat.read_text("utf-8", "replace")), "utf-8")
    return wide


def _made(
    program: str, folder: Path, source: Path, read_by: str, kind: str, deadline: float, cancelled: Cancelled
) -> Path | None:
    """The file in another kind; None where nothing came of it."""
    out = folder / "out"
    what = ["--convert-to", kind, f"--infilter={read_by}", "--outdir", str(out), str(source)]
    _run(program, folder, what, deadline, cancelled)
    result = out / f"document.{kind}"
    return result if result.is_file() and not result.is_symlink() else None


def _run(program: str, folder: Path, what: Sequence[str], deadline: float, cancelled: Cancelled) -> None:
    profile = f"file://{folder}/profile"
    arguments = [
        "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard",
        f"-env:UserInstallation={profile}", *what,
    ]  # fmt: skip
    limits = [str(_MEMORY_BYTES), str(_CPU_S)]
    command = [sys.executable, "-I", "-B", str(_PROGRAM), program, str(folder), *limits, *arguments]
    for _ in range(_STARTS):
        ended = _ended(command, deadline, cancelled)
        _socket_of(profile).unlink(missing_ok=True)
        if ended == NOT_CONFINED:
            raise UnreadablePdf(
                "LibreOffice cannot be kept apart from other files on this server, so it is not used. Please save the "
                "file as PDF, then add that."
            )
        if ended in _TOO_LONG:
            raise _takes_too_long()
        if ended != _AGAIN:
            return


def _ended(command: list[str], deadline: float, cancelled: Cancelled) -> int:
    """The exit status. Whatever it started ends with it."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=quiet, stdout=quiet, stderr=quiet, env={}, start_new_session=True, close_fds=True
    ) as process:
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    return process.wait(_STEP_S)
                if cancelled():
                    raise WorkerCancelled
                if time.monotonic() > deadline:
                    raise _takes_too_long()
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _takes_too_long() -> UnreadablePdf:
    return UnreadablePdf(
        "Making pages of this file takes too long: it is far too large or too complex. Please split it."
    )


def _socket_of(profile: str) -> Path:
    """By which one LibreOffice knows another of the same profile; it cannot remove it itself in there.

    After `CreateMD5FromString` in its desktop/source/app/officeipcthread.cxx.
    """
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    return _SOCKETS / f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
