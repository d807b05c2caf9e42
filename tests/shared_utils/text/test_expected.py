"""The form that every answer to a question has: a colour, a telephone number, an address."""

from __future__ import annotations

import pytest

from shared_utils.text.expected import asked_prohibition, expected_type, lacks_expected


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        (
            "What is the telephone no of the port office?",
            "Port office, Tel: 0471 555 230",
            "Founded 05/10/1912, rebuilt 1912-1914.",
        ),
        ("Welche Telefonnummer hat das Hafenamt?", "+49 (471) 555-230", "Es zahlte 12.345,67 Euro."),
        ("What is the e-mail address of the office?", "Write to port@nordhaven.example.", "The office is in the hall."),
        ("What is the website of the port?", "More at www.nordhaven.example", "The port has a site of 4 ha."),
        ("What colour is the warning lamp?", "The lamp turns red.", "The lamp warns of colours."),
        ("Welche Farbe hat die Lampe?", "Die Lampe ist grün.", "Die Lampe hat eine Farbe."),
        ("How old is the pilot?", "The pilot is 41 years of age.", "The pilot came on 4 May 2016."),
        ("Wie alt ist das Dock?", "Das Dock wurde 1871 gebaut.", "Das Dock liegt am Kai 3."),
        ("Quel est le poids de la grue ?", "La grue pèse 9 t.", "La grue coûte 25,00 €."),
        ("How heavy is the crane?", "Crane: 9,000 kg", "The crane lifts things at berth 3."),
        ("What salary does the pilot have?", "The pilot earns $4,000 a month.", "The pilot has 2 boats."),
        ("Wie hoch ist der Stundenlohn?", "Es gibt 14,50 Euro je Stunde.", "Pause 1:00, Ende 13:15."),
    ],
)
def test_a_text_without_the_form_does_not_answer(question: str, answer: str, other: str) -> None:
    assert not lacks_expected(question, [other, answer])
    assert lacks_expected(question, [other])


@pytest.mark.parametrize(
    "question",
    ["How do I change the colour of the text?", "What does the colour temperature do?", "Who phones the office?"],
)
def test_what_asks_for_no_such_form_is_answered_by_anything(question: str) -> None:
    assert expected_type(question) is None
    assert not lacks_expected(question, ["Anything."])


@pytest.mark.parametrize(
    "question",
    [
        "What should you avoid when you clean the lamp?",
        "What must I not do while it is measuring?",
        "Which liquids are prohibited on board?",
        "Was darf man beim Reinigen nicht tun?",
        "Que ne faut-il pas faire avec la lampe ?",
        "¿Qué no se debe hacer con la lámpara?",
        "Cosa non si deve fare con la lampada?",
    ],
)
def test_what_is_to_be_left_undone_is_asked(question: str) -> None:
    assert asked_prohibition(question) is not None


@pytest.mark.parametrize("question", ["What should I do if it does not start?", "Who is not here?", "Was nicht?"])
def test_a_negation_alone_asks_for_no_prohibition(question: str) -> None:
    assert asked_prohibition(question) is None


def test_what_forbids_is_told_by_its_words() -> None:
    wanted = asked_prohibition("What should you avoid?")
    assert wanted is not None
    assert wanted.form.search("do not use it while you are moving")
    assert not wanted.form.search("keep your arm steady")
