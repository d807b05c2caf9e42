"""What could be asked of a form, a letter or a CV: the fields that it prints, each by a plain question."""

from __future__ import annotations

from collections.abc import Iterator

from shared_utils.message import Message, message
from shared_utils.types import Document
from src.answering.asked_fields import asked_field
from src.answering.fields import is_short, value_in

# The first that a document answers are offered. Each is understood in English, German and French as it stands there.
QUESTIONS = (
    message("Who is the customer?"),
    message("How much do I have to pay?"),
    message("When is the payment due?"),
    message("What is the net pay?"),
    message("When is the departure?"),
    message("What is the destination?"),
    message("Who is the policyholder?"),
    message("What is the deductible?"),
    message("Who was present?"),
    message("Who was absent?"),
    message("When is the next meeting?"),
    message("Who is the patient?"),
    message("Who is the doctor?"),
    message("Who is the landlord?"),
    message("Who wrote this letter?"),
    message("What is the delivery address?"),
    message("What is the invoice number?"),
)


def field_questions(document: Document) -> Iterator[Message]:
    """The questions that a short document answers by a field it prints, in the order they are best asked."""
    if not is_short(document):
        return
    for asked in QUESTIONS:
        field = asked_field(asked.template)
        if field is not None and value_in(field, document.id, document.pages) is not None:
            yield asked
