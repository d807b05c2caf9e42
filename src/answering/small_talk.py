"""What is said where nothing is asked of the documents, or something that is not done here."""

from __future__ import annotations

import re

from shared_utils.errors import QuestionError
from shared_utils.message import Message, message
from shared_utils.text.folding import fold

_THANKS = re.compile(
    r"^(?:many |vielen |muchas |mille |muito )?"
    r"(?:thanks?|thank you|danke|dank|merci|gracias|grazie|obrigad[oa]|bedankt)\b"
)
_TRANSLATE = re.compile(
    r"^\W*(?:(?:please|bitte|can you|could you|kannst du|konnen sie|por favor|per favore|alstublieft)[ ,]+)*"
    r"(?:translat(?:e|ion of)|ubersetz(?:e|en|t)?|tradui(?:s|re|sez|t)|traduc(?:e|ir|i)|traduz(?:a|ir|e|ca)|"
    r"tradu(?:rre|ci)|"
    r"vertaal|vertalen)\b"
)
_INTO = re.compile(
    r"\s+(?:in|into|to|auf|ins|en|al|em|para(?: o)?|naar(?: het)?)\s+(?:the\s+|le\s+|el\s+|o\s+)?[^\W\d_]+\W*$",
    re.IGNORECASE,
)


def small_talk(question: str) -> QuestionError:
    """The sentence in reply to a greeting or to thanks: there is nothing to answer from the documents."""
    if _THANKS.match(fold(question).strip()):
        return QuestionError("You are welcome. Ask on whenever you like.")
    return QuestionError(
        "Hello! Ask something about your documents: a fact (“When was it signed?”), a list, a comparison, "
        "or “Summarise section 2” or “What do pages 10–20 say about noise?”"
    )


def without_translating(question: str) -> str:
    """What a request to translate is about; "" where no translation is asked for.

    >>> without_translating("Translate page 3 into German"), without_translating("Which pages are translated?")
    ('page 3', '')
    """
    match = _TRANSLATE.match(fold(question))
    if match is None:
        return ""
    words = question.split()
    asked = len(fold(question)[: match.end()].split())  # folding keeps the words apart
    return _INTO.sub("", " ".join(words[asked:]))


def not_translated(part: str) -> Message:
    """That a part is shown as it stands."""
    return message("Nothing is translated here: this is {part} in its own words.", part=part)
