"""Rows of tables that come close to what is asked, below an answer whose value is not certain.

A value is certain from a look-up's score of `_CERTAIN` on. Below that the next rows are shown with it, at most two;
where no value was told at all, the best three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_utils.message import literal, message
from shared_utils.retrieval.lookup import LookUp
from shared_utils.types import Answer, EngineKind, Sentence, Verdict
from src.answering.places import citations_of, in_words, places

MOST = 3  # rows that are looked at, the one that is told with them
_CERTAIN = 0.6  # a look-up's score from which no other row is shown
_LEAST = 0.2  # below, a row has next to nothing of the question
_NEAR = 0.6  # of the best row's score
_LONGEST = 400  # characters of a row in words


def closest(found: Sequence[LookUp], answer: Answer, *, is_told: bool) -> list[LookUp]:
    """The rows to show below the answer, the best first, of those `found`, whose first is told already if `is_told`.

    Only rows of pages that the answer cites are shown: others seldom speak of the same thing. What it quotes anyway is
    left out, and so is a row too long to be read in passing. A model has read the rows and has chosen: none follows it.
    """
    if not found or found[0].score >= _CERTAIN or answer.stats.backend is not EngineKind.EXTRACTIVE:
        return []
    least = max(_LEAST, _NEAR * found[0].score)
    others = {in_words(each.table, each.facts): each for each in reversed(found[is_told:]) if each.score >= least}
    cited = {(citation.document_id, citation.page) for citation in answer.citations}
    return [
        each
        for words, each in reversed(others.items())
        if len(words) <= _LONGEST and (each.document_id, each.page.number) in cited and not _quoted(each, answer)
    ]


def with_closest(answer: Answer, rows: Sequence[LookUp], names: Mapping[str, str]) -> Answer:
    """The answer, these rows after it, each cited. `names` are those of documents."""
    if not rows or not answer.answerable or not answer.sentences:
        return answer
    lead = message("Rows of tables that come close:")
    reason = message("read off the table, word for word")
    sentences, citations = [], list(answer.citations)
    paragraph = answer.sentences[-1].paragraph + 1
    for n, each in enumerate(rows, start=1):
        spans = [(each.document_id, each.page, span) for span in places(each.page, each.table, each.facts)]
        cited = [replace(c, marker=len(citations) + c.marker) for c in citations_of(spans, names)]
        citations += cited
        words = in_words(each.table, each.facts)
        markers = tuple(citation.marker for citation in cited)
        sentences.append(Sentence(words, markers, Verdict.SUPPORTED, reason, paragraph + n, "-", literal(words)))
    of_all = tuple(sentence.citations[0] for sentence in sentences)
    led = Sentence(str(lead), of_all, Verdict.SUPPORTED, reason, paragraph, said=lead)
    shown = (*answer.sentences, led, *sentences)
    text = "\n".join(s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in (led, *sentences))
    return replace(answer, sentences=shown, citations=tuple(citations), raw_text=f"{answer.raw_text}\n{text}")


def _quoted(row: LookUp, answer: Answer) -> bool:
    """Whether the answer cites one of the row's values."""
    return any(
        (cited.document_id, cited.page) == (row.document_id, row.page.number)
        and span.start < cited.end
        and cited.start < span.end
        for cited in answer.citations
        for fact in row.facts
        for span in fact.value.spans
    )
