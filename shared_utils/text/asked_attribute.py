"""What an English question asks of its subject: the salary of somebody, who makes something, when it was built.

"What is the noise level of the pump?" has the pump as its subject and its noise as the attribute that is asked for. A
manual is on the pump from end to end; whether it answers is told by the attribute. Words that any document could answer
to ("number", "steps", "happens") ask for nothing of their own: then the words before them do, or what they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared_utils.text.irregular_verbs import forms_of


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AUXILIARIES = _word_set(
    "is are was were am be been has have had does do did can could should shall will would must may might"
)
_FORMS_OF_BE = frozenset(("is", "are", "was", "were"))
_DONE = _FORMS_OF_BE | {"did", "does", "do"}
_TIMES = frozenset(("year", "month", "day", "date"))
_ENDS = _AUXILIARIES | _word_set(
    "of for in on at to from by with without that which who whom whose when where if as during between according "
    "per under over after before used using into through about than since until and or but not via among within "
    "upon because while there it they he she you we i this these those against versus vs"
)
_DETERMINERS = _word_set("the a an its his her their your my our any some each every all both")
_BEFORE = _word_set("in on at for by from to with under of and about")  # "In what year …"
_LATER = _word_set("today now currently exactly usually normally originally back again here there please away")
_NO_ATTRIBUTE = _word_set(
    # what is counted, measured or worked out
    "number numbers amount amounts total totals value values rate rates ratio ratios percentage percent "
    "percentages proportion share average mean sum difference change changes increase decrease growth level levels "
    "figure figures size length width height degree degrees range maximum minimum "
    # what things are called, and their kinds
    "name names title titles type types kind kinds sort term terms word words phrase letter letters abbreviation "
    "acronym version position definition meaning "
    # what is told by its form
    "mail email phone telephone fax website "
    # parts of documents, and what they are about
    "section sections table tables chapter chapters page pages paragraph line lines item items list document "
    "report paper article text part parts agenda topic topics subject theme idea ideas focus content contents "
    "information data detail details example examples answer question issue issues nature address "
    # what is done, how, why, and what comes of it
    "thing things way ways step steps action actions method methods process procedure sequence order reason "
    "reasons purpose purposes result results cause causes effect effects impact consequence consequences problem "
    "problems role roles function functions goal goals objective objectives importance significance relationship "
    "connection advantage advantages benefit benefits disadvantage feature features option options condition "
    "conditions case cases factor factors component components element elements symbol icon icons color colors "
    "colour colours shape "
    # who, when, where
    "person people company companies organization organisation user users year years month months day days date "
    "dates time times period quarter country countries city cities place places location state "
    # which of them
    "one two three key first second third last next new old current following different specific certain "
    "additional other same most many few several multiple more less main primary major overall entire whole "
    "combined highest lowest largest smallest longest shortest best worst greatest larger smaller higher lower "
    "greater longer shorter potential possible distinct likely typical fiscal residual "
    # verbs that say little
    "happen happens happened take takes took taken make makes made give gives given go goes come comes came get "
    "gets got hold holds use uses mean means work works look looks say says said tell show shows shown stand "
    "contain contains provide provides need needs needed cover covers include includes included describe "
    "describes required refer refers apply applies exist exists start starts begin begins end ends occur occurs "
    "count counts spend spent state states stated list listed print printed find found call called know known see "
    "seen write wrote written authored explain explained define defined discuss discussed present presented "
    "quote quoted cite cited mention mentioned credit credited name named locate located situated"
)
_SHORT = 8  # words of a question whose last word is its verb: "What does the pump cost?"
_LONGER = 12  # … where "how much" leaves little else
_SHORTEST = 3  # letters: a longer noun is looked for
_ORDINAL = re.compile(
    r"who (?:is|was|were|became|are) the (?:very )?(?P<which>first|second|third|fourth|fifth|last|final|next) "
    r"(?P<of>.+)",
    re.IGNORECASE,
)
_NAME_OF = re.compile(
    r"(?:what|which) (?:is|was|are|were) (?:the )?(?:[a-z]+ )?names? of (?P<of>[^?]+)"
    r"|what (?:is|was) (?P<whose>[^?]+?)'s? (?:[a-z]+ )?name\b"
    r"|what (?:is|was|are|were) (?P<called>[^?]+?) (?:called|named)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z][\w'-]*|\d[\w.,%-]*|[?,;:.]")
_OF = re.compile(r"(?:what|who) (?:is|was|are|were)\s+.*?\b(?:of|on|for)\s+(.*)", re.IGNORECASE)


class Form(StrEnum):
    NOUN = "noun"  # "the salary of …", "how many moons"
    VERB = "verb"  # "who makes …", "when was … built"
    SUM = "sum"  # "how much does … cost"
    KIND = "kind"  # "which club does …": one of a kind answers it without the word


@dataclass(frozen=True, slots=True)
class Attribute:
    """`words` in small letters: a noun and, where it says nothing by itself, what stands before it."""

    words: tuple[str, ...]
    form: Form


def asked_attribute(question: str) -> Attribute | None:
    """The attribute that is asked for; None where that is not told, or is any document's.

    >>> asked_attribute("What is the noise level of the pump?")
    Attribute(words=('noise',), form=<Form.NOUN: 'noun'>)
    >>> asked_attribute("When was the PX-220 introduced?").words, asked_attribute("Who makes it?")
    (('introduced',), None)
    >>> asked_attribute("When do I get my deposit back?").words
    ('deposit',)
    >>> asked_attribute("What is the name of the director's wife?").words, asked_attribute("Which club is it?").form
    (('wife',), <Form.KIND: 'kind'>)
    """
    form, words = _asked(question)
    names = [word for word in words if word[0].isupper()]
    if words and all(_says_nothing(word) for word in words):
        words = [] if names else _belongs_to(question)
    elif form in (Form.NOUN, Form.KIND) and words and not _says_nothing(words[-1]):
        words = words[-1:]
    parts = [part for word in words if not word[0].isupper() for part in re.split("[-']", word.lower())]
    told = tuple(dict.fromkeys(part for part in parts if len(part) > 2 and not _says_nothing(part)))
    return Attribute(told, form) if told else None


def asked_nouns(question: str) -> tuple[str, ...]:
    """The nouns, in small letters, that an English question is on beside its subject: what stands before its own noun,
    what that is of, what somebody does something to. A report on the weather tells no wind speed without the wind.

    >>> asked_nouns("What was the wind speed on Monday?"), asked_nouns("Who designed the logo?")
    (('wind', 'speed'), ('logo',))
    >>> asked_nouns("What is the duty of the janitor?"), asked_nouns("When was it built?")
    (('duty', 'janitor'), ())
    """
    tokens = _tokens(question)
    words = [token.lower() for token in tokens]
    opening, second = (*words, "", "")[:2]
    is_what = opening in ("what", "which", "who") and second in _FORMS_OF_BE
    is_deed = opening == "who" and second not in _AUXILIARIES
    if not (is_what or is_deed or (opening, second) == ("how", "many")):
        return ()
    rest = tokens[2:]
    noun = _noun(rest)
    ends = next((i for i, token in enumerate(rest) if token.lower() in _ENDS or not token[0].isalpha()), len(rest))
    of = _noun(rest[ends + 1 :])[-1:] if rest[ends : ends + 1] == ["of"] else []
    parts = [part for word in (*noun, *of) if not word[0].isupper() for part in re.split("[-']", word.lower())]
    return tuple(dict.fromkeys(part for part in parts if len(part) > _SHORTEST and not _says_nothing(part)))


def asked_deed(question: str) -> str:
    """The verb by which an English question asks which one, how much or how many did something, or had it done; ""
    where it asks otherwise. "How many were asked" is told in too many other words.

    >>> asked_deed("How many copies have been sold?"), asked_deed("How much money did the club receive from Ada?")
    ('sold', 'receive')
    >>> asked_deed("Which bank grants the mortgage?"), asked_deed("Which bank is it?")
    ('grants', '')
    """
    tokens = _tokens(question)
    words = [token.lower() for token in tokens]
    opening, second = (*words, "", "")[:2]
    is_kind = opening in ("which", "what") and second not in _AUXILIARIES
    if not is_kind and (opening, second) not in (("how", "many"), ("how", "much")):
        return ""
    if is_kind and words[3:4] and words[3] in _DETERMINERS:
        verb = words[2]
        is_verb = verb not in _ENDS and (verb.endswith(("s", "ed")) or bool(forms_of(verb)))
    else:
        at = next((i for i, word in enumerate(words) if word in _AUXILIARIES and i > 1), len(words) - 1)
        verb, is_verb = _deed_behind(words[at], tokens[at + 1 :])
        # "What rate did it bear?" asks for the rate, however it was borne.
        is_verb = is_verb and not (is_kind and _says_nothing(words[at - 1]))
    return verb if is_verb and not _says_nothing(verb) else ""


def _deed_behind(auxiliary: str, rest: Sequence[str]) -> tuple[str, bool]:
    """What may be the verb behind an auxiliary, and whether it is one: "have been sold", "did the club receive"."""
    if auxiliary in ("has", "have", "had") and len(rest) > 1 and rest[0] == "been":
        return rest[1], rest[1].endswith("ed") or bool(forms_of(rest[1]))
    if auxiliary not in ("did", "does", "do"):
        return "", False
    ends = next((i for i, token in enumerate(rest) if i and token.lower() in _ENDS), len(rest))
    verb = rest[ends - 1] if ends > 1 else ""
    return verb, verb.islower() and not verb.endswith(("ing", "ly")) and verb not in _LATER


def asked_doing(question: str) -> str:
    """The verb by which an English question asks who did something, or when or where it was done; "" for a light one
    and for what may be none.

    >>> asked_doing("Who signed the lease?"), asked_doing("When was the bridge painted?"), asked_doing("Who wrote it?")
    ('signed', 'painted', '')
    >>> asked_doing("When were they put to death?")
    ''
    """
    opening = next(iter(_tokens(question)), "").lower()
    found = asked_attribute(question) if opening in ("who", "when", "where") else None
    verb = found.words[0] if found is not None and found.form is Form.VERB else ""
    return verb if verb.endswith("ed") or forms_of(verb) else ""


def asked_name(question: str) -> str:
    """The noun, in small letters, of what an English question asks the name of; "" where it asks for none.

    >>> asked_name("What is the name of the captain's dog?"), asked_name("What was the judge called?")
    ('dog', 'judge')
    >>> asked_name("What is the judge's first name?"), asked_name("What is the name of the document?")
    ('judge', '')
    """
    match = _NAME_OF.match(question.strip().replace("’", "'"))
    noun = _noun(_TOKEN.findall(next(filter(None, match.groups()), "")))[-1:] if match else []
    return noun[0].lower() if noun and noun[0].islower() and not _says_nothing(noun[0]) else ""


def asked_ordinal(question: str) -> tuple[str, str] | None:
    """Which in a row of somebody an English question asks for, and the noun, both in small letters.

    >>> asked_ordinal("Who was the first project leader of the club?"), asked_ordinal("Who was the leader?")
    (('first', 'leader'), None)
    """
    match = _ORDINAL.match(question.strip())
    noun = _noun(_TOKEN.findall(match["of"])) if match else []
    return (match["which"].lower(), noun[-1].lower()) if match and noun else None


def _asked(question: str) -> tuple[Form, list[str]]:
    """The words of the question's own noun or verb."""
    tokens = _tokens(question)
    words = [token.lower() for token in tokens]
    opening, second = (*words, "", "")[:2]
    if opening in ("what", "which"):
        return _of_what(tokens, words)
    if opening == "how":
        return _of_how(tokens, words)
    if opening == "who" and len(words) > 1:
        return _of_who(tokens, words)
    if opening in ("when", "where") and len(words) > 3 and second in _DONE:
        return Form.VERB, _last(tokens)
    return Form.NOUN, []


