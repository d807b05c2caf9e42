"""The Ollama that Footnote can fetch where this machine has none: offered, agreed to, fetched, removed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.processes.resources import disk_free_bytes, memory_bytes
from src.models.machine import NEEDS
from src.models.ollama_install import Install, NotInstalled, has_nvidia
from src.models.ollama_process import BackgroundTending
from src.models.ollama_release import RELEASE, Release
from src.models.ollama_request import Request, may_ask, take_request
from src.models.status import ModelState, ModelStatus
from src.settings import Settings

_GB = 1_000_000_000
_WORTH_TELLING_BYTES = _GB // 20


class OllamaOffer:
    """What the supervisor asks where there is no Ollama to start. `log` takes what a person may want to look up later.

    Whoever agrees agrees to both, Ollama and the model. That is kept in the data folder until it is taken back.
    """

    def __init__(self, settings: Settings, install: Install, log: Callable[[str], None]) -> None:
        self._settings = settings
        self._install = install
        self._log = log
        self._agreed_file = install.folder / "agreed"
        self._declined = False  # in this run: holds against FOOTNOTE_GET_OLLAMA=yes too
        self._failed: Message = NOTHING
        self._running: BackgroundTending | None = None

    @property
    def executable(self) -> Path:
        return self._install.executable

    def asked(self) -> Request | None:
        """What the page asks for. A page that others reach asks in vain."""
        request = take_request(self._settings.data_dir)
        return request if may_ask(self._settings) else None

    def agree(self) -> None:
        self._declined, self._failed = False, NOTHING
        self._keep_agreement()

    def withdraw(self) -> None:
        """Stop; what has come is kept. What is installed is not started any more."""
        self._declined, self._failed = True, NOTHING
        self.pause()
        self._agreed_file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take away all that was fetched, the models in it too. The Ollama must have ended."""
        self.withdraw()
        shutil.rmtree(self._install.folder, ignore_errors=True)

    def pause(self) -> None:
        """Stop fetching for now, because another Ollama answers or everything ends."""
        if self._running is not None:
            self._running.abandon()

    def ready(self) -> bool:
        """Whether there is one, and somebody wants it to run."""
        return self.agreed() and self._install.done()

    def status(self) -> ModelStatus:
        """Where the fetching stands, which begins when it was agreed to; else the offer, or why it came to nothing."""
        if self._running is not None and not self._running.ended:
            if self.agreed():
                return self._running.status
            return self._offered()  # its last request is just ending
        self._running = None
        if self.agreed() and not self._failed:
            self._keep_agreement()
            self._running = BackgroundTending(self._steps(), self._log)
            return ModelStatus(ModelState.FETCHING, self._install.name)
        return self._offered()

    def agreed(self) -> bool:
        wanted = self._settings.get_ollama == "yes" or self._agreed_file.exists()
        return wanted and not self._declined

    def _keep_agreement(self) -> None:
        try:
            self._install.folder.mkdir(parents=True, exist_ok=True)
            self._agreed_file.touch()
        except OSError as exc:
            self._failed = message("{folder} cannot be written: {error}.", folder=str(self._install.folder), error=exc)

    def _steps(self) -> Iterator[ModelStatus]:
        try:
            yield from self._install.steps()
        except NotInstalled as exc:
            self._failed = exc.message
            self._log(str(exc))
        except Exception as exc:  # noqa: BLE001 - tried once, told, and not again and again
            self._failed = message("{name} could not be installed: {error}.", name=self._install.name, error=exc)
            self._log(str(self._failed))

    def _offered(self) -> ModelStatus:
        reason = joined(self._failed, offer_of(self._settings, self._install), kept_of(self._install))
        return ModelStatus(ModelState.OFFERED, reason=reason)


def offer_of(settings: Settings, install: Install) -> Message:
    """What would be fetched, with sizes.

    The model is the one that is tried first: the preferred one, or its fallback where the memory is too small for it.
    """
    memory = memory_bytes()
    names = [name for name in (settings.model, settings.fallback_model) if name]
    fitting = [n for n in names if memory is None or n not in NEEDS or NEEDS[n].memory_bytes <= memory]
    model, *others = fitting or names[-1:]
    needs, ollama_bytes = NEEDS.get(model), 0 if install.done() else install.archive.size_bytes
    if not settings.pull_models:
        return message("Footnote can fetch {ollama} ({size:.1f} GB).", ollama=install.name, size=ollama_bytes / _GB)
    if needs is None:
        what = message(
            "Footnote can fetch {ollama} ({size:.1f} GB) and {model}.",
            ollama=install.name,
            size=ollama_bytes / _GB,
            model=model,
        )
    elif ollama_bytes:
        what = message(
            "Footnote can fetch {ollama} ({size:.1f} GB) and {model} ({model_size:.1f} GB): {total:.1f} GB in all.",
            ollama=install.name,
            size=ollama_bytes / _GB,
            model=model,
            model_size=needs.disk_bytes / _GB,
            total=(ollama_bytes + needs.disk_bytes) / _GB,
        )
    else:
        what = message(
            "{ollama} is here; Footnote can fetch {model} ({model_size:.1f} GB).",
            ollama=install.name,
            model=model,
            model_size=needs.disk_bytes / _GB,
        )
    other = next((name for name in others if name in NEEDS), "")
    if not other or other == model:
        return what
    smaller = message(
        "If it is too slow here, {model} ({model_size:.1f} GB) is fetched as well.",
        model=other,
        model_size=NEEDS[other].disk_bytes / _GB,
    )
    return joined(what, smaller)


def kept_of(install: Install) -> Message:
    """That a part is here already, of what was stopped or broke off."""
    have = install.have_bytes()
    if install.done() or have < _WORTH_TELLING_BYTES:
        return NOTHING
    return message(
        "{have:.1f} GB of {ollama} are here already and are not fetched again.", have=have / _GB, ollama=install.name
    )


def offer_here(
    settings: Settings, log: Callable[[str], None], release: Release = RELEASE
) -> tuple[OllamaOffer | None, Settings]:
    """The offer, None where Ollama's makers have nothing for this system; and the settings under which it would run:
    its models lie beside it, so that removing it removes them, unless OLLAMA_MODELS names a folder."""
    archive = release.archive_here()
    if archive is None or settings.get_ollama == "no":
        return None, settings
    folder = settings.data_dir / "ollama"
    install = Install(
        archive,
        release.version,
        _with_slash(settings.ollama_archives or release.base_url),
        folder,
        everything=has_nvidia(),
        disk_free_bytes=disk_free_bytes,
    )
    if settings.ollama_models == Settings().ollama_models:
        settings = replace(settings, ollama_models=folder / "models")
    offer = OllamaOffer(settings, install, log)
    if not offer.agreed():
        log("There is no Ollama. Fetch it with the button on the page, or start again with FOOTNOTE_GET_OLLAMA=yes.")
    return offer, settings


def _with_slash(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
