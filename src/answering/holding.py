"""What of a model's answer is shown: what holds. The rest stays with it, set aside, each sentence with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from shared_utils.citations.framing import announces
from shared_utils.message import message
from shared_utils.text.languages import same_language
from shared_utils.types import Answer, Citation, Sentence, Verdict

MOSTLY_LEFT_OUT = message("Most of what the model wrote is not on the pages: the documents’ own sentences come first.")
_MOST = 0.5  # of the characters of what it claims


def what_holds(answer: Answer, own: Answer) -> Answer:
    """The answer with what is contradicted or not found left out; it stays in `sentences`, told apart by `left_out`.

    What is merely not found in documents of another language than the sentence's stays: its words cannot be compared.
    Where most of it falls, the documents' `own` answer leads. Refusals claim nothing and stay as they are; so does an
    answer of which nothing holds where the documents have no own sentences to put in its place.
    """
    if not answer.answerable:
        return answer
    read = " ".join(citation.quote for citation in (*answer.citations, *own.citations))
    marked = _with_what_leads_nowhere([replace(s, left_out=_falls(s, read) and not s.said) for s in answer.sentences])
    claims = [sentence for sentence in marked if not _only_leads(sentence)]
    fallen = sum(len(s.text) for s in claims if s.left_out)
    if fallen <= _MOST * sum(len(s.text) for s in claims):
        return _cited_in_order(replace(answer, sentences=tuple(marked)))
    if not own.answerable or not own.sentences:
        return answer if all(s.left_out for s in claims) else replace(answer, sentences=tuple(marked))
    return _led_by(own, replace(answer, sentences=tuple(marked)))


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


def _with_what_leads_nowhere(sentences: Sequence[Sentence]) -> list[Sentence]:
    """A heading or a lead-in is left out with all that it leads to."""
    found: list[Sentence] = []
    for sentence in reversed(sentences):
        ends = _is_heading if _is_heading(sentence) else _only_leads
        led_to = list(takewhile(lambda s: not ends(s), found))  # noqa: B023 - read within this round
        if _only_leads(sentence) and led_to and all(s.left_out for s in led_to):
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
    others = (
        replace(s, citations=tuple(numbers[m] for m in s.citations if m in numbers), paragraph=s.paragraph + first)
        for s in answer.sentences
    )
    merged = {citation.marker: citation for citation in _renumbered(answer.citations, numbers)}
    merged |= {citation.marker: citation for citation in own.citations}
    return _cited_in_order(
        replace(
            answer,
            sentences=(*own.sentences, *others),
            citations=tuple(merged[marker] for marker in sorted(merged)),
            notes=(MOSTLY_LEFT_OUT, *answer.notes),
        )
    )


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
