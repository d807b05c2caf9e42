"""Questions of another language than the documents' are searched in the documents' words."""

from __future__ import annotations

import pytest

from shared_utils.retrieval.index import build_index
from shared_utils.text.compounds import holding, parts
from shared_utils.types import Chunk
from src.answering.lexicon import LANGUAGES, Lexicon, lexicon, lexicon_of
from src.answering.routing import Route, route
from src.answering.translation import by_synonyms, in_other_languages, in_other_words, in_their_words
from tests.lexicon_stems import FILE, lexicon_stems

KNOWN = lexicon()
ENGLISH = "The revenue of Amcor rose to 14.7 billion dollars in the year, and this is the main risk that it has."
GERMAN = "Die Mietkaution wird nach dem Auszug gezahlt. Die Kündigungsfrist ist drei Monate. Hunde sind nicht erlaubt."


def searched(question: str, text: str, known: Lexicon = KNOWN) -> Route:
    return in_their_words(
        route(question, question, []), [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(text), text)])], known
    )


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Wie hoch war der Umsatz von Amcor?", "revenue"),
        ("Quel est le chiffre d'affaires de Amcor ?", "revenue"),
        ("¿Cuáles son los riesgos para la empresa?", "risk"),
        ("Qual è il fatturato della Amcor?", "revenue"),
    ],
)
def test_a_word_is_searched_as_the_documents_have_it(question: str, word: str) -> None:
    assert word in searched(question, ENGLISH).searched.split()


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Was hat das Ausbaggern gekostet?", "dredging"),  # the lexicon has "Ausbaggerung"
        ("Wann ist die Sendung der Rechnung?", "send"),  # … and "senden"
        ("Wo steht der Ofen?", "ofen"),  # not every word in -en is a verb
    ],
)
def test_a_german_noun_is_understood_by_its_verb_and_a_verb_by_its_noun(question: str, word: str) -> None:
    assert word in searched(question, ENGLISH).searched.lower().replace("?", "").split()


def test_a_name_stays_as_it_is() -> None:
    assert "Amcor" in searched("Wie hoch war der Umsatz von Amcor?", ENGLISH).searched
    assert "Tesla" in searched("Wie hoch war der Umsatz von Tesla?", ENGLISH).searched


def test_an_english_question_is_searched_in_a_german_document() -> None:
    assert "Kündigungsfrist" in searched("What is the notice period of the lease?", GERMAN).searched


def test_a_compound_of_the_document_is_found_by_its_part() -> None:
    assert "mietkaution" in searched("How much is the deposit for the flat?", GERMAN).searched


def test_a_question_in_the_documents_language_stays() -> None:
    question = "What is the revenue of Amcor?"
    assert searched(question, ENGLISH).searched == question
    assert not searched(question, ENGLISH).untranslated


def test_a_script_without_a_lexicon_is_said() -> None:
    assert searched("كم بلغت الإيرادات؟", ENGLISH).untranslated
    assert searched("有多少收入?", ENGLISH).untranslated


def test_words_nobody_translates_are_said() -> None:
    assert searched("Wie ist der Frobelkranz mit dem Zwiebelbaum?", ENGLISH, Lexicon()).untranslated


def test_every_line_of_the_lexicon_has_each_language() -> None:
    assert set(KNOWN.entries) == set(LANGUAGES)
    concepts = [concept for found in KNOWN.entries["english"].values() for concept in found]
    assert all(concept[language] for concept in concepts for language in LANGUAGES)


def test_the_stems_that_are_kept_are_those_of_the_lexicons_words() -> None:
    assert FILE.read_text(encoding="utf-8") == lexicon_stems(), "run python -m tests.lexicon_stems"


def test_a_word_of_another_kind_or_ending_is_not_taken_for_it() -> None:
    assert "country" not in searched("Wie viele Menschen landeten auf dem Meer?", ENGLISH).searched.split()
    assert "door" in searched("Quand les portes du bâtiment sont fermées ?", ENGLISH + " The door, the port.").searched


def test_too_few_words_known_keep_what_is_foreign() -> None:
    taken = searched("¿Quién pateó el partido de fútbol con la pelota?", ENGLISH)
    assert taken.untranslated
    assert "pelota" in taken.searched


