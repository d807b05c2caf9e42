"""Whether a model only says again the figure, or the yes or no, that the documents' own answer begins with."""

from __future__ import annotations

from shared_utils.citations.framing import bare_claim
from shared_utils.citations.polarity import denies, is_negation
from shared_utils.citations.text_units import content_keys, words_of
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.types import Answer, Direct, DirectKind

_OF_AN_ANSWER = content_keys(words_of("answer value result figure amount"))
_SIGNS = " .,!*"
_MOST_OF_IT = 0.6  # share of the question's words of content: a sentence of fewer says a part of it, or something else
_FIGURES = (DirectKind.CALCULATION, DirectKind.VALUE)


def says_again(sentence: str, own: Answer) -> bool:
    """Whether a sentence has the figure of `own`, no number that neither this nor the question has, and no other word;
    or is its yes or no, if in the words of the question ("No, you cannot.", "You cannot moor at the quay.").

    No page prints what was worked out, so a sentence that repeats it stands on nothing that can be cited but the cells.
    """
    if own.direct is None or not own.sentences:
        return False
    lead, claim = own.sentences[0].text, bare_claim(sentence)
    if own.direct.kind is DirectKind.YES_NO:
        return _says_the_word(sentence, lead, own.question)
    if own.direct.kind not in _FIGURES:
        return False
    words, numbers = words_of(claim), quantities(claim)
    told = content_keys(words_of(f"{lead} {own.question}")) | _OF_AN_ANSWER
    known = [*quantities(lead), *quantities(own.question)]
    return (
        any(number.same_digits(result) for number in numbers for result in _results(lead))
        and all(any(number.same_digits(other) for other in known) for number in numbers)
        and all(not told.isdisjoint(word.keys) for word in words if word.content and not word.text[0].isdigit())
        and not denies(words)
        and (
            "=" in claim or not _is_of_an_operand(content_keys(words), own.direct, own.question)
        )  # a sum names them all
    )


def _says_the_word(sentence: str, lead: str, question: str) -> bool:
    """Whether it is the yes or no that leads, or what was asked, said as that: denied where the lead is a denial."""
    claim = sentence if (is_word := _first(sentence) == _first(lead)) else bare_claim(sentence)
    words, asked = words_of(claim), words_of(question)
    if bare_claim(claim).strip(_SIGNS).casefold() == lead.strip(_SIGNS).casefold():
        return True
    told = content_keys(asked) | _OF_AN_ANSWER | content_keys(words_of(lead))
    only = all(is_negation(w.text) or not told.isdisjoint(w.keys) for w in words if w.content)
    whole = is_word or len(content_keys(words)) >= _MOST_OF_IT * len(content_keys(asked))
    return only and whole and not denies(asked) and denies(words) == denies(words_of(lead))


def _first(text: str) -> str:
    return next((word.text.casefold() for word in words_of(text)), "")


def _is_of_an_operand(said: frozenset[str], direct: Direct, question: str) -> bool:
    """Whether it has words that only one of the values has from which the figure was worked out, and neither of the
    others' own nor of the result's: "The fares of guests are 5" of what they exceed the children's by."""
    names = [content_keys(words_of(operand.name)) for operand in direct.operands]
    own = [keys.difference(*(other for other in names if other is not keys)) for keys in names]
    named = [keys for keys in own if not keys.isdisjoint(said)]
    asked = frozenset(key for key in content_keys(words_of(question)) if not key[0].isdigit())  # "ratio", "R&D"
    result = (content_keys(words_of(direct.name)) | asked).difference(*names)
    return len(names) > 1 and len(named) == 1 and result.isdisjoint(said)


def _results(lead: str) -> tuple[Quantity, ...]:
    """What a lead tells: behind the last "=" of a formula, or behind the label of a value."""
    return quantities(lead.rsplit("=" if "=" in lead else ":", 1)[-1])
