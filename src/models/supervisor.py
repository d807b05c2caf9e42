"""Which processes run: the page first, then Ollama and its model; what happens when one of them ends.

Signal handlers only record. One loop decides, and ends everything in order within ten seconds.
"""

from __future__ import annotations

import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.processes.child import Child, masked, start
from shared_utils.processes.guardian import Guardian
from src.models.ollama_process import is_poll, ollama_answers, ollama_command, tend, why_no_ollama
from src.models.ollama_release import RELEASE, Release
from src.models.ollama_request import Request
from src.models.page_watch import PageWatch, stalled_page
from src.models.status import BEFORE_OLLAMA, FETCHED, ModelState, ModelStatus, status_path, write_status
from src.models.supervised import Offer, Process, Tending, Watch
from src.settings import Settings

PAGE_COMMAND = (sys.executable, "-m", "src.asgi")

_TICK_S = 0.2
_PUBLISH_S = 1.0
_LOOK_S = 1.0  # between two looks for an Ollama that is starting
_LOOK_AGAIN_S = 10.0  # and for one that nobody here can start: a person may
_START_S = 60.0  # an Ollama that does not answer by then is stopped and started again
_LONGEST_RESTART_WAIT_S = 60.0
_STEADY_S = 60.0  # after so long without trouble, earlier failures are forgotten
_GRACE_S = 3.5  # for each of the two to end by itself; with what a kill takes, below ten seconds together

_HERE = Path(__file__).resolve().parents[2]


class Signals:
    """Remembers that the end was asked for; what to do about it is the loop's business."""

    def __init__(self) -> None:
        self.received = False

    def install(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._record)

    def _record(self, _number: int, _frame: FrameType | None) -> None:
        self.received = True


