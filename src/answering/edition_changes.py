"""Questions about what changed from one edition of a document to the next, answered from their comparison.

The words of a question say that it is one, in three languages, and two of the documents have to be editions of one
another: those that it names or whose years it names, or the only two. What is left of its words is the topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from shared_utils.editions.kept import compared
from shared_utils.editions.kinship import may_be_editions, sketch, suggested_pairs, year_of
from shared_utils.editions.model import Change, ChangeKind, Fact, FactChange, FactKind, Side
from shared_utils.editions.selection import counts_of, selected
from shared_utils.message import Message, counted, message
from shared_utils.retrieval.sides import compared_documents
from shared_utils.storage.kept_pages import page_numbered
from shared_utils.text.folding import fold
from shared_utils.text.words import terms
from shared_utils.types import (
    QUOTED,
    Answer,
    Citation,
    Direct,
    DirectKind,
    DirectOperand,
    Document,
    Sentence,
    Verdict,
)
from src.answering.ingestion import IndexedDocument

THE_EDITIONS = message("two editions compared")
_MOST_TOLD = 10  # changes
_MOST_FACTS = 4  # of one change
_MOST_TEXT = 320  # characters of a passage that are told; its footnote has the whole
_MOST_DOCUMENTS = 8  # among which a pair is looked for that the question does not name
_ASKS = re.compile(
    r"\bwhat(?:'s| is| are| has| have| was| were| did)?(?: been)? (?:all )?"
    r"(?:changed?|different|new|added|removed|dropped|reworded)\b"
    r"|\bwh(?:at|ich) (?:\w+ ){0,3}"
    r"(?:changed?|(?:was|were|has been|have been) (?:changed|added|removed|dropped|reworded))\b"
    r"|\b(?:changes?|differences?) (?:between|from|(?:in|of) the (?:new|later|latest)|since)\b"
    r"|\bhow (?:do|does|did) .{3,80}\bdiffer\b|\bwhat (?:are|were) the (?:changes|differences)\b"
    r"|\bwas (?:hat|haben) sich .{0,80}(?:geandert|verandert)"
    r"|\bwas (?:ist|wurde|wurden) .{0,60}(?:neu|geandert|gestrichen|hinzugefugt)\b"
    r"|\bwelche .{0,60}(?:haben sich geandert|wurden? (?:geandert|gestrichen|hinzugefugt))"
    r"|\b(?:anderungen|unterschiede) (?:zwischen|von|gegenuber|seit)\b|\bunterscheide[nt] sich\b"
    r"|\bqu'?(?:est-ce qui|'est-ce qui) a (?:ete )?(?:change|modifie|ajoute|supprime)|\bquoi de neuf\b"
    r"|\b(?:differences?|modifications?|changements?) (?:entre|depuis|par rapport)\b"
)
_EDITION = re.compile(
    r"\b(?:reports?|editions?|versions?|documents?|drafts?|contracts?|agreements?|polic(?:y|ies)|manuals?|papers?|filings?|"
    r"files?|10-?[kq]s?|the two|these two|both|berichte?n?s?|geschaftsberichte?n?s?|ausgaben?|auflagen?|fassung(?:en)?|"
    r"dokumente?n?s?|vertrage?s?|handbuch(?:er)?s?|beiden?|rapports?|contrats?|deux)\b"
)
_FILLING = frozenset(
    terms(
        "what changed change changes different difference differences differ new added removed dropped deleted "
        "reworded report reports edition editions version versions document documents draft contract agreement "
        "policy manual paper filing file files two both these since between about regarding concerning respect "
        "compared previous last earlier later latest old older newer first second annual year list show tell section "
        "part which how"
    )
) | frozenset(
    fold(
        "was hat haben sich geändert verändert änderungen änderung unterschiede unterschied zwischen bericht berichte "
        "geschäftsbericht ausgabe ausgaben auflage fassung fassungen dokument dokumente vertrag beiden neu neue "
        "gegenüber seit welche wurde wurden gestrichen hinzugefügt vom zum beim bezüglich über den dem des die der das "
        "und im in qu est ce qui a change changé changements différences différence modifications entre "
        "rapport rapports édition éditions contrat deux depuis quoi neuf sur le la les au sujet de du et concernant"
    ).split()
)
_FACT_WORDS = {
    FactKind.NUMBER: "numbers number figures figure amounts amount values value zahlen zahl beträge werte chiffres "
    "montants",
    FactKind.DATE: "dates date deadlines deadline daten datum termine fristen délais",
    FactKind.NAME: "names name namen noms",
    FactKind.NEGATION: "negations negation verneinungen négations",
    FactKind.OBLIGATION: "obligations obligation duties duty pflichten verpflichtungen",
}
_KIND_WORDS = {
    ChangeKind.ADDED: "added new hinzugefügt neu ajouté",
    ChangeKind.REMOVED: "removed dropped deleted gestrichen supprimé",
    ChangeKind.REWORDED: "reworded",
}
_Kind = TypeVar("_Kind", FactKind, ChangeKind)
_TELLING = (FactKind.OBLIGATION, FactKind.NEGATION, FactKind.NUMBER, FactKind.DATE, FactKind.NAME)


def asks_for_changes(question: str) -> bool:
    """Whether the words of a question ask what changed, whatever it is asked of.

    >>> asks_for_changes("What changed between the 2019 and the 2020 report about leases?")
    True
    >>> asks_for_changes("Was hat sich gegenüber der letzten Auflage geändert?"), asks_for_changes("How many ships?")
    (True, False)
    """
    return _ASKS.search(_folded(question)) is not None


def about_changes(question: str, documents: Sequence[IndexedDocument]) -> Answer | None:
    """The answer to a question about what changed; None where it is about something else, or of no two editions."""
    if not asks_for_changes(question):
        return None
    pair = _pair(question, [indexed.document for indexed in documents])
    if pair is None:
        return None
    before, after = pair
    if not may_be_editions(before, after):
        return None
    comparison = compared(before, after)
    if not comparison.kinship.are_editions:
        return None
    topic = _topic(question, before, after)
    facts, kinds = _named(question, _FACT_WORDS), _named(question, _KIND_WORDS)
    chosen = selected(comparison.changes, kinds=kinds, facts=facts, about=" ".join(topic))
    if facts:
        chosen = tuple(replace(c, facts=tuple(fact for fact in c.facts if fact.kind in facts)) for c in chosen)
    return _answer(question, before, after, chosen, " ".join(topic))


# ------------------------------------------------------------------------------------------------ what is asked


def _folded(question: str) -> str:
    return " ".join(fold(question).split())


def _pair(question: str, documents: Sequence[Document]) -> tuple[Document, Document] | None:
    """The two documents that are meant, the earlier one first."""
    by_id = {document.id: document for document in documents}
    titles = {d.id: f"{d.title} {d.name} {year_of(d) or ''}".replace("_", " ") for d in documents}
    years = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", question)}
    told = {d.id for d in documents if year_of(d) in years}
    named = compared_documents(question, titles)
    if len(years) > 1 and len(told) != 2:
        return None
    ids = tuple(told) if len(years) > 1 else named
    if len(ids) == 2:
        is_named = len(documents) > 2 or len(years) > 1 or _EDITION.search(_folded(question)) is not None
        return _ordered(by_id[ids[0]], by_id[ids[1]]) if is_named or not _topic(question) else None
    if 2 < len(documents) <= _MOST_DOCUMENTS and _EDITION.search(_folded(question)):
        pairs = suggested_pairs([sketch(document) for document in documents])
        if len(pairs) == 1:
            return by_id[pairs[0][0]], by_id[pairs[0][1]]
    return None


def _ordered(one: Document, other: Document) -> tuple[Document, Document]:
    return (other, one) if 0 < year_of(other) < year_of(one) else (one, other)


def _topic(question: str, *documents: Document) -> list[str]:
    """The words of a question that are neither its form nor the documents' names, as typed."""
    names = set(
        terms(" ".join(f"{d.name} {d.title} {year_of(d)}".replace("_", " ").replace(".", " ") for d in documents))
    )
    kinds = set(fold(" ".join([*_FACT_WORDS.values(), *_KIND_WORDS.values()])).split())
    found = []
    for word in re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", question):
        keys = set(terms(word))
        if keys and not keys & (names | _FILLING) and fold(word) not in _FILLING | kinds and not word.isdecimal():
            found.append(word)
    return found


