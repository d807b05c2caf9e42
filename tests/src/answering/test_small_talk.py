from __future__ import annotations

import pytest

from src.answering.small_talk import small_talk, without_translating


@pytest.mark.parametrize(
    "words", ["thanks", "Thank you!", "Danke", "Vielen Dank", "Merci beaucoup", "Grazie", "Obrigado", "Bedankt"]
)
def test_thanks_are_no_greeting(words: str) -> None:
    assert small_talk(words).message.template.startswith("You are welcome")


@pytest.mark.parametrize("words", ["hi", "Hello there", "Hallo"])
def test_a_greeting_is_greeted(words: str) -> None:
    assert small_talk(words).message.template.startswith("Hello!")


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("translate page 3", "page 3"),
        ("Please translate page 3 into German.", "page 3"),
        ("Übersetze Seite 3", "Seite 3"),
        ("Traduis la page 3 en anglais", "la page 3"),
        ("Traduce la página 3 al inglés", "la página 3"),
        ("Traduci pagina 3", "pagina 3"),
        ("Traduza a página 3", "a página 3"),
        ("Vertaal pagina 3 naar het Engels", "pagina 3"),
        ("Who translated the book?", ""),
        ("How much does translation cost?", ""),
    ],
)
def test_what_is_to_be_translated(question: str, part: str) -> None:
    assert without_translating(question) == part
