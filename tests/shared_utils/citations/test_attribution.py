"""Footnotes: every marker has a citation, every citation is the exact words of its page, none is listed in vain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_utils.citations.attribution import CitedText, cite
from shared_utils.citations.base_rate import Share
from shared_utils.types import Evidence, EvidenceSpan, Page, PageVerdict, Verdict

SALES = (
    "Annual report\n"
    "Net sales of the Lighting division rose 14.9 % to €41.2 million\nin 2023. Operating costs fell to €12.3 million. "
    "The division employs 312 people in Gothenburg.\n"
)
SAFETY = "Safety\nBatteries must be stored below 30 °C.\nThey must never be opened by the user.\n"
TABLE = "Year ended December 31,\n2021 2022 2023\nNet income 3,033 10,073 11,588\nIncome taxes 769 1,197 2,374\n"
PAGES = {
    ("a", 3): Page(3, "iii", SALES, PageVerdict.TEXT),
    ("a", 4): Page(4, "1", SAFETY, PageVerdict.TEXT),
    ("b", 1): Page(1, "1", TABLE, PageVerdict.TEXT),
}
NAMES = {"a": "report.pdf", "b": "accounts.pdf"}


def _span(marker: int, document: str, page: int) -> EvidenceSpan:
    text = PAGES[document, page].text
    start = text.index("\n") + 1 if document == "a" else 0
    return EvidenceSpan(marker, document, page, start, len(text) - 1, text[start:-1], 1.0)


EVIDENCE = Evidence((_span(1, "a", 3), _span(2, "a", 4), _span(3, "b", 1)), 200, 600)


def answered(raw: str, question: str = "How did the Lighting division do?") -> CitedText:
    cited = cite(raw, question, EVIDENCE, PAGES, NAMES)
    check_invariants(cited)
    return cited


def check_invariants(cited: CitedText) -> None:
    numbers = [citation.marker for citation in cited.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    used = [number for sentence in cited.sentences for number in sentence.citations]
    assert set(used) == set(numbers)
    assert list(dict.fromkeys(used)) == numbers  # in order of appearance
    for citation in cited.citations:
        page = PAGES[citation.document_id, citation.page]
        assert page.text[citation.start : citation.end] == citation.quote
        assert citation.quote == citation.quote.strip()
        assert citation.page_label == page.label
        assert citation.document == NAMES[citation.document_id]
    assert [s.paragraph for s in cited.sentences] == sorted(s.paragraph for s in cited.sentences)


def test_a_citation_is_narrowed_to_the_sentence_that_says_it() -> None:
    cited = answered("Operating costs fell to €12.3 million [1].")
    assert cited.sentences[0].verdict is Verdict.SUPPORTED
    assert [citation.quote for citation in cited.citations] == ["Operating costs fell to €12.3 million."]


def test_a_citation_of_a_table_is_narrowed_to_its_row() -> None:
    cited = answered("Net income in 2022 was 10,073 [3].")
    assert cited.sentences[0].verdict is Verdict.SUPPORTED
    assert cited.citations[0].quote == "Net income 3,033 10,073 11,588"


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    cited = answered("Operating costs fell to €12.3 million. [1] Batteries must be stored below 30 °C. [2]")
    assert [sentence.text for sentence in cited.sentences] == [
        "Operating costs fell to €12.3 million.",
        "Batteries must be stored below 30 °C.",
    ]
    assert [sentence.citations for sentence in cited.sentences] == [(1,), (2,)]


def test_a_marker_that_opens_a_line_belongs_to_what_follows() -> None:
    cited = answered("Operating costs fell to €12.3 million. [1]\n[2] Batteries must be stored below 30 °C.")
    assert [citation.page for citation in cited.citations] == [3, 4]


def test_two_sentences_of_one_passage_get_footnotes_of_their_own_and_the_same_words_share_one() -> None:
    cited = answered(
        "Operating costs fell to €12.3 million [1]. The division employs 312 people in Gothenburg [1]. "
        "Operating costs fell to €12.3 million [1]."
    )
    assert [sentence.citations for sentence in cited.sentences] == [(1,), (2,), (1,)]
    assert len(cited.citations) == 2


def test_a_sentence_without_a_marker_gets_the_words_that_support_it() -> None:
    cited = answered("Batteries must be stored below 30 °C.")
    assert cited.citations[0].quote == "Batteries must be stored below 30 °C."
    assert cited.sentences[0].verdict is Verdict.SUPPORTED


def test_a_sentence_that_nothing_supports_gets_no_footnote() -> None:
    cited = answered("The company plans to build a new factory in Vietnam.")
    assert cited.citations == ()
    assert cited.sentences[0].verdict is Verdict.NOT_FOUND


def test_a_wrong_marker_is_put_right_when_other_words_say_it() -> None:
    cited = answered("Batteries must be stored below 30 °C [3].")
    assert cited.citations[0].page == 4
    assert cited.sentences[0].verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "claim",
    [
        "Net sales of the Lighting division rose 18.6 % in 2023",  # page 3 contradicts it
        "The division employs 312 happy people in sunny Gothenburg",  # page 3 says it partly
    ],
)
def test_words_that_do_not_wholly_support_a_sentence_do_not_take_the_place_of_those_it_named(claim: str) -> None:
    unnamed = answered(f"{claim}.")
    assert unnamed.citations[0].page == 3
    assert unnamed.sentences[0].verdict in (Verdict.PARTLY, Verdict.CONTRADICTED)
    named = answered(f"{claim} [2].")
    assert [citation.page for citation in named.citations] == [4]
    assert named.sentences[0].verdict is Verdict.NOT_FOUND


def test_places_of_one_passage_that_touch_are_one_quote_and_what_stands_between_others_is_not_quoted() -> None:
    sales, costs = "Net sales of the Lighting division rose 14.9 % in 2023", "operating costs fell to €12.3 million"
    touching = answered(f"{sales}, and {costs} [1].")
    assert [citation.quote for citation in touching.citations] == [SALES[SALES.index("Net") : SALES.index(" The d")]]
    apart = answered(f"{sales}, and the division employs 312 people in Gothenburg [1].")
    assert apart.sentences[0].citations == (1, 2)
    assert not any("Operating costs" in citation.quote for citation in apart.citations)


FOREIGN = "The company plans to build a new factory in Vietnam."


@pytest.mark.parametrize(
    ("raw", "pages"),
    [
        (f"{FOREIGN} [2]", [[4]]),
        (f"{FOREIGN} [2]\nOur cat sleeps in the sun.", [[4], []]),
        (f"Our cat sleeps in the sun.\n[2] {FOREIGN}", [[], [4]]),
        (f"Our cat sleeps in the sun. [2] {FOREIGN}", [[4], []]),
        (f"Our cat sleeps in the sun. {FOREIGN} [2]\n\nThe king of Norway likes red apples.", [[], [4], []]),
    ],
)
def test_a_marker_counts_for_its_own_sentence_only_even_where_nothing_supports_it(
    raw: str, pages: list[list[int]]
) -> None:
    cited = answered(raw)
    page_of = {citation.marker: citation.page for citation in cited.citations}
    assert [[page_of[number] for number in sentence.citations] for sentence in cited.sentences] == pages
    assert {sentence.verdict for sentence in cited.sentences} == {Verdict.NOT_FOUND}


def test_a_bare_value_under_a_question_that_the_page_does_not_answer_is_not_supported() -> None:
    cited = answered("312 [1].", "How many factories are there in Vietnam?")
    assert cited.sentences[0].verdict is not Verdict.SUPPORTED


def test_headings_and_other_bullets_are_set_apart_and_their_signs_are_not_read() -> None:
    cited = answered("## Operating costs\n• Operating costs fell to €12.3 million [1].")
    assert [(sentence.text, sentence.item) for sentence in cited.sentences] == [
        ("Operating costs", "#"),
        ("Operating costs fell to €12.3 million.", "-"),
    ]


def test_a_name_that_is_not_known_is_the_documents_id() -> None:
    cited = cite("Operating costs fell to €12.3 million [1].", "Costs?", EVIDENCE, PAGES, {})
    assert [citation.document for citation in cited.citations] == ["a"]


def test_of_several_markers_only_those_that_carry_the_sentence_stay() -> None:
    cited = answered("Operating costs fell to €12.3 million [1][2][3].")
    assert [citation.page for citation in cited.citations] == [3]


def test_a_sentence_made_of_two_passages_keeps_both() -> None:
    cited = answered("Operating costs fell to €12.3 million, and batteries must be stored below 30 °C [1][2].")
    assert [citation.page for citation in cited.citations] == [3, 4]
    assert cited.sentences[0].verdict is Verdict.SUPPORTED


def test_a_contradicted_sentence_keeps_the_footnote_that_shows_it() -> None:
    cited = answered("Net sales of the Lighting division rose 18.6 % in 2023.")
    assert cited.sentences[0].verdict is Verdict.CONTRADICTED
    assert "14.9 %" in str(cited.sentences[0].reason)
    assert "14.9 %" in cited.citations[0].quote


def test_a_bare_value_is_read_together_with_its_question() -> None:
    cited = answered("312 [1]", "How many people does the division employ in Gothenburg?")
    assert cited.sentences[0].verdict is Verdict.SUPPORTED
    assert cited.citations[0].quote == "The division employs 312 people in Gothenburg."


def test_markers_of_evidence_that_does_not_exist_are_dropped_and_counted() -> None:
    cited = answered("Operating costs fell to €12.3 million [1][7]. Batteries must be stored below 30 °C [9].")
    assert cited.dropped_markers == 2
    assert all("[" not in sentence.text for sentence in cited.sentences)


def test_list_items_and_lines_are_paragraphs_of_their_own() -> None:
    cited = answered(
        "In short:\n\n- Operating costs fell to €12.3 million [1].\n* Batteries must be stored below 30 °C [2]."
    )
    assert [(sentence.text, sentence.paragraph, sentence.item) for sentence in cited.sentences] == [
        ("In short:", 0, ""),
        ("Operating costs fell to €12.3 million.", 1, "-"),
        ("Batteries must be stored below 30 °C.", 2, "-"),
    ]


def test_hostile_output_stays_text() -> None:
    raw = 'See <script>alert(1)</script> ![x](http://evil.example/?q=1) [click](javascript:alert(1)) <img src="x">.'
    assert answered(raw).sentences[0].text == raw


def test_ten_thousand_markers_do_no_harm() -> None:
    cited = answered("Operating costs fell " + "[1][2][3]" * 3_400)
    assert len(cited.citations) <= 6


def test_an_empty_answer_has_nothing_to_cite() -> None:
    assert answered("") == CitedText((), (), 0)
    assert answered(" \n [1] \n").sentences == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Operating costs fell.",
                "Net income in 2022 was 10,073",
                "Batteries must never be opened",
                " [1]",
                "[2, 3]",
                "[9]",
                ". ",
                "\n",
                "\n- ",
                "Nothing of the kind.",
                " and ",
                "【1】",
                "41.2 %",
                "\n\n",
                "[",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_the_invariants_hold_for_whatever_a_model_writes(raw: str) -> None:
    answered(raw)


def test_the_numbers_that_count_list_items_are_not_verified_as_the_pages_numbers() -> None:
    cited = answered("1. Operating costs fell to €12.3 million [1].\n2) Batteries must be stored below 30 °C [2].")
    assert [(sentence.text, sentence.item) for sentence in cited.sentences] == [
        ("Operating costs fell to €12.3 million.", "1."),
        ("Batteries must be stored below 30 °C.", "2."),
    ]
    assert {sentence.verdict for sentence in cited.sentences} == {Verdict.SUPPORTED}


def test_a_row_is_read_as_the_rest_of_its_page_writes_numbers() -> None:
    text = "Der Umsatz stieg um 12,5 % auf 3,75 Mio. Euro.\nUmsatz in Kronen 1.234 5.678\n"
    row = EvidenceSpan(1, "k", 1, text.index("Umsatz in"), len(text) - 1, "Umsatz in Kronen 1.234 5.678", 1.0)
    pages = {("k", 1): Page(1, "1", text, PageVerdict.TEXT)}
    verdicts = [
        cite(f"Umsatz in Kronen: {value} [1].", "Umsatz?", Evidence((row,), 20, 100), pages, {}).sentences[0].verdict
        for value in ("1234", "1.234", "1235", "1.234,5")
    ]
    assert Verdict.CONTRADICTED not in verdicts[:2]
    assert verdicts[2:] == [Verdict.CONTRADICTED] * 2


def test_a_marker_whose_words_hold_a_part_is_moved_to_the_passage_that_says_it_all() -> None:
    cited = answered("Batteries must be stored below 30 °C [1].")
    assert cited.sentences[0].verdict is Verdict.SUPPORTED
    assert [citation.page for citation in cited.citations] == [4]


def test_a_marker_at_a_passage_of_the_same_words_is_moved_to_the_one_that_was_copied() -> None:
    near = "The river survey of the harbour found oil in the water. The survey of the harbour cost 4,000 crowns.\n"
    said = "The survey found oil in the water of the river harbour in spring.\n"
    pages = {("a", n): Page(n, str(n), text, PageVerdict.TEXT) for n, text in ((1, near), (2, said))}
    spans = tuple(EvidenceSpan(n, "a", n, 0, len(p.text) - 1, p.text[:-1], 1.0) for (_, n), p in pages.items())
    evidence = Evidence(spans, 200, 600)
    sentence = "The survey found oil in the water of the river harbour in spring."
    made = cite(f"{sentence} [1]", "What did the survey find?", evidence, pages, NAMES)
    assert [citation.page for citation in made.citations] == [2]
    assert made.sentences[0].verdict is Verdict.SUPPORTED


def test_a_sentence_of_two_clauses_that_two_passages_say_cites_both() -> None:
    cited = answered("Operating costs fell to €12.3 million, and batteries must be stored below 30 °C [1].")
    assert cited.sentences[0].verdict is Verdict.SUPPORTED
    assert {citation.page for citation in cited.citations} == {3, 4}


def test_a_quote_that_begins_with_a_pronoun_has_the_sentence_before_it() -> None:
    cited = answered("They must never be opened by the user [2].")
    assert [citation.quote for citation in cited.citations] == [
        "Batteries must be stored below 30 °C.\nThey must never be opened by the user."
    ]


def test_one_sentence_that_says_it_all_is_quoted_alone() -> None:
    cited = answered("The division employs 312 people in Gothenburg [1].")
    assert [citation.quote for citation in cited.citations] == ["The division employs 312 people in Gothenburg."]


def test_the_marks_of_a_list_without_its_items_are_no_sentences() -> None:
    cited = answered("1.\n2.\nBatteries must be stored below 30 °C. [2]")
    assert [sentence.text for sentence in cited.sentences] == ["Batteries must be stored below 30 °C."]


def test_a_numbered_list_within_a_line_is_a_list_and_its_numbers_are_no_claims() -> None:
    cited = answered("1. Batteries must be stored below 30 °C. 2. They must never be opened by the user. [2]")
    assert [(s.item, s.text) for s in cited.sentences] == [
        ("1.", "Batteries must be stored below 30 °C."),
        ("2.", "They must never be opened by the user."),
    ]
    assert {s.verdict for s in cited.sentences} == {Verdict.SUPPORTED}


@pytest.mark.parametrize(
    "empty",
    [
        "How did the Lighting division do?",
        "The Lighting division did.",
        "Net sales of the Lighting division rose to the",
    ],
)
def test_what_claims_nothing_is_left_out_and_cites_nothing(empty: str) -> None:
    cited = answered(f"{empty}\nOperating costs fell to €12.3 million. [1]")
    assert [(s.left_out, s.citations) for s in cited.sentences] == [(True, ()), (False, (1,))]


def test_the_questions_own_words_may_be_its_answer_where_a_yes_or_a_no_is_asked_for() -> None:
    question, said = "Must batteries be stored below 30 °C?", "Batteries must be stored below 30 °C. [2]"
    assert cite(said, question, EVIDENCE, PAGES, NAMES, wants_word=True).sentences[0].left_out is False


def test_a_short_sentence_of_the_page_is_not_doubted_for_its_question() -> None:
    cited = answered(
        "They must never be opened by the user. [2]", "Which chargers and cables are listed for the lamps?"
    )
    assert cited.sentences[0].verdict is Verdict.SUPPORTED


def test_a_heading_alone_is_an_answer_only_with_its_question() -> None:
    text = "Knocking Twice\n\nThe mate opens the hatch when the bell rings on deck. Nobody else may open it.\n"
    page = Page(1, "1", text, PageVerdict.TEXT)
    evidence = Evidence((EvidenceSpan(1, "a", 1, 0, len(text), text, 1.0),), 200, 600)
    made = cite(
        "The answer is: Knocking Twice. [1]", "When does the mate open the hatch?", evidence, {("a", 1): page}, NAMES
    )
    assert made.sentences[0].verdict is not Verdict.SUPPORTED


def test_a_sentence_that_departs_from_the_page_beside_made_up_ones_is_left_out_with_the_words_it_cites() -> None:
    made_up = "The board plans a factory in Vietnam. Its chairman owns a yacht. Dividends were paid in gold."
    cited = answered(f"{made_up} Costs of operating the division fell in Gothenburg, to €12.3 million by 2023. [1]")
    assert cited.sentences[-1].left_out
    assert cited.sentences[-1].verdict is Verdict.PARTLY
    assert cited.sentences[-1].citations
    assert cited.share.of_all < 0.5


def test_a_stretch_of_a_sentence_about_something_else_is_no_answer() -> None:
    """All its words stand on the page, but not beside what was asked."""
    text = (
        "The harbour helps you to plan a deep water quay for large ships. Lamps of brass are sold with the lantern.\n"
    )
    page = Page(1, "1", text, PageVerdict.TEXT)
    evidence = Evidence((EvidenceSpan(1, "a", 1, 0, len(text) - 1, text[:-1], 1.0),), 200, 600)
    asked = "Which lamps are sold with the lantern?"
    made = cite(
        "- Lamps of brass [1]\n- deep water quay [1]", asked, evidence, {("a", 1): page}, NAMES, known=Share(30.0, 1.0)
    )
    assert [s.verdict is Verdict.SUPPORTED for s in made.sentences] == [True, False]


def test_a_title_of_many_words_is_an_answer_only_with_its_question() -> None:
    text = "Ada Maria Elisabeth Brook\n\nOn the voyage home in 1832 she met Karl Lind of Lund. She was a painter.\n"
    page = Page(1, "1", text, PageVerdict.TEXT)
    evidence = Evidence((EvidenceSpan(1, "a", 1, 0, len(text), text, 1.0),), 200, 600)
    asked = "Who did Brook meet on the voyage home in 1832?"
    for said, held in (("Ada Maria Elisabeth Brook", False), ("Karl Lind of Lund", True)):
        made = cite(f"The answer is: {said}", asked, evidence, {("a", 1): page}, NAMES, known=Share(30.0, 1.0))
        assert (made.sentences[0].verdict is Verdict.SUPPORTED) is held
