"""What a question costs its reader: prompt tokens, time to first token, and how much of a follow-up is read anew.

python -m benchmarks.answers [--set FOLDER] [--questions N] [--no-report]

Each question of the set is asked of its own document through the product's own search, evidence and prompt. Beside it
stand the same question over four passages of 1,000 characters (a LangChain-like prompt) and over 10,000 tokens of pages
(a kotaemon-like one), in words of ours. Tokens are estimated (shared_utils/text/tokens.py).
With an Ollama at OLLAMA_HOST that has the configured model, or else the first of FOOTNOTE_ENDPOINTS, N questions are
also timed there, every prompt new to the server; without, it says so. `--no-pages` leaves out the kotaemon-like prompt:
a server has to have a window of 12,288 tokens for it. `--machine` says in words where it was measured.
"""

from __future__ import annotations

import platform
import re
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.retrieval_set import ROOT, Question, RetrievalSet, argument_parser, open_set
from shared_utils.chunking.chunker import chunk_pages
from shared_utils.errors import GenerationError
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.generation.openai_answer_generator import OpenAiAnswerGenerator, served_models
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.processes.resources import available_cores
from shared_utils.retrieval.evidence import select_evidence
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.search import search
from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import (
    AnswerGenerator,
    ChatMessage,
    Evidence,
    GenerationDone,
    GenerationStats,
    Page,
    Passage,
    Prompt,
)
from src.answering.conversation import Exchange
from src.answering.prompts import build_prompt
from src.rag_with_generation import CANDIDATES
from src.settings import Settings

REPORT = ROOT / "docs" / "benchmarks.md"
BAR_TOKENS = 750
BAR_OF_FOUR_PASSAGES, BAR_OF_PAGES, BAR_FOLLOW_UP = 0.60, 0.15, 0.25
PASSAGES, PASSAGE_CHARS = 4, 1000
PAGES_TOKENS = 10_000
ROOM = 12_288  # context window for all three: another one would load the model again
WORDS = 8  # output tokens, where only the first is timed
WHOLE = 60  # of a look-up's whole answer
PATIENT = Deadlines(connect_s=5, first_token_s=3600, stall_s=600, total_s=7200)
FOLLOW_UP = "And what was it the year before?"
TEMPLATE_TOKENS = 30  # the model's chat template, as src/answering/prompts.py counts it
PLAIN_RULES = (
    "You answer questions about documents. Below are extracts that were found for the question; answer from them and "
    "from nothing else. If the answer is not there, say that you do not know. Use three sentences at most."
)
_SECTION = re.compile(r"<!-- answers:start -->.*?<!-- answers:end -->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as three prompts, and its follow-up on the same evidence."""

    ours: Prompt
    four_passages: Prompt
    pages: Prompt
    follow_up: Prompt


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds to the first word and to the last of WHOLE tokens; None where that was not asked."""

    first_s: float
    whole_s: float | None


@dataclass(frozen=True, slots=True)
class Timed:
    """One question's prompts on a loaded model, and the follow-up's freshly evaluated share of the first prompt."""

    ours: Wait
    four_passages: Wait
    pages: Wait | None
    follow_up: Wait
    evaluated_again: float | None  # None where the server does not tell what it had in its cache


def main() -> int:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--questions", type=int, default=3, help="how many are timed on a real Ollama")
    parser.add_argument("--machine", default=f"{platform.machine()}, {available_cores()} cores")
    parser.add_argument("--no-pages", action="store_true")
    parser.add_argument("--documents", type=int, default=0, help="read only so many of the set's documents; 0: all")
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    settings = Settings.from_env()
    data = open_set(arguments)
    names = sorted({name for question in data.questions for name in question.documents})
    names = names[: arguments.documents or None]
    questions = [question for question in data.questions if set(question.documents) <= set(names)]
    asked = [prompts for question in questions if (prompts := three_prompts(data, question, settings))]
    section = token_section(asked)
    print(section)
    served = model_served(settings)
    if served:
        generator, model = served
        timing = timing_section(
            timed(spread(asked, arguments.questions), generator, pages=not arguments.no_pages), model, arguments.machine
        )
    else:
        timing = f"No Ollama with {settings.model} or {settings.fallback_model} answered: nothing was timed."
    print(f"\n{timing}")
    if not arguments.no_report:
        write_section(REPORT, f"{section}\n\n{timing}")
    return int(median(prompt_tokens(a.ours) for a in asked) > BAR_TOKENS)


# ------------------------------------------------------------------------------------------------ prompts


@cache
def index_of(data: RetrievalSet, name: str) -> DocumentIndex:
    """One document's: those of others need not be waited for."""
    return data.index(name, chunk_pages(name, data.pages[name]))


def three_prompts(data: RetrievalSet, question: Question, settings: Settings) -> Asked | None:
    """None where nothing is found: then no model is asked anything."""
    indexes = [index_of(data, name) for name in question.documents]
    passages = search(question.question, indexes, {}, data.embedder, CANDIDATES, glossary=data.glossary)
    evidence = select_evidence(
        question.question,
        passages,
        data.page_of,
        budget_tokens=settings.evidence_tokens,
        embedder=data.embedder,
        glossary=data.glossary,
    )
    if not evidence.spans:
        return None
    labels = {span.marker: f"{span.document_id} p. {span.page}" for span in evidence.spans}
    return Asked(
        build_prompt(question.question, evidence, labels),
        plain_prompt(question.question, four_passages(passages, data)),
        plain_prompt(question.question, whole_pages(passages, data)),
        build_prompt(FOLLOW_UP, evidence, labels, before=[conversation(question.question, evidence)]),
    )


def conversation(question: str, evidence: Evidence) -> Exchange:
    """The turn before the follow-up; the beginning of the evidence stands in for its answer."""
    return Exchange(evidence.spans, (), question, evidence.spans[0].text[:200])


def four_passages(passages: Sequence[Passage], data: RetrievalSet) -> list[str]:
    """The best four pieces of 1,000 characters, from pages cut without regard to what they say."""
    pieces: dict[tuple[str, int, int], str] = {}
    for passage in passages:
        page = data.page_of[passage.chunk.document_id, passage.chunk.page]
        start = passage.chunk.start // PASSAGE_CHARS * PASSAGE_CHARS
        pieces.setdefault((passage.chunk.document_id, page.number, start), page.text[start : start + PASSAGE_CHARS])
    return list(pieces.values())[:PASSAGES]


def whole_pages(passages: Sequence[Passage], data: RetrievalSet) -> list[str]:
    """Pages, those of the best passages first, then the rest of the document, until they hold 10,000 tokens."""
    found = [data.page_of[p.chunk.document_id, p.chunk.page] for p in passages]
    rest = [page for name in dict.fromkeys(p.chunk.document_id for p in passages) for page in data.pages[name]]
    texts, tokens = list[str](), 0
    for page in _once([*found, *rest]):
        cost = estimate_tokens(page.text)
        if tokens + cost <= PAGES_TOKENS:
            texts.append(page.text)
            tokens += cost
    return texts


def _once(pages: Sequence[Page]) -> list[Page]:
    return list({id(page): page for page in pages}.values())


def plain_prompt(question: str, texts: Sequence[str]) -> Prompt:
    messages = (
        ChatMessage("system", PLAIN_RULES),
        ChatMessage("user", f"Question: {question}\nContext: " + "\n\n".join(texts) + "\nAnswer:"),
    )
    tokens = TEMPLATE_TOKENS + sum(estimate_tokens(message.content) for message in messages)
    return Prompt(messages, estimated_tokens=tokens, max_output_tokens=WORDS)


def prompt_tokens(prompt: Prompt) -> int:
    return prompt.estimated_tokens


def read_anew(asked: Asked) -> float:
    """What a server that reuses the longest common beginning must read of the follow-up, as a share of the first."""
    first, second = ("".join(m.content for m in prompt.messages) for prompt in (asked.ours, asked.follow_up))
    shared = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), len(first))
    return estimate_tokens(second[shared:]) / prompt_tokens(asked.ours)