class Supervisor:
    """Runs the page and, as far as possible, a local model behind it. Everything that touches the world is an argument.

    `watch_page()` begins to watch a page that was started; its `trouble` tells why it has to be started anew.
    `start_ollama` is None, and `why_not` says why, where no Ollama can be started here.
    `tend(chosen)` begins to make a model ready; `chosen` is what an earlier tending settled on, or "".
    `offer` is there where `start_ollama` starts one that may have to be fetched first, and only if a person wants it.
    """

    def __init__(
        self,
        *,
        address: str,
        start_page: Callable[[], Process],
        watch_page: Callable[[], Watch],
        page_answers: Callable[[], bool],
        start_ollama: Callable[[], Process] | None,
        why_not: Message,
        ollama_answers: Callable[[], bool],
        tend: Callable[[str], Tending],
        publish: Callable[[ModelStatus], None],
        asked_to_end: Callable[[], bool],
        log: Callable[[str], None],
        offer: Offer | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = address
        self._start_page = start_page
        self._watch_page = watch_page
        self._page_answers = page_answers
        self._start_ollama = start_ollama
        self._why_not = why_not
        self._ollama_answers = ollama_answers
        self._tend = tend
        self._publish = publish
        self._asked_to_end = asked_to_end
        self._log = log
        self._offer = offer
        self._clock = clock
        self._sleep = sleep

        self._page: Process | None = None
        self._watch: Watch | None = None
        self._page_announced = False
        self._ollama: Process | None = None  # ours; None while it is somebody else's, or not running
        self._tending: Tending | None = None
        self._chosen = ""
        self._failures = 0
        self._next_look = 0.0
        self._started_at = 0.0  # when the running attempt began
        self._status = ModelStatus(ModelState.STARTING)
        self._published: tuple[float, ModelStatus] | None = None

    def run(self) -> int:
        """Until a signal or the page's end; the exit code of the whole."""
        try:
            self._begin_page()
            while (code := self._verdict()) is None:
                self._announce_page()
                self._look_after_page()
                self._look_after_model()
                self._publish_status()
                self._sleep(_TICK_S)
            return code
        finally:
            self._end_everything()

    def _verdict(self) -> int | None:
        if self._asked_to_end():
            self._log("Ending, as asked.")
            return 0
        code = self._page.exit_code() if self._page else None
        if code is not None:
            self._log(f"The page ended with code {code}; so does everything else.")
        return 128 - code if code is not None and code < 0 else code

    def _begin_page(self) -> None:
        self._page = self._start_page()
        self._watch = self._watch_page()

    def _look_after_page(self) -> None:
        """A page that answers nobody, or whose threads stand still, is started anew: what it kept, it goes on with."""
        if self._page is not None and self._watch is not None and (trouble := self._watch.trouble()):
            self._log(f"The page is started anew. {trouble}")
            self._watch.end()
            self._page.stop(_GRACE_S)
            self._page_announced = False
            self._begin_page()

    def _announce_page(self) -> None:
        if not self._page_announced and self._page_answers():
            self._page_announced = True
            self._log(f"Footnote is at {self._address}")

    def _look_after_model(self) -> None:
        if self._offer is not None and (asked := self._offer.asked()) is not None:
            self._answer(asked, self._offer)
        if self._tending is not None:
            self._follow(self._tending)
        elif self._clock() >= self._next_look:
            self._look_for_ollama()

    def _answer(self, asked: Request, offer: Offer) -> None:
        """Do what was asked on the page. Cancelling is about what is being fetched: a model that writes stays."""
        match asked:
            case Request.GET:
                offer.agree()
            case Request.CANCEL if self._status.state not in FETCHED:
                return
            case Request.CANCEL:
                self._clear_away()
                offer.withdraw()
            case Request.REMOVE:
                self._clear_away()
                offer.remove()
                self._chosen = ""
        self._failures, self._next_look = 0, self._clock()

    def _follow(self, tending: Tending) -> None:
        self._take_status(tending.status)
        if self._status.state is ModelState.READY:
            self._chosen = self._status.model
            if self._clock() - self._started_at > _STEADY_S:
                self._failures = 0
        code = self._ollama.exit_code() if self._ollama else None
        if code is not None:
            self._ollama_failed(message("Ollama ended with code {code}.", code=code))
        elif tending.ended:
            self._ollama_failed(message("Ollama does not answer any more."))

    def _look_for_ollama(self) -> None:
        self._next_look = self._clock() + _LOOK_S
        if self._ollama_answers():
            self._started_at = self._clock()
            self._tending = self._tend(self._chosen)
            if self._offer is not None:
                self._offer.pause()
        elif self._ollama is not None:
            self._wait_for_ours(self._ollama)
        elif self._offer is not None and not self._offer.ready():
            self._take_status(self._offer.status())
        elif self._start_ollama is not None:
            self._begin_ours(self._start_ollama)
        else:
            self._take_status(ModelStatus(ModelState.UNAVAILABLE, reason=self._why_not))
            self._next_look = self._clock() + _LOOK_AGAIN_S

    def _begin_ours(self, start_ollama: Callable[[], Process]) -> None:
        self._log("Starting Ollama.")
        self._started_at = self._clock()
        try:
            self._ollama = start_ollama()
        except OSError as exc:
            self._ollama_failed(message("Ollama cannot be started: {error}.", error=exc))

    def _wait_for_ours(self, ollama: Process) -> None:
        code = ollama.exit_code()
        if code is not None:
            self._ollama_failed(message("Ollama ended with code {code} before it answered.", code=code))
        elif self._clock() - self._started_at > _START_S:
            self._ollama_failed(message("Ollama did not answer within {seconds:.0f} s.", seconds=_START_S))

    def _ollama_failed(self, what: Message) -> None:
        """Clear away what is left and try again, a little later each time."""
        self._clear_away()
        self._failures += 1
        wait_s = min(2.0 ** (self._failures - 1), _LONGEST_RESTART_WAIT_S)
        self._next_look = self._clock() + wait_s
        reason = joined(what, message("Trying again in {seconds:.0f} s.", seconds=wait_s))
        self._take_status(ModelStatus(ModelState.RESTARTING, self._chosen, reason))

    def _clear_away(self) -> None:
        if self._tending is not None:
            self._tending.abandon()
            self._tending = None
        if self._ollama is not None:
            self._ollama.stop(_GRACE_S)
            self._ollama = None

    def _take_status(self, status: ModelStatus) -> None:
        if (words := in_words(status)) != in_words(self._status):
            self._log(words)
        self._status = status

    def _publish_status(self) -> None:
        """On every change, and regularly, so that the page can tell a quiet supervisor from a dead one."""
        now = self._clock()
        due = self._published is None or now - self._published[0] >= _PUBLISH_S
        if due or (self._published and self._published[1].state is not self._status.state):
            self._publish(replace(self._status, own_ollama=self._has_own()))
            self._published = (now, self._status)

    def _has_own(self) -> bool:
        """Whether Ollama is, or would be, the one that was fetched here, not one that somebody else runs."""
        return self._offer is not None and (self._ollama is not None or self._status.state in BEFORE_OLLAMA)

    def _end_everything(self) -> None:
        """The page first, so that running answers are closed before their engine."""
        if self._offer is not None:
            self._offer.pause()
        if self._tending is not None:
            self._tending.abandon()
        if self._watch is not None:
            self._watch.end()
        for process in (self._page, self._ollama):
            if process is not None:
                process.stop(_GRACE_S)


def in_words(status: ModelStatus) -> str:
    """One line for the log; a download's changes with every tenth of it.

    >>> in_words(ModelStatus(ModelState.PULLING, "llama3.2:1b", completed_bytes=470, total_bytes=1000))
    'Model llama3.2:1b: pulling, 40 %.'
    """
    name = f"Model {status.model}" if status.model else "Model"
    if status.state in (ModelState.FETCHING, ModelState.UNPACKING):
        name = status.model
    tenths = 10 * (status.completed_bytes or 0) // status.total_bytes if status.total_bytes else 0
    share = f", {10 * tenths} %" if status.state in FETCHED and tenths else ""
    return f"{name}: {status.state.value}{share}. {status.reason}".rstrip()


# ------------------------------------------------------------------------------------------------ the real world


def supervise(settings: Settings, page_command: Sequence[str] = PAGE_COMMAND, release: Release = RELEASE) -> int:
    """Run everything until it is asked to end. Returns the exit code. `release`: the Ollama fetched where none is."""
    signals = Signals()
    signals.install()
    guardian = Guardian()
    secrets = settings.secrets()

    def log(line: str) -> None:
        _write(f"footnote | {masked(line, secrets)}")

    def spawn(name: str, command: Sequence[str]) -> Process:
        child = start(name, command, write=_write_unless_polled, secrets=secrets, cwd=_HERE)
        guardian.watch(child.pid)
        return _Watched(child, guardian)

    binary = shutil.which(settings.ollama_binary)
    why_not, offer = why_no_ollama(settings, binary), None
    if binary is None and not why_no_ollama(settings, "ollama"):  # that it is not there is all that is missing
        from src.models.ollama_offer import offer_here

        offer, settings = offer_here(settings, log, release)
        if offer is not None:
            binary, why_not = str(offer.executable), NOTHING
    supervisor = Supervisor(
        address=page_address(settings),
        start_page=lambda: spawn("page", online_if_meant(settings, page_command)),
        watch_page=lambda: PageWatch(partial(stalled_page, page_address(settings))),
        page_answers=lambda: _accepts_connections(_reachable_host(settings.host), settings.port),
        start_ollama=None if why_not else lambda: spawn("ollama", ollama_command(settings, binary or "")),
        why_not=why_not,
        ollama_answers=lambda: ollama_answers(settings.ollama_url),
        tend=lambda chosen: tend(settings, chosen, log),
        publish=_publisher(settings, log),
        asked_to_end=lambda: signals.received,
        log=log,
        offer=offer,
    )
    try:
        return supervisor.run()
    finally:
        status_path(settings.data_dir).unlink(missing_ok=True)
        guardian.close()


class _Watched:
    """A child that the guardian knows, until it has been stopped."""

    def __init__(self, child: Child, guardian: Guardian) -> None:
        self._child = child
        self._guardian = guardian

    def exit_code(self) -> int | None:
        return self._child.exit_code()

    def stop(self, grace_s: float) -> None:
        self._child.stop(grace_s)
        self._guardian.forget(self._child.pid)


def online_if_meant(settings: Settings, command: Sequence[str]) -> Sequence[str]:
    """The page's command. A token asks for the remote engine: it lifts the offline switches that our image sets.

    >>> online_if_meant(Settings(hf_token="hf_secret"), ["page"])
    ['env', '-u', 'HF_HUB_OFFLINE', '-u', 'TRANSFORMERS_OFFLINE', 'page']
    """
    return ["env", "-u", "HF_HUB_OFFLINE", "-u", "TRANSFORMERS_OFFLINE", *command] if settings.hf_token else command


def page_address(settings: Settings) -> str:
    """Where a person on this machine finds the page."""
    return f"http://{_reachable_host(settings.host)}:{settings.port}"


def _reachable_host(listening_on: str) -> str:
    """A host to connect to, for one to listen on."""
    return "localhost" if listening_on in ("0.0.0.0", "::", "127.0.0.1") else listening_on  # noqa: S104 - compared


def _publisher(settings: Settings, log: Callable[[str], None]) -> Callable[[ModelStatus], None]:
    path, complaints = status_path(settings.data_dir), set[str]()

    def publish(status: ModelStatus) -> None:
        try:
            write_status(path, status, time.time())
        except OSError as exc:
            if str(exc) not in complaints:  # once: it would come every second
                complaints.add(str(exc))
                log(f"The model's state cannot be written to {path}: {exc}.")

    return publish


def _accepts_connections(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=0.2):
        return True
    return False


def _write_unless_polled(line: str) -> None:
    if not is_poll(line):
        _write(line)


def _write(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
