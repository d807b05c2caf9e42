"""A model's speed through the product against its bars: `python -m benchmarks.model_speed [--rounds N] [--no-pages]`.

Needs an Ollama at OLLAMA_HOST with FOOTNOTE_MODEL. Where none can be had, tests.live.llama_ollama with a model of
benchmarks/model_shapes.py is one (CONTRIBUTING.md). A real page in a real Chromium streams what it is asked about a
manual of 100 pages; between its questions a bare client asks the same server. Rounds go through all in turn, so that a
busy machine burdens all alike: ratios hold where seconds do not.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from playwright.sync_api import Page as BrowserPage

from benchmarks.answers import (
    BAR_FOLLOW_UP,
    BAR_OF_FOUR_PASSAGES,
    BAR_OF_PAGES,
    PAGES_TOKENS,
    PASSAGE_CHARS,
    PASSAGES,
    PATIENT,
    ROOM,
    plain_prompt,
)
from benchmarks.main_job import PAGES, browser_page, draw_manual, ingested, server
from shared_utils.errors import GenerationError
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.processes.resources import available_cores
from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import GenerationDone, GenerationStats, Prompt
from src.answering.prompts import LOOK_UP_TOKENS, build_prompt, standard_prompt
from src.library.turn_codec import decode_turn
from src.settings import Settings
from src.wiring import build_rag

BAR_GENERATION, BAR_WHILE_INDEXING, BAR_LOOK_UP_S = 0.85, 0.60, 20.0
FOLLOW_UPS = {
    "same row": "And at full speed?",
    "same page": "And what did its crew note?",
    "another page": "And pump {}?",
}
_LONGEST_S = 3600.0
_READS_MS = 5_000  # what a person takes for an answer before they go on with it


@dataclass(frozen=True, slots=True)
class Told:
    """A question asked on the page: what the server told of it, and seconds until the answer was whole."""

    stats: GenerationStats
    whole_s: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-pages", action="store_true", help="leave out the prompt of 10,000 tokens")
    arguments = parser.parse_args()
    settings = Settings.from_env()
    threads = settings.threads or available_cores()
    try:
        if not OllamaServer(settings.ollama_url).has(settings.model):
            raise SystemExit(f"The Ollama at {settings.ollama_url} does not have {settings.model}.")
    except GenerationError as exc:
        raise SystemExit(f"No Ollama answers at {settings.ollama_url}: {exc}") from exc

    def bare(num_ctx: int) -> OllamaAnswerGenerator:
        return OllamaAnswerGenerator(
            settings.ollama_url, settings.model, num_ctx=num_ctx, num_thread=threads, deadlines=PATIENT
        )

    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "manual.pdf"
        draw_manual(pdf)
        print(f"{settings.model}, {threads} of {available_cores()} cores, {arguments.rounds} rounds, medians\n")
        rows = of_the_page(pdf, Path(folder), bare(settings.num_ctx), settings, arguments.rounds)
        rows += of_prompts(pdf, Path(folder), bare(ROOM), arguments.rounds, pages=not arguments.no_pages)
    missed = False
    for name, value, bar, unit, most in rows:
        holds = value <= bar if most else value >= bar
        missed |= not holds
        shown, limit = (f"{value:.0%}", f"{bar:.0%}") if unit == "%" else (f"{value:.1f} s", f"{bar:.0f} s")
        print(f"{name:<68} {shown:>8}  bar {'≤' if most else '≥'} {limit:<5} {'holds' if holds else 'MISSED'}")
    return int(missed)


Row = tuple[str, float, float, str, bool]  # name, value, bar, unit, whether the bar is the most it may be


def of_the_page(pdf: Path, folder: Path, bare: OllamaAnswerGenerator, settings: Settings, rounds: int) -> list[Row]:
    alone, page_words, indexing, whole_s = list[float](), list[float](), list[float](), list[float]()
    follow_ups: dict[str, list[float]] = {kind: [] for kind in FOLLOW_UPS}
    read: dict[str, list[float]] = {kind: [] for kind in FOLLOW_UPS}
    data = folder / "product"
    with server(data, settings.ollama_url) as url, browser_page() as page:
        page.set_default_timeout(_LONGEST_S * 1000)
        page.goto(url)
        add(page, pdf)
        for n in range(rounds):
            pump = 11 + 7 * n
            for kind, words in FOLLOW_UPS.items():
                unstopped = replace(standard_prompt(400, str(time.time_ns())), stop=())
                alone.append(rate(said(bare, unstopped, LOOK_UP_TOKENS)))
                begin_conversation(page)
                # of what comes its server is to know the rules alone
                said(bare, standard_prompt(400, str(time.time_ns())), 1)
                first = ask(page, data, f"How many litres does pump {pump} move in an hour?")
                page.wait_for_timeout(_READS_MS)
                second = ask(page, data, words.format(pump + 40))
                page_words.append(rate(first.stats))
                whole_s.append(first.whole_s)
                follow_ups[kind].append(first_word(second.stats) / first_word(first.stats))
                read[kind].append(evaluated(second.stats) / evaluated(first.stats))
                pump += 1
            other = folder / f"other {n}.pdf"
            other.write_bytes(pdf.read_bytes() + b"\n%" + bytes(str(n), "ascii"))
            begin_conversation(page)
            add(page, other, wait=False)
            indexing.append(rate(ask(page, data, f"How many litres does pump {pump} move in an hour?").stats))
            told = f"{median(alone[-3:]):.1f}, on the page {median(page_words[-3:]):.1f}, indexing {indexing[-1]:.1f}"
            print(f"round {n + 1}, tokens a second: bare {told}", flush=True)
    share = median(page_words) / median(alone)
    while_indexing = median(one / median(page_words[3 * n : 3 * n + 3]) for n, one in enumerate(indexing))
    return [
        ("words a second while the page streams, of a bare client's", share, BAR_GENERATION, "%", False),
        (f"… while {PAGES} pages are indexed, of those without", while_indexing, BAR_WHILE_INDEXING, "%", False),
        ("a look-up's whole answer", median(whole_s), BAR_LOOK_UP_S, "s", True),
        *(
            (f"a follow-up's first word, {kind}, of the first question's", median(shares), BAR_FOLLOW_UP, "%", True)
            for kind, shares in follow_ups.items()
        ),
        *(
            (f"a follow-up's tokens to read, {kind}, of the first question's", median(shares), BAR_FOLLOW_UP, "%", True)
            for kind, shares in read.items()
        ),
    ]


def of_prompts(pdf: Path, folder: Path, bare: OllamaAnswerGenerator, rounds: int, *, pages: bool) -> list[Row]:
    """First words of the product's own prompt beside those of others, each new to the server, its rules included."""
    document, settings = ingested(pdf, folder, embed=True)
    rag = build_rag(settings)
    rag.embedder.wait()
    texts = [page.text for page in document.document.pages]
    shares: dict[str, list[float]] = {"four": [], "pages": []}
    seconds: dict[str, list[float]] = {"ours": [], "four": [], "pages": []}
    for n in range(rounds):
        question = f"How many litres does pump {30 + n} move in an hour?"
        found = rag.search(question, [document], budget=rag.evidence_tokens)
        ours = first_word(said(bare, fresh(build_prompt(question, found.evidence, {})), 1))
        pieces = [passage.chunk.page - 1 for passage in found.passages]
        four = [texts[number][:PASSAGE_CHARS] for number in dict.fromkeys(pieces)][:PASSAGES]
        prompts = {"four": four, "pages": as_much(texts[n:])} if pages else {"four": four}
        seconds["ours"].append(ours)
        for key, passages in prompts.items():
            seconds[key].append(first_word(said(bare, fresh(plain_prompt(question, passages)), 1)))
            shares[key].append(ours / seconds[key][-1])
    rag.viewer.close()
    print(", ".join(f"first word, {key}: {median(taken):.1f} s" for key, taken in seconds.items() if taken))
    rows: list[Row] = []
    for name, key, bar in (
        (
            f"first word, of {PASSAGES} passages of {PASSAGE_CHARS:,} characters (LangChain-like)",
            "four",
            BAR_OF_FOUR_PASSAGES,
        ),
        (f"first word, of {PAGES_TOKENS:,} tokens of pages (kotaemon-like)", "pages", BAR_OF_PAGES),
    ):
        if shares[key]:
            rows.append((name, median(shares[key]), bar, "%", True))
    return rows


