"""Which documents a comparison is about, and their evidence together."""

from __future__ import annotations

from shared_utils.retrieval.sides import compared_documents, joined
from shared_utils.types import Evidence, EvidenceSpan

LIBRARY = {
    "a17": "AMAZON_2017_10K.pdf",
    "a19": "AMAZON_2019_10K.pdf",
    "bb": "BESTBUY_2019_10K.pdf",
    "bo": "BOEING_2022_10K.pdf",
    "paper": "stepback.pdf",
    "watch": "watch_d.pdf",
}


def test_the_documents_a_comparison_names_are_its_sides() -> None:
    assert compared_documents("Compare Amazon's income in 2017 and 2019", LIBRARY) == ("a17", "a19")
    assert compared_documents("Is Boeing's tax rate higher than that of Best Buy?", LIBRARY) == ("bb", "bo")


def test_what_several_documents_are_called_is_no_side() -> None:
    assert compared_documents("Are Amazon's margins higher than before?", LIBRARY) == ()
    assert compared_documents("Is Boeing's tax rate higher than before?", LIBRARY) == ()
    assert compared_documents("What was the difference in repurchases from 2017 to 2022?", LIBRARY) == ()


def test_few_documents_are_all_compared_when_none_is_named() -> None:
    few = {"x": "first.pdf", "y": "second.pdf"}
    assert compared_documents("How do the two leases differ?", few) == ("x", "y")


def test_four_documents_are_compared_and_five_are_too_many() -> None:
    few = {name: f"{name}.pdf" for name in ("lease", "letter", "notice", "deed")}
    assert compared_documents("How do they differ?", few) == tuple(few)
    assert compared_documents("How do they differ?", {**few, "will": "will.pdf"}) == ()


def test_a_word_inside_a_longer_word_of_a_name_is_no_side() -> None:
    names = {"x": "Leases of Oslo.pdf", "y": "Leases of Bergen.pdf", "z": "Report.pdf"}
    assert compared_documents("How do the port of Oslo and that of Bergen differ?", names) == ("x", "y")


def test_one_document_or_a_whole_library_has_no_sides() -> None:
    assert compared_documents("How do the two leases differ?", LIBRARY) == ()
    assert compared_documents("How do they differ?", {"x": "first.pdf"}) == ()
    assert compared_documents("How do they differ?", {}) == ()


def test_joined_evidence_is_numbered_through() -> None:
    span = EvidenceSpan(1, "d", 1, 0, 4, "text", 1.0)
    both = joined([Evidence((span,), 10, 50), Evidence((span, span), 20, 50)], 100)
    assert [s.marker for s in both.spans] == [1, 2, 3]
    assert (both.tokens, both.budget) == (30, 100)
