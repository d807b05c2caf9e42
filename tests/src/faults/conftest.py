"""The one library that the faults happen to, and the stage set anew for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import huggingface_hub
import pytest

from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from src.answering.writing import Writer
from src.library.library import Library
from src.library.sample import sample_pdf
from src.settings import Settings
from src.wiring import build_library
from tests.fake_ollama import FakeOllama
from tests.fakes import FakeEngines, never, prompt_saying
from tests.src.faults.stage import (
    ANSWER,
    FAR,
    ME,
    MODEL,
    PATIENT,
    TALK,
    YOU,
    Router,
    Scene,
    asked,
)
from tests.waiting import PATIENCE_S, until


@pytest.fixture(scope="package")
def remote_is_imported() -> None:
    """Hugging Face's client loads its parts when first asked, which takes longer than some deadlines here allow."""
    huggingface_hub.set_client_factory(lambda: httpx2.Client(transport=httpx2.MockTransport(Router())))
    unhurried = replace(PATIENT, first_token_s=PATIENCE_S, stall_s=PATIENCE_S)
    assert list(HfAnswerGenerator("hf_" + "x" * 30, [FAR], deadlines=unhurried).generate(prompt_saying("?"), never))


@pytest.fixture(scope="package")
def opened(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, remote_is_imported: None
) -> Iterator[tuple[Library, list[Writer]]]:
    """The one library, with the sample on two people's shelves, and the list of its engines."""
    writers: list[Writer] = []
    folder = tmp_path_factory.mktemp("faults")
    # words alone are searched: meaning costs time here and plays no part
    own = replace(settings, data_dir=folder, embedder="none", remote_answers=1000, remote_answers_a_day=1000)
    library = build_library(own, FakeEngines(writers))
    for key in (ME, YOU):
        library.shelf(key).add(*sample_pdf())
    until(lambda: all(view.settled for key in (ME, YOU) for view in library.shelf(key).documents()))
    yield library, writers
    library.close()


@pytest.fixture
def scene(opened: tuple[Library, list[Writer]]) -> Iterator[Scene]:
    """Everything in order, a fresh conversation on each shelf; afterwards everything must work again by itself."""
    router = Router()
    huggingface_hub.set_client_factory(lambda: httpx2.Client(transport=httpx2.MockTransport(router)))
    with FakeOllama() as ollama:
        scene = Scene(*opened, ollama, router)
        scene.heal()
        router.released.clear()
        for key in (ME, YOU):
            scene.shelf(key).delete_conversation(TALK)
        yield scene
        scene.heal()
        until(lambda: all(turn.done for turn in scene.shelf().turns(TALK)))
        assert scene.queue_is_free()
        turn = asked(scene.shelf())
        assert (turn.engine, turn.model, turn.changes) == ("ollama", MODEL, ())
        assert turn.answer is not None
        assert (turn.answer.raw_text, turn.answer.finish_reason) == (ANSWER, "stop")
        assert scene.queue_is_free()
    huggingface_hub.set_client_factory(huggingface_hub.utils._http.default_client_factory)
