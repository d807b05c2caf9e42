"""Which language a text in Latin letters is written in, told from its function words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from shared_utils.text.folding import plain_words

_LETTERS = {  # that tell languages apart which share a function word
    "german": re.compile("[äöüßÄÖÜ]"),
    "french": re.compile("[èêëœùÈÊ]"),
    "spanish": re.compile("[ñÑ¿¡]"),
    "portuguese": re.compile("[ãõÃÕ]"),
}
_CLEARLY = 3  # function words
LONG = 40  # words of a text that is no question
LEAST = 0.1  # of its words: a fourth to a half of running text are function words, few of a table are


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Function words: dropped from the index, and the cheap evidence for a language.
FUNCTION_WORDS: dict[str, frozenset[str]] = {
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


def index_language(words: Iterable[str]) -> str:
    """The language by whose rules folded words are stemmed: English, unless another one is clearly more frequent."""
    counts = _counts(words)
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= counts["english"] + 2 else "english"


def told_language(text: str) -> str | None:
    """The language that has most of a text's function words, or as many as another and its letters; else None.

    A long text of names and letters, such as a table beside a chart whose axis says "J F M A M J", is of none.

    >>> told_language("Der Umsatz stieg auf 1.234"), told_language("Umsatz 1.234")
    ('german', None)
    >>> towns = "Bend 17 Des Moines 42 Reno 51 Ohio 12 Iowa 33 Lima 9 Troy 4 Mesa 7 Nome 2 "
    >>> told_language(towns * 4 + "J F M A M J J A S O N D")
    """
    words = plain_words(text)
    counts = _counts(words) if len(words) < LONG else _counts(word for word in words if len(word) > 1)
    most = max(counts.values())
    if len(words) >= LONG and most < LEAST * sum(map(str.isalpha, words)):
        return None
    best = [language for language, count in counts.items() if count == most > 0]
    if len(best) > 1:
        best = [language for language, letters in _LETTERS.items() if language in best and letters.search(text)]
    return best[0] if len(best) == 1 else None


def may_name(text: str) -> bool:
    """Whether a capital within a text tells a name: not in German, nor where its function words may be German's.

    >>> may_name("Who bought Netflix?"), may_name("Was kostet die Kilowattstunde?"), may_name("Netflix")
    (True, False, True)
    """
    counts = _counts(plain_words(text))
    others = max(count for language, count in counts.items() if language != "german")
    return not counts["german"] or counts["german"] < others


def same_language(one: str, other: str) -> bool:
    """Whether two texts may be of one language: of one script, and neither clearly of another language.

    >>> same_language("Leakage fell.", "انخفض التسرب")
    False
    >>> same_language("The rent was due on the first of May", "Die Miete war am Ersten des Monats nicht bezahlt")
    False
    >>> same_language("The rent was due", "Rent: 480")
    True
    """
    scripts = _script(one), _script(other)
    if "" not in scripts and scripts[0] != scripts[1]:
        return False
    languages = _clearly(one), _clearly(other)
    return None in languages or languages[0] == languages[1]


def _clearly(text: str) -> str | None:
    """The language of three function words or more, not all one, and of more than any other has."""
    words = plain_words(text)
    (best, most), (_, second) = Counter(_counts(words)).most_common(2)
    return best if most >= _CLEARLY and most > second and _counts(set(words))[best] > 1 else None


def _script(text: str) -> str:
    """That of most letters, as Unicode's names tell it; "" without letters. Japanese is written in three."""
    counted = Counter(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    script = counted.most_common(1)[0][0] if counted else ""
    return "CJK" if script in ("HIRAGANA", "KATAKANA") else script


def _counts(words: Iterable[str]) -> dict[str, int]:
    counts = dict.fromkeys(FUNCTION_WORDS, 0)
    for word, times in Counter(words).items():
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += times
    return counts


_LANGUAGES_OF = {
    word: tuple(language for language, known in FUNCTION_WORDS.items() if word in known)
    for word in frozenset[str]().union(*FUNCTION_WORDS.values())
}
