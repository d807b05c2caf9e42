"""A follow-up written out in full where it is plain which words of the question before it changes.

"And net income?" after "What was total revenue of Adobe in 2021?" is "What was net income of Adobe in 2021?". Written
out, the words that were replaced are not searched for any more, so the newest turn decides, however long the chain.
What is not plain is left to follow_up.py, which searches both questions. Rules for incremental query rewriting as in
conversational search (Elgohary et al., "Can You Unpack That?", 2019), without a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.text.words import terms
from src.answering.referents import VERBS, with_referents

_OPENING = re.compile(
    r"^\s*(?:(?:and|but|or|also|so|ok|now|then|und|aber|et|mais|y|pero|e|ma|mas|en|maar)\b[\s,]*)*"
    r"(?:(?:what|how) about|what of|was ist mit|wie (?:steht es|sieht es|ist es) mit|qu['’]en est-il d[eu]s?|et pour|"
    r"qué hay de|e quanto a|e riguardo a|hoe zit het met)?\s*",
    re.IGNORECASE,
)
_TIME = r"(?:(?:FY|CY)\s?)?'?(?:19|20)\d\d|Q[1-4](?:\s+(?:of\s+)?(?:19|20)\d\d)?"
_LEADS_TO_TIME = (
    r"(?:(?:in|for|of|during|im|en|nel|em|für|pour|para|per|voor)\s+)?"
    r"(?:(?:the\s+)?(?:fiscal|financial)?\s*(?:year|jahr|année|año|anno|ano|jaar)\s+)?"
)
_ONLY_TIME = re.compile(rf"^{_LEADS_TO_TIME}(?P<time>{_TIME})$", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:(?:FY|CY)\s?)?'?((?:19|20)\d\d)\b", re.IGNORECASE)
_YEAR_PHRASE = re.compile(
    r"\s*\b(?:(?:in|for|of|during|im|en|nel|em|für|pour|para|per|voor)\s+)?(?:the\s+)?(?:(?:fiscal|financial)\s+)?"
    r"(?:(?:year|years|jahr|geschäftsjahr|année|año|anno|ano|jaar)\s+)?(?:(?:FY|CY)\s?)?'?(?:19|20)\d\d"
    r"(?:\s+(?:and|und|et|y|e|en)\s+(?:19|20)\d\d)?\b",
    re.IGNORECASE,
)
DATED = re.compile(  # "for the year ended December 31, 2018"
    r"\s*\b(?:(?:for|in|as of|as at|at|on|during)\s+)?(?:the\s+)?(?:(?:fiscal|financial)\s+)?"
    r"(?:(?:year|quarter|period)\s+)?(?:end(?:ed|ing)\s+)?(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\s+\d{1,2},?\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
# A question for one thing: what leads to it, the thing, and whose or when it is.
_ASKS_FOR = re.compile(
    r"^(?P<lead>(?:what|which|how (?:much|high|large|big|many)|wie hoch|wie gro(?:ß|ss)|wie viel|was|quel(?:le)?s?|"
    r"combien|cuál|cuáles|cuánto|cuántos|qual|quanto|quali|wat|hoeveel)\s+"
    r"(?:is|are|was|were|ist|sind|war|waren|est|sont|était|étaient|es|son|fue|fueron|era|eran|è|sono|é|são|foi|zijn|"
    r"bedroeg)\s+|compar\w*\s+|vergleich\w*\s+)"
    r"(?P<article>(?:the|its|their|his|her|der|die|das|le|la|les|l['’]|el|los|las|il|lo|gli|i|o|a|os|as|de|het)\s*\b)?"
    r"(?P<thing>.+?)(?P<tail>\s+(?:of|for|in|at|by|from|to|per|on|during|between|von|vom|der|des|im|in|für|bei|de|du|"
    r"des|en|pour|del|para|di|della|nel|per|do|da|em|van|voor)\s+.+)?$",
    re.IGNORECASE,
)
# "What did dredging cost in 2025?": the thing stands before the verb.
_DOES = re.compile(
    r"^(?P<lead>(?:what|(?:by )?how (?:much|many|long|often|far|high|big|large|heavy)) (?:did|does|do)\s+)"
    rf"(?P<article>the\s+)?(?P<thing>.+?)(?P<tail>\s+{VERBS}\b.*)$",
    re.IGNORECASE,
)
# "How much timber was handled in 2025?", "How many ships called?": what is counted stands before the verb.
_COUNTS = re.compile(
    r"^(?P<lead>(?:how (?:much|many)|wie viele?|combien de|cu[aá]nt[oa]s?|quant[ieoa]s?|hoeveel)\s+)"
    rf"(?P<article>of the\s+)?(?P<thing>(?!of\b|{VERBS}\b)\S+(?:\s+\S+){{0,3}}?)"
    rf"(?P<tail>\s+(?:{VERBS}|there|in all|\w+ed|wurden?|waren|sind|gab|gibt|ont|sont|"
    r"hay|hubo|fueron|sono|furono|foram|zijn|werden|liefen)\b.*)$",
    re.IGNORECASE,
)
# what a verb's object leads on to: "spend on dredging"
_OBJECT = re.compile(
    r"(?P<before>\s(?:on|for|from|with|to)\s+(?:the\s+)?)(?P<thing>(?!(?:FY|CY)?\s?'?(?:19|20)\d\d)[^\W\d].*?)"
    r"(?P<after>\s+(?:in|during|for|of|at|by|between|from)\s.*)?$",
    re.IGNORECASE,
)
_PART_OF = re.compile(  # "How much of income came from rents?"
    rf"^(?P<lead>(?:how (?:much|many)|what (?:share|part)) of .+?\s(?:{VERBS}\s)+(?:from|for|on|in|by|to)\s+)"
    r"(?P<thing>.+?)(?P<tail>\s+(?:in|during)\s.+)?$",
    re.IGNORECASE,
)
_ON = re.compile(r"\s+(?:on|to|per)\s.+?(?=\s+(?:of|for|in|at|by|during|between)\s|$)", re.IGNORECASE)
_POSSESSED = re.compile(  # "Amazon's FY2017 return", "FY2015 cash flow"
    r"(?:\S+\s+){0,3}?\S+['’]s?\s+(?:(?:(?:FY|CY)\s?)?'?(?:19|20)\d\d\s+)?|(?:(?:FY|CY)\s?)?(?:19|20)\d\d\s+"
)
_BARE_DIFFERENCE = re.compile(
    r"^(?:(?:and|so|then)\s+)*(?:(?:what|how (?:big|large|great|high|much))\s*(?:is|was|'s)\s+)?(?:the\s+)?"
    r"(?:difference|gap|change)(?:\s+between (?:them|those|these|the two|both)(?: years| values| figures)?)?$",
    re.IGNORECASE,
)
_COMPARE = re.compile(
    r"^(?:(?:and|now|then|please|und|et|y)\s+)*(?:compare|vergleiche?|comparez?|compara|confronta|vergelijk)\s+"
    r"(?:that|it|this|these|those|them|das|dies|es|cela|ça|eso|esto|ciò|isso|dat|het)\s+"
    r"(?:with|to|against|mit|avec|à|con|com|met)\s+(?P<other>.+)$"
    r"|^(?:(?:and|und)\s+)?how (?:does|did|do) (?:that|it|this|they|these) compare (?:with|to|against)\s+"
    r"(?P<second>.+)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:(?:its|the|their|his|her|der|die|das|le|la|les|el|los|las|il|lo)\b\s*|l['’])", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|grew|grow|spend|spent|"
    r"ist|sind|war|waren|hat|haben|est|sont|es|son|who|what|when|where|why|how|which|if|because)\b",
    re.IGNORECASE,
)
# What stands for something said before, or is counted from it, names nothing.
_LEANS = re.compile(
    r"\b(?:others?|rest|then|same|that|this|these|those|more|else|ones?|there|here|before|after|next|previous|prior|last|"
    r"davor|danach|vorjahr\w*|folgejahr\w*|précédent\w*|suivant\w*|anterior|siguiente|precedente|successivo|seguinte|"
    r"vorige?|volgende)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀ-Ý][\w&’'-]*(?:\s+(?:(?:of|and|the|&|von|de|der|van|du|della)\s+)?[A-ZÀ-Ý0-9][\w&’'-]*)*")
_PERSON = re.compile(r"\b(?:he|she|him|er|il|elle|él|ella|lui|lei|ele|ela|hij|zij)\b", re.IGNORECASE)
_WHOSE = re.compile(r"\b(?:his|her|its|their)\b(?=\s+\w)", re.IGNORECASE)
_THING = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
_WHO_IS = re.compile(
    r"^(?:who|wer|qui|quién|chi|quem|wie)\s+(?:is|was|ist|war|est|était|es|fue|è|era|é|foi)\s+(?P<name>.+)$",
    re.IGNORECASE,
)
_HAS_TIME = re.compile(
    rf"{_YEARS.pattern}|\bQ[1-4]\b|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|year|quarter|month|today|now|when|since)\b",
    re.IGNORECASE,
)
# "section 7", "plan B", "Q2": what it is, and which of them
_NUMBERED = re.compile(
    r"(?:(?:for|of|in|on|at|with|from|von|für|in|bei|auf|de|pour|en)\s+)?(?:the\s+)?"
    r"(?P<kind>[^\W\d_]{2,}\s+|Q)(?P<which>\d{1,3}|[A-Z]|[IVX]+)$"
)
_LONGEST = 8  # words of what takes another's place


def written_out(topic: str, question: str) -> str | None:
    """The follow-up as a question of its own; None where it is not plain what it changes.

    >>> written_out("What was total revenue of Adobe in 2021?", "And net income?")
    'What was net income of Adobe in 2021?'
    >>> written_out("What was net income of Adobe in 2021?", "Compare that with 2020")
    'Compare net income of Adobe in 2021 and 2020'
    >>> written_out("What does section 4 say of rent?", "And section 7?")
    'What does section 7 say of rent?'
    >>> written_out("Who is Ingrid Solberg?", "How tall is she?")
    'How tall is Ingrid Solberg?'
    >>> written_out("Why did the gates close?", "And the cranes?") is None
    True
    """
    topic, said = topic.strip(), question.strip().rstrip("?!. ")
    if (compared := _COMPARE.match(said)) is not None:
        return _compared(topic.rstrip("?!. "), (compared["other"] or compared["second"]).strip())
    if (pointed := _with_name(topic, question)) is not None:
        return pointed
    if (changed := _changed(topic, said)) is not None:
        return changed
    pointed = with_referents(topic, question)
    return _at_its_time(topic, pointed) if pointed is not None else None


def _changed(topic: str, said: str) -> str | None:
    """The topic at another time, of another thing or of somebody else, where nothing more is said."""
    rest = re.sub(r"\s+(?:then|too|as well)$", "", _OPENING.sub("", said, count=1).strip(), flags=re.IGNORECASE)
    if not rest or "," in rest or len(rest.split()) > _LONGEST or _VERB.search(rest) or _LEANS.search(rest):
        return None
    if (sibling := _of_sibling(topic, rest)) is not None:
        return sibling
    if (time := _ONLY_TIME.match(rest)) is not None:
        return _at_time(topic, time["time"])
    return _of_another(topic, rest) if rest != said else None


def _of_sibling(topic: str, rest: str) -> str | None:
    """The topic of the next of its kind, which a number or a letter tells apart: "plan B" for "plan A", "Q2" for "Q1".

    >>> _of_sibling("What was revenue in Q1 2023?", "Q2"), _of_sibling("What was revenue in 2022?", "2023")
    ('What was revenue in Q2 2023?', None)
    """
    said = _NUMBERED.match(rest)
    if said is None:
        return None
    kind = re.escape(said["kind"])
    named = list(re.finditer(rf"\b{kind}(?:\d{{1,3}}(?!\d)|[A-Z]|[IVX]+)\b", topic, re.IGNORECASE))
    if not named:
        return None
    return f"{topic[: named[-1].start()]}{said['kind']}{said['which']}{topic[named[-1].end() :]}"


def _at_time(topic: str, time: str) -> str | None:
    """The topic at another time; None where it names several."""
    named = list(_YEARS.finditer(topic))
    if len(named) > 1 or not _YEARS.search(time):
        return None
    if named:
        return f"{topic[: named[0].start()]}{time}{topic[named[0].end() :]}"
    mark = topic[len(topic.rstrip("?!. ")) :] or "?"
    return f"{topic.rstrip('?!. ')} in {time}{mark}"


def _at_its_time(topic: str, question: str) -> str:
    """The question at the year of the topic, where it names none itself.

    >>> _at_its_time("What was income in 2025?", "How much of income came from rents?")
    'How much of income came from rents in 2025?'
    """
    years = set(_YEARS.findall(topic))
    if len(years) != 1 or _HAS_TIME.search(question):
        return question
    said = question.rstrip("?!. ")
    return f"{said} in {years.pop()}{question[len(said) :] or '?'}"


def difference(question: str, earlier: Sequence[str]) -> str | None:
    """A bare "What is the difference?" with the two things that were asked for last; None where they are not two.

    >>> difference("What is the difference?", ["Compare dredging and wages in 2024"])
    'What is the difference between dredging and wages in 2024?'
    >>> difference("And the change?", ["What was income in 2025?", "What was income in 2024?"])
    'By how much did income change from 2024 to 2025?'
    """
    if not earlier or _BARE_DIFFERENCE.match(question.strip().rstrip("?!. ")) is None:
        return None
    last = earlier[-1].rstrip("?!. ")
    if (compared := re.match(r"compare\s+(?P<what>.+)", last, re.IGNORECASE)) is not None:
        return f"What is the difference between {compared['what']}?"
    before = earlier[-2].rstrip("?!. ") if len(earlier) > 1 else ""
    years = _YEARS.findall(before), _YEARS.findall(last)
    asks = _asks_for(last)
    is_same = _YEARS.sub("", before) == _YEARS.sub("", last)
    if asks is None or not is_same or [len(each) for each in years] != [1, 1] or years[0] == years[1]:
        return None
    first, second = sorted((years[0][0], years[1][0]))
    of = "" if asks.re is not _ASKS_FOR else _YEAR_PHRASE.sub("", asks["tail"] or "")
    return f"By how much did {asks['thing']}{of} change from {first} to {second}?"


def is_compared_with(question: str) -> bool:
    """Whether a question sets beside something what was asked before: "compare that with Amazon".

    >>> is_compared_with("Compare that with Amazon"), is_compared_with("Compare Adobe with Amazon")
    (True, False)
    """
    return _COMPARE.match(question.strip().rstrip("?!. ")) is not None


def _asks_for(topic: str) -> re.Match[str] | None:
    said = topic.partition("?")[0].rstrip("?!. ")  # what follows says in which form
    return _DOES.match(said) or _COUNTS.match(said) or _ASKS_FOR.match(said)


def _of_another(topic: str, rest: str) -> str | None:
    """The topic of another thing, or of somebody else."""
    asks = _asks_for(topic)
    if asks is None:
        part = _PART_OF.match(topic.rstrip("?!. "))
        return f"{part['lead']}{_ARTICLE.sub('', rest)}{part['tail'] or ''}?" if part is not None else None
    mark = "" if asks["lead"].lower().startswith(("compar", "vergleich")) else "?"
    tail = asks["tail"] or ""
    whose = re.match(r"^(?:for|of|at|in|by|von|bei|für|de|pour|para|di|van|voor)\s+(?P<name>.+)$", rest, re.IGNORECASE)
    name = whose["name"] if whose else rest
    if _NAME.fullmatch(name.removesuffix("'s").removesuffix("’s")) and (whose or _NAME.search(tail)):
        return _of_somebody(topic, name)
    thing = re.sub(
        r"^(?:its|the|their|his|her|der|die|das|le|la|les|l['’]|el|los|las|il|lo)\s*\b", "", rest, flags=re.I
    )
    if not terms(thing) or whose:
        return None
    if _YEARS.search(thing):
        tail = _YEAR_PHRASE.sub("", DATED.sub("", tail))
    if (on := _ON.match(tail)) is not None and asks.re is _ASKS_FOR:
        tail = tail[on.end() :]  # "return on equity" takes the place of "return on assets", and so does "tax rate"
    # what was asked of a year is, of another thing, asked of that year: the owner's name finds no better page
    led = _YEARS.search(whose[0]) if (whose := _POSSESSED.match(asks["thing"])) is not None else None
    if led is not None and not _YEARS.search(f"{thing}{tail}"):
        tail += f" in {led[0]}"
    if asks.re is _DOES and (object_ := _OBJECT.search(tail)) is not None and not _NAME.fullmatch(thing):
        tail = f"{tail[: object_.start('thing')]}{thing}{object_['after'] or ''}"
        return f"{asks['lead']}{asks['article'] or ''}{asks['thing']}{tail}{mark}"
    return f"{asks['lead']}{thing}{tail}{mark}"


def _of_somebody(topic: str, name: str) -> str | None:
    """The topic with the last name in it replaced."""
    named = [match for match in _NAME.finditer(topic) if match.start() > 0]
    if not named:
        return None
    return f"{topic[: named[-1].start()]}{name}{topic[named[-1].end() :]}"


def _compared(topic: str, other: str) -> str | None:
    """The topic's thing beside that of another time, of somebody else, or another thing."""
    asks = _asks_for(topic)
    if asks is None:
        return None
    thing, tail = asks["thing"], asks["tail"] or ""
    if asks.re is not _ASKS_FOR:
        tail = f" in {max(of_it)}" if (of_it := _YEARS.findall(tail)) else ""
    years = _YEARS.findall(topic)
    if (time := _ONLY_TIME.match(other)) is not None:
        if not years:
            return None
        return f"Compare {thing}{_YEAR_PHRASE.sub('', tail)} in {years[-1]} and {time['time']}"
    named = [match.group() for match in _NAME.finditer(tail)]
    name = re.sub(r"^(?:that|those) of\s+|['’]s$", "", other)
    when = f" in {years[-1]}" if years else ""
    if named and _NAME.fullmatch(name):
        return f"Compare {thing} of {named[-1]} and {name}{when}"
    return f"Compare {thing} and {re.sub(r'^(?:the|its|their) ', '', other)}{tail}" if not _VERB.search(other) else None


