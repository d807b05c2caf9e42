"""Numbers that only count: of headings, of items in a list, of notes; and the words that refer to them.

Where a section is put in, all that follow it are numbered anew, and so is every "see section 5.1". Neither is a change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shared_utils.text.folding import fold

_NUMBER = r"\d{1,2}(?:\.\d{1,2}){0,4}"
_OF_HEADING = re.compile(
    rf"\s*(?:(?:section|article|clause|chapter|note|part|annex|abschnitt|artikel|kapitel|ziffer|teil|anhang|chapitre|"
    rf"partie|annexe|§)\s+)?(?P<number>{_NUMBER})(?:[.):]|\s[-–—])?\s+(?=[^\W\d_]{{2}})",
    re.IGNORECASE,
)
_OF_ITEM = re.compile(
    r"\s*(?:\((?P<item>[a-z]|[ivx]{1,4}|\d{1,2})\)|(?:[a-z]|[ivx]{1,4}|\d{1,2})\)|\d{1,2}\.(?=\s+[^\W\d_a-zß-ÿ])|"
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,4})\.?(?=\s+[^\W\d_a-zß-ÿ]))\s+(?=\S)",
)
_OF_NOTE = re.compile(r"\s*(?P<number>\d{1,2})\s+(?=[^\W\d_a-zß-ÿ])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_REFERS = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "section sections clause clauses article articles paragraph paragraphs chapter chapters note notes item items "
        "part annex schedule § abschnitt abschnitte ziffer absatz artikel kapitel anmerkung anhang punkt chapitre "
        "paragraphe annexe seccion articulo clausula capitulo sezione articolo capitolo"
    ).split()
)
_JOINS = frozenset(("and", "or", "to", "und", "oder", "bis", "et", "ou"))


def label_of(text: str, page: str = "", *, is_heading: bool) -> tuple[str, int]:
    """The number that a passage is counted by and where its own words begin; "", 0 where it has none.

    >>> label_of("5.1 Limits", is_heading=True), label_of("(b) two photographs", is_heading=False)
    (('5.1', 4), ('', 4))
    >>> label_of("5.1 million people", is_heading=False), label_of("2019 Results", is_heading=True)
    (('', 0), ('', 0))
    """
    if is_heading:
        match = _OF_HEADING.match(text)
    else:
        match = _OF_ITEM.match(text)
        if match is None and (note := _OF_NOTE.match(text)) and _is_raised(note["number"], page):
            return "", note.end()  # what counts notes is no section
    return (match["number"] or "", match.end()) if match else ("", 0)


def _is_raised(number: str, page: str) -> bool:
    raised = number.translate(_RAISED)
    return re.search(rf"(?<![⁰¹²³⁴-⁹]){raised}(?![⁰¹²³⁴-⁹])", page) is not None


def renumbered(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Old number -> new number of sections that are in both editions; none that would lead to two."""
    found: dict[str, set[str]] = defaultdict(set)
    for old, new in labels:
        if old and new:
            found[old].add(new)
    return {old: next(iter(new)) for old, new in found.items() if len(new) == 1 and old not in new}


def followed(keys: Sequence[str], numbers: Mapping[str, str]) -> list[str]:
    """The words of the earlier edition, with those that refer to a section by its number given its new one.

    >>> followed(["see", "section", "5.1", "and", "6", "within", "6", "days"], {"5.1": "6.1", "6": "7"})
    ['see', 'section', '6.1', 'and', '7', 'within', '6', 'days']
    """
    found: list[str] = []
    refers = False
    for key in keys:
        is_number = key[:1].isdecimal()
        found.append(numbers.get(key, key) if refers and is_number else key)
        refers = fold(key) in _REFERS or (refers and (is_number or key in _JOINS))
    return found
