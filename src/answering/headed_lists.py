"""What a question for several things finds in the section that is called by them: "What acquisitions did the company
make?" is answered by the first sentence of each paragraph under "2. Acquisitions", which need not say the word again.

The section is the one that the best passages found all stand in. Its title has no word that the question lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.structure.lines import goes_on, lines_of
from shared_utils.structure.waste import is_contents, is_nothing, is_reference
from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Answer, Heading, Page, Passage, Span
from src.answering.direct import Pages, led_by_quotes

_BEST = 3  # passages that stand in the section
_LEAST, _MOST = 2, 6  # paragraphs
_TOO_SHORT = 40  # characters of a sentence; of a line over a paragraph this is long
_NUMBERED = re.compile(r"\W*[\dIVX]+(?:[.\d]*\d)?[.):]?\s+")
_ENDS = (".", "!", "?", "”", '"', ")", "。")


def with_headed_list(
    question: str, answer: Answer, passages: Sequence[Passage], pages: Pages, names: Mapping[str, str]
) -> Answer | None:
    """The answer led by the paragraphs of the section that is called by what the question wants listed; None where it
    wants no list, an answer has one already, or there is no such section."""
    if question_kind(question) is not QuestionKind.LIST or any(sentence.item for sentence in answer.sentences):
        return None
    found = paragraphs_under(question, passages, pages)
    return led_by_quotes(answer, found, names) if found else None


def paragraphs_under(question: str, passages: Sequence[Passage], pages: Pages) -> list[tuple[str, Page, Span]]:
    """(document id, page, stretch) of the first sentence of each paragraph, with the line over it that names it."""
    best = [passage.chunk for passage in passages[:_BEST]]
    places = {(chunk.document_id, chunk.page, chunk.heading) for chunk in best}
    if len(best) < _BEST or len(places) != 1:
        return []
    (document_id, number, title) = places.pop()
    page, words = pages[document_id, number], frozenset(terms(_NUMBERED.sub("", title)))
    heading = next((h for h in page.headings if page.text[h.start : h.end] == title), None)
    if not words or not words <= frozenset(terms(question)) or heading is None or is_contents(page):
        return []
    found = list(_paragraphs(page, heading))
    return [(document_id, page, span) for span in found] if _LEAST <= len(found) <= _MOST else []


def _paragraphs(page: Page, heading: Heading) -> Iterator[Span]:
    """The first sentence of each paragraph of prose below a heading, up to the next heading of its form."""
    lines = [line for line in lines_of(page) if heading.end <= line.start < _end(page, heading)]
    begins = [n for n in range(len(lines)) if n == 0 or not goes_on(lines, n)]
    name: Span | None = None  # a short line over a paragraph
    for first, after in pairwise([*begins, len(lines)]):
        start, end = lines[first].start, lines[after - 1].end
        text = page.text[start:end]
        if after - first == 1 and len(text) < 2 * _TOO_SHORT and name is None:
            name = Span(start, end)
            continue
        sentence = next(iter(split_sentences(text)), None)
        said = text[sentence.start : sentence.end].strip() if sentence is not None else ""
        is_told = len(said) >= _TOO_SHORT and said.endswith(_ENDS) and not is_nothing(said) and not is_reference(said)
        if sentence is not None and is_told:
            yield Span(name.start if name is not None else start + sentence.start, start + sentence.end)
        name = None


def _end(page: Page, heading: Heading) -> int:
    """Where the section ends on its page: at the next numbered heading where it is numbered, else at the next that is
    no deeper."""
    is_numbered = _NUMBERED.match(page.text[heading.start : heading.end]) is not None
    after = (
        other.start
        for other in page.headings
        if other.start >= heading.end
        and (_NUMBERED.match(page.text[other.start : other.end]) if is_numbered else other.level <= heading.level)
    )
    return min(after, default=len(page.text))


__all__ = ["paragraphs_under", "with_headed_list"]
