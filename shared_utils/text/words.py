"""Text as index terms: what lexical search counts, for the scripts PDFs are written in."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from shared_utils.text.folding import fold

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
_YEAR_IN_WORD = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LETTER_RUN = re.compile(r"[^\W\d_]+|\d+")
_ACRONYM = re.compile(r"\b(?:[a-z]\.){2,}")
_WRAPPED_WORD = re.compile(r"\b(\w++)-[ ]*\n[ ]*([^\W\d_]+)")


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Function words: dropped from the index, and the cheap evidence for a language.
_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "english": _word_set(
        "a about above after again all also am an and any are as at be because been before being below between both "
        "but by can could did do does doing down during each few for from further had has have having he her here "
        "hers him his how i if in into is it its itself just me more most my no nor not now of off on once only or "
        "other our ours out over own same she should so some such than that the their theirs them then there these "
        "they this those through to too under until up upon very was we were what when where which while who whom "
        "whose why will with would you your yours don doesn didn isn aren wasn weren won can couldn shouldn hasn haven "
        "hadn"
    ),
    "german": _word_set(
        "aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen einer eines er es "
        "fur hat ich im in ist kein mit nach nicht noch nur oder sich sie sind so uber um und uns von vor wann war was "
        "welche welcher welches wenn wer werden wie wird wir wo wurde zu zum zur"
    ),
    "french": _word_set(
        "a au aux avec ce ces cette comment d dans de des du elle en est et il ils je la le les leur leurs mais ne "
        "nous on ont ou par pas plus pour qu quand que quel quelle quelles quels qui s sa se ses son sont sur un une "
        "vous"
    ),
    "spanish": _word_set(
        "a al como con cual cuales cuando cuanto de del desde donde el ella en entre es esta este fue ha han hasta la "
        "las lo los mas no o para pero por que quien se ser si sin sobre son su sus un una y"
    ),
    "portuguese": _word_set(
        "a ao aos as com como da das de do dos e em entre esta este foi ha mais mas na nas nao no nos o os ou para "
        "pela pelo por qual quais quando que quem se sem ser seu sua sao um uma"
    ),
    "italian": _word_set(
        "a ai al alla anche che chi ci come con cui da dal dei del della delle di e ed gli ha i il in la le lo ma nel "
        "nella non o per piu quale quali quando quanto se si sono su sul un una uno"
    ),
    "dutch": _word_set(
        "aan als bij dat de deze die dit door een en er het hij hoe ik in is kan maar met naar niet nog of om onder "
        "ook op over te tot uit van voor waar waren was wat welke werd wie wordt zijn zo"
    ),
}
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

    Words are folded and stemmed, function words dropped, numbers brought to one spelling. Chinese and Japanese become
    characters and pairs, Korean pairs of syllables, Thai and its neighbours triples, since nothing marks their words.

    >>> terms("The FY2019 revenues of Żabka were 1,234.5 million")
    ['fy', '2019', 'revenu', 'zabka', '1234.5', 'million']
    >>> terms("营业收入")
    ['营', '业', '收', '入', '营业', '业收', '收入']
    """
    folded = _ACRONYM.sub(lambda match: match.group().replace(".", "") + " ", fold(text))
    # A hyphen at the end of a line may or may not belong to the word: index it with and without.
    matches = list(_TOKEN.finditer(_WRAPPED_WORD.sub(r"\1\2 \1 \2", folded)))
    language = _latin_language([match.group() for match in matches if match.lastgroup == "word"])
    return [term for match in matches for term in _token_terms(match.group(), match.lastgroup or "word", language)]


def _token_terms(token: str, kind: str, language: str) -> Iterator[str]:
    if kind == "word":
        yield from _word_terms(token, language)
    elif kind == "number":
        yield _plain_number(token)
    elif kind == "east_asian":
        yield from (char for char in token if not "\u3040" <= char <= "\u30ff")  # a lone kana says nothing
        yield from _ngrams(token, 2)
    elif kind == "hangul":
        yield from _ngrams(token, 2)
    elif kind == "spaceless":
        yield from _ngrams(token, 3)
    else:
        yield _stem("hindi", token)


def _word_terms(token: str, language: str) -> Iterator[str]:
    before, _, after = token.partition("'")
    word = before if len(before) > 2 or not after else after  # "company's", but "l'entreprise"
    if _YEAR_IN_WORD.search(word) or word[0].isdigit():  # FY2019, 5kg: the number must be found without its neighbour
        yield from (part for part in _LETTER_RUN.findall(word) if part not in _FUNCTION_WORDS["english"])
    elif word not in _FUNCTION_WORDS[language]:
        yield _stem(_script_language(word) or language, word)


def _ngrams(run: str, n: int) -> list[str]:
    return [run[i : i + n] for i in range(len(run) - n + 1)] or [run]


def _plain_number(token: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", token):
        return token.replace(",", "")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", token):
        return token.replace(".", "").replace(",", ".")
    return token.replace(",", ".")


def _latin_language(words: list[str]) -> str:
    """English, unless another language's function words are clearly more frequent."""
    counts = {
        language: sum(word in function_words for word in words) for language, function_words in _FUNCTION_WORDS.items()
    }
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= counts["english"] + 2 else "english"


def _script_language(word: str) -> str | None:
    if word.isascii():
        return None
    return next((language for pattern, language in _BY_SCRIPT if pattern.search(word)), None)


@lru_cache(maxsize=100_000)
def _stem(language: str, word: str) -> str:
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
