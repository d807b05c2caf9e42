"""Whether two documents are about two cases: contracts with two firms, price lists for two kinds of customers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared_utils.citations.text_units import content_keys, words_of
from shared_utils.text.quantities import quantities
from shared_utils.text.words import terms
from shared_utils.types import Page

_TITLE_LINES, _LONGEST_TITLE = 2, 90
_MOST_CHARS = 6_000  # of a document that are looked through for its firms
_A_NAME = 3  # letters; fewer number the parts of something
# What tells one edition of a document from another; other names tell what it is about.
_EDITIONS = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "old new draft final revised revision amended amendment copy version original updated update "
        "signed rev alt neu entwurf endfassung geändert kopie fassung ancien nouveau viejo nuevo"
    ).split()
)
# What a document is, not what it is about.
_KINDS = (
    "document report reports annual quarterly handbook policy policies manual guide guideline guidelines contract "
    "agreement lease annex appendix addendum tender offer plan minutes notice letter release press bulletin summary "
    "overview brochure leaflet flyer newsletter statement accounts filing form terms conditions rules regulations "
    "call sheet bericht jahresbericht handbuch richtlinie vertrag anhang angebot protokoll merkblatt ordnung satzung "
    "rapport annuel manuel contrat bail avenant annexe offre règlement informe contrato anexo"
)
_FIRM = re.compile(
    r"((?:[A-ZÀ-Þ][\w&.’'-]*[ \u00a0]){1,4})(?:Ltd|Limited|GmbH|AG|Inc|LLC|LLP|plc|PLC|S\.?A\.?S?|SARL|B\.?V|N\.?V|"
    r"ASA?|AB|Oy|KG|e\.V|Corp|Corporation|Company|Co)\b"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the beginning of a document tells of whose it is."""

    keys: frozenset[str]  # of its title, without what kind of document it is
    names: frozenset[str]  # those of them that are names by their spelling
    codes: frozenset[str]  # numbers in its title that are no years
    years: frozenset[int]
    firms: frozenset[str]


def profile(pages: Sequence[Page]) -> Profile:
    """Of a document, by the title and the firms on its first pages."""
    ordered = sorted(pages, key=lambda page: page.number)
    first = ordered[0].text if ordered and ordered[0].number == 1 else ""
    title = _title(first)
    words = words_of(title)
    small = any(word.content and word.text[0].islower() for word in words)
    said = content_keys(words) - _no_subject()
    numbers = quantities(title)
    text = "\n".join(page.text for page in ordered)[:_MOST_CHARS]
    return Profile(
        frozenset(key for key in said if key.isalpha()),
        frozenset(
            key
            for word in words[1:]
            if word.content and word.text[0].isupper() and (small or not word.text[1:].islower())
            for key in word.keys
            if key in said
        ),
        frozenset(key for word in words if any(map(str.isdigit, word.text)) for key in word.keys)
        - {str(int(q.value)) for q in numbers if q.is_year}
        - _no_subject(),
        frozenset(int(q.value) for q in numbers if q.is_year),
        frozenset(" ".join(found[1].split()).casefold() for found in _FIRM.finditer(text)),
    )


def are_two_cases(one: Profile, other: Profile) -> bool:
    """Whether the titles are of one pattern and differ in what each is about, or the documents name other firms."""
    if one.firms and other.firms and one.firms.isdisjoint(other.firms):
        return True
    if one.codes and other.codes and one.codes != other.codes:
        return True
    if not one.keys or not other.keys or one.keys == other.keys:
        return False
    if one.keys <= other.keys or other.keys <= one.keys:
        # The annex to the lease of a workshop in Harbour Road; "Leave" and "Sick leave" are two.
        return not (one.names & other.names) or bool(one.names ^ other.names)
    if not one.keys.isdisjoint(other.keys):
        return True
    return bool(one.names and other.names)


def are_named_as_two_cases(one: str, other: str) -> bool:
    """Whether two documents' names are of one pattern, and differ in what each is about.

    >>> are_named_as_two_cases("contract_adler.pdf", "contract_arnold.pdf")
    True
    >>> are_named_as_two_cases("contract_old.pdf", "contract_new.pdf")
    False
    >>> are_named_as_two_cases("handbook.pdf", "contract.pdf")
    False
    """
    ours, theirs = (re.findall(r"[^\W\d_]+", re.sub(r"\.pdf$", "", name.casefold())) for name in (one, other))
    apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(apart) != 1 or len(ours) < 2:
        return False
    return min(map(len, apart[0])) >= _A_NAME and not set(apart[0]) & _EDITIONS


def _title(text: str) -> str:
    """The first lines of a page, as far as they are no sentences."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:_TITLE_LINES]
    heading = lines[:1] if lines and len(lines[0]) <= _LONGEST_TITLE and not lines[0].endswith((".", ":", ";")) else []
    return " ".join(heading)


@cache
def _no_subject() -> frozenset[str]:
    return frozenset(terms(_KINDS)) | frozenset(terms(" ".join(_EDITIONS)))
