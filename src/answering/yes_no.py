"""Yes or no: the word that the sentence which answers such a question says, and nothing where it says neither.

The sentence is compared with the question clause by clause: a negation, an end of a scale, a number or a limit that
stands on one side alone turns it into a no. The way of natural-logic systems for short inference (MacCartney and
Manning, "Natural Logic for Textual Inference", 2007), without their parser: where few of the question's words stand in
the sentence, no word is said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from shared_utils.citations.polarity import denies, opposition
from shared_utils.citations.text_units import words_of
from shared_utils.message import Message, message
from shared_utils.text.folding import fold
from shared_utils.text.languages import told_language
from shared_utils.text.quantities import quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Sentence, Verdict

YES, NO = message("Yes."), message("No.")
_LOOKED_AT = 3  # sentences of the answer
_COVERED = 0.5  # share of the question's words that must stand in a sentence
_TWO = 2
_PROSE = 40  # characters of a value that is a sentence
_LEAST = 2  # words that must
_AS_NEAR = 0.6  # of the words that the nearest clause shares
_BY_A_DUTY = 4  # words to either side of "must"
_PREFIXED = 5  # letters; a shorter word begins others by chance
_MAY_IT = re.compile(r"\b(?:allowed|permitted|able|supposed|possible|necessary|required|have|need) to\b", re.IGNORECASE)
_IT = re.compile(r"\W*(?:it|they|es|il|elle|c['’]est|cela|esto|questo|isto|het)\b", re.I)  # what was spoken of before
_CONDITION = re.compile(r"\s*(?:if|when|wenn|falls|si|se|als)\b[^,?]{3,160},\s*", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]{1,60}\)")  # "there is no way (as of yet) to do it": one clause
_OR = re.compile(r"\b(?:or|nor|oder|noch|ou|ni|o|né|nem|of)\b", re.I)  # joins what one "not" denies
_STOP = re.compile(r"[;:.!?()](?:\s|$)|\b(?:but|while|whereas|although|however|aber|mais|pero|ma|mas|maar)\b", re.I)
_CLAUSE = re.compile(rf",(?:\s|$)|{_STOP.pattern}", re.I)


def _folded(name: str, words: Mapping[str, str]) -> frozenset[str]:
    return frozenset(words[name].split())


_WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("yes_no.toml").read_text(encoding="utf-8"))
_BEGINS = _folded("begins", _WORDS)
_DENYING = _folded("denying", _WORDS)
_LIMITING = _folded("limiting", _WORDS)
_WHOLE = _folded("whole", _WORDS)
_MORE, _FEWER = _folded("more", _WORDS), _folded("fewer", _WORDS)
_OF_ITS_OWN = _folded("of_its_own", _WORDS)
_OPEN = _folded("open", _WORDS)
_OBLIGED = re.compile(_WORDS["obliged"])
_OBLIGES = re.compile(_WORDS["obliges"])
_LEAVES_OPEN = re.compile(_WORDS["leaves_open"])
_EITHER = re.compile(_WORDS["either"])
_IS_WHAT = re.compile(  # "was" before a German verb: too little of a language is told where only a name follows
    r"was (?:ist|sind|war|waren|wird|wurde|hat|haben|gibt|macht|tut|kann|darf|muss|soll|bedeutet|heisst|kostet|steht|"
    r"gilt|passiert|geschieht|enthalt|braucht|bringt|sagt|zeigt|beschreibt|regelt|umfasst|gehort|bewirkt|liefert|verlangt)\b"
)
_MENTION = re.compile(
    r"(?:is|are|was|were)\s+(?P<what>.{2,60}?)\s+(?:discussed|mentioned|covered|described|named|addressed)\b"
    r"|do(?:es)?\s+(?:this|the|these|it|they)\s*(?:\w+\s+)?(?:discuss|mention|cover|describe|name|address)\s+"
    r"(?P<also>[^?]{2,60})",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\s*[•●-]?\s*(?:this|these|it|they|the (?:feature|function|service|option)|dies\w*|cette|esta|este)\b", re.I
)
_VALUES = {fold(word): True for word in _WORDS["yes"].split(",")} | {
    fold(word): False for word in _WORDS["no"].split(",")
}
_VALUES = {word.strip(): value for word, value in _VALUES.items()}


_DENIES_NOTHING = re.compile(  # "any price or no price", "not only", "no later than"
    r"\b(?:any|some|one|a) [\w-]+ or no(?:ne)? ?[\w-]*|\bwith or without\b|\bwhether or not\b"
    r"|\bnot (?:only|just|merely|later than|more than|less than|limited to)\b"
    r"|\bno (?:later|more|less|fewer|sooner|earlier|longer) than\b|\bno matter\b"
    r"|\bno\. ?\d"  # a number
    # what something is for: "to avoid clashes, they stand apart"
    r"|(?:^|[.:;,(]\s*|\bin order |\bso as )to (?:avoid|prevent)\b|\bum [^,.;]{3,80} zu vermeiden\b"
    r"|\b(?:afin d|pour |para |per |om )['’]?[ée]?vi(?:ter|tar|tare)\b"
    r"|\b(?:mit oder ohne|nicht nur)\b|\bavec ou sans\b|\bnon seulement\b|\bcon o sin\b"
    r"|\bno solo\b|\bcon o senza\b|\bnon solo\b|\bcom ou sem\b|\bnão só\b|\bmet of zonder\b|\bniet alleen\b",
    re.IGNORECASE,
)


def asks_yes_no(question: str) -> bool:
    """Whether a question wants a yes or a no.

    >>> asks_yes_no("Can I bring my dog?"), asks_yes_no("If it rains, is the ferry late?"), asks_yes_no("What is it?")
    (True, True, False)
    >>> asks_yes_no("Darf ich einen Hund halten?"), asks_yes_no("¿Hay descuentos?"), asks_yes_no("Is it 5 or 6?")
    (True, True, False)
    >>> asks_yes_no("Was sagt das Dokument über Lärm?"), asks_yes_no("Was macht tar?"), asks_yes_no("Was Ann paid?")
    (False, False, True)
    """
    bare = _CONDITION.sub("", question.strip(" ¿\"'“”"), count=1)
    folded = fold(bare).replace("’", "'")
    first = re.match(r"[\w'-]+", folded)
    if first is None or first[0] not in _BEGINS or "?" not in question or _EITHER.search(folded):
        return False
    return first[0] != "was" or (not _IS_WHAT.match(folded) and told_language(bare) != "german")


def with_word(question: str, answer: Answer) -> Answer:
    """The answer led by its word, and by the sentence that says so; as it is where no sentence says either."""
    if not asks_yes_no(question):
        return answer
    if answer.direct is not None and (answer.direct.kind is not DirectKind.VALUE or not answer.sentences):
        return answer
    if answer.direct is not None:
        word = _said_by(question, answer.direct, answer.sentences[0].text)
        return answer if word is None else _led_by(YES if word else NO, answer, answer.sentences)
    place = _mentioned(question, answer.sentences[:_LOOKED_AT])
    if place is not None and said(question, answer.sentences[place].text) is not False:  # "covered" by a policy
        first = answer.sentences[place]
        return _led_by(YES, answer, (first, *(s for s in answer.sentences if s is not first)))
    told = [
        (
            _most_in_a_clause(question, sentence.text),
            not _is_open(question, sentence.text),
            len(_terms_in(question, sentence.text)),
            -number,
            word,
        )
        for number, sentence in enumerate(answer.sentences[:_LOOKED_AT])
        if sentence.citations and (word := said(question, sentence.text)) is not None
    ]
    if not told:
        return answer
    *_, place, word = max(told)
    leading = answer.sentences[-place]
    rest = (leading, *(other for at, other in enumerate(answer.sentences) if at != -place))
    return _led_by(YES if word else NO, answer, rest)


def _mentioned(question: str, sentences: Sequence[Sentence]) -> int | None:
    """The place of the first sentence of prose that has what is asked to be spoken of; None where the question asks
    for something else or none has it."""
    asked = _MENTION.match(question.strip())
    wanted = set(terms(asked["what"] or asked["also"])) if asked is not None else set()
    holding = [n for n, s in enumerate(sentences) if s.citations and wanted and wanted <= set(terms(s.text))]
    return min(holding, key=lambda n: (" · " in sentences[n].text, n), default=None)


def word_of(value: str) -> bool | None:
    """What a cell of a table says that holds a yes or a no; None where it holds anything else.

    >>> word_of("Supported"), word_of("Not available."), word_of("12 GB")
    (True, False, None)
    """
    return _VALUES.get(fold(value).strip(" ."))


def is_said_better(question: str, value: str, sentences: Sequence[Sentence]) -> bool:
    """Whether a sentence has a clause with more of the question's words than any of a cell that is prose itself."""
    most = _most_in_a_clause(question, value)
    return len(value) >= _PROSE and any(_most_in_a_clause(question, one.text) > most for one in sentences)


