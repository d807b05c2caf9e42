"""The lexicon of the languages that documents and questions are in, as lexicon.tsv beside this file has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from shared_utils.text.folding import folded_words
from shared_utils.text.words import stem

LANGUAGES = ("english", "german", "french", "spanish", "italian", "portuguese", "dutch")

Stems = tuple[str, ...]
KnownStems = Mapping[tuple[str, str], str]  # a language and a folded word -> its stem
Concept = Mapping[str, tuple[str, ...]]  # language -> its words, the most usual first


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What words of a language mean: language -> the stems of a word or phrase -> the concepts it stands for."""

    entries: Mapping[str, Mapping[Stems, tuple[Concept, ...]]] = field(default_factory=dict)
    longest: int = 0  # words of the longest phrase

    def meaning(self, language: str, stems: Stems) -> tuple[Concept, ...]:
        """The concepts of a word or phrase, those it is the most usual word for first; () where there are none."""
        return self.entries.get(language, {}).get(stems, ())


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with Footnote. Reads the files once."""
    return lexicon_of(Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8"), kept_stems())


def kept_stems() -> KnownStems:
    """The stems of the lexicon's words as lexicon_stems.tsv has them: to find 8,000 takes a quarter of what a process
    needs to start. `python -m tests.lexicon_stems` writes the file; what it lacks is stemmed."""
    lines = Path(__file__).with_name("lexicon_stems.tsv").read_text(encoding="utf-8").splitlines()
    return {(language, word): found for language, word, found in (line.split("\t") for line in lines)}


def lexicon_of(text: str, known: KnownStems = MappingProxyType({})) -> Lexicon:
    """A lexicon from lines of seven columns, see lexicon.tsv. Raises ValueError where a line has another number.

    >>> found = lexicon_of("cost, charge|Kosten|coût|coste|costo|custo|kosten").meaning("german", ("kost",))
    >>> found[0]["french"]
    ('coût',)
    """
    ranked: dict[str, dict[Stems, list[tuple[int, Concept]]]] = {language: {} for language in LANGUAGES}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        columns = [tuple(word.strip() for word in column.split(",") if word.strip()) for column in line.split("|")]
        concept = dict(zip(LANGUAGES, columns, strict=True))
        for language, words in concept.items():
            for rank, word in enumerate(words):
                ranked[language].setdefault(stems_of(language, word, known), []).append((rank, concept))
    entries = {
        language: {stems: tuple(c for _, c in sorted(found, key=_rank)) for stems, found in of_language.items()}
        for language, of_language in ranked.items()
    }
    return Lexicon(entries, max((len(stems) for of_language in entries.values() for stems in of_language), default=0))


def stems_of(language: str, text: str, known: KnownStems) -> Stems:
    """The stems of a text's words, function words among them."""
    return tuple(known.get((language, word)) or stem(language, word) for _, _, word in folded_words(text))


def _rank(entry: tuple[int, Concept]) -> int:
    return entry[0]
