"""What was found without anybody writing, as the first sentence of an answer: a value, or a figure worked out.

"Total revenue, 2022: $17,606 (in millions)" is cited to its row and the names over its column; a calculation shows its
formula with every operand cited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from shared_utils.calculation.calculate import Calculation, NotComputed, calculate
from shared_utils.calculation.formulary import Formulary
from shared_utils.calculation.operands import Operand
from shared_utils.message import Message, literal, message
from shared_utils.retrieval.lookup import SURE, Fact, LookUp, look_ups
from shared_utils.retrieval.unlabelled_sums import LABEL, is_unlabelled
from shared_utils.types import (
    Answer,
    Citation,
    Direct,
    DirectKind,
    DirectOperand,
    Page,
    Passage,
    Sentence,
    Span,
    Verdict,
)
from src.answering.closest_rows import MOST, closest, with_closest
from src.answering.places import citations_of, in_words, name_of, places, printed, scale_of
from src.answering.precedence import is_told_better
from src.answering.whole_lists import WholeList, sentences_of, whole_list
from src.answering.yes_no import asks_yes_no, is_said_better, word_of

Pages = Mapping[tuple[str, int], Page]
"""(document id, page number) -> page."""

_LOOKED_UP_ON = 16  # pages whose tables are looked at for a value


def figure_of(
    question: str, passages: Sequence[Passage], pages: Pages, formulary: Formulary
) -> Calculation | NotComputed | None:
    """What a question asks to be worked out, from the tables of the pages that the passages stand on."""
    others = ((document_id, page) for (document_id, _), page in pages.items())  # looked at only where it is needed
    return calculate(question, pages_found(passages, pages), others, formulary)


def is_looked_up(question: str, passages: Sequence[Passage], pages: Pages, formulary: Formulary) -> bool:
    """Whether a table of the pages that the passages stand on has a value for a question."""
    found = look_ups(question, pages_found(passages, pages), glossary=formulary.glossary)
    return bool(found) and found[0].score >= SURE


def with_direct(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    pages: Pages,
    figure: Calculation | NotComputed | None,
    formulary: Formulary,
    names: Mapping[str, str],
) -> Answer:
    """The answer, led by what the tables of the pages found say to the question. `names` are those of documents."""
    if isinstance(figure, Calculation):
        return with_calculation(answer, figure, names)
    if (listed := whole_list(question, passages, pages)) is not None:
        return with_list(answer, listed, pages, names)
    found = look_ups(question, pages_found(passages, pages), glossary=formulary.glossary, most=MOST)
    if found and found[0].score >= SURE and _leads(question, found[0], answer, passages, pages):
        answer = with_look_up(answer, found[0], names)
        answer = with_closest(answer, closest(found, answer, is_told=True), names)
    elif found and not is_told_better(question, found[0], answer, passages, pages):
        answer = with_closest(answer, closest(found, answer, is_told=False), names)
    return replace(answer, notes=(*answer.notes, _missing(figure))) if figure is not None else answer


def _leads(question: str, value: LookUp, answer: Answer, passages: Sequence[Passage], pages: Pages) -> bool:
    """Whether a value comes before the sentences that are quoted: where they do not tell it better, or it is the word
    that is asked for."""
    if asks_yes_no(question) and len(value.facts) == 1:
        told = printed(value.facts[0])
        if word_of(told) is not None:
            return True
        if is_said_better(question, told, answer.sentences):
            return False
    return not is_told_better(question, value, answer, passages, pages)


def pages_found(passages: Sequence[Passage], pages: Pages) -> list[tuple[str, Page, float]]:
    """(document id, page, score) of the pages that the best passages stand on, the best page's score being 1."""
    best = passages[0].score if passages else 1.0
    scores: dict[tuple[str, int], float] = {}
    for passage in passages:
        scores.setdefault((passage.chunk.document_id, passage.chunk.page), passage.score / (best or 1.0))
    return [(key[0], pages[key], score) for key, score in islice(scores.items(), _LOOKED_UP_ON)]


def _missing(result: NotComputed) -> Message:
    return message(
        "To compute the {name} ({formula}), {missing} would be needed, which was not found.",
        name=result.name,
        formula=result.named,
        missing=result.missing,
    )


def with_look_up(answer: Answer, found: LookUp, names: Mapping[str, str]) -> Answer:
    """The answer, the value before it. What the answer quotes of the same row is left out."""
    cited = citations_of(
        [(found.document_id, found.page, span) for span in places(found.page, found.table, found.facts)], names
    )
    words = in_words(found.table, found.facts)
    markers = tuple(citation.marker for citation in cited)
    operands = tuple(_operand(found, fact, markers) for fact in found.facts)
    only = operands[0] if len(operands) == 1 else None
    direct = Direct(
        DirectKind.VALUE,
        only.name if only else name_of(found.facts[0], heads=False),
        only.value if only else words.partition(": ")[2],
        operands[0].unit,
        operands,
    )
    reason = message("read off the table, word for word")
    said = literal(words)
    if is_unlabelled(found.facts[0].labels, [fact.value for fact in found.row.facts]):
        said = message("Total{values}", values=words.removeprefix(LABEL))  # no words of the page: ours to translate
        note = message("The page prints no label beside this sum: it is what the rows above it add up to.")
        answer = replace(answer, notes=(*answer.notes, note))
    return led_by(answer, [Sentence(words, markers, Verdict.SUPPORTED, reason, said=said)], cited, direct, cited[:1])


