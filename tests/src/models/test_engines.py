from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from shared_utils.errors import GeneratorUnavailable
from shared_utils.generation.endpoints import Endpoint, EndpointPool
from shared_utils.message import NOTHING, Message, literal
from shared_utils.types import EngineKind, GenerationDone, GenerationEvent, ModelAsked, Where
from src.answering.answer_queue import AnswerQueue
from src.answering.writing import Scribe, Writer, guarded, staying
from src.i18n import GERMAN
from src.models.engines import Engines
from src.models.status import ModelState, ModelStatus, status_path, write_status
from src.settings import Settings
from tests.fake_ollama import FakeOllama, Script
from tests.fake_openai import FakeOpenAi
from tests.fakes import FakeGenerator, never, prompt_saying
from tests.prepared_models import MODELS

pytestmark = pytest.mark.enable_socket
BIG, SMALL, FAR = "llama3.2:3b", "llama3.2:1b", "far/Away-8B"


def engines(tmp_path: Path, url: str = "http://127.0.0.1:9", **changes: object) -> Engines:
    return Engines(Settings(models_dir=MODELS, data_dir=tmp_path, ollama_url=url, hf_models=(FAR,), **changes))  # type: ignore[arg-type]


def scribe() -> Scribe:
    return Scribe(AnswerQueue())


def supervised(tmp_path: Path, status: ModelStatus) -> None:
    write_status(status_path(tmp_path), status, now=time.time())


def test_a_person_may_choose_among_the_installed_models_and_the_choice_is_asked(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[BIG, SMALL])) as ollama:
        room = engines(tmp_path, ollama.url)
        assert [choice.id for choice in room.choices()] == ["", f"ollama:{SMALL}", f"ollama:{BIG}", "extractive"]
        assert [writer.model for writer in room.writers()] == [BIG]
        assert [writer.model for writer in room.writers(f"ollama:{SMALL}")] == [SMALL]
        assert [writer.model for writer in room.writers("ollama:nobody/has:it")] == [BIG]
        assert room.writers("extractive") == []
        shared = engines(tmp_path, ollama.url, choose_model=False)
        assert [writer.model for writer in shared.writers(f"ollama:{SMALL}")] == [BIG]
        assert [choice.id for choice in shared.choices()] == ["", "extractive"]


def test_the_status_line_announces_the_remote_engine_before_it_is_needed_and_not_to_who_keeps_everything_here(
    tmp_path: Path,
) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, SMALL, literal("3b is too slow here.")))
    room = engines(tmp_path, hf_token="hf_x")
    view = room.view(scribe())
    assert str(view.line) == f"{SMALL} · on this machine · if it is too slow, Away-8B on Hugging Face"
    assert (str(view.reason), view.if_slow) == ("3b is too slow here.", FAR)
    assert str(room.view(scribe(), may_leave=False).line) == f"{SMALL} · on this machine"
    supervised(tmp_path, ModelStatus(ModelState.UNAVAILABLE, reason=literal("Nothing answers.")))
    assert "passages leave this machine" in str(room.view(scribe()).line)
    assert str(room.view(scribe(), may_leave=False).line).startswith("Everything stays here")


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (ModelStatus(ModelState.READY, BIG), ""),
        (ModelStatus(ModelState.UNAVAILABLE, reason=literal("Ollama is not installed.")), ""),  # the operator's to mend
        (ModelStatus(ModelState.PULLING, BIG, NOTHING, 41, 100), f"{BIG} is still being fetched (41%)."),
        (ModelStatus(ModelState.LOADING, BIG), f"{BIG} is still getting ready."),
        (
            ModelStatus(ModelState.RESTARTING, "", literal("Ollama ended.")),
            "The model is still getting ready. Ollama ended.",
        ),
    ],
)
def test_why_nobody_writes_is_said_in_a_sentence(tmp_path: Path, status: ModelStatus, why: str) -> None:
    supervised(tmp_path, status)
    assert str(engines(tmp_path).why_nobody()) == why


def test_the_status_line_says_why_it_is_the_smaller_model(tmp_path: Path) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, SMALL, slow_model=BIG, slow_first_token_s=33.4))
    because = f"{SMALL} · on this machine, because 3b would need about 34 s to its first word"
    assert str(engines(tmp_path).view(scribe()).line) == because
    assert GERMAN(engines(tmp_path).view(scribe()).line).startswith(
        f"{SMALL} · auf diesem Rechner, denn 3b bräuchte etwa 34 s"
    )
    far = engines(tmp_path, hf_token="hf_x").view(scribe())
    assert str(far.line) == f"{because} · if it is too slow, Away-8B on Hugging Face"