def _named(question: str, words: Mapping[_Kind, str]) -> list[_Kind]:
    asked = set(_folded(question).replace("?", " ").split())
    return [kind for kind, names in words.items() if asked & set(fold(names).split())]


# ------------------------------------------------------------------------------------------------ what is told


def _answer(question: str, before: Document, after: Document, chosen: Sequence[Change], topic: str) -> Answer:
    citations: list[Citation] = []
    sentences = [_line(_lead(before, after, chosen, topic), (), message("counted in the comparison"))]
    told = sorted(chosen, key=_weight)[:_MOST_TOLD]
    kept = set(map(id, told))
    operands: list[DirectOperand] = []
    for number, change in enumerate((change for change in chosen if id(change) in kept), start=1):
        markers = tuple(_cited(change, before, after, citations))
        operands += _operands(number, change, markers)
        sentences.append(
            _line(_told(change), markers, message("compared word by word"), paragraph=len(sentences), item="-")
        )
    left = len(chosen) - len(told)
    more = counted(
        left,
        "{n:,} more change stands on the page “Compare”.",
        "{n:,} more changes stand on the page “Compare”.",
    )
    return Answer(
        question=question,
        answerable=True,
        sentences=tuple(sentences),
        citations=tuple(citations),
        finish_reason="stop",
        stats=QUOTED,
        raw_text="\n".join(sentence.text for sentence in sentences),
        notes=(more,) if left else (),
        direct=Direct(DirectKind.CHANGES, topic, str(len(chosen)), "", tuple(operands)),
    )


