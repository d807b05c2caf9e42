"""The composition root: which engine, which order, which deadline. Everything else is handed what is built here."""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from shared_utils.citations.nli import installed_model
from shared_utils.citations.verification import Entailment
from shared_utils.conversion.convert import Converter
from shared_utils.embeddings.kindred import Kindred
from shared_utils.embeddings.packaged_model import common_words
from shared_utils.errors import DocumentError, EmbeddingError, StorageError
from shared_utils.generation.where import where_is
from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.pdf.ocr import HOW_TO_INSTALL, CpuTime, looked_at, ocr_page, tesseract_available
from shared_utils.pdf.reader import ReadingLimits
from shared_utils.pdf.viewer import PageViewer
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.store import Store
from shared_utils.types import Cancelled, Embedder, EngineKind, Page, PageVerdict, Where
from shared_utils.web_address import WebFetcher
from src.answering.answer_queue import AnswerQueue, ModelLine
from src.answering.file_report import unread_pages
from src.answering.formulary import formulary
from src.answering.learnt import Learnt
from src.answering.lexicon import lexicon
from src.answering.line_items import line_items
from src.answering.shared_learnt import SharedLearnt
from src.answering.shared_line import SharedLine
from src.answering.writing import Scribe, Writer
from src.library.library import Library
from src.library.services import EngineRoom
from src.library.web import WebAddresses
from src.models.engines import Engines
from src.models.servers import LOAD_S, threads
from src.models.wish import wish_of
from src.rag_with_generation import Rag
from src.settings import MEGABYTE, Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wired:
    """What a program needs besides people's documents."""

    settings: Settings
    rag: Rag
    engines: Engines

    def writers(self, choice: str = "auto") -> Sequence[Writer]:
        return self.engines.writers(choice)

    def why_not(self, choice: str) -> Message:
        """Why the engine that was asked for by name cannot write; nothing where it can, or none was."""
        if self.engines.writers(choice):
            return NOTHING
        match wish_of(choice).engine:
            case EngineKind.REMOTE:
                return message(
                    "The remote engine needs a Hugging Face token in HF_TOKEN. The documents' own sentences follow."
                )
            case EngineKind.OLLAMA | EngineKind.ENDPOINT:
                return joined(self.engines.status().reason, message("The documents' own sentences follow."))
            case EngineKind.EXTRACTIVE | None:
                return NOTHING


@contextmanager
def wire(settings: Settings) -> Iterator[Wired]:
    """For the command line: everything but the store, closed at the end."""
    engines = Engines(settings)
    with TemporaryDirectory() as folder:  # beside other people's files nothing is put
        rag = build_rag(settings, engines.places, made_in=Path(folder))
        if engines.pool:
            engines.pool.look()  # one question is asked, and at once
        try:
            yield Wired(settings, rag, engines)
        finally:
            rag.viewer.close()


def build_library(settings: Settings, engines: EngineRoom | None = None) -> Library:
    """For the web process: one for everybody, on the engines that the settings name unless others are handed in.

    The embedding model starts to load in the background.
    """
    engines = engines or Engines(settings)
    store = open_store(settings)
    rag = build_rag(settings, engines.places, store)
    rag.embedder.start()
    return Library(rag, store, settings, engines, web=web_addresses(settings))


def web_addresses(settings: Settings) -> WebAddresses:
    """Files from web addresses, where the settings allow them."""
    return WebAddresses(WebFetcher(settings.max_file_mb * MEGABYTE).fetch if settings.web_addresses else None)


def open_store(settings: Settings) -> Store:
    """Where the settings say that everything is kept. Raises StorageError."""
    if not settings.store:
        return DocumentStore(settings.data_dir / "store")
    from shared_utils.storage.postgres_store import PostgresStore  # a driver that most installations never need

    try:
        return PostgresStore(settings.store, settings.data_dir / "copies")
    except StorageError as exc:  # whoever runs this has to know which setting it is about
        raise StorageError("FOOTNOTE_STORE: {why}", why=exc.message) from exc


