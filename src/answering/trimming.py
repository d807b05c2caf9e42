"""What small models put around an answer and nobody needs: "The document says that …", half a sentence at the end."""

from __future__ import annotations

import re

from shared_utils.text.sentences import split_sentences

_WHICH = r"(?:(?:the|this|these)\s+)?(?:(?:provided|given|above)\s+)?"
_THING = r"(?:documents?|passages?|texts?|excerpts?|context|evidence|sources?|information)"
_NUMBER = r"(?:\s*[\[(]?(?P<{}>\d{{1,3}})[\])]?)?"
_OPENING = re.compile(
    rf"(?:according to|based on|as (?:stated|mentioned|described|noted|shown) in|in)\s+"
    rf"{_WHICH}{_THING}{_NUMBER.format('one')}\s*,\s*(?:it (?:says|states|is (?:stated|said|mentioned)) that\s+)?"
    rf"|{_WHICH}{_THING}{_NUMBER.format('two')}\s+(?:also\s+)?"
    r"(?:says?|states?|mentions?|indicates?|notes?|shows?|tells?(?:\s+us)?|explains?|reports?)\s+that\s+"
    rf"|(?:laut|gemäß)\s+(?:dem|den)\s+(?:dokument(?:en)?|text|abschnitt){_NUMBER.format('three')}\s*,\s*"
    rf"|(?:selon|d['’]après)\s+(?:le|les|la)\s+(?:documents?|textes?|passages?){_NUMBER.format('four')}\s*,\s*",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile(
    r"the|this|these|provided|given|above|according|to|based|on|as|stated|mentioned|described|noted|shown|in|it|says?|"
    r"states?|is|said|that|also|mentions?|indicates?|notes?|shows?|tells?|us|explains?|reports?|documents?|passages?|"
    r"texts?|excerpts?|context|evidence|sources?|information|laut|gemäß|dem|den|dokument(?:en)?|abschnitt|selon|"
    r"d['’]après|les?|la|textes?"
)
_BEGUN = (
    "the this these provided given above according to based on as stated mentioned described noted shown in it says "
    "that also mentions indicates tells us explains reports documents passages excerpts context evidence sources "
    "states tell say information laut gemäß dem den dokumenten abschnitt selon d'après d’après les la textes is"
)
_MARKER = re.compile(r"\[\d")
_ENDS = re.compile(r"[.!?…。？！\]\"”»)]\s*$")


def told_plainly(text: str) -> str:
    """The text without openings that speak of the document in place of its matter; a passage they name is cited.

    >>> told_plainly("The document states that the rent is 940 euros [1]. According to passage 2, pets are allowed.")
    'The rent is 940 euros [1]. Pets are allowed [2].'
    >>> told_plainly("The document does not say.")
    'The document does not say.'
    """
    parts, end = [], 0
    for span in split_sentences(text):
        parts += [text[end : span.start], _plain(text[span.start : span.end])]
        end = span.end
    return "".join(parts) + text[end:]


def settled(text: str) -> str:
    """As much of an unfinished text as can be shown plainly: an opening that may still turn out to be one waits.

    >>> settled("The rent is due. According to the"), settled("The rent is due in May")
    ('The rent is due. ', 'The rent is due in May')
    """
    shown, end = "", 0
    spans = split_sentences(text)
    for span in spans:
        sentence = text[span.start : span.end]
        shown += text[end : span.start]
        end = span.end
        if span is spans[-1] and (_only_opens(sentence) or _may_open(sentence)):
            return shown
        shown += _opened(sentence)
    return shown + text[end:]


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; all of it where none is whole.

    >>> whole_sentences("The rent is 940 euros [1]. It is due on the")
    'The rent is 940 euros [1].'
    >>> whole_sentences("The rent is 940")
    'The rent is 940'
    """
    whole = [span for span in split_sentences(text) if _ENDS.search(text[span.start : span.end])]
    return text[: whole[-1].end].rstrip() if whole else text


def _plain(sentence: str) -> str:
    plain, found = _opened(sentence), _OPENING.match(sentence)
    named = next(filter(None, found.groups()), "") if found else ""
    if plain == sentence or not named or _MARKER.search(plain):
        return plain
    body = plain.rstrip()
    stop = body[-1] if body[-1] in ".!?" else ""
    return f"{body.removesuffix(stop)} [{named}]{stop}{plain[len(body) :]}"


def _opened(sentence: str) -> str:
    """A sentence from where it says something; itself where it has no such opening, or nothing after it."""
    found = _OPENING.match(sentence)
    rest = sentence[found.end() :] if found else ""
    return rest[:1].upper() + rest[1:] if re.search(r"[^\W\d_]", rest) else sentence


def _only_opens(sentence: str) -> bool:
    found = _OPENING.match(sentence)
    return found is not None and not re.search(r"[^\W\d_]", sentence[found.end() :])


def _may_open(sentence: str) -> bool:
    """Whether every word so far is one that openings are made of, the last one perhaps in part."""
    if _OPENING.match(sentence):
        return False
    *words, last = [word for word in re.split(r"[\s,\[\]()\d]+", sentence.casefold()) if word] or [""]
    begun = re.search(rf"(?:^|\s){re.escape(last)}", _BEGUN) is not None
    return begun and all(_SPOKEN_OF.fullmatch(word) for word in words)
