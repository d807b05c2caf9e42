"""What something is for, where a sentence says it: "This form is used to notify …", "The purpose of a sluice is …".

The forms are those in which purposes are found in text (the telic role of Pustejovsky, "The Generative Lexicon", 1991,
and the patterns of Cimiano and Wenderoth, "Automatically learning qualia structures from the web", 2005).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shared_utils.structure.sentences import page_rows, sentences_between
from shared_utils.text.folding import fold
from shared_utils.text.words import terms
from shared_utils.types import Answer, Page, Passage, Span
from src.answering.defined import Told, line_of, sentences_holding
from src.answering.direct import Pages, led_by_quotes
from src.answering.ingestion import IndexedDocument

_ASKS = (
    re.compile(
        r"^\W*(?:what|which purpose)\s+(?:is|are|was|were)\s+(?P<of>[^?]+?)\s+"
        r"(?:(?:used|intended|designed|meant|good|needed|required|made|there)\s+)?for\W*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*what\s+(?:is|are|was|were)\s+the\s+(?:\w+\s+)?(?:purpose|use|function|aim|goal|objective)s?\s+of\s+"
        r"(?P<of>[^?]+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*(?:wozu dien(?:t|en)|wof[uü]r (?:dien(?:t|en)|ist|sind)|was ist der (?:zweck|sinn) "
        r"(?:von|des|der|dieses|dieser))\s+(?P<of>[^?]+?)(?:\s+(?:da|gedacht|bestimmt|gut))?\W*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W*(?:[aà] quoi ser(?:t|vent)|quel est (?:le but|l['’]objectif) (?:de|du|des)|para qu[eé] sirven?|"
        r"cu[aá]l es (?:el prop[oó]sito|la finalidad) (?:de|del)|a (?:che )?cosa serv(?:e|ono)|"
        r"qual [eè] lo scopo (?:di|del|della)|para que servem?|qual [eé] (?:o objetivo|a finalidade) d[aeo]s?|"
        r"waar(?:voor)? dien(?:t|en)|wat is het doel van)\s+(?P<of>[^?]+?)(?:\s+voor)?\W*$",
        re.IGNORECASE,
    ),
)
_POINTING = re.compile(
    r"^(?:(?:this|that|these|those|the|an?|its|our|your|dies\w*|der|die|das|den|dem|des|ein\w*|ce(?:t|tte|s)?|les?|la|l['’]|une?|"
    r"est[eao]s?|el|los|las|quest[oaie]|il|lo|gli|os?|as?|um|uma|dit|deze|de|het|een)\s+)+",
    re.IGNORECASE,
)
_LONGEST = 5  # words of what is asked about
_FIRST_PAGES = 2
_MOST_WRITINGS = 8  # documents
_PURPOSES = "purposes?|aims?|goals?|objectives?|function|use|zweck|ziel|but|objectif|objetivo|prop[oó]sito|scopo|doel"
_IS_FOR = (
    r"(?:is|are|was|were|can be|may be|has been|have been)\s+(?:\w+ly\s+)?"
    r"(?:used|intended|designed|meant|needed|required|provided|made|developed|built|established)\s+(?:to|for|as|by)"
    r"|aims?\s+(?:to|at)|seeks?\s+to|serves?\s+(?:to|as)"
    r"|(?:dien(?:t|en)\s|ist\s+(?:dazu|dafür|für)|wird\s.{0,60}(?:verwendet|benutzt|eingesetzt))"
    r"|(?:ser(?:t|vent)\s+(?:à|de)|est\s+destinée?|permet(?:tent)?\s+de|est\s+utilisée?)"
    r"|(?:sirven?\s+para|se\s+(?:usa|utiliza)|permiten?\s)|(?:serv(?:e|ono)\s+(?:a|per)|permett(?:e|ono)\s+di|consente)"
    r"|(?:servem?\s+para|permitem?\s|é\s+usad[oa])|(?:dient\s+(?:om|voor)|is\s+bedoeld|wordt\s+gebruikt)"
)
_WRITINGS = frozenset(
    ("paper", "study", "article", "report", "document", "thesis", "work", "book", "studie", "arbeit", "bericht")
)
_PRESENTS = (
    r"introduces?|presents?|proposes?|stud(?:y|ies)|describes?|reports?|investigates?|examines?|explores?|reviews?|surveys?"
    r"|develops?|aims?|seeks?|analy[sz]es?|untersuch(?:t|en)|beschreib(?:t|en)|stell(?:t|en)"
)
_HELPS = r"(?:allows?|enables?|lets?|helps?|makes? it possible|provides?)\s"


def asked_about(question: str) -> str:
    """Of what a question asks for the purpose; "" where it asks for something else.

    >>> asked_about("What is this form for?"), asked_about("Wozu dient die Schleuse?")
    ('form', 'Schleuse')
    >>> asked_about("What is the purpose of the new mooring?"), asked_about("What is the allowance for bad debts?")
    ('new mooring', '')
    """
    match = next(filter(None, (form.match(question.strip()) for form in _ASKS)), None)
    of = _POINTING.sub("", match["of"].strip(" .!\"'“”„‘’")) if match else ""
    return of if terms(of) and len(of.split()) <= _LONGEST else ""


def with_purpose(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
) -> Answer | None:
    """The answer led by the sentence that says what something is for; None where none is asked for or none says."""
    told = told_purpose(question, passages, documents, pages)
    if told is None:
        return None
    return led_by_quotes(answer, [(told.document_id, told.page, Span(told.start, told.end))], names)


def told_purpose(
    question: str, passages: Sequence[Passage], documents: Sequence[IndexedDocument], pages: Pages
) -> Told | None:
    """The sentence that says it most plainly, early pages before later ones."""
    about = asked_about(question)
    if not about:
        return None
    spelled = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", about))
    forms: tuple[tuple[float, re.Pattern[str]], ...] = (
        (
            3.2,
            re.compile(rf"\b(?:{_PURPOSES})\s+(?:of|von|des|der|de|du|di|del|van)\s+.{{0,20}}{spelled}", re.IGNORECASE),
        ),
        (3.0, re.compile(rf"\b{spelled}s?(?:\s*\([^)]*\))?\s+(?:{_IS_FOR})", re.IGNORECASE)),
        (2.0, re.compile(rf"\b{spelled}s?(?:\s*\([^)]*\))?\s+{_HELPS}", re.IGNORECASE)),
        (1.8, re.compile(rf"^\W*{spelled}(?:\s*\([^)]*\))*\s*[—–:-]\s+\w", re.IGNORECASE)),  # an entry of a list
    )
    is_writing = fold(about) in _WRITINGS
    if is_writing:
        said_of = rf"(?:this|the present|our|dieser?) {spelled}|in this {spelled},? we|we|wir"
        forms = (
            *forms,
            (1.5, re.compile(rf"(?:^|[\s“(])(?:{said_of})\s+(?:\w+ly\s+)?(?:{_PRESENTS})\b", re.IGNORECASE)),
        )
    found: list[Told] = []
    among = _of_first_pages(documents) if is_writing else sentences_holding(about, passages, documents, pages)
    for document_id, page, start, end, rank in among:
        text = page.text[start:end]
        said = ((score, match) for score, form in forms if (match := form.search(text)) is not None)
        if (best := next(said, None)) is not None:
            score = best[0] + 0.5 * (page.number <= _FIRST_PAGES) - rank / 1000
            found.append(Told(document_id, page, start + line_of(text, _pointed(text, best[1].start())), end, score))
    return max(found, key=lambda one: one.score, default=None)


def _of_first_pages(documents: Sequence[IndexedDocument]) -> Iterator[tuple[str, Page, int, int, int]]:
    """(document id, page, start, end, rank) of the sentences with which documents begin."""
    for rank, one in enumerate(documents[:_MOST_WRITINGS]):
        for page in one.document.pages[:_FIRST_PAGES]:
            for span in sentences_between(page, 0, len(page.text), page_rows(page)):
                yield one.document.id, page, span.start, span.end, rank * 10 + page.number


def _pointed(text: str, at: int) -> int:
    """Where the word before a place begins that points to what is named there: "This form", "the form"."""
    return re.search(r"(?:\w+\s+)?\Z", text[:at]).start()  # type: ignore[union-attr]


__all__ = ["asked_about", "told_purpose", "with_purpose"]