def line_name(settings: Settings) -> str:
    """Names the line of those who wait for the same model servers: a machine's own Ollama has a line of its own."""
    urls = (settings.ollama_url, *settings.more_ollama_urls, *settings.endpoints)
    shared = sorted(url for url in urls if where_is(url) is not Where.THIS_MACHINE)
    named = "\n".join(shared or (socket.gethostname(), *sorted(urls)))
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def build_rag(
    settings: Settings,
    places: Callable[[], int] = lambda: 1,
    store: Store | None = None,
    made_in: Path | None = None,
) -> Rag:
    """The use-cases on the engines of this machine. Quick: models are loaded when first needed.

    `places` tells how many questions can be answered at once; `store`: where those who share one wait in one line;
    `made_in` is where PDFs of files of other kinds are put, None for beside the files.
    """
    limits = ReadingLimits(
        max_bytes=settings.max_file_mb * MEGABYTE, max_pages=settings.max_pages, max_chars=settings.max_chars
    )
    viewer = PageViewer(limits)
    longest_turn_s = settings.total_deadline_s + settings.first_token_deadline_s + LOAD_S
    return Rag(
        limits=limits,
        viewer=viewer,
        converter=Converter(limits, made_in),
        embedder=LateEmbedder(lambda: load_embedder(settings)),
        vector_model=f"{settings.embedder}:{settings.embedding_model or 'all-MiniLM-L6-v2'}:2",
        recogniser=OcrWithinBudget(viewer, settings.ocr_seconds),
        scribe=_scribe(settings, store, longest_turn_s, places),
        evidence_tokens=settings.evidence_tokens,
        first_token_target_s=settings.first_token_target_s,
        max_question_chars=settings.max_question_chars,
        entailment=LateEntailment(Path(settings.nli_model or models_dir(settings) / "nli"), threads(settings)),
        glossary=line_items(),
        formulary=formulary(),
        neighbours=Neighbours(folder=settings.data_dir if store else None),
        lexicon=lexicon(),
        common_words=common_words,
        kin=Kindred(models_dir(settings)).of,
        most_passages=settings.max_passages,
    )


def _scribe(settings: Settings, store: Store | None, longest_turn_s: float, places: Callable[[], int]) -> Scribe:
    """Who share a database share a line and what was learnt; else both are this process's own."""
    name = line_name(settings)
    line: ModelLine = AnswerQueue(longest_turn_s=longest_turn_s, places=places)
    if store and (shared := store.model_line(name)) is not None:
        line = SharedLine(shared, longest_turn_s=longest_turn_s, places=places)
    if store and store.counts is not None:
        return Scribe(line, learnt=SharedLearnt(store.counts, name))
    return Scribe(line, learnt=Learnt(settings.data_dir / "run" / "learnt.json", threads(settings)))


def models_dir(settings: Settings) -> Path:
    """Where prepared models lie."""
    return Path(settings.models_dir) if settings.models_dir else settings.data_dir / "models"


# ------------------------------------------------------------------------------------------------ embeddings


def load_embedder(settings: Settings) -> Embedder:
    """The embedding model the settings name. Takes a second, or ten with PyTorch. Raises EmbeddingError."""
    # Three places hold numbers fitted to the cosines of all-MiniLM-L6-v2, and want fitting anew for another model:
    # retrieval/answerability.py (python -m benchmarks.answerability prints its own), _SAME_MEANING in
    # citations/verification.py and _W_MEANING in generation/extractive.py.
    from shared_utils.embeddings.packaged_model import packaged_model_dir, whole_model_dir

    if settings.embedder == "sentence-transformers":
        from shared_utils.embeddings.sentence_transformer import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(settings.embedding_model or str(whole_model_dir()))
    if settings.embedder != "onnx":
        raise EmbeddingError(
            "FOOTNOTE_EMBEDDER is “{value}”; it takes “onnx” or “sentence-transformers”.", value=settings.embedder
        )
    from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder

    return OnnxMiniLmEmbedder(packaged_model_dir(), models_dir(settings), threads=threads(settings))


