"""The page as a script: what it draws for which state, without a browser."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from shared_utils.conversion import convert
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.screen.conversation import draw_conversation
from src.screen.session import Session
from src.screen.shared_library import shared_library
from tests.e2e.pdfs import BRIDGES, WATER, pdf
from tests.src.screen.conftest import ask, press, read, serve_anew, shown, until, upload
from tests.waiting import PATIENCE_S


def test_a_first_visit_says_what_this_is_and_where_files_go(app: AppTest) -> None:
    assert not app.exception
    assert "footnoted to the exact words" in shown(app)
    assert "kept until you remove them" in shown(app)
    assert ".fn-question" in shown(app)  # nobody but our server sends the styles with the page
    assert app.chat_input[0].disabled


def test_the_sample_report_is_one_click_away(app: AppTest) -> None:
    press(app, "Try the sample report")
    until(app, lambda p: "· ready" in shown(p))
    assert sample_pdf()[0] in shown(app)
    assert not app.chat_input[0].disabled


def test_an_uploaded_file_is_taken_over_by_the_library(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    assert "3 pages" in shown(app)
    assert app.file_uploader[0].value in (None, [])


def test_an_answer_quotes_the_document_and_leads_to_its_page(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    ask(app, "How far did leakage fall after mains were renewed?")
    assert not app.exception
    assert "18.6 percent to 14.9 percent" in shown(app)
    assert 'href="#cite-' in shown(app)
    assert "p. 2, printed ii" in shown(app)


def test_a_refused_question_shows_the_closest_passages_and_can_be_asked_anyway(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    ask(app, "Which team won the ice hockey championship in Ottawa?")
    assert "The closest passages" in shown(app)
    press(app, "Ask anyway")
    until(app, lambda p: "The closest passages" not in shown(p))
    assert not app.exception


def test_a_file_that_is_no_pdf_says_so_and_offers_no_other_try(app: AppTest) -> None:
    until(upload(app, "holiday.pdf", b"PK\x03\x04 zip"), lambda p: "fn-error" in shown(p))
    assert not any(button.label == "Try again" for button in app.button)
    assert app.chat_input[0].disabled


def test_a_file_that_failed_for_a_reason_that_may_pass_can_be_tried_again(app: AppTest) -> None:
    serve_anew(max_person_pages=1)
    until(upload(app.run(), "water.pdf", pdf(WATER)), lambda p: any(b.label == "Try again" for b in p.button))
    assert "more than 1 pages" in shown(app)


def test_a_locked_file_asks_for_its_password_and_opens_with_it(app: AppTest) -> None:
    until(upload(app, "locked.pdf", pdf(BRIDGES, password="sesame")), lambda p: bool(p.text_input))
    app.text_input[0].set_value("sesame")
    press(app, "Open")
    until(app, lambda p: "1 page · ready" in shown(p))


def test_small_talk_is_answered_calmly_and_not_asked_again(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    ask(app, "thanks")
    assert '<p class="fn-note fn-quiet" role="status">You are welcome.' in shown(app)
    assert not any(button.label == "Ask again" for button in app.button)


def test_an_answer_that_comes_while_the_page_is_drawn_opens_its_source(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def when_it_is_answered(shelf: Shelf, session: Session) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not all(turn.done for turn in shelf.turns(session.conversation)) and time.monotonic() < deadline:
            time.sleep(0.01)
        draw_conversation(shelf, session)

    read(app, "water.pdf", pdf(WATER))
    monkeypatch.setattr("src.screen.page.draw_conversation", when_it_is_answered)
    app.chat_input[0].set_value("How far did leakage fall after mains were renewed?").run()
    assert app.session_state["session"].place.page == 2


def test_a_removed_file_can_be_brought_back(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    next(b for b in app.button if b.label.startswith("Remove")).click().run()
    assert 'class="fn-card"' not in shown(app)
    press(app, "Undo")
    assert "3 pages" in shown(app)


def test_undo_is_not_offered_once_the_file_is_wiped(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    next(b for b in app.button if b.label.startswith("Remove")).click().run()
    assert any(button.label == "Undo" for button in app.button)
    shared_library().open().store.erase_removed(0.0)
    app.run()
    assert not any(button.label == "Undo" for button in app.button)
    assert not app.exception


def test_whoever_comes_back_after_the_data_file_was_damaged_is_told_until_they_have_read_it(app: AppTest) -> None:
    read(app, "<b>water</b>.pdf", pdf(WATER))
    store = shared_library().settings.data_dir / "store"
    shared_library().close()
    (store / "footnote.sqlite").write_bytes(b"this is not a database " * 1000)
    for path in (store / "files").iterdir():
        path.unlink()
    serve_anew()
    app.run()
    assert "has been repaired" in shown(app)
    assert "please add it again: &lt;b&gt;water&lt;/b&gt;.pdf" in shown(app)
    press(app, "Got it")
    assert "has been repaired" not in shown(app)
    assert not app.exception


def test_a_file_beyond_the_limits_is_refused_in_words(app: AppTest) -> None:
    serve_anew(max_files=1)
    app.run()
    read(app, "water.pdf", pdf(WATER))
    upload(app, "bridges.pdf", pdf(BRIDGES))
    assert "the most there may be" in shown(app)


def test_a_hostile_name_reaches_the_page_escaped(app: AppTest) -> None:
    read(app, "<b>[x](https:y)</b>.pdf", pdf(WATER))
    drawn = shown(app) + "".join(b.label for b in app.button)
    assert "<b>[x]" not in drawn
    assert "\\<b\\>\\[x\\]" in drawn


def test_one_document_and_some_of_its_pages_can_be_asked_alone(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    read(app, "bridges.pdf", pdf(BRIDGES))
    next(box for box in app.checkbox if box.label == "Choose bridges\\.pdf").check().run()
    next(box for box in app.text_input if box.label == "Pages").input("1").run()
    app.run()
    assert [b.label for b in app.button if str(b.key).startswith("scope-")] == ["bridges\\.pdf", "Pages\\: 1"]
    ask(app, "How far did leakage fall after mains were renewed?")
    assert "(page 1)" in shown(app)
    assert "water.pdf" not in shown(app).split("fn-question")[-1]
    for chip in ("Pages\\: 1", "bridges\\.pdf"):
        press(app, chip)
    ask(app, "How far did leakage fall after mains were renewed?")
    assert "18.6 percent to 14.9 percent" in shown(app)


def test_several_documents_are_removed_at_once_and_come_back_together(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    read(app, "bridges.pdf", pdf(BRIDGES))
    for name in ("water", "bridges"):
        next(box for box in app.checkbox if box.label == f"Choose {name}\\.pdf").check().run()
    app.run()
    press(app, "Remove")
    assert "Removed 2 documents" in shown(app)
    press(app, "Undo")
    assert "2 of 2 ready" in shown(app)


def test_a_file_that_is_no_pdf_is_not_added_and_a_sentence_says_what_to_do(app: AppTest) -> None:
    app.file_uploader[0].upload("letter.wpd", b"\xffWPC words", "application/octet-stream").run()
    assert "letter.wpd is of a kind that is not read here, so it was not added. Save or print it as a PDF" in shown(app)
    assert not any(str(b.key).startswith("open-") for b in app.button)


def test_an_office_document_says_that_libreoffice_is_missing_where_it_is(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "office_program", lambda: None)
    app.file_uploader[0].upload("letter.docx", b"PK\x03\x04 office", "application/octet-stream").run()
    assert "letter.docx was not added: LibreOffice" in shown(app)


def test_a_question_that_is_too_long_goes_back_into_its_box_and_is_no_turn(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    question = "How far did leakage fall? " * 200
    app.chat_input[0].set_value(question).run()
    assert "at most" in shown(app)
    assert 'class="fn-question"' not in shown(app)


def test_an_empty_conversation_guides_to_the_document(app: AppTest) -> None:
    press(app, "Try the sample report")
    until(app, lambda p: "· ready" in shown(p) and "progressbar" not in shown(p))
    assert "Annual report</span> · <span>2025</span> · <span>4 pages</span> · <span>English" in shown(app)
    assert ':2"><span dir="auto">1. Traffic</span>' in shown(app)
    read(app, "water.pdf", pdf(WATER))
    assert shown(app).count('class="fn-guides"') == 1


def test_an_answer_suggests_questions_that_the_documents_answer(app: AppTest) -> None:
    press(app, "Try the sample report")
    until(app, lambda p: "· ready" in shown(p) and "progressbar" not in shown(p))
    ask(app, "How much cargo did Nordhaven handle in 2025?")
    until(app, lambda p: any(str(b.key).startswith("suggestion-") for b in p.button))
    suggested = [b for b in app.button if str(b.key).startswith("suggestion-")]
    assert len(suggested) == 3
    question = suggested[0].label
    suggested[0].click().run()
    until(app, lambda p: not any(b.label == "Stop" for b in p.button) and shown(p).count('class="fn-question"') == 2)
    assert "The closest passages" not in shown(app)
    assert question not in [b.label for b in app.button if str(b.key).startswith("suggestion-")]
