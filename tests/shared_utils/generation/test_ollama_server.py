from __future__ import annotations

import pytest

from shared_utils.errors import GenerationError, GeneratorUnavailable
from shared_utils.generation.ollama_server import OllamaServer, PullFailed, PullMeter, same_model
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import FakeClock

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_a_server_that_answers_is_alive_and_one_that_is_gone_is_not() -> None:
    with FakeOllama() as fake:
        server = OllamaServer(fake.url)
        assert server.is_alive()
        assert server.version() == "0.34.1"
    assert not server.is_alive()
    with pytest.raises(GeneratorUnavailable, match="ollama serve"):
        server.version()


def test_a_model_is_brought_into_memory_without_a_word() -> None:
    with FakeOllama(Script(models=["llama3.2:1b", "llama3.2:3b"])) as fake:
        server = OllamaServer(fake.url)
        assert [model.name for model in server.models()] == ["llama3.2:1b", "llama3.2:3b"]
        server.load("llama3.2:1b", num_ctx=2048, num_thread=2)
        (body,) = fake.bodies("/api/chat")
    assert body["messages"] == []
    assert body["options"] == {"num_ctx": 2048, "num_thread": 2}
    assert body["keep_alive"] == -1


def test_a_model_that_does_not_fit_says_so() -> None:
    with (
        FakeOllama(Script(models=["big"], too_large=["big"])) as fake,
        pytest.raises(GeneratorUnavailable, match="does not fit into memory"),
    ):
        OllamaServer(fake.url).load("big", num_ctx=2048, num_thread=2)


def test_a_name_without_a_tag_means_latest() -> None:
    assert same_model("mistral", "mistral:latest")
    assert same_model("hf.co:443/org/model", "hf.co:443/org/model:latest")
    assert not same_model("llama3.2:1b", "llama3.2:3b")


def test_a_download_reports_the_sum_of_its_layers_and_then_the_model_is_there() -> None:
    with FakeOllama(Script(models=[], layers=[4000, 300, 200])) as fake:
        server = OllamaServer(fake.url)
        progress = list(server.pull("llama3.2:3b"))
        assert server.has("llama3.2:3b")
    assert (progress[-1].completed_bytes, progress[-1].total_bytes) == (4500, 4500)
    assert progress[-1].status == "success"
    completed = [step.completed_bytes for step in progress]
    assert completed == sorted(completed)


@pytest.mark.parametrize("fault", ["dies", "cut"])
def test_a_download_that_breaks_goes_on_where_it_stopped(fault: str) -> None:
    with FakeOllama(Script(models=[], layers=[4000], pull_fault=fault, fault_after=5)) as fake:
        server = OllamaServer(fake.url)
        with pytest.raises(PullFailed) as caught:
            list(server.pull("llama3.2:3b"))
        assert caught.value.worth_retrying
        with_bytes = [step for step in server.pull("llama3.2:3b") if step.total_bytes]
    assert with_bytes[0].completed_bytes == 2000


@pytest.mark.parametrize(
    ("fault", "words", "worth_retrying"),
    [
        ("no space", "no room on the disk", False),
        ("no manifest", "has no model “llama3.2:3b”", False),
        ("error line", "max retries exceeded", True),
    ],
)
def test_a_download_that_cannot_work_says_whether_to_try_again(fault: str, words: str, worth_retrying: bool) -> None:
    with (
        FakeOllama(Script(models=[], pull_fault=fault)) as fake,
        pytest.raises(PullFailed, match=words) as caught,
    ):
        list(OllamaServer(fake.url).pull("llama3.2:3b"))
    assert caught.value.worth_retrying is worth_retrying


def test_something_else_on_the_port_is_not_taken_for_ollama() -> None:
    with FakeOllama(Script(fault="html")) as fake, pytest.raises(GenerationError, match="protocol"):
        OllamaServer(fake.url).load("llama3.2:1b", num_ctx=1, num_thread=1)


def test_what_an_earlier_attempt_fetched_does_not_count_as_speed() -> None:
    clock = FakeClock()
    meter = PullMeter(clock)
    assert meter.after("pulling", "sha256:a", 5_000, 10_000).bytes_per_s is None
    clock.now += 2
    progress = meter.after("pulling", "sha256:a", 6_000, 10_000)
    assert progress.bytes_per_s == pytest.approx(500)
    assert progress.seconds_left == pytest.approx(8)
