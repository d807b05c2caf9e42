"""What of a model's answer is shown: what holds. The rest stays with it, set aside, each sentence with its reason.

A sentence that the page says only in part, or only perhaps, gives its place to the page's own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from shared_utils.citations.framing import announces
from shared_utils.message import NOTHING, message
from shared_utils.text.languages import same_language
from shared_utils.types import Answer, Citation, Sentence, Verdict
from src.answering.said_above import says_again

MOSTLY_LEFT_OUT = message(
    "Most of what the model wrote is no part of the answer: the documents’ own sentences come first."
)
NOTHING_HOLDS = message("Nothing that the model wrote stands on the pages. These are the closest places.")
QUOTED_WORDS = message("quoted word for word")
SAID_ABOVE = message("it says again what the answer begins with")
_WORDS_OF_A_SENTENCE = 4  # shorter ones may well stand in an answer twice
_CLOSEST = 3
_MOST = 0.5  # of the characters of what it claims


def what_holds(answer: Answer, own: Answer) -> Answer:
    """The answer with what is contradicted or not found left out; it stays in `sentences`, told apart by `left_out`.

    What is merely not found in documents of another language than the sentence's stays: its words cannot be compared.
    What was left out before because it is told too weakly gives its place to the words it cites. Where most falls, the
    documents' `own` answer leads; where they have none and nothing is left, that is said, beside the closest places.
    Refusals claim nothing and stay as they are.
    """
    if not answer.answerable:
        return answer
    read = " ".join(citation.quote for citation in (*answer.citations, *own.citations))
    told = [replace(s, left_out=not s.said and (s.left_out or _falls(s, read))) for s in answer.sentences]
    marked = _with_what_leads_nowhere(_once(told))
    claims = [sentence for sentence in marked if not _only_leads(sentence)]
    fallen = sum(len(s.text) for s in claims if s.left_out)
    set_aside = replace(answer, sentences=tuple(marked))
    if claims and fallen <= _MOST * sum(len(s.text) for s in claims):
        return _cited_in_order(replace(answer, sentences=tuple(_with_page_words(marked, answer.citations))))
    if own.answerable and own.sentences:
        return _led_by(own, set_aside)
    kept = list(_with_page_words(marked, answer.citations))
    if any(not s.left_out and not _only_leads(s) for s in kept):
        return _cited_in_order(replace(answer, sentences=tuple(kept)))
    return _nothing_holds(set_aside, own)


def _once(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """What a model says again is left out without a word."""
    said = set[tuple[str, tuple[int, ...]]]()
    for sentence in sentences:
        is_item = bool(sentence.item and sentence.citations) and not _is_heading(sentence)
        is_long = len(sentence.text.split()) >= _WORDS_OF_A_SENTENCE
        told = (sentence.text, () if is_long else sentence.citations)
        again = told in said
        if is_long or is_item:
            said.add(told)
        yield replace(sentence, left_out=True) if again and (is_long or is_item) else sentence


def _with_page_words(sentences: Sequence[Sentence], citations: Sequence[Citation]) -> Iterator[Sentence]:
    """The sentences, behind each that only part of the page's words hold those words themselves, once."""
    quotes = {citation.marker: citation for citation in citations}
    shown = {marker for s in sentences if not s.left_out for marker in s.citations}
    for sentence in sentences:
        yield sentence
        if not sentence.left_out or sentence.verdict is not Verdict.PARTLY:
            continue
        for marker in sentence.citations:
            words = " ".join(quotes[marker].quote.split()) if marker in quotes else ""
            if marker not in shown and words:
                shown.add(marker)
                yield Sentence(words, (marker,), Verdict.SUPPORTED, QUOTED_WORDS, sentence.paragraph, sentence.item)


def _nothing_holds(answer: Answer, own: Answer) -> Answer:
    """That nothing does, beside the closest places; what the model wrote is set aside."""
    told = Sentence(str(NOTHING_HOLDS), (), Verdict.NOT_FOUND, NOTHING, said=NOTHING_HOLDS)
    after = (replace(s, left_out=True, paragraph=s.paragraph + 1) for s in answer.sentences)
    places = answer.citations or own.citations[:_CLOSEST]
    return _cited_in_order(replace(answer, answerable=False, sentences=(told, *after), citations=places))