def with_list(answer: Answer, listed: WholeList, pages: Pages, names: Mapping[str, str]) -> Answer:
    """The answer, the whole list before it, cited to where it stands. What the answer quotes of it is left out."""
    places_ = [(listed.document_id, pages[listed.document_id, number], span) for number, span in listed.places()]
    cited = citations_of(places_, names)
    sentences = sentences_of(listed, {citation.page: citation.marker for citation in cited})
    items = tuple(DirectOperand(s.item, s.text, "", s.citations) for s in sentences[1:])
    direct = Direct(DirectKind.LIST, listed.title, str(len(items)), "", items)
    return led_by(answer, sentences, cited, direct, cited)


def _operand(found: LookUp, fact: Fact, markers: tuple[int, ...]) -> DirectOperand:
    return DirectOperand(name_of(fact), printed(fact), scale_of(found.table, fact), markers)


def with_calculation(answer: Answer, result: Calculation, names: Mapping[str, str]) -> Answer:
    """The answer, the figure that was worked out before it, each operand cited; the year before it stands below."""
    steps = [result] if result.earlier is None else [result, result.earlier]
    spans = {
        id(one): [
            (one.row.document_id, one.row.page, span) for span in places(one.row.page, one.row.table, (one.fact,))
        ]
        for step in steps
        for one in step.operands
    }
    cited = citations_of(list(dict.fromkeys(place for places_ in spans.values() for place in places_)), names)
    marker = {(c.document_id, c.page, c.start, c.end): c.marker for c in cited}

    def markers(operands: Iterable[Operand]) -> tuple[int, ...]:
        return tuple(
            sorted({marker[d, page.number, s.start, s.end] for one in operands for d, page, s in spans[id(one)]})
        )

    sentences = []
    for step in steps:
        said = _said(step)
        reason = message("computed from the cited values")
        sentences.append(Sentence(str(said), markers(step.operands), Verdict.SUPPORTED, reason, said=said))
    operands = tuple(
        DirectOperand(name_of(one.fact), one.printed, scale_of(one.row.table, one.fact) or one.unit, markers([one]))
        for one in result.operands
    )
    direct = Direct(DirectKind.CALCULATION, str(result.name), str(result.value), result.unit, operands, result.formula)
    rows = [c for c in cited if any(_stands_in(one, c) for step in steps for one in step.operands)]
    return led_by(answer, sentences, cited, direct, rows)


def _said(step: Calculation) -> Message:
    scales = {scale_of(one.row.table, one.fact) for one in step.operands}
    scale = scales.pop() if len(scales) == 1 and step.counts_as_operands else ""
    result = f"{step.result} ({scale})" if scale else step.result
    formula = f"{step.named} = {step.formula}" if step.is_named else step.formula
    if step.period:
        return message(
            "{name}, {period}: {formula} = {result}", name=step.name, period=step.period, formula=formula, result=result
        )
    return message("{name}: {formula} = {result}", name=step.name, formula=formula, result=result)


# ------------------------------------------------------------------------------------------------ before an answer


def _stands_in(one: Operand, citation: Citation) -> bool:
    """Whether a citation is of the row of an operand."""
    same_page = (one.row.document_id, one.row.page.number) == (citation.document_id, citation.page)
    return same_page and any(citation.start <= span.start < citation.end for span in one.fact.value.spans)


def led_by(
    answer: Answer,
    first: Sequence[Sentence],
    cited: Sequence[Citation],
    direct: Direct | None,
    rows: Collection[Citation],
) -> Answer:
    """The answer after these sentences, its citations numbered on; without what it quotes of the same rows."""
    kept = [sentence for sentence in answer.sentences if not _quotes(sentence, answer.citations, rows)]
    still = {marker for sentence in kept for marker in sentence.citations}
    moved = [citation for citation in answer.citations if citation.marker in still]
    shifted = {citation.marker: len(cited) + n for n, citation in enumerate(moved, start=1)}
    led = [replace(sentence, paragraph=n) for n, sentence in enumerate(first)]
    others = [
        replace(s, citations=tuple(shifted[m] for m in s.citations if m in shifted), paragraph=s.paragraph + len(first))
        for s in kept
    ]
    sentences = (*led, *others)
    return replace(
        answer,
        answerable=True,
        finish_reason="stop",
        sentences=sentences,
        citations=(*cited, *(replace(citation, marker=shifted[citation.marker]) for citation in moved)),
        raw_text="\n".join(s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in sentences),
        direct=direct,
    )


def led_by_quotes(
    answer: Answer,
    places_: Sequence[tuple[str, Page, Span]],
    names: Mapping[str, str],
    direct: Direct | None = None,
) -> Answer:
    """The answer after what stands at these places, (document id, page, span), word for word, a sentence each."""
    cited = citations_of(places_, names)
    reason = message("quoted word for word")
    said = [Sentence(" ".join(c.quote.split()), (c.marker,), Verdict.SUPPORTED, reason) for c in cited]
    return led_by(answer, said, cited, direct, cited)


def _quotes(sentence: Sentence, citations: Sequence[Citation], said: Collection[Citation]) -> bool:
    """Whether a sentence is a quote of what was said."""
    return any(
        c.marker in sentence.citations
        and (c.document_id, c.page) == (row.document_id, row.page)
        and row.start <= c.start < row.end
        for c in citations
        for row in said
    )
