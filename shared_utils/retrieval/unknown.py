"""Names in a question that stand nowhere in the documents: codes, abbreviations, the last word of an institution; and
things whose steps are asked for.

They tell more than any score: "Does the watch support ECG?" is foreign to a manual without an ECG, however near the
rest of it comes. What may be a slip of the finger, or short for words that are there, is no such name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce

import numpy as np

from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.kept_index import texts_of
from shared_utils.retrieval.question import without_answer_format
from shared_utils.text.folding import fold
from shared_utils.text.words import terms

# At least two capitals, or a capital with a digit: GPT-4o, LLaVa, ECG, HOVER. No Roman number, no year, no unit.
_CODE = re.compile(r"(?<![\w/.-])(?=[\w-]*[A-Z][\w-]*[A-Z\d])[A-Za-z][A-Za-z\d]+(?:-[A-Za-z\d]+)*(?![\w/])")
_PERIOD = re.compile(r"(?:FY|CY|Q|H|F)\d[\w-]*|[QH][1-4](?:FY)?\d*|[IVXLC]+", re.IGNORECASE)
_COMMON = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "US",
        "UK",
        "EU",
        "UN",
        "CEO",
        "CFO",
        "CTO",
        "COO",
        "PDF",
        "ID",
        "FAQ",
        "TV",
        "PC",
        "OK",
        "AM",
        "PM",
        "GAAP",
        "IFRS",
        "YOY",
        "YTD",
        "R&D",
        "PP&E",
        "ROI",
        "ROE",
        "ROA",
        "ROCE",
        "EPS",
        "EBIT",
        "EBITDA",
        "CAPEX",
        "COGS",
        "FCF",
        "DPO",
        "DSO",
        "DIO",
        "P&L",
        "KPI",
        "NOT",
        "AND",
        "OR",
        "YES",
        "NO",
        "GDP",
        "GNP",
        "CPI",
        "INT",
        "INTEGER",
        "JSON",
        "MD&A",
        "HR",
        "IT",
        "VAT",
        "CO2",
        "LIST",
        "ALL",
    ]
)
_INSTITUTION = re.compile(
    r"\b(?P<first>(?:[A-Z][\w’'-]+ )*(?:Department|Ministry|University|Bank|Board|Office|Institute|Bureau|Court|Agency"
    r"|School|College|Society|Council|Chamber|Academy|Museum) (?:of|for) )(?P<last>[A-Z][\w’'-]+)"
)
_PROPER = re.compile(r"(?<!^)(?<![¿¡])(?<![.?!:] )\b[A-Z][\w&’'-]*[a-z][\w&-]*(?: [A-Z][\w&-]+)*")
_STEPS = re.compile(  # to do what, to which thing
    r"\b(?:steps? (?:\w+ ){0,2}(?:to|for)|how (?:to|(?:do|does|can|could|should|would|did) "
    r"(?:i|you|we|one|users?|people|the user|someone)))\s+\w+\s+"
    r"(?:(?:an?|the|my|your|its|their|all|new)\s+)*(?P<thing>(?:[\w-]+\s?){2,4}?)"
    r"(?=\s*(?:\b(?:on|in|of|for|from|to|with|without|using|by|at|when|if|during|while|and|or|into|through|via|that|"
    r"which|as|be|are|is)\b|[?,.]|$))",
    re.IGNORECASE,
)
_JOINED = r"[\s-]+(?:(?:of|and|the|for|&|und|de)\s+)*"
_JOINERS_BEGIN = "oatfud"
_WORD_BEGINS = re.compile(r"(?<!\w)[^\W\d_]")
_OPENINGS = frozenset(("what", "which", "how", "the", "does", "is", "was", "who", "when", "where", "calculate"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_SLIP = 5  # letters of a word that may be misspelled
_MOST_CHARACTERS = 4_000_000  # of the documents that are read for the words an abbreviation may stand for


def unknown_names(question: str, indexes: Sequence[DocumentIndex]) -> tuple[str, ...]:
    """The codes and institutions of a question that none of the documents names, in order.

    Cost: a look in the index for each; the documents' text is read only for what is not there.
    """
    text = without_answer_format(question)
    if sum(map(str.isupper, text)) > 0.5 * sum(map(str.isalpha, text)):
        return ()  # written in capitals altogether
    return tuple(dict.fromkeys([*_codes(text, indexes), *_institutions(text, indexes)]))


def absent_names(question: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether a question has proper names, and no word of any of them stands in the documents, even misspelled.

    Nouns of German have capitals, so names are not told from them: the caller knows the language.
    """
    text = without_answer_format(question)
    if sum(map(str.isupper, text)) > 0.3 * sum(map(str.isalpha, text)):
        return False
    words = [word for match in _PROPER.finditer(text) for word in re.findall(r"[^\W_]+", match.group())]
    named = [
        word for word in words if word[:1].isupper() and len(word) > 2 and terms(word) and word.upper() not in _COMMON
    ]
    return bool(named) and not any(
        any(_stands(term, indexes) for term in terms(word)) or _is_slip(word, indexes) for word in named
    )


