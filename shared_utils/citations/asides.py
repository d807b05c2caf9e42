"""What an answer says of itself: to its reader, or of what it was given to read. No page says such a thing."""

from __future__ import annotations

import re

from shared_utils.citations.framing import bare_claim
from shared_utils.message import message

TO_THE_READER = message("it speaks to the reader and claims nothing")

_GIVEN = (
    r"(?:(?:the|this|these|any|of|die|den|der|dem|les|le)\s+)*"
    r"(?:(?:given|provided|cited|above|available|angegebenen|vorliegenden|gegebenen)\s+)?"
    r"(?:passages?|context|excerpts?|sources?|documents?|text|evidence|"
    r"dokumente?n?|textstellen?|quellen?|abschnitte?n?|extraits|passages|sources)(?:\s+\[?\d{1,3}\]?)?"
)
_TO_THE_READER = re.compile(
    r"\W*(?:"
    r"(?:(?:sure|certainly|of course|absolutely|gladly)\b[\s,.!]*)?"
    r"(?:(?:i|we)(?:['’]ll|['’]d be happy to|\s+can|\s+will|\s+would be (?:happy|glad) to|\s+am happy to)\s+"
    r"(?:gladly\s+)?(?:help|assist)(?:\s+(?:you|with|that|this|it)){0,4})"
    r"|(?:sure|certainly|of course)"
    r"|i\s+hope\s+(?:this|that|it)\s+(?:helps?|is\s+helpful|was\s+helpful|answers\s+your\s+question)(?:\s+you)?"
    r"|(?:please\s+)?(?:let\s+me\s+know|(?:feel\s+free|do(?:\s+not|n['’]t)\s+hesitate)\s+to\s+(?:ask|contact\s+me))\b.*"
    r"|(?:gerne?|natürlich|selbstverständlich)(?:[\s,!]+(?:ich\s+)?helfe\s+(?:ich\s+)?(?:ihnen|dir)\s+gerne?)?"
    r"|ich\s+hoffe\s*,\s+das\s+hilft(?:\s+(?:ihnen|dir))?(?:\s+weiter)?"
    r"|(?:bien\s+sûr|avec\s+plaisir)|j['’]espère\s+que\s+cela\s+vous\s+aide(?:ra)?"
    rf"|(?:i\s+am\s+|i['’]m\s+)?unable\s+to\s+(?:answer|tell|say)\b.*\b{_GIVEN}"
    r"|(?:(?:so|sorry|unfortunately|therefore|thus|but|i\s+apologi[sz]e)[\s,.]+)*i\s+(?:cannot|can['’]t|can\s+not|am\s+unable\s+to|"
    r"am\s+not\s+able\s+to|could\s+not|couldn['’]t)\s+(?:provide|give|answer|help|assist|offer)\b.*"
    r")\W*",
    re.IGNORECASE | re.DOTALL,
)
_LACKS = re.compile(
    rf"\W*{_GIVEN}\s+(?:do(?:es)?\s+not|do(?:es)?n['’]t|did\s+not|didn['’]t)\s+(?:\w+ly\s+)?"
    r"(?:provide|mention|specify|state|contain|include|address|discuss|give|offer|explain|describe|say|indicate|tell)\b"
    r"(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TOLD = (
    r"(?:provided|mentioned|specified|stated|contained|included|addressed|discussed|given|explained|described|said|"
    r"indicated|told|available|found|clear)"
)
_IS_LACKING = re.compile(  # "The price is not mentioned in the passages.", "Based on the passages, it cannot be told."
    rf"\W*(?P<by>(?:based on|according to|from|in)\s+{_GIVEN}\s*,\s*)?(?P<what>(?:(?!,\s).)*?)\s+"
    rf"(?:(?:is|are|was|were)\s+(?:not|nowhere)\s+(?:\w+ly\s+)?{_TOLD}"
    r"|(?:can\s?not|can['’]t|could\s+not)\s+be\s+(?:determined|answered|inferred|established|told|found|given))"
    rf"(?P<in>\s+(?:(?:in|by|from|based on|with|aus|in)\s+)+{_GIVEN})?\W*",
    re.IGNORECASE | re.DOTALL,
)
_IT_LACKS = re.compile(  # "It does not provide a complete answer to the question of …": it is what was read
    r"\W*(?:it|they)\s+(?:(?:also|only)\s+)?(?:do(?:es)?\s+not|do(?:es)?n['’]t)\s+(?:\w+ly\s+)?"
    r"(?:provide|give|contain|offer|include)\s+(?:(?:an?|any|the|enough|sufficient|further)\s+)?(?:\w+\s+)?"
    r"answers?\b(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
_IS_ABOUT = re.compile(  # "The passage discusses the importance of mooring lines." Figures and lists are told by more
    rf"\W*{_GIVEN}\s+(?:also\s+|then\s+)?"
    r"(?:(?:is|are)\s+(?:about|concerned\s+with|providing\s+(?:information|details))|discuss(?:es)?|talks?\s+about"
    r"|focus(?:es)?\s+on|concludes?\s+(?:with|by)|highlights?\s+the|handelt\s+von|handeln\s+von|traite(?:nt)?\s+de"
    r"|provides?\s+(?:(?:an?|the|some|more|further)\s+)?(?:\w+\s+)?"
    r"(?:information|details|overview|analysis|explanation|description|summary|insights?))\b[^:\d]*",
    re.IGNORECASE,
)
_SO = re.compile(r",\s+(?:so|and|but|which|therefore)\b.*", re.IGNORECASE | re.DOTALL)
_KIND_OF_IT = re.compile(
    r"\W*(?:(?:any|the|specific|explicit|clear|detailed|further|more|enough|sufficient|direct|exact)\s+)*"
    r"(?:(?:information|details?|instructions?|data|explanations?|mentions?)\s+)?"
    r"(?:(?:on|about|of|for|regarding|concerning|related\s+to|as\s+to|whether|that|how\s+to|such\s+as)\s+)*",
    re.IGNORECASE,
)


def speaks_to_the_reader(sentence: str) -> bool:
    """Whether it greets, offers help or excuses itself, and says nothing of what was read.

    >>> [speaks_to_the_reader(text) for text in ("Sure, I can help you with that!", "I hope this helps!")]
    [True, True]
    >>> speaks_to_the_reader("I can help you with the pump by pressing the red button.")
    False
    """
    return _TO_THE_READER.fullmatch(sentence) is not None


def tells_what_is_read(sentence: str) -> bool:
    """Whether it only tells what the passages are about, and so answers nothing.

    >>> [tells_what_is_read(text) for text in ("The passage discusses the use of tugs.", "The text is about boats.")]
    [True, True]
    >>> [tells_what_is_read(text) for text in ("The passage says that tugs tow.", "The passage discusses 3 tugs.")]
    [False, False]
    """
    return _IS_ABOUT.fullmatch(sentence) is not None


def said_to_be_lacking(sentence: str) -> str | None:
    """What the passages are said not to tell; None where a sentence says no such thing.

    >>> said_to_be_lacking("Note that the passages do not provide specific information on the price of a berth.")
    'the price of a berth'
    >>> said_to_be_lacking("Based on the provided passages, the price of a berth cannot be determined.")
    'price of a berth'
    >>> [said_to_be_lacking(text) for text in ("The policy does not cover floods.", "Floods are not mentioned.")]
    [None, None]
    """
    found = _LACKS.match(bare_claim(sentence)) or _IT_LACKS.match(sentence) or _IS_LACKING.fullmatch(sentence)
    if found is None or (found.re is _IS_LACKING and not (found["by"] or found["in"])):
        return None
    what = _KIND_OF_IT.sub("", _SO.sub("", found["what"]), count=1).strip(" .!")
    return what or None