def _said_by(question: str, direct: Direct, text: str) -> bool | None:
    """What a value says that was looked up: the word itself, the greater of two, or what its sentence says."""
    word = word_of(direct.value)
    if word is None and len(direct.operands) == _TWO:
        word = _compared(question, direct.operands)
    is_prose = max((len(one.value) for one in direct.operands), default=0) >= _PROSE
    return said(question, text) if word is None and is_prose else word


def _compared(question: str, operands: Sequence[DirectOperand]) -> bool | None:
    """Whether of two values of a row the one that the question names first is the greater, or the smaller, as it asks;
    None where it names not both or asks for neither."""
    more, fewer = _speaks(question, _MORE), _speaks(question, _FEWER)
    if more == fewer:
        return None
    asked = terms(question)
    names = [set(terms(one.name)) for one in operands]
    own = [words - other for words, other in zip(names, reversed(names), strict=True)]
    places = [[asked.index(word) for word in words if word in asked] for words in own]
    values = [quantities(one.value) for one in operands]
    if not all(places) or any(len(found) != 1 for found in values):
        return None
    (_, first), (_, second) = sorted(zip(map(min, places), (found[0].value for found in values), strict=True))
    return first > second if more else first < second


def _led_by(word: Message, answer: Answer, sentences: Sequence[Sentence]) -> Answer:
    markers = sentences[0].citations
    lead = Sentence(str(word), markers, Verdict.SUPPORTED, message("as the sentence below says"), said=word)
    later = tuple(replace(sentence, paragraph=sentence.paragraph + 1) for sentence in sentences)
    direct = Direct(DirectKind.YES_NO, "", "yes" if word == YES else "no", "", ())
    return replace(answer, sentences=(lead, *later), direct=direct)


