"""The beginning of the section that a question names: "How can I orphan a package?" is answered under "Orphaning a
package", whose first sentences need not say it again; "How often are new releases made?" where that is the heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared_utils.generation.surroundings import LONGEST_LIST, items_of, prose_of, read_with
from shared_utils.retrieval.lookup import OF_ASKING
from shared_utils.retrieval.question import question_words
from shared_utils.structure.sentences import page_rows, sentences_between
from shared_utils.structure.waste import is_contents, is_nothing, is_reference
from shared_utils.text.words import other_forms, terms
from shared_utils.types import Answer, Page, Passage, Span
from src.answering.direct import Pages, led_by_quotes

_PAGES = 8  # found first, that are looked at
_LONGEST = 160  # characters of a heading
_BESIDE = 1  # words that a heading may have besides those asked for
_LEAST = 2  # words of a question that is told by a heading
_SENTENCES = 3  # that lead
_CHARS = 500  # of them
_TOO_SHORT = 25  # characters of a sentence
_NUMBERED = re.compile(
    r"^\W*(?:(?:chapter|section|part|kapitel|abschnitt|teil)\s+)?[\dIVX]+(?:[.\d]*\d)?[.):]?\s+", re.IGNORECASE
)
_ENDS = (".", "!", "?", "”", '"', ")", ":", "。")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands first under a heading: `page.text[span]` for each sentence."""

    document_id: str
    page: Page
    heading: Span
    sentences: tuple[Span, ...]


def section_of(question: str, passages: Sequence[Passage], pages: Pages) -> Section | None:
    """The section whose heading has every word of a question and hardly another; None where no page found has one."""
    asked = frozenset(question_words(question))
    asked, others = asked - OF_ASKING or asked, other_forms(question)
    if len(asked) < _LEAST:
        return None
    keys = list(dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages))[:_PAGES]
    best: tuple[int, Section] | None = None
    for document_id, number in keys:
        page = pages[document_id, number]
        for span in _headings(page):
            heading = terms(_NUMBERED.sub("", page.text[span.start : span.end]))
            words = frozenset(others.get(word, word) for word in heading) - OF_ASKING
            more = len(words - asked)
            if not asked <= words or more > _BESIDE or (best is not None and best[0] <= more):
                continue
            section = _read(document_id, page, span)
            if section is not None:
                best = more, section
    return best[1] if best else None


def _headings(page: Page) -> Iterator[Span]:
    """The headings of a page; none of a list of contents."""
    if page.headings and not is_contents(page):
        for heading in page.headings:
            if heading.end - heading.start <= _LONGEST:
                yield Span(heading.start, heading.end)


def _read(document_id: str, page: Page, heading: Span) -> Section | None:
    """The first sentences below a heading, up to the next one, and the list that the last of them leads in to; None
    where it has none on its page."""
    end = min((h.start for h in page.headings if h.start >= heading.end), default=len(page.text))
    found: list[Span] = []
    for sentence in sentences_between(page, heading.end, end, page_rows(page)):
        text = page.text[sentence.start : sentence.end].strip()
        if sentence.row or is_nothing(text) or is_reference(text) or not text.endswith(_ENDS):
            break
        if found and sentence.end - found[0].start > _CHARS:
            break
        if len(text) >= _TOO_SHORT or found:
            found.append(Span(sentence.start, sentence.end))
        if len(found) == _SENTENCES or text.endswith(":"):
            break
    if found and page.text[: found[-1].end].rstrip().endswith(":"):
        last = found[-1]
        listed = read_with(page.text, prose_of(page, page_rows(page)), last, LONGEST_LIST, items_of(page))
        found[-1] = Span(last.start, max(last.end, listed.end))
    return Section(document_id, page, heading, tuple(found)) if found else None


def with_section(
    question: str, answer: Answer, passages: Sequence[Passage], pages: Pages, names: Mapping[str, str]
) -> Answer | None:
    """The answer led by what stands under the heading that a question names; None where no heading does."""
    section = section_of(question, passages, pages)
    if section is None:
        return None
    stretch = Span(section.sentences[0].start, section.sentences[-1].end)
    return led_by_quotes(answer, [(section.document_id, section.page, stretch)], names)


__all__ = ["Section", "section_of", "with_section"]
