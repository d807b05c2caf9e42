"""What is asked of a subject, and never spoken of: the salary of a director in a report that tells nobody's pay.

Documents on a subject come near every question about it. The attribute that is asked for stands apart from it, and so
do all words that are kin to it: where a whole document has none of "salary", "wages", "pay" and "compensation", it does
not tell what anybody earns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from shared_utils.retrieval.index import DocumentIndex
from shared_utils.text.asked_attribute import Form, asked_attribute
from shared_utils.text.expected import PRICE
from shared_utils.text.irregular_verbs import forms_of
from shared_utils.text.languages import told_language
from shared_utils.text.words import terms

Kin = Callable[[str], Collection[str]]
"""A word in small letters -> the words that are kin to it, none for one that is not known."""


def no_kin(_: str) -> tuple[str, ...]:
    """Of no word is anything known."""
    return ()


_FIRST_CHUNKS = 20  # whose language is a document's
_SHARE = 0.5  # of a question's other words, that stand beside the sum it asks for


def leaves_unsaid(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str], kin: Kin) -> bool:
    """Whether no document speaks of the attribute that an English question asks for, in any word that is kin to it.

    What somebody does ("who makes …") has to be spoken of in what is `shown` itself. A sum of money beside the other
    words of a question tells what something costs without the word.
    """
    attribute = asked_attribute(question)
    if attribute is None or told_language(question) not in ("english", None):
        return False
    told = {term for text in shown for term in terms(text)} if attribute.form is Form.VERB else None

    def stands(word: str) -> bool:
        if told is not None:
            return any(term in told for term in terms(word))
        return any(index.chunk_words.document_frequency(term) for index in indexes for term in terms(word))

    unsaid = [
        word
        for word in attribute.words
        if terms(word)
        and not stands(word)
        and (others := kin(word))
        and not any(map(stands, [*others, *forms_of(word)]))
    ]
    if not unsaid or (attribute.form is Form.SUM and _tells_sum(question, unsaid, shown)):
        return False
    return all(_is_english(index) for index in indexes)


def _tells_sum(question: str, besides: Sequence[str], shown: Sequence[str]) -> bool:
    words = set(terms(question)) - {term for word in besides for term in terms(word)}
    return any(PRICE.is_in(text) and len(words & set(terms(text))) >= _SHARE * len(words) for text in shown)


def _is_english(index: DocumentIndex) -> bool:
    return told_language(" ".join(chunk.text for chunk in index.chunks[:_FIRST_CHUNKS])) == "english"
