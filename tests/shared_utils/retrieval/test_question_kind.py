"""Kinds of questions and the parts of a document they name."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.question_kind import (
    LAST_PAGE,
    AskedPart,
    QuestionKind,
    asked_part,
    has_topic,
    question_kind,
    without_part,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What was the revenue in 2020?", QuestionKind.LOOK_UP),
        ("When did the committee meet?", QuestionKind.LOOK_UP),
        ("How do I reset the watch?", QuestionKind.LOOK_UP),
        ("Hi there!", QuestionKind.SMALL_TALK),
        ("Thanks, very much", QuestionKind.SMALL_TALK),
        ("Summarize the findings of this paper", QuestionKind.SUMMARY),
        ("What is this document about?", QuestionKind.SUMMARY),
        ("What are the key takeaways?", QuestionKind.SUMMARY),
        ("How did costs change from 2019 to 2020, compared with sales?", QuestionKind.COMPARISON),
        ("Is the gross margin of Adobe higher than that of Amazon?", QuestionKind.COMPARISON),
        ("Can it be connected to more than one phone?", QuestionKind.LOOK_UP),
        ("List all the directors.", QuestionKind.LIST),
        ("Which segments are reported?", QuestionKind.LIST),
        ("", QuestionKind.LOOK_UP),
    ],
)
def test_kinds(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) is kind


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What do pages 10–20 say?", AskedPart(pages=((10, 20),))),
        ("Compare page 3 and page 7", AskedPart(pages=((3, 3), (7, 7)))),
        ("pages 20 to 10", AskedPart(pages=((10, 20),))),
        ("How many lines are on the first page?", AskedPart(pages=((1, 1),))),
        ("Who signs within the first two pages?", AskedPart(pages=((1, 2),))),
        ("Which risks stand in section Risk Factors?", AskedPart(section="Risk Factors")),
        ("What is claimed in section 3.1?", AskedPart(section="3.1")),
        ("What was the revenue on page one's chart in 2019?", AskedPart()),
        ("How many pages does the report have?", AskedPart()),
    ],
)
def test_parts(question: str, part: AskedPart) -> None:
    assert asked_part(question) == part


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What do pages 3, 5 and 9 say?", AskedPart(pages=((3, 3), (5, 5), (9, 9)))),
        ("What is said between pages 10 and 20?", AskedPart(pages=((10, 20),))),
        ("And on page 12?", AskedPart(pages=((12, 12),))),
        ("What does Table 2 on page 9 show?", AskedPart(pages=((9, 9),))),
        ("What do the first three pages say?", AskedPart(pages=((1, 3),))),
        ("What do the first four pages say?", AskedPart(pages=((1, 4),))),
        ("What do the first five pages say?", AskedPart(pages=((1, 5),))),
        ("What do the first ten pages say?", AskedPart(pages=((1, 10),))),
        ("What do the first 12 pages say?", AskedPart(pages=((1, 12),))),
        ("Which limits stand in the “noise at night” section?", AskedPart(section="noise at night")),
        ("Which limits stand in the noise section?", AskedPart(maybe=("noise",))),
        ("Summarize chapter 3", AskedPart(section="3")),
        ("In the Risk Factors section, what is said about data?", AskedPart(section="Risk Factors")),
        ("Which limits stand in section “noise at night”?", AskedPart(section="noise at night")),
        ("Summarise section risk factors", AskedPart(maybe=("risk factors", "risk"))),
        ("What changed in Item 7A?", AskedPart(maybe=("Item 7A",))),
        ("Welche Grenzen stehen im Abschnitt „Lärm bei Nacht“?", AskedPart(section="Lärm bei Nacht")),
        ("Welche Grenzen gelten? (im Abschnitt „Lärm bei Nacht“)", AskedPart(section="Lärm bei Nacht")),
        ("Was sagt Kapitel 3?", AskedPart(section="3")),
        ("Was steht in Abschnitt 3.1 über Lärm?", AskedPart(section="3.1")),
        ("Quelles limites ? (dans la section « Bruit de nuit »)", AskedPart(section="Bruit de nuit")),
        ("Que dit le chapitre 3 ?", AskedPart(section="3")),
        ("Was steht auf den Seiten 3 bis 5 und 9?", AskedPart(pages=((3, 5), (9, 9)))),
        ("Was steht zwischen Seite 10 und 20?", AskedPart(pages=((10, 20),))),
        ("Que disent les pages 3 à 5 ?", AskedPart(pages=((3, 5),))),
        ("Que dit-on entre les pages 10 et 20 ?", AskedPart(pages=((10, 20),))),
        ("Was sagen die ersten drei Seiten?", AskedPart(pages=((1, 3),))),
        ("Que disent les deux premières pages ?", AskedPart(pages=((1, 2),))),
    ],
)
def test_more_ways_to_name_a_part(question: str, part: AskedPart) -> None:
    assert asked_part(question) == part


@pytest.mark.parametrize(
    "question",
    [
        "It is printed as page 3 of 10; what is it?",
        "Is there a section on noise?",
        "How do I print pages 2 to 5?",
        "Which requirements of Section 13(a) are met?",
        "What does section 7 of the Water Act demand?",
        "Does Section 3.3 cite more papers than Section 3.1?",
        "How many papers in Table 2 are not named on page 9?",
        "List all the sections that discuss the experiments.",
        "Is the page number of the balance sheet greater than 40?",
        "Gibt es einen Abschnitt über Lärm?",
        "Wie drucke ich Seite 2 bis 5?",
        "Combien de pages a le rapport ?",
        "Y a-t-il un chapitre sur le bruit ?",
    ],
)
def test_questions_that_only_speak_of_pages_and_sections_are_confined_to_none(question: str) -> None:
    assert asked_part(question) == AskedPart()


@pytest.mark.parametrize(
    ("question", "section", "rest"),
    [
        ("What do pages 10–20 say about noise?", "", "What do say about noise?"),
        ("What was spent on page 3?", "", "What was spent ?"),
        ("Which risks are named in section “Noise”, and why?", "Noise", "Which risks are named , and why?"),
        ("What is in the noise section?", "noise", "What is ?"),
        ("Was gilt im Abschnitt „Lärm“ nachts?", "Lärm", "Was gilt nachts?"),
        ("Was steht auf Seite 3 über Lärm?", "", "Was steht über Lärm?"),
        ("Quelles limites dans la section « Bruit » ?", "Bruit", "Quelles limites ?"),
        ("Que dit la page 3 du bruit ?", "", "Que dit du bruit ?"),
        ("Who is in charge?", "", "Who is in charge?"),
    ],
)
def test_what_is_searched_in_a_part_does_not_name_it(question: str, section: str, rest: str) -> None:
    assert without_part(question, section) == rest


def test_summaries_of_everything_have_no_topic() -> None:
    assert not has_topic("Please give me the main points of this document")
    assert not has_topic("What does it say?")
    assert has_topic("Summarise the noise limits")


def test_terms_that_are_known_to_name_a_part_are_no_topic() -> None:
    assert has_topic("Summarise the noise limits", frozenset({"nois"}))
    assert not has_topic("Summarise the noise limits", frozenset({"nois", "limit"}))


@pytest.mark.parametrize("part", [AskedPart(pages=((1, 1),)), AskedPart(section="3"), AskedPart(maybe=("noise",))])
def test_a_question_is_confined_by_pages_by_a_section_or_by_what_may_be_one(part: AskedPart) -> None:
    assert part
    assert not AskedPart()


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("Was steht auf Seite 5?", ((5, 5),)),
        ("What is on page five?", ((5, 5),)),
        ("What does the third page say?", ((3, 3),)),
        ("Que dit la page 5 ?", ((5, 5),)),
        ("¿Qué dice la página 3?", ((3, 3),)),
        ("Cosa dice la pagina 2?", ((2, 2),)),
        ("O que diz a página 7?", ((7, 7),)),
        ("Wat staat er op pagina 4?", ((4, 4),)),
        ("Was steht auf der dritten Seite?", ((3, 3),)),
        ("What does the last page say?", ((LAST_PAGE, LAST_PAGE),)),
        ("How many pages per minute does it print?", ()),
    ],
)
def test_a_page_is_asked_for_in_seven_languages_and_asks_for_nothing_else(
    question: str, pages: tuple[tuple[int, int], ...]
) -> None:
    assert asked_part(question).pages == pages
    assert not pages or not has_topic(without_part(question))


@pytest.mark.parametrize(
    "question",
    [
        "Fasse das Dokument zusammen.",
        "Bitte eine Zusammenfassung.",
        "Résume le document.",
        "Resume el documento.",
        "Riassumi il documento.",
        "Resuma o documento.",
        "Vat het document samen.",
    ],
)
def test_a_summary_is_asked_for_in_seven_languages(question: str) -> None:
    assert question_kind(question) is QuestionKind.SUMMARY
    assert not has_topic(question)


def test_to_resume_is_no_summary_in_english() -> None:
    assert question_kind("Can I resume the workout?") is QuestionKind.LOOK_UP
