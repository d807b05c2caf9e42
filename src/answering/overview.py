"""What documents are about: the sentence by which each says so itself, else its title.

A document tells it near its front, in forms of its own: "This paper provides …", "Our 2022 report is focused on …",
"The Harbour Trust keeps the quays …". Sentences of the first pages are scored by these forms, by words of the title
and by how early they stand, the way of lead-based summaries (Edmundson, "New methods in automatic extracting", 1969).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_utils.generation.quotes import quoted_answer
from shared_utils.message import message
from shared_utils.retrieval.within import Within, rows_within
from shared_utils.structure.sentences import page_rows, sentences_between
from shared_utils.structure.title_page import title
from shared_utils.structure.waste import is_contents, is_reference
from shared_utils.text.sentences import is_table_row
from shared_utils.text.words import terms
from shared_utils.types import Answer, Evidence, Page, Sentence, Span, Verdict
from src.answering.direct import Pages, led_by
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

_PAPER = (
    r"(?:paper|report|document|study|article|manual|guide|handbook|booklet|book|agreement|contract|policy|act|survey|"
    r"review|release|plan|statement|bericht|dokument|handbuch|vertrag|studie|artikel|rapport|étude|manuel|contrat|"
    r"informe|estudio|contrato|relazione|manuale|contratto|relatório|verslag|handleiding)"
)
_DOES = (
    r"(?:present|provid|describ|tell|cover|explain|focus|set|summari|review|examin|investigat|discuss|give|contain|aim|"
    r"is about|deal|outlin|introduc|survey|enthält|beschreib|behandel|présent|décri|trait|trata|descriv|beschrijf)"
)
_SAYS = re.compile(
    rf"\b(?:this|the present|our(?: \d{{4}})?|dieser?s?|cette?|este|questo|dit|deze)\s+(?:[\w-]+\s+){{0,3}}{_PAPER}\b"
    rf"[^.]{{0,40}}\b{_DOES}",
    re.IGNORECASE,
)
_WE = re.compile(r"\bwe (?:present|propose|provide|introduce|review|survey|study)\b", re.IGNORECASE)
_IS = re.compile(r"\b(?:is|are|keeps|makes|provides|ist|sind|est|sont|es|son|è|é)\b")
_FRONT = 6  # pages
_LEAST_WORDS, _MOST_WORDS = 6, 60
_SURE = 1.2
_EARLY = 0.25  # less for each page
_MOST_LINES = 20  # documents told one by one
_LEGAL = re.compile(
    r"\bas is\b|warrant|trade ?marks?\b|copyright|all rights reserved|check mark|\bliab|\bhereby\b|reproduc|permission",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^(?:however|therefore|but|and|such|these|those|they|it|he|she|also|moreover|furthermore)\b", re.I)


def overview(
    question: str, evidence: Evidence, within: Within | None, documents: Sequence[IndexedDocument], pages: Pages
) -> Answer:
    """The answer to "what is this about": a line for each of several documents, else what the evidence says, led by the
    sentence that tells it. A part of a document is quoted alone. `pages` are those of all documents."""
    names = {one.document.id: one.document.name for one in documents}
    quoted = quoted_answer(question, evidence, pages, names)
    held = [(d, len(rows_within(d.index, within))) for d in documents]
    spoken = [d for d, count in held if not within or count]
    if not spoken or any(0 < count < len(d.index.chunks) for d, count in held):
        return quoted
    if len(spoken) > 1:
        return _one_by_one(quoted, spoken[:_MOST_LINES], names)
    found = about(spoken[0])
    if found is None:
        return quoted
    page, span = found
    cited = citations_of([(spoken[0].document.id, page, span)], names)
    words = " ".join(cited[0].quote.split())
    first = Sentence(words, (1,), Verdict.SUPPORTED, message("quoted word for word"))
    return led_by(quoted, [first], cited, None, cited)


def _one_by_one(quoted: Answer, documents: Sequence[IndexedDocument], names: Mapping[str, str]) -> Answer:
    places = [(one.document.id, *found) for one in documents if (found := about(one) or _title(one)) is not None]
    cited = citations_of(places, names)
    sentences = []
    for number, citation in enumerate(cited):
        words = " ".join(citation.quote.split())
        said = message("{document}: {value}", document=citation.document, value=words)
        reason = message("quoted word for word")
        sentences.append(
            Sentence(str(said), (citation.marker,), Verdict.SUPPORTED, reason, item="-", said=said, paragraph=number)
        )
    if not sentences:
        return quoted
    raw = "\n".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences)
    return replace(quoted, sentences=tuple(sentences), citations=tuple(cited), raw_text=raw)


def about(one: IndexedDocument) -> tuple[Page, Span] | None:
    """The sentence by which a document says what it is about, and its page; None where none is sure."""
    named = frozenset(terms(re.sub(r"[\W_]+", " ", f"{_words_of_title(one)} {one.document.title}")))
    best: tuple[float, Page, Span] | None = None
    first = True
    for number, page in enumerate(one.document.pages[:_FRONT]):
        if is_contents(page):
            continue
        for sentence in sentences_between(page, 0, len(page.text), page_rows(page)):
            text = page.text[sentence.start : sentence.end]
            if sentence.row is not None or not _is_prose(text) or _is_aside(page, sentence.start, sentence.end):
                continue
            score = 3 * bool(_SAYS.search(text)) + 2 * bool(_WE.search(text)) + 0.6 * first - _EARLY * number
            held = named & set(terms(text))
            score += min(1.0, len(held) / 3) + 0.5 * bool(held and _IS.search(text)) - 2 * bool(_FIRST.match(text))
            first = False
            if best is None or score > best[0]:
                best = score, page, Span(sentence.start, sentence.end)
    return best[1:] if best is not None and best[0] >= _SURE else None


def _title(one: IndexedDocument) -> tuple[Page, Span] | None:
    """The heading on the first page that has most words of the document's name, else its title, else its first line."""
    first = one.document.pages[0] if one.document.pages else None
    if first is None:
        return None
    named = frozenset(terms(re.sub(r"[\W_]+", " ", f"{one.document.name} {one.document.title}")))
    heads = [Span(h.start, h.end) for h in first.headings]
    shared = {span: len(named & set(terms(first.text[span.start : span.end]))) for span in heads}
    best = max(heads, key=lambda span: shared[span], default=None)
    if best is not None and shared[best]:
        return first, best
    line = next((Span(m.start(), m.end()) for m in re.finditer(r"\S.*\S", first.text)), None)
    span = title(first) or line
    return (first, span) if span is not None else None


def _words_of_title(one: IndexedDocument) -> str:
    first = one.document.pages[0] if one.document.pages else None
    span = title(first) if first is not None else None
    return first.text[span.start : span.end] if first is not None and span is not None else ""


def _is_prose(text: str) -> bool:
    words = len(text.split())
    return (
        _LEAST_WORDS <= words <= _MOST_WORDS
        and text.rstrip()[-1:] in ".!?。！？”"
        and not is_table_row(text)
        and not is_reference(text)
        and not _LEGAL.search(text)
        and "://" not in text
    )


def _is_aside(page: Page, start: int, end: int) -> bool:
    return any(hole.start < end and start < hole.end for hole in (*page.boilerplate, *page.hidden))
