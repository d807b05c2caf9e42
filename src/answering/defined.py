"""Who somebody is, what something is, and who holds a post: the sentences that say so lead the answer.

"Who is Ada Brandt?" is answered by "Ada Brandt (born 1970) is a Norwegian engineer", which shares no more words with it
than a reference that names her; "Who is the chief engineer?" by a sentence or a row that names somebody beside that
post. The forms are the copular and appositive ones that definitions are found by (Hearst, "Automatic acquisition of
hyponyms from large text corpora", 1992; Cui, Kan and Chua, "Soft pattern matching models for definitional question
answering", 2007), without learned weights.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared_utils.structure.sentences import page_rows, sentences_between
from shared_utils.structure.waste import is_nothing, is_reference
from shared_utils.text.folding import fold
from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import other_forms, terms
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Page, Passage, Span
from src.answering.definition_forms import ARTICLES, PLAIN, entry_forms_of, forms_of
from src.answering.direct import Pages, led_by_quotes
from src.answering.ingestion import IndexedDocument

_WHO = re.compile(
    r"^\W*(?:who|wer|qui|qui[eé]n|chi|quem|wie)\s+"
    r"(?:is|was|ist|war|est|était|es|era|è|é|foi)\s+(?P<of>[^?]+)",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"^\W*(?:(?:what|was|qu['’]est[- ]ce que?(?: c['’]est que?)?|qué|que|(?:che )?cos['’]|cosa|o que|wat)\s*"
    r"(?:is|are|ist|sind|est|es|son|è|sono|é|são|zijn)?\s+(?:meant by\s+)?|define\s+|definiere\s+)(?P<of>[^?]+)",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\s+(?:means?|stands? for|bedeute[nt]|heißt|signifie|significa|betekent)\W*$", re.IGNORECASE)
_DOES = re.compile(r"^(?:fa|fait|faz|hace|macht|bewirkt|tut|doet)\s+|(?<=\S)\s+do\W*$", re.IGNORECASE)
_KIND = re.compile(  # of what a name behind it is: "the option headline"
    r"^(?:l['’])?(?:option|parameter|command|function|switch|comand[oa]|commande|befehl|funktion|opción|opzione|opção)\s+(?=\S+$)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(rf"^{ARTICLES}\s+", re.IGNORECASE)
_OF = re.compile(
    r"\s+(?:of|at|in|for|von|vom|bei|der|des|de|du|d['’]|del|della|di|do|da|van)\s+|['’]s\s+", re.IGNORECASE
)
_SAYS_SOMETHING = re.compile(r"\s(?:is|are|was|were|has|have|had|does|did|can|ist|sind|wurde|est|sont|es|son)(?:\s|$)")
_PERSON = re.compile(
    r"(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Mme)\.?\s+[A-ZÀ-ÞŠŽ][\w’'-]+|(?:[A-ZÀ-ÞŠŽ][\w’'-]+|[A-Z]\.)(?:\s+(?:[A-ZÀ-ÞŠŽ][\w’'-]+|[A-Z]\.|de|van|von|der|den|"
    r"la|del|da|di|bin)){0,3}\s+[A-ZÀ-ÞŠŽ][\w’'-]+"
)
_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("posts.toml").read_text(encoding="utf-8"))
_NO_NAME = frozenset(_WORDS["no_names"].split())
_BESIDE = _NO_NAME | frozenset(_WORDS["beside"].split())
_POSTS = tuple(tuple(way.strip() for way in line.split(",")) for line in _WORDS["posts"])
_TITLES = frozenset(("dr", "prof", "mr", "mrs", "ms", "herr", "frau", "mme"))
_ONCE = re.compile(r"\b(?:prior to|previously|formerly|former|until \w* ?\d{4}|from \w* ?\d{4} (?:to|until))\b")
_ELSEWHERE = re.compile(
    r"(?:\s*(?:,|and|&)?\s*\b(?:chief|executive|officer|chairman|president|director|chair|head|general|manager)\b)*"
    r"\s*(?:,\s*)?(?:of|at|for|von|bei|chez|de|di|van)\s+(?:the\s+)?(?P<name>[A-ZÀ-Þ][\w’'-]*)"
)
_BEFORE_BRACKET = re.compile(
    rf"(?P<name>[A-ZÀ-ÞŠŽ][\w&.’'-]*(?:\s+(?:(?:of|and|&|de|van|von)\s+)?[A-ZÀ-ÞŠŽ][\w&.’'-]*){{0,6}}),?\s*"
    rf"\(\s*(?:{ARTICLES}\s+)?[“\"]?$"
)
_NEAR = 60  # characters between a post and a name
_FULL = 0.3  # more for a first name and a surname
_MOST_PAGES = 40  # that are read
_LONGEST = 450  # characters of a sentence
_LONGEST_TERM = 5  # words
_FIRST_PAGES = 2
_ENOUGH = 1.8
_LONGER = 0.3  # less where it is "Nordhaven X"
_ENDS = (*".!?:;。！？", "”", '"', ")")
_SIGNS = " \"“‘„'("
_MOST = 2  # sentences that lead
_NUMBER = re.compile(r"^\W*(?:\d+(?:\.\d+)*|[a-z]|[ivx]+)[.)]\s+")  # of a clause
_PRONOUN = re.compile(r"(?:She|He|It|They|Sie|Er|Es|Elle|Il|Ella|Él|Lei|Ela|Ele|Zij|Hij)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom or what a question asks for: the name of somebody, a term, or a post; the others are ""."""

    name: str = ""
    term: str = ""
    post: str = ""
    whose: str = ""  # of what the post is
    is_meaning: bool = False  # whether it asks in so many words what the term means
    is_entry: bool = False  # whether only an entry of a list of terms tells it: it may ask for a value as well


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence `page.text[start:end]`, how surely it answers, and the person it names, "" for none."""

    document_id: str
    page: Page
    start: int
    end: int
    score: float
    person: str = ""


def asked_for(question: str) -> Asked | None:
    """Whom or what a question asks for; None where it asks for something else.

    >>> asked_for("Who is Ada Brandt?"), asked_for("What is a sluice?").term
    (Asked(name='Ada Brandt', term='', post='', whose='', is_meaning=False), 'sluice')
    >>> asked_for("Wer ist der CEO von Nordhaven?")
    Asked(name='', term='', post='CEO', whose='Nordhaven', is_meaning=False)
    >>> asked_for("What is the revenue of 2022?") is None
    True
    """
    if (who := _WHO.match(question)) is not None:
        of = who["of"].strip(" .!")
        bare = _ARTICLE.sub("", of)
        words = bare.split()
        is_name = bare == of and len(words) > 1 and all(w[:1].isupper() for w in (words[0], words[-1]))
        if is_name and not words[0].isupper() and not _OF.search(bare):
            return Asked(name=bare)
        post, *whose = _OF.split(bare, maxsplit=1)
        if "'" in bare or "’" in bare:
            post, whose = (whose or [post])[0], [post]
        return Asked(post=post, whose=" ".join(whose)) if 0 < len(terms(post)) <= _LONGEST_TERM else None
    what = _WHAT.match(question)
    if what is None:
        return None
    of = what["of"].strip(" .!\"'“”„‘’")
    is_meant = _MEANS.search(of) is not None or re.match(r"\W*defin", question, re.IGNORECASE) is not None
    of = re.sub(r"^(?:does|do)\s+", "", _MEANS.sub("", of), flags=re.IGNORECASE)
    of, is_meant = _DOES.sub("", of), is_meant or _DOES.search(of) is not None
    has_the = re.match(r"(?:the|der|die|das|le|la|les|el|los|las|il|lo|gli|os|het|de)\s", of, re.IGNORECASE)
    term = _KIND.sub("", _ARTICLE.sub("", of)).strip("\"'“”„‘’ ")
    is_short = 0 < len(term.split()) <= _LONGEST_TERM and bool(terms(term)) and not re.search(r"\d{4}|,", term)
    is_name = " " in term and all(word[:1].isupper() for word in term.split())
    if (
        not is_short
        or _SAYS_SOMETHING.search(term)
        or (
            not is_meant
            and ((has_the and not is_name) or _OF.search(term) or re.search(r"(?:^|\s)(?:in|on|for|about)\s", term))
        )
    ):
        return None
    return Asked(term=term, is_meaning=is_meant)


def with_definition(
    question: str,
    typed: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
) -> Answer | None:
    """The answer led by who or what is asked for; None where it asks for neither or no sentence says. `typed` is the
    question as a person wrote it, `question` as it is searched."""
    asked = asked_for(question) or asked_for(typed) or _asked_entry(question)
    told = told_of(asked, passages, documents, pages, names) if asked is not None else []
    if asked is None or not told:
        return None
    places = [(one.document_id, one.page, Span(one.start, one.end)) for one in told]
    direct = None
    if told[0].person:
        operand = DirectOperand(asked.post, told[0].person, "", (1,))
        direct = Direct(DirectKind.VALUE, asked.post, told[0].person, "", (operand,))
    wanted = set(terms(f"{asked.name} {asked.term} {told[0].person}"))
    kept = tuple(s for s in answer.sentences if not _is_source(s.text) and wanted & set(terms(s.text)))
    return led_by_quotes(replace(answer, sentences=kept), places, names, direct)


def _asked_entry(question: str) -> Asked | None:
    """The term of "What is the salvage value?": a value where the documents have one, or what a list of terms says."""
    what = _WHAT.match(question)
    has_article = what is not None and _ARTICLE.match(what["of"]) is not None
    found = asked_for(f"What is {_ARTICLE.sub('', what['of'])}?") if what is not None and has_article else None
    return replace(found, is_entry=True) if found is not None and found.term else None


def told_of(
    asked: Asked,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
) -> list[Told]:
    """The sentences that say who or what it is, the surest first; [] where none does."""
    if asked.post:
        found = _people(asked, passages, documents, pages, names)
        if not found and not asked.whose:  # "Who is the Licensor?", which a contract defines
            found = _meanings(replace(asked, term=asked.post), passages, documents, pages)
    else:
        found = _meanings(asked, passages, documents, pages)
    return [one for one in found if one.score >= max(_ENOUGH, found[0].score - 1)][: 1 if asked.post else _MOST]


def holds_no_post(question: str, texts: Iterable[str]) -> bool:
    """Whether a question asks for whoever holds a well-known post that none of the texts, folded, speak of."""
    asked = asked_for(question)
    ways = _ways(asked.post) if asked is not None and asked.post else ()
    written = [re.compile(rf"\b{re.escape(way)}\b") for way in ways]
    return len(ways) > 1 and not any(way.search(text) for text in texts for way in written)


def _ways(post: str) -> tuple[str, ...]:
    """How a post is written."""
    folded = fold(post)
    return next((ways for ways in _POSTS if folded in ways), (folded,))


def names_no_person(typed: str, question: str, value: str) -> bool:
    """Whether a question asks for somebody and a value names nobody."""
    is_who = _WHO.match(typed) is not None or _WHO.match(question) is not None
    return is_who and next(_names_in(value), None) is None


# ------------------------------------------------------------------------------------------------ what is looked at


def sentences_holding(
    words: str,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    may_tell: Callable[[str], bool] = bool,
) -> Iterator[tuple[str, Page, int, int, int]]:
    """(document id, page, start, end, rank) of the sentences of the pages that hold all of the words: the pages found
    first, then those of `documents`, from the front. Only pages whose text `may_tell` are taken apart."""
    found = dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages)
    among = {document_id for document_id, _ in found}
    wanted, others = set(terms(words)), other_forms(words)
    forms = [{word, *(form for form, here in others.items() if here == word)} for word in wanted]
    on_pages: dict[str, set[int]] = {}  # by their index, which spares reading the others
    for one in documents:
        if one.document.id in among or not among:
            postings = one.index.chunk_words
            held = [
                {one.index.chunks[int(unit)].page for form in of_word for unit in postings.units[postings.held(form)]}
                for of_word in forms
            ]
            on = on_pages[one.document.id] = set.intersection(*held) if held else set()
            found |= dict.fromkeys((one.document.id, number) for number in sorted(on))
    for rank, key in enumerate(list(found)[: _MOST_PAGES + len(passages)]):
        if key[1] not in on_pages.get(key[0], (key[1],)):
            continue
        page = pages[key]
        if not may_tell(page.text) or not wanted <= {others.get(term, term) for term in terms(page.text)}:
            continue
        for span in sentences_between(page, 0, len(page.text), page_rows(page)):
            said = page.text[span.start : span.end]
            if len(said) <= _LONGEST and not is_nothing(said) and not _is_source(said):
                end = span.end if span.row else _to_its_end(page.text, span.end)
                yield key[0], page, span.start, end, rank


def _is_source(text: str) -> bool:
    return is_reference(text) or "://" in text


def _to_its_end(text: str, end: int) -> int:
    """Where a sentence ends that a line set like a heading cuts off: "… a single / LLM both writes and checks."."""
    last = re.search(r"(\w+)\W*$", text[max(0, end - 40) : end])
    if last is None or text[:end].rstrip()[-1:] in _ENDS or not last[1].islower():
        return end
    after = re.search(r"[.!?][\"”’)]*(?=\s|$)", text[end : end + _LONGEST])
    return end + after.end() if after else end


def _meanings(
    asked: Asked, passages: Sequence[Passage], documents: Sequence[IndexedDocument], pages: Pages
) -> list[Told]:
    """Sentences of a form that definitions have, the surest form first, early pages before later ones."""
    called = asked.name or asked.term
    forms = entry_forms_of(called) if asked.is_entry else forms_of(called, bool(asked.name))
    found: list[Told] = []
    for document_id, page, start, end, rank in sentences_holding(called, passages, documents, pages):
        text = page.text[start:end]
        best = max(((score, match) for score, form in forms if (match := form.search(text))), default=None, key=_first)
        if best is None:
            continue
        begin = line_of(text, best[1].start())
        before = _ARTICLE.sub("", f"{_NUMBER.sub('', text[begin : best[1].start()]).strip(_SIGNS)} ").split()
        if best[0] == PLAIN and before and not all(word[:1].isupper() for word in (*before, best[1].group())):
            continue  # "the risk of flooding is the greatest" says nothing of what flooding is
        score = best[0] - _LONGER * bool(before) + 0.5 * (page.number <= _FIRST_PAGES) - rank / 1000
        found.append(Told(document_id, page, start + begin, _read_on(page, end, bool(asked.name)), score))
    return sorted(found, key=lambda one: -one.score)


def _first(scored: tuple[float, re.Match[str]]) -> float:
    return scored[0]


def line_of(text: str, at: int) -> int:
    """Where a sentence begins whose heading the page sets right over it: at the line of what is found there."""
    line = text.rfind("\n", 0, at) + 1
    return line if not text[line:at].strip(_SIGNS) else 0


def _read_on(page: Page, end: int, is_name: bool) -> int:
    """The end of the next sentence where it says more of the same person: "She is known for …"."""
    if not is_name or not _PRONOUN.match(page.text[end : end + 12].lstrip()):
        return end
    after = next((s for s in split_sentences(page.text[end : end + _LONGEST])), None)
    return end + after.end if after is not None and end + after.end < end + _LONGEST - 1 else end


def _people(
    asked: Asked,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
) -> list[Told]:
    whose = set(terms(asked.whose))
    found: list[Told] = []
    for way in _ways(asked.post):
        written = r"[\s-]+".join(map(re.escape, way.split()))
        spelled = re.compile(rf"(?<!vice[ -])(?<!former )\b{written}\b")
        for document_id, page, start, end, rank in sentences_holding(way, passages, documents, pages):
            text = page.text[start:end]
            folded = fold(text)
            if len(folded) != len(text) or _ONCE.search(folded):
                continue
            known = whose | set(terms(names.get(document_id, "")))
            near = [
                (apart - _NEAR * _FULL * (fold(name).split()[0].strip(".") not in _TITLES), name)
                for match in spelled.finditer(folded)
                if not _is_held_elsewhere(text[match.end() :], known)
                for place, name in _names_in(_without(text, match))
                if (apart := _apart(text, (match.start(), match.end()), (place, place + len(name)))) is not None
            ]
            if (party := _party(text, spelled.finditer(folded))) is not None:
                near = [(0.0, party)]
            if near:
                near_by, name = min(near)
                score = PLAIN - near_by / _NEAR + 0.5 * bool(known & set(terms(text))) - min(rank, 40) / 80
                found.append(Told(document_id, page, start, end, score, name))
    return sorted(found, key=lambda one: -one.score)


def _party(text: str, posts: Iterable[re.Match[str]]) -> str | None:
    """Who stands before a post in brackets: "Northport Ltd (the landlord) and Ada Brandt (the tenant)"."""
    named = (
        _BEFORE_BRACKET.search(text[: post.start()])
        for post in posts
        if text[post.end() : post.end() + 1] in (")", "”")
    )
    return next((found["name"] for found in named if found is not None), None)


def _is_held_elsewhere(after: str, known: frozenset[str] | set[str]) -> bool:
    """Whether the post is one of another company: "chief financial officer of Albers Pumps"."""
    of = _ELSEWHERE.match(after)
    return of is not None and not known & set(terms(of["name"]))


def _without(text: str, post: re.Match[str]) -> str:
    """With signs in the place of the post, which is written with capitals as names are."""
    return text[: post.start()] + "|" * (post.end() - post.start()) + text[post.end() :]


def _apart(text: str, post: tuple[int, int], name: tuple[int, int]) -> int | None:
    """How many characters stand between a post and a name; None where they are too many or say something else."""
    between = text[post[1] : name[0]] if name[0] >= post[1] else text[name[1] : post[0]]
    if len(between) > _NEAR or re.search(r"[.;:!?]\s", between) or (name[0] < post[1] and post[0] < name[1]):
        return None
    words = re.findall(r"[^\W\d_]+", fold(between))
    if name[0] >= post[1] and re.match(r"\s*(?:of|at|for|in|on|von|bei|chez|de|di|van)\b", between):
        return None
    return len(between) if all(word in _BESIDE for word in words) else None


def _names_in(text: str) -> Iterator[tuple[int, str]]:
    """(place, name) of what is written as the name of a person."""
    for match in _PERSON.finditer(text):
        words, at = list(re.finditer(r"\S+", match.group())), match.start()
        while words and fold(words[0].group()).strip(".,’'") in _NO_NAME:
            words.pop(0)
        while words and fold(words[-1].group()).strip(".,’'") in _NO_NAME:
            words.pop()
        if len(words) > 1 and not any(fold(w.group()) in _NO_NAME for w in words):
            first, last = words[0].start(), words[-1].end()
            yield at + first, " ".join(match.group()[first:last].split())
