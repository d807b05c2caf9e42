"""The settings. Each takes effect at once and is kept with the person's library; the theme, in their browser."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.message import NOTHING
from shared_utils.types import EngineKind, Where
from src.i18n import LANGUAGES, Say, phrase
from src.library.preferences import Pace, Preferences
from src.library.shelf import Shelf
from src.models.wish import wish_of
from src.presentation.describe import about, engine_name
from src.presentation.escaping import plain
from src.screen.browser import mount
from src.screen.dialogs import draw_dialog, open_dialog
from src.screen.html import note
from src.screen.model_offer import draw_removal
from src.screen.session import Session, has_workspace_cookie, language_of, workspace_key
from src.settings import Settings
from src.views import ModelChoice

_NAME = "settings"
_PACES = {Pace.QUICK: phrase("Quick"), Pace.BALANCED: phrase("Balanced"), Pace.THOROUGH: phrase("Thorough")}
_THEMES = {"System": phrase("As the system"), "Light": phrase("Light"), "Dark": phrase("Dark")}  # as settings.js


def draw_settings_button(session: Session) -> None:
    st.button(
        session.say("Settings"),
        icon=":material/settings:",
        key="bare-settings",
        type="tertiary",
        on_click=open_dialog,
        args=(session, _NAME),
    )


def draw_settings(shelf: Shelf, session: Session, settings: Settings) -> None:
    draw_dialog(session, _NAME, session.say("Settings"), partial(_draw, shelf, session, settings))


def _draw(shelf: Shelf, session: Session, settings: Settings) -> None:
    say, mine = session.say, shelf.preferences()
    if session.unsaved:
        st.html(note(say(session.unsaved), "error", role="alert"))
    with st.container(key="about-model"):
        _draw_model(shelf, session, mine)
    draw_removal(session, settings)
    with st.container(key="about-pace"):
        _draw_pace(shelf, session, mine)
    with st.container(key="about-everything"):
        _draw_everything(shelf, session, mine)
    with st.container(key="about-place"):
        _draw_keep_here(shelf, session, mine, settings)
    with st.container(key="about-language"):
        _draw_language(shelf, session, mine)
    with st.container(key="about-theme"):
        _draw_theme(session)
    if not settings.api_keys and has_workspace_cookie():
        with st.container(key="about-key"):
            _draw_key(session)
    if language_of(shelf.preferences().language) != say:
        st.rerun()


def _prefer(shelf: Shelf, session: Session, field: str) -> None:
    """What a widget was set to, kept. It holds for now even where it cannot be written down."""
    chosen = st.session_state[f"setting-{field}"]
    if chosen is None:  # a choice that was clicked again
        return
    session.unsaved = NOTHING
    try:
        shelf.prefer(replace(shelf.preferences(), **{field: chosen}))
    except FootnoteError as exc:
        session.unsaved = exc.message


# ------------------------------------------------------------------------------------------------ who, how much, where


def _draw_model(shelf: Shelf, session: Session, mine: Preferences) -> None:
    say = session.say
    offered = shelf.model_choices()
    choices = {c.id: c for c in offered if not c.id or c.where is Where.THIS_MACHINE or not mine.keep_here}
    chosen = mine.model if mine.model in choices else ""
    st.selectbox(
        say("Who writes the answers"),
        list(choices),
        index=list(choices).index(chosen),
        format_func=lambda choice: _choice_name(choices[choice], say),
        key="setting-model",
        on_change=_prefer,
        args=(shelf, session, "model"),
    )
    st.html(note(_about_choice(choices[chosen], say, keep_here=mine.keep_here)))


def _choice_name(choice: ModelChoice, say: Say) -> str:
    model = plain(choice.model)
    match wish_of(choice.id).engine:
        case None:
            return say("This server’s choice: {model}", model=model) if model else say("This server’s choice")
        case EngineKind.EXTRACTIVE:
            return say("No model: quote the documents")
        case engine:
            return engine_name(engine, model, choice.where, say)


def _about_choice(choice: ModelChoice, say: Say, *, keep_here: bool) -> str:
    match wish_of(choice.id).engine:
        case EngineKind.EXTRACTIVE:
            return say("Answers are the documents’ own sentences, at once and word for word.")
        case EngineKind.REMOTE:
            return say("The passages it reads are sent to Hugging Face. Usually quicker than a model here.")
        case EngineKind.OLLAMA | EngineKind.ENDPOINT | None:
            size = say(
                "A larger model writes better and starts later. Every sentence is checked against the page either way."
            )
            leaves = "" if keep_here or not choice.model else _leaves(choice.where, say)
            return f"{leaves} {size}".strip()


def _leaves(where: Where | None, say: Say) -> str:
    match where:
        case Where.THIS_MACHINE | None:
            return ""
        case Where.OWN_NETWORK:
            return say("The passages it reads are sent to a server in your network.")
        case Where.ELSEWHERE:
            return say("The passages it reads are sent to a model server elsewhere.")


def _draw_pace(shelf: Shelf, session: Session, mine: Preferences) -> None:
    say, seconds = session.say, shelf.expected_first_word_s()

    def name(pace: Pace) -> str:
        wait = seconds.get(pace)
        return say(_PACES[pace]) + (" · " + say("about {time}", time=about(wait, say)) if wait is not None else "")

    st.segmented_control(
        say("How much it reads first"),
        list(Pace),
        default=mine.pace,
        format_func=name,
        key="setting-pace",
        width="stretch",
        on_change=_prefer,
        args=(shelf, session, "pace"),
    )
    known = any(wait is not None for wait in seconds.values())
    line = say("More passages make fuller answers, and the first word comes later.")
    st.html(note(line + (" " + say("The times are those to the first word, as measured here.") if known else "")))


def _draw_everything(shelf: Shelf, session: Session, mine: Preferences) -> None:
    say = session.say
    st.toggle(
        say("Show all that the model wrote"),
        value=mine.everything,
        key="setting-everything",
        on_change=_prefer,
        args=(shelf, session, "everything"),
    )
    st.html(
        note(say("Sentences that the pages do not hold then stand in the answer, with a sign, not folded below it."))
    )


def _draw_keep_here(shelf: Shelf, session: Session, mine: Preferences, settings: Settings) -> None:
    say = session.say
    if not settings.hf_token and settings.model_places() == {Where.THIS_MACHINE}:
        st.html(note(say("Everything stays on this server: no remote model is set up.")))
        return
    st.toggle(
        say("Keep everything on this server"),
        value=mine.keep_here,
        key="setting-keep_here",
        on_change=_prefer,
        args=(shelf, session, "keep_here"),
    )
    st.html(note(say("No passage goes to another machine. Where no model runs here, answers quote the documents.")))


# ------------------------------------------------------------------------------------------------ how it looks


def _draw_language(shelf: Shelf, session: Session, mine: Preferences) -> None:
    say = session.say
    names = {"": say("As the browser: {language}", language=LANGUAGES[language_of("").language]), **LANGUAGES}
    st.selectbox(
        say("Language"),
        list(names),
        index=list(names).index(mine.language if mine.language in names else ""),
        format_func=names.__getitem__,
        key="setting-language",
        on_change=_prefer,
        args=(shelf, session, "language"),
    )
    st.html(note(say("Of this page. Questions may be asked in any language; quotes stay as they are printed.")))


def _draw_theme(session: Session) -> None:
    """The browser keeps the theme and tells it; a new one opens the page anew, in its colours."""
    say = session.say
    chosen = st.segmented_control(
        say("Theme"),
        list(_THEMES),
        default=session.theme,
        format_func=lambda theme: say(_THEMES[theme]),
        key=f"theme-{session.theme}",
    )
    st.html(note(say("Kept in this browser. The page opens anew to change it; nothing that runs is lost.")))
    changed = chosen if chosen in _THEMES and chosen != session.theme else ""
    told = mount("settings", {"known": session.theme, "chosen": changed}, ("theme",)).get("theme", "")
    if told in _THEMES and told != session.theme:
        session.theme = told
        st.rerun(scope="fragment")


# ------------------------------------------------------------------------------------------------ from a program


def _draw_key(session: Session) -> None:
    """The secret of this shelf, which no script of the page can read, on demand and until the dialog is closed."""
    say = session.say
    if session.key_shown:
        st.code(workspace_key(session), language=None)
    else:
        st.button(say("Show this library’s key"), key="show-key", on_click=_show_key, args=(session,))
    st.html(note(say("For programs that use this library through /api. Whoever has the key can read and change it.")))


def _show_key(session: Session) -> None:
    session.key_shown = True
