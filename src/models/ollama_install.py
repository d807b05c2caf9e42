"""An official archive of Ollama into the data folder: fetched (again from where it broke off), checked, unpacked."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from shared_utils.errors import FootnoteError
from shared_utils.message import NOTHING, joined, message
from src.models.ollama_release import Archive
from src.models.status import ModelState, ModelStatus

if TYPE_CHECKING:
    import httpx

_GB = 1_000_000_000
_ATTEMPTS = 5  # without a byte of progress between them
_SILENCE_S = 15.0  # a mirror that is silent for so long is asked again
_REPORT_S = 0.5
_CHUNK = 1 << 20
_LARGEST_WINDOW_LOG = 31  # of a .zst: what `zstd --long=31` makes
_FOR_GPUS = re.compile(r"cuda|rocm|hip|vulkan|mlx", re.IGNORECASE)  # what the image leaves out too
_NVIDIA = (Path("/dev/nvidiactl"), Path("/dev/nvidia0"), Path("/dev/dxg"))


class NotInstalled(FootnoteError):
    """It could not be fetched or unpacked. The message says why and what to do."""


class _Broken(Exception):
    """The connection did, or the server has a bad moment: what is there stays, the rest is asked again."""


@dataclass(frozen=True, slots=True)
class Install:
    """What to fetch, from where (`base_url` ends with a slash) and into which folder: `folder/version/`.

    `everything`: with the libraries for graphics cards. `disk_free_bytes` is asked before anything is fetched.
    """

    archive: Archive
    version: str
    base_url: str
    folder: Path
    everything: bool
    disk_free_bytes: Callable[[Path], int | None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    @property
    def name(self) -> str:
        return f"Ollama {self.version}"

    @property
    def home(self) -> Path:
        return self.folder / self.version

    @property
    def executable(self) -> Path:
        return self.home / self.archive.executable

    @property
    def partial(self) -> Path:
        """What has come of the archive."""
        return self.folder / f"{self.version}-{self.archive.name}.part"

    def done(self) -> bool:
        return os.access(self.executable, os.X_OK) and self.executable.is_file()

    def steps(self) -> Iterator[ModelStatus]:
        """Statuses up to an Ollama that is there. Closing it stops it; what has come is kept. Raises NotInstalled."""
        if self.done():
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._require_disk()
            yield from self._fetched()
            yield from self._checked()
            yield from self._unpacked()
            self.partial.unlink(missing_ok=True)
        except OSError as exc:
            raise self._of_the_disk(exc) from exc

    # -------------------------------------------------------------------------------------------- fetching

    def _require_disk(self) -> None:
        free = self.disk_free_bytes(self.folder)
        wanted = self.archive.size_bytes - self.have_bytes() + self._unpacked_bytes()
        if free is not None and free < wanted:
            raise NotInstalled(
                "{name} needs {wanted:.1f} GB on the disk, there are {present:.1f} free. Make room, then fetch it "
                "again.",
                name=self.name,
                wanted=wanted / _GB,
                present=free / _GB,
            )

    def _unpacked_bytes(self) -> int:
        return self.archive.unpacked_all_bytes if self.everything else self.archive.unpacked_cpu_bytes

    def have_bytes(self) -> int:
        """What has come of the archive, and is not asked for again."""
        return self.partial.stat().st_size if self.partial.exists() else 0

    def _fetched(self) -> Iterator[ModelStatus]:
        import httpx  # as below: the page's own start needs those tenths of a second more

        failures = 0
        yield self._pulling(None)
        while (before := self.have_bytes()) < self.archive.size_bytes:
            try:
                yield from self._asked(before)
            except (httpx.HTTPError, httpx.InvalidURL, _Broken) as exc:
                failures = 1 if self.have_bytes() > before else failures + 1
                reached = bool(self.have_bytes()) or isinstance(exc, _Broken)
                if failures > _ATTEMPTS:
                    raise self._unreachable(reached=reached) from exc
                wait_s = min(2.0 ** (failures - 1), 60.0)
                yield self._pulling(None, again_s=wait_s)
                self.sleep(wait_s)

    def _unreachable(self, *, reached: bool) -> NotInstalled:
        if reached:
            return NotInstalled(
                "The connection to {address} broke off again and again. What has come is kept: fetch it again later.",
                address=self._host(),
            )
        return NotInstalled(
            "{address} cannot be reached. Connect this machine to the network, or name a mirror in "
            "FOOTNOTE_OLLAMA_ARCHIVES, then fetch it again.",
            address=self._host(),
        )

    def _host(self) -> str:
        """The server's name, without what a mirror's address may say of its user."""
        return self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2] or self.base_url

    def _asked(self, start: int) -> Iterator[ModelStatus]:
        """One request for what is missing from byte `start` on."""
        import httpx

        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        url = self.base_url + self.archive.name
        with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=_SILENCE_S) as response:
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                self.partial.unlink(missing_ok=True)  # it is not the beginning of what lies there
                raise _Broken
            if response.status_code >= 500 or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise _Broken
            if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                raise NotInstalled(
                    "{address} answered {code} for {file}. Look at FOOTNOTE_OLLAMA_ARCHIVES, or fetch it again later.",
                    address=self._host(),
                    code=response.status_code,
                    file=self.archive.name,
                )
            resumed = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
            if response.status_code == httpx.codes.PARTIAL_CONTENT and not resumed:
                self.partial.unlink(missing_ok=True)
                raise _Broken
            yield from self._written(response, start if resumed else 0)

    def _written(self, response: httpx.Response, start: int) -> Iterator[ModelStatus]:
        began, told, have = self.clock(), self.clock(), start
        with self.partial.open("ab" if start else "wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
                have += len(chunk)
                if have > self.archive.size_bytes:
                    raise self._not_the_file()
                if (now := self.clock()) - told >= _REPORT_S:
                    told = now
                    file.flush()
                    yield self._pulling((have - start) / (now - began), have)
        if have < self.archive.size_bytes:
            raise _Broken

    def _pulling(self, rate: float | None, have: int | None = None, again_s: float = 0.0) -> ModelStatus:
        have, total = self.have_bytes() if have is None else have, self.archive.size_bytes
        left_s = (total - have) / rate if rate else None
        again = message("The connection broke off.") if again_s else NOTHING
        wait = message("Trying again in {seconds:.0f} s.", seconds=again_s) if again_s else NOTHING
        return ModelStatus(ModelState.FETCHING, self.name, joined(again, wait), have, total, rate, left_s)

    # -------------------------------------------------------------------------------------------- checking, unpacking

    def _checked(self) -> Iterator[ModelStatus]:
        status, seen = ModelStatus(ModelState.UNPACKING, self.name), hashlib.sha256()
        yield status
        with self.partial.open("rb") as file:
            for position, chunk in enumerate(iter(lambda: file.read(_CHUNK), b"")):
                seen.update(chunk)
                if position % 64 == 63:
                    yield status
        if seen.hexdigest() != self.archive.sha256:
            raise self._not_the_file()

    def _not_the_file(self) -> NotInstalled:
        self.partial.unlink(missing_ok=True)
        return NotInstalled(
            "What {address} sent as {file} is not the official file: its checksum is another. It was thrown away. "
            "Look at FOOTNOTE_OLLAMA_ARCHIVES, or fetch it again later.",
            address=self._host(),
            file=self.archive.name,
        )

    def _unpacked(self) -> Iterator[ModelStatus]:
        """Into a folder beside, which takes its name when all is there."""
        status, draft = ModelStatus(ModelState.UNPACKING, self.name), self.folder / f"{self.version}.part"
        for old in (draft, self.home):
            shutil.rmtree(old, ignore_errors=True)
        try:
            with ExitStack() as stack:
                tar = _opened(stack.enter_context(self.partial.open("rb")), self.archive.name, stack)
                for member in tar:
                    if self.everything or not _FOR_GPUS.search(member.name):
                        tar.extract(member, draft, filter="data")
                    yield status
            if not os.access(draft / self.archive.executable, os.X_OK):
                raise self._unreadable()
            os.replace(draft, self.home)
        except _unpacking_errors() as exc:
            self.partial.unlink(missing_ok=True)
            raise self._unreadable() from exc
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _unreadable(self) -> NotInstalled:
        return NotInstalled(
            "{file} could not be unpacked: it does not hold what it should. Get Ollama from "
            "https://ollama.com/download and start it.",
            file=self.archive.name,
        )

    def _of_the_disk(self, exc: OSError) -> NotInstalled:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            return NotInstalled(
                "The disk is full: {name} was not installed. Make room, then fetch it again.", name=self.name
            )
        return NotInstalled("{folder} cannot be written: {error}.", folder=str(self.folder), error=exc)


def has_nvidia() -> bool:
    """Whether a card of the kind that Ollama's archive brings libraries for is there."""
    return any(device.exists() for device in _NVIDIA)


def _opened(file: IO[bytes], name: str, stack: ExitStack) -> tarfile.TarFile:
    """The archive as a stream: gigabytes are never unpacked beside what they become."""
    if not name.endswith(".zst"):
        return stack.enter_context(tarfile.open(fileobj=file, mode="r|gz"))
    from backports import zstd  # of use here alone, once in a machine's life

    reader = zstd.ZstdFile(file, options={zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW_LOG})
    return stack.enter_context(tarfile.open(fileobj=stack.enter_context(reader), mode="r|"))


def _unpacking_errors() -> tuple[type[Exception], ...]:
    known: tuple[type[Exception], ...] = (tarfile.TarError, EOFError, zlib.error)
    try:
        from backports.zstd import ZstdError
    except ImportError:  # a start by somebody's own packages: the official archives need it
        return known
    return (*known, ZstdError)
