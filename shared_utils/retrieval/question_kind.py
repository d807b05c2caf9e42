"""What kind of question it is, and which pages it is about: rules, no model, microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.text.folding import fold
from shared_utils.types import Chunk


class QuestionKind(StrEnum):
    """What a good answer looks like."""

    LOOK_UP = "look-up"  # one fact, one place
    LIST = "list"  # several items, perhaps in several places
    COMPARISON = "comparison"  # two sides, which both must be seen
    SUMMARY = "summary"  # the gist of a document or a part of it
    SMALL_TALK = "small talk"  # nothing is asked of the documents


@dataclass(frozen=True, slots=True)
class AskedPart:
    """The part of a document a question is confined to. Pages are 1-based and inclusive."""

    pages: tuple[tuple[int, int], ...] = ()
    section: str = ""  # as the question names it

    def __bool__(self) -> bool:
        return bool(self.pages or self.section)

    def holds(self, chunk: Chunk) -> bool:
        """Whether a chunk lies in this part: `search(..., within=part.holds)`."""
        on_page = not self.pages or any(first <= chunk.page <= last for first, last in self.pages)
        return on_page and fold(self.section) in fold(chunk.heading)


_SMALL_TALK = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|bye|goodbye|ok|okay|great|cool|"
    r"how are you|who are you|what can you do|hallo|guten tag|danke|bonjour|merci|hola|gracias)"
    r"(?: (?:there|you|very|much|so|a lot|again|doing|today|everyone))*"
)
_SUMMARY = re.compile(
    r"\bsummar(?:y|i[sz]e)\b|\boverview\b|\btl;?dr\b|\bmain (?:points?|ideas?|findings?|topics?|takeaways?)\b"
    r"|\bkey (?:points?|findings?|takeaways?|messages?)\b|\bin a nutshell\b|\bgist\b"
    r"|\bwhat is (?:this|the) (?:document|paper|report|file|pdf|book|article) about\b"
)
_COMPARISON = re.compile(
    r"\bcompar(?:e|es|ed|ing|ison)\b|\bdiffer(?:s|ed|ence|ences)?\b|\bversus\b|\bvs\b|\b(?:more|less|fewer|higher|lower|"
    r"larger|smaller|better|worse|bigger|greater|faster|slower|older|newer) than\b|\bchanged? (?:from|between)\b"
)
_LIST = re.compile(
    r"^(?:list|enumerate|name)\b|\blist (?:of|all|the|every)\b|\b(?:what|which|who) are\b|\ball (?:the|of)\b"
    r"|\b(?:which|what) (?:\w+ ){0,3}\w{2,}s (?:are|were|have|did|do)\b"
)

_DASH = r"\s*(?:-|–|—|to|through|until|and|bis)\s*"
_PAGES = re.compile(rf"\b(?:pages?|pp?\.|seiten?)\s*(\d{{1,4}})(?:{_DASH}(\d{{1,4}}))?\b")
_FIRST_PAGES = re.compile(r"\bfirst (?:(\d{1,3}|two|three|four|five|ten) )?pages?\b")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_SECTION = re.compile(
    r"\b(?:in|of|from|under|within) (?:the )?(?:section|chapter|part|appendix)s?[\s:]+[\"“'‘]?"
    r"((?:\d+(?:\.\d+)*|[A-Z])(?![\w.]*\w)|(?:[A-Z][\w&'-]*(?: (?:of|and|the|to|for|in))?\s?)+)"
)


def question_kind(question: str) -> QuestionKind:
    """The kind of a question; LOOK_UP where nothing speaks for another.

    >>> [str(question_kind(q)) for q in ("Hello!", "Summarise the report", "What was the revenue in 2020?")]
    ['small talk', 'summary', 'look-up']
    """
    text = fold(question).strip().rstrip("?!. ")
    if _SMALL_TALK.fullmatch(text.replace(",", "")):
        return QuestionKind.SMALL_TALK
    rules = (
        (_SUMMARY, QuestionKind.SUMMARY),
        (_COMPARISON, QuestionKind.COMPARISON),
        (_LIST, QuestionKind.LIST),
    )
    return next((kind for pattern, kind in rules if pattern.search(text)), QuestionKind.LOOK_UP)


def asked_part(question: str) -> AskedPart:
    """Which pages or section a question names; empty where it names none.

    >>> asked_part("What do pages 10–20 say about noise?").pages
    ((10, 20),)
    >>> asked_part("Which risks are listed in section Risk Factors?").section
    'Risk Factors'
    """
    folded = fold(question)
    pages = []
    for match in _PAGES.finditer(folded):
        first, last = int(match[1]), int(match[2] or match[1])
        pages.append((min(first, last), max(first, last)))
    for match in _FIRST_PAGES.finditer(folded):
        count = match[1] or "1"
        pages.append((1, _COUNTS.get(count) or int(count)))
    section = _SECTION.search(question)
    return AskedPart(tuple(pages), section[1].strip() if section else "")
