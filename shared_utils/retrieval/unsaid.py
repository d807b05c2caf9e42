"""What is asked of a subject, and never spoken of: the salary of a director in a report that tells nobody's pay.

Documents on a subject come near every question about it. The attribute that is asked for stands apart from it, and so
do all words that are kin to it: where a whole document has none of "salary", "wages", "pay" and "compensation", it does
not tell what anybody earns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.question import question_words
from shared_utils.text.asked_attribute import (
    Form,
    asked_attribute,
    asked_deed,
    asked_doing,
    asked_name,
    asked_nouns,
    asked_ordinal,
)
from shared_utils.text.expected import PRICE, expected_type
from shared_utils.text.irregular_verbs import forms_of
from shared_utils.text.languages import told_language
from shared_utils.text.sentences import split_sentences
from shared_utils.text.subject import names_in
from shared_utils.text.words import terms


class Kin(Protocol):
    """A word in small letters -> the words that are kin to it, of a kind with it where `least` says how near they are
    at least (a cosine); none for one that is not known."""

    def __call__(self, word: str, least: float = ..., /) -> Collection[str]: ...


def no_kin(_: str, _least: float = 0, /) -> tuple[str, ...]:
    """Of no word is anything known."""
    return ()


_OF_A_KIND = 0.3  # the cosine of a kind and one of it: "metal" and "brass" .31, "instrument" and "violin" .39
_SUMS = frozenset(
    ("price", "cost", "costs", "salary", "fee", "fees", "pay", "wages", "money", "rent", "payment", "expenditure")
)
_FIRST_CHUNKS = 20  # whose language is a document's
_NAME = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-Z][\w'’-]{2,}\b(?![\s.-]*\d)")  # no "Table 6"
_NAMED = re.compile(
    r"(?<![.!?:\"“(]\s)(?<!^)(?<![\"“(])\b[A-Z][\w'’-]+|\b[A-Z][\w'’-]+ (?:[A-Z][\w.'’-]* )*[A-Z][\w'’-]+",
    re.MULTILINE,
)
_CALLS = re.compile(  # a name follows
    r"\b(?:called|named|known as|titled|entitled|nickname\w*)\b|[\"“‘]\w", re.IGNORECASE
)
_NEAR_A_NOUN = 100  # characters to either side in which its name stands
_MODAL = re.compile(r"\b(?:shall|must|may|should|will|can|would|might|to)\s+(?:[^\W\d_]+\s+){0,6}$", re.IGNORECASE)
_SHORT_PAGES = 6  # whose words are not all there is to be told by
_APART = 6  # words between "first" and what was the first, at most
_ORDINALS = {
    "first": "first 1st inaugural founding founder initial original earliest",
    "second": "second 2nd",
    "third": "third 3rd",
    "fourth": "fourth 4th",
    "fifth": "fifth 5th",
    "last": "last final latest",
    "final": "last final latest",
    "next": "next successor succeeded succeeds follows",
}
_OF_THE_SUBJECT = 0.2  # of the passages: a name that so many have is what the documents are about
_SHARE = 0.5  # of a question's other words, that stand beside the sum it asks for


def leaves_unsaid(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str], kin: Kin) -> bool:
    """Whether no document speaks of the attribute that an English question asks for, in any word that is kin to it.

    What somebody does ("who makes …") has to be spoken of in what is `shown` itself. A sum of money beside the other
    words of a question tells what something costs without the word, and one of a kind which of them is asked for. A
    price, a fee or a salary is a figure beside the word, or a sum of money beside the others. In documents that are not
    short every noun that is asked of has to be spoken of, and who was the first of some has to be told of a first.
    """
    if told_language(question) not in ("english", None):
        return False
    if _lacks_noun(question, indexes, kin) or _lacks_ordinal(question, indexes, shown):
        return True
    if _lacks_value(question, indexes, shown):
        return True
    if _lacks_name(question, indexes, shown, kin) or _lacks_doing(question, indexes, shown, kin):
        return True
    attribute = asked_attribute(question)
    if attribute is None:
        return False
    told = {term for text in shown for term in terms(text)} if attribute.form is Form.VERB else None

    def stands(word: str) -> bool:
        if told is not None:
            return any(term in told for term in terms(word))
        return any(index.chunk_words.document_frequency(term) for index in indexes for term in terms(word))

    beside = set(terms(question)) - _terms_of(attribute.words)
    word = attribute.words[-1]
    if attribute.form is not Form.SUM and not _is_of_a_whole(word, question) and _SUMS & {word, *kin(word)}:
        return not _tells_figure(question, word, shown, kin) and all(_is_english(index, beside) for index in indexes)
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
    if attribute.form is Form.KIND and (
        any(_tells_one(word, shown, kin) for word in unsaid) or _tells_the_rest(question, attribute.words, shown)
    ):
        return False
    return all(_is_english(index, beside) for index in indexes)


def leaves_deed_unsaid(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str], kin: Kin) -> bool:
    """Whether no text `shown` of documents that are not short tells, of anything that an English question names, what
    it asks to have been done: "sold" of "How many copies have been sold?". A table tells a figure without the verb."""
    deed = asked_deed(question)
    if not deed or not terms(deed) or _are_short(indexes) or told_language(question) not in ("english", None):
        return False
    others = kin(deed)
    ways = _terms_of((deed, *others, *forms_of(deed)))
    beside = set(terms(question)) - ways
    is_said = any(not ways.isdisjoint(told := terms(text)) and not beside.isdisjoint(told) for text in shown)
    return bool(others) and not is_said and all(_is_english(index, beside) for index in indexes)


def _are_short(indexes: Sequence[DocumentIndex]) -> bool:
    return sum(len(index.page_words.lengths) for index in indexes) <= _SHORT_PAGES


def _lacks_noun(question: str, indexes: Sequence[DocumentIndex], kin: Kin) -> bool:
    """Whether a noun of the question and all words that are kin to it stand nowhere in documents that are not short: a
    form of a few pages has other words for nearly everything."""
    if _are_short(indexes):
        return False

    def stands(word: str) -> bool:
        return any(index.chunk_words.document_frequency(term) for index in indexes for term in terms(word))

    unsaid = [
        word
        for word in asked_nouns(question)
        if terms(word)
        and not stands(word)
        and (others := kin(word))
        and not any(map(stands, [*others, *forms_of(word)]))
    ]
    beside = set(terms(question)) - _terms_of(unsaid)
    return bool(unsaid) and all(_is_english(index, beside) for index in indexes)


def _lacks_ordinal(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str]) -> bool:
    """Whether a question asks who was the first of some, and no text shown has a first near what they are called."""
    asked = asked_ordinal(question)
    if asked is None:
        return False
    which, noun = frozenset(_ORDINALS.get(asked[0], asked[0]).split()), frozenset(terms(asked[1]))
    beside = set(terms(question)) - which
    return not any(_are_near(which, noun, text) for text in shown) and all(_is_english(i, beside) for i in indexes)


def _lacks_name(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str], kin: Kin) -> bool:
    """Whether the name of somebody or something is asked for, and beside no word for it stands one that the question
    has not."""
    noun = asked_name(question)
    if not noun:
        return False
    own, asked = _terms_of((noun, *kin(noun))), set(terms(question))
    near = [
        text[max(0, word.start() - _NEAR_A_NOUN) : word.end() + _NEAR_A_NOUN]
        for text in shown
        for word in re.finditer(r"[^\W\d_]+", text)
        if not own.isdisjoint(terms(word.group()))
    ]
    has_name = any(map(_CALLS.search, near)) or any(
        not asked.issuperset(terms(name.group())) for text in near for name in _NAMED.finditer(text)
    )
    return not has_name and all(_is_english(index, asked - own) for index in indexes)


def _lacks_value(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str]) -> bool:
    """Whether a value of a known form, an age or a weight, is asked of a name, and no text shown of documents that are
    not short has both one and the name. Who the documents are about is not named beside every value."""
    wanted = expected_type(question)
    if wanted is None or _are_short(indexes):
        return False
    chunks = sum(len(index.chunks) for index in indexes)
    names = {
        name
        for name in names_in(question)
        if sum(index.chunk_words.document_frequency(name) for index in indexes) < _OF_THE_SUBJECT * chunks
    }
    return bool(names) and not any(wanted.is_in(text) and not names.isdisjoint(terms(text)) for text in shown)


def _lacks_doing(question: str, indexes: Sequence[DocumentIndex], shown: Sequence[str], kin: Kin) -> bool:
    """Whether it is asked who did something, when or where, and no sentence shown of documents that are not short has
    the verb as done, with half of the question's other words there or in the sentences beside it. What shall or may be
    signed tells nothing of who signed it."""
    doing = asked_doing(question)
    others = kin(doing) if doing and not _are_short(indexes) else ()
    if not others:
        return False
    ways = _terms_of((doing, *others, *forms_of(doing)))
    beside = set(terms(question)) - ways
    is_past = doing.endswith("ed") or bool(forms_of(doing))
    for text in shown:
        sentences = [text[one.start : one.end] for one in split_sentences(text)]
        for n, sentence in enumerate(sentences):
            told = set(terms(" ".join(sentences[max(0, n - 1) : n + 2])))
            if len(beside & told) >= _SHARE * len(beside) and _does(sentence, ways, is_past=is_past):
                return False
    return all(_is_english(index, beside) for index in indexes)


def _does(sentence: str, ways: Collection[str], *, is_past: bool) -> bool:
    """Whether a sentence has one of some verbs; where a past is asked for, other than as what is to be done."""
    verbs = (word for word in re.finditer(r"[^\W\d_]+", sentence) if not set(terms(word.group())).isdisjoint(ways))
    return any(not (is_past and _MODAL.search(re.split(r"[,;:]\s", sentence[: verb.start()])[-1])) for verb in verbs)


def _are_near(which: frozenset[str], noun: frozenset[str], text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    firsts = [place for place, word in enumerate(words) if word in which]
    nouns = [place for place, word in enumerate(words) if not noun.isdisjoint(terms(word))] if firsts else []
    return any(abs(one - other) <= _APART for one in firsts for other in nouns)


def _terms_of(texts: Iterable[str]) -> set[str]:
    return {term for text in texts for term in terms(text)}


def _is_of_a_whole(word: str, question: str) -> bool:
    """Whether a question asks for something of what a word names: "the components of fulfillment costs"."""
    return re.search(rf"\bof (?:[^\W\d_]+ ){{0,3}}{re.escape(word)}\b", question, re.IGNORECASE) is not None


def _tells_figure(question: str, word: str, shown: Sequence[str], kin: Kin) -> bool:
    """Whether a figure is shown beside a word that is kin to it, or a sum of money beside the other words."""
    own = _terms_of((word, *kin(word)))
    has_figure = any(own & set(terms(text)) and any(map(str.isdigit, text)) for text in shown)
    return has_figure or _tells_sum(question, [word], shown)


def _tells_one(kind: str, shown: Sequence[str], kin: Kin) -> bool:
    return not _terms_of(kin(kind, _OF_A_KIND)).isdisjoint(_terms_of(shown))


def _tells_the_rest(question: str, kind: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether one text has all other words of a question that asks which of a kind, and a name: "made by Ostermann" for
    "Which company made the valve?", where it says so of the valve. Names are near to no kind."""
    own = _terms_of(kind)
    rest = [{term, *_terms_of(forms_of(term))} for term in question_words(question)]
    rest = [forms for forms in rest if forms.isdisjoint(own)]
    asked = set(terms(question))
    named = (text for text in shown if any(asked.isdisjoint(terms(name)) for name in _NAME.findall(text)))
    return len(rest) > 1 and any(all(not forms.isdisjoint(terms(text)) for forms in rest) for text in named)


def _tells_sum(question: str, besides: Sequence[str], shown: Sequence[str]) -> bool:
    words = set(terms(question)) - _terms_of(besides)
    return any(PRICE.is_in(text) and len(words & set(terms(text))) >= _SHARE * len(words) for text in shown)


def _is_english(index: DocumentIndex, beside: Collection[str]) -> bool:
    """Of a form or a table, whose language is not told, where it has most of an English question's other words."""
    told = told_language(" ".join(chunk.text for chunk in index.chunks[:_FIRST_CHUNKS]))
    held = [term for term in beside if index.chunk_words.document_frequency(term)]
    return told == "english" or (told is None and len(held) >= max(1, _SHARE * len(beside)))
