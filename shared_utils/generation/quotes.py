"""Evidence quoted as it stands: the answer to "summarise this" where no language model writes one."""

from __future__ import annotations

from collections.abc import Mapping

from shared_utils.message import message
from shared_utils.types import QUOTED, Answer, Citation, Evidence, Page, Sentence, Verdict


def quoted_answer(
    question: str,
    evidence: Evidence,
    pages: Mapping[tuple[str, int], Page],
    names: Mapping[str, str],
    *,
    max_sentences: int = 8,
) -> Answer:
    """`max_sentences` of the evidence's spans, evenly taken, word for word and in reading order, each footnoted.

    `pages` maps (document id, page number) to the page of every span, `names` document ids to display names.
    """
    count = min(max_sentences, len(evidence.spans))
    spans = [evidence.spans[place * len(evidence.spans) // count] for place in range(count)]
    sentences, citations = [], []
    for marker, span in enumerate(spans, start=1):
        page = pages[span.document_id, span.page]
        name = names.get(span.document_id, span.document_id)
        citations.append(
            Citation(marker, span.document_id, name, span.page, page.label, span.text, span.start, span.end)
        )
        text = " ".join(span.text.split())
        sentences.append(Sentence(text, (marker,), Verdict.SUPPORTED, message("quoted word for word"), marker - 1))
    return Answer(
        question=question,
        answerable=bool(spans),
        sentences=tuple(sentences),
        citations=tuple(citations),
        finish_reason="stop" if spans else "refused",
        stats=QUOTED,
        raw_text="\n".join(f"{sentence.text} [{sentence.citations[0]}]" for sentence in sentences),
    )
