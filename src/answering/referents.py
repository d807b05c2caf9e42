"""What "it", "them" and "she" of a follow-up stand for: the things that the question before it names.

"How long is it?" after "What was the largest ship?" is "How long is the largest ship?". Things are stretches of words
between the verbs and the small words of an English question; of several, a plural pronoun means the first plural one
and a singular one what was asked for (the subject before the object, as in centering: Grosz, Joshi and Weinstein,
"Centering: a framework for modeling the local coherence of discourse", 1995). What is not plain stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.text.languages import FUNCTION_WORDS

_WORD = re.compile(r"[^\W_][\w’'-]*")
_DETERMINERS = frozenset(
    re.findall(r"\w+", "the a an its their his her our your these those all both each every some any no")
)
_LEADS_TO = frozenset(
    re.findall(r"\w+", "at by during for from in into of on onto over per through to under with without")
)
_JOINS = frozenset(("of", "for", "and", "&"))
VERBS = (  # of questions
    r"(?:am|is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|may|might|must|should|shall"
    r"|(?:allow|announc|arriv|ask|becom|begin|belong|borrow|break|bring|build|buy|call|caus|chair|chang|charg|clos"
    r"|compar|consist|contain|cost|cover|creat|decid|decreas|defin|deliver|depend|describ|develop|differ|divid|earn"
    r"|employ|end|exceed|expect|fac|explain|fail|fall|find|finish|follow|get|give|giv|go|grow|handl|happen|hold|improv"
    r"|includ|increas|invest|issu|keep|last|launch|lead|leav|liv|list|lose|los|mak|manag|mean|measur|mention|mov|need"
    r"|offer|open|operat|own|pay|perform|permit|plan|pric|produc|provid|publish|pull|push|put|rais|reach|read|receiv"
    r"|record|reduc|refer|remain|replac|report|requir|rise|ris|run|say|sell|send|set|show|sign|sit|spend|start|state"
    r"|stay|stop|support|take|tak|tell|thank|turn|use|us|vot|weigh|win|work|writ)(?:e|es|s|ed|d|ing)?"
    r"|became|began|bought|broke|brought|built|came|fell|found|gave|got|grew|held|kept|led|left|lost|made|met|paid|ran"
    r"|rose|said|sent|sold|spent|stood|taken|took|told|went|won|wrote|written)"
)
_VERBS = re.compile(VERBS, re.IGNORECASE)
_NO_PLURAL = re.compile(r"(?:.*(?:ss|us|is)|was|does|has|news|series|gas|vs)", re.IGNORECASE)
_ASKING = frozenset(
    re.findall(r"\w+", "what which who whom whose when where why how much many often long far old high")
)
_TIME = re.compile(r"(?:(?:FY)?(?:19|20)\d\d|Q[1-4]|year|years|quarter|quarters|month|months|day|days)", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:they|them)\b", re.IGNORECASE)
_PLURAL_WHOSE = re.compile(r"\btheir\b(?=\s+\w)", re.IGNORECASE)
_SINGULAR = re.compile(
    r"\bit\b(?!\s+(?:takes?|took|possible|allowed|necessary|true|safe|means?|seems?)\b)(?!['’])", re.IGNORECASE
)
_SINGULAR_WHOSE = re.compile(r"\bits\b(?=\s+\w)", re.IGNORECASE)
_IMPERSONAL = re.compile(
    r"\b(?:does|did|do|will|is|was) it (?:take|possible|allowed|necessary|true|safe|mean|say)\b", re.I
)
_PERSON = re.compile(r"\b(?:he|she|him)\b|\bher\b(?!\s+\w)", re.IGNORECASE)
_PERSON_WHOSE = re.compile(r"\b(?:his|her)\b(?=\s+\w)", re.IGNORECASE)
_WHO_IS = re.compile(r"^\W*(?:who)\s+(?:is|was)\s+(?P<of>(?:the\s+)?[^?.!]+)", re.IGNORECASE)
_IS = re.compile(r"\W*(?:what|which|how (?:much|high|large|big)) (?:is|are|was|were)\b", re.IGNORECASE)
_YES_NO = re.compile(r"\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|should|will|would)\b", re.I)
_MOST_ASKED = 15  # words of a question in which it is plain what "it" stands for
_MOST_WORDS = 7  # of what takes a pronoun's place


@dataclass(frozen=True, slots=True)
class Thing:
    """What a question names, as it is written there."""

    text: str
    is_plural: bool
    is_determined: bool  # whether "the", "its" or the like stands before it
    is_led_to: bool  # whether a preposition does: "at the port"
    is_cut: bool  # whether what may be a verb follows: "one potential cause"


def with_referents(topic: str, question: str) -> str | None:
    """The question with the thing of the topic in the place of its pronoun; None where it has none or it is not plain.

    >>> with_referents("What was the largest ship?", "How long is it?")
    'How long is the largest ship?'
    >>> with_referents("How often did the tide gates close in 2025?", "How long were they closed in January?")
    'How long were the tide gates closed in January?'
    >>> with_referents("Who is the chair of the board?", "When did she join?")
    'When did the chair of the board join?'
    >>> with_referents("Why did that happen?", "And when was it?") is None
    True
    """
    if (who := _WHO_IS.match(topic)) is not None and len(who["of"].split()) <= _MOST_WORDS:
        return _replaced(question, _PERSON, _PERSON_WHOSE, who["of"].strip())
    asked = topic.partition("?")[0]
    if len(asked.split()) > _MOST_ASKED or _YES_NO.match(asked):
        return None
    found = things(asked)
    several = [one for one in found if one.is_plural]
    if several and (several[0] is found[0] or len(several) == 1):
        told = _replaced(question, _PLURAL, _PLURAL_WHOSE, several[0].text)
        if told is not None:
            return told
    is_what = _IS.match(asked) is not None
    single = [
        one for one in found if not (one.is_plural or one.is_led_to or one.is_cut) and (one.is_determined or is_what)
    ]
    if len(single) != 1 or _IMPERSONAL.search(question):
        return None
    return _replaced(question, _SINGULAR, _SINGULAR_WHOSE, single[0].text)


def things(question: str) -> list[Thing]:
    """The things that a question names, in its order.

    >>> [one.text for one in things("What does the chair of the board thank the employees for in 2025?")]
    ['the chair of the board', 'the employees']
    """
    words = list(_WORD.finditer(question))
    kinds = [_kind(words, place) for place in range(len(words))]
    found: list[list[int]] = []
    for place, kind in enumerate(kinds):
        if kind == "word":
            if found and _continues(found[-1], place, kinds, question, words):
                found[-1].append(place)
            else:
                found.append([place])
    return [thing for run in found if (thing := _thing(question, words, kinds, run)) is not None]


def _kind(words: list[re.Match[str]], place: int) -> str:
    word = words[place].group()
    small = word.lower()
    if small in _DETERMINERS:
        return "determiner"
    if small in _JOINS:
        return "join"
    if small in _ASKING or small in FUNCTION_WORDS["english"] or _TIME.fullmatch(word):
        return "small"
    is_after_thing = place > 0 and words[place - 1].group().lower() in _DETERMINERS
    if _VERBS.fullmatch(word) and not is_after_thing and not (word[0].isupper() and place):
        return "verb"
    return "word"


def _continues(run: list[int], place: int, kinds: list[str], question: str, words: list[re.Match[str]]) -> bool:
    """Whether a word goes on with the thing before it: beside it, or joined to it by "of"."""
    between = kinds[run[-1] + 1 : place]
    gaps = [question[one.end() : other.start()] for one, other in pairwise(words[run[-1] : place + 1])]
    if any(gap.strip() for gap in gaps):
        return False
    joined = words[run[-1] + 1].group().lower() == "of" if between else False
    return not between or (joined and between in (["join"], ["join", "determiner"]))


def _thing(question: str, words: list[re.Match[str]], kinds: list[str], run: list[int]) -> Thing | None:
    first = run[0]
    is_determined = first > 0 and kinds[first - 1] == "determiner"
    start = words[first - 1].start() if is_determined else words[first].start()
    text = question[start : words[run[-1]].end()]
    if len(run) < run[-1] - run[0] + 1 and re.search(r"['’]s?\s", text):
        return None  # "the change of Northport's margins" is too much for one word to stand for
    is_part = words[first].start() > 0 and question[words[first].start() - 1] in ".’'@/"
    if is_part or len(text.split()) > _MOST_WORDS or re.match(r"(?:its|their|his|her)\b", text, re.IGNORECASE):
        return None
    head = words[_head(run)].group()
    is_plural = head[-1:].lower() == "s" and not _NO_PLURAL.fullmatch(head) and not head[:1].isupper()
    before = first - 1 - is_determined
    is_led_to = before >= 0 and words[before].group().lower() in _LEADS_TO
    is_cut = run[-1] + 1 < len(kinds) and kinds[run[-1] + 1] == "verb"
    return Thing(text, is_plural, is_determined, is_led_to, is_cut)


def _head(run: list[int]) -> int:
    """The word that says what it is: the last one before "of"."""
    return next((one for one, other in pairwise(run) if other > one + 1), run[-1])


def _without_opening(question: str) -> str:
    """ "And when was it built?" is a question without its "and"."""
    rest = re.sub(r"^\s*(?:(?:and|but|so|then)\b[\s,]*)+", "", question, flags=re.IGNORECASE)
    return f"{rest[:1].upper()}{rest[1:]}"


def _replaced(question: str, pronoun: re.Pattern[str], whose: re.Pattern[str], thing: str) -> str | None:
    question = _without_opening(question)
    if (found := pronoun.search(question)) is not None:
        return f"{question[: found.start()]}{thing}{question[found.end() :]}"
    if (found := whose.search(question)) is not None:
        mark = "’" if thing.endswith("s") else "’s"
        return f"{question[: found.start()]}{thing}{mark}{question[found.end() :]}"
    return None