class LateEmbedder:
    """An embedding model that loads in a thread of its own, so that nothing waits for it that need not."""

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._error: EmbeddingError | None = None

    def start(self) -> None:
        """Begin to load, if that has not been done."""
        with self._lock:
            if self._thread is None:
                # not a daemon: a process that ends while native code is loading a model dies with a noise
                self._thread = threading.Thread(target=self._run, name="embedding-model")
                self._thread.start()

    def ready(self) -> Embedder | None:
        """The model, or None while it is loading or out of reach. Never waits."""
        return self._embedder

    def wait(self) -> Embedder:
        """The model, once it is there. Raises EmbeddingError."""
        self.start()
        assert self._thread is not None  # noqa: S101 - start() made it
        self._thread.join()
        if self._embedder is None:
            raise self._error or EmbeddingError("The embedding model could not be loaded. The log says more.")
        return self._embedder

    def _run(self) -> None:
        try:
            self._embedder = self._load()
        except EmbeddingError:
            # For whoever runs the server: it names folders and what a library said. Visitors are told less.
            _log.exception("the embedding model cannot be used; documents are searched by their words only")
            self._error = EmbeddingError("The embedding model cannot be used. The server's log says why.")


# ------------------------------------------------------------------------------------------------ inference


class LateEntailment:
    """The inference model in a folder, loaded in the background when it is first asked for."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._model: Entailment | None = None

    def ready(self) -> Entailment | None:
        """None where there is no model. Never waits: the first answers after a start are checked without it."""
        with self._lock:
            if self._thread is None and installed_model(self._folder) is not None:
                # not a daemon: a process that ends while native code is loading a model dies with a noise
                self._thread = threading.Thread(target=self._run, name="inference-model")
                self._thread.start()
        return self._model

    def _run(self) -> None:
        from shared_utils.citations.nli import CrossEncoderEntailment

        try:
            self._model = CrossEncoderEntailment(self._folder, self._threads)
        except (ImportError, OSError, ValueError, RuntimeError):
            _log.exception("the inference model cannot be used; sentences are checked without it")


# ------------------------------------------------------------------------------------------------ scans


@dataclass(frozen=True, slots=True)
class OcrWithinBudget:
    """Recognises pages whose words are unknown, with at most `seconds` of computing a file: a busy machine takes
    longer, and reads as much."""

    viewer: PageViewer
    seconds: float

    def hint(self) -> Message:
        if self.seconds <= 0:
            return message("Text recognition is turned off on this server (FOOTNOTE_OCR_SECONDS).")
        if not tesseract_available():
            return HOW_TO_INSTALL
        return message(
            "Text recognition had {seconds:.0f} s of computing for this file and did not reach or could not read them.",
            seconds=self.seconds,
        )

    def recognise(
        self, path: Path, pages: Sequence[Page], nearest_to: Callable[[], int], cancelled: Cancelled
    ) -> Iterator[Page]:
        """Scans first, then pages of which a picture is unread. Of those, pictures on which nothing is written are told
        apart even where nothing is recognised."""
        chosen = set(unread_pages(pages))
        unread = [page for page in pages if page.number in chosen]
        left = CpuTime(self.seconds if tesseract_available() else 0.0)
        while unread and not cancelled():
            wanted = nearest_to()
            page = min(unread, key=lambda page: (page.verdict is PageVerdict.MIXED, abs(page.number - wanted)))
            unread.remove(page)
            look = partial(ocr_page, time=left) if left.left_s > 0 else looked_at
            with suppress(DocumentError):  # else this page stays as it is, and is reported
                read = look(self.viewer, path, page)
                if read is not page:
                    yield read
