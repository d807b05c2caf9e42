"""What kind of question it is, and which pages it is about: rules, no model, microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.retrieval.question import question_words
from shared_utils.text.folding import fold
from shared_utils.text.words import terms


class QuestionKind(StrEnum):
    """What a good answer looks like."""

    LOOK_UP = "look-up"  # one fact, one place
    LIST = "list"  # several items, perhaps in several places
    COMPARISON = "comparison"  # two sides, which both must be seen
    SUMMARY = "summary"  # the gist of a document or a part of it
    SMALL_TALK = "small talk"  # nothing is asked of the documents


@dataclass(frozen=True, slots=True)
class AskedPart:
    """The part of a document a question is confined to. Pages are 1-based and inclusive.

    `section` is a name that says so itself. `maybe` are words that may be a name, or the beginning of one, longest
    first ("in section safety precautions for …"): worth a look, not worth a complaint.
    """

    pages: tuple[tuple[int, int], ...] = ()
    section: str = ""
    maybe: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pages or self.section or self.maybe)


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
    r"larger|smaller|better|worse|bigger|greater|faster|slower|older|newer) than\b"
    r"(?! (?:roughly |about )?(?:\d|(?:one|two|three|half|once|twice)\b))|\bchanged? (?:from|between)\b"
)
_LIST = re.compile(
    r"^(?:list|enumerate|name)\b|\blist (?:of|all|the|every)\b|\b(?:what|which|who) are\b|\ball (?:the|of)\b"
    r"|\b(?:which|what) (?:\w+ ){0,3}\w{2,}s (?:are|were|have|did|do)\b"
)

_DASH = r"\s*(?:-|–|—|to|through|until|bis)\s*"
_RANGE = rf"\d{{1,4}}(?:{_DASH}\d{{1,4}})?"
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
# A manual's "how do I print pages 2 to 5" is no filter, so something has to lead up to it.
_LEADS_UP = (
    r"(?:^|[(,:;]\s*|\b(?:on|in|of|from|within|at|for|only|about|do|does|did|and|with|compare|explain|summari[sz]e|"
    r"auf|von|aus)\s+)(?:the\s+)?"
)
_PAGES = re.compile(
    rf"{_LEADS_UP}(?P<what>(?:between\s+)?(?:pages?|pp?\.|seiten?)\s*"
    rf"(?P<pages>{_RANGE}(?:\s*(?:,|and|&|und)\s*{_RANGE})*)\b(?!\s*(?:of|/)\s*\d))",
    re.IGNORECASE,
)
_BETWEEN_PAGES = re.compile(
    r"(?P<what>\bbetween\s+pages?\s*(?P<first>\d{1,4})\s+and\s+(?:page\s+)?(?P<last>\d{1,4}))\b", re.IGNORECASE
)
_FIRST_PAGES = re.compile(
    rf"{_LEADS_UP}(?P<what>first (?:(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) )?pages?)\b", re.IGNORECASE
)
# "… of the papers in Table 2 are not mentioned on page 9?" needs both places; "Table 2 on page 9" is one.
_ELSEWHERE = re.compile(
    r"\b(?:table|figure|fig\.|exhibit)\s*\d[\w.-]*+(?!,?\s+(?:on|of|in|from)\s+(?:the\s+)?(?:first|pages?|pp?\.))",
    re.IGNORECASE,
)

_NAME = r"[A-Z][\w&'’-]*(?:\s+(?:(?:of|and|the|to|for|in|on|&)\s+)*[A-Z][\w&'’-]*)*"
_NUMBER = r"\d+(?:\.\d+)*|[A-Z](?:\.\d+)*|[IVXLC]+"
_QUOTED = r"[\"“„'‘](?P<quoted>[^\"“”„'‘’]{2,80})[\"”“'’]"
_IN = r"(?i:in|of|from|under|within|do|does|about|summari[sz]e|explain)\s+(?:the\s+)?"
_SECTION = re.compile(
    rf"\b{_IN}(?i:section|chapter)s?[\s:]+"
    rf"(?:{_QUOTED}|(?P<number>{_NUMBER})(?![\w(])(?!\.\w)|(?P<name>{_NAME})|(?P<tail>[a-z][\w&'’ -]*))"
)
_SECTION_AFTER = re.compile(
    rf"\b{_IN}(?:{_QUOTED}|(?P<name>{_NAME})|(?P<tail>(?:[\w&'’-]+\s+){{0,3}}[\w&'’-]+))\s+(?:section|chapter)\b"
)
_LONGEST_NAME = 6  # words
_SECTION_WORD = re.compile(r"\b(?:section|chapter)s?\b", re.IGNORECASE)
_LABELLED = re.compile(rf"\b{_IN}(?P<label>(?i:part|appendix|item)\s+(?:\d+[A-Z]?|[A-Z]|[IVXLC]+))\b(?!\()")
_OF_A_LAW = re.compile(r"\bof the [\w ,]*\b(?:Act|Code|Rules?|Regulations?|Law|Treaty|Directive)\b")

_NO_TOPIC = frozenset(
    terms(
        "document report paper file pdf text book article page section chapter part appendix say state stand write "
        "written contain content tell mean show present discuss cover summary summarise summarize overview main key "
        "point idea finding topic takeaway message gist nutshell tl dr tldr brief briefly short quick give provide "
        "make whole entire everything happen important explain"
    )
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
    """Which pages or section a question is confined to; empty where it is confined to none.

    >>> asked_part("What do pages 10–20 say about noise?").pages
    ((10, 20),)
    >>> asked_part("Which risks are listed in section Risk Factors?").section
    'Risk Factors'
    """
    if _ELSEWHERE.search(question):
        return AskedPart()
    section, maybe = _asked_section(question)
    return AskedPart(_asked_pages(question), section, maybe)


def without_part(question: str, section: str = "") -> str:
    """The question without the pages it names and without `section`: what is to be found there.

    >>> without_part("Which risks are listed in section Risk Factors?", "Risk Factors")
    'Which risks are listed ?'
    """
    patterns = [_BETWEEN_PAGES, _PAGES, _FIRST_PAGES]
    if section:
        name = r"\s+".join(re.escape(word) for word in section.split())
        said = rf"(?P<what>(?:(?:section|chapter)s?[\s:]+)?[\"“„'‘]?{name}[\"”“'’]?(?:\s+(?:section|chapter))?)"
        patterns.append(re.compile(said, re.IGNORECASE))
    for pattern in patterns:
        question = pattern.sub(_only_what_leads_up, question)
    return " ".join(_LEFT_OVER.sub(" ", question).split())


_LEFT_OVER = re.compile(r"(?:\b(?:on|in|of|from|within|under|at)\s+(?:the\s+)?)?\0", re.IGNORECASE)


def _only_what_leads_up(match: re.Match[str]) -> str:
    return f"{match[0][: match.start('what') - match.start()]}\0"


def has_topic(question: str, besides: frozenset[str] = frozenset()) -> bool:
    """Whether anything is asked about beyond "what does it say", "summarise the document", and the terms in `besides`.

    >>> has_topic("Give me an overview of this report"), has_topic("Give me an overview of the risks")
    (False, True)
    """
    return any(word not in _NO_TOPIC and word not in besides for word in question_words(question))


def _asked_pages(question: str) -> tuple[tuple[int, int], ...]:
    pages = [(int(match["first"]), int(match["last"])) for match in _BETWEEN_PAGES.finditer(question)]
    for match in () if pages else _PAGES.finditer(question):
        numbers = [re.findall(r"\d+", part) for part in re.findall(_RANGE, match["pages"])]
        pages += [(int(pair[0]), int(pair[-1])) for pair in numbers]
    for match in _FIRST_PAGES.finditer(question):
        count = match["count"] or "1"
        pages.append((1, _COUNTS.get(count.lower()) or int(count)))
    return tuple((min(pair), max(pair)) for pair in pages)


def _asked_section(question: str) -> tuple[str, tuple[str, ...]]:
    """A certain name, and what may be one."""
    if _OF_A_LAW.search(question) or any(len(word.findall(question)) > 1 for word in (_SECTION_WORD, _LABELLED)):
        return "", ()  # two sections are two places: nothing is gained by leaving out all others
    if match := _SECTION.search(question):
        certain = match["quoted"] or match["number"] or match["name"] or ""
        tail = question[match.start("name") :] if match["name"] else match["tail"] or ""
        words = re.split(r"[^\w&'’ -]", tail)[0].split()[:_LONGEST_NAME]
        maybe = (" ".join(words[:count]) for count in range(len(words), len(certain.split()), -1))
        return certain.strip(), tuple(maybe)
    if match := _SECTION_AFTER.search(question):
        words = (match["tail"] or "").split()
        return (match["quoted"] or match["name"] or "").strip(), tuple(" ".join(words[i:]) for i in range(len(words)))
    match = _LABELLED.search(question)
    return "", (match["label"],) if match else ()
