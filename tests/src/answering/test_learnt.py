"""What answers have taught of a model is there after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.citations.base_rate import UNKNOWN, Share
from shared_utils.generation.speed import Speed
from shared_utils.types import EngineKind, GenerationStats
from src.answering.answer_queue import AnswerQueue
from src.answering.learnt import NOTHING_KNOWN, Learnt
from src.answering.writing import Scribe
from src.settings import Settings
from src.wiring import build_rag
from tests.prepared_models import MODELS

STATS = GenerationStats(
    EngineKind.OLLAMA, "m", prompt_tokens=600, prompt_evaluation_s=12.0, output_tokens=40, generation_s=2.0
)


def test_speed_record_and_what_a_stop_does_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "run" / "learnt.json"
    scribe = Scribe(AnswerQueue(), learnt=Learnt(path, cores=2))
    scribe.learn(STATS)
    scribe.record.learn("m", Share(1.0, 9.0))
    Learnt(path, cores=2).change("m", lambda known: replace(known, frees=False))
    again = Scribe(AnswerQueue(), learnt=Learnt(path, cores=2))
    assert again.frees("m") is False
    assert again.record.known("m").of_all < 0.3
    assert Learnt(path, cores=2).of("m").speed == Speed((50.0,), (20.0,))


def test_a_speed_holds_for_as_many_cores_and_a_record_for_any(tmp_path: Path) -> None:
    path = tmp_path / "learnt.json"
    learnt = Learnt(path, cores=2)
    learnt.change("m", lambda known: replace(known, speed=Speed((50.0,), ()), share=Share(3.0, 1.0)))
    moved = Learnt(path, cores=4).of("m")
    assert moved.speed is None
    assert moved.share == Share(3.0, 1.0)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        '{"cores": 2, "models": []}',
        '{"cores": 2, "models": {"m": {"prompt_rates": [-1], "generation_rates": [], "frees": 1, "share": [0, 0]}}}',
        '{"cores": 2, "models": {"m": {"prompt_rates": [], "generation_rates": [], "frees": 1, "share": [0, NaN]}}}',
        '{"cores": 2, "models": {"m": {"prompt_rates": "9", "generation_rates": [], "frees": null, "share": [0, 0]}}}',
    ],
)
def test_what_cannot_be_read_is_learnt_again(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "learnt.json"
    path.write_text(kept)
    learnt = Learnt(path, cores=2)
    assert learnt.of("m") == NOTHING_KNOWN
    learnt.change("m", lambda known: replace(known, frees=True))
    assert Learnt(path, cores=2).of("m").frees is True


def test_what_cannot_be_kept_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    learnt = Learnt(tmp_path / "file" / "learnt.json", cores=2)
    learnt.change("m", lambda known: replace(known, frees=True))
    assert learnt.of("m").frees is True


def test_models_not_heard_of_for_long_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "learnt.json"
    learnt = Learnt(path)
    for number in range(60):
        learnt.change(f"m{number}", lambda known: replace(known, frees=True))
        learnt.change("used", lambda known: replace(known, frees=True))
    assert Learnt(path).of("m1") == NOTHING_KNOWN
    assert Learnt(path).of("used").frees is True


def test_the_program_keeps_it_in_its_data_folder(tmp_path: Path) -> None:
    settings = Settings(models_dir=MODELS, data_dir=tmp_path, threads=2, ollama_url="http://127.0.0.1:9")
    first = build_rag(settings)
    first.scribe.record.learn("m", Share(0.0, 10.0))
    first.viewer.close()
    second = build_rag(settings)
    second.viewer.close()
    assert second.scribe.record.known("m").of_all < UNKNOWN.of_all
