"""What something is made of, or which several things there are, where a sentence says them all.

"What are the components of cost of sales?" is answered by "Cost of sales primarily consists of …", which has fewer of
the question's words than a row of that name has; "Which methods does it use?" by "The methods include …". The forms
are those by which parts and kinds are found in text (Girju, Badulescu and Moldovan, "Automatic discovery of part-whole
relations", 2006; Hearst, "Automatic acquisition of hyponyms", 1992), without learned weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.text.words import terms
from shared_utils.types import Answer, Page, Passage, Sentence, Span, Verdict
from src.answering.defined import sentences_holding
from src.answering.direct import Pages, led_by
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

_PARTS = (
    r"(?:components?|elements?|parts?|constituents?|ingredients?|bestandteile?|komponenten|composants?|elementos?"
    r"|componentes?|componenti|elementi|onderdelen|bestanddelen)"
)
_WHOLE = (  # what is asked to be taken apart is "of"
    re.compile(
        rf"^\W*(?:(?:what|which|welche|quels|cu[aá]les|quali|quais|welke)\b.{{0,40}}?|name |list )\b{_PARTS}\b"
        r"(?:\s+(?:are\s+)?(?:included|contained))?\s+(?:of|in|that make up|von|des|der|de|du|del|di|do|da|van)\s+"
        r"(?P<of>[^?]+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*what\s+(?:do|does|did)\s+(?P<of>[^?]+?)\s+(?:(?:primarily|mainly|mostly|generally)\s+)?"
        r"(?:consist of|comprise|include|contain)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*what\s+(?:is|are|was|were)\s+(?P<of>[^?]+?)\s+(?:primarily |mainly )?(?:made up|made|composed) of\b",
        re.IGNORECASE,
    ),
    re.compile(r"^\W*what\s+(?:is|are|was|were)\s+(?:included|contained) in\s+(?P<of>[^?]+)", re.IGNORECASE),
    re.compile(r"^\W*(?:woraus besteht|woraus bestehen|was umfasst|was umfassen)\s+(?P<of>[^?]+)", re.IGNORECASE),
    re.compile(r"^\W*(?:de quoi se compose(?:nt)?|que comprend|que comprennent)\s+(?P<of>[^?]+)", re.IGNORECASE),
)
_OF_WHAT = re.compile(
    r"\s+(?:for|at|in|during|by|according|as of|that|which|für|bei|im|pour|dans|para|en|per|nel)\b", re.IGNORECASE
)
_ARTICLE = re.compile(
    r"^(?:an?|the|ein\w*|der|die|das|den|dem|une?|les?|la|l['’]|el|los|las|il|lo|gli|um|uma|os?|as?|een|het)\s+",
    re.IGNORECASE,
)
_CONSISTS = re.compile(
    r"\s(?:(?:primarily|mainly|mostly|generally|typically|hauptsächlich|principalement|principalmente)\s+)?"
    r"(?:consist(?:s|ed)? (?:primarily |mainly |mostly |principally )?of|comprises?|comprised|includes?|included"
    r"|(?:is|are|was|were) (?:primarily |mainly )?(?:made up|composed|comprised) of|contains?|besteh(?:t|en) aus"
    r"|umfass(?:t|en)|se composent? de|comprend|comprennent|incluyen?|se compone de|comprendono|comprende"
    r"|omvat(?:ten)?)\s",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"^\W*(?:what|which|welche|quel(?:le)?s|cu[aá]les|qué|quali|quais|welke)\s+(?:are the\s+|sind die\s+)?"
    r"(?:[\w-]+\s+){0,2}?(?P<of>[^\W\d_]{3,}s)\s+(?!an?\b|the\b|this\b|it\b)",
    re.IGNORECASE,
)
_NAMES_THEM = re.compile(r"\s+(?:includes?|are|comprise|such as|sind|umfassen|sont|incluyen|son|sono|são|zijn)\b:?")
_MORE_WORDS = 3  # that a subject may have besides those that are asked for
_SUBJECT = 300  # characters that a subject stands in, before the word that says what it is made of
_COVERED = 0.75  # of the other words of the question, in the sentence and the one before it
_FEWEST = 2  # of them


@dataclass(frozen=True, slots=True)
class _Told:
    document_id: str
    page: Page
    span: Span
    score: float


def asked_whole(question: str) -> str:
    """What a question asks the parts of; "" where it asks for something else.

    >>> asked_whole("What are the main components of cost of sales for the company?")
    'cost of sales'
    >>> asked_whole("What does the fee include?"), asked_whole("What are the costs of the dredging?")
    ('fee', '')
    """
    match = next((found for form in _WHOLE if (found := form.match(question.strip())) is not None), None)
    if match is None:
        return ""
    of = re.sub(r"['’]s?\b", "", _ARTICLE.sub("", match["of"].strip(" .!")))
    of = re.sub(r"^(?:included|contained)\s+in\s+", "", of)
    return _ARTICLE.sub("", _OF_WHAT.split(of)[0]).strip()


def with_parts(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
) -> Answer | None:
    """The answer led by the sentence that says what a thing is made of; None where that is not asked or not said."""
    whole = asked_whole(question)
    wanted = set(terms(whole))
    if not wanted:
        return None

    def may_tell(text: str) -> bool:
        """Whether a text has all words somewhere before a word that says what a thing is made of."""
        before = (text[max(0, match.start() - _SUBJECT) : match.start()] for match in _CONSISTS.finditer(text))
        return any(wanted <= set(terms(words)) for words in before)

    found = [
        _Told(document_id, page, Span(start, end), -more - rank / 100)
        for document_id, page, start, end, rank in sentences_holding(whole, passages, documents, pages, may_tell)
        for more in _words_besides(page.text[start:end], wanted)
    ]
    return _led(answer, found, names)


def with_several(
    question: str, answer: Answer, passages: Sequence[Passage], pages: Pages, names: Mapping[str, str]
) -> Answer | None:
    """The answer led by the quoted sentence in which the several things that are asked for are named; None for none."""
    match = _SEVERAL.match(question.strip())
    if match is None:
        return None
    thing = match["of"]
    others = set(terms(question)) - set(terms(thing))
    if len(others) < _FEWEST:
        return None
    form = re.compile(rf"\b{re.escape(fold(thing))}{_NAMES_THEM.pattern}")
    found = [
        _Told(document_id, page, Span(start, end), share - rank / 100)
        for document_id, page, start, end, rank in sentences_holding(thing, passages, (), pages)
        if form.search(fold(page.text[start:end]))
        and (share := len(others & set(terms(_with_the_one_before(page.text, start, end)))) / len(others)) >= _COVERED
    ]
    return _led(answer, found, names)


def _led(answer: Answer, found: Sequence[_Told], names: Mapping[str, str]) -> Answer | None:
    best = max(found, key=lambda one: one.score, default=None)
    if best is None:
        return None
    cited = citations_of([(best.document_id, best.page, best.span)], names)
    reason = message("quoted word for word")
    first = [Sentence(" ".join(c.quote.split()), (c.marker,), Verdict.SUPPORTED, reason) for c in cited]
    return led_by(answer, first, cited, None, cited)


def _words_besides(text: str, wanted: set[str]) -> Iterator[int]:
    """How many more words the subject of a sentence that says what it is made of has; nothing for another subject."""
    match = _CONSISTS.search(text)
    if match is None:
        return
    said = terms(_ARTICLE.sub("", re.split(r"[,;:\n]\s*", text[: match.start()])[-1].strip()))
    more = len(said) - len(wanted)
    if wanted <= set(said[-len(wanted) - _MORE_WORDS :]) and more <= _MORE_WORDS:
        yield more


def _with_the_one_before(text: str, start: int, end: int) -> str:
    before = text[:start].rstrip()
    begin = max(before.rfind(". ", 0, -1), before.rfind("\n\n"), start - 400, 0)
    return text[begin:end]
