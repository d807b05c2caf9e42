"""Words of one meaning count as said, as far as the embedder's vectors of single words tell them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from shared_utils.citations.features import features
from shared_utils.citations.nearness import said_otherwise, with_nearness
from shared_utils.citations.reading import read_claim, wording
from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.citations.text_units import units_of
from shared_utils.types import Vectors

PAGE = "The movie was shot in Norway. It cost 40 million crowns, and Oslo paid for half of it."
MEANINGS = (("film", "movie"), ("denmark", "norway"), ("paid", "met"))


class OfTexts:
    """An embedder of texts, that knows no single words; all texts are alike to it."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 1), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self.embed_passages([text])


class Thesaurus(OfTexts):
    """One for which the words of a line above are one, and all else is apart."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed_words(self, words: Sequence[str]) -> Vectors:
        self.asked += words
        vectors = np.zeros((len(words), 64), dtype=np.float32)
        for i, word in enumerate(words):
            vectors[i, next((n for n, line in enumerate(MEANINGS) if word in line), 3 + sum(map(ord, word)) % 61)] = 1
        return vectors


def near_words(claim: str) -> dict[str, frozenset[str]]:
    reading = read_claim(claim, units_of(PAGE))
    return said_otherwise(reading.words, wording(reading), reading.units, Thesaurus())


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The film was shot in Norway.", {"film": {"movi"}}),
        ("Film crews shot it in Norway.", {"film": {"movi"}}),  # a first word is written large whatever it is
        ("The movie was shot in Denmark.", {}),  # names are no words of one meaning
        ("It cost 41 million crowns.", {}),  # nor are numbers
        ("The movie was shot in Norway.", {}),
        ("", {}),
    ],
)
def test_a_word_is_said_in_another_one_that_is_near_unless_it_is_a_name(claim: str, said: dict[str, set[str]]) -> None:
    assert near_words(claim) == said


def test_a_near_word_counts_as_said_and_only_where_it_stands() -> None:
    reading = read_claim("The film was shot in Norway.", units_of(PAGE))
    without, counted = features(reading), features(reading, Thesaurus())
    assert without.covered < 1 == counted.covered
    assert without.pairs_together < 1 == counted.pairs_together
    otherwise = {"film": frozenset({"movi"})}
    assert "film" in with_nearness(frozenset({"movi"}), otherwise)
    assert "film" not in with_nearness(frozenset({"cost"}), otherwise)


def test_no_word_is_looked_up_where_one_sentence_has_them_all() -> None:
    reading = read_claim("It was shot in Norway.", units_of(PAGE))
    embedder = Thesaurus()
    said_otherwise(reading.words, wording(reading), reading.units, embedder)
    assert embedder.asked == []


def test_an_embedder_that_knows_no_words_finds_none_near_also_when_it_is_remembered() -> None:
    reading = read_claim("The film was shot in Norway.", units_of(PAGE))
    for embedder in (OfTexts(), RememberingEmbedder(OfTexts())):
        assert said_otherwise(reading.words, wording(reading), reading.units, embedder) == {}
    remembered = RememberingEmbedder(Thesaurus())
    assert said_otherwise(reading.words, wording(reading), reading.units, remembered) == {"film": frozenset({"movi"})}
