"""What a server tells its operator about itself, counted where events pass. Never a person, a question or a file name.

    metrics = Metrics()
    for event in metrics.answering(rag.ask(...)): ...
    metrics.text()  # for GET /metrics

Times are seconds. Every label takes one of a few values, so that a series cannot be made by a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from shared_utils.errors import FootnoteError
from src.events import AnswerEvent, AnswerFinished, EngineChanged, IngestEvent, PageRead

CONTENT_TYPE = CONTENT_TYPE_LATEST

_QUICK_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
_SLOW_S = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0)

_OWN = ("process_",)  # of one process by their nature: memory, open files, its start
_SHARED = ("footnote_queue_waiting", "footnote_files_waiting")  # of a line that all share: each tells the whole


class Metrics:
    """One for a process. Every method may be called from any thread."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody looks at
        self._registry = own = CollectorRegistry()
        ProcessCollector(registry=own)  # memory, CPU seconds, open files, start time
        self._requests = Counter(
            "footnote_requests", "Requests answered by the API", ["method", "route", "status"], registry=own
        )
        self._request_s = Histogram(
            "footnote_request_seconds", "Time to the end of a request", ["route"], buckets=_QUICK_S, registry=own
        )
        self._turned_away = Counter(
            "footnote_turned_away", "Requests refused before they were looked at", ["reason"], registry=own
        )
        self._running = Gauge("footnote_questions_running", "Questions being answered", registry=own)
        self._waiting = Gauge("footnote_queue_waiting", "Questions waiting for the model", registry=own)
        self._answers = Counter("footnote_answers", "Finished answers", ["engine", "finish_reason"], registry=own)
        self._tokens = Counter("footnote_output_tokens", "Tokens written by models", ["engine"], registry=own)
        self._search_s = Histogram("footnote_search_seconds", "Retrieval", buckets=_QUICK_S, registry=own)
        self._evidence_s = Histogram(
            "footnote_first_evidence_seconds", "Question to its first evidence", buckets=_QUICK_S, registry=own
        )
        self._first_token_s = Histogram(
            "footnote_first_token_seconds",
            "Question to a model's first word",
            ["engine"],
            buckets=_SLOW_S,
            registry=own,
        )
        self._total_s = Histogram(
            "footnote_answer_seconds", "Question to its finished answer", ["engine"], buckets=_SLOW_S, registry=own
        )
        self._fallbacks = Counter("footnote_fallbacks", "An engine was given up for the next", ["to"], registry=own)
        self._verdicts = Counter("footnote_sentences", "Sentences of answers", ["verdict"], registry=own)
        self._pages = Counter("footnote_pages_read", "Pages read or recognised", ["verdict"], registry=own)
        self._ratings = Counter("footnote_ratings", "Thumbs on answers", ["thumb", "reason"], registry=own)
        self._files = Counter("footnote_files_read", "Files whose reading ended", ["outcome"], registry=own)
        self._workers = Gauge("footnote_workers", "Processes that read files for others", registry=own)
        self._files_waiting = Gauge("footnote_files_waiting", "Files that no worker has taken yet", registry=own)
        self._errors = Counter("footnote_errors", "Errors by kind", ["kind"], registry=own)

    # -------------------------------------------------------------------------------------------- where events pass

    def answering(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """The same events, counted."""
        with self._running.track_inprogress(), self._errors_counted():
            for event in events:
                match event:
                    case EngineChanged():
                        self._fallbacks.labels(event.engine).inc()
                    case AnswerFinished():
                        self._answered(event)
                yield event

    def reading(self, events: Iterator[IngestEvent]) -> Iterator[IngestEvent]:
        """The same events of one file, counted."""
        try:
            with self._errors_counted():
                yield from self.recognising(events)
        except FootnoteError:
            self._files.labels("failed").inc()
            raise
        self._files.labels("read").inc()

    def recognising(self, events: Iterator[IngestEvent]) -> Iterator[IngestEvent]:
        """The same events, their pages counted."""
        for event in events:
            if isinstance(event, PageRead):
                self._pages.labels(event.verdict.value).inc()
            yield event

    def _answered(self, event: AnswerFinished) -> None:
        answer, timings = event.answer, event.timings
        engine = answer.stats.backend
        self._answers.labels(engine, answer.finish_reason).inc()
        self._tokens.labels(engine).inc(answer.stats.output_tokens or 0)
        if answer.answerable:
            for sentence in answer.sentences:
                self._verdicts.labels(sentence.verdict.value).inc()
        if "search_s" in timings:
            self._search_s.observe(timings["search_s"])
        if "first_evidence_s" in timings:
            self._evidence_s.observe(timings["first_evidence_s"])
        if "first_token_s" in timings:
            self._first_token_s.labels(engine).observe(timings["first_token_s"])
        if "total_s" in timings:
            self._total_s.labels(engine).observe(timings["total_s"])

    @contextmanager
    def _errors_counted(self) -> Iterator[None]:
        try:
            yield
        except Exception as exc:
            self.error(exc)
            raise

    # -------------------------------------------------------------------------------------------- requests

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered. `route` is its pattern ("/api/documents/{id}"), never its path."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_s.labels(route).observe(seconds)

    def rated(self, thumb: int, *, with_reason: bool) -> None:
        """A thumb was set (1, -1) or taken back (0). What a person wrote about it is not told here."""
        name = {1: "up", -1: "down"}.get(thumb, "none")
        self._ratings.labels(name, "given" if with_reason else "none").inc()

    def turned_away(self, reason: str) -> None:
        """A request was not admitted; `reason` is the refusal's code."""
        self._turned_away.labels(reason).inc()

    def files(self, *, working: bool, waiting: int) -> None:
        """Of a process that reads files for others, and of those that wait for one."""
        self._workers.set(working)
        self._files_waiting.set(waiting)

    def error(self, exc: Exception) -> None:
        self._errors.labels(type(exc).__name__).inc()

    # -------------------------------------------------------------------------------------------- reading them

    def text(self, waiting: int = 0) -> bytes:
        """Everything in Prometheus’ text form (CONTENT_TYPE); `waiting` questions are in the model’s queue."""
        self._waiting.set(waiting)
        return generate_latest(self._registry)

    def value(self, name: str, **labels: str) -> float:
        """One sample, 0 where there is none: for tests and for whoever looks from inside."""
        return self._registry.get_sample_value(name, labels) or 0.0


# ------------------------------------------------------------------------------------------------ of several processes


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a process told, in Prometheus' text form, and whether it is alive: what one that ended was doing is over."""

    text: str
    alive: bool


def summed(told: Sequence[Numbers]) -> bytes:
    """Counters and histograms of all, gauges of those that live, in Prometheus' text form."""
    families: dict[str, Metric] = {}
    values: dict[tuple[str, str, tuple[tuple[str, str], ...]], float] = {}
    for family, alive in _families(told):
        if family.name.startswith(_OWN) or (family.type == "gauge" and not alive):
            continue
        families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        for sample in family.samples:
            place = family.name, sample.name, tuple(sample.labels.items())
            before = values.get(place, 0.0)
            values[place] = max(before, sample.value) if family.name in _SHARED else before + sample.value
    for (family_name, sample_name, labels), value in values.items():
        families[family_name].add_sample(sample_name, dict(labels), value)
    return generate_latest(_Collected(families.values()))


def _families(told: Sequence[Numbers]) -> Iterator[tuple[Metric, bool]]:
    for numbers in told:
        for family in text_string_to_metric_families(numbers.text):
            yield family, numbers.alive


@dataclass(frozen=True, slots=True)
class _Collected:
    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families
