"""With how many threads a model is made ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.errors import GeneratorUnavailable
from src.models.preparation import tend_model, tend_model_of
from src.models.status import ModelState, ModelStatus
from src.settings import Settings
from tests.fake_ollama import FakeOllama, Script
from tests.prepared_models import MODELS
from tests.src.models.test_preparation import BIG, DEFAULTS, ROOMY, SMALL, FakeServer


@pytest.mark.enable_socket
@pytest.mark.parametrize(("two_take_s", "threads"), [(0.03, 1), (0.0, 2)])
def test_the_threads_that_write_fastest_are_measured_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_take_s: float, threads: int
) -> None:
    monkeypatch.setattr("src.models.preparation.available_cores", lambda: 2)
    told = " ".join(str(number) for number in range(40))
    script = Script(models=[SMALL], answer=told, token_s=0.005, thread_token_s={"2": two_take_s})
    with FakeOllama(script) as ollama:
        settings = Settings(models_dir=MODELS, data_dir=tmp_path, ollama_url=ollama.url, model=SMALL)

        def start() -> ModelStatus:
            return next(s for s in tend_model_of(settings, "", here=False) if s.state is ModelState.READY)

        def threads_asked() -> list[object]:
            return [body["options"]["num_thread"] for body in ollama.bodies("/api/chat")]  # type: ignore[index]

        first = start()
        assert first.threads == threads
        assert first.tokens_per_s
        assert set(threads_asked()) == {1, 2}
        assert threads_asked()[-1] == threads  # it is left loaded with these
        asked = len(threads_asked())
        again = start()
        assert (again.threads, again.tokens_per_s) == (threads, first.tokens_per_s)
        assert threads_asked()[asked:] == [threads]


def test_a_model_whose_threads_cannot_be_measured_is_ready_all_the_same() -> None:
    def rate(_: str, threads: int) -> float | None:
        raise GeneratorUnavailable("It stumbled.")

    statuses = tend_model(DEFAULTS, FakeServer(installed={BIG}), ROOMY, lambda _: 5.0, rate=rate, sleep=lambda _: None)
    ready = next(status for status in statuses if status.state is ModelState.READY)
    assert (ready.threads, ready.tokens_per_s) == (2, None)
