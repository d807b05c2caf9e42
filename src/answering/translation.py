"""A question in the words of the documents: translated by the lexicon where they are in another language.

Only words are translated, each to a word that stands in the documents where there is one: what is searched need be no
sentence. Names, numbers and what nobody translates stay as they are, so that a name which stands nowhere is still
refused. A word of the documents' own language that stands nowhere is left to search as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared_utils.message import NOTHING, message
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.question import ASKING
from shared_utils.retrieval.unknown import absent_thing
from shared_utils.retrieval.within import InDocuments
from shared_utils.text.compounds import COMPOUNDING, holding, parts
from shared_utils.text.folding import fold, folded_words
from shared_utils.text.irregular_verbs import forms_of
from shared_utils.text.languages import FUNCTION_WORDS, same_language, told_language
from shared_utils.text.words import stem
from src.answering.lexicon import LANGUAGES, Concept, Lexicon, Stems
from src.answering.routing import Route

UNTRANSLATED = message(
    "The question is in another language than the documents, and too few of its words could be translated. These are "
    "the closest places; ask in the language of the documents to be sure."
)
_ASKING = frozenset(("how", "many", "much", "often", "long", "must"))
_INVERTED = frozenset(
    fold("il elle on ils elles je tu nous vous ce est sont était ont peut peuvent doit doivent").split()
)
# Forms of "to be" and "to have" that are no function words of the index: they are not searched.
_COPULAS = {
    "german": frozenset(fold("waren wurden worden gewesen hatte hatten habe man").split()),
    "french": frozenset(fold("était étaient été fut furent avait avaient avoir être a-t").split()),
    "spanish": frozenset(fold("era eran fueron sido había habían hubo hay están está").split()),
    "italian": frozenset(fold("era erano fu furono stato stata stati state aveva avevano c'è").split()),
    "portuguese": frozenset(fold("era eram foram sido tinha tinham havia houve está estão").split()),
    "dutch": frozenset(fold("werden worden geweest heeft hebben had hadden ben bent").split()),
}
# What German and Dutch put at the end, away from its verb: "Warum ging das Holz zurück?"
_PARTICLES = {
    "german": frozenset(fold("ab an auf aus ein her hin los mit nach statt vor weg weiter zu zurück").split()),
    "dutch": frozenset(re.findall(r"\w+", "aan af in mee na om op plaats terug toe uit voor weg")),
}
_CLEARLY_MORE = 4  # words of a language that the lexicon knows
# A German noun after it is no name: "die Schutzart", but "von Tesla".
_NOUN_AFTER = re.compile(
    r"\b(?:der|die|das|den|dem|des|(?:k|m|d|s)?ein(?:e[mnrs]?)?|ihre?[mnrs]?|unsere?[mnrs]?|diese[mnrs]?|welche[mnrs]?"
    r"|zum|zur|im|am|beim|vom|ins)\s+$",
    re.IGNORECASE,
)
_FEWEST = 3  # words of a question whose verb stands in two places
_SAMPLE_CHUNKS = 6  # of a document, for its language
_SAMPLE_CHARACTERS = 400  # of each
_MOST_DOCUMENTS = 40  # whose language is looked at
# Function words are not searched; they make the rest be stemmed by the rules of their language.
_FRAMES = {
    "english": "",
    "german": "und der nicht",
    "french": "les dans pour",
    "spanish": "los desde para",
    "italian": "nella gli dei",
    "portuguese": "pelo nos ao",
    "dutch": "het voor van",
}


@dataclass(frozen=True, slots=True)
class Translation:
    """A question in a language of the documents. `text` is searched; `known` of its `asked` words were understood."""

    text: str
    known: int
    asked: int

    @property
    def is_understood(self) -> bool:
        """Whether most words were translated, or stand in the documents as they are."""
        return 2 * self.known >= self.asked > 0


def in_their_words(taken: Route, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> Route:
    """The route, searched in the language of the documents where the question is in another one.

    `untranslated` then says so where too few words are known; a refusal says it instead of "the documents do not".
    """
    sample = _sample(indexes)
    if not sample:
        return taken
    if not _one_script(taken.searched, sample):
        return replace(taken, untranslated=UNTRANSLATED)
    spoken = [language for language in (_spoken_in(text, lexicon) for text in sample) if language]
    asked = _language_of(taken.searched, lexicon)
    if asked is None or not spoken or asked in spoken:
        return taken
    return _in(max(dict.fromkeys(spoken), key=spoken.count), taken, asked, indexes, lexicon)


def in_other_words(taken: Route, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> Iterator[Route]:
    """The route by other words for those that stand nowhere, in the question's own language; then through the documents
    of each other language."""
    yield from by_synonyms(taken, indexes, lexicon)
    yield from in_other_languages(taken, indexes, lexicon)


def by_synonyms(
    taken: Route, indexes: Sequence[DocumentIndex], lexicon: Lexicon, *, wholly: bool = False
) -> Iterator[Route]:
    """The route by other words of the lexicon, or other forms of a verb, for those that stand nowhere in the documents
    of the question's own language; nothing where all stand or no other does, `wholly` where one is left that still
    stands nowhere."""
    asked = _language_of(taken.searched, lexicon)
    own = [index for index in indexes[:_MOST_DOCUMENTS] if _spoken_in(_text_of(index), lexicon) == asked]
    if asked is None or not own or taken.sides:
        return
    found = _synonyms(taken.searched, asked, own, lexicon)
    if wholly and not _all_stand(found, asked, own):
        return
    if found != taken.searched and not absent_thing(found, own, together=True):
        note = message("Not every word stands in the documents; searched for “{words}”.", words=found.strip(" ?!."))
        within = InDocuments({index.document_id for index in own}, taken.within)
        own_words = taken.whole or taken.searched
        yield replace(taken, searched=found, whole="", note=taken.note or note, within=within, reworded=own_words)


def _all_stand(question: str, language: str, indexes: Sequence[DocumentIndex]) -> bool:
    small = FUNCTION_WORDS[language] | _ASKING | ASKING.get(language, frozenset())
    words = [question[start:end] for start, end, word in folded_words(question) if word not in small]
    return all(_stands(word, language, indexes) for word in words)


def _synonyms(question: str, language: str, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> str:
    """The question with each word or phrase that does not stand as another word of its concept that does."""
    words = folded_words(question)
    stems: Stems = tuple(stem(language, word) for _, _, word in words)
    pieces, position, i = list[str](), 0, 0
    while i < len(words):
        length, known = _longest(stems[i:], language, lexicon)
        start, end = words[i][0], words[i + max(length, 1) - 1][1]
        own, word = question[start:end], words[i][2]
        i += max(length, 1)
        if (length <= 1 and word in FUNCTION_WORDS[language]) or _stands(own, language, indexes):
            continue
        ways = [_best(known, language, indexes)] if known else []
        ways += forms_of(word) if language == "english" and length <= 1 else ()
        other = next((way for way in ways if _stands(way, language, indexes)), "")
        if other:
            pieces += [question[position:start], other]
            position = end
    return "".join([*pieces, question[position:]])


def in_other_languages(taken: Route, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> Iterator[Route]:
    """The route through the documents of each other language, where some are in the question's and some are not: a
    question that those of its own do not answer."""
    asked = _language_of(taken.searched, lexicon)
    spoken = {index.document_id: told_language(_text_of(index)) for index in indexes[:_MOST_DOCUMENTS]}
    if asked is None or asked not in spoken.values() or taken.sides:
        return
    for to in dict.fromkeys(language for language in spoken.values() if language and language != asked):
        ids = {document for document, language in spoken.items() if language == to}
        of_them = [index for index in indexes if index.document_id in ids]
        found = _in(to, taken, asked, of_them, lexicon)
        if found.searched != taken.searched:
            yield replace(found, within=InDocuments(ids, taken.within))


def _in(to: str, taken: Route, asked: str, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> Route:
    """The route in a language of the documents."""
    found = translated(taken.searched, asked, to, indexes, lexicon)
    if not found.known:
        return replace(taken, untranslated=UNTRANSLATED)
    note = message("The documents are in another language; searched for “{words}”.", words=_shown(found.text, to))
    return replace(
        taken,
        searched=found.text,
        whole="",
        reworded=taken.whole or taken.searched,
        note=taken.note or note,
        untranslated=NOTHING if found.is_understood else UNTRANSLATED,
    )


def translated(question: str, asked: str, to: str, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> Translation:
    """A question of one language word by word in another, both named as in `LANGUAGES`."""
    question = _with_whole_verb(question, asked, lexicon)
    words = folded_words(question)
    stems: Stems = tuple(stem(asked, word) for _, _, word in words)
    pieces, position, known, content, i = list[str](), 0, 0, 0, 0
    unknown: dict[int, str] = {}  # place among the pieces -> a word that nobody translates
    has_nouns = asked == "german" and any(question[start].isupper() for start, _, _ in words[1:])
    while i < len(words):
        length, concepts = _longest(stems[i:], asked, lexicon)
        start, end, word = words[i]
        if not length and (concepts := _of_one_verb(word, asked, lexicon)):
            length = 1
        if length == 1:
            concepts = _meant(concepts, word, asked, is_noun=question[start].isupper() if has_nouns else None)
        is_small = word in _COPULAS.get(asked, ()) or _is_elided(question, words[i])
        concepts = () if is_small else concepts
        length = length if concepts else 1
        end = words[i + length - 1][1]
        own = question[start:end]
        pieces.append(question[position:start])
        position, i = end, i + length
        if concepts and not (length == 1 and _is_name(own, start, asked, indexes)):
            best = _best(concepts, to, indexes)
            pieces.append(best)
            tells = not all(each in FUNCTION_WORDS["english"] | _ASKING for each in concepts[0]["english"][0].split())
            known, content = known + tells, content + tells
        elif is_small or _is_small(word, asked):
            continue
        elif compound := _compound(word, asked, to, indexes, lexicon):
            pieces.append(compound)
            known, content = known + 1, content + 1
        else:
            stands = _stands(own, to, indexes)
            known, content = known + stands, content + 1
            if not stands and own[:1].islower():
                unknown[len(pieces)] = own
            is_noun = has_nouns and not stands and _NOUN_AFTER.search(question[:start]) is not None
            pieces.append(own.lower() if is_noun else own)  # its capital would be a name's there
    if 2 * known >= content:  # a verb or two may go; with too little left they are what makes the question foreign
        pieces = ["" if place in unknown else piece for place, piece in enumerate(pieces)]
    text = re.sub(r"\s+", " ", "".join([*pieces, question[position:]])).strip()
    text = re.sub(r"(?<![^\W\d_])[’']\s?", "", text)  # what an elided article leaves
    return Translation(f"{text} {_FRAMES[to]}".strip(), known, content)


def _of_one_verb(word: str, language: str, lexicon: Lexicon) -> tuple[Concept, ...]:
    """The concepts of a German noun or verb by the other of the two, where the lexicon has only that: "das Ausbaggern"
    for "Ausbaggerung", "Messung" for "messen". `word` is folded."""
    if language != "german":
        return ()
    bare = word.removesuffix("ung")
    others = (f"{bare}en", f"{bare}n") if bare != word else (f"{word[:-2]}ung", f"{word[:-1]}ung")
    known = (lexicon.meaning(language, (stem(language, other),)) for other in others if word.endswith(("ung", "n")))
    return next(filter(None, known), ())


def _is_elided(question: str, word: tuple[int, int, str]) -> bool:
    """An article or the like that has lost its vowel: "l'excédent"."""
    return len(word[2]) == 1 and question[word[1] : word[1] + 1] in ("'", "’")


def _with_whole_verb(question: str, language: str, lexicon: Lexicon) -> str:
    """A question whose verb has its first part back from the end: "Warum ging das Holz zurück?".

    As it is where the lexicon has no such verb.
    """
    words = folded_words(question)
    if len(words) < _FEWEST or words[-1][2] not in _PARTICLES.get(language, ()):
        return question
    begin, _, particle = words[-1]
    for start, end, word in words[1:-1]:
        is_verb = question[start].islower() and word not in FUNCTION_WORDS[language]
        if is_verb and lexicon.meaning(language, (stem(language, particle + word),)):
            return f"{question[:start]}{particle}{question[start:end]}{question[end:begin].rstrip()}?"
    return question


def _is_small(word: str, language: str) -> bool:
    """Whether a word is a function word, or some joined by hyphens: "sont-elles", "a-t-il"."""
    small = FUNCTION_WORDS[language] | _INVERTED
    return word in FUNCTION_WORDS[language] | ASKING.get(language, frozenset()) or (
        "-" in word and all(part in small or len(part) == 1 for part in word.split("-"))
    )


def _meant(concepts: Sequence[Concept], word: str, language: str, *, is_noun: bool | None) -> tuple[Concept, ...]:
    """The concepts a folded word may stand for, those it is most like first: "portes" are doors, no ports.

    A function word stands for what is spelled so. Where nouns are told by a capital, others are no nouns.
    """

    def likeness(concept: Concept) -> int:
        return max((len(each) for each in map(fold, concept[language]) if word.startswith(each)), default=0)

    if is_noun is False:
        concepts = [c for c in concepts if any(each[:1].islower() for each in c[language])]
    if word in FUNCTION_WORDS[language]:
        concepts = [c for c in concepts if word in map(fold, c[language])]
    return tuple(sorted(concepts, key=likeness, reverse=True))


def _language_of(question: str, lexicon: Lexicon) -> str | None:
    """The language that knows most of the words, as function words or in the lexicon, phrases of it whole; of as many
    that of the function words: "Wie hoch waren die Löhne" has as many of Dutch as of German."""
    words = [word for _, _, word in folded_words(question)]
    told = told_language(question)
    counts = {language: _known(words, language, lexicon) + (language == told) / 2 for language in LANGUAGES}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else None


def _spoken_in(text: str, lexicon: Lexicon) -> str | None:
    """The language of a text by its function words; of a form or a table, which has few of them, by the words that the
    lexicon knows, where it clearly knows more of one language."""
    if told := told_language(text):
        return told
    words = [word for _, _, word in folded_words(text)]
    counts = {language: _known(words, language, lexicon) for language in LANGUAGES}
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    return best if counts[best] >= counts[second] + _CLEARLY_MORE else None


def _known(words: Sequence[str], language: str, lexicon: Lexicon) -> int:
    """How many of the words a language knows."""
    stems, known, i = tuple(stem(language, word) for word in words), 0, 0
    while i < len(words):
        length, _ = _longest(stems[i:], language, lexicon)
        known += length or words[i] in FUNCTION_WORDS[language]
        i += length or 1
    return known


def _longest(stems: Stems, language: str, lexicon: Lexicon) -> tuple[int, tuple[Concept, ...]]:
    """How many words of the beginning are one word of the lexicon, and its concepts."""
    for length in range(min(lexicon.longest, len(stems)), 0, -1):
        if found := lexicon.meaning(language, stems[:length]):
            return length, found
    return 0, ()


def _best(concepts: Sequence[Concept], to: str, indexes: Sequence[DocumentIndex]) -> str:
    """The first word for any of the concepts that stands in the documents; else one that holds it; else the first."""
    words = [word for concept in concepts for word in concept[to]]
    if found := next((word for word in words if _stands(word, to, indexes)), None):
        return found
    if to in COMPOUNDING:
        for word in words:
            for index in indexes:
                if compounds := holding(_stem_of(word, to), index.chunk_words.lexicon.words):
                    return compounds[0]
    return words[0] if words else ""


def _compound(word: str, asked: str, to: str, indexes: Sequence[DocumentIndex], lexicon: Lexicon) -> str:
    """A compound's parts in the other language; "" where it is none of known words."""
    if asked not in COMPOUNDING:
        return ""

    def meaning(part: str) -> tuple[Concept, ...]:
        return lexicon.meaning(asked, (stem(asked, part),))

    return " ".join(_best(meaning(part), to, indexes) for part in parts(word, lambda part: bool(meaning(part))))


