"""Sentences that say what a term means: “Affiliate” means …, "RAM stands for …", "Latency is defined as …"."""

from __future__ import annotations

import re

from shared_utils.structure.model import Definition
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Page, Span

_MEANS = (
    r"(?:(?:shall|does|will)?\s*means?(?! that\b)|shall mean|has the meaning|(?:is|are) defined (?:as|to)|refers? to|"
    r"stands? for|denotes?|is the (?:term|name) for|bezeichnet|bedeutet|steht für|désigne|signifie|significa|"
    r"se refiere a|si intende|betekent|wordt verstaan)\b"
)
_NUMBERING = r"(?:\(?\w{1,3}[.)]\s+)?"
_IN_BRACKETS = r"(?:\s*\([^)]{1,40}\))?"
_QUOTED = re.compile(
    rf"{_NUMBERING}(?:the term\s+)?[\"“„«‘'](?P<term>[^\"“”„«»‘’\n]{{2,60}})[\"”“»’',]+{_IN_BRACKETS}\s*{_MEANS}",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"{_NUMBERING}(?:(?:the|an?)\s+)?(?P<term>[^\W_][\w’'/-]*(?:\s+[\w’'/-]+){{0,4}}){_IN_BRACKETS},?\s+{_MEANS}",
    re.IGNORECASE,
)
_NO_TERM = re.compile(
    r"^(?:this|that|it|these|those|which|what|he|she|they|we|you|and|but|there|such|please|for|if|dies|das|es|ce|cela|esto)\b",
    re.IGNORECASE,
)


def definitions(page: Page) -> tuple[Definition, ...]:
    """The definitions of a page, in reading order."""
    found = []
    for span in split_sentences(page.text, [*page.table_rows, *(Span(h.start, h.end) for h in page.headings)]):
        text = page.text[span.start : span.end]
        match = _QUOTED.match(text) or _BARE.match(text)
        if match is not None and not _NO_TERM.match(match["term"]):
            term = Span(span.start + match.start("term"), span.start + match.end("term"))
            found.append(Definition(term, span))
    return tuple(found)
