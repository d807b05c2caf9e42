"""Which documents a question names: a file, "contract 12", "the 2019 report", a name that one of many forms holds.

Rules over file names, titles and first pages, no model. Where a question names a document by a number or a file name
that none has, that is told too: an answer from another contract would mislead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared_utils.message import NOTHING, Message, message
from shared_utils.text.edition_numbers import without_edition
from shared_utils.text.folding import fold
from shared_utils.text.languages import FUNCTION_WORDS
from shared_utils.text.words import terms
from shared_utils.types import Document
from src.answering.ingestion import IndexedDocument

_KINDS = (
    "contract|agreement|lease|report|invoice|bill|file|document|order|offer|policy|protocol|minutes|case|certificate|"
    "receipt|letter|record|statement|vertrag|mietvertrag|arbeitsvertrag|bericht|rechnung|datei|dokument|bestellung|"
    "angebot|protokoll|bescheid|contrat|bail|rapport|facture|fichier|commande|contrato|informe|factura|archivo|pedido|"
    "contratto|relazione|fattura|documento|fatura|relatorio|factuur|verslag|bestand|overeenkomst"
)
_NUMBERED = re.compile(
    rf"\b(?P<kind>{_KINDS})s?\s*(?:no\.?|number|nr\.?|nummer|num\.?|numero|n[°º.]|#)?\s*"
    r"(?P<number>(?!(?:19|20)\d\d\b)\d{1,8}[a-z]?)\b(?!\s*[%.,]\d|\s*(?:%|pages?|seiten|days?|months?|years?))"
)
_OF_A_YEAR = re.compile(
    r"\b(?:(?P<before>(?:19|20)\d\d)(?:'s)?\s+(?:[\w-]+\s+){0,2}?(?:reports?|10-?k|10-?q|accounts|filing|edition|survey|"
    r"financial statements)|(?:report|10-?k|10-?q|accounts|filing|edition|survey|(?:geschafts|jahres)?bericht|rapport "
    r"annuel|rapport|informe anual|informe|relazione annuale|relatorio anual|jaarverslag)\s+"
    r"(?:(?:of|for|from|von|fur|de|pour|del|di|per|van|over)\s+)?(?:the\s+)?(?:(?:fiscal|financial)\s+)?(?:year\s+)?"
    r"(?P<after>(?:19|20)\d\d))\b"
)
_FILE = re.compile(r"(?<!\w)(?P<name>[\w][\w .()-]*?\.(?:pdf|docx?|pptx?|xlsx?|txt|md|html?))\b", re.IGNORECASE)
_LEADS_UP = (
    r"(?:\b(?:according to|as per|in|of|from|under|within|by|per|laut|gemass|nach|aus|selon|dans|segun|en|secondo|nel|"
    r"segundo|no|volgens)\s+)?(?:\b(?:the|our|my|this|dem|der|das|le|la|el|il|o|de|het)\s+)?"
)
_WITH = "with|of|for|from|by|between|mit|von|f[üu]r|avec|de|con|com|met|van"
_PROPER = re.compile(r"[A-ZÀ-Ý][\w&’'-]*(?:\s+(?:(?:of|and|the|&|und|de|von)\s+)?[A-ZÀ-Ý0-9][\w&’'-]*)*")
_GENERIC = frozenset(
    terms(
        "report annual contract agreement pdf document file manual guide paper earnings release statement letter "
        "quarterly final draft version signed copy scan product description presentation book article the company "
        "user online help esg sustainability financial results fiscal year"
    )
)
_OWNED_BY = r"(?:of|by|for|from|at|von|bei|für|de|d['’]|del|di|da|do|van|bij)"
_WHEN = "in|for|as|at|during|on|over|between|im|am|en|nel"
_ACTS = "did|does|has|had|is|was|will|that|which|hat|ist|war|wird"
_TITLE_CHARACTERS = 400  # of a first page, where a document says what it is
_SHORTEST_NAME = 3
_ELSEWHERE = 0.1  # of the passages that have a name: with more in other documents it names none of them


@dataclass(frozen=True, slots=True)
class Named:
    """The documents a question names. `missing` says that what it names is not there; `rest` is the question without
    the words that only say where to look."""

    ids: frozenset[str]
    rest: str
    missing: Message = NOTHING


def named_documents(question: str, documents: Sequence[IndexedDocument]) -> Named | None:
    """What a question is confined to; None where it names no document, or every one."""
    found = (
        _by_file(question, documents)
        or _by_number(question, documents)
        or _by_year(question, documents)
        or _by_name(question, documents)
    )
    if found is None or (not found.missing and len(found.ids) == len(documents)):
        return None
    return found


def without_owner(question: str, documents: Sequence[IndexedDocument]) -> str:
    """The question without "Best Buy's", "of Best Buy" or "did Best Buy" where all these documents are called so: whose
    figure it is tells no row from another, and rows that are called like their company would be taken for what is
    asked."""
    for match in _PROPER.finditer(question):
        name = re.sub(r"['’]s?$", "", match.group())
        if documents and name and all(_is_wholly_called(one, name) for one in documents):
            owns = rf"(?<!\w){re.escape(name)}['’]s?\s+(?!['’])"
            acts = rf"\b(?P<verb>{_ACTS})\s+{re.escape(name)}\s+"
            owned = rf"\b{_OWNED_BY}\s*{re.escape(name)}(?=\s+(?:{_WHEN})\b|\s*[?,.]|\s*$)"
            question = re.sub(acts, r"\g<verb> ", question)
            question = re.sub(rf"{owns}|{owned}", " ", question)
    return " ".join(question.split())


def without_names(question: str, documents: Sequence[IndexedDocument]) -> str:
    """The question without what any of these documents is called: each of them is searched for the rest of it."""
    rest = question
    for match in _PROPER.finditer(question):
        for said in re.split(r"\s+(?:and|und|&)\s+", match.group()):  # "Adobe and Best Buy" are two
            name = re.sub(r"['’]s?$", "", said)
            if name and any(_is_wholly_called(one, name) for one in documents):
                rest = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", " ", rest)
    rest = " ".join(rest.split())
    return rest if terms(rest) else question


# ------------------------------------------------------------------------------------------------ ways of naming


def _by_file(question: str, documents: Sequence[IndexedDocument]) -> Named | None:
    """A file's name, with its ending or without."""
    asked = _plain(question)
    named, words = set[str](), ""
    for one in documents:
        stem = _plain(_stem(one.document.name))
        has_shape = " " in stem or any(character.isdigit() for character in stem)
        whole = _plain(one.document.name)
        if f" {whole} " in f" {asked} " or (has_shape and len(stem) > _SHORTEST_NAME and f" {stem} " in f" {asked} "):
            if len(stem) < len(words):
                continue  # "report 2" within "report 2 final"
            if len(stem) > len(words):
                named, words = set(), stem
            named.add(one.document.id)
    if named:
        pattern = r"[\W_]+".join(map(re.escape, words.split()))
        return Named(frozenset(named), _without(question, rf"{pattern}(?:\.\w{{2,5}})?"))
    said = _FILE.search(question)
    if said is None:
        return None
    name = said["name"].split()[-1]
    return Named(frozenset(), question, message("There is no document called “{name}” here.", name=name))


