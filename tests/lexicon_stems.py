"""The stems of the lexicon's words. `python -m tests.lexicon_stems` writes src/answering/lexicon_stems.tsv."""

from __future__ import annotations

from pathlib import Path

from shared_utils.text.folding import folded_words
from shared_utils.text.words import stem
from src.answering import lexicon

FILE = Path(lexicon.__file__).with_name("lexicon_stems.tsv")


def lexicon_stems() -> str:
    """A line for each language and folded word of the lexicon, with its stem."""
    concepts = {id(concept): concept for found in lexicon.lexicon().entries["english"].values() for concept in found}
    words = {
        (language, word)
        for concept in concepts.values()
        for language, called in concept.items()
        for text in called
        for _, _, word in folded_words(text)
    }
    return "".join(f"{language}\t{word}\t{stem(language, word)}\n" for language, word in sorted(words))


if __name__ == "__main__":
    FILE.write_text(lexicon_stems(), encoding="utf-8")