def said(question: str, sentence: str) -> bool | None:
    """What a sentence says to a question that wants yes or no; None where it speaks of something else.

    >>> said("Can I reply to messages from an iPhone?", "You cannot reply to messages when an iPhone is paired.")
    False
    >>> said("Are dogs allowed on the ferry?", "Dogs are allowed on the ferry if they are on a lead.")
    True
    >>> said("May I charge for a copy?", "You may charge any price or no price for each copy.")
    True
    >>> said("Can the pump start automatically?", "There is no way (as of yet) to start the pump automatically.")
    False
    >>> said("Is the pool heated?", "The harbour was dredged in May.") is None
    True
    >>> said("Am I allowed to open the box?", "You may not move, paint or open the box.")
    False
    >>> said("Must I send photos?", "You may send photos."), said("Must I send photos?", "You must send photos.")
    (False, True)
    """
    asked, sentence = _statement(question), _DENIES_NOTHING.sub(" ", sentence)
    if _shared(asked, sentence) is None:
        return None
    numbers = _by_number(asked, sentence)
    if numbers is not None:
        return numbers
    if _OBLIGED.search(fold(question)) and _leaves_open(asked, sentence):
        return False
    clauses = _clauses_near(asked, sentence)
    is_denied = any(_denies(clause) for clause in clauses) != _denies(asked)
    is_limited = _speaks(asked, _WHOLE) and not _speaks(asked, _LIMITING)
    opposed = opposition((asked, words_of(asked)), [(sentence, words_of(sentence))])
    return not (
        is_denied
        or (is_limited and any(_speaks(clause, _LIMITING) for clause in clauses))
        or opposed is not None
        or _is_prefixed(asked, clauses)
    )


def _statement(question: str) -> str:
    """The question without its mark, the verb it begins with, and what only asks whether it may or must be."""
    bare = question.strip(" ¿?\"'“”")
    return _MAY_IT.sub(" ", re.sub(r"^[\w'’-]+\s+", "", bare, count=1), count=1)


def _shared(asked: str, sentence: str) -> set[str] | None:
    """The question's words that stand in a sentence; None where they are too few to speak of the same."""
    wanted, held = set(terms(asked)), set(terms(sentence))
    shared = wanted & held
    return shared if len(shared) >= min(_LEAST, len(wanted)) and len(shared) >= _COVERED * len(wanted) else None