def test_a_slow_model_that_a_person_chose_is_waited_for_and_given_less_to_read(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[BIG, SMALL])) as ollama:
        ready = ModelStatus(ModelState.READY, SMALL, first_token_s=10.0, slow_model=BIG, slow_first_token_s=40.0)
        supervised(tmp_path, ready)
        room = engines(tmp_path, ollama.url)
        (usual,), (chosen,) = room.writers(), room.writers(f"ollama:{BIG}")
    assert usual.first_token_deadline_s == 30.0
    assert chosen.first_token_deadline_s == 150.0
    usual_rate, rate = (scribe().speed(writer).prompt_tokens_per_s for writer in (usual, chosen))
    assert usual_rate is not None
    assert rate == pytest.approx(usual_rate / 4)


def test_the_only_model_there_is_may_be_slow_and_with_another_engine_at_hand_it_may_not(tmp_path: Path) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, BIG, first_token_s=70.0))
    (alone,) = engines(tmp_path).writers()
    first, _ = engines(tmp_path, hf_token="hf_x").writers()
    assert (alone.first_token_deadline_s, first.first_token_deadline_s) == (70.0, 30.0)


def test_the_first_estimate_is_what_the_supervisor_measured(tmp_path: Path) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, SMALL, first_token_s=10.0))
    (writer,) = engines(tmp_path).writers()
    rate = scribe().speed(writer).prompt_tokens_per_s
    assert rate is not None
    assert 50 < rate < 100  # the standard prompt has some 700 tokens


def ask(writer: Writer, question: str = "How much is the rent?") -> list[GenerationEvent]:
    return list(writer.engine.generator.generate(prompt_saying(f"Question: {question}"), never))


def test_several_model_servers_share_what_is_asked_and_the_status_line_counts_them(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[SMALL])) as near, FakeOllama(Script(models=[BIG])) as far, FakeOpenAi() as vllm:
        room = engines(tmp_path, near.url, more_ollama_urls=(far.url,), endpoints=(vllm.url,), endpoint_questions=4)
        assert room.pool is not None
        room.pool.look()
        assert room.places() == 6
        assert str(room.view(scribe()).line) == f"{SMALL} · on 3 model servers"
        assert str(room.why_nobody()) == ""
        (writer,) = room.writers()
        for passages in ("Rent is 900 euros. " * 9, "Leakage fell to 3 %. " * 9, "Nobody lives there. " * 9):
            ask(writer, passages)
        assert [len(server.bodies("/api/chat")) for server in (near, far)] == [1, 1]
        assert len(vllm.bodies) == 1
        assert vllm.bodies[0]["model"] == "small"


def test_a_server_that_went_is_passed_over_and_the_answer_names_who_wrote_it(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[SMALL])) as near, FakeOpenAi() as vllm:
        room = engines(tmp_path, near.url, endpoints=(vllm.url,))
        assert room.pool is not None
        room.pool.look()
        near.script.fault = "500"
        *_, done = ask(room.writers()[0])
        assert isinstance(done, GenerationDone)
        assert (done.stats.backend, done.stats.model) == ("endpoint", "small")
        assert str(room.view(scribe()).line) == "small · on a model server"
        assert room.places() == 8


def test_a_model_of_ones_own_choice_is_asked_where_it_is_installed(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[SMALL, "qwen:4b"])) as near, FakeOpenAi() as vllm:
        room = engines(tmp_path, near.url, endpoints=(vllm.url,))
        assert room.pool is not None
        room.pool.look()
        assert [writer.model for writer in room.writers("ollama:qwen:4b")] == ["qwen:4b"]
        ask(room.writers("ollama:qwen:4b")[0])
        assert vllm.bodies == []


def test_without_an_ollama_the_other_servers_are_enough(tmp_path: Path) -> None:
    with FakeOpenAi() as vllm:
        room = engines(tmp_path, endpoints=(vllm.url,))
        assert room.pool is not None
        room.pool.look()
        assert (room.status().state, room.status().model) == (ModelState.READY, "small")
        assert str(room.why_nobody()) == ""
        assert [choice.id for choice in room.choices()] == ["", "extractive"]


def test_where_none_of_them_can_be_asked_the_operator_is_told_why(
    tmp_path: Path,
) -> None:
    room = engines(tmp_path, endpoints=("http://127.0.0.1:9/v1",))
    assert room.pool is not None
    room.pool.look()
    assert room.writers() == []
    assert str(room.why_nobody()) == ""
    assert str(room.view(scribe()).reason) != ""
    assert str(room.view(scribe()).line) == "No language model · answers quote the documents"


HERE, NEAR, AWAY = "http://127.0.0.1:11434", "http://gpu1:8000/v1", "https://models.example/v1"


def shared(tmp_path: Path, *addresses: str, **changes: object) -> Engines:
    """Servers at these addresses share the questions; each answers with a model named after its place in the list."""
    room = engines(tmp_path, HERE, endpoints=(NEAR,), **changes)
    models = zip(addresses, ("first", "second", "third"), strict=False)
    room.pool = EndpointPool([Endpoint(url, partial(str, name), lambda _: FakeGenerator()) for url, name in models])
    room.pool.look()
    return room


