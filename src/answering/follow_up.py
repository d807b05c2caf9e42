"""What a follow-up question is about, without asking a model: the words it leaves out are taken from the one before.

"What was revenue in 2020?" then "And in 2021?" is searched as "What was revenue? And in 2021?": what the new question
names again (a year, a quarter, pages) replaces what the earlier one named. Measured by benchmarks/follow_ups.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from shared_utils.retrieval.question_kind import asked_part, without_part
from shared_utils.retrieval.together import asks_for_all
from shared_utils.retrieval.units import prompt_tokens
from shared_utils.text.languages import same_language
from shared_utils.text.words import terms
from shared_utils.types import Evidence, EvidenceSpan
from src.answering.ellipsis import DATED, difference, is_compared_with, written_out

# Openings that continue something, in the languages people ask in most.
_OPENINGS = re.compile(
    r"\s*(?:and|but|or|also|what about|how about|what else|how so|same|then|"
    r"und|aber|oder|was ist mit|wie steht es|et|mais|qu['’]en est|y|pero|qué hay de|e|ma|en|maar)\b",
    re.IGNORECASE,
)
# Words that stand for something said before.
_POINTERS = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|the same|"
    r"the (?:former|latter|first|second|other)(?: one)?|the \w+ ones?|another(?: one)?|else|there(?=\s*[?.!]*$)|"
    r"er|sie|ihn|ihm|ihr|ihre[mnrs]?|dies\w*|davon|dazu|damit|dafür|"
    r"il|elle|ils|elles|leur|leurs|cela|ça|ello|ellos|ellas|eso|esa|ese)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\b(?:(?:in|for|of|during|im|en)\s+)?(?:FY\s*)?(?:19|20)\d{2}\b|\bQ[1-4]\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_BESIDE = re.compile(  # a year that is told from the one asked before: group "before" or "after"
    r"\b(?:(?P<before>(?:in )?the (?:year before|previous year|prior year)(?: that)?|(?:im )?(?:jahr davor|vorjahr)"
    r"|l['’]année (?:précédente|d['’]avant)|el año anterior|l['’]anno precedente|o ano anterior"
    r"|het (?:vorige jaar|jaar ervoor))"
    r"|(?P<after>(?:in )?the (?:year after|following year|next year)(?: that)?|(?:im )?(?:jahr danach|folgejahr)"
    r"|l['’]année suivante|el año siguiente|l['’]anno successivo|o ano seguinte"
    r"|het (?:volgende jaar|jaar erna)))(?!\w)",
    re.IGNORECASE,
)
Page = tuple[str, int]  # document id, page number

_MONTH = re.compile(
    r"january|february|march|april|may|june|july|august|september|october|november|december|january|spring|summer"
    r"|autumn|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday|Q[1-4]",
    re.IGNORECASE,
)
_ADDED_SHARE = 7  # of the evidence's tokens one part is added for a follow-up: it is what its server reads anew
_LEAST_WORTH = 0.4  # of the best passage's score: what answers worse than that is not read anew to fill the room
_LEAST_ADDED = 60  # tokens; a sentence with the names over its row
_ADDITIONS = 2  # kept beside the evidence that a conversation began with
_MARKER_TOKENS = 5  # "[12] " and the line break
_FEW_TERMS = 2  # with no more words of its own than this, a question about a time leans on the one before
_MANY_TERMS = 4  # with more than this, "it" points at something in the question itself
_TIMES_SAID = 3  # page R@5 of follow-ups to another page .73, .77, .89, .92 for 1 … 4; of those to the same page alike
_BARE = re.compile(
    r"\s*(?:why(?: not)?|how|when|where|who|which|how (?:much|many|long|often)|warum|wieso|wann|wo|wer|pourquoi|quand|"
    r"por qué|cuándo|perché|quando|waarom|wanneer)\s*[?!.]*\s*$",
    re.IGNORECASE,
)
# "this report" is the one on the desk, whatever was asked before.
_THE_DOCUMENT = re.compile(
    r"\b(?:this|that|these|those|the) "
    r"(?:documents?|papers?|reports?|files?|pdfs?|books?|articles?|case|guide|manual|study)\b",
    re.IGNORECASE,
)


def is_follow_up(question: str) -> bool:
    """Whether a question leans on the one before.

    >>> is_follow_up("And in 2021?"), is_follow_up("What about its risks?"), is_follow_up("Who chairs the board?")
    (True, True, False)
    """
    if _continues(question):
        return True
    if _THE_DOCUMENT.search(question):
        return False
    own = terms(_TIMES.sub(" ", question))
    if len(own) <= _FEW_TERMS and _TIMES.search(question):
        return True
    points = _POINTERS.search(without_part(question)) is not None  # "the first page" points at nothing said before
    return not own or (len(own) <= _MANY_TERMS and points and not _names_something(question))


def _continues(question: str) -> bool:
    """Whether it begins as what goes on does, or is nothing but what it asks for."""
    return bool(_OPENINGS.match(question) or _BARE.match(question)) or is_compared_with(question)


def _names_something(question: str) -> bool:
    """A capitalised word inside the question, no month: it says itself what it is about."""
    words = (word.strip("?!.,;:") for word in question.split()[1:])
    return any(word[:1].isupper() and len(word) > 1 and not _MONTH.fullmatch(word) for word in words)


def standalone(question: str, earlier: Sequence[str]) -> str:
    """The text to search for: the question, led by what it leaves out. `earlier` questions stand oldest first.

    Where it is plain what a follow-up changes, it is written out in full (ellipsis.py). Else both are searched, and
    what is asked now is said three times, so that it counts more than what it continues: search weighs words by how
    often they are asked for, and the page may have changed with the question.

    >>> standalone("And in 2021?", ["What was the revenue in 2020?"])
    'What was the revenue in 2021?'
    >>> standalone("And how was it spent?", ["What was the revenue in 2020?"])
    'How was the revenue spent in 2020?'
    >>> standalone("And why?", ["How did revenue grow?"])
    'How did revenue grow? And why? And why? And why?'
    >>> standalone("What did dredging cost in 2025?", ["Wie oft lief das Rettungsboot aus?"])
    'What did dredging cost in 2025?'
    >>> standalone("How tall is she?", ["Wer ist Ingrid Solberg?"])
    'How tall is Ingrid Solberg?'
    >>> standalone("Who chairs the board?", ["What was the revenue in 2020?"])
    'Who chairs the board?'
    """
    said: list[str] = []
    for one in (*earlier, question):
        said.append(_continued(said, one) if said else one)
    return said[-1]


def _continued(earlier: Sequence[str], question: str) -> str:
    """The question with what it leaves out; `earlier` ones stand with it already."""
    if (between := difference(question, earlier)) is not None:
        return between
    if not is_follow_up(question):
        return question
    topic = earlier[-1]
    says_itself = bool(terms(_TIMES.sub(" ", question))) and not (_continues(question) or _POINTERS.search(question))
    if says_itself and not same_language(question, topic):
        return question  # its words are few, but what goes on is not said in another language
    topic, question = _in_short(topic), _with_year(question, topic)
    if not asked_part(question) and (written := written_out(topic, question)) is not None:
        return written
    if asked_part(question).pages:
        topic = without_part(topic)
    if _TIMES.search(question):
        topic = " ".join(_TIMES.sub(" ", DATED.sub(" ", topic)).split())
    # Without a full stop "… round to two decimals And in 2021?" would be one instruction on how to answer.
    end = "" if topic.endswith((".", "?", "!")) else "."
    return " ".join([topic + end, *[question] * _TIMES_SAID])


def _in_short(topic: str) -> str:
    """What a chain began with and what was asked last, each once: what stood between them was left behind.

    >>> _in_short("What was revenue? And wages? And wages? And wages? And tolls? And tolls? And tolls?")
    'What was revenue? And tolls?'
    """
    said = list(dict.fromkeys(re.split(r"(?<=[?!.])\s+(?=[A-ZÀ-Ý])|(?<=\?)\s+", topic)))
    return " ".join([said[0], said[-1]] if len(said) > 2 else said)


def _with_year(question: str, topic: str) -> str:
    """The question with the year that it counts from the last one of the topic.

    >>> _with_year("And the year before?", "What was the revenue in 2020?")
    'And in 2019?'
    """
    years = _YEAR.findall(topic)
    beside = _BESIDE.search(question)
    if not years or beside is None or _YEAR.search(question):
        return question
    year = int(years[-1]) + (-1 if beside["before"] else 1)
    return f"{question[: beside.start()]}in {year}{question[beside.end() :]}"


def _holds(old: EvidenceSpan, new: EvidenceSpan) -> bool:
    same_page = (old.document_id, old.page) == (new.document_id, new.page)
    return same_page and old.start <= new.start and new.end <= old.end


def added_tokens(budget: int) -> int:
    """Tokens of new evidence that a follow-up may add to what its conversation has read.

    >>> added_tokens(560), added_tokens(200)
    (80, 60)
    """
    return max(_LEAST_ADDED, budget // _ADDED_SHARE)


def read_on(
    question: str, read: Sequence[Evidence | None], found: Evidence, best: Callable[[int], Evidence]
) -> Evidence:
    """What a model reads for a question within a conversation: what it has read, in the same order, then what is new.

    A server reuses the longest beginning it has already read, so that only the addition costs time. `read` has the
    evidence of the turns before, oldest first; `best(tokens)` picks the best of what was found within so many tokens.
    Every passage keeps its number. Earlier additions make room, last ones first; what the conversation began with
    stays. A question that says itself what it is about and leads to other pages, or that wants a whole list, is given
    the evidence found for it alone.
    """
    earlier = read[-1] if read else None
    if earlier is None or not earlier.spans or not found.spans or earlier.budget <= 0:
        return found
    room = added_tokens(found.budget)
    wanted = best(room).spans
    new = [span for span in wanted if not any(_holds(old, span) for old in earlier.spans)]
    pages = {(span.document_id, span.page) for span in earlier.spans}
    same_pages = all((span.document_id, span.page) in pages for span in new)
    if not wanted or not (is_follow_up(question) or (same_pages and not asks_for_all(question))):
        return found
    new = _filled(new, found, pages, room)
    kept = list(earlier.spans)
    most = max(found.budget, earlier.budget) + _ADDITIONS * room
    while kept and cost_of([*kept, *new]) > most:
        kept.pop()
    if not kept:
        return found
    numbered = [*kept, *_numbered(new, read)]
    return Evidence(tuple(numbered), cost_of(numbered), found.budget)


def _filled(new: Sequence[EvidenceSpan], found: Evidence, read: Set[Page], room: int) -> list[EvidenceSpan]:
    """What is new, and of the evidence found for the question alone what stands on pages not read yet, best first, as
    long as there is room and it may answer: the best few sentences alone are often of pages that were read already."""
    filled = list(new)
    least = _LEAST_WORTH * max(span.score for span in found.spans)
    for span in sorted((span for span in found.spans if span.score >= least), key=lambda span: -span.score):
        elsewhere = (span.document_id, span.page) not in read
        known = any(_holds(one, span) or _holds(span, one) for one in new)
        if elsewhere and not known and cost_of([*filled, span]) <= room:
            filled.append(span)
    return filled


def cost_of(spans: Sequence[EvidenceSpan]) -> int:
    """Tokens of a prompt that some passages take, estimated."""
    return sum(prompt_tokens(span.shown or span.text) + _MARKER_TOKENS for span in spans)


def _numbered(new: Sequence[EvidenceSpan], read: Sequence[Evidence | None]) -> list[EvidenceSpan]:
    """Under the number that a passage had in this conversation, or under the next free one."""
    known = {_place(span): span.marker for evidence in read if evidence for span in evidence.spans}
    free = max(known.values(), default=0) + 1
    numbered = []
    for span in new:
        marker = known.get(_place(span), free)
        free += marker == free
        numbered.append(replace(span, marker=marker))
    return numbered


def _place(span: EvidenceSpan) -> tuple[str, int, int, int]:
    return span.document_id, span.page, span.start, span.end