def _by_number(question: str, documents: Sequence[IndexedDocument]) -> Named | None:
    """ "Contract 12": by names and titles, else by what stands at the top of first pages."""
    match = _NUMBERED.search(fold(question))
    if match is None:
        return None
    kind, number = match["kind"], match["number"].lstrip("0") or "0"
    family = [(one, set(_numbers_of(kind, one.document))) for one in documents]
    if named := [one for one, numbers in family if number in numbers]:
        ids = frozenset(one.document.id for one in named)
        return Named(ids, _without(question, re.escape(question[match.start() : match.end()])))
    if not any(numbers for _, numbers in family):
        return None
    said = question[match.start() : match.end()].strip()
    return Named(frozenset(), question, message("There is no “{name}” among these documents.", name=said))


def _by_year(question: str, documents: Sequence[IndexedDocument]) -> Named | None:
    """ "The 2019 report", of whoever the question names."""
    match = _OF_A_YEAR.search(fold(question))
    if match is None:
        return None
    year = match["before"] or match["after"]
    of_name = _by_name(question, documents, is_told=True)
    among = [one for one in documents if of_name is None or one.document.id in of_name.ids]
    dated = [(one, _years(one.document)) for one in among]
    named = frozenset(one.document.id for one, years in dated if year in years)
    if named:
        others = set(re.findall(r"\b(?:19|20)\d\d\b", question)) - {year}
        return Named(named, re.sub(rf"\b{year}\b\s*", "", question) if others else question)
    if all(years for _, years in dated):
        ids = frozenset(one.document.id for one in among)
        told = message("There is no document of {year} here; what is there was searched.", year=year)
        return Named(ids, question, told)
    return of_name


def _by_name(question: str, documents: Sequence[IndexedDocument], *, is_told: bool = False) -> Named | None:
    """Names that stand in file names or titles; else those that only one of several papers of one form holds. Where a
    report of theirs `is_told`, others may speak of them, too."""
    if len(documents) < 2:
        return None
    names = [match.group() for match in _PROPER.finditer(question)]
    ids = frozenset(one.document.id for one in documents if any(_is_called(one, name) for name in names))
    if ids and (is_told or not _stand_elsewhere(names, ids, documents)):
        return Named(ids, question)
    holders = [_holders(name, documents) for name in names]
    single = {next(iter(held)) for held in holders if len(held) == 1}
    if len(single) == 1 and _is_one_of_a_form(next(iter(single)), documents):
        telling = [name for name, held in zip(names, holders, strict=True) if len(held) == 1]
        return Named(frozenset(single), _without_holder(question, telling))
    return None


# ------------------------------------------------------------------------------------------------ what documents tell