def as_much(texts: Sequence[str]) -> list[str]:
    """Pages from the beginning, up to 10,000 tokens."""
    taken, tokens = list[str](), 0
    for text in texts:
        tokens += estimate_tokens(text)
        if tokens > PAGES_TOKENS:
            break
        taken.append(text)
    return taken


def fresh(prompt: Prompt) -> Prompt:
    """New to the server from its first word on."""
    first, *others = prompt.messages
    return replace(prompt, messages=(replace(first, content=f"{time.time_ns()} {first.content}"), *others))


def said(generator: OllamaAnswerGenerator, prompt: Prompt, tokens: int) -> GenerationStats:
    *_, done = generator.generate(replace(prompt, max_output_tokens=tokens), lambda: False)
    assert isinstance(done, GenerationDone)
    return done.stats


def rate(stats: GenerationStats) -> float:
    assert stats.output_tokens is not None, "the model did not write this answer"
    assert stats.generation_s
    return stats.output_tokens / stats.generation_s


def first_word(stats: GenerationStats) -> float:
    assert stats.time_to_first_token_s is not None, "the model did not write this answer"
    return stats.time_to_first_token_s


def evaluated(stats: GenerationStats) -> int:
    """Tokens of a prompt that its server had not read before."""
    assert stats.prompt_tokens is not None, "the server does not tell what it read"
    return stats.prompt_tokens - (stats.cached_prompt_tokens or 0)