# ------------------------------------------------------------------------------------------------ a real Ollama


def spread(asked: Sequence[Asked], count: int) -> Sequence[Asked]:
    """`count` of them at even distances."""
    return asked[:: max(1, len(asked) // max(1, count))][:count]


def model_served(settings: Settings) -> tuple[AnswerGenerator, str] | None:
    """The model that the product would use here, loaded; None without one."""
    threads, server = settings.threads or available_cores(), OllamaServer(settings.ollama_url)
    try:
        model = next((m for m in (settings.model, settings.fallback_model) if server.has(m)), "")
        if model:
            server.load(model, num_ctx=ROOM, num_thread=threads)
            url = settings.ollama_url
            return OllamaAnswerGenerator(url, model, num_ctx=ROOM, num_thread=threads, deadlines=PATIENT), model
    except GenerationError:
        pass  # an endpoint may answer
    for url in settings.endpoints:
        model = next(iter(served_models(url)), "")
        if model:
            return OpenAiAnswerGenerator(url, model, deadlines=PATIENT), Path(model).name
    return None


def timed(asked: Sequence[Asked], generator: AnswerGenerator, *, pages: bool) -> list[Timed]:
    """Every first prompt is new to the server's cache, its rules included: the product would have those read before."""
    return [_timed(generator, one, pages=pages) for one in asked]


def _timed(generator: AnswerGenerator, asked: Asked, *, pages: bool) -> Timed:
    of_pages = waited(generator, asked.pages)[0] if pages else None
    passages, _ = waited(generator, asked.four_passages, WHOLE)
    forgotten(generator)
    ours, first = waited(generator, asked.ours, WHOLE)
    follow_up, again = waited(generator, asked.follow_up, WHOLE)
    evaluated = None
    if again.prompt_tokens is not None and again.cached_prompt_tokens is not None and first.prompt_tokens:
        evaluated = (again.prompt_tokens - again.cached_prompt_tokens) / first.prompt_tokens
    return Timed(ours, passages, of_pages, follow_up, evaluated)


def forgotten(generator: AnswerGenerator) -> None:
    """Nothing of an earlier prompt is left in the server's cache."""
    waited(generator, plain_prompt(secrets.token_hex(8), [secrets.token_hex(8)]))


def waited(generator: AnswerGenerator, prompt: Prompt, tokens: int = WORDS) -> tuple[Wait, GenerationStats]:
    began = time.perf_counter()
    *_, last = generator.generate(replace(prompt, max_output_tokens=tokens, stop=()), lambda: False)
    whole_s = time.perf_counter() - began
    assert isinstance(last, GenerationDone)
    assert last.stats.time_to_first_token_s is not None
    return Wait(last.stats.time_to_first_token_s, whole_s if tokens == WHOLE else None), last.stats


# ------------------------------------------------------------------------------------------------ in words


def token_section(asked: Sequence[Asked]) -> str:
    ours = [prompt_tokens(a.ours) for a in asked]
    rows = [
        ("ours, all told", ours),
        (f"{PASSAGES} passages of {PASSAGE_CHARS:,} characters", [prompt_tokens(a.four_passages) for a in asked]),
        (f"{PAGES_TOKENS:,} tokens of pages", [prompt_tokens(a.pages) for a in asked]),
    ]
    lines = ["| prompt | median tokens | p95 | ours as a share of it |", "|---|---:|---:|---:|"]
    for name, tokens in rows:
        share = median(one / other for one, other in zip(ours, tokens, strict=True))
        lines.append(f"| {name} | {median(tokens):,.0f} | {np.percentile(tokens, 95):,.0f} | {share:.0%} |")
    within = sum(tokens <= BAR_TOKENS for tokens in ours) / len(ours)
    anew = median(read_anew(a) for a in asked)
    return (
        f"`python -m benchmarks.answers` over {len(asked)} questions, each asked of its own document; tokens are "
        "estimated.\n\n" + "\n".join(lines) + f"\n\n{within:.1%} of our prompts hold {BAR_TOKENS} tokens or fewer "
        f"(bar: the default question). A follow-up on the same evidence leaves {anew:.0%} of the first prompt's tokens "
        f"to be read by a server that reuses the longest common beginning (bar {BAR_FOLLOW_UP:.0%})."
    )


def timing_section(measured: Sequence[Timed], model: str, machine: str) -> str:
    kinds = [
        ("ours", [t.ours for t in measured], None),
        ("ours, a follow-up on the same evidence", [t.follow_up for t in measured], None),
        (
            f"{PASSAGES} passages of {PASSAGE_CHARS:,} characters",
            [t.four_passages for t in measured],
            BAR_OF_FOUR_PASSAGES,
        ),
    ]
    if pages := [t.pages for t in measured if t.pages]:
        kinds.append((f"{PAGES_TOKENS:,} tokens of pages", pages, BAR_OF_PAGES))
    lines = ["| prompt | first word | whole answer | first word of ours as a share of it |", "|---|---:|---:|---:|"]
    for name, waits, bar in kinds:
        whole = [wait.whole_s for wait in waits if wait.whole_s is not None]
        share = median(t.ours.first_s / wait.first_s for t, wait in zip(measured, waits, strict=True))
        told = f"{share:.0%} (bar {bar:.0%})" if bar else ""
        last = f"{median(whole):.1f} s" if whole else "–"
        lines.append(f"| {name} | {median(w.first_s for w in waits):.1f} s | {last} | {told} |")
    again = median(t.follow_up.first_s / t.ours.first_s for t in measured)
    told_again = [t.evaluated_again for t in measured if t.evaluated_again is not None]
    evaluated = f"; it evaluated {median(told_again):.0%} of the first's tokens" if told_again else ""
    return (
        f"{model} on {machine}, {len(measured)} questions, medians; a whole answer is {WHOLE} tokens.\n\n"
        + "\n".join(lines)
        + f"\n\nThe follow-up took {again:.0%} of its first question's time to the first word (bar "
        f"{BAR_FOLLOW_UP:.0%}){evaluated}."
    )


def write_section(report: Path, section: str) -> None:
    """Between the markers; the section is added at the end where the file has none."""
    marked = f"<!-- answers:start -->\n{section}\n<!-- answers:end -->"
    text = report.read_text(encoding="utf-8") if report.is_file() else "# Benchmarks\n"
    if _SECTION.search(text):
        text = _SECTION.sub(lambda _: marked, text)
    else:
        text = f"{text.rstrip()}\n\n## What a question costs\n\n{marked}\n"
    report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
