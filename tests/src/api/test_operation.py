"""What an operator looks at: health, numbers, the page about the API."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from shared_utils.message import literal
from shared_utils.storage.document_store import DocumentStore
from src.api.app import create_api
from src.api.health import disk, kept, model, model_server, overall, remote_engine
from src.api.schemas import Part
from src.models.status import ModelState, ModelStatus
from src.settings import Settings
from tests.e2e.conftest import serve
from tests.fake_openai import FakeOpenAi
from tests.sample_report import SAMPLE
from tests.src.api import patient
from tests.src.api.conftest import OPERATORS_KEYS, Join, new_key, not_yet_open

# ------------------------------------------------------------------------------------------------ health


def test_without_a_model_it_is_degraded_and_each_part_says_why(server: str) -> None:
    answer = patient.get(f"{server}/api/health")
    health = answer.json()
    assert (answer.status_code, health["status"]) == (200, "degraded")
    assert health["uptime_s"] > 0
    assert set(health["parts"]) == {
        "web",
        "library",
        "readers",
        "background",
        "model_server",
        "model",
        "embeddings",
        "disk",
        "remote_engine",
    }
    assert health["parts"]["model"]["state"] == "down"
    assert "quote the documents" in health["parts"]["model"]["reason"]
    assert health["parts"]["remote_engine"]["state"] == "off"
    assert health["parts"]["readers"] == {"state": "off", "reason": "This process reads files itself."}


def test_with_a_model_everything_works(server_with_model: str, library: httpx.Client) -> None:
    parts = patient.get(f"{server_with_model}/api/health").json()["parts"]
    assert (parts["model_server"]["state"], parts["model"]["state"]) == ("ok", "ok")
    assert parts["model"]["reason"] == "llama3.2:3b"


def test_why_the_embedding_model_cannot_be_used_stands_in_the_log_and_not_in_an_answer(
    tmp_path: Path, join: Join
) -> None:
    in_the_way = tmp_path / "in-the-way"
    in_the_way.write_text("no folder")
    with serve(tmp_path, "http://127.0.0.1:9", FOOTNOTE_MODELS_DIR=str(in_the_way / "models")) as address:
        client = join(address)
        files = {"file": ("sample.pdf", SAMPLE.read_bytes())}
        added = client.post("/api/documents", params={"wait_s": 60}, files=files).json()
        patient.until(lambda: client.get("/api/health").json()["parts"]["embeddings"]["state"] == "down")
        told = client.get("/api/health").json()["parts"]["embeddings"]["reason"]
        listed = client.get("/api/documents").json()["documents"][0]
    for sentence in (added["reason"], listed["reason"], told):
        assert "The embedding model cannot be used. The server's log says why." in sentence
        assert "/" not in sentence
    assert str(in_the_way) in (tmp_path / "server.log").read_text(encoding="utf-8")


def test_a_damaged_data_file_is_told_without_a_path_until_its_remains_are_moved_away(tmp_path: Path) -> None:
    DocumentStore(tmp_path).close()
    (tmp_path / "footnote.sqlite").write_bytes(b"this is not a database " * 1000)
    with DocumentStore(tmp_path) as store:
        part = kept(store.trouble())
        assert part.state == "degraded"
        assert "was damaged and has been repaired" in part.reason
        assert str(tmp_path) not in part.reason
        (remains,) = tmp_path.glob("damaged-*")
        shutil.rmtree(remains)
        assert kept(store.trouble()).state == "ok"


@pytest.mark.parametrize(
    ("trouble", "status"), [("", "starting"), ("The data folder is not ours to write. Make it so.", "unhealthy")]
)
def test_before_the_library_is_open_nothing_is_promised(tmp_path: Path, trouble: str, status: str) -> None:
    services = not_yet_open(tmp_path, trouble)
    with TestClient(create_api(services)) as client:
        health = client.get("/api/health")
        assert (health.status_code, health.json()["status"]) == (503, status)
        assert health.json()["parts"]["library"]["reason"] == trouble
        refused = client.get("/api/documents", headers={"Authorization": f"Bearer {new_key()}"})
        assert refused.status_code == 503
        assert trouble in refused.json()["error"]["message"]
        assert client.get("/metrics").status_code == 503
    services.bounded.close()


@pytest.mark.parametrize(
    ("state", "server_state", "model_state"),
    [
        (ModelState.READY, "ok", "ok"),
        (ModelState.PULLING, "ok", "starting"),
        (ModelState.LOADING, "ok", "starting"),
        (ModelState.STARTING, "starting", "starting"),
        (ModelState.RESTARTING, "starting", "starting"),
        (ModelState.UNAVAILABLE, "down", "down"),
        (ModelState.OFFERED, "down", "down"),
        (ModelState.FETCHING, "starting", "starting"),
        (ModelState.UNPACKING, "starting", "starting"),
    ],
)
def test_the_model_and_its_server_are_told_apart(state: ModelState, server_state: str, model_state: str) -> None:
    status = ModelStatus(state, "llama3.2:3b", reason=literal("Because."))
    settings = Settings()
    assert (model_server(status, settings).state, model(status, settings).state) == (server_state, model_state)


def test_a_server_that_is_named_writes_before_its_first_answer() -> None:
    named = Settings(endpoints=("http://gpu1:8000/v1",))
    nobody = ModelStatus(ModelState.UNAVAILABLE)
    assert (model_server(nobody, named).state, model(nobody, named).state) == ("off", "ok")


def told_of_the_model(folder: Path, endpoint: str, wanted: str) -> str:
    """The state of the model on a server that names this endpoint, once its reason holds `wanted`."""
    folder.mkdir()
    with serve(folder, "http://127.0.0.1:9", 0, FOOTNOTE_ENDPOINTS=endpoint) as address:

        def part() -> dict[str, str]:
            told: dict[str, str] = patient.get(f"{address}/api/health").json()["parts"]["model"]
            return told

        patient.until(lambda: wanted in part()["reason"])
        return part()["state"]


def test_named_servers_are_told_before_the_first_answer_whether_they_answer_or_not(tmp_path: Path) -> None:
    with FakeOpenAi() as there:
        assert told_of_the_model(tmp_path / "there", there.url, "small") == "ok"
    assert told_of_the_model(tmp_path / "away", "http://127.0.0.1:9/v1", "None of the 1 named") == "down"


def test_a_disk_is_told_low_before_it_is_full() -> None:
    assert [disk(free).state for free in (10**10, 4 * 10**8, 10**7)] == ["ok", "degraded", "down"]


def test_a_full_disk_is_unhealthy_and_what_is_off_is_not_missed() -> None:
    fine = {"web": Part(state="ok"), "disk": Part(state="ok"), "remote_engine": remote_engine(Settings())}
    assert overall(fine) == "healthy"
    assert overall(fine | {"model": Part(state="starting")}) == "degraded"
    assert overall(fine | {"disk": Part(state="down")}) == "unhealthy"


# ------------------------------------------------------------------------------------------------ numbers


def number(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_what_happens_is_counted_and_nobody_is_named(library: httpx.Client, server: str) -> None:
    before = patient.get(f"{server}/metrics").text
    thread = library.post("/api/chat/sync", json={"message": "How many ships called at the port?"}).json()["thread_id"]
    library.get(f"/api/conversation/{thread}")
    patient.until(lambda: number(patient.get(f"{server}/metrics").text, "footnote_questions_running") == 0)
    after = patient.get(f"{server}/metrics").text
    answers = 'footnote_answers_total{engine="extractive",finish_reason="stop"}'
    assert number(after, answers) == number(before, answers) + 1
    supported = 'footnote_sentences_total{verdict="supported"}'
    assert number(after, supported) > number(before, supported)
    looks = 'footnote_requests_total{method="GET",route="/api/conversation/{thread_id}",status="200"}'
    assert number(after, looks) == number(before, looks) + 1
    assert number(after, "process_resident_memory_bytes") > 10_000_000
    assert thread not in after
    assert "sample" not in after
    assert "ships" not in after


def test_strangers_make_no_series_of_their_own(server: str) -> None:
    patient.get(f"{server}/api/made-up-by-somebody", headers={"Authorization": f"Bearer {'0123456789abcdef' * 3}"})
    patient.request("BREW", f"{server}/api/chat")
    numbers = patient.get(f"{server}/metrics").text
    assert "made-up" not in numbers
    assert "BREW" not in numbers


def test_where_there_are_keys_the_numbers_need_one_too(server_with_keys: str) -> None:
    assert patient.get(f"{server_with_keys}/metrics").status_code == 401
    with_key = {"Authorization": f"Bearer {OPERATORS_KEYS[0]}"}
    assert patient.get(f"{server_with_keys}/metrics", headers=with_key).status_code == 200
    assert patient.get(f"{server_with_keys}/api/health").status_code == 200


# ------------------------------------------------------------------------------------------------ the page about it


def test_the_page_names_every_route_and_fetches_nothing(server: str) -> None:
    page = patient.get(f"{server}/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in patient.get(f"{server}/api/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert not re.search(r"<script|<link|<img|https?://(?!localhost)", page.text)


def test_every_operation_can_refuse_in_the_one_shape(server: str) -> None:
    spec = patient.get(f"{server}/api/openapi.json").json()
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            refusal = operation["responses"]["401"]["content"]["application/json"]["schema"]
            assert refusal == {"$ref": "#/components/schemas/Error"}, f"{method} {path}"
