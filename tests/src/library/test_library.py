from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from shared_utils.errors import DocumentGone, FootnoteError, QuestionError
from shared_utils.generation.fallback import Engine
from shared_utils.pdf.ocr import tesseract_available
from shared_utils.types import GenerationEvent, GenerationStats, Prompt, Rect, TextDelta
from src.answering.writing import Writer
from src.library.library import Library
from src.library.preferences import Pace, Preferences
from src.library.question_lists import list_view
from src.library.sample import sample_pdf
from src.library.services import EngineRoom
from src.library.shelf import Shelf
from src.rag_with_generation import Rag
from src.settings import Settings
from src.views import DocumentState, TurnView
from src.wiring import build_library
from tests.conftest import DrawPdf
from tests.fakes import FakeEngines, FakeGenerator
from tests.src.library.stored_turns import ANSWERED, BEING_ANSWERED, LIST_BEGUN, LIST_ENDED, NOT_ASKED

ROOT = Path(__file__).parents[3]
MINE, THEIRS = "m" * 24, "t" * 24
TALK = "one-conversation"


class OpenLibrary(Protocol):
    """Opens the same data folder each time; without engines answers quote the documents."""

    def __call__(self, engines: EngineRoom | None = None, **changes: object) -> Library: ...


@pytest.fixture
def open_library(settings: Settings, tmp_path: Path) -> Iterator[OpenLibrary]:
    """The embedding graph is taken from the session's folder."""
    opened: list[Library] = []
    (tmp_path / "data").mkdir()
    (settings.data_dir / "models").mkdir(exist_ok=True)
    (tmp_path / "data" / "models").symlink_to(settings.data_dir / "models")

    def open_(engines: EngineRoom | None = None, **changes: object) -> Library:
        own = replace(settings, data_dir=tmp_path / "data", **changes)  # type: ignore[arg-type]
        opened.append(build_library(own, engines or FakeEngines()))
        return opened[-1]

    yield open_
    for library in opened:
        library.close()


def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Wait for background work, or fail."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "the background work did not end"
        time.sleep(0.01)


def settled(shelf: Shelf) -> bool:
    return all(view.settled for view in shelf.documents())


def answered(shelf: Shelf) -> TurnView:
    until(lambda: shelf.turns(TALK)[-1].done)
    return shelf.turns(TALK)[-1]


def shelf_with_sample(library: Library, key: str = MINE) -> Shelf:
    shelf = library.shelf(key)
    shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    return shelf


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_goes_from_queued_to_ready_with_every_page_and_passage_counted(
    open_library: OpenLibrary,
) -> None:
    (view,) = shelf_with_sample(open_library()).documents()
    assert view.state is DocumentState.READY
    assert view.pages == len(view.page_verdicts) == 4
    assert view.embedded == view.chunks > 0
    assert view.title == "Harbour Trust of Nordhaven: annual report 2025"


def test_documents_and_conversations_outlive_the_process(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    before = answered(shelf)
    library.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.embedded) == (DocumentState.READY, view.chunks)
    (turn,) = shelf.turns(TALK)
    assert turn.answer == before.answer
    assert [conversation.title for conversation in shelf.conversations()] == ["How many ships called at the port?"]


def test_conversations_that_an_older_version_stored_are_there_and_its_running_question_is_answered(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf_with_sample(library)
    kept, gone = library.store.conversations, "an older process"
    for conversation, bodies in (
        (TALK, (ANSWERED, NOT_ASKED)),
        ("list-of-questions", (LIST_BEGUN, LIST_ENDED)),
        ("being-answered-now", (BEING_ANSWERED,)),
    ):
        for body in bodies:
            record = json.loads(body)
            kept.begin(MINE, conversation, record["id"], body, owner=gone, lease_s=0.0)
            if not record["pending"]:
                kept.finish(MINE, record["id"], body, owner=gone)
    library.close()

    shelf = open_library().shelf(MINE)
    answered_then, refused_then = shelf.turns(TALK)
    assert answered_then.answer is not None
    assert (answered_then.rating, answered_then.passages_left) == (1, 3)
    assert "Add a PDF" in refused_then.error
    asked_list = list_view(shelf.turns("list-of-questions"))
    assert asked_list is not None
    assert (asked_list.done, asked_list.total) == (2, 2)
    until(lambda: shelf.turns("being-answered-now")[-1].done)
    assert "23 times" in str(shelf.turns("being-answered-now")[-1].answer)
    assert {view.title for view in shelf.conversations()} == {
        "How many ships called at the port?",
        "How many cruise ships called?",
        "How many times did the tide gates close in 2025?",
    }


def test_a_file_whose_reading_was_cut_short_is_read_again_after_a_restart(open_library: OpenLibrary) -> None:
    library = open_library()
    document_id = library.store.put_file(sample_pdf()[1])
    library.store.add_to_workspace(MINE, document_id, "sample.pdf")
    library.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]


