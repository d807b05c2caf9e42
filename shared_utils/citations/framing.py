"""What an answer says of itself and not of its subject: "According to passage 1, …", "However, …", "(Passage 2)"."""

from __future__ import annotations

import re

_TEXT = (
    r"(?:evidence|documents?|passages?|context|text|sources?|information|excerpts?|pages?|"
    r"dokumente?n?|textstellen?|quellen?|abschnitt|kontext)"
)
_NUMBER = r"\[?\d{1,3}\]?"
_NUMBERS = (
    rf"(?:\s*(?:no\.?\s*)?{_NUMBER}"
    rf"(?:\s*(?:,|and|or|&|und|bis|to|-|–)\s*(?:passages?\s+|sources?\s+)?{_NUMBER})*)"
)
_LEAD_IN = re.compile(
    r"^\W*(?:based on|according to|from|as (?:stated|mentioned|noted|shown|described) in|per|in|laut|gemäß|nach)\s+"
    r"(?:(?:the|den|der|dem)\s+)?(?:(?:provided|given|cited|above|angegebenen|vorliegenden) )*"
    rf"{_TEXT}(?:{_NUMBERS}|\s(?:provided|given))?\s*[,:]\s*",
    re.IGNORECASE,
)
_POINTER = re.compile(rf"\s*[(\[](?:see |cf\. |siehe )?{_TEXT}{_NUMBERS}[)\]]", re.IGNORECASE)
_CONNECTIVE = re.compile(
    r"^\W*(?:however|additionally|therefore|furthermore|moreover|overall|thus|hence|finally|also|consequently|similarly|"
    r"likewise|nevertheless|nonetheless|instead|meanwhile|first|second|third|firstly|secondly|thirdly|lastly|next|then|"
    r"yes|no|well|so|in (?:addition|summary|conclusion|short|other words|contrast|fact)|for (?:example|instance)|"
    r"on the other hand|as a result|that said|"
    r"jedoch|außerdem|zudem|daher|deshalb|somit|schließlich|ferner|ja|nein|zusammenfassend|zum beispiel|"
    r"cependant|de plus|ainsi|donc|enfin|en outre|oui|non|sin embargo|además|por lo tanto|finalmente)\s*,\s+",
    re.IGNORECASE,
)


def bare_claim(sentence: str) -> str:
    """A sentence without what frames it; the sentence itself where nothing else would be left.

    >>> bare_claim("However, according to passage 1, sales rose (Passage 2).")
    'sales rose.'
    """
    claim, before = sentence, ""
    while claim != before:
        before = claim
        claim = _POINTER.sub("", _CONNECTIVE.sub("", _LEAD_IN.sub("", claim)))
    return claim if re.search(r"\w", claim) else sentence


def announces(sentence: str) -> bool:
    """Whether it only leads to what comes after it: "Here are the differences:"."""
    return sentence.rstrip().endswith((":", "："))
