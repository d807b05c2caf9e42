"""How somebody is reached: the telephone number, address for mail or page on the web that a question asks for.

Words say nothing here: "What is the phone number?" shares none with "+47 67 54 93 30". They are told by their form, a
telephone number by what is printed before it as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared_utils.text.words import terms
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Page, Passage, Span
from src.answering.direct import led_by_quotes
from src.answering.ingestion import IndexedDocument

_NUMBER = r"(?:\+\s?\d{1,3}|\(?\d{1,5}\)?)(?:[\s./()-]{1,3}\d{1,5}){2,6}(?!\d)"
_CALLED = (
    r"(?:\btel(?:ephone|efon|éfono|éfonos|efone|efono|\.)?|\bphones?"
    r"|\bcall(?:s|ing)?\b(?: us)?|\bfon\b|\btoll[- ]free|\btél(?:éphone|\.)?"
    r"|\bhotlines?|\btelefoon|☎|✆)"
)
_FORMS = {
    "phone": re.compile(
        rf"{_CALLED}(?:\s*(?:numbers?|no\.|toll[- ]free|at|on|us|nr\.?|:|·|\())*\s*(?P<value>{_NUMBER})"
        rf"|(?P<plain>\+\s?\d{{1,3}}(?:[\s./()-]{{1,3}}\d{{1,5}}){{2,6}}(?!\d))",
        re.IGNORECASE,
    ),
    "fax": re.compile(rf"\b(?:tele)?fax(?:\s*(?:numbers?|no\.|at|nr\.?|:|·))*\s*(?P<value>{_NUMBER})", re.IGNORECASE),
    "mail": re.compile(r"(?P<value>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"),
    "web": re.compile(r"(?P<value>(?:https?://|www\.)[^\s,;<>()]+[\w/])", re.IGNORECASE),
}
_ASKED = {  # in seven languages
    "fax": r"fax(?:[- ]?(?:number|nummer))?",
    "phone": r"(?:tele)?phone[- ]numbers?|toll[- ]free number|hotline|telefonnummer|rufnummer|numéro de téléphone"
    r"|(?:número|n[úu]mero) de tel[eé]fon[eo]|numero di telefono|telefoonnummer|number (?:can|do|should) (?:i|we) call",
    "mail": r"(?:contact|reach|write to) the authors?"
    r"|e-?mail(?:[- ](?:address(?:es)?|adresse|adres))?|adresse (?:e-?mail|électronique)|mail-?adresse"
    r"|correo electr[óo]nico|dirección de correo|indirizzo e-?mail|endereço de e-?mail",
    "web": r"web ?site|web ?page|home ?page|web address|url|internet(?:seite|adresse)|webseite|site (?:web|internet)"
    r"|sitio web|página web|sito (?:web|internet)|site da web",
}
_BEHIND = (  # "the website of …", no "website design"
    r"(?=\W*$|[^\w\s]|\s+(?:of|for|from|at|to|on|in|is|are|has|have|does|do|can|should|will|under|von|vom|des|der|für|hat|ist"
    r"|de|du|del|des|pour|para|di|della|per|da|do|van|voor)\b)"
)
_ASKS = {kind: re.compile(rf"\b(?:{words})\b{_BEHIND}", re.IGNORECASE) for kind, words in _ASKED.items()}
_OPENS = re.compile(
    r"^\W*(?:what|which|give|find|show|list|tell|is there an?"
    r"|(?:where|how) (?:can|do) (?:i|we) (?:call|contact|mail|reach|write)"
    r"|who|at|on|under|wie|welche\w*|was|unter|quel\w*|cu[aá]l\w*|qué|qual\w*|welke?|wat)\b",
    re.IGNORECASE,
)
_FILLING = frozenset(
    term
    for line in (
        "what which is are the a an of for to at can i do should we call reach contact company number numbers phone",
        "telephone toll free email mail address website web site page homepage url hotline there me give show on who",
        "Wie lautet die Telefonnummer? Welche Adresse ist das? Unter welcher Nummer?",
        "Quel est le numéro de téléphone? Quelle est l'adresse?",
        "¿Cuál es el número de teléfono? ¿Qué dirección de correo electrónico tiene?",
        "Qual è il numero di telefono? Qual è l'indirizzo?",
        "Qual é o número de telefone? Qual é o endereço?",
        "Wat is het telefoonnummer? Wat is het adres?",
    )
    for term in terms(line)
)
_WHOSE = frozenset(  # each alone: within a sentence a language's function words are no terms
    term
    for word in re.findall(
        r"\w+", "wie lautet ist ihre seine meine unsere son sa votre leur su suo sua seu zijn haar uw"
    )
    for term in terms(word)
)
_AUTHORS = frozenset(
    terms("authors author corresponding lead first writer writers autor autoren verfasser auteur auteurs")
)
_TITLE_PAGES = 2  # on which authors say how they are reached
_READ_WHOLE = 400  # pages of all documents together that are read to the last; of more, those found and the ends
_ENDS = 3  # pages at either end of a long document
_AROUND = 160  # characters before and behind in which the words asked for may stand
_NEAR = 0.7  # what a word counts that stands there and not on its line
_FEW = 4  # words beside those that ask for it
_MOST = 3


@dataclass(frozen=True, slots=True)
class Contact:
    """`page.text[start:end]` says `value`; `score` is how much of the question stands beside it."""

    document_id: str
    page: Page
    start: int
    end: int
    value: str
    score: float


def asked_contact(question: str) -> str:
    """The kind of contact that is asked for; "" for none.

    >>> asked_contact("What is the phone number?"), asked_contact("Which e-mail address does the port office have?")
    ('phone', 'mail')
    >>> asked_contact("How many phones were sold?"), asked_contact("How do I set up e-mail?")
    ('', '')
    >>> asked_contact("What does the web page say?"), asked_contact("What is the website of the port?")
    ('', 'web')
    """
    kind = next((kind for kind, asks in _ASKS.items() if asks.search(question)), "")
    is_short = len(set(terms(question)) - _FILLING) <= _FEW
    return (
        kind
        if kind and is_short and _OPENS.match(question) and not re.search(r"\bhow (?:many|much)\b", question)
        else ""
    )


def contacts_of(question: str, passages: Sequence[Passage], documents: Sequence[IndexedDocument]) -> list[Contact]:
    """What is printed of the kind that is asked for, the best first, each value once; [] where nothing is, or nothing
    near the words that are asked for besides."""
    kind = asked_contact(question)
    if not kind:
        return []
    wanted = set(terms(_ASKS[kind].sub(" ", question))) - _FILLING - _WHOSE
    is_of_authors = bool(wanted) and wanted <= _AUTHORS
    wanted = set() if is_of_authors else wanted
    rank = {key: n for n, key in enumerate(dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages))}
    found: list[Contact] = []
    for one in documents:
        named = wanted & set(terms(f"{one.document.name} {one.document.title}"))
        for page in _pages(one, rank, _TITLE_PAGES if is_of_authors else _READ_WHOLE // len(documents)):
            for match in _FORMS[kind].finditer(page.text):
                name = next(name for name, value in match.groupdict().items() if value)
                start, end = match.span(name)
                beside = set(terms(page.text[max(0, start - _AROUND) : end + _AROUND]))
                line = set(terms(page.text[page.text.rfind("\n", 0, start) + 1 : (page.text + "\n").index("\n", end)]))
                close = len(wanted & (line | named)) + _NEAR * len(wanted & beside - line - named)
                share = close / len(wanted) if wanted else 1.0
                order = rank.get((one.document.id, page.number), len(rank)) / 1000
                found.append(Contact(one.document.id, page, start, end, " ".join(match[name].split()), share - order))
    counts = Counter(contact.value for contact in found)
    found.sort(key=lambda c: (-round(c.score, 1), -counts[c.value], -c.score))
    best = list({contact.value: contact for contact in reversed(found)}.values())[::-1]
    near = [c for c in best if c.score > 0.5 and (not wanted or c.score > best[0].score - 0.1)]
    return [] if wanted and len(near) > _MOST else near[:_MOST]


def _pages(one: IndexedDocument, found: Mapping[tuple[str, int], int], most: int) -> Iterator[Page]:
    """The pages of a document, of a long one those found, its first and its last, where an imprint stands."""
    pages = one.document.pages
    if len(pages) <= most:
        yield from pages
        return
    ends = {*range(_ENDS), *range(len(pages) - _ENDS, len(pages))} if most > _TITLE_PAGES else set(range(most))
    numbers = {number - 1 for document_id, number in found if document_id == one.document.id and most > _TITLE_PAGES}
    for place in sorted(ends | numbers):
        if 0 <= place < len(pages):
            yield pages[place]


def with_contact(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    names: Mapping[str, str],
) -> Answer | None:
    """The answer led by how somebody is reached; None where that is not asked for or not printed."""
    found = contacts_of(question, passages, documents)
    if not found:
        return None
    operand = DirectOperand("", found[0].value, "", (1,))
    direct = Direct(DirectKind.VALUE, "", found[0].value, "", (operand,))
    return led_by_quotes(answer, [(c.document_id, c.page, Span(c.start, c.end)) for c in found], names, direct)


__all__ = ["Contact", "asked_contact", "contacts_of", "with_contact"]