def _operands(number: int, change: Change, markers: tuple[int, ...]) -> Iterator[DirectOperand]:
    """Each fact that differs before and after; of a change without facts, its words."""
    sides = [name for name, side in (("before", change.before), ("after", change.after)) if side is not None]
    marker = dict(zip(sides, ((one,) for one in markers), strict=True))
    told: list[tuple[str, Fact | Side | None, Fact | Side | None]]
    told = [(fact.about or str(fact.kind), fact.before, fact.after) for fact in change.facts]
    for name, old, new in told or [(str(change.kind), change.before, change.after)]:
        for side, words in (("before", old), ("after", new)):
            if words is not None:
                yield DirectOperand(name, words.text, "", marker.get(side, ()), row=str(number), column=side)


def _lead(before: Document, after: Document, chosen: Sequence[Change], topic: str) -> Message:
    names = {"before": before.name, "after": after.name}
    if not chosen:
        if topic:
            return message("Nothing that speaks of “{topic}” differs from {before} to {after}.", topic=topic, **names)
        return message("Nothing differs from {before} to {after}.", **names)
    counts = counts_of(chosen)
    told = {
        "reworded": counted(
            counts.changes[ChangeKind.REWORDED], "{n:,} passage was reworded", "{n:,} passages were reworded"
        ),
        "added": counted(counts.changes[ChangeKind.ADDED], "{n:,} was added", "{n:,} were added"),
        "removed": counted(counts.changes[ChangeKind.REMOVED], "{n:,} was removed", "{n:,} were removed"),
    }
    if topic:
        return message(
            "From {before} to {after}, of what speaks of “{topic}”: {reworded}, {added} and {removed}.",
            topic=topic,
            **names,
            **told,
        )
    return message("From {before} to {after}: {reworded}, {added} and {removed}.", **names, **told)


def _weight(change: Change) -> tuple[int, int]:
    """The most telling first: duties, denials and numbers, then what is new or gone, then mere words."""
    ranks = [_TELLING.index(fact.kind) for fact in change.facts]
    if ranks:
        return min(ranks), -len(ranks)
    return (len(_TELLING) if change.kind is not ChangeKind.REWORDED else len(_TELLING) + 1), 0


def _told(change: Change) -> Message:
    if change.kind is ChangeKind.ADDED and change.after is not None:
        return message("New: “{text}”", text=_short(change.after))
    if change.kind is ChangeKind.REMOVED and change.before is not None:
        return message("No longer there: “{text}”", text=_short(change.before))
    assert change.before is not None  # noqa: S101 - what is reworded has both
    assert change.after is not None  # noqa: S101
    facts = tuple(_fact(fact) for fact in islice(change.facts, _MOST_FACTS))
    if change.is_row and facts:
        return message("{facts}", facts=facts)
    if facts:
        return message("{facts}, in: “{text}”", facts=facts, text=_short(change.after))
    return message("“{before}” now reads “{after}”", before=_short(change.before), after=_short(change.after))


def _fact(fact: FactChange) -> str:
    sides = f"{fact.before.text if fact.before else '–'} → {fact.after.text if fact.after else '–'}"
    return f"{fact.about}: {sides}" if fact.about else sides


def _short(side: Side) -> str:
    return side.text if len(side.text) <= _MOST_TEXT else f"{side.text[: _MOST_TEXT - 1].rsplit(' ', 1)[0]} …"


def _cited(change: Change, before: Document, after: Document, citations: list[Citation]) -> Iterator[int]:
    """The markers of both sides, whose citations are added."""
    for side, document in ((change.before, before), (change.after, after)):
        if side is None:
            continue
        place = max(side.places, key=lambda place: place.end - place.start)
        page = page_numbered(document.pages, place.page)
        assert page is not None  # noqa: S101 - a place is on a page
        marker = len(citations) + 1
        quote = page.text[place.start : place.end]
        citations.append(
            Citation(marker, document.id, document.name, page.number, page.label, quote, place.start, place.end)
        )
        yield marker


def _line(
    said: Message, citations: tuple[int, ...], reason: Message, *, paragraph: int = 0, item: str = ""
) -> Sentence:
    return Sentence(str(said), citations, Verdict.SUPPORTED, reason, paragraph=paragraph, item=item, said=said)
