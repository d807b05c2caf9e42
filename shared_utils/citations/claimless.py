"""What an answer writes that claims nothing: the mark of a list without its item, a question, the question again."""

from __future__ import annotations

import re

from shared_utils.citations.asides import (
    TO_THE_READER,
    said_to_be_lacking,
    speaks_to_the_reader,
    tells_what_is_read,
)
from shared_utils.citations.text_units import Word, content_keys, words_of
from shared_utils.message import NOTHING, Message, message
from shared_utils.text.folding import fold

_LIST_MARK = re.compile(
    r"(?:\W*\d{1,2}[.)])+\W*|\W*[a-z][.)]\W*|\W+"
    r"|\W*(?:figure|fig|table|exhibit|abbildung|abb|tabelle|tab|tableau)\.?\s*\d[\d.–-]*[a-z]?\W*",
    re.IGNORECASE,
)
_ASKED_AGAIN = 0.75  # share of the question's words of content from which on a sentence of no others repeats it
_LEAST = 3  # words of content: a shorter answer may be one of those that the question names
_CHOICE = re.compile(r"\b(?:or|oder|ou|which|welche\w*|quel\w*|who|wer|qui|what|was)\b", re.IGNORECASE)
_ENDS = ".!?:;…。！？：)]}\"'”’»"
_LEADS_ON = frozenset(
    (  # noqa: SIM905 - one word a line would fill the screen
        "a an and as at because but by for from if in into of on or than that the to with "
        "aber als am auf aus bei das dass den dem der des die ein eine für im in mit oder um und von vor wenn zum zur "
        "à au aux avec dans de des du en et la le les ou par pour que sur un une "
        "was were has had have will would could should must wurde wurden hatte hatten était étaient"
    ).split()
)
_OF_TEXTS = content_keys(
    words_of(
        "document documents text texts passage excerpt context section chapter topic topics subject summary summarise "
        "summarize overview dokument abschnitt kapitel thema inhalt zusammenfassung texte chapitre sujet résumé"
    )
)
_OF_THE_ANSWER = content_keys(
    words_of("question answer document documents passage text states says reads following frage antwort réponse")
)


def is_list_mark(text: str) -> bool:
    """Whether nothing stands behind the number or bullet of a list, or of a figure or table.

    >>> [is_list_mark(text) for text in ("2.", "1. 1.", "b)", "Figure 2-1.", "2.5", "15 %.", "2. Press it.")]
    [True, True, True, True, False, False, False]
    """
    return _LIST_MARK.fullmatch(text) is not None


def _breaks_off(sentence: str) -> bool:
    words = words_of(sentence)
    ends = bool(words) and sentence.rstrip()[-1] in _ENDS
    return len(words) > _LEAST and not ends and fold(words[-1].text) in _LEADS_ON


def _asks_of_a_thing(question: str) -> bool:
    """Whether a question is not one of what a text is about."""
    asked = content_keys(words_of(question))
    return len(asked) > 1 and asked.isdisjoint(_OF_TEXTS)


def claims_nothing(sentence: str, question: str, *, wants_word: bool = False) -> Message:
    """Why a sentence is no claim; `NOTHING` where it is one. `wants_word`: the question wants a yes or a no, which its
    own words may say.

    >>> bool(claims_nothing("The fee is charged by the port.", "How is the fee charged by the port?"))
    True
    >>> bool(claims_nothing("The fee is charged by the port weekly.", "How is the fee charged by the port?"))
    False
    """
    if sentence.rstrip(" \"'”»)").endswith(("?", "？")):
        return message("it asks and claims nothing")
    if speaks_to_the_reader(sentence):
        return TO_THE_READER
    if said_to_be_lacking(sentence):
        return message("it tells what the passages lack, which no place of them can show")
    if tells_what_is_read(sentence) and _asks_of_a_thing(question):
        return message("it tells what the passages are about, and answers nothing")
    if _breaks_off(sentence):
        return message("it breaks off before its end")
    asked, said = content_keys(words_of(question)), content_keys(words_of(sentence)) - _OF_THE_ANSWER
    if not _CHOICE.search(question):
        said -= _rest_of_its_name(sentence, asked)
    if not said and sentence.rstrip().endswith((":", "：")):
        return message("it leads to what follows and claims nothing of its own")
    enough = len(said) >= _LEAST and len(said) >= _ASKED_AGAIN * len(asked)
    repeats = bool(said) and said <= asked and (enough or not _CHOICE.search(question))
    repeats = repeats and not _names_anew(sentence, question)
    return message("it repeats the question and claims nothing") if repeats and not wants_word else NOTHING


def _rest_of_its_name(sentence: str, asked: frozenset[str]) -> frozenset[str]:
    """The words written large that stand beside one of the question's: its subject by the whole name is no answer.

    >>> sorted(_rest_of_its_name("Ada Maria Brook studied in Malmö.", content_keys(words_of("Where did Brook study?"))))
    ['ada', 'maria']
    """
    runs: list[list[Word]] = [[]]
    for word in words_of(sentence):
        if not word.text[:1].isupper() or (runs[-1] and sentence[runs[-1][-1].end : word.start].strip()):
            runs.append([])
        if word.text[:1].isupper():
            runs[-1].append(word)
    names = [frozenset(key for word in run for key in word.keys) for run in runs]
    return frozenset[str]().union(*(name for name in names if not asked.isdisjoint(name))) - asked


def _names_anew(sentence: str, question: str) -> bool:
    """Whether it makes a name of the question's words: "the Rare Visits berth" for guests who rarely visit."""
    written, asked = {word.text for word in words_of(question)}, content_keys(words_of(question))
    named = (word for word in words_of(sentence)[1:] if word.text[:1].isupper() and word.content)
    return any(word.text not in written and not asked.isdisjoint(word.keys) for word in named)