def _tokens(question: str) -> list[str]:
    """The words up to the first sign, without a preposition before the question word."""
    tokens = _TOKEN.findall(question.replace("’", "'"))
    while tokens and tokens[0].lower() in _BEFORE:
        tokens = tokens[1:]
    return tokens[: next((i for i, one in enumerate(tokens) if one in "?,;:."), len(tokens))]


def _last(tokens: Sequence[str]) -> list[str]:
    last = [token for token in tokens if token.lower() not in _LATER][-1:]
    return [] if last[0].lower() in _ENDS else last


def _participle(tokens: Sequence[str]) -> list[str]:
    """The last word before what is said of where, when and by whom, if it says what was done."""
    ends = next((i for i, token in enumerate(tokens) if i and token.lower() in _ENDS), len(tokens))
    last = tokens[ends - 1].lower() if 1 < ends <= _SHORT else ""
    return [last] if last.endswith("ed") or (last and forms_of(last)) else []


def _of_what(tokens: Sequence[str], words: Sequence[str]) -> tuple[Form, list[str]]:
    second = words[1] if len(words) > 1 else ""
    if second in _FORMS_OF_BE:
        return Form.NOUN, _noun(tokens[2:])
    if second in _AUXILIARIES:
        is_last = second in ("does", "did", "do") and 3 < len(words) <= _SHORT and words[-1] not in _ENDS
        return Form.VERB, [tokens[-1]] if is_last else []
    if second in _TIMES and len(words) > 4 and words[2] in _DONE:
        return Form.VERB, _last(tokens)
    noun = _noun(tokens[1:])
    is_asked = len(tokens) > len(noun) + 1 and words[len(noun) + 1] in _AUXILIARIES
    return Form.KIND, noun if is_asked and noun == list(tokens[1 : len(noun) + 1]) else []


