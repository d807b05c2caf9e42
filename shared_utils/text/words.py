"""Text as index terms: what lexical search counts, for the scripts PDFs are written in."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

import snowballstemmer

from shared_utils.text.dates import MONTHS_IN_ENGLISH, spelled_out
from shared_utils.text.folding import fold
from shared_utils.text.languages import FUNCTION_WORDS, index_language, told_language
from shared_utils.text.numerals import indexed_numerals

_HAN = r"\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KANA = r"\u3041-\u309f\u30a0-\u30ff"
_HANGUL = r"\uac00-\ud7a3\u1100-\u11ff"
_SPACELESS = r"\u0e00-\u0e4f\u0e80-\u0ecf\u1000-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
_INDIC = r"\u0900-\u0963\u0966-\u0dff"  # their vowel signs are not \w to Python

_TOKEN = re.compile(
    rf"(?P<east_asian>[{_HAN}{_KANA}]+)"
    rf"|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<spaceless>[{_SPACELESS}]+)"
    rf"|(?P<indic>[{_INDIC}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>(?:(?![{_HAN}{_KANA}{_HANGUL}{_SPACELESS}{_INDIC}])[^\W_])+(?:'[a-z]+)?)"
)
_DIGIT = re.compile(r"\d")
_YEAR_IN_WORD = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LETTER_RUN = re.compile(r"[^\W\d_]+|\d+")
_ACRONYM = re.compile(r"\b(?:[a-z]\.){2,}")
_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})[⁰¹²³⁴-⁹]+")  # "revenue²"; two letters and a digit are "km²"
_WRAPPED_WORD = re.compile(r"\b(\w++)-[ ]*\n[ ]*([^\W\d_]+)")


_BY_SCRIPT = (
    (re.compile(r"[\u0400-\u04ff]"), "russian"),
    (re.compile(r"[\u0370-\u03ff]"), "greek"),
    (re.compile(r"[\u0600-\u06ff]"), "arabic"),
    (re.compile(r"[\u0900-\u097f]"), "hindi"),
)
_ARABIC_PREFIX = re.compile(r"^و?(?:ال|بال|كال|فال|لل)(?=\w{2})|^و(?=\w{3})")
_ARABIC_SUFFIX = re.compile(r"(?<=\w{2})(?:ها|ان|ات|ون|ين|يه|ه|ي)$")
_STEMMERS = threading.local()  # a Snowball stemmer keeps its cursor in itself: one per thread


def terms(text: str) -> list[str]:
    """The index terms of a text, in order, with repetitions.

    Words are folded and stemmed, function words dropped, numbers and dates brought to one spelling. Chinese and
    Japanese become characters and pairs, Korean pairs of syllables, Thai and its neighbours triples, since nothing
    marks their words.

    >>> terms("The FY2019 revenues of Żabka were 1,234.5 million")
    ['fy', '2019', 'revenu', 'zabka', '1234.5', 'million']
    >>> terms("costs³ per km²")
    ['cost', 'per', 'km2']
    >>> terms("营业收入")
    ['营', '业', '收', '入', '营业', '业收', '收入']
    """
    return list(_kept_terms(text))


@lru_cache(maxsize=8_000)  # texts: a question asks for those of a sentence again, and the next one often does
def _kept_terms(text: str) -> tuple[str, ...]:
    text = text if text.isascii() else _NOTE_MARK.sub("", text)
    plain = indexed_numerals(spelled_out(text)) if _DIGIT.search(text) else text
    folded = _ACRONYM.sub(lambda match: match.group().replace(".", "") + " ", fold(plain))
    if "-" in folded and "\n" in folded:
        # A hyphen at the end of a line may or may not belong to the word: index it with and without.
        folded = _WRAPPED_WORD.sub(r"\1\2 \1 \2", folded)
    tokens = [(match.group(), match.lastgroup or "word") for match in _TOKEN.finditer(folded)]
    language = index_language([token for token, kind in tokens if kind == "word"])
    return tuple(chain.from_iterable(_token_terms(token, kind, language) for token, kind in tokens))


@lru_cache(maxsize=50_000)
def _token_terms(token: str, kind: str, language: str) -> tuple[str, ...]:
    return tuple(_terms_of_token(token, kind, language))


def _terms_of_token(token: str, kind: str, language: str) -> Iterator[str]:
    if kind == "word":
        yield from _word_terms(token, language)
    elif kind == "number":
        yield indexed_numerals(token)
    elif kind == "east_asian":
        yield from (char for char in token if not "\u3040" <= char <= "\u30ff")  # a lone kana says nothing
        yield from _ngrams(token, 2)
    elif kind == "hangul":
        yield from _ngrams(token, 2)
    elif kind == "spaceless":
        yield from _ngrams(token, 3)
    else:
        yield stem("hindi", token)


def _word_terms(token: str, language: str) -> Iterator[str]:
    before, _, after = token.partition("'")
    word = before if len(before) > 2 or not after else after  # "company's", but "l'entreprise"
    if _YEAR_IN_WORD.search(word) or word[0].isdigit():  # FY2019, 5kg: the number must be found without its neighbour
        yield from (part for part in _LETTER_RUN.findall(word) if part not in FUNCTION_WORDS["english"])
    elif word in MONTHS_IN_ENGLISH:  # a date in digits is indexed by its English name, and is asked for by any
        yield stem("english", MONTHS_IN_ENGLISH[word])
    elif word not in FUNCTION_WORDS[language]:
        yield stem(_script_language(word) or language, word)


def _ngrams(run: str, n: int) -> list[str]:
    return [run[i : i + n] for i in range(len(run) - n + 1)] or [run]


def _script_language(word: str) -> str | None:
    if word.isascii():
        return None
    return next((language for pattern, language in _BY_SCRIPT if pattern.search(word)), None)


@lru_cache(maxsize=100_000)
def stem(language: str, word: str) -> str:
    """A folded word without its ending, by the rules of a language ("german"), as `terms` gives it."""
    if language == "arabic":
        return _light10(word)
    stemmers: dict[str, snowballstemmer.stemmer] = _STEMMERS.__dict__
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(language)
    stemmed: str = stemmers[language].stemWord(word)
    return stemmed


def _light10(word: str) -> str:
    """Larkey, Ballesteros and Connell's light stemmer; Snowball's Arabic one keeps apart what folding has joined."""
    word = _ARABIC_PREFIX.sub("", word)
    while (shorter := _ARABIC_SUFFIX.sub("", word)) != word:
        word = shorter
    return word


@lru_cache(maxsize=64)  # search, gate, evidence and quotes ask for those of one question
def other_forms(text: str) -> Mapping[str, str]:
    """What the words of a question are elsewhere -> what `terms` makes of them here.

    A language is told from function words, and a cell, a heading or a line of a form has none: its words are stemmed by
    the rules of English whatever they are. Nothing for what is plainly English.

    >>> terms("Wie hoch ist der Grundpreis?"), terms("Grundpreis 11,95")
    (['hoch', 'grundpreis'], ['grundprei', '11.95'])
    >>> other_forms("Wie hoch ist der Grundpreis?")["grundprei"]
    'grundpreis'
    >>> dict(other_forms("How high is the base price?"))
    {}
    """
    words = [match.group() for match in _TOKEN.finditer(fold(text)) if match.lastgroup == "word"]
    language = index_language(words)
    if language == "english" and told_language(text) == "english":
        return MappingProxyType({})
    found: dict[str, str] = {}
    for word in words:
        here = list(_word_terms(word, language))
        if len(here) == 1 and _script_language(word) is None:
            found |= {stem(other, word): here[0] for other in FUNCTION_WORDS if stem(other, word) != here[0]}
    return MappingProxyType(found)