def absent_thing(question: str, indexes: Sequence[DocumentIndex], *, together: bool = False) -> bool:
    """Whether a question asks for the steps to something of several words, one of which stands in none of the
    documents, even misspelled: a manual that has no "workout" tells no steps "to add a workout mode", whatever modes it
    has. One word alone may be called otherwise there. `together`: they have to stand in one passage.
    """
    match = _STEPS.search(without_answer_format(question))
    words = [word for word in match["thing"].split() if terms(word)] if match else []
    if len(words) < 2:
        return False
    if together:
        wanted = {term for word in words for term in terms(word)}
        return not any(wanted.issubset(terms(chunk)) for chunk in _folded(indexes))
    return any(
        not any(_stands(term, indexes) for term in terms(word)) and not _is_slip(word, indexes) for word in words
    )


def names_stand(question: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether the documents have every proper name of a question, those of several words in one piece."""
    names = {re.sub(r"['’]s?$", "", match.group()) for match in _PROPER.finditer(without_answer_format(question))}
    if unknown_names(question, indexes) or not all(_stands(t, indexes) for name in names for t in terms(name)):
        return False
    whole = [fold(name) for name in names if " " in name and name.split()[0].lower() not in _OPENINGS]
    return all(any(name in chunk for chunk in _likely_first(name, indexes)) for name in whole)


def _codes(text: str, indexes: Sequence[DocumentIndex]) -> Iterator[str]:
    for match in _CODE.finditer(text):
        code = match.group().removesuffix("s") if match.group()[:-1].isupper() else match.group()
        if code.upper() in _COMMON or _PERIOD.fullmatch(code):
            continue
        if all(_stands(term, indexes) for term in terms(code)) and _is_written(code, indexes):
            continue
        if not _is_slip(code, indexes) and not _is_short(code, indexes):
            yield match.group()


def _institutions(text: str, indexes: Sequence[DocumentIndex]) -> Iterator[str]:
    """ "Florida Department of Science", where only other departments of Florida stand."""
    for match in _INSTITUTION.finditer(text):
        first, whole = fold(match["first"]), fold(match.group())
        read = list(_folded(indexes))
        if any(first in chunk for chunk in read) and not any(whole in chunk for chunk in read):
            yield match.group()


def _stands(term: str, indexes: Sequence[DocumentIndex]) -> bool:
    return any(index.chunk_words.document_frequency(term) for index in indexes)


def _is_written(code: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether a code of several parts stands so, in one piece; its parts alone are in every index."""
    if len(terms(code)) < 2:
        return True
    # However it is set apart there: "GT 2e" is "GT-2e".
    plain = re.sub(r"[\s_-]+", "", fold(code))
    pattern = re.compile(r"[\s_-]*".join(map(re.escape, plain)))
    return any(pattern.search(chunk) for chunk in _likely_first(code, indexes))


def _is_slip(word: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether a word of letters is one letter away from one that stands there, its first letter kept."""
    plain = fold(word)
    if len(plain) < _SHORTEST_SLIP or not plain.isalpha():
        return False
    slips = list({term: None for slip in _one_letter_away(plain) for term in terms(slip)})
    return any(index.chunk_words.lexicon.has_any(slips) for index in indexes)


def _one_letter_away(word: str) -> Iterator[str]:
    for i in range(1, len(word)):
        before, after = word[:i], word[i:]
        yield before + after[1:]
        yield from (before + letter + after[1:] for letter in _LETTERS)
        yield from (before + letter + after for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
    yield from (word + letter for letter in _LETTERS)


def _is_short(code: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether the documents have words in a row that a code of capitals may be short for."""
    if not code.isupper() or not code.isalpha() or not 2 <= len(code) <= 6:
        return False
    words = _JOINED.join(rf"{letter}[^\W\d_]*" for letter in code.lower())
    pattern = re.compile(rf"(?<!\w){words}(?!\w)")
    begins = re.compile(rf"[{_JOINERS_BEGIN}]*".join(code.lower()))  # a hundredth of the letters: what may match
    return any(begins.search(_initials(chunk)) and pattern.search(chunk) for chunk in _folded(indexes))


def _likely_first(name: str, indexes: Sequence[DocumentIndex]) -> Iterator[str]:
    """The folded text of the chunks that have every word of a name, then of all: what stands there stands in a few."""
    words = terms(name)
    for index in indexes:
        held = [index.chunk_words.units[index.chunk_words.held(word)] for word in words]
        for unit in reduce(np.intersect1d, held) if held else ():
            yield _kept_fold(index.chunks[int(unit)].text)
    yield from _folded(indexes)


@lru_cache(maxsize=10_000)
def _initials(folded: str) -> str:
    """The first letters of the words of a folded text."""
    return "".join(_WORD_BEGINS.findall(folded))


def _folded(indexes: Iterable[DocumentIndex]) -> Iterator[str]:
    read = 0
    for index in indexes:
        for text in texts_of(index.chunks):
            read += len(text)
            if read > _MOST_CHARACTERS:
                return
            yield _kept_fold(text)


@lru_cache(maxsize=10_000)  # as many chunks as are read: the same documents are asked again
def _kept_fold(text: str) -> str:
    return fold(text)