def test_strangers_see_nothing_of_each_other(open_library: OpenLibrary) -> None:
    library = open_library()
    mine = shelf_with_sample(library)
    mine.ask(TALK, "How many ships called at the port?")
    answered(mine)
    theirs = library.shelf(THEIRS)
    assert theirs.documents() == ()
    assert theirs.turns(TALK) == ()
    assert theirs.conversations() == ()
    (view,) = mine.documents()
    with pytest.raises(DocumentGone):
        theirs.file(view.document_id)
    with pytest.raises(DocumentGone):
        theirs.page_image(view.document_id, 1, width_px=200)
    with pytest.raises(DocumentGone):
        theirs.remove(view.entry_id)


def test_the_same_bytes_again_are_the_same_document_under_the_new_name(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    first = shelf.documents()[0].entry_id
    assert shelf.add("other name.pdf", sample_pdf()[1]) == first
    (view,) = shelf.documents()
    assert (view.name, view.state) == ("other name.pdf", DocumentState.READY)


def test_the_same_name_with_other_bytes_is_another_document(open_library: OpenLibrary, draw_pdf: DrawPdf) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.add(sample_pdf()[0], draw_pdf("x.pdf", [["Other words."]]).read_bytes())
    until(lambda: settled(shelf))
    assert len(shelf.documents()) == 2


def test_a_removed_document_can_be_restored_and_is_wiped_when_it_is_not(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    library = open_library()
    shelf = library.shelf(MINE)
    entry = shelf.add("secret.pdf", draw_pdf("secret.pdf", [["The password is xyzzyplugh."]]).read_bytes())
    until(lambda: settled(shelf))
    shelf.remove(entry)
    assert shelf.documents() == ()
    shelf.restore(entry)
    assert len(shelf.documents()) == 1
    shelf.remove(entry)
    shelf._documents.wipe_removed(after_s=0)
    with pytest.raises(DocumentGone):
        shelf.restore(entry)
    library.close()
    assert b"xyzzyplugh" not in bytes_of(tmp_path / "data")


def test_a_locked_file_asks_for_its_password_says_when_it_is_wrong_and_never_keeps_it(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=draw_pdf("open.pdf", [["The valve closes at 4.2 bar."]]))
    writer.encrypt("sea-salt-42", algorithm="AES-256")
    locked = tmp_path / "locked.pdf"
    writer.write(locked)

    library = open_library()
    shelf = library.shelf(MINE)
    entry = shelf.add("locked.pdf", locked.read_bytes())
    until(lambda: settled(shelf))
    assert shelf.documents()[0].needs_password

    shelf.retry(entry, "pepper")
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.FAILED
    assert view.needs_password
    assert "does not open" in view.reason or "wrong" in view.reason.lower() or "password" in view.reason

    shelf.retry(entry, "sea-salt-42")
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.READY
    shelf.ask(TALK, "At what pressure does the valve close?")
    assert "4.2 bar" in str(answered(shelf).answer)
    assert shelf.page_image(view.document_id, 1, width_px=300).data
    library.close()
    assert b"sea-salt-42" not in bytes_of(tmp_path / "data")


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"max_file_mb": 0}, "at most 0 MB"),
        ({"max_files": 0}, "Remove one"),
        ({"max_person_mb": 0}, "Remove some"),
        ({"max_person_pages": 0}, "0 pages"),
        ({"max_total_mb": 0}, "server is full"),
        ({"max_total_pages": 0}, "server is full"),
    ],
)
def test_limits_refuse_in_a_sentence_and_keep_nothing(
    open_library: OpenLibrary, limit: dict[str, int], words: str
) -> None:
    library = open_library(None, **limit)
    shelf = library.shelf(MINE)
    with pytest.raises(FootnoteError, match=words):
        shelf.add(*sample_pdf())
    assert shelf.documents() == ()
    assert library.store.total_usage().files == 0