@pytest.mark.parametrize(
    ("url", "where", "line", "german"),
    [
        (HERE, Where.THIS_MACHINE, "on this machine", "auf diesem Rechner"),
        ("http://gpu1:11434", Where.OWN_NETWORK, "on a server in your network", "auf einem Server im eigenen Netz"),
        (
            "https://models.example",
            Where.ELSEWHERE,
            "on a model server elsewhere: passages leave this machine",
            "auf einem fremden Modellserver: Textstellen verlassen diesen Rechner",
        ),
    ],
)
def test_the_status_line_says_where_an_ollama_runs(
    tmp_path: Path, url: str, where: Where, line: str, german: str
) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, SMALL))
    view = engines(tmp_path, url).view(scribe())
    assert (view.engine, view.where, str(view.line)) == (EngineKind.OLLAMA, where, f"{SMALL} · {line}")
    assert GERMAN(view.line) == f"{SMALL} · {german}"
    (writer,) = engines(tmp_path, url).writers()
    assert (writer.queued, writer.where) == (True, where)
    assert engines(tmp_path, url).choices()[0].where is where
    far = engines(tmp_path, url, hf_token="hf_x").view(scribe()).line
    assert str(far) == f"{view.line} · if it is too slow, Away-8B on Hugging Face"
    assert GERMAN(far) == f"{SMALL} · {german} · ist es zu langsam, Away-8B bei Hugging Face"


@pytest.mark.parametrize(
    ("addresses", "where", "line", "german"),
    [
        ([HERE, HERE], Where.THIS_MACHINE, "on 2 model servers", "auf 2 Modellservern"),
        ([NEAR], Where.OWN_NETWORK, "on a model server in your network", "auf einem Modellserver im eigenen Netz"),
        ([NEAR, NEAR], Where.OWN_NETWORK, "on 2 model servers in your network", "auf 2 Modellservern im eigenen Netz"),
        (
            [HERE, NEAR],
            None,
            "on 2 model servers, some of them in your network",
            "auf 2 Modellservern, einige davon im eigenen Netz",
        ),
        (
            [AWAY],
            Where.ELSEWHERE,
            "on a model server elsewhere: passages leave this machine",
            "auf einem fremden Modellserver: Textstellen verlassen diesen Rechner",
        ),
        (
            [HERE, NEAR, AWAY],
            None,
            "on 3 model servers, some of them elsewhere: passages leave this machine",
            "auf 3 Modellservern, einige davon fremde: Textstellen verlassen diesen Rechner",
        ),
    ],
)
def test_the_status_line_says_where_servers_run_that_share_the_questions(
    tmp_path: Path, addresses: list[str], where: Where | None, line: str, german: str
) -> None:
    room = shared(tmp_path, *addresses)
    view = room.view(scribe())
    assert (view.engine, view.where, str(view.line)) == (EngineKind.ENDPOINT, where, f"first · {line}")
    assert GERMAN(view.line) == f"first · {german}"
    assert room.choices()[0].where is where


def test_for_who_keeps_everything_here_of_several_servers_only_those_here_are_left(tmp_path: Path) -> None:
    room = shared(tmp_path, NEAR, HERE, hf_token="hf_x")
    (here,) = staying(room.writers())
    assert (here.model, here.where) == ("second", Where.THIS_MACHINE)
    assert ask(here)[0] == ModelAsked("second", Where.THIS_MACHINE)
    assert str(room.view(scribe(), may_leave=False).line) == "second · on a model server"
    nobody = shared(tmp_path, NEAR, AWAY, hf_token="hf_x")
    assert staying(nobody.writers()) == []
    assert str(nobody.view(scribe(), may_leave=False).line).startswith("Everything stays here")


def test_a_server_that_may_not_be_asked_any_more_is_free_again_and_was_sent_nothing(tmp_path: Path) -> None:
    room = shared(tmp_path, NEAR)
    (writer,) = room.writers()
    asked: list[Where] = []

    def why_not(where: Where) -> Message:
        asked.append(where)
        return literal("A mind was changed.")

    with pytest.raises(GeneratorUnavailable, match="A mind was changed"):
        ask(guarded(writer, why_not))
    assert asked == [Where.OWN_NETWORK]
    assert room.pool is not None
    assert [known.in_hand for known in room.pool._known] == [0]
    assert room.pool.health()[NEAR].failures == 0  # nothing is wrong with it


def test_an_ollama_on_another_host_does_not_write_for_who_keeps_everything_here(tmp_path: Path) -> None:
    supervised(tmp_path, ModelStatus(ModelState.READY, SMALL))
    room = engines(tmp_path, "http://gpu1:11434")
    assert staying(room.writers()) == []
    assert str(room.view(scribe(), may_leave=False).line).startswith("Everything stays here")
