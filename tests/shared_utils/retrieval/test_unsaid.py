"""What nobody speaks of is not answered; what stands there in other words is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.unsaid import leaves_deed_unsaid, leaves_unsaid
from shared_utils.text.asked_attribute import asked_attribute
from shared_utils.types import Chunk

TEXT = (
    "The harbour master of Nordhaven is elected by the council for four years. The pump beside the lock was built by "
    "Ostermann in 1974 and weighs 9 tons; its repair came to £2,140. Wages are paid on the first of the month."
)
INDEXES = [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(TEXT), TEXT)])]
GERMAN = "Der Hafenmeister von Nordhaven wird von dem Rat für vier Jahre gewählt und ist auch für die Schleuse da."
_KIN = {
    "salary": ("wages", "pay"),
    "weight": ("weigh", "pounds"),
    "constructed": ("built",),
    "noise": ("loud",),
    "married": ("wife",),
    "repaired": ("repair",),
    "cost": ("price",),
    "wife": ("husband",),
    "metal": ("metals",),
    "bonus": ("bonuses",),
    "fee": ("cost", "wages"),
}


def kin(word: str, least: float = 0.42, /) -> Collection[str]:
    return ("metals", "brass") if word == "metal" and least < 0.42 else _KIN.get(word, ())


@pytest.mark.parametrize(
    ("question", "is_unsaid"),
    [
        ("What is the noise level of the pump?", True),
        ("Who is the harbour master married to?", True),
        ("What is the name of the harbour master's wife?", True),
        ("What is the salary of the harbour master?", True),  # "wages" stand there, and no figure beside them
        ("What is the weight of the pump?", False),
        ("When was the pump constructed?", False),
        ("How much did the repair of the pump cost?", False),  # a sum beside the words
        ("How much did the council cost?", True),
        ("What is the frobnication of the pump?", False),  # nothing is known of the word
        ("What is the number of the pump?", False),
        ("Wie hoch ist das Gehalt des Hafenmeisters?", False),
        ("What bonus did the harbour master get?", True),
        ("Which metal is the pump made of?", True),
        ("What is the fee for the harbour?", True),
        ("What is the cost of the repair of the pump?", False),
        ("What are the parts of the wages?", False),
    ],
)
def test_an_attribute_is_looked_for_in_every_word_that_is_kin(question: str, is_unsaid: bool) -> None:
    assert leaves_unsaid(question, INDEXES, TEXT.split(". "), kin) is is_unsaid


def test_what_somebody_does_has_to_be_spoken_of_in_what_is_shown() -> None:
    assert not leaves_unsaid("Who repaired the pump?", INDEXES, [TEXT], kin)
    assert leaves_unsaid("Who repaired the pump?", INDEXES, ["The pump stands beside the lock."], kin)


def test_what_somebody_does_may_be_told_in_another_form_of_the_verb() -> None:
    def kin(word: str, *_: float) -> Collection[str]:
        return ("feed", "feeding", "meal") if word == "feeds" else ()

    assert not leaves_unsaid("Who feeds the seal?", INDEXES, ["The seal is fed by Ada."], kin)
    assert leaves_unsaid("Who feeds the seal?", INDEXES, ["The seal is seen by Ada."], kin)


def test_one_of_a_kind_answers_without_the_word() -> None:
    assert not leaves_unsaid("Which metal is the pump made of?", INDEXES, ["The pump is of brass."], kin)
    assert not leaves_unsaid("Which metal was the pump made of?", INDEXES, ["It makes a pump of Ostermann's."], kin)


def test_a_form_whose_language_is_not_told_is_judged_by_the_questions_own_words() -> None:
    form = "Truck 17 · Driver: ______ · Weight: ______ · Ship Date: 2020-09-29"
    index = build_index("f", [Chunk("f:1:0", "f", 1, 0, len(form), form)])
    assert leaves_unsaid("What is the noise of the truck?", [index], [form], kin)
    assert not leaves_unsaid("What is the noise of the lorry?", [index], [form], kin)


def test_a_document_in_another_language_is_not_judged_by_english_words() -> None:
    german = build_index("g", [Chunk("g:1:0", "g", 1, 0, len(GERMAN), GERMAN)])
    assert not leaves_unsaid("What is the noise level of the harbour?", [german], [GERMAN], kin)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which metal are the valves made of?", ("metal",)),
        ("What should you do if the pump is loud?", None),
        ("In what year was the lock bought?", ("bought",)),
        ("How are the valves painted on the inside?", ("painted",)),
        ("What is the mail address of Ada Brandt?", None),
        ("Who wrote the report on the pump?", None),
        ("What is Ada Brandt's salary?", ("salary",)),
        ("How many moons does Saturn have?", ("moons",)),
        ("What is the median household income in the county?", ("income",)),
        ("What does the pump weigh?", ("weigh",)),
        ("Where does Ada Brandt live today?", ("live",)),
        ("Who seconded the motion?", ("seconded",)),
        ("How does the pump work?", None),
        ("What happens when the button is pressed?", None),
        ("What are the steps to start the pump?", None),
        ("Why is Venus hot?", None),
    ],
)
def test_the_attribute_is_told_from_the_subject(question: str, words: tuple[str, ...] | None) -> None:
    asked = asked_attribute(question)
    assert (asked.words if asked else None) == words


def long_document(*told: str) -> list[DocumentIndex]:
    """Of more pages than a form has."""
    pages = [*told, *(f"On page {n} the harbour and the council are spoken of once more." for n in range(8))]
    return [build_index("l", [Chunk(f"l:{n}:0", "l", n, 0, len(text), text) for n, text in enumerate(pages, start=1)])]


@pytest.mark.parametrize(
    ("question", "is_unsaid"),
    [
        ("What was the wind speed of that day?", True),  # a speed is told, and of no wind
        ("What was the speed of the pump?", False),
        ("What was the speed of the crane?", True),
        ("Who built the crane?", True),
        ("Who built the pump?", False),
        ("How many revolutions of the crane are told?", True),
        ("What was the frobnicated speed?", False),  # nothing is known of the word
    ],
)
def test_every_noun_that_is_asked_of_is_spoken_of_in_a_document_that_is_not_short(
    question: str, is_unsaid: bool
) -> None:
    def known(word: str, *_: float) -> Collection[str]:
        return {"wind": ("winds", "breeze"), "crane": ("cranes", "hoist")}.get(word, ())

    indexes = long_document(TEXT, "The speed of the pump is 90 revolutions a minute.")
    assert leaves_unsaid(question, indexes, [TEXT], known) is is_unsaid
    assert not leaves_unsaid("Who built the crane?", INDEXES, [TEXT], known)  # a form has other words


@pytest.mark.parametrize(
    ("shown", "is_unsaid"),
    [
        ("In the first week any member may stand for the post, and the council elects the harbour master.", True),
        ("Ada Brandt was the first harbour master.", False),
        ("The founding master of the harbour was Ada Brandt.", False),
        ("Masters of the harbour: 1. Ada Brandt (1901)", True),
    ],
)
def test_who_was_the_first_is_told_near_a_first(shown: str, is_unsaid: bool) -> None:
    assert leaves_unsaid("Who was the first harbour master?", INDEXES, [shown], kin) is is_unsaid


def test_which_of_a_kind_is_told_by_a_name_beside_the_other_words() -> None:
    question = "Which metal was the pump made of?"
    assert not leaves_unsaid(question, INDEXES, ["It makes a pump of Ostermann's."], kin)
    assert leaves_unsaid(question, INDEXES, ["It makes a pump as in Table 6."], kin)


@pytest.mark.parametrize(
    ("question", "shown", "is_unsaid"),
    [
        ("How many pumps have been sold?", "The pump beside the lock was built in 1974.", True),
        ("How many pumps have been sold?", "The sale of pumps came to 40.", False),
        ("How many pumps have been sold?", "Lamps are sold for 40 pounds.", True),  # and of no pump
        ("Which bank sells the pump?", "The pump beside the bank was built in 1974.", True),
        ("How much money did the council receive from the bank?", "The council spent money at the bank.", True),
        ("What rate did the loan of the bank receive?", "The loan of the bank is at 4 %.", False),  # the rate is asked
        ("How many pumps were sold?", "The pump beside the lock was built in 1974.", False),  # in other words, perhaps
        ("How many pumps have been frobnicated?", "The pump was built in 1974.", False),  # nothing is known of it
    ],
)
def test_what_was_done_is_told_of_something_that_is_named(question: str, shown: str, is_unsaid: bool) -> None:
    def known(word: str, *_: float) -> Collection[str]:
        return {"sold": ("sale",), "sells": ("sale",), "receive": ("got",)}.get(word, ())

    assert leaves_deed_unsaid(question, long_document(TEXT), [shown], known) is is_unsaid
    assert not leaves_deed_unsaid(question, INDEXES, [shown], known)  # a form has other words


@pytest.mark.parametrize(
    ("question", "shown", "is_unsaid"),
    [
        ("What is the name of the captain's sister?", "The captain wrote to his dear sister, who was ill.", True),
        ("What is the name of the captain's sister?", "The captain wrote to his sister Ada, who was ill.", False),
        ("What is the name of the captain's sister?", "Ada Brandt\nsister of the captain", False),
        ("What is the dog called?", "The dog sleeps on the quay.", True),
        ("What is the dog called?", "The dog on the quay is called rex.", False),
        ("What is the name of the report?", "The report is about dogs.", False),  # any document has one
    ],
)
def test_a_name_stands_beside_what_has_it(question: str, shown: str, is_unsaid: bool) -> None:
    def known(word: str, *_: float) -> Collection[str]:
        return {"sister": ("brother",), "dog": ("dogs",)}.get(word, ())

    text = f"{TEXT} The captain of the harbour has a sister and a dog."
    assert leaves_unsaid(question, long_document(text), [shown], known) is is_unsaid
    assert leaves_unsaid(
        question, [build_index("d", [Chunk("d:1:0", "d", 1, 0, len(text), text)])], [shown], known
    ) is (is_unsaid)


@pytest.mark.parametrize(
    ("question", "shown", "is_unsaid"),
    [
        ("Who signed the lease of the lock?", "Changes to the lease of the lock shall be signed by both.", True),
        ("Who signed the lease of the lock?", "The lease of the lock was signed by Ada Brandt.", False),
        ("Who signed the lease of the lock?", "Ada Brandt's signature. The lease of the lock ends in May.", False),
        ("Who signed the lease of the lock?", "The petition of the masters was signed by Ada Brandt.", True),
        ("When was the lease of the lock signed?", "The lease of the lock is to be signed in May.", True),
        ("When were they put to death?", "They were hanged in May. Sentences of death were rare.", False),  # no verb
        ("Who signs leases of the lock?", "Leases of the lock must be signed by the master.", False),
    ],
)
def test_who_did_something_is_told_by_what_was_done(question: str, shown: str, is_unsaid: bool) -> None:
    def known(word: str, *_: float) -> Collection[str]:
        return {"signed": ("signature",), "death": ("dead",), "signs": ("signed",), "lease": ("rent",)}.get(word, ())

    text = f"{TEXT} The lease of the lock is signed. Leases are signed."
    assert leaves_unsaid(question, long_document(text), [shown], known) is is_unsaid


@pytest.mark.parametrize(
    ("question", "shown", "is_unsaid"),
    [
        ("How old was Ada Brandt?", ["Ada Brandt was elected in May.", "The lock is 90 years old."], True),
        ("How old was Ada Brandt?", ["Ada Brandt was elected at 41 years.", "The lock is 90 years old."], False),
        ("How old was the lock?", ["Ada Brandt was elected in May.", "It is 90 years old."], False),  # no name is asked
        ("How old is Nordhaven?", ["Nordhaven is a town.", "It is 900 years old."], False),  # what all of it is about
    ],
)
def test_an_age_or_a_weight_stands_beside_the_name_that_it_is_asked_of(
    question: str, shown: Sequence[str], is_unsaid: bool
) -> None:
    told = [f"{TEXT} Ada Brandt was elected.", *(f"Nordhaven has {n} locks and is old." for n in range(9))]
    assert leaves_unsaid(question, long_document(*told), shown, kin) is is_unsaid
    assert not leaves_unsaid(question, INDEXES, shown, kin)  # a form has the name elsewhere