def _numbers_of(kind: str, document: Document) -> Iterator[str]:
    """The numbers that a document is called by as one of its kind."""
    head = document.pages[0].text[:_TITLE_CHARACTERS] if document.pages else ""
    called = _plain(f"{_stem(document.name)} | {document.title}")
    pattern = rf"\b{kind}s?\s*(?:(?:no|number|nr|nummer|numero|n)\s)?\s*0*(\d{{1,8}}[a-z]?)\b"
    yield from re.findall(pattern, called)
    yield from re.findall(pattern, _plain(head))


def _years(document: Document) -> frozenset[str]:
    """The years in a document's name and title, else the newest at the top of its first page."""
    told = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", f"{document.name} {document.title}")
    if told or not document.pages:
        return frozenset(told)
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", document.pages[0].text[:_TITLE_CHARACTERS])
    return frozenset(sorted(years)[-1:])


def _is_called(one: IndexedDocument, name: str) -> bool:
    """Whether a document's file name or title has a name, or a word of it that tells; as one word, too."""
    words = _called(one.document.name, one.document.title)
    asked = [word for word in terms(re.sub(r"['’]s\b", "", name)) if word not in _GENERIC]
    runs = {"".join(asked[i:j]) for i in range(len(asked)) for j in range(i + 2, min(i + 4, len(asked)) + 1)}
    if runs & words:
        return True
    return any(len(word) >= _SHORTEST_NAME and word.isalpha() and word in words for word in asked)


def _is_wholly_called(one: IndexedDocument, name: str) -> bool:
    """Whether every word of a name stands in a document's file name or title, or all of them as one word."""
    words, asked = _called(one.document.name, one.document.title), terms(name)
    return bool(asked) and ("".join(asked) in words or all(word in words for word in asked))


@lru_cache(maxsize=1024)
def _called(name: str, title: str) -> frozenset[str]:
    said = re.sub(r"[\W_]+", " ", f"{_stem(name)} {title}")
    words = frozenset(terms(f"{said} {without_edition(said)}")) - _GENERIC
    return words - frozenset().union(*FUNCTION_WORDS.values())


def _stand_elsewhere(names: Sequence[str], ids: frozenset[str], documents: Sequence[IndexedDocument]) -> bool:
    """Whether other documents speak of what those are called by, too: "Smith" may be a person in all of them."""
    words = {word for name in names for word in terms(name) if word not in _GENERIC}
    known = {
        w for w in words if w.isalpha() and any(w in _called(o.document.name, o.document.title) for o in documents)
    }
    for word in known:
        inside = sum(o.index.chunk_words.document_frequency(word) for o in documents if o.document.id in ids)
        outside = sum(o.index.chunk_words.document_frequency(word) for o in documents if o.document.id not in ids)
        if outside > _ELSEWHERE * inside:
            return True
    return False


def _holders(name: str, documents: Sequence[IndexedDocument]) -> frozenset[str]:
    """The documents that have every word of a name."""
    words = [word for word in terms(re.sub(r"['’]s\b", "", name)) if word not in _GENERIC]
    if not words or all(len(word) < _SHORTEST_NAME for word in words):
        return frozenset()
    return frozenset(
        one.document.id for one in documents if all(one.index.chunk_words.document_frequency(w) for w in words)
    )


def _is_one_of_a_form(document_id: str, documents: Sequence[IndexedDocument]) -> bool:
    """Whether another document is headed, or its file called, as this one is but for figures and one name."""
    forms = {one.document.id: _forms(one.document) for one in documents}
    return any(forms[document_id] & form for other, form in forms.items() if other != document_id)


def _forms(document: Document) -> frozenset[str]:
    head = next((line for page in document.pages[:1] for line in page.text.splitlines() if line.strip()), "")
    words = re.findall(r"[^\W\d_]+", fold(_stem(document.name)))
    heading = " ".join(re.findall(r"[^\W\d_]+", fold(head)))
    return frozenset(filter(None, (f"# {heading}" if heading else "", " ".join(words[:1]) if len(words) > 1 else "")))


# ------------------------------------------------------------------------------------------------ small parts


def _stem(name: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", name)


def _plain(text: str) -> str:
    """Folded words with one blank between."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def _without_holder(question: str, names: Sequence[str]) -> str:
    """The question without "in the contract with …", or without the name: the answer stands elsewhere."""
    for name in names:
        pair = rf"{re.escape(name)}(?:['’]s\b)?"
        paper = (
            rf"(?:[\w-]+\s+)?(?:{_KINDS})s?\s+(?:with|of|for|from|by|between|mit|von|f[üu]r|avec|de|con|com|met|van)\s+"
        )
        without = _without(question, rf"{paper}(?:the\s+)?{pair}")
        question = without if without != question else _without(question, pair)
    return question


def _without(question: str, named: str) -> str:
    """The question without what names the document and what leads up to it; as it is, should nothing be left."""
    rest = re.sub(rf"{_LEADS_UP}{named}\s*,?", " ", question, flags=re.IGNORECASE)
    rest = " ".join(rest.split())
    return rest if terms(rest) else question
