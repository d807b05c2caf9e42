from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import huggingface_hub
import pytest

from shared_utils.storage.document_store import DocumentStore
from shared_utils.web_address import Fetched
from src.cli.commands import main
from src.library.sample import sample_pdf
from src.library.web import WebAddresses
from src.settings import Settings
from tests.conftest import DrawPdf


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_DATA_DIR", str(settings.data_dir))
    monkeypatch.delenv("HF_TOKEN", raising=False)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.pdf"
    path.write_bytes(sample_pdf()[1])
    return path


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_ask_prints_the_promised_shape(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["ask", str(sample), "--question", "How many ships called?", "--engine", "extractive", "--json"])
    (row,) = rows(capsys)
    assert status == 0
    promised = "question answer answerable engine model sentences citations evidence_tokens prompt_tokens timings"
    assert set(promised.split()) <= set(row)
    assert row["engine"] == "extractive"
    assert isinstance(row["sentences"], list)
    assert set(row["sentences"][0]) == {"text", "citations", "verdict", "reason", "shown"}
    assert isinstance(row["citations"], list)
    citation = row["citations"][0]
    assert set(citation) == {"marker", "document", "page", "page_label", "quote", "start", "end", "rects"}
    assert (citation["document"], citation["page"], citation["page_label"]) == ("sample.pdf", 2, "1")
    assert "1,206 ships" in citation["quote"]
    assert all(len(rect) == 4 for rect in citation["rects"])
    assert row["timings"].keys() == {"ingest_s", "search_s", "first_evidence_s", "first_token_s", "total_s"}  # type: ignore[attr-defined]


def test_ask_is_pleasant_to_read_without_json(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["ask", str(sample), "--question", "How many ships called?", "--engine", "extractive"])
    out = capsys.readouterr().out
    assert out.startswith("A total of 1,206 ships called at the port [1].")
    assert "[1] sample.pdf, p. 2, printed 1" in out
    assert "No language model wrote this" in out


def test_search_prints_passages_and_evidence_for_each_question_of_the_documents_it_names(
    sample: Path, draw_pdf: DrawPdf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = draw_pdf("other.pdf", [["Ships of another port called 12 times."]])
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "a", "question": "How many ships called?", "documents": ["other.pdf"]}\n\n'
        '{"id": "b", "question": "How many ships called?"}\n'
    )
    arguments = ["search", str(sample), str(other), "--questions", str(questions), "--top-k", "3", "--json"]
    assert main(arguments) == 0
    one, every = rows(capsys)
    assert (one["id"], every["id"]) == ("a", "b")
    assert {passage["document"] for passage in one["passages"]} == {"other.pdf"}  # type: ignore[attr-defined]
    assert {passage["document"] for passage in every["passages"]} == {"sample.pdf", "other.pdf"}  # type: ignore[attr-defined]
    assert [passage["rank"] for passage in every["passages"]] == [1, 2, 3]  # type: ignore[attr-defined]
    assert [evidence["marker"] for evidence in one["evidence"]] == [1]  # type: ignore[attr-defined]