def everything(answer: Answer | None) -> Answer | None:
    """The answer with nothing left out, for those who want to read all that a model wrote."""
    return answer and replace(answer, sentences=tuple(replace(s, left_out=False) for s in answer.sentences))


def _falls(sentence: Sentence, read: str) -> bool:
    if sentence.verdict is Verdict.NOT_FOUND:
        return same_language(sentence.text, read)
    return sentence.verdict is Verdict.CONTRADICTED


def _only_leads(sentence: Sentence) -> bool:
    """A heading, or what leads to a list."""
    return _is_heading(sentence) or announces(sentence.text)


def _is_heading(sentence: Sentence) -> bool:
    return sentence.item == "#"


def _with_what_leads_nowhere(sentences: Iterable[Sentence]) -> list[Sentence]:
    """A heading or a lead-in is left out with all that it leads to, and where it leads to nothing."""
    found: list[Sentence] = []
    for sentence in reversed(list(sentences)):
        ends = _is_heading if _is_heading(sentence) else _only_leads
        led_to = list(takewhile(lambda s: not ends(s), found))  # noqa: B023 - read within this round
        if _only_leads(sentence) and all(s.left_out for s in led_to):
            sentence = replace(sentence, left_out=True)
        found.insert(0, sentence)
    return found


def _led_by(own: Answer, answer: Answer) -> Answer:
    """The documents' own sentences, then what holds of the model's, then what does not."""
    places = {_place(citation): citation.marker for citation in own.citations}
    numbers: dict[int, int] = {}
    for citation in answer.citations:
        numbers[citation.marker] = places.setdefault(_place(citation), len(places) + 1)
    first = 1 + max(sentence.paragraph for sentence in own.sentences)
    renumbered = (
        replace(s, citations=tuple(numbers[m] for m in s.citations if m in numbers), paragraph=s.paragraph + first)
        for s in answer.sentences
    )
    others = [_said_above(sentence, own) for sentence in renumbered]
    fell = any(s.left_out and s.reason != SAID_ABOVE for s in others)
    merged = {citation.marker: citation for citation in _renumbered(answer.citations, numbers)}
    merged |= {citation.marker: citation for citation in own.citations}
    return _cited_in_order(
        replace(
            answer,
            sentences=(*own.sentences, *others),
            citations=tuple(merged[marker] for marker in sorted(merged)),
            notes=(MOSTLY_LEFT_OUT, *answer.notes) if fell else answer.notes,
        )
    )


def _said_above(sentence: Sentence, own: Answer) -> Sentence:
    """What only says the figure again that leads holds as that does, and is left out without a word."""
    if not sentence.left_out or not says_again(sentence.text, own):
        return sentence
    return replace(sentence, verdict=Verdict.SUPPORTED, reason=SAID_ABOVE, citations=own.sentences[0].citations)


def _cited_in_order(answer: Answer) -> Answer:
    """Numbered in the order in which a reader meets them: what is shown first."""
    shown = [s for s in answer.sentences if not s.left_out]
    aside = [s for s in answer.sentences if s.left_out]
    met = dict.fromkeys(marker for s in (*shown, *aside) for marker in s.citations)
    order = [*met, *(c.marker for c in answer.citations if c.marker not in met)]
    numbers = {marker: number for number, marker in enumerate(order, start=1)}
    known = {citation.marker for citation in answer.citations}
    sentences = (
        replace(s, citations=tuple(sorted(numbers[marker] for marker in s.citations if marker in known)))
        for s in answer.sentences
    )
    cited = sorted(_renumbered(answer.citations, numbers), key=lambda citation: citation.marker)
    return replace(answer, sentences=tuple(sentences), citations=tuple(cited))


def _renumbered(citations: Sequence[Citation], numbers: Mapping[int, int]) -> Iterator[Citation]:
    return (replace(citation, marker=numbers[citation.marker]) for citation in citations)


def _place(citation: Citation) -> tuple[str, int, int, int]:
    return citation.document_id, citation.page, citation.start, citation.end