def add(page: BrowserPage, pdf: Path, *, wait: bool = True) -> None:
    page.locator("input[type=file]").first.set_input_files(str(pdf))
    if wait:
        page.get_by_text(f"{PAGES} pages").first.wait_for(timeout=_LONGEST_S * 1000)
        time.sleep(15)  # it is being indexed by meaning


def begin_conversation(page: BrowserPage) -> None:
    """An empty one is gone on with: its button is off."""
    new = page.get_by_role("button", name="New", exact=True)
    if new.is_enabled():
        new.click()
        page.locator(".fn-title").filter(has_text="New conversation").wait_for()


def ask(page: BrowserPage, data: Path, question: str) -> Told:
    """On the page, which streams the answer; what was kept of it tells when it is whole."""
    before, box = len(answers(data)), page.locator("textarea").first
    box.fill(question)
    began = time.perf_counter()
    box.press("Enter")
    while len(kept := answers(data)) == before:
        page.wait_for_timeout(300)  # the browser goes on drawing; looking costs the model, too
        if time.perf_counter() - began > _LONGEST_S:
            raise SystemExit(f"No answer within {_LONGEST_S:.0f} s: {question}")
    return Told(kept[-1], time.perf_counter() - began)


def answers(data: Path) -> list[GenerationStats]:
    """Of all answers that are whole, the oldest first."""
    with closing(sqlite3.connect(f"file:{data / 'store' / 'footnote.sqlite'}?mode=ro", uri=True)) as store:
        bodies = store.execute("SELECT body FROM turn ORDER BY saved_at").fetchall()
    views = [decode_turn(body, 0.0)[0] for (body,) in bodies]
    return [view.answer.stats for view in views if view.done and view.answer is not None]


if __name__ == "__main__":
    sys.exit(main())
