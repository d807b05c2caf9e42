"""What leads an answer that nobody writes: the one way that its question asks for, tried in order."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.calculation.formulary import Formulary
from shared_utils.retrieval.unknown import names_stand
from shared_utils.types import Answer, Direct, DirectKind
from src.answering.bridged import with_bridge
from src.answering.compared import Found, stands_side_by_side, tells_extreme
from src.answering.composed import with_parts, with_several
from src.answering.contacts import contacts_of, with_contact
from src.answering.counted_rows import counted_rows, with_counted_rows
from src.answering.defined import asked_for, names_no_person, told_of, with_definition
from src.answering.developed import with_development
from src.answering.fields import fields_of, with_field
from src.answering.headed_lists import with_headed_list
from src.answering.ingestion import IndexedDocument, names_of, pages_of
from src.answering.listed import with_items
from src.answering.purposes import told_purpose, with_purpose
from src.answering.routing import Route
from src.answering.sections import with_section
from src.answering.yes_no import asks_yes_no, word_of


def speaks_to(taken: Route, found: Found, documents: Sequence[IndexedDocument], formulary: Formulary) -> bool:
    """Whether what a question asks for was found, however few of its words stand there: every value that it compares,
    or who or what it asks for, in documents that have every name of it."""
    if taken.is_beyond or found.figure is not None:
        return False
    if counted_rows(taken.searched, documents) is not None or contacts_of(taken.searched, found.passages, documents):
        return True
    if fields_of(taken.whole or taken.searched, found.passages, documents):
        return True
    if stands_side_by_side(taken.searched, found, documents, formulary):
        return True
    if tells_extreme(taken.searched, found, documents, formulary):
        return True
    asked = asked_for(taken.searched)
    if not names_stand(taken.searched, [one.index for one in documents]):
        return False
    if asked is None:
        return told_purpose(taken.searched, found.passages, documents, pages_of(documents)) is not None
    return bool(told_of(asked, found.passages, documents, pages_of(documents), names_of(documents)))


def led_answer(
    question: str,
    typed: str,
    answer: Answer,
    found: Found,
    documents: Sequence[IndexedDocument],
    formulary: Formulary,
) -> Answer:
    """The answer, led by what its question asks for. `question` is what is searched, `typed` as it was typed."""
    items = None
    pages, names = pages_of(documents), names_of(documents)
    if found.figure is None:
        if (rows := counted_rows(typed, documents)) is not None:
            return with_counted_rows(answer, rows, names)
        bridged = with_bridge(typed, answer, found.passages, documents, pages, names, formulary.glossary)
        if bridged is not None:
            return bridged
        if (field := with_field(typed, answer, found.passages, documents, names)) is not None:
            return field
        defined = with_definition(question, typed, answer, found.passages, documents, pages, names)
        if defined is not None:
            return defined
        contact = with_contact(typed, answer, found.passages, documents, names)
        if contact is not None:
            return contact
        purpose = with_purpose(question, answer, found.passages, documents, pages, names)
        if purpose is not None:
            return purpose
        items = with_items(question, typed, answer, found.passages, documents, names, pages)
        if items is not None and tells_extreme(question, found, documents, formulary):
            items = None  # the largest of some, and not all of them
    led = with_development(question, typed, answer, found, documents, formulary)
    if items is not None and (led.direct is None or led.direct.kind is DirectKind.VALUE):
        return items
    is_value = led.direct is None or led.direct.kind is DirectKind.VALUE
    if found.figure is None and is_value:
        if (parts := with_parts(question, answer, found.passages, documents, pages, names)) is not None:
            return parts
        is_word = led.direct is not None and not asks_yes_no(typed) and _are_words(led.direct)
        if led.direct is None or is_word:
            several = with_several(question, answer, found.passages, pages, names)
            if several is not None:
                return several
    if led.direct is not None and led.direct.kind is DirectKind.VALUE:
        values = " ".join(one.value for one in led.direct.operands)
        if names_no_person(typed, question, f"{led.direct.name}; {values}"):
            return answer
        asked = asked_for(typed)
        if asked is not None and asked.term and (asked.is_meaning or not any(map(str.isdigit, values))):
            return answer  # a name in a cell says nothing of what the thing is
    if led.direct is None and found.figure is None and not asks_yes_no(typed):
        listed = with_headed_list(question, answer, found.passages, pages, names)
        return listed or with_section(question, answer, found.passages, pages, names) or led
    return led


def _are_words(direct: Direct) -> bool:
    """Whether all values are a yes or a no: nothing that a question for several things asks for."""
    return all(word_of(operand.value) is not None for operand in direct.operands)
