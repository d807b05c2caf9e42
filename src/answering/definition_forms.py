"""The forms of sentences that say what something is, with how surely each does."""

from __future__ import annotations

import re

ARTICLES = r"(?:an?|the|ein\w*|der|die|das|den|un[oae]?|les?|la|l['’]|el|los|las|il|lo|i|gli|um|uma|os?|as?|een|de|het)"
PLAIN = 3.0  # "X is a …"
_IS = (
    r"\s*(?:\[[^\]]*\]|\([^)]*\)|,[^,.]{1,60},)*\s*"
    rf"(?:is|are|was|were|ist|sind|war|est|sont|es|son|è|sono|é|são|zijn)\s+(?:{ARTICLES}|one)\s"
)
_ARE = r"\s*(?:\[[^\]]*\]|\([^)]*\))*\s*(?:are|sind|sont|son|sono|são|zijn)\s+"
_SAYS = (
    r"[\"”’»)]*\s*(?:\[[^\]]*\]|\([^)]*\))*,?\s+(?:"
    r"(?:shall )?means?|(?:shall )?ha(?:s|ve) the meaning|refers? to|denotes?|indicates?|stands? for|"
    r"is defined as|are defined as|"
    r"bezeichnet|bedeutet|steht für|désigne|signifie|significa|se refiere a|betekent)\b"
)
_CALLED = (
    r"(?:called|termed|known as|referred to as|genannt(?:e[nrs]?)?|appel[ée]+e?s?|llamad[oa]s?|chiamat[oaie]|"
    r"chamad[oa]s?|genoemd)"
)
_OR = r"(?:/\([^()\s]+\))?"  # "income/(loss)"
_NOTHING = "(?!)"


def forms_of(called: str, is_name: bool) -> tuple[tuple[float, re.Pattern[str]], ...]:
    """The forms of sentences about somebody, where it is a name, or something that is called so.

    >>> found = [form for _, form in forms_of("sluice", False) if form.search("This is what is called a sluice.")]
    >>> len(found), any(f.search("the mean sea level, MSL") for _, f in forms_of("MSL", False))
    (1, True)
    """
    spelled = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", called))
    plural = "" if is_name else r"s?"
    return (
        (PLAIN, re.compile(rf"\b{spelled}{plural}{_IS}", re.IGNORECASE)),
        (PLAIN, re.compile(rf"\b{spelled}{plural}{_SAYS}", re.IGNORECASE)),
        (2.5, re.compile(rf"^\W*in\s+[\"“‘„']+{spelled}[\"”’']+,?\s+{ARTICLES}\s", re.IGNORECASE)),
        (2.3, re.compile(rf"\b{spelled}{plural}\s*[—–,-]\s*(?:where|which (?:is|are)|i\.\s?e\.|that is)", re.I)),
        (2.4, re.compile(rf"\b{spelled}\s*\((?:calculated|defined|i\.\s?e\.|that is|meaning)\b", re.IGNORECASE)),
        (2.2, re.compile(rf"\b{spelled}{plural},\s+(?:an?|ein\w*|une?|uma?|een)\s\w", re.IGNORECASE)),
        (2.1, re.compile(rf"^\W*{spelled}(?:\s*\([^)]*\))*\s*[—–:-]\s+\w", re.IGNORECASE)),  # an entry of a list
        (2.1, re.compile(rf"(?:^|\s){spelled}\s+=\s+\w", re.IGNORECASE)),  # a key: "LPN = Liberal Party"
        (2.6, re.compile(rf"^\W*{spelled}\s*\n\s*{ARTICLES}\s+\w", re.IGNORECASE)),  # over its meaning
        (1.9, re.compile(rf"^\W*{spelled}{plural}{_ARE}\w", re.IGNORECASE)),  # "Sluices are gated channels"
        (2.0, re.compile(rf"\w\s\({spelled}{plural}\)", re.IGNORECASE)),
        (2.0, re.compile(rf"\b{_CALLED}\s+(?:{ARTICLES}\s+)?[\"“‘„«']?\s*{spelled}\b", re.IGNORECASE)),
        (2.4, re.compile(rf"\b{_spelled_out(called)}{_OR}\s*,?\s*[(,]\s*[\"“‘„']?{spelled}\b", re.IGNORECASE)),
    )  # fmt: skip


def entry_forms_of(called: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
    """The form of an entry of a list of terms that says what it is, not how much.

    >>> (_, form), = entry_forms_of("salvage value")
    >>> [bool(form.search(text)) for text in ("Salvage value - this is what is left.", "Salvage value: 500 $")]
    [True, False]
    """
    spelled = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", called))
    says = rf"(?:(?:this|it|das|dies|es|c['’]|ce|esto?|questo|dit)\s*(?:is|are|ist|sind|est|es|è|é)\s|{ARTICLES}\s)"
    return ((2.1, re.compile(rf"^\W*{spelled}(?:\s*\([^)]*\))*\s*[—–:-]\s+{says}\s*\w", re.IGNORECASE)),)


def _spelled_out(called: str) -> str:
    """The words that an abbreviation is made of the first letters of, as a pattern."""
    return r"\w*[\s-]+".join(called.lower()) + r"\w*" if re.fullmatch(r"[A-Z]{2,7}", called) else _NOTHING
