"""Where an answer was written, as the page, an export, a program and the command line tell it: for every engine."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared_utils.errors import GeneratorUnavailable
from shared_utils.generation.fallback import Engine
from shared_utils.message import NOTHING
from shared_utils.types import EngineKind, GenerationStats, Where
from src.answering.ingestion import IndexedDocument
from src.answering.writing import Writer
from src.api.as_json import turn_json
from src.api.chat_events import events
from src.api.schemas import dumped
from src.cli.alone import answered
from src.cli.commands import main
from src.events import Stage
from src.i18n import ENGLISH, GERMAN
from src.library.sample import sample_pdf
from src.presentation.cited import entries, provenance, sent_away
from src.presentation.csv_table import answers_csv
from src.presentation.describe import describe_answer
from src.rag_with_generation import Rag
from src.screen.stages import stage_line, status_line
from src.settings import Settings
from src.views import EngineView, TurnView
from tests.conftest import source
from tests.fake_openai import FakeOpenAi, OpenAiScript
from tests.fakes import FakeGenerator, never

QUESTION = "How many ships called at the port?"


@dataclass(frozen=True, slots=True)
class Case:
    engine: EngineKind
    where: Where
    who: str  # on the page, in an export
    left: str  # in an export; {n} passages were offered
    german: str
    note: str = ""  # under the answer


CASES = {
    "an Ollama here": Case(
        EngineKind.OLLAMA,
        Where.THIS_MACHINE,
        "m:1b on this machine",
        "nothing left this machine",
        "nichts hat diesen Rechner verlassen",
    ),
    "an Ollama on another host": Case(
        EngineKind.OLLAMA,
        Where.OWN_NETWORK,
        "m:1b on a server in your network",
        "{n} passages were sent to another machine in your network",
        "{n} Textstellen gingen an einen anderen Rechner im eigenen Netz",
        "{n} passages of your documents went to a server in your network.",
    ),
    "a model server here": Case(
        EngineKind.ENDPOINT,
        Where.THIS_MACHINE,
        "m:1b on this machine",
        "nothing left this machine",
        "nichts hat diesen Rechner verlassen",
    ),
    "a model server in the own network": Case(
        EngineKind.ENDPOINT,
        Where.OWN_NETWORK,
        "m:1b on a server in your network",
        "{n} passages were sent to another machine in your network",
        "{n} Textstellen gingen an einen anderen Rechner im eigenen Netz",
        "{n} passages of your documents went to a server in your network.",
    ),
    "a model server elsewhere": Case(
        EngineKind.ENDPOINT,
        Where.ELSEWHERE,
        "m:1b on a model server elsewhere",
        "{n} passages were sent to another machine",
        "{n} Textstellen gingen an einen anderen Rechner",
        "{n} passages of your documents went to a model server elsewhere.",
    ),
    "the remote engine": Case(
        EngineKind.REMOTE,
        Where.ELSEWHERE,
        "m:1b at Hugging Face",
        "{n} passages were sent to another machine",
        "{n} Textstellen gingen an einen anderen Rechner",
        "{n} passages of your documents went to Hugging Face.",
    ),
    "no model": Case(
        EngineKind.EXTRACTIVE,
        Where.THIS_MACHINE,
        "",
        "nothing left this machine",
        "nichts hat diesen Rechner verlassen",
    ),
}


@pytest.fixture(scope="module")
def document(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    path = tmp_path_factory.mktemp("where") / "sample.pdf"
    path.write_bytes(sample_pdf()[1])
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(path), versions.append, cancelled=never):
        pass
    return versions[-1]


def writers(case: Case) -> list[Writer]:
    if case.engine is EngineKind.EXTRACTIVE:
        return []
    generator = FakeGenerator(("1,206 ships [1].",), backend=case.engine, model="m:1b", runs=case.where)
    queued = case.engine is not EngineKind.REMOTE
    return [Writer(Engine(case.engine, generator), "m:1b", queued=queued, where=case.where)]


def written(rag: Rag, document: IndexedDocument, case: Case) -> TurnView:
    return answered(rag, QUESTION, [document], lambda: writers(case))


@pytest.fixture(params=[*CASES.values()], ids=[*CASES])
def case(request: pytest.FixtureRequest) -> Case:
    kind: Case = request.param
    return kind


def test_an_export_says_who_wrote_where_and_what_left(rag: Rag, document: IndexedDocument, case: Case) -> None:
    turn = written(rag, document, case)
    told = provenance(turn, ENGLISH)
    assert (f"Written by {case.who}" in told) == bool(case.who)
    assert case.left.format(n=turn.passages_left) in told
    assert case.german.format(n=turn.passages_left) in provenance(turn, GERMAN)
    assert (turn.passages_left > 0) == (case.where is not Where.THIS_MACHINE)
    assert turn.sent_to is (case.where if turn.passages_left else None)
    assert case.who in answers_csv([turn]).decode()
    assert len(entries([turn])) == 1


def test_the_page_says_it_while_the_answer_is_made_and_under_it(
    rag: Rag, document: IndexedDocument, case: Case
) -> None:
    turn = written(rag, document, case)
    assert turn.answer is not None
    assert case.who in describe_answer(turn)
    notes = [note for note in turn.answer.notes if "went to" in str(note)]
    assert [*map(str, notes)] == ([case.note.format(n=turn.passages_left)] if case.note else [])
    assert all(GERMAN(note) != str(note) for note in notes)
    for stage in (Stage.READING, Stage.WRITING):
        running = replace(turn, stage=stage, answer=None)
        line = status_line(EngineView(case.engine, "", NOTHING, busy=True, waiting=0), running, 0.0, ENGLISH)
        assert line.startswith(case.who)
        assert not case.who or case.who not in stage_line(running, 0.0, ENGLISH)  # once, under the question box
        assert ("left this machine" in line) == (turn.passages_left > 0)


def test_a_program_is_told_the_engine_and_its_place(rag: Rag, document: IndexedDocument, case: Case) -> None:
    turn = written(rag, document, case)
    assert turn.answer is not None
    body = dumped(turn_json(turn, turn.answer, "t" * 16))
    assert (body["engine"], body["where"]) == (case.engine.value, case.where.value)
    running = replace(turn, stage=Stage.WRITING, answer=None, text="1,206 ships")
    told = [data for event in events(None, running, "t" * 16, {}) if "engine" in (data := dumped(event.data))]
    assert [(data["engine"], data["where"]) for data in told] == [(case.engine.value, case.where.value)] * 2


def test_where_the_place_is_not_known_nothing_is_claimed(rag: Rag, document: IndexedDocument) -> None:
    turn = written(rag, document, CASES["a model server here"])
    assert turn.answer is not None
    unknown = replace(turn.answer, stats=GenerationStats(EngineKind.ENDPOINT, "m:1b"))
    told = provenance(replace(turn, answer=unknown), ENGLISH)
    assert "Written by m:1b" in told
    assert not any("machine" in part for part in told)
    assert turn_json(turn, unknown, "t" * 16).where is None


@pytest.mark.parametrize(
    ("others", "engine", "sent_to"),
    [(["the remote engine"], "remote", Where.ELSEWHERE), ([], "extractive", Where.OWN_NETWORK)],
)
def test_what_left_is_told_also_where_another_engine_wrote_the_answer_in_the_end(
    rag: Rag, document: IndexedDocument, others: list[str], engine: str, sent_to: Where
) -> None:
    gone = FakeGenerator(("x",), GeneratorUnavailable("It is not there."), model="m:1b", runs=Where.OWN_NETWORK)
    (near,) = writers(CASES["an Ollama on another host"])
    vain = replace(near, engine=Engine(EngineKind.OLLAMA, gone))
    asked = [vain, *(writer for name in others for writer in writers(CASES[name]))]
    turn = answered(rag, QUESTION, [document], lambda: asked)
    assert turn.answer is not None
    assert (turn.engine, turn.sent_to) == (engine, sent_to)
    assert any("went to a server in your network" in str(note) for note in turn.answer.notes)
    assert "sent to another machine" in sent_away(turn, ENGLISH)


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Where.THIS_MACHINE, ""),
        (Where.OWN_NETWORK, "go to a server in your network (small) now."),
        (Where.ELSEWHERE, "go to a model server elsewhere (small) now."),
    ],
)
def test_the_command_line_says_where_passages_go_before_they_go(
    tmp_path: Path,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    where: Where,
    words: str,
) -> None:
    path = tmp_path / "sample.pdf"
    path.write_bytes(sample_pdf()[1])
    for module in ("endpoints", "openai_answer_generator"):  # as if the stand-in's address were there
        monkeypatch.setattr(f"shared_utils.generation.{module}.where_is", lambda _: where)
    with FakeOpenAi(OpenAiScript(answer="1,206 ships called [1].")) as server:
        for name, value in {
            "FOOTNOTE_DATA_DIR": str(settings.data_dir),
            "FOOTNOTE_ENDPOINTS": server.url,
            "OLLAMA_HOST": "127.0.0.1:9",
            "HF_TOKEN": "",
        }.items():
            monkeypatch.setenv(name, value)
        assert main(["ask", str(path), "--question", QUESTION, "--json"]) == 0
    captured = capsys.readouterr()
    row = json.loads(captured.out)
    assert (row["engine"], row["where"]) == ("endpoint", where.value)
    assert captured.err.count(" now.") == bool(words)
    assert words in captured.err