def _is_open(question: str, text: str) -> bool:
    """Whether the clause that has most of the question's words leaves open what is asked: "which may be taxed"."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause]
    nearest = max(clauses, key=lambda clause: len(_terms_in(question, clause)), default="")
    return _speaks(nearest, _OPEN) and not _speaks(question, _OPEN)


def _clauses_near(asked: str, sentence: str) -> list[str]:
    """The stretches of a sentence between two breaks that share about as many words with the question as any does, and
    those that deny a thing by no name of its own ("this feature is not supported") and share one."""
    wanted = set(terms(asked))
    sentence = _ASIDE.sub(lambda aside: aside[0] if wanted & set(terms(aside[0])) else "", sentence)
    parts = _parts(sentence)
    told = [set(terms(part)) for part in parts]
    of_it = [
        own | before if _IT.match(part) else own for part, own, before in zip(parts, told, [set(), *told], strict=False)
    ]
    shares = [len(wanted & held) for held in of_it]
    enough = max(1.0, _AS_NEAR * max(shares))
    return [
        part
        for part, share in zip(parts, shares, strict=True)
        if share >= enough or (share and _GENERIC.match(part) and _denies(part))
    ]


def _parts(sentence: str) -> list[str]:
    """The stretches of a sentence between two breaks."""
    stretches = (re.split(r",(?:\s|$)", stretch) for stretch in _STOP.split(sentence) if stretch)
    parts = [part for stretch in stretches for part in _denied_together([one for one in stretch if one.strip()])]
    return parts or [sentence]


def _denied_together(parts: Sequence[str]) -> list[str]:
    """What stands between commas, with the "not" that it shares: of "you may not move, paint or open it" all three are
    denied, for "or" joins them and the later ones have no verb of their own."""
    told = list[str]()
    for n, part in enumerate(parts):
        is_joined = bool(told) and _denies(told[-1]) and any(map(_OR.search, parts[n:]))
        is_denied = is_joined and not _denies(part) and not _speaks(part, _OF_ITS_OWN | _LIMITING)
        told.append(f"not {part}" if is_denied else part)
    return told


def _leaves_open(asked: str, text: str) -> bool:
    """Whether sentences that speak of the same say that it may be done, and none that it has to be."""
    near = [text[one.start : one.end] for one in split_sentences(text)]
    near = [fold(one).replace("’", "'") for one in near if _shared(asked, one) is not None]
    return any(map(_LEAVES_OPEN.search, near)) and not any(_obliges(asked, one) for one in near)


def _obliges(asked: str, sentence: str) -> bool:
    """Whether a word of duty stands by one that is asked of: "must tell who offers it" does not oblige to offer."""
    wanted = set(terms(asked))
    around = (
        " ".join([*sentence[: duty.start()].split()[-_BY_A_DUTY:], *sentence[duty.end() :].split()[:_BY_A_DUTY]])
        for duty in _OBLIGES.finditer(sentence)
    )
    return any(not wanted.isdisjoint(terms(words)) for words in around)


def _is_prefixed(asked: str, clauses: Sequence[str]) -> bool:
    """Whether a word of the question stands there with a prefix that turns it round: material, immaterial."""
    words = {word for word in _words(asked) if len(word) > _PREFIXED}
    held = {word for clause in clauses for word in _words(clause)}
    return any(
        prefix + word in held and word not in held for word in words for prefix in ("un", "in", "im", "ir", "non")
    )


def _terms_in(question: str, sentence: str) -> set[str]:
    return set(terms(_statement(question))) & set(terms(sentence))


def _most_in_a_clause(question: str, text: str) -> int:
    """How many of the question's words the clause has that has most of them: a long text has many by chance."""
    return max((len(_terms_in(question, clause)) for clause in _CLAUSE.split(text) if clause), default=0)


def _denies(text: str) -> bool:
    return denies(words_of(text)) or _speaks(text, _DENYING)


def _speaks(text: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", fold(text).replace("’", "'"))


def _by_number(asked: str, sentence: str) -> bool | None:
    """Whether the sentence's number is more, or less, than the one asked about; None where none is compared."""
    more, fewer = _speaks(asked, _MORE), _speaks(asked, _FEWER)
    bounds, values = quantities(asked), quantities(sentence)
    if more == fewer or len(bounds) != 1 or len(values) != 1:
        return None
    bound, value = bounds[0].value, values[0].value
    return value > bound if more else value < bound
