"""A list or a procedure that is asked for is shown whole, in order, before anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.types import Answer, DirectKind
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import ExtractiveAnswer
from src.presentation.blocks import BlockKind, blocks, set_as_text
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

STEPS = (
    "Resetting the pump",
    "The pump keeps its settings for a year when the power is off.",
    "To reset the pump, follow these steps:",
    "1. Switch the pump off at the wall.",
    "2. Hold the green button for ten seconds.",
    "3. Wait until the lamp is blue.",
    "4. Switch the pump on again.",
    "The pump then asks for the date.",
)
TOOLS = (
    "The following tools are needed:",
    "• a torque wrench of 20 newton metres",
    "• two spanners of 13 millimetres",
    "• a clean cloth without lint",
    "Never use pliers on the valve. The valve of the pump is made of brass.",
)


PAIRING = (
    "To pair the pump with a phone, follow these steps:",
    "\u2022 Android phones",
    "1 Switch the pump on and choose a language.",
    "2 Touch Add on the phone.",
    "3 Wait until the pump has rung once.",
    "\u2022 Apple iPhones",
    "1 Open the settings of the phone and choose the pump.",
    "2 Touch Pair twice.",
)


def ask(question: str, tmp_path: Path, *pages: tuple[str, ...]) -> Answer:
    path = tmp_path / "pump.pdf"
    path.write_bytes(pdfs.pdf(*(pdfs.lines(*page) for page in pages or (STEPS, TOOLS))))
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    versions: list[IndexedDocument] = []
    try:
        for _ in rag.ingest(SourceFile("a" * 64, path.name, path), versions.append, cancelled=never):
            pass
        events = rag.ask(question, versions[-1:], writers=tuple, cancelled=never)
        return next(event.answer for event in events if isinstance(event, ExtractiveAnswer))
    finally:
        rag.viewer.close()


@pytest.mark.parametrize(
    ("question", "items", "kind"),
    [
        ("How do I reset the pump?", [line[3:] for line in STEPS[3:7]], BlockKind.NUMBER),
        ("Which tools are needed?", [line[2:] for line in TOOLS[1:4]], BlockKind.BULLET),
    ],
)
def test_every_item_in_order_and_how_many(question: str, items: list[str], kind: BlockKind, tmp_path: Path) -> None:
    answer = ask(question, tmp_path)
    assert [sentence.text for sentence in answer.sentences[1 : len(items) + 1]] == items
    assert f"{len(items)} of {len(items)} on p. " in answer.sentences[0].text
    drawn = blocks(set_as_text(answer))
    assert [block.kind for block in drawn[1 : len(items) + 1]] == [kind] * len(items)
    assert answer.direct is not None
    assert answer.direct.kind is DirectKind.LIST
    assert [operand.value for operand in answer.direct.operands] == items
    quote = " ".join(answer.citations[0].quote.split())
    assert quote.startswith(items[0])
    assert quote.endswith(items[-1])


@pytest.mark.parametrize("question", ["What is the valve made of?", "How long does the pump keep its settings?"])
def test_what_asks_for_one_thing_gets_no_list(question: str, tmp_path: Path) -> None:
    answer = ask(question, tmp_path)
    assert answer.direct is None


def test_the_list_whose_lead_in_is_the_question_answers_it(tmp_path: Path) -> None:
    users = (
        "The harbour signals are used by:",
        "• pilots of the port",
        "• masters of ferries",
        "They are lit at dusk.",
    )
    answer = ask("Who uses the harbour signals?", tmp_path, users, TOOLS)
    assert answer.direct is not None
    assert (answer.direct.kind, answer.direct.name) == (DirectKind.LIST, "The harbour signals are used by")


def test_a_list_of_something_else_is_not_shown(tmp_path: Path) -> None:
    answer = ask("Which materials are the valves made of?", tmp_path)
    assert answer.direct is None


def test_the_steps_under_the_item_that_is_asked_for_stand_alone(tmp_path: Path) -> None:
    answer = ask("How do I pair the pump with Apple iPhones?", tmp_path, PAIRING)
    assert [sentence.text for sentence in answer.sentences[:3]] == [
        "Apple iPhones: 2 of 2 on p. 1",
        *[line[2:] for line in PAIRING[6:]],
    ]


def test_a_sentence_that_happens_to_stand_above_the_steps_is_no_title(tmp_path: Path) -> None:
    music = (
        "The pump has no such function when the phone is locked.",
        "1 Open the music of the pump and choose a song.",
        "2 Touch the music twice to stop the song.",
    )
    answer = ask("What are the steps for a song of the music?", tmp_path, music)
    assert [sentence.text for sentence in answer.sentences[:3]] == ["2 of 2 on p. 1", *[line[2:] for line in music[1:]]]
