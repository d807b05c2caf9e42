"""Conversations about real files, as exports are given them: one as it comes, one in which everything is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from shared_utils.message import NOTHING, literal
from shared_utils.types import EngineKind, GenerationStats, Sentence, Verdict, Where
from src.answering.ingestion import IndexedDocument
from src.cli.alone import answered
from src.cli.open_pages import OpenPages
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from src.views import TurnView
from tests.conftest import source

CARGO = "How did cargo develop in 2025, and why did timber fall?"
SHIPS = "How many ships called at the port?"
FRANCE = "What is the capital of France?"

SCRIPT = "<script>document.title='taken'</script>"
PICTURE = "![x](http://evil.example/x.png)<img src=http://evil.example/y.png onerror=alert(1)>"
LINK = "[click](javascript:alert(1)) https://evil.example/ www.evil.example me@evil.example"
FORMULA = '=HYPERLINK("http://evil.example";"ships")'
HOSTILE_LINES = (
    f"The harbour counted 1,206 ships {SCRIPT} in the year 2025.",
    f"Ships: {PICTURE} were 1,206.",
    f"{FORMULA} ships called at the harbour.",
    "</style><style>body{display:none}</style> ships of the harbour $\\href{javascript:alert(1)}{x}$ `code` **bold**",
)
HOSTILE_NAME = "</title><svg onload=alert(1)>[a](http://evil.example) \u202egnp.exe.pdf"


@dataclass(frozen=True, slots=True)
class Conversation:
    turns: tuple[TurnView, ...]
    pages: OpenPages
    document: IndexedDocument


def read(rag: Rag, path: Path, name: str = "") -> IndexedDocument:
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(path, name), versions.append, cancelled=lambda: False):
        pass
    return versions[-1]


def ask(rag: Rag, indexed: IndexedDocument, questions: Sequence[str]) -> Conversation:
    turns = tuple(replace(answered(rag, question, [indexed], list), asked_on=1.0) for question in questions)
    return Conversation(turns, OpenPages(rag, [indexed]), indexed)


def about_the_sample(rag: Rag, folder: Path, *questions: str) -> Conversation:
    path = folder / "report.pdf"
    path.write_bytes(sample_pdf()[1])
    return ask(rag, read(rag, path), questions or (CARGO, SHIPS, FRANCE))


def as_if_written(turn: TurnView) -> TurnView:
    """The turn, had a model answered with a heading, two sentences that stand, three that do not, and steps."""
    assert turn.answer is not None
    sentences = (
        Sentence("Nordhaven handled **2.84 million tonnes** in 2025.", (1,), Verdict.SUPPORTED, NOTHING, 0),
        Sentence(
            "Timber fell as the quay was rebuilt.", (1, 2), Verdict.PARTLY, literal("the page gives another reason"), 0
        ),
        Sentence("- Timber: 774", (2,), Verdict.SUPPORTED, NOTHING, 1),  # as it was stored before sentences had an item
        Sentence("Grain: 710", (2,), Verdict.CONTRADICTED, literal("the page says 601, the answer 710"), 2, "-"),
        Sentence("More growth comes in 2031.", (), Verdict.NOT_FOUND, literal("no passage mentions 2031"), 3),
        Sentence("What follows", (), Verdict.SUPPORTED, NOTHING, 4, "#"),
        Sentence("The quay is rebuilt.", (2,), Verdict.SUPPORTED, NOTHING, 5, "1."),
        Sentence("Timber **returns**.", (2,), Verdict.SUPPORTED, NOTHING, 6, "2."),
    )
    stats = GenerationStats(
        EngineKind.OLLAMA, "llama3.2:3b", prompt_tokens=612, output_tokens=85, where=Where.THIS_MACHINE
    )
    answer = replace(turn.answer, sentences=sentences, stats=stats, notes=(literal("Page 7 could not be read."),))
    return replace(turn, answer=answer, timings={"first_token_s": 9.8, "total_s": 21.4}, passages_left=0, changes=())


def hostile(rag: Rag, pdf: Path) -> Conversation:
    """Every text that comes from outside tries to be something else. `pdf` holds HOSTILE_LINES."""
    conversation = ask(rag, read(rag, pdf, HOSTILE_NAME), [f"How many ships? {SCRIPT} {PICTURE} {LINK}", f"{FORMULA}"])
    first, second = conversation.turns
    assert first.answer is not None
    assert first.answer.citations
    sentences = (
        Sentence(
            f"1,206 ships. {SCRIPT} {PICTURE} **b{LINK}**",
            (1,),
            Verdict.CONTRADICTED,
            literal(f"no {SCRIPT} {LINK}"),
            0,
        ),
        Sentence(f"# heading\n\n    code\n\n> quote | a | b |\n---|--- {LINK}", (1,), Verdict.SUPPORTED, NOTHING, 1),
        Sentence('- "><img src=x onerror=alert(1)>', (1,), Verdict.SUPPORTED, NOTHING, 2),
    )
    stats = GenerationStats(EngineKind.REMOTE, f'm"{SCRIPT}', prompt_tokens=1, where=Where.ELSEWHERE)
    answer = replace(first.answer, sentences=sentences, stats=stats, notes=(literal(f"{PICTURE} {LINK}"),))
    return replace(conversation, turns=(replace(first, answer=answer, changes=(literal(SCRIPT),)), second))


def hostile_pdf(folder: Path) -> Path:
    path = folder / "hostile.pdf"
    canvas = Canvas(str(path), pagesize=landscape(A4), invariant=1)
    canvas.setFont("Helvetica", 9)
    for number, line in enumerate(HOSTILE_LINES):
        canvas.drawString(40, 500 - 30 * number, line)
    canvas.save()
    return path
