"""Two editions compared over the API and by an assistant, through the real server."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from tests.shared_utils.editions.made import LEASE, with_sentence
from tests.src.api.conftest import Join
from tests.src.api.test_assistants import call


def added(client: httpx.Client, folder: Path, name: str, sentences: tuple[str, ...]) -> str:
    """The id of a PDF of these sentences, read."""
    styles = getSampleStyleSheet()
    flow = [
        Paragraph(s.removeprefix("# "), styles["Heading1" if s.startswith("# ") else "BodyText"]) for s in sentences
    ]
    SimpleDocTemplate(str(folder / name)).build(list(flow))
    files = {"file": (name, (folder / name).read_bytes())}
    document = client.post("/api/documents", params={"wait_s": 60}, files=files).json()
    assert document["state"] == "ready"
    return str(document["id"])


@pytest.fixture
def editions(server: str, join: Join, tmp_path: Path) -> tuple[httpx.Client, dict[str, str]]:
    client = join(server)
    new = with_sentence("$24,500", "$26,500", (*LEASE, "Keys are handed over at noon."))
    return client, {
        "before": added(client, tmp_path, "lease 2019.pdf", LEASE),
        "after": added(client, tmp_path, "lease 2021.pdf", new),
    }


def test_changes_come_with_the_places_of_both_sides(editions: tuple[httpx.Client, dict[str, str]]) -> None:
    client, pair = editions
    told = client.post("/api/compare", json=pair).json()
    assert (told["are_editions"], told["counts"]["total"]) == (True, 2)
    reworded = next(change for change in told["changes"] if change["kind"] == "reworded")
    assert reworded["section"] == "2 Rent"
    (fact,) = reworded["facts"]
    for side, document_id in pair.items():
        (place,) = fact[side]["places"]
        page = client.get(f"/api/documents/{document_id}/pages/{place['page']}").json()
        assert page["text"][place["start"] : place["end"]] == fact[side]["text"]
    chosen = client.post("/api/compare", json={**pair, "kinds": ["added"]}).json()
    assert [change["kind"] for change in chosen["changes"]] == ["added"]


def test_what_is_not_there_is_refused_and_what_is_the_same_is_said(
    editions: tuple[httpx.Client, dict[str, str]],
) -> None:
    client, pair = editions
    assert client.post("/api/compare", json={**pair, "after": "0" * 64}).status_code == 404
    assert client.post("/api/compare", json={"before": pair["before"]}).status_code == 422
    same = client.post("/api/compare", json={"before": pair["before"], "after": pair["before"]}).json()
    assert same["changes"] == []
    assert "same document" in same["notes"][0]


def test_an_assistant_is_told_in_lines(editions: tuple[httpx.Client, dict[str, str]]) -> None:
    client, pair = editions
    told = call(client, "compare", None, **pair)
    assert "number: $24,500 → $26,500" in told.content[0].text
    assert told.structured_content["counts"]["total"] == 2
    assert call(client, "compare", None, **{**pair, "after": "0" * 64}).is_error
