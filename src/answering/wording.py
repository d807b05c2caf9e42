"""How a question is worded, where that is not what it asks: the form it wants its answer in, and slips of the finger.

"In one word", "as a list" are not searched for. A word that stands nowhere and is one letter away from one that the
documents have is read as that one (Damerau, "A technique for computer detection and correction of spelling errors",
1964): its first letter stays, capitalised words inside a sentence may be names and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from shared_utils.message import NOTHING, Message, message
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.text.folding import fold
from shared_utils.text.languages import told_language
from shared_utils.text.words import other_forms, terms

_FORM = re.compile(
    r"[,;:]?\s*\b(?:(?:please|bitte|s['’]il (?:te|vous) pla[iî]t|por favor|per favore)\s+)?"
    r"(?:(?:answer|reply|respond|answered|tell me|antworte|antworten sie|réponds|répondez|responde)\s+(?:me\s+)?)?"
    r"(?:(?:in|with|as|using)\s+(?:just |only |no more than |at most )?(?:an?|one|two|three|\d{1,2}|a few)\s+"
    r"(?:single |short |brief |simple |numbered |bulleted )?(?:words?|sentences?|lists?|bullet points?|bullets|table|"
    r"number|paragraphs?|line|phrase)(?:\s+only)?"
    r"|(?:in|as|with|using) (?:bullet points|bullets|keywords|tabular form|brief|short|simple (?:words|terms)|"
    r"plain english|(?:as )?few words(?: as possible)?)"
    r"|briefly|concisely|in short|short answer|(?:keep|make) it (?:short|brief|simple)|be (?:brief|concise)"
    r"|in (?:einem|wenigen|zwei|drei) (?:wort|worten|satz|sätzen)|als (?:liste|tabelle|aufzählung)|stichpunktartig"
    r"|in stichpunkten|in kürze|kurz und knapp|in aller kürze"
    r"|en (?:un mot|une phrase|quelques mots|deux phrases|bref)"
    r"|sous (?:la )?forme d[e'’]\s?(?:un |une )?(?:liste|tableau)"
    r"|en (?:una palabra|una frase|pocas palabras|una tabla|forma de lista)|brevemente|como (?:una )?lista"
    r"|in (?:una parola|una frase|poche parole|breve)|come (?:un )?elenco|(?:em|numa) (?:uma )?(?:palavra|frase)"
    r"|em poucas palavras|in (?:één|een) (?:woord|zin)|als (?:lijst|tabel)|in het kort)\b[.!]?",
    re.IGNORECASE,
)
_MEASURES = {
    "tall": "height",
    "heavy": "weight",
    "deep": "depth",
    "wide": "width",
    "old": "age",
    "fast": "speed",
    "gross": "Größe",
    "hoch": "Höhe",
    "schwer": "Gewicht",
    "tief": "Tiefe",
    "breit": "Breite",
    "alt": "Alter",
    "schnell": "Geschwindigkeit",
}
_HOW = re.compile(
    r"\b(?:how (?P<adjective>tall|heavy|deep|wide|old|fast)|wie (?P<also>groß|hoch|schwer|tief|breit|alt|schnell))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 6  # letters of a word that may be misspelled: short ones are one letter away from many
_MOST_REPAIRED = 3  # words of one question; with more it is of another language
_LONGEST = 18  # letters


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question as the documents spell it; `note` says what was read otherwise."""

    text: str
    note: Message = NOTHING


def without_form(question: str) -> str:
    """The question without the form its answer is asked in; as it is, should nothing be left.

    >>> without_form("In one word, who chairs the board?"), without_form("List the tools as a table.")
    ('who chairs the board?', 'List the tools')
    >>> without_form("What stands in the table of contents?")
    'What stands in the table of contents?'
    """
    rest = " ".join(_FORM.sub(" ", question).split())
    rest = re.sub(r"^[\s,;:.]+", "", re.sub(r"\s+([?!.,;:])", r"\1", rest))
    return rest if terms(rest) else question


