"""Numbers in words, up to 999 and times a scale word, in the languages whose function words are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from shared_utils.text.folding import folded_words

_ONES = {
    "english": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "german": "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn "
    "siebzehn achtzehn neunzehn",
    "french": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf",
    "spanish": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis "
    "diecisiete dieciocho diecinueve",
    "italian": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici "
    "sedici diciassette diciotto diciannove",
    "portuguese": "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis "
    "dezessete dezoito dezenove",
    "dutch": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien",
}
_TENS = {
    "english": "twenty thirty forty fifty sixty seventy eighty ninety",
    "german": "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig",
    "french": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "spanish": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "italian": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "portuguese": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "dutch": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
_HUNDRED = {
    "english": "hundred",
    "german": "hundert einhundert",
    "french": "cent cents",
    "spanish": "cien ciento",
    "italian": "cento",
    "portuguese": "cem cento",
    "dutch": "honderd",
}
_COMPOUNDS_HUNDREDS = frozenset(("german", "dutch", "italian"))
_ORDINALS = {
    "english": "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "german": "nullte erste zweite dritte vierte funfte sechste siebte achte neunte zehnte elfte zwolfte",
    "french": "zeroieme premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
    "spanish": "cero primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo",
    "italian": "zero primo secondo terzo quarto quinto sesto settimo ottavo nono decimo",
    "portuguese": "zero primeiro segundo terceiro quarto quinto sexto setimo oitavo nono decimo",
    "dutch": "nulde eerste tweede derde vierde vijfde zesde zevende achtste negende tiende",
}
_JOINTS = {"english": "and", "french": "et", "spanish": "y", "portuguese": "e"}


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words that count, but are far more often an article, a pronoun or something else altogether.
_RARELY_NUMBERS = _word_set("one zero null eins un uno um een sei acht neuf sept once due nove an second cent cents")
_SAFE_LENGTH = 4
_WORDS_ELSEWHERE = _word_set(
    "onze seize vier acht sette dois tres otto cento mille venti tien nulde derde octavo quarto"
)
_BEFORE_A_PRONOUN = _word_set("each every this that no any which the other another last next first some")
_AFTER_A_PRONOUN = _word_set(
    "another can may must should could might would will is was has who of or and by in at on to for s with as"
)
_Token = tuple[int, int, str]  # start, end, folded


@dataclass(frozen=True, slots=True)
class NumberWord:
    """`text[start:end]` says `value`. A weak one is a number only before a unit or a scale word."""

    start: int
    end: int
    value: int
    weak: bool
    ordinal: bool


def number_words(text: str, language: str | None) -> Iterator[NumberWord]:
    """The numbers in words of a text, read in one language; where it is not known, what no other language says else.

    >>> [found.value for found in number_words("Twenty-five of two hundred and six", "english")]
    [25, 206]
    """
    known = _known(language) if language in _ONES else _known_anywhere()
    tokens = _tokens(text, known)
    last = -1
    for i, (start, _, word) in enumerate(tokens):
        if i <= last or word not in known:
            continue
        last = _last_of_run(text, tokens, i, known, _JOINTS.get(language or "english"))
        total = _value([known[part][0] for _, _, part in tokens[i : last + 1] if part in known])
        weak = last == i and _is_weak(text, tokens, i)
        yield NumberWord(start, tokens[last][1], total, weak, known[word][1])


@cache
def _known_anywhere() -> dict[str, tuple[int, bool]]:
    """English, and the longer words of the other languages: what is short means something else somewhere."""
    longer = {
        word: said
        for language in _ONES
        for word, said in _known(language).items()
        if len(word) >= _SAFE_LENGTH and word not in _RARELY_NUMBERS and word not in _WORDS_ELSEWHERE
    }
    return longer | _known("english")


@cache
def _known(language: str) -> dict[str, tuple[int, bool]]:
    """Folded word → (value, is it an ordinal); without "first" and "second", which order a text or last a second."""
    ones, tens = _ONES[language].split(), _TENS[language].split()
    values = {word: value for value, word in enumerate(ones)} | {word: 10 * n for n, word in enumerate(tens, start=2)}
    for (n, ten), (unit, word) in product(enumerate(tens, start=2), enumerate(ones[:20])):
        if 0 < unit < 10 or (language == "french" and n in (6, 8) and unit > 0):
            values |= dict.fromkeys(_compounds(language, ten, word, unit), 10 * n + unit)
    hundred, *spellings = _HUNDRED[language].split()
    values |= dict.fromkeys((hundred, *spellings), 100)
    if language in _COMPOUNDS_HUNDREDS:
        below = [(word, value) for word, value in values.items() if 0 < value < 100]
        for n, one in enumerate(ones[1:10], start=1):
            hundreds = (one if n > 1 else "") + hundred
            values |= {hundreds: 100 * n} | {hundreds + word: 100 * n + value for word, value in below}
    values |= {word.replace("ss", "s"): value for word, value in values.items()}  # "dreißig" folded in place
    found = {word: (value, False) for word, value in values.items()}
    ordinals = {word: (value, True) for value, word in enumerate(_ORDINALS[language].split()) if value > 2}
    return ordinals | found


def _compounds(language: str, ten: str, one: str, value: int) -> list[str]:
    if language == "german":
        return [("ein" if value == 1 else one) + "und" + ten]
    if language == "dutch":
        return [one + "en" + ten]
    if language == "italian":
        return [(ten[:-1] if one[0] in "uo" else ten) + one]
    if language == "french":
        return [f"{ten.removesuffix('s') if ten.endswith('vingts') else ten}-{one}"]
    if language == "spanish" and ten == "veinte":
        return ["veinti" + one]
    return [f"{ten}-{one}"]


def _tokens(text: str, known: Mapping[str, object]) -> Sequence[_Token]:
    """Words; one with hyphens in pieces, unless it is a number as it stands: "two-year", but "dix-sept"."""
    words = folded_words(text)
    if "-" not in text:
        return words
    return [piece for word in words for piece in ((word,) if "-" not in word[2] or word[2] in known else _pieces(word))]


def _pieces(word: _Token) -> Iterator[_Token]:
    start = word[0]
    for part in word[2].split("-"):
        yield start, start + len(part), part
        start += len(part) + 1


def _last_of_run(
    text: str, tokens: Sequence[_Token], i: int, known: Mapping[str, tuple[int, bool]], joint: str | None
) -> int:
    """The last word of the number that begins with word `i`: "two hundred and six" is one, "two, six" are two."""
    last, (lowest, ordinal) = i, known[tokens[i][2]]
    while not ordinal and last + 1 < len(tokens) and _touch(text, tokens, last):
        step = last + 1
        joined = tokens[step][2] == joint and lowest >= 20 and step + 1 < len(tokens) and _touch(text, tokens, step)
        step += joined
        value, ordinal = known.get(tokens[step][2], (0, False))
        multiplies = value == 100 and lowest < 20 and not joined
        adds = lowest >= 20 and 0 < value < (100 if lowest % 100 == 0 else 10)
        if ordinal or not (multiplies or adds):
            break
        last, lowest = step, value
    return last


def _touch(text: str, tokens: Sequence[_Token], i: int) -> bool:
    return text[tokens[i][1] : tokens[i + 1][0]].strip(" \n-\u00a0") == ""


def _value(values: list[int]) -> int:
    total = 0
    for value in values:
        total = total * 100 if value == 100 and total else total + value
    return total


def _is_weak(text: str, tokens: Sequence[_Token], i: int) -> bool:
    word = tokens[i][2]
    if word not in _RARELY_NUMBERS:
        return False
    if word != "one":
        return True
    before = tokens[i - 1][2] if i else ""
    last = i + 1 == len(tokens) or not _touch(text, tokens, i)
    return last or before in _BEFORE_A_PRONOUN or tokens[i + 1][2] in _AFTER_A_PRONOUN