def test_a_smaller_budget_gives_less_evidence(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for budget in ("60", "600"):
        main(["search", str(sample), "--question", "tide gates and ships", "--budget", budget, "--json"])
    small, large = rows(capsys)
    assert 0 < small["evidence_tokens"] <= 60 < large["evidence_tokens"] <= 600  # type: ignore[operator]


def test_ingest_reports_each_file_and_fails_only_when_every_file_did(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing, empty = tmp_path / "missing.pdf", tmp_path / "empty.pdf"
    empty.touch()
    assert main(["ingest", str(missing), str(sample), str(empty), "--json"]) == 0
    gone, good, bad = rows(capsys)
    assert (gone["status"], good["status"], bad["status"]) == ("failed", "ready", "failed")
    assert "could not be opened" in str(gone["reason"])
    assert bad["reason"]
    assert good["page_verdicts"] == {"text": 4}
    assert good["seconds"].keys() == {"read", "embed"}  # type: ignore[attr-defined]
    assert main(["ingest", str(missing), str(empty)]) == 1


def test_a_damaged_questions_file_is_refused_by_its_line(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": 1, "question": "x"}\nnot json\n')
    assert main(["search", str(sample), "--questions", str(questions), "--json"]) == 1
    assert "line 2" in capsys.readouterr().err


def test_an_empty_question_is_a_sentence_on_stderr(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", str(sample), "--question", "  ", "--engine", "extractive"]) == 1
    assert "no question yet" in capsys.readouterr().err


def test_when_no_file_can_be_searched_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    assert main(["ask", str(empty), "--question", "What?", "--engine", "extractive"]) == 1
    assert "None of the files can be searched" in capsys.readouterr().err


@pytest.mark.enable_socket
@pytest.mark.parametrize(("engine", "words"), [("ollama", "Ollama"), ("remote", "HF_TOKEN")])
def test_an_engine_asked_for_by_name_that_cannot_write_says_why(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, engine: str, words: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    assert main(["ask", str(sample), "--question", "How many ships called?", "--engine", engine, "--json"]) == 0
    captured = capsys.readouterr()
    assert words in captured.err
    assert json.loads(captured.out)["engine"] == "extractive"


def test_what_goes_to_another_machine_is_said_before_it_goes(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        said.append(capsys.readouterr().err)
        return httpx2.Response(503, json={}, request=request)

    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 30)
    monkeypatch.setenv("FOOTNOTE_HF_MODELS", "far/away-8b")
    huggingface_hub.set_client_factory(lambda: httpx2.Client(transport=httpx2.MockTransport(refuse)))
    try:
        main(["ask", str(sample), "--question", "How many ships called?", "--engine", "remote"])
    finally:
        huggingface_hub.set_client_factory(huggingface_hub.utils._http.default_client_factory)
    assert re.search(r"passages? go(es)? to Hugging Face \(far/away-8b\) now\.", said[0])
    assert "went to Hugging Face" in capsys.readouterr().out


def test_batch_writes_the_table_the_report_and_the_markdown(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions.csv"
    questions.write_text("id;question\n1;How many ships called?\n2;What is the capital of France?\n", encoding="utf-8")
    table, report, notes = tmp_path / "out.csv", tmp_path / "out.html", tmp_path / "out.md"
    arguments = ["batch", str(questions), str(sample), "--engine", "extractive"]
    status = main([*arguments, "--csv", str(table), "--report", str(report), "--markdown", str(notes)])
    assert status == 0
    assert capsys.readouterr().out == ""
    assert "1,206 ships" in table.read_text(encoding="utf-8-sig")
    assert "<title>questions</title>" in report.read_text(encoding="utf-8")
    assert "## 2. What is the capital of France?" in notes.read_text(encoding="utf-8")

    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith('"question","answer","verdict"')


def test_batch_says_what_is_wrong_with_its_files(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "questions.txt"
    assert main(["batch", str(questions), str(sample)]) == 1
    assert "could not be read" in capsys.readouterr().err
    questions.write_text("\n")
    assert main(["batch", str(questions), str(sample)]) == 1
    assert "There is no question in this list" in capsys.readouterr().err
    questions.write_text("How many ships called?\n")
    nowhere = tmp_path / "no" / "out.csv"
    assert main(["batch", str(questions), str(sample), "--csv", str(nowhere), "--engine", "extractive"]) == 1
    assert "could not be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "words"),
    [("FOOTNOTE_MAX_LIST", "2 questions; at most 1"), ("FOOTNOTE_MAX_QUESTION_CHARS", "characters; at most 1")],
)
def test_batch_keeps_to_the_limits_that_are_set(
    sample: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    words: str,
) -> None:
    monkeypatch.setenv(variable, "1")
    questions = tmp_path / "questions.txt"
    questions.write_text("How many ships called?\nWhy did timber fall?\n")
    assert main(["batch", str(questions), str(sample)]) == 1
    assert words in capsys.readouterr().err


@pytest.mark.enable_socket
def test_a_web_address_is_read_like_a_file_where_that_is_allowed(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["ingest", "https://harbour.example/quay.pdf"]) == 1
    assert "fetches nothing" in capsys.readouterr().err
    fetched = Fetched("https://harbour.example/quay", "", sample.read_bytes())
    monkeypatch.setattr("src.cli.addresses.web_addresses", lambda _: WebAddresses(lambda _: fetched))
    assert main(["ingest", "https://harbour.example/quay", str(sample), "HTTP://harbour.example/", "--json"]) == 0
    assert [(row["file"], row["status"]) for row in rows(capsys)] == [
        ("quay.pdf", "ready"),
        ("sample.pdf", "ready"),
        ("quay.pdf", "ready"),
    ]


def test_ask_takes_the_documents_of_a_collection_of_a_library_here(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, key_file = "abcdefgh" * 4, tmp_path / "key"
    key_file.write_text(f"{key}\n")
    monkeypatch.setenv("FOOTNOTE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(settings.data_dir / "models")
    with DocumentStore(tmp_path / "data" / "store") as store:
        kept = store.add_to_workspace(key, store.put_file(sample_pdf()[1]), "harbour.pdf")
        store.add_to_workspace(key, store.put_file(b"%PDF-1.7 damaged"), "other.pdf")
        store.collections.make(key, "Annual reports", [kept])
    asked = ["ask", "--question", "How many ships called?", "--engine", "extractive", "--json"]
    assert main([*asked, "--collection", "annual REPORTS", "--key-file", str(key_file)]) == 0
    (row,) = rows(capsys)
    assert {citation["document"] for citation in row["citations"]} == {"harbour.pdf"}  # type: ignore[attr-defined]
    for wrong in (["--collection", "Contracts", "--key-file", str(key_file)], ["--collection", "Annual reports"], []):
        assert main([*asked, *wrong]) == 1
    told = capsys.readouterr().err
    assert "no such collection" in told
    assert "--key-file" in told