def test_a_broken_file_says_why_and_the_others_go_on(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    shelf.add("../<b>not a pdf</b>.pdf", b"PK\x03\x04 something else")
    shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    broken, sample = shelf.documents()
    assert broken.state is DocumentState.FAILED
    assert "not a PDF" in broken.reason
    assert broken.name == "../<b>not a pdf</b>.pdf"
    assert sample.state is DocumentState.READY


def test_a_question_that_cannot_be_asked_is_kept_with_the_reason(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    shelf.ask(TALK, "Anything at all?")
    turn = answered(shelf)
    assert turn.answer is None
    assert "Add a PDF" in turn.error


class Endless:
    """Says one word after another until it is stopped."""

    def generate(self, prompt: Prompt, cancelled: Callable[[], bool]) -> Iterator[GenerationEvent]:
        while not cancelled():
            yield TextDelta("more ")
            time.sleep(0.005)
        from shared_utils.types import GenerationDone

        yield GenerationDone("cancelled", GenerationStats("ollama", "endless"))


def endless() -> FakeEngines:
    """A model that never comes to an end."""
    return FakeEngines([Writer(Engine("ollama", Endless()), "endless", local=True)])


def test_stop_ends_an_answer_keeps_its_words_and_lets_the_next_question_in(
    open_library: OpenLibrary,
) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    with pytest.raises(QuestionError, match="Wait for it"):
        shelf.ask(TALK, "And now?")
    shelf.stop(TALK)
    turn = answered(shelf)
    assert turn.answer is not None
    assert turn.answer.finish_reason == "cancelled"
    assert "more" in turn.answer.raw_text
    assert library.rag.scribe.queue.load() == (False, 0)


def test_a_bug_while_answering_ends_the_turn_with_a_sentence(
    open_library: OpenLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeEngines):
        def writers(self, choice: str = "") -> Sequence[Writer]:
            raise ZeroDivisionError

    shelf = shelf_with_sample(open_library(Broken()))
    shelf.ask(TALK, "How many ships called at the port?")
    assert "inside Footnote" in answered(shelf).error
    assert "ZeroDivisionError" in caplog.text


def test_asking_again_replaces_the_answer_and_a_new_conversation_starts_empty(
    open_library: OpenLibrary,
) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.ask(TALK, "How many ships called at the port?")
    first = answered(shelf)
    shelf.regenerate(TALK)
    again = answered(shelf)
    assert again.id != first.id
    assert len(shelf.turns(TALK)) == 1
    assert shelf.turns(TALK)[-1].question == first.question
    assert shelf.turns(shelf.new_conversation()) == ()


def test_a_question_whose_process_ends_in_mid_answer_is_asked_again_by_the_next(
    open_library: OpenLibrary,
) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    library.close()

    turn = answered(open_library().shelf(MINE))
    assert turn.answer is not None
    assert turn.answer.citations
    assert "1,206" in turn.answer.citations[0].quote


def test_a_question_asked_right_after_a_start_waits_for_the_documents_to_come_back(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf_with_sample(library)
    library.close()
    shelf = open_library().shelf(MINE)
    shelf.ask(TALK, "How many ships called at the port?")
    turn = answered(shelf)
    assert turn.error == ""
    assert turn.answer is not None
    assert "1,206" in turn.answer.citations[0].quote


def test_a_question_is_asked_once_while_its_process_lives_and_its_answer_shows_in_the_other(
    open_library: OpenLibrary,
) -> None:
    one = open_library(endless())
    shelf = shelf_with_sample(one)
    shelf.ask(TALK, "How many ships called at the port?")
    elsewhere = open_library().shelf(MINE)
    elsewhere.catch_up()
    (waiting,) = elsewhere.turns(TALK)
    assert not waiting.done
    with pytest.raises(QuestionError, match="Wait for it"):
        elsewhere.ask(TALK, "And now?")
    shelf.stop(TALK)
    answered(shelf)
    elsewhere.catch_up()
    (shown,) = elsewhere.turns(TALK)
    assert shown.answer == shelf.turns(TALK)[-1].answer


def test_what_another_process_adds_renames_removes_and_prefers_is_seen(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    elsewhere = open_library().shelf(MINE)
    elsewhere.add("renamed.pdf", sample_pdf()[1])
    elsewhere.prefer(Preferences(keep_here=True, pace=Pace.QUICK, language="de"))
    shelf.catch_up()
    assert [view.name for view in shelf.documents()] == ["renamed.pdf"]
    assert shelf.preferences() == elsewhere.preferences()
    entry = elsewhere.documents()[0].entry_id
    elsewhere.remove(entry)
    elsewhere._documents.wipe_removed(after_s=0)
    shelf.catch_up()
    assert shelf.documents() == ()


def test_a_thumb_is_kept_and_can_be_taken_back(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    shelf.rate(TALK, answered(shelf).id, 1)
    assert shelf.turns(TALK)[-1].rating == 1
    library.close()
    shelf = open_library().shelf(MINE)
    assert shelf.turns(TALK)[-1].rating == 1
    shelf.rate(TALK, shelf.turns(TALK)[-1].id, 0)
    assert shelf.turns(TALK)[-1].rating == 0


def test_a_deleted_conversation_is_gone_with_what_was_being_answered_in_it(open_library: OpenLibrary) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    shelf.delete_conversation(TALK)
    until(lambda: library.rag.scribe.queue.load() == (False, 0))
    until(lambda: not shelf.answering())
    assert shelf.turns(TALK) == ()
    assert shelf.conversations() == ()
    assert shelf.latest_conversation() == ""


def test_waiting_for_a_change_ends_with_the_change(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    before = shelf.version()
    assert shelf.wait(before, timeout_s=0.01) == before
    shelf.add(*sample_pdf())
    assert shelf.wait(before, timeout_s=20.0) > before


def test_a_question_asked_alone_knows_nothing_of_those_before(open_library: OpenLibrary) -> None:
    fake = FakeGenerator(("Yes [1].",))
    shelf = shelf_with_sample(open_library(FakeEngines([Writer(Engine("ollama", fake), "fake", local=True)])))
    for alone in (False, False, True):
        shelf.ask(TALK, "How many ships called at the port?", alone=alone)
        answered(shelf)
    first, second, alone_again = [prompt.messages for prompt in fake.prompts]
    assert first == alone_again != second


def test_the_version_grows_with_whatever_can_be_seen(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    before = shelf.version()
    entry = shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    ready = shelf.version()
    shelf.remove(entry)
    assert before < ready < shelf.version()


def test_a_cited_page_can_be_drawn_with_its_words_highlighted(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    shelf.ask(TALK, "How many ships called at the port?")
    answer = answered(shelf).answer
    assert answer is not None
    citation = answer.citations[0]
    rects: tuple[Rect, ...] = shelf.rects(citation)
    plain = shelf.page_image(citation.document_id, citation.page, width_px=500)
    marked = shelf.page_image(citation.document_id, citation.page, width_px=500, highlights=rects)
    assert rects
    assert plain.width_px == marked.width_px == 500
    assert plain.data != marked.data


def test_people_who_do_not_come_back_are_forgotten_after_the_time_set(
    open_library: OpenLibrary, tmp_path: Path
) -> None:
    library = open_library(keep_hours=1e-5)
    shelf_with_sample(library)
    until(lambda: library.store.total_usage().files == 0)
    assert library.shelf(MINE).documents() == ()
    library.close()
    assert b"Nordhaven" not in bytes_of(tmp_path / "data" / "store")


def remote_writer() -> Writer:
    return Writer(
        Engine("remote", FakeGenerator(["1,206 ships."], backend="remote", model="far/away")), "far/away", False
    )


def test_whoever_keeps_everything_here_sends_nothing_away(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(FakeEngines([remote_writer()])))
    shelf.prefer(Preferences(keep_here=True))
    shelf.ask(TALK, "How many ships called at the port?")
    assert answered(shelf).engine == "extractive"
    shelf.prefer(Preferences())
    shelf.regenerate(TALK)
    assert answered(shelf).engine == "remote"


def test_the_remote_engine_answers_one_person_only_so_often(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library(FakeEngines([remote_writer()]), remote_answers=1))
    engines = []
    for _ in range(2):
        shelf.ask(TALK, "How many ships called at the port?")
        engines.append(answered(shelf).engine)
    assert engines == ["remote", "extractive"]


def test_an_answer_that_was_asked_for_again_is_kept_once(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    answered(shelf)
    shelf.regenerate(TALK)
    answered(shelf)
    library.close()
    assert len(open_library().shelf(MINE).turns(TALK)) == 1


# ------------------------------------------------------------------------------------------------ work in hand


def test_what_is_removed_while_it_is_read_stops_and_is_taken_up_when_it_is_restored(
    open_library: OpenLibrary, draw_pdf: DrawPdf
) -> None:
    long = draw_pdf("long.pdf", [[f"Line {line} of page {page}." for line in range(30)] for page in range(80)])
    shelf = open_library().shelf(MINE)
    entry = shelf.add("long.pdf", long.read_bytes())
    until(lambda: bool(shelf.documents()[0].page_verdicts))
    shelf.remove(entry)
    assert shelf.documents() == ()
    shelf.restore(entry)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages, len(view.page_verdicts)) == (DocumentState.READY, 80, 80)


_INGEST = """
import sys
from pathlib import Path
from dataclasses import replace
from src.settings import Settings
from src.wiring import build_library

library = build_library(Settings(data_dir=Path(sys.argv[1]), ollama_url="http://127.0.0.1:9"))
shelf = library.shelf(sys.argv[3])
shelf.add("long.pdf", Path(sys.argv[2]).read_bytes())
print("added", flush=True)
while True:
    print(len(shelf.documents()[0].page_verdicts), shelf.documents()[0].embedded, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 200, 20_000])
def test_a_kill_in_the_middle_of_reading_loses_nothing(
    open_library: OpenLibrary, draw_pdf: DrawPdf, tmp_path: Path, lines: int
) -> None:
    long = draw_pdf("long.pdf", [[f"Line {line} of page {page}." for line in range(30)] for page in range(60)])
    command = [sys.executable, "-c", _INGEST, str(tmp_path / "data"), str(long), MINE]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stdout is not None
    for _ in range(lines):
        child.stdout.readline()
    child.kill()
    child.wait()
    child.stdout.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages, view.embedded) == (DocumentState.READY, 60, view.chunks)


@pytest.mark.skipif(not tesseract_available(), reason="tesseract is not installed")
def test_a_scan_is_recognised_and_can_be_cited_with_a_place_on_its_page(
    open_library: OpenLibrary, rag: Rag, draw_pdf: DrawPdf, tmp_path: Path
) -> None:
    drawn = draw_pdf("drawn.pdf", [["The valve closes at 4.2 bar.", "It opens again at 3.1 bar."]])
    picture = rag.viewer.draw(drawn, 1, width_px=1600)
    scan = tmp_path / "scan.pdf"
    canvas = Canvas(str(scan), pagesize=A4)
    canvas.drawImage(ImageReader(io.BytesIO(picture.data)), 0, 0, *A4)
    canvas.save()

    shelf = open_library().shelf(MINE)
    shelf.add("scan.pdf", scan.read_bytes())
    until(lambda: settled(shelf))
    shelf.ask(TALK, "At what pressure does the valve close?")
    answer = answered(shelf).answer
    assert answer is not None
    assert "4.2 bar" in answer.citations[0].quote
    (x0, y0, x1, y1) = answer.citations[0].rects[0]
    assert (60 < x0 < 85, 190 < x1 < 330, 60 < y0 < 90, 70 < y1 < 100) == (True, True, True, True)


def test_fifty_files_at_once_all_settle_and_leave_room_for_somebody_else(
    open_library: OpenLibrary, draw_pdf: DrawPdf
) -> None:
    library = open_library()
    mine, theirs = library.shelf(MINE), library.shelf(THEIRS)
    for number in range(50):
        mine.add(f"{number}.pdf", draw_pdf(f"{number}.pdf", [[f"File number {number}."]]).read_bytes())
    theirs.add(*sample_pdf())
    until(lambda: settled(theirs), within_s=60)
    assert not settled(mine)
    until(lambda: settled(mine), within_s=90)
    assert {view.state for view in mine.documents()} == {DocumentState.READY}