def _is_name(own: str, start: int, asked: str, indexes: Sequence[DocumentIndex]) -> bool:
    """A capitalised word inside a question that stands in the documents so: "Adobe", "Best Buy". German nouns are not
    told from names by it."""
    return asked != "german" and start > 0 and own[:1].isupper() and _stands(own, "english", indexes)


def _stands(words: str, language: str, indexes: Sequence[DocumentIndex]) -> bool:
    """Whether every word stands in one of the documents, stemmed by the rules of its language or of English."""
    each = [word for _, _, whole in folded_words(words) for word in whole.split("-")]
    content = [word for word in each if word not in FUNCTION_WORDS[language]]
    return bool(content) and all(
        any(
            index.chunk_words.document_frequency(stem(rules, word))
            for index in indexes
            for rules in (language, "english")
        )
        for word in content
    )


def _stem_of(word: str, language: str) -> str:
    return " ".join(stem(language, part) for _, _, part in folded_words(word))


def _sample(indexes: Sequence[DocumentIndex]) -> list[str]:
    """Some text of each document, from all over it."""
    return list(filter(None, (_text_of(index) for index in indexes[:_MOST_DOCUMENTS])))


def _text_of(index: DocumentIndex) -> str:
    step = max(1, len(index.chunks) // _SAMPLE_CHUNKS)
    return " ".join(chunk.text[:_SAMPLE_CHARACTERS] for chunk in index.chunks[::step][:_SAMPLE_CHUNKS])


def _one_script(question: str, sample: Sequence[str]) -> bool:
    """Whether some document is of the question's script."""
    letters = "".join(c for c in question if c.isalpha())
    return any(same_language(letters, "".join(c for c in text if c.isalpha())) for text in sample)


def _shown(text: str, to: str) -> str:
    """What is searched, without the function words at its end."""
    return text.removesuffix(_FRAMES[to]).strip(" ?!.¿¡")