def _with_name(topic: str, question: str) -> str | None:
    """The question with the name that its pronoun stands for: of a person where the topic asks who that is."""
    who = _WHO_IS.match(topic.rstrip("?!. "))
    if who is not None and _NAME.fullmatch(who["name"]):
        name = who["name"]
        pronoun = _PERSON.search(question)
    elif _PERSON.search(question) and (people := _people(topic)):
        name, pronoun = people[-1], _PERSON.search(question)
    else:
        asks = _ASKS_FOR.match(topic.rstrip("?!. "))
        whole = asks["thing"] if asks is not None and not asks["tail"] else ""
        if not whole or not _NAME.fullmatch(whole):
            return None
        name = f"{asks['article'] or ''}{whole}" if asks is not None else whole
        pronoun = _THING.search(question)
    if pronoun is not None:
        return f"{question[: pronoun.start()]}{name}{question[pronoun.end() :]}"
    if (whose := _WHOSE.search(question)) is not None:
        return f"{question[: whose.start()]}{name}'s{question[whose.end() :]}"
    return None


def _people(topic: str) -> list[str]:
    """The names of several words in a topic, where it does not ask who somebody is."""
    if re.match(r"(?:and\s+)?(?:who|whose|wer|qui|quién|chi|quem)\b", topic, re.IGNORECASE):
        return []
    return [m.group() for m in _NAME.finditer(topic) if m.start() > 0 and len(re.split(r"[\s-]+", m.group())) > 1]
