"""The page in the person's language, and the settings that are kept for them."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders
from streamlit.testing.v1 import AppTest

from src.library.preferences import Pace, Preferences
from src.screen.session import Session, workspace_key
from src.screen.shared_library import shared_library
from tests.e2e.pdfs import WATER, pdf
from tests.src.screen.conftest import ask, new_tab, press, read, serve_anew, shown, until, upload

GEAR = "bare-settings"
_GERMAN = ("Accept-Language", "de-DE,de;q=0.9,en;q=0.8")


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch, app: AppTest) -> AppTest:
    """A first visit with a browser that asks for German."""
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders([_GERMAN]))
    return app.run()


def preferences(app: AppTest) -> Preferences:
    session: Session = app.session_state["session"]
    return shared_library().open().shelf(workspace_key(session)).preferences()


def open_settings(app: AppTest) -> AppTest:
    return app.button(key=GEAR).click().run()


def test_a_browser_that_asks_for_german_gets_it(german: AppTest) -> None:
    assert "Dokumente befragen" in shown(german)
    assert "Sie bleiben, bis sie hier entfernt werden." in shown(german)
    assert german.chat_input[0].placeholder == "Zum Anfangen ein Dokument hinzufügen"


def test_a_third_language_is_one_file(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders([("Accept-Language", "fr-FR,fr;q=0.9,en;q=0.8")]))
    app.run()
    assert "Interrogez vos documents" in shown(app)
    read_in = upload(app, "vide.pdf", b"")
    until(read_in, lambda p: "Le fichier est vide (0 octet)." in shown(p))


def test_sentences_of_the_core_are_said_in_german(german: AppTest) -> None:
    until(
        upload(german, "urlaub.pdf", b"PK\x03\x04 zip"),
        lambda p: "fn-error" in shown(p),
    )
    assert "Die Datei ist kein PDF, sondern ein ZIP-Archiv oder ein Office-Dokument." in shown(german)


def test_an_answer_is_told_about_in_german_and_quoted_as_it_is_printed(german: AppTest) -> None:
    until(upload(german, "water.pdf", pdf(WATER)), lambda p: "3 Seiten · bereit" in shown(p))
    ask(german, "How far did leakage fall after mains were renewed?")
    assert "18.6 percent to 14.9 percent" in shown(german)
    assert "S. 2, gedruckt ii" in shown(german)
    assert "Das hat kein Sprachmodell geschrieben" in shown(german)


def test_the_chosen_language_goes_before_the_browsers(german: AppTest) -> None:
    open_settings(german)
    german.selectbox(key="setting-language").select("en").run()
    assert preferences(german).language == "en"
    assert "Ask your documents" in shown(german)
    assert german.selectbox(key="setting-language").label == "Language"  # still open


def test_the_pace_is_kept(app: AppTest) -> None:
    open_settings(app)
    app.segmented_control(key="setting-pace").select(Pace.THOROUGH).run()
    assert preferences(app).pace is Pace.THOROUGH


def test_a_person_may_do_without_a_model(app: AppTest) -> None:
    open_settings(app)
    app.selectbox(key="setting-model").select("extractive").run()
    assert preferences(app).model == "extractive"
    assert "word for word" in shown(app)


def test_the_switch_for_staying_here_is_offered_where_something_could_leave(app: AppTest) -> None:
    open_settings(app)
    assert "setting-keep_here" not in [toggle.key for toggle in app.toggle]
    assert "no remote model is set up" in shown(app)
    serve_anew(hf_token="hf_token")
    assert "the passages it reads are sent to Hugging Face" in shown(app.run())
    app.toggle(key="setting-keep_here").set_value(True).run()
    assert preferences(app).keep_here
    assert "nothing is sent to another machine" in shown(app.run())
    assert "remote" not in app.selectbox(key="setting-model").options


def test_the_switch_for_staying_here_is_offered_where_the_model_is_on_another_machine(
    app: AppTest,
) -> None:
    serve_anew(endpoints=("http://127.0.0.1:9/v1",))
    app.run()
    open_settings(app)
    assert "setting-keep_here" not in [toggle.key for toggle in app.toggle]
    serve_anew(endpoints=("http://10.255.255.1:9/v1",))
    app.run()
    assert "Answers are written on model servers in its own network" in shown(app)
    assert "No passage goes to another machine" in shown(app)
    app.toggle(key="setting-keep_here").set_value(True).run()
    assert preferences(app).keep_here
    assert "nothing is sent to another machine" in shown(app.run())


def test_settings_that_cannot_be_kept_say_so_and_hold_for_now(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared_utils.errors import StorageError

    def full(key: str, text: str) -> None:
        raise StorageError(
            "The disk that holds the data is full, so this could not be saved. What was saved before is safe. "
            "Delete documents or free some space, then try again."
        )

    monkeypatch.setattr(shared_library().open().store, "save_preferences", full)
    open_settings(app)
    app.selectbox(key="setting-language").select("de").run()
    assert "Der Datenträger mit den Daten ist voll" in shown(app)
    assert preferences(app).language == "de"


def test_settings_stay_open_while_the_page_is_drawn_again(app: AppTest) -> None:
    open_settings(app)
    app.run()
    assert app.selectbox(key="setting-language")


# ------------------------------------------------------------------------------------------------ conversations


QUESTION = "How far did leakage fall after mains were renewed?"


def address(app: AppTest) -> str:
    return "".join(app.query_params.get("c", ""))


def test_a_conversation_is_reopened_by_its_address(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "cookies", {"footnote_shelf": "k" * 32})
    tab = new_tab().run()
    read(tab, "water.pdf", pdf(WATER))
    assert address(tab) == ""
    ask(tab, QUESTION)
    first = address(tab)
    press(tab, "New")
    assert address(tab) == ""
    ask(tab, "What did an average repair take?")
    assert address(tab) not in ("", first)

    linked = new_tab()
    linked.query_params["c"] = first
    linked.run()
    assert f'title="{QUESTION}"' in shown(linked)
    assert shown(linked).count('class="fn-question"') == 1


def test_the_address_names_the_room_and_the_way_back_leads_out_of_it(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    ask(app, QUESTION)
    here = address(app)
    press(app, "Timeline")
    assert (address(app), "".join(app.query_params["view"])) == (here, "timeline")
    assert 'class="fn-question"' not in shown(app)
    del app.query_params["view"]  # as the browser's Back does
    app.run()
    assert 'class="fn-question"' in shown(app)
    assert "view" not in app.query_params
    app.query_params["view"] = "no room"
    assert 'class="fn-question"' in shown(app.run())
    assert "view" not in app.query_params


def test_an_address_that_a_step_back_led_to_is_left_as_it_is(app: AppTest) -> None:
    """Writing it anew would take away what the browser's way forward leads to."""
    read(app, "water.pdf", pdf(WATER))
    press(app, "Timeline")
    ask(app, QUESTION)
    assert address(app)
    del app.query_params["c"]  # as the browser's Back does: no conversation was there yet
    app.query_params["view"] = "timeline"
    app.run()
    assert 'class="fn-question"' not in shown(app)
    assert (address(app), "".join(app.query_params["view"])) == ("", "timeline")


def test_a_link_that_leads_nowhere_says_so(app: AppTest) -> None:
    app.query_params["c"] = "x" * 22
    app.run()
    assert "leads to a conversation that is not here" in shown(app)
    assert address(app) == ""
    assert shown(app.run()).count("leads to a conversation") == 1  # it stays to be read, and is not said again


def test_a_conversation_is_deleted_once_that_is_confirmed(app: AppTest) -> None:
    read(app, "water.pdf", pdf(WATER))
    ask(app, QUESTION)
    app.button(key=f"bare-delete-{address(app)}").click().run()
    assert "This is for good." in shown(app)
    press(app, "Keep")
    assert 'class="fn-question"' in shown(app)
    app.button(key=f"bare-delete-{address(app)}").click().run()
    press(app, "Delete")
    assert 'class="fn-question"' not in shown(app)
    assert address(app) == ""