def _of_how(tokens: Sequence[str], words: Sequence[str]) -> tuple[Form, list[str]]:
    second, third = (*words[1:], "", "")[:2]
    if second in _FORMS_OF_BE:
        return Form.VERB, _participle(tokens[2:])
    if second == "many" or (second == "much" and third not in _AUXILIARIES):
        return Form.NOUN, _noun(tokens[2:])
    is_last = third in ("does", "did", "do", "will", "would") and len(words) <= _LONGER and words[-1] not in _ENDS
    return Form.SUM, [tokens[-1]] if second == "much" and is_last else []


def _of_who(tokens: Sequence[str], words: Sequence[str]) -> tuple[Form, list[str]]:
    if words[1] not in _AUXILIARIES:
        return Form.VERB, [tokens[1]]
    if words[1] not in _FORMS_OF_BE:
        return Form.VERB, [tokens[-2 if words[-1] in _ENDS else -1]]
    if len(words) > 3 and words[-1] in ("to", "by", "with"):
        return Form.VERB, [tokens[-2]]
    return Form.NOUN, [] if tokens[2:] and tokens[2][0].isupper() else _noun(tokens[2:])


def _noun(tokens: Sequence[str]) -> list[str]:
    """The noun that tokens begin with, and what stands before it; of "the director's wife" the wife."""
    found: list[str] = []
    for token in tokens:
        word = token.lower()
        if word in _ENDS or not word[0].isalpha():
            break
        found = [] if word.endswith(("'s", "s'")) else [*found, token]
    return [token for token in found if token.lower() not in _DETERMINERS]


def _belongs_to(question: str) -> list[str]:
    """The noun after "the name of"."""
    match = _OF.match(question)
    return _noun(_TOKEN.findall(match[1].replace("’", "'")))[-1:] if match else []


def _says_nothing(word: str) -> bool:
    return all(part in _NO_ATTRIBUTE for part in word.lower().split("-"))