def test_a_line_with_too_few_languages_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        lexicon_of("cost|Kosten")


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("nettoumsatz", {"netto", "umsatz"}, ("netto", "umsatz")),
        ("geschaftsjahresende", {"geschaft", "jahr", "ende"}, ("geschaft", "jahr", "ende")),
        ("huurovereenkomst", {"huur", "overeenkomst"}, ("huur", "overeenkomst")),
        ("auktion", {"kaution"}, ()),
    ],
)
def test_compounds_are_taken_apart(word: str, known: set[str], found: tuple[str, ...]) -> None:
    assert parts(word, known.__contains__) == found
    assert holding("frist", ["kundigungsfrist", "frist"]) == ("kundigungsfrist",)


def test_documents_of_two_languages_are_each_asked_in_their_own() -> None:
    indexes = [
        build_index(name, [Chunk(f"{name}:1:0", name, 1, 0, len(text), text)])
        for name, text in (("e", ENGLISH), ("g", GERMAN))
    ]
    question = "How long is the notice period?"
    taken = in_their_words(route(question, question, []), indexes, KNOWN)
    assert taken.searched == question
    (other,) = in_other_languages(taken, indexes, KNOWN)
    assert "Kündigungsfrist" in other.searched
    assert other.within is not None
    assert [index.document_id for index in indexes if other.within(index.chunks[0])] == ["g"]


def test_where_every_document_is_in_the_questions_language_there_is_no_other_way() -> None:
    indexes = [build_index("e", [Chunk("e:1:0", "e", 1, 0, len(ENGLISH), ENGLISH)])]
    assert not list(in_other_languages(route("What is the risk?", "What is the risk?", []), indexes, KNOWN))


def test_words_of_two_languages_are_told_apart_by_the_others() -> None:
    assert "revenue" in searched("Wie hoch waren die Umsatzerlöse von Amcor?", ENGLISH).searched


def test_small_words_that_hyphens_join_are_not_searched() -> None:
    assert searched("Quand les portes sont-elles fermées ?", ENGLISH + " The gate was closed.").searched.split() == [
        "when",
        "gate",
        "close",
        "?",
    ]
    assert "y" not in searched("Combien d'employés y a-t-il ?", ENGLISH + " They have employees.").searched.split()


def test_a_word_that_stands_nowhere_is_searched_by_another_of_its_concept() -> None:
    house = "Musikinstrumente dürfen täglich höchstens zwei Stunden gespielt werden. Die Hunde sind nicht erlaubt."
    indexes = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(house), house)])]
    question = "Wie lange darf ich Klavier üben?"
    ways = list(in_other_words(route(question, question, []), indexes, KNOWN))
    assert "Musikinstrument" in ways[0].searched
    assert "Musikinstrument" in str(ways[0].note)
    form = "Cable length 75 cm\nGlucose reference range 3.9 to 5.6\nThe crumble can be frozen."
    indexes = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(form), form)])]
    asked = ("How long is the cord?", "What is the normal range of glucose?", "Can I freeze the crumble?")
    words = [next(by_synonyms(route(one, one, []), indexes, KNOWN)).searched for one in asked]
    assert words == ["How long is the cable?", "What is the reference range of glucose?", "Can I frozen the crumble?"]
    unknown = "How long is the cord of the zeppelin?"
    assert list(by_synonyms(route(unknown, unknown, []), indexes, KNOWN))
    assert not list(by_synonyms(route(unknown, unknown, []), indexes, KNOWN, wholly=True))
    assert not list(by_synonyms(route("How long is the cable?", "How long is the cable?", []), indexes, KNOWN))
    indexes = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(house), house)])]
    assert not list(in_other_words(route("Sind Hunde erlaubt?", "Sind Hunde erlaubt?", []), indexes, KNOWN))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Warum ging das Holz zurück?", "fell"),  # the verb's first part stands at the end
        ("Quel était l'excédent en janvier ?", "surplus January"),  # "était" and "l'" are not searched
        ("Hoe hoog was het overschot?", "how much surplus"),  # "was" is no laundry
    ],
)
def test_a_verb_in_two_places_and_small_verbs_are_understood(question: str, holds: str) -> None:
    text = "The surplus of January fell. Timber fell as well, and how much the cost was is told in the report."
    assert holds in searched(question, text).searched
