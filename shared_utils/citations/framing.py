"""What an answer says of itself and not of its subject: "According to passage 1, …", "However, …", "(Passage 2)"."""

from __future__ import annotations

import re

_TEXT = (
    r"(?:evidence|documents?|passages?|context|text|sources?|information|excerpts?|pages?|reports?|papers?|articles?|"
    r"guide|manual|bericht|handbuch|rapport|manuel|"
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
_SAYS_THAT = re.compile(  # "The passage states that …", "The answer to this question is: …"
    rf"^\W*(?:(?:it|the|this|das|die|der|dieser?s?|le|la|ce|cette)\s+)?(?:{_TEXT}\s+|(?<=it )|(?<=It ))"
    r"(?:(?:also|only|clearly|explicitly|auch|aussi)\s+)?"
    r"(?:states?|mentions?|says?|shows?|indicates?|notes?|reports?|explains?|specifies|tells?(?:\s+(?:us|you))?|sagt|"
    r"besagt|zeigt|nennt|indique|précise|mentionne|dit)\s*,?\s+(?:that|dass|que)\s+"
    rf"|^\W*(?:the|das|die|der|le|la)\s+{_TEXT}(?:{_NUMBERS})?\s+(?:is|reads?|says?|states?|lautet|ist|sagt|est|dit)\s*:\s*"
    rf"(?:{_NUMBER}\s+)?"
    r"|^\W*(?:the\s+)?(?:correct\s+)?answer(?:\s+to\s+(?:the|this|your)\s+question)?\s*(?:is\s*:?|:)\s*"
    r"|^\W*(?:die\s+)?antwort(?:\s+auf\s+\w+\s+frage)?\s*(?:lautet|ist)?\s*:\s*",
    re.IGNORECASE,
)
_POINTER = re.compile(rf"\s*[(\[](?:see |cf\. |siehe )?{_TEXT}{_NUMBERS}[)\]]", re.IGNORECASE)
_SPOKEN_OF = (  # what is being read, or whose it is: an answer that stands by itself says so, its page need not
    r"(?:document|report|paper|article|text|page|passage|table|excerpt|company|dokument|bericht|papier|artikel|"
    r"seite|tabelle|unternehmens?|document|rapport|article|entreprise|documento|informe|artículo|empresa)"
)
_OF_THE_DOCUMENT = re.compile(
    rf"\s+(?:in|of|from|to|for|by|im|in|aus|des|der|dans|de|du|en|del)\s+(?:(?:the|this|dem|diesem|der|dieser|le|la|ce|"
    rf"cette|el|este|esta)\s+)(?:[^\W\d_A-Z]\w+\s+)?{_SPOKEN_OF}(?=\s+(?:is|are|was|were|has|had|ist|sind|war|waren|"
    r"est|sont|était|es|son|fue)\b|\s*[.]\s*$)"
)
_EMPHASIS = re.compile(  # "It is also worth noting that …", "Please note that …"
    r"^\W*(?:it(?:\s+is|['’]s)\s+(?:also\s+)?(?:important|worth|worthwhile|essential|useful)\s+"
    r"(?:(?:to\s+)?(?:note|noting|mention|mentioning|remember|remembering|know|knowing|understand))\s*,?\s+that\s+"
    r"|(?:note|hinweis|remarque)\s*:\s+"
    r"|i\s+(?:also\s+)?(?:know|think|believe|heard|guess)\s+(?:that\s+)?(?=\w+\s+\w+\s)"
    r"|i\s+(?:did\s+not|didn['’]t)\s+know\s+that\s+"
    r"|it(?:\s+is|['’]s)\s+(?:also\s+|really\s+|very\s+|quite\s+)?interesting\s+(?:to\s+(?:note|know)\s+)?(?:that\s+|(?=the\s))"
    r"|(?:yes|yeah|yep|yea)\s+(?=(?:it|they|he|she|we|you|i|this|that|there|the)\b)"
    r"|it\s+should\s+(?:also\s+)?be\s+(?:noted|mentioned|remembered)\s+that\s+"
    r"|(?:please\s+)?(?:note|remember|keep\s+in\s+mind|bear\s+in\s+mind|be\s+aware)\s+that\s+"
    r"|(?:bitte\s+)?(?:beachten\s+sie|zu\s+beachten\s+ist|es\s+ist\s+(?:auch\s+)?(?:wichtig|zu\s+beachten))\s*,\s+dass\s+"
    r"|(?:veuillez\s+noter|notez|à\s+noter|il\s+(?:convient|est\s+important)\s+de\s+(?:noter|rappeler))\s+que\s+)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?<![\w-])(?:(?:the|der|die|das|le|la|el)\s+)?(?:amount|value|figure|betrag|wert|montant|valeur|importe|valor)\s+"
    r"(?:of|for|der|des|von|für|de|du|del)\s+(?=\S)",
    re.IGNORECASE,
)
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
    >>> bare_claim("The passage states that sales rose."), bare_claim("The answer is: 12 %.")
    ('sales rose.', '12 %.')
    >>> bare_claim("Yes it's interesting that sales rose."), bare_claim("No sales were made.")
    ('sales rose.', 'No sales were made.')
    >>> bare_claim("The amount of interest income in 2019 for the company was $832 million.")
    'interest income in 2019 was $832 million.'
    """
    claim, before = sentence, ""
    while claim != before:
        before = claim
        claim = _POINTER.sub("", _EMPHASIS.sub("", _CONNECTIVE.sub("", _SAYS_THAT.sub("", _LEAD_IN.sub("", claim)))))
    claim = _OF_THE_DOCUMENT.sub("", _MEASURE.sub("", claim))
    return claim if re.search(r"\w", claim) else sentence


def announces(sentence: str) -> bool:
    """Whether it only leads to what comes after it: "Here are the differences:"."""
    return sentence.rstrip().endswith((":", "："))