def in_their_spelling(
    question: str, indexes: Sequence[DocumentIndex], common_words: Callable[[], Collection[str]]
) -> Spelled:
    """An English question, each misspelled word as the documents have it: the commonest of those one letter away.

    `common_words` are those that are spelled right, wherever they stand; without them nothing is read otherwise. Cost:
    a look in each index for some 500 spellings of each word that stands nowhere, 2 ms.
    """
    question = _by_its_name(question, indexes)
    words = list(_WORD.finditer(question))
    unknown = [
        match
        for position, match in enumerate(words)
        if _may_be_misspelled(match.group(), is_first=position == 0)
        and question_kind(match.group()) is QuestionKind.LOOK_UP  # "Summarise" is no slip for "summative"
        and not _stands(match.group(), indexes)
    ]
    if not unknown or told_language(question) not in ("english", None) or not (known := common_words()):
        return Spelled(question)
    misspelled = [match for match in unknown if fold(match.group()) not in known]
    if not misspelled or len(misspelled) > min(_MOST_REPAIRED, len(words) / 2):
        return Spelled(question)
    text, read = question, list[tuple[str, str]]()
    for match in reversed(misspelled):
        if repaired := _repaired(match.group(), indexes, known):
            text = f"{text[: match.start()]}{repaired}{text[match.end() :]}"
            read.insert(0, (match.group(), repaired))
    if not read:
        return Spelled(question)
    said, meant = tuple(a for a, _ in read), tuple(b for _, b in read)
    return Spelled(text, message("Read {said} as {meant}.", said=said, meant=meant))


def _by_its_name(question: str, indexes: Sequence[DocumentIndex]) -> str:
    """ "How tall is she?" as "What height is she?", where the documents have the noun more often than the adjective."""
    asked = _HOW.search(question)
    if asked is None:
        return question
    adjective = fold(asked["adjective"] or asked["also"])
    noun = _MEASURES[adjective]
    if not _stands(noun, indexes) or _counts(noun, indexes) <= _counts(adjective, indexes):
        return question
    what = "welche" if asked[0].lower().startswith("wie") else "what"
    return f"{question[: asked.start()]}{what} {noun}{question[asked.end() :]}"


def _counts(word: str, indexes: Sequence[DocumentIndex]) -> int:
    return sum(_frequency(term, indexes) for term in terms(word))


def _may_be_misspelled(word: str, *, is_first: bool) -> bool:
    if not (_SHORTEST <= len(word) <= _LONGEST and word.isascii()):
        return False
    return word.islower() or (is_first and word[1:].islower())


def _stands(word: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether a word stands in the documents, or is none that is searched for."""
    return not terms(word) or any(_frequency(term, indexes) for term in (*terms(word), *other_forms(word)))


def _frequency(term: str, indexes: Sequence[DocumentIndex]) -> int:
    return sum(index.chunk_words.document_frequency(term) for index in indexes)


def _repaired(word: str, indexes: Sequence[DocumentIndex], known: Collection[str]) -> str:
    """The word of the documents that is one letter away, a common one first, then the commonest here; "" for none."""
    found: dict[str, int] = {}
    for other in dict.fromkeys(_one_letter_away(fold(word))):
        stems = terms(other)
        if len(stems) == 1 and (count := _frequency(stems[0], indexes)):
            found[other] = count
    return max(found, key=lambda other: (other in known, found[other], len(other)), default="")


def _one_letter_away(word: str) -> Iterator[str]:
    """Two letters changed over, one left out, added or changed; the first stays."""
    for i in range(1, len(word)):
        before, after = word[:i], word[i:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in _LETTERS)
        yield before + after[1:]
        yield from (before + letter + after[1:] for letter in _LETTERS)
    yield from (word + letter for letter in _LETTERS)
